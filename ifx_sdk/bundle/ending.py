"""How a forward ended, out of the one event that tells it."""

from __future__ import annotations

from dataclasses import dataclass

from ifx_sdk.bundle.errors import BadBundleFile, Mismatch
from ifx_sdk.bundle.history import Happened, History
from ifx_sdk.bundle.steps import End
from ifx_sdk.contract import integer, items

_NAMES = {"ForwardSettled": End.SETTLED, "ForwardsSettled": End.SETTLED, "ForwardTerminated": End.TERMINATED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """An ending, as it was logged."""

    happened: Happened
    """Its event."""
    price: int
    """F_ref or the agreed price, micro-USDT per Mtok."""
    payouts: tuple[int, int] | None
    """(long, short) in micro-USDT as logged; None where a batch's event names the price alone."""


def ending_of(history: History, id: bytes, end: End) -> Ended | None:
    """The ending that goes with what is stored. Raises `Mismatch`, `BadBundleFile` where there are several."""
    found = [each for name in _NAMES for each in history.all(name) if _is_about(each, id)]
    if len(found) > 1:
        raise BadBundleFile(f"part {found[1].mined.part}", "a forward ends once, and this is its second ending")
    told = _NAMES[found[0].event.name] if found else End.ACTIVE
    if told is not end:
        part = found[0].mined.part if found else "mined/"
        raise Mismatch("ending", f"part {part}", expected=f"one that leaves it {end}, as is stored", found=told)
    if not found:
        return None
    happened = history.use(found[0])
    args = happened.event.args
    payouts = None
    if "long_payout" in args:
        payouts = integer(args["long_payout"]), integer(args["short_payout"])
    return Ended(happened=happened, price=integer(args["price"]), payouts=payouts)


def _is_about(each: Happened, id: bytes) -> bool:
    args = each.event.args
    return args["id"] == id if "id" in args else id in items(args["ids"])
