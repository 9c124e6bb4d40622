"""A termination or a novation as those whom it names see it before they approve: the hashes that wallets show, and
what it means in money for each of them. Pure.
"""

from __future__ import annotations

from ifx_sdk.calendar import format_time
from ifx_sdk.cli.output import aligned
from ifx_sdk.endings import Ending, Novation, Termination
from ifx_sdk.errors import BadValue
from ifx_sdk.money import format_amount, format_price, format_quantity
from ifx_sdk.payoff import Side
from ifx_sdk.records import ForwardRecord
from ifx_sdk.signing import domain_separator, message_digest, message_hash
from ifx_sdk.terms import Domain

Rows = list[tuple[str, str]]

OPTION = "Whoever approves first gives the others an option until the deadline; `ifx revoke` ends it."
UNCHECKED = "No node was asked: whether the forward is still as this says, and what it pays, is not known here."


def document(message: Ending, domain: Domain, record: ForwardRecord | None) -> dict[str, object]:
    """For programs: every field, the hashes that wallets show and, where the record is known, what it means."""
    found: dict[str, object] = {
        "kind": type(message).__name__.lower(),
        "id": message_digest(message, domain),
        "domain_hash": domain_separator(domain),
        "message_hash": message_hash(message),
        "chain_id": domain.chain_id,
        "escrow": domain.contract,
        **{name: getattr(message, name) for name in message.__slots__},
    }
    if record is None:
        return found
    found |= {"underlying": record.underlying, "quantity": record.quantity, "prefunding": record.prefunding}
    if isinstance(message, Termination):
        return found | _ended(message, record)
    side = record.side_of(message.outgoing)
    return found | {"side": side} | ({} if side is None else _moved(message, record, side))


def _ended(message: Termination, record: ForwardRecord) -> dict[str, int]:
    """What both are paid at the agreed price, and what that is more (or less) than they locked."""
    long, short = record.payouts(message.price)
    locked = record.prefunding
    return {"long_payout": long, "short_payout": short, "long_gain": long - locked, "short_gain": short - locked}


def _moved(message: Novation, record: ForwardRecord, side: Side) -> dict[str, int]:
    """Between what the side that moves can be paid, and what the incoming, which pays for it, gains then."""
    least, most = record.payout_bounds(side)
    gains = {"incoming_worst": least - message.payment, "incoming_best": most - message.payment}
    return {"least_payout": least, "most_payout": most, **gains}


def text(message: Ending, domain: Domain, record: ForwardRecord | None) -> str:
    """For people."""
    rows = [
        ("id", f"0x{message_digest(message, domain).hex()}"),
        ("domain hash", f"0x{domain_separator(domain).hex()}"),
        ("message hash", f"0x{message_hash(message).hex()}"),
        ("escrow", f"{domain.contract} on chain {domain.chain_id}"),
        ("forward", f"0x{message.forward.hex()}"),
        *message.parties.items(),
    ]
    if record is not None:
        rows += [
            ("underlying", record.underlying),
            ("size", f"{format_quantity(record.quantity)} ({record.quantity:,} Mtok)"),
            ("maturity", _time(record.maturity)),
        ]
    if isinstance(message, Termination):
        rows += _termination_rows(message, record)
    else:
        rows += _novation_rows(message, record)
    return "\n".join([aligned(rows), *_notes(message, record)])


def _termination_rows(message: Termination, record: ForwardRecord | None) -> Rows:
    rows = [("agreed price", format_price(message.price)), ("execute until", _time(message.deadline))]
    if record is None:
        return rows
    shown = _ended(message, record)
    amounts = _flush(record.prefunding, shown["long_payout"], shown["short_payout"])
    gains = _flush(abs(shown["long_gain"]), abs(shown["short_gain"]))
    more = ["more" if shown[f"{side}_gain"] >= 0 else "less" for side in ("long", "short")]
    return [
        ("price F", format_price(record.price)),
        *rows,
        ("prefunding, each side", amounts[0]),
        ("long gets back", f"{amounts[1]}, {gains[0]} {more[0]} than it locked"),
        ("short gets back", f"{amounts[2]}, {gains[1]} {more[1]} than it locked"),
    ]


def _novation_rows(message: Novation, record: ForwardRecord | None) -> Rows:
    side = None if record is None else record.side_of(message.outgoing)
    if record is None or side is None:
        return [("incoming pays outgoing", format_amount(message.payment)), ("execute until", _time(message.deadline))]
    shown = _moved(message, record, side)
    worst, best = shown["incoming_worst"], shown["incoming_best"]
    amounts = _flush(
        message.payment, record.prefunding, shown["least_payout"], shown["most_payout"], abs(worst), abs(best)
    )
    return [
        ("price F", format_price(record.price)),
        ("side that moves", side),
        ("execute until", _time(message.deadline)),
        ("incoming pays outgoing", amounts[0]),
        ("prefunding that stays", f"{amounts[1]} locked: the incoming's from then on, no new one is collected"),
        ("least the side is paid", f"{amounts[2]} in the end"),
        ("most the side is paid", f"{amounts[3]} in the end"),
        ("worst case, incoming", f"{amounts[4]} {'lost' if worst < 0 else 'gained'}, the payment included"),
        ("best case, incoming", f"{amounts[5]} {'lost' if best < 0 else 'gained'}, the payment included"),
    ]


def _notes(message: Ending, record: ForwardRecord | None) -> list[str]:
    notes = [OPTION]
    if isinstance(message, Novation):
        notes.append(f"Leaving is for ever: {message.outgoing} can never be a side of this forward again.")
    return notes if record is not None else [*notes, UNCHECKED]


def _flush(*amounts: int) -> list[str]:
    """Amounts in one column."""
    texts = [format_amount(each) for each in amounts]
    width = max(map(len, texts))
    return [each.rjust(width) for each in texts]


def _time(timestamp: int) -> str:
    try:
        return format_time(timestamp)
    except BadValue:
        return f"{timestamp} (unix seconds)"
