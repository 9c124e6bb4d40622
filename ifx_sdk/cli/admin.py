"""`ifx admin`: what the owner of oracle and escrow does, 7 days after it was proposed to the timelock."""

from __future__ import annotations

from typing import Annotated

import typer

from ifx_sdk.cli.owner_calls import CALLS, CalldataOption, register
from ifx_sdk.cli.session import READS, WRITES, Session, command

__all__ = ["app"]


def _group(name: str, about: str) -> typer.Typer:
    return typer.Typer(
        name=name,
        help=about,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


app = _group("admin", "Propose, execute and show what the owner does.")
propose = _group("propose", "Propose a call of the owner, 7 days ahead.")
for each in CALLS:
    register(propose, each)
app.add_typer(propose)

Id = Annotated[str, typer.Argument(metavar="ID", help="The operation's id, as `ifx admin show` lists it.")]


@app.command()
@command(WRITES)
def execute(
    session: Session,
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="One or more operations, in this order.")],
) -> None:
    """Execute operations whose 7 days are over; anyone may."""
    from ifx_sdk.cli import operations
    from ifx_sdk.cli.reading import parse_hash

    wanted = [parse_hash(each, "operation's id") for each in ids]
    ifx = session.signing_ifx()
    ifx.timelock.hold_executable(ifx.timelock.operation(wanted[0]))
    for each in wanted:
        ifx.timelock.execute(ifx.timelock.operation(each)).confirmed()
    found = [ifx.timelock.operation(each) for each in wanted]
    document = {"operations": [operations.document(each) for each in found]}
    sent = {"transactions": session.announcer.transactions(ifx.chain)}
    session.output.answer(document | sent, "\n\n".join(map(operations.text, found)))


@app.command()
@command(WRITES)
def cancel(session: Session, id: Id, calldata: CalldataOption = False) -> None:
    """Withdraw an operation that was not executed; a proposer may."""
    from ifx_sdk.cli import operations
    from ifx_sdk.cli.reading import parse_hash

    wanted = parse_hash(id, "operation's id")
    if calldata:
        ifx = session.ifx()
        ifx.timelock.hold_cancellable(wanted)
        operations.answer_batch(session, ifx, ifx.timelock.prepare("cancel", wanted), f"cancel {id}")
        return
    ifx = session.signing_ifx()
    ifx.timelock.operation(wanted)
    ifx.timelock.cancel(wanted).confirmed()
    found = ifx.timelock.operation(wanted)
    document = operations.document(found) | {"transactions": session.announcer.transactions(ifx.chain)}
    session.output.answer(document, operations.text(found))


@app.command()
@command(READS[:2])
def show(
    session: Session,
    id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="One operation; left out: all, and the roles.")
    ] = None,
) -> None:
    """Show all operations, and who holds each role."""
    from ifx_sdk.cli import operations, roles
    from ifx_sdk.cli.reading import parse_hash

    wanted = None if id is None else parse_hash(id, "operation's id")
    ifx = session.ifx()
    if wanted is not None:
        found = ifx.timelock.operation(wanted)
        session.output.answer(operations.document(found), operations.text(found))
        return
    listed = ifx.timelock.operations()
    held = roles.read(ifx)
    document = {"operations": [operations.document(each) for each in listed], "roles": held}
    session.output.answer(document, f"{operations.table_of(listed)}\n\n{roles.text(held, ifx.chain.now())}")
