"""`ifx termination`, `ifx novation`, `ifx terminate`, `ifx novate`: ending or moving a forward before its maturity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import READS, WRITES, Session, command

if TYPE_CHECKING:
    from ifx_sdk.client import IFX
    from ifx_sdk.endings import Ending

Id = Annotated[str, typer.Argument(metavar="ID", help="The forward: the digest that both sides signed.")]
Deadline = Annotated[
    str, typer.Option("--deadline", metavar="24h|3d", help="How long it can be executed; 3d for a Safe.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file.")]


def _approval(role: str) -> object:
    name, text = f"--{role}-approval", f"Left out where the {role} side approved on chain."
    return typer.Option(name, metavar="FILE|HEX", help=text)


@command(READS[:2])
def termination(
    session: Session,
    id: Id,
    price: Annotated[str, typer.Option("--price", metavar="PRICE", help="The agreed price, such as 4.32.")],
    deadline: Deadline = "24h",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write it.")] = "termination.json",
    force: Force = False,
) -> None:
    """Write an early end of a forward, at an agreed price, to a file for both its sides.

    Shows its id, the hashes that a wallet shows, and what each side gets back. The fee stays.
    """
    from ifx_sdk.cli.reading import parse_duration, parse_hash, refuse_existing
    from ifx_sdk.money import parse_price

    forward, agreed, seconds = parse_hash(id), parse_price(price), parse_duration(deadline)
    refuse_existing(out, overwrite=force)
    ifx = session.ifx()
    made = ifx.termination(forward, price=agreed, deadline=ifx.chain.now() + seconds)
    _write(session, ifx, made, out, force)


@command(READS[:2])
def novation(
    session: Session,
    id: Id,
    outgoing: Annotated[str, typer.Option("--outgoing", metavar="long|short|ADDRESS", help="The side that leaves.")],
    incoming: Annotated[str, typer.Option("--incoming", metavar="ADDRESS", help="Who takes its place.")],
    payment: Annotated[
        str, typer.Option("--payment", metavar="AMOUNT", help="USDT from the incoming to the outgoing; may be 0.")
    ],
    deadline: Deadline = "24h",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write it.")] = "novation.json",
    force: Force = False,
) -> None:
    """Write a change of one side of a forward to a file for all three whom it concerns.

    Shows its id, the hashes that a wallet shows, what the side that moves can be paid, and the worst case of the
    incoming. The prefunding stays locked. Who leaves can never come back to this forward.
    """
    from ifx_sdk.cli.reading import parse_duration, parse_hash, refuse_existing
    from ifx_sdk.money import parse_amount
    from ifx_sdk.terms import parse_address

    forward, amount, seconds = parse_hash(id), parse_amount(payment), parse_duration(deadline)
    enters, leaves = parse_address(incoming), outgoing if outgoing in ("long", "short") else _account(outgoing)
    refuse_existing(out, overwrite=force)
    ifx = session.ifx()
    until = ifx.chain.now() + seconds
    made = ifx.novation(forward, outgoing=leaves, incoming=enters, payment=amount, deadline=until)
    _write(session, ifx, made, out, force)


def _account(text: str) -> str:
    from ifx_sdk.errors import BadAddress
    from ifx_sdk.terms import parse_address

    try:
        return parse_address(text)
    except BadAddress as error:
        raise BadAddress(text, error.why, cure="Write long, short, or the account of the side that leaves.") from error


def _write(session: Session, ifx: IFX, made: Ending, out: str, force: bool) -> None:
    from ifx_sdk.cli import endings_sheet
    from ifx_sdk.cli.reading import write_new

    domain, record = ifx.escrow.domain(), ifx.escrow.forward(made.forward)
    write_new(out, made.to_json(), overwrite=force)
    document = endings_sheet.document(made, domain, record) | {"file": out}
    session.output.answer(document, endings_sheet.text(made, domain, record) + f"\nwritten to {out}")


@command(WRITES)
def terminate(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="What `ifx termination` wrote.")],
    long_approval: Annotated[str | None, _approval("long")] = None,
    short_approval: Annotated[str | None, _approval("short")] = None,
) -> None:
    """End a forward early at the price that both its sides approved; anyone may send it.

    Both payouts go to the free balances.
    """
    from ifx_sdk.cli.approvals import read_approvals
    from ifx_sdk.cli.messages import read_as
    from ifx_sdk.endings import Termination
    from ifx_sdk.signing import message_digest

    message = read_as(file, Termination)
    id = message_digest(message, session.domain())
    approvals = read_approvals(message, id, {"long": long_approval, "short": short_approval})
    ifx = session.signing_ifx()
    ifx.escrow.terminate(message, *approvals).confirmed()
    _answer(session, ifx, message, "terminated")


@command(WRITES)
def novate(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="What `ifx novation` wrote.")],
    outgoing_approval: Annotated[str | None, _approval("outgoing")] = None,
    incoming_approval: Annotated[str | None, _approval("incoming")] = None,
    remaining_approval: Annotated[str | None, _approval("remaining")] = None,
) -> None:
    """Put a new party in one side's place, as all three approved; anyone may send it.

    The payment comes from the incoming's free balance first, then from its wallet, and goes to the outgoing's free
    balance.
    """
    from ifx_sdk.cli.approvals import read_approvals
    from ifx_sdk.cli.messages import read_as
    from ifx_sdk.cli.shortfall import Need, explained
    from ifx_sdk.endings import Novation
    from ifx_sdk.signing import message_digest

    message = read_as(file, Novation)
    id = message_digest(message, session.domain())
    given = {"outgoing": outgoing_approval, "incoming": incoming_approval, "remaining": remaining_approval}
    approvals = read_approvals(message, id, given)
    ifx = session.signing_ifx()
    need = Need(who="the incoming", account=message.incoming, amount=message.payment, from_balance=True)
    with explained(ifx, [need]):
        ifx.escrow.novate(message, *approvals).confirmed()
    _answer(session, ifx, message, "novated")


def _answer(session: Session, ifx: IFX, message: Ending, what: str) -> None:
    from ifx_sdk.cli import records

    view = records.view(ifx, message.forward)
    document = {
        "id": ifx.escrow.message_id(message),
        "status": what,
        "forward": records.document(view),
        "transactions": session.announcer.transactions(ifx.chain),
    }
    session.output.answer(document, f"{what} by 0x{ifx.escrow.message_id(message).hex()}\n{records.text(view)}")
