"""`ifx book`: terms that both sides approved become a forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import WRITES, Session, command

if TYPE_CHECKING:
    from ifx_sdk.cli.shortfall import Need
    from ifx_sdk.terms import Terms


@command(WRITES)
def book(
    session: Session,
    terms: Annotated[str, typer.Argument(metavar="TERMS", help="The file that `ifx terms` wrote.")],
    long_approval: Annotated[
        str | None,
        typer.Option("--long-approval", metavar="FILE|HEX", help="Left out where the long approved on chain."),
    ] = None,
    short_approval: Annotated[
        str | None, typer.Option("--short-approval", metavar="FILE|HEX", help="Left out where the short did.")
    ] = None,
) -> None:
    """Book terms that both sides approved; the desk alone can.

    Both prefundings and half fees are collected in the same transaction: free balances first, then the wallets.
    """
    from ifx_sdk.cli import agreement
    from ifx_sdk.cli.approvals import read_approvals
    from ifx_sdk.cli.messages import read_as
    from ifx_sdk.cli.shortfall import explained
    from ifx_sdk.signing import message_digest
    from ifx_sdk.terms import Terms

    agreed, domain = read_as(terms, Terms), session.domain()
    id = message_digest(agreed, domain)
    approvals = read_approvals(agreed, id, {"long": long_approval, "short": short_approval})
    ifx = session.signing_ifx()
    with explained(ifx, _needs(agreed)):
        ifx.escrow.book(agreed, *approvals).confirmed()
    document = agreement.document(agreed, domain)
    document |= {"status": "booked", "transactions": session.announcer.transactions(ifx.chain)}
    session.output.answer(document, f"booked 0x{id.hex()}")


def _needs(agreed: Terms) -> list[Need]:
    from ifx_sdk.cli.shortfall import Need
    from ifx_sdk.payoff import deposit_required

    long, short = deposit_required(spot=agreed.spot, indicative=agreed.indicative, quantity=agreed.quantity)
    return [
        Need(who="the long", account=agreed.long, amount=long, from_balance=True),
        Need(who="the short", account=agreed.short, amount=short, from_balance=True),
    ]
