"""Booked forwards as text and as JSON: terms, sides and how they changed, and what was or would be paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ifx_sdk.calendar import SECONDS_PER_DAY, date_of, format_time
from ifx_sdk.cli.output import aligned, table
from ifx_sdk.cli.quotes import settles_on
from ifx_sdk.client import IFX
from ifx_sdk.money import format_amount, format_price, format_quantity
from ifx_sdk.oracle import SettlementPrice
from ifx_sdk.records import BookedForward, EarlyEnd, ForwardRecord, Part, Settlement, SideChange, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A forward as it stands now."""

    record: ForwardRecord
    """Its terms and status."""
    booked: BookedForward | None
    """Its life so far; None where nothing was ever booked under this id."""
    now: SettlementPrice | None
    """What it would settle at as things are; None where it is not active or not mature."""
    payouts: tuple[int, int] | None
    """What (long, short) would be paid at that price, micro-USDT."""
    final: bool | None
    """Whether the chain can no longer undo how it was paid out; None while it was not."""

    @property
    def ending(self) -> Settlement | EarlyEnd | None:
        """How it was paid out; None while it was not."""
        return None if self.booked is None else self.booked.ending


def view(ifx: IFX, id: bytes) -> View:
    """Read a forward and what belongs to it."""
    booked = ifx.escrow.booked(id)
    record = ifx.escrow.forward(id) if booked is None else booked.record
    price = payouts = None
    if record.is_active and ifx.chain.now() >= record.maturity:
        price = ifx.oracle.settlement_price(record.underlying, record.maturity_day, record.averaging_days)
        payouts = ifx.escrow.payouts(record.id, price.price)
    final = _is_final(ifx, None if booked is None else booked.ending)
    return View(record=record, booked=booked, now=price, payouts=payouts, final=final)


def _is_final(ifx: IFX, ending: Settlement | EarlyEnd | None) -> bool | None:
    if ending is None:
        return None
    finalized = ifx.chain.finalized_block()
    return finalized is not None and finalized >= ending.block_number


def record_document(record: ForwardRecord) -> dict[str, object]:
    """A record for programs."""
    return {
        "id": record.id,
        "status": record.status.name.lower(),
        "long": record.long,
        "short": record.short,
        "underlying": record.underlying,
        "quantity": record.quantity,
        "price": record.price,
        "spot": record.spot,
        "maturity": record.maturity,
        "averaging_days": record.averaging_days,
        "prefunding": record.prefunding,
    }


def settlement_document(settlement: Settlement | None) -> dict[str, object] | None:
    """A settlement for programs."""
    if settlement is None:
        return None
    return {
        "price": settlement.price,
        "long_payout": settlement.long_payout,
        "short_payout": settlement.short_payout,
        "block_number": settlement.block_number,
        "tx_hash": settlement.tx_hash,
    }


def termination_document(ended: EarlyEnd | None) -> dict[str, object] | None:
    """An early end for programs."""
    if ended is None:
        return None
    return {
        "termination": ended.termination,
        "price": ended.price,
        "long_payout": ended.long_payout,
        "short_payout": ended.short_payout,
        "block_number": ended.block_number,
        "tx_hash": ended.tx_hash,
    }


def _change_document(change: SideChange) -> dict[str, object]:
    return {name: getattr(change, name) for name in change.__slots__}


def _part_of(booked: BookedForward | None, account: str | None) -> dict[str, object]:
    """`part`: an account's side and the transactions by which it came and went, None where it has none."""
    if account is None:
        return {}
    part = None if booked is None else booked.part_of(account)
    if part is None:
        return {"part": None}
    entered, left = (None if each is None else each.tx_hash for each in (part.entered, part.left))
    return {"part": {"side": part.side, "entered": entered, "left": left}}


def _life_document(booked: BookedForward | None) -> dict[str, object]:
    return {
        "novations": [_change_document(each) for each in booked.novations] if booked else [],
        "settlement": settlement_document(booked.settlement) if booked else None,
        "termination": termination_document(booked.termination) if booked else None,
    }


def document(shown: View, account: str | None = None) -> dict[str, object]:
    """A view for programs; with `account` its part in it."""
    found = record_document(shown.record) | _life_document(shown.booked) | _part_of(shown.booked, account)
    found["final"] = shown.final
    found["settles_at"] = None if shown.now is None else {"price": shown.now.price, "certain": shown.now.certain}
    return found


def booked_document(booked: BookedForward, account: str | None) -> dict[str, object]:
    """A forward from the events, for programs; `part` is the account's in it, its transactions of coming and going."""
    found = record_document(booked.record) | {
        "indicative": booked.indicative,
        "block_number": booked.block_number,
        "tx_hash": booked.tx_hash,
        **_life_document(booked),
    }
    return found | _part_of(booked, account)


def text(shown: View, account: str | None = None) -> str:
    """A view for people; with `account` its part in it."""
    record = shown.record
    rows = [("id", "0x" + record.id.hex()), ("status", record.status.name.lower())]
    if record.status is not Status.REVOKED:
        rows += [
            ("long", record.long),
            ("short", record.short),
            ("underlying", record.underlying),
            ("size", f"{format_quantity(record.quantity)} ({record.quantity:,} Mtok)"),
            ("price F", format_price(record.price)),
            ("spot S0", format_price(record.spot)),
            ("maturity", format_time(record.maturity)),
            ("settles on", settles_on(record.averaging_days)),
            ("prefunding, each side", format_amount(record.prefunding)),
        ]
    if shown.booked is not None:
        rows += [(f"{each.side} changed", _change(each)) for each in shown.booked.novations]
        part = None if account is None else shown.booked.part_of(account)
        rows += [] if account is None else [("account's part", f"{_part(part) if part else 'none'}: {account}")]
    return aligned([*rows, *_payout_rows(shown)])


def _change(change: SideChange) -> str:
    paid = format_amount(change.payment)
    return f"{change.outgoing} left, {change.incoming} came and paid {paid}, in block {change.block_number}"


def _payout_rows(shown: View) -> list[tuple[str, str]]:
    ending = shown.ending
    if ending is not None:
        name, word = ("agreed price", "terminated") if isinstance(ending, EarlyEnd) else ("F_ref", "settled")
        known = "final" if shown.final else "not final yet"
        return [
            *_paid(ending.price, name, "receives", ending.long_payout, ending.short_payout),
            (word, f"in block {ending.block_number}, {known}"),
        ]
    if shown.now is not None and shown.payouts is not None:
        known = "certain: it can be settled" if shown.now.certain else "not certain yet"
        return [*_paid(shown.now.price, "F_ref now", "would receive", *shown.payouts), ("settlement", known)]
    return []


def _paid(price: int, name: str, verb: str, long: int, short: int) -> list[tuple[str, str]]:
    texts = [format_amount(long), format_amount(short)]
    width = max(map(len, texts))
    return [
        (name, format_price(price)),
        (f"long {verb}", texts[0].rjust(width)),
        (f"short {verb}", texts[1].rjust(width)),
    ]


def booked_table(found: Sequence[BookedForward], account: str | None) -> str:
    """Forwards for people, a line each."""
    if not found:
        return "no forwards" if account is None else f"no forwards of {account}"
    header = ("id", "status", "side", "underlying", "size", "price F", "maturity", "prefunding", "paid at", "receives")
    return table(header, (_line(each, account) for each in found), right=(5, 7, 8, 9))


def _line(booked: BookedForward, account: str | None) -> tuple[str, ...]:
    record, ending = booked.record, booked.ending
    part = None if account is None else booked.part_of(account)
    return (
        "0x" + record.id.hex(),
        record.status.name.lower(),
        "" if part is None else _part(part),
        record.underlying,
        format_quantity(record.quantity),
        format_price(record.price),
        date_of(record.maturity // SECONDS_PER_DAY).isoformat(),
        format_amount(record.prefunding),
        format_price(ending.price) if ending else "",
        _received(part, ending),
    )


def _part(part: Part) -> str:
    marks = [name for name, change in (("entered", part.entered), ("left", part.left)) if change]
    return f"{part.side} ({', '.join(marks)})" if marks else part.side


def _received(part: Part | None, ending: Settlement | EarlyEnd | None) -> str:
    """What the account was paid: for leaving, or in the end."""
    if part is None:
        return ""
    if part.left is not None:
        return format_amount(part.left.payment)
    if ending is None:
        return ""
    return format_amount(ending.long_payout if part.side == "long" else ending.short_payout)
