"""`ifx approve`, `ifx revoke`, `ifx book`: terms on the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.agree import TermsFile
from ifx_sdk.cli.session import WRITES, Session, command

if TYPE_CHECKING:
    from ifx_sdk.cli.shortfall import Need
    from ifx_sdk.client import IFX
    from ifx_sdk.terms import Terms


@command(WRITES)
def approve(session: Session, terms: TermsFile) -> None:
    """Approve terms on chain, with a wallet that cannot sign them."""
    ifx, agreed = _opened(session, terms)
    agreed.validate(1, ifx.chain.now(), escrow=ifx.escrow.address)
    session.output.note(_shown(ifx, agreed))
    ifx.escrow.approve(agreed).confirmed()
    _answer(session, ifx, agreed, "approved")


@command(WRITES)
def revoke(session: Session, terms: TermsFile) -> None:
    """Withdraw from terms that are not booked yet, for ever."""
    ifx, agreed = _opened(session, terms)
    ifx.escrow.revoke(agreed).confirmed()
    _answer(session, ifx, agreed, "revoked")


@command(WRITES)
def book(
    session: Session,
    terms: TermsFile,
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
    from ifx_sdk.cli.agreement import read_approval
    from ifx_sdk.cli.reading import read_terms
    from ifx_sdk.cli.shortfall import explained
    from ifx_sdk.signing import terms_digest

    agreed = read_terms(terms)
    id = terms_digest(agreed, session.domain())
    long = read_approval(long_approval, agreed.long, id)
    short = read_approval(short_approval, agreed.short, id)
    ifx = session.signing_ifx()
    with explained(ifx, _needs(agreed)):
        ifx.escrow.book(agreed, long, short).confirmed()
    _answer(session, ifx, agreed, "booked")


def _needs(agreed: Terms) -> list[Need]:
    from ifx_sdk.cli.shortfall import Need
    from ifx_sdk.payoff import deposit_required

    long, short = deposit_required(spot=agreed.spot, indicative=agreed.indicative, quantity=agreed.quantity)
    return [
        Need(who="the long", account=agreed.long, amount=long, from_balance=True),
        Need(who="the short", account=agreed.short, amount=short, from_balance=True),
    ]


def _opened(session: Session, path: str) -> tuple[IFX, Terms]:
    from ifx_sdk.cli.agreement import check_side
    from ifx_sdk.cli.reading import read_terms

    agreed = read_terms(path)
    ifx = session.signing_ifx()
    check_side(agreed, ifx.account)
    return ifx, agreed


def _shown(ifx: IFX, agreed: Terms) -> str:
    from ifx_sdk.cli import agreement

    return agreement.text(agreed, ifx.escrow.domain())


def _answer(session: Session, ifx: IFX, agreed: Terms, what: str) -> None:
    from ifx_sdk.cli import agreement

    document = agreement.document(agreed, ifx.escrow.domain())
    document |= {"status": what, "transactions": session.announcer.transactions(ifx.chain)}
    session.output.answer(document, f"{what} 0x{ifx.escrow.terms_id(agreed).hex()}")
