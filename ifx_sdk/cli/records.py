"""Booked forwards as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ifx_sdk.calendar import SECONDS_PER_DAY, date_of, format_time
from ifx_sdk.cli.output import aligned, table
from ifx_sdk.cli.quotes import settles_on
from ifx_sdk.client import IFX
from ifx_sdk.escrow import BookedForward, ForwardRecord, Settlement, Status
from ifx_sdk.money import format_amount, format_price, format_quantity
from ifx_sdk.oracle import SettlementPrice


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A forward as it stands now."""

    record: ForwardRecord
    """Its terms and status."""
    settlement: Settlement | None
    """How it was paid out; None while it is not."""
    now: SettlementPrice | None
    """What it would settle at as things are; None where it is not active or not mature."""
    payouts: tuple[int, int] | None
    """What (long, short) would be paid at that price, micro-USDT."""
    final: bool | None
    """Whether the chain can no longer undo the settlement; None while there is none."""


def view(ifx: IFX, record: ForwardRecord) -> View:
    """Read what belongs to a record."""
    price = payouts = None
    if record.status is Status.ACTIVE and ifx.chain.now() >= record.maturity:
        price = ifx.oracle.settlement_price(record.underlying, record.maturity_day, record.averaging_days)
        payouts = ifx.escrow.payouts(record.id, price.price)
    settlement = ifx.escrow.settlement(record.id) if record.status is Status.SETTLED else None
    return View(record=record, settlement=settlement, now=price, payouts=payouts, final=_is_final(ifx, settlement))


def _is_final(ifx: IFX, settlement: Settlement | None) -> bool | None:
    if settlement is None:
        return None
    finalized = ifx.chain.finalized_block()
    return finalized is not None and finalized >= settlement.block_number


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


def document(shown: View) -> dict[str, object]:
    """A view for programs."""
    found = record_document(shown.record) | {"settlement": settlement_document(shown.settlement)}
    found["final"] = shown.final
    found["settles_at"] = None if shown.now is None else {"price": shown.now.price, "certain": shown.now.certain}
    return found


def booked_document(booked: BookedForward) -> dict[str, object]:
    """A forward from the events, for programs."""
    return record_document(booked.record) | {
        "indicative": booked.indicative,
        "block_number": booked.block_number,
        "tx_hash": booked.tx_hash,
        "settlement": settlement_document(booked.settlement),
    }


def text(shown: View) -> str:
    """A view for people."""
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
    return aligned([*rows, *_payout_rows(shown)])


def _payout_rows(shown: View) -> list[tuple[str, str]]:
    if shown.settlement is not None:
        settled = shown.settlement
        known = "final" if shown.final else "not final yet"
        return [
            *_paid(settled.price, "F_ref", "receives", settled.long_payout, settled.short_payout),
            ("settled", f"in block {settled.block_number}, {known}"),
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
    header = ("id", "status", "side", "underlying", "size", "price F", "maturity", "prefunding", "F_ref", "receives")
    return table(header, (_line(each, account) for each in found), right=(5, 7, 8, 9))


def _line(booked: BookedForward, account: str | None) -> tuple[str, ...]:
    record, settled = booked.record, booked.settlement
    side = {record.long: "long", record.short: "short"}.get(account or "", "")
    paid = ""
    if settled is not None and side:
        paid = format_amount(settled.long_payout if side == "long" else settled.short_payout)
    return (
        "0x" + record.id.hex(),
        record.status.name.lower(),
        side,
        record.underlying,
        format_quantity(record.quantity),
        format_price(record.price),
        date_of(record.maturity // SECONDS_PER_DAY).isoformat(),
        format_amount(record.prefunding),
        format_price(settled.price) if settled else "",
        paid,
    )
