"""Who lacks what, and the command that mends it, where a deposit, a booking or a withdrawal finds too little money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ifx_sdk.errors import (
    AllowanceTooLow,
    BalanceTooLow,
    Reverted,
    TokenBalanceTooLow,
    TokenDidNotDeliver,
    TokenRefused,
)
from ifx_sdk.money import decimal_text, format_amount

if TYPE_CHECKING:
    from ifx_sdk.client import IFX


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What a call takes from one account."""

    who: str
    """Its name in messages: `the long`, `the short`, `the wallet`."""
    account: str
    """Checksummed."""
    amount: int
    """micro-USDT."""
    from_balance: bool
    """Whether the free balance is used first."""


@contextmanager
def explained(ifx: IFX, needs: Sequence[Need]) -> Iterator[None]:
    """Where the contracts refuse for want of money, say whose, how much, and the cure; other refusals come through.

    Mainnet USDT gives no reason at all: a refusal without one is looked into too.
    """
    try:
        yield
    except Reverted as error:
        if error.reason and not isinstance(
            error, AllowanceTooLow | TokenBalanceTooLow | TokenDidNotDeliver | TokenRefused
        ):
            raise
        found = [each for need in needs if (each := _lack(ifx, need)) is not None]
        if not found:
            raise
        kind = found[0][0]
        raise kind(
            tx_hash=error.tx_hash,
            what="; ".join(what for _, what, _ in found),
            cure=" ".join(cure for *_, cure in found),
        ) from error


def _lack(ifx: IFX, need: Need) -> tuple[type[Reverted], str, str] | None:
    """The error's class, what is lacking and the cure; None where there is enough."""
    free = ifx.escrow.balance_of(need.account) if need.from_balance else 0
    wallet, allowance = ifx.token.balance(need.account), ifx.token.allowance(need.account)
    pulled = max(0, need.amount - free)
    if pulled <= min(wallet, allowance):
        return None
    takes = f"{need.who} {need.account} needs {format_amount(need.amount)}"
    if need.from_balance:
        takes += f" and has {format_amount(free)} of it as its free balance"
    who = need.who[:1].upper() + need.who[1:]
    allow = f"{who}'s owner runs `ifx allow {decimal_text(pulled)}`" if allowance < pulled else ""
    if wallet < pulled:
        missing = pulled - wallet
        what = f"{takes}; its wallet holds {format_amount(wallet)}, {format_amount(missing)} too little"
        cure = f"Put {format_amount(missing)} more into the wallet {need.account}."
        return TokenBalanceTooLow, what, f"{cure} {allow}." if allow else cure
    what = f"{takes}; the escrow may collect {format_amount(allowance)} of the {format_amount(pulled)} from its wallet"
    return AllowanceTooLow, what, f"{allow}."


@contextmanager
def explained_withdrawal(ifx: IFX, amount: int) -> Iterator[None]:
    """Where the free balance is too low, say what it is."""
    try:
        yield
    except BalanceTooLow as error:
        free = ifx.escrow.balance_of()
        raise BalanceTooLow(
            tx_hash=error.tx_hash,
            what=f"{format_amount(amount)} is more than the free balance of {ifx.account}, {format_amount(free)}",
            cure="`ifx withdraw all` takes all of it; prefunding is locked until its forward is settled.",
        ) from error
