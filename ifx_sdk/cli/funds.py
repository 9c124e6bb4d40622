"""`ifx allow`, `ifx deposit`, `ifx withdraw`, `ifx balance`: money into the escrow and out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import READS, WRITES, Session, command

if TYPE_CHECKING:
    from ifx_sdk.client import IFX

Amount = Annotated[str, typer.Argument(metavar="AMOUNT", help='USDT, such as 9243090, 0.5 or "9,243,090 USDT".')]


@command(WRITES)
def allow(session: Session, amount: Amount) -> None:
    """Set how much USDT the escrow may collect from the wallet.

    USDT changes an allowance only from or to zero: it is set to zero first where that is needed.
    """
    from ifx_sdk.money import format_amount, parse_amount

    micro = parse_amount(amount)
    ifx = session.signing_ifx()
    for outcome in ifx.token.allow(micro):
        outcome.confirmed()
    _answer(session, ifx, f"the escrow may collect {format_amount(micro)} from {ifx.account}")


@command(WRITES)
def deposit(
    session: Session,
    amount: Amount,
    beneficiary: Annotated[
        str | None, typer.Option("--for", metavar="ACCOUNT", help="Whose free balance rises; else the signer's own.")
    ] = None,
) -> None:
    """Move USDT from the wallet into a free balance.

    The escrow must be allowed that much before: `ifx allow AMOUNT`.
    """
    from ifx_sdk.cli.shortfall import Need, explained
    from ifx_sdk.money import format_amount, parse_amount
    from ifx_sdk.terms import parse_address

    micro, account = parse_amount(amount), None if beneficiary is None else parse_address(beneficiary)
    ifx = session.signing_ifx()
    with explained(ifx, [Need(who="the wallet", account=ifx.account, amount=micro, from_balance=False)]):
        outcome = ifx.escrow.deposit(micro) if account is None else ifx.escrow.deposit_for(account, micro)
        outcome.confirmed()
    _answer(session, ifx, f"deposited {format_amount(micro)}", account)


@command(WRITES)
def withdraw(
    session: Session,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT|all", help="USDT of the free balance, or all of it.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="ACCOUNT", help="Who receives it; else the signer's own wallet.")
    ] = None,
) -> None:
    """Send USDT of the signer's free balance to a wallet."""
    from ifx_sdk.cli.shortfall import explained_withdrawal
    from ifx_sdk.money import format_amount, parse_amount
    from ifx_sdk.terms import parse_address

    micro = None if amount == "all" else parse_amount(amount)
    receiver = None if to is None else parse_address(to)
    ifx = session.signing_ifx()
    sum_ = ifx.escrow.balance_of() if micro is None else micro
    with explained_withdrawal(ifx, sum_):
        ifx.escrow.withdraw(sum_, receiver).confirmed()
    _answer(session, ifx, f"withdrew {format_amount(sum_)} to {receiver or ifx.account}")


@command(READS)
def balance(session: Session) -> None:
    """Show free balance, wallet and allowance of an account.

    It is that of --account, or of the key.
    """
    account = session.subject()
    document, text = _balances(session.ifx(), account)
    session.output.answer(document, text)


def _answer(session: Session, ifx: IFX, what: str, account: str | None = None) -> None:
    document, text = _balances(ifx, account or ifx.account)
    document["transactions"] = session.announcer.transactions(ifx.chain)
    session.output.answer(document, f"{what}\n{text}")


def _balances(ifx: IFX, account: str) -> tuple[dict[str, object], str]:
    from ifx_sdk.cli.output import aligned
    from ifx_sdk.money import format_amount
    from ifx_sdk.token import UNLIMITED

    amounts = {
        "free": ifx.escrow.balance_of(account),
        "wallet": ifx.token.balance(account),
        "allowance": ifx.token.allowance(account),
    }
    texts = {name: "unlimited" if micro == UNLIMITED else format_amount(micro) for name, micro in amounts.items()}
    width = max(map(len, texts.values()))
    rows = [
        ("account", account),
        ("free balance", texts["free"].rjust(width)),
        ("wallet", texts["wallet"].rjust(width)),
        ("allowance", texts["allowance"].rjust(width)),
    ]
    return {"account": account, **amounts}, aligned(rows)
