"""`ifx forward`, `ifx forwards`, `ifx settle`: what is booked, and paying it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import READS, WRITES, Session, command

if TYPE_CHECKING:
    from ifx_sdk.client import IFX


@command(READS[:3])
def forward(
    session: Session, id: Annotated[str, typer.Argument(metavar="ID", help="The digest that both sides signed.")]
) -> None:
    """Show one forward: its terms, its sides, what it pays or paid.

    With --account also that account's part in it.
    """
    from ifx_sdk.cli import records
    from ifx_sdk.cli.reading import parse_hash
    from ifx_sdk.errors import NoSuchForward
    from ifx_sdk.records import Status

    wanted, account = parse_hash(id), session.named_account()
    ifx = session.ifx()
    view = records.view(ifx, wanted)
    if view.record.status is Status.NONE:
        raise NoSuchForward(what=f"no forward 0x{wanted.hex()}")
    session.output.answer(records.document(view, account), records.text(view, account))


@command(READS[:3])
def forwards(session: Session) -> None:
    """List the forwards, from the events, oldest first.

    With --account those in which it is or was a side: entered or left where a novation brought or replaced it.
    """
    from ifx_sdk.cli import records

    account = session.named_account()
    ifx = session.ifx()
    found = ifx.escrow.forwards(account)
    document = {"account": account, "forwards": [records.booked_document(each, account) for each in found]}
    session.output.answer(document, records.booked_table(found, account))


@command(WRITES)
def settle(
    session: Session,
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="One or more; what cannot be settled is skipped.")],
) -> None:
    """Pay forwards out at their settlement price; anyone may.

    Of several, what cannot be settled yet is skipped and named, and the exit code is 1.
    """
    from ifx_sdk.cli.reading import parse_hash
    from ifx_sdk.escrow import MAX_BATCH

    wanted = list(dict.fromkeys(parse_hash(each) for each in ids))
    ifx = session.signing_ifx()
    if len(wanted) == 1:
        ifx.escrow.settle(wanted[0]).confirmed()
    else:
        for first in range(0, len(wanted), MAX_BATCH):
            ifx.escrow.settle_many(wanted[first : first + MAX_BATCH]).confirmed()
    _answer(session, ifx, wanted)


def _answer(session: Session, ifx: IFX, wanted: list[bytes]) -> None:
    from ifx_sdk.cli import records
    from ifx_sdk.records import Status

    views = [records.view(ifx, each) for each in wanted]
    open_ = [each.record for each in views if each.record.status is not Status.SETTLED]
    document = {
        "forwards": [records.document(each) for each in views],
        "settled": len(views) - len(open_),
        "skipped": len(open_),
        "transactions": session.announcer.transactions(ifx.chain),
    }
    session.output.answer(document, "\n\n".join(records.text(each) for each in views))
    if open_:
        session.output.note(f"{len(open_)} of {len(views)} not settled: {', '.join('0x' + e.id.hex() for e in open_)}")
        raise typer.Exit(1)
