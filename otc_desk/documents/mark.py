"""The daily mark-to-market: what the payoff formula gives at the newest fixing, and where that price comes from. Pure.

Two marks stand beside each other, for neither is the fair value of an entity's books: with the newest fixing held until
maturity, and with the published curve of CAL-mid-1 from that fixing on. Days that are already averaged count as they
were fixed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from ifx_sdk import payoff, pricing
from ifx_sdk.calendar import SECONDS_PER_DAY, day_of, midnight
from ifx_sdk.money import format_price
from otc_desk.documents import shared
from otc_desk.documents.facts import Facts
from otc_desk.documents.fixings import DayPrice, day_price
from otc_desk.documents.model import Document, Grid, Note, PayoffChart, Row, Rows, Section
from otc_desk.documents.words import amount, change, day, plain, usdt, when
from otc_desk.errors import BadRequest

_MOVES = (-50, -25, -10, 0, 10, 25, 50)
"""Moves of the assumed settlement price that are shown, per cent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """What a mark rests on. Prices micro-USDT per Mtok."""

    on: int
    """UTC day number that it is for."""
    newest: DayPrice
    """The newest fixing of that day or before."""
    known: int
    """Averaging days whose fixing is behind."""
    held: int
    """Settlement price if the newest fixing stays."""
    curve: int
    """Settlement price if what is ahead follows the published curve from it."""


def marked(facts: Facts, on: int | None) -> Marked:
    """The mark of a UTC day number, the newest possible where none is given. Raises `BadRequest`."""
    terms = facts.first
    first = day_of(facts.booked_at)
    last = (day_of(facts.ended_at) if facts.ended_at else terms.maturity // SECONDS_PER_DAY + 1) - 1
    last = min(last, terms.maturity // SECONDS_PER_DAY)
    newest_day = max((each for each in facts.fixings if each <= last), default=first)
    chosen = newest_day if on is None else on
    if not first <= chosen <= max(first, newest_day):
        cure = "Leave the date out for the newest mark."
        raise BadRequest("on", f"there are marks from {day(first)} to {day(max(first, newest_day))}", cure)
    posted = {each: found for each, found in facts.fixings.items() if each <= chosen}
    newest = day_price(posted, chosen)
    span = range(terms.maturity // SECONDS_PER_DAY - terms.averaging_days + 1, terms.maturity // SECONDS_PER_DAY + 1)

    def mean(ahead: Callable[[int], int]) -> int:
        return payoff.settlement_mean([day_price(posted, d).price if d <= chosen else ahead(d - chosen) for d in span])

    return Marked(
        on=chosen,
        newest=newest,
        known=sum(1 for each in span if each <= chosen),
        held=mean(lambda _: newest.price),
        curve=mean(lambda days: _on_curve(newest.price, days)),
    )


def _on_curve(price: int, days: int) -> int:
    """Eq. 6 from a fixing on, so many days ahead, before any tick; a month is a twelfth of 365 days."""
    return pricing.indicative(price, Fraction(days * 12, 365)) if price else 0


def mark(facts: Facts, on: int | None = None) -> Document:
    """The mark of a day. Raises `BadRequest` for a day before booking or after the newest fixing."""
    found = marked(facts, on)
    terms = facts.first
    chart = PayoffChart(
        price=terms.price, spot=terms.spot, quantity=terms.quantity, settled=found.held, settled_name="mark"
    )
    return Document(
        kind="mark",
        title="Mark-to-market",
        subtitle=f"{shared.subtitle(facts)}; {day(found.on)}",
        forward="0x" + facts.id.hex(),
        dated=midnight(found.on),
        data=_data(facts, found),
        sections=(
            Section(heading="Mark", blocks=(_result(facts, found), chart)),
            Section(heading="Source", blocks=(_source(facts, found),)),
            Section(heading="If the settlement price moves from the mark", blocks=(_moves(facts, found),)),
            Section(heading="What this is", blocks=(_meaning(),)),
        ),
    )


def value(facts: Facts, settlement: int) -> int:
    """The viewer's payoff at a settlement price, micro-USDT; negative where it pays. The fee is not in it."""
    terms = facts.first
    gain = payoff.payoff(price=terms.price, spot=terms.spot, quantity=terms.quantity, settlement=settlement)
    return gain if facts.side == "long" else -gain


def _result(facts: Facts, found: Marked) -> Rows:
    locked = payoff.prefunding(spot=facts.first.spot, quantity=facts.first.quantity)
    held, curve = value(facts, found.held), value(facts, found.curve)
    return Rows(
        rows=(
            Row(label="For", value=facts.named(facts.viewer)),
            Row(label="Side", value=facts.side),
            Row(label="Mark at the newest fixing", value=f"{usdt(held)}, as if the price stayed until maturity"),
            Row(label="Mark on the published curve", value=f"{usdt(curve)}, with CAL-mid-1 from that fixing on"),
            Row(label="Locked prefunding B", value=f"{usdt(locked)}; B and the first mark: {usdt(locked + held)}"),
            Row(label="Not in it", value="the fee, which was paid at booking; interest; the time to maturity"),
        )
    )


def _source(facts: Facts, found: Marked) -> Rows:
    terms, newest = facts.first, found.newest
    rows = [
        Row(label="Newest fixing", value=f"{format_price(newest.price)}, of {day(newest.source)}"),
        Row(label="Since booking", value=f"{change(newest.price, terms.spot)} from the spot {amount(terms.spot)}"),
        Row(label="Signed by", value=f"{newest.signers} oracle nodes; {shared.oracle_name(facts)}"),
        Row(label="Assumed F_ref, price held", value=format_price(found.held)),
        Row(label="Assumed F_ref, on the curve", value=format_price(found.curve)),
        Row(label="Marked for", value=when(midnight(found.on), facts.zone)),
        Row(label="Maturity", value=when(terms.maturity, facts.zone)),
    ]
    if terms.averaging_days > 1:
        known = f"{found.known} of {terms.averaging_days} averaging days are behind and count as fixed"
        rows.append(Row(label="Averaging", value=known))
    return Rows(rows=tuple(rows))


def _moves(facts: Facts, found: Marked) -> Grid:
    rows = []
    for move in _MOVES:
        settlement = found.held * (100 + move) // 100
        rows.append((f"{move:+d}%" if move else "mark", amount(settlement), amount(value(facts, settlement))))
    header = ("Move", "F_ref, USD/Mtok", f"Payoff of the {facts.side}, USDT")
    return Grid(header=header, rows=tuple(rows), right=frozenset({0, 1, 2}), strong=frozenset({_MOVES.index(0)}))


def _meaning() -> Note:
    return Note(
        text="A mark is the payoff formula at an assumed settlement price. It is no offer, no forecast, no quote at "
        "which anybody trades, and no advice. There is no market in which this forward could be sold at it. The "
        "curve rests on two recorded repricings (95% interval of its rate: 0.0033 to 0.0976 a month) and knows no "
        "rises. Which of the two marks, if any, is fair value for a set of books, and of which level, is for its "
        "keeper and auditor to decide."
    )


def _data(facts: Facts, found: Marked) -> dict[str, object]:
    terms = facts.first
    return {
        "on": day(found.on),
        "side": facts.side,
        "terms": shared.terms_data(facts),
        "parties": shared.parties_data(facts),
        "fixing": {
            "day": day(found.newest.source),
            "price": plain(found.newest.price),
            "signers": found.newest.signers,
        },
        "averaging_days_known": found.known,
        "held": {"settlement_price": plain(found.held), "payoff": plain(value(facts, found.held))},
        "curve": {
            "calibration": pricing.CAL_MID.id,
            "settlement_price": plain(found.curve),
            "payoff": plain(value(facts, found.curve)),
        },
        "prefunding": plain(payoff.prefunding(spot=terms.spot, quantity=terms.quantity)),
        "oracle": shared.oracle_name(facts),
        "contracts": shared.contracts_data(facts),
    }
