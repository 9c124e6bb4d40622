"""The hedge memo: what a treasury needs beside its own designation under ASC 815 or IFRS 9. Pure; no advice.

Effectiveness is `ifx_sdk.hedging.effectiveness`: the part of the standard deviation of cost that the forward removes
under a compound Poisson process of repricings, in closed form, for a volume equal to the forward's and no cap.
"""

from fractions import Fraction

from ifx_sdk import payoff
from ifx_sdk.calendar import SECONDS_PER_DAY, day_of
from ifx_sdk.hedging import BASE, RISING, JumpProcess, Sample, effectiveness
from ifx_sdk.money import format_price, format_quantity
from otc_desk.documents import shared
from otc_desk.documents.facts import Facts
from otc_desk.documents.model import Document, Grid, Note, Row, Rows, Section
from otc_desk.documents.words import day, plain, usdt, when

_BLANK = "to be completed by the entity"
_STEPS_A_MONTH = 4
"""Points in a month at which even use is sampled, as in `ifx_sdk.hedging`."""
_BASIS = Fraction(1, 10)
"""A standard deviation of paid over list price that is shown beside none."""


def memo(facts: Facts) -> Document:
    """The memo of one side. `facts` are of a booked forward."""
    return Document(
        kind="memo",
        title="Hedge memo",
        subtitle=shared.subtitle(facts),
        forward="0x" + facts.id.hex(),
        dated=facts.booked_at,
        data=_data(facts),
        sections=(
            Section(heading="Purpose", blocks=(Note(text=_PURPOSE),)),
            Section(heading="Entity and instrument", blocks=(_instrument(facts),)),
            Section(heading="Critical terms", blocks=(_critical(facts), Note(text=_CRITICAL))),
            Section(heading="Hedge effectiveness", blocks=(Note(text=_METHOD), _effects(facts), Note(text=_LIMITS))),
            Section(heading="Where hedges of this kind fail", blocks=(_ineffective(),)),
            Section(heading="To be decided before designation", blocks=(_decide(),)),
            Section(heading="Sign-off", blocks=(_sign_off(),)),
            shared.contracts(facts),
        ),
    )


_PURPOSE = (
    "A draft for the entity's own hedge documentation. It states the contract's terms and a measured relation; it "
    "designates nothing and is neither accounting nor investment advice. Whether ASC 815 or IFRS 9 hedge accounting "
    "applies is for the entity and its auditor to decide, at inception."
)
_CRITICAL = (
    "Critical terms are compared with the hedged item that the entity designates. Where the item is a purchase at the "
    "list price, on the same identifier, of the same quantity, priced on the same days, they agree; each difference "
    "is a source of ineffectiveness."
)
_METHOD = (
    "Method: 1 - sd(cost - payoff) / sd(cost), closed form, over a compound Poisson process of repricings, for a "
    "fixed volume equal to the forward's, no cap counted. Falling: two recorded cuts (25%, 67%) at 1/37 a month. "
    "Rising: one recorded rise (0.60 to 2.50) is drawn as well. Basis: what the entity pays over the list price varies "
    "with a standard deviation of 10%, independent of repricings."
)
_LIMITS = (
    "Two events prove little about a rate (95% interval 0.0033 to 0.0976 a month). The figures are in unit cost for a "
    "fixed volume; in spend, where use responds to the price, less is removed, and `ifx hedge plan` computes both. One "
    "forward at the far end covers a year's even use badly; a ladder or an average-price forward covers it better."
)


def _instrument(facts: Facts) -> Rows:
    terms, zone = facts.first, facts.zone
    halves = payoff.fee_split(payoff.fee(indicative=terms.indicative, quantity=terms.quantity))
    other = facts.sides[1] if facts.side == "long" else facts.sides[0]
    locked = payoff.prefunding(spot=terms.spot, quantity=terms.quantity)
    rows = [
        Row(label="Entity", value=facts.named(facts.viewer)),
        Row(label="", value=facts.viewer, code=True),
        Row(label="Position", value=facts.side),
        Row(label="Counterparty", value=facts.named(other)),
        Row(label="", value=other, code=True),
        Row(label="Instrument", value="prefunded forward on a published list price; cash settled in USDT; capped at B"),
        Row(label="Forward id", value="0x" + facts.id.hex(), code=True),
        Row(label="Inception", value=when(facts.booked_at, zone)),
        Row(label="Locked at inception", value=f"{usdt(locked)} by each side, no margin calls"),
        Row(label="Transaction cost", value=usdt(halves[0] if facts.side == "long" else halves[1])),
    ]
    return Rows(rows=tuple(rows))


def _critical(facts: Facts) -> Grid:
    terms = facts.first
    rows = (
        ("Underlying", f"{terms.underlying}, list price, output tokens, standard tier", _BLANK),
        ("Notional", format_quantity(terms.quantity), _BLANK),
        ("Fixed price", format_price(terms.price), _BLANK),
        ("Pricing date", shared.settles_on(facts), _BLANK),
        ("Maturity", day(terms.maturity // SECONDS_PER_DAY), _BLANK),
        ("Currency", "USD; settled in USDT at 1 USD = 1 USDT", _BLANK),
        (
            "Cap",
            f"payoff within -B and +B, B = {usdt(payoff.prefunding(spot=terms.spot, quantity=terms.quantity))}",
            _BLANK,
        ),
        ("Counterparty risk", "prefunded by both sides; the escrow, USDT and the oracle remain", _BLANK),
    )
    return Grid(header=("Term", "Hedging instrument", "Hedged item"), rows=rows)


def months(facts: Facts) -> Fraction:
    """From booking to maturity; a month is a twelfth of 365 days."""
    return Fraction((facts.first.maturity // SECONDS_PER_DAY - day_of(facts.booked_at)) * 12, 365)


def _even(start: Fraction, end: Fraction, mtok: Fraction) -> tuple[Sample, ...]:
    steps = max(1, int((end - start) * _STEPS_A_MONTH))
    width = (end - start) / steps
    return tuple(Sample(start + width * (2 * step + 1) / 2, mtok / steps) for step in range(steps))


def effects(facts: Facts) -> dict[str, dict[str, int | None]]:
    """Exposure -> case -> effectiveness in ppm."""
    terms, end = facts.first, months(facts)
    volume = Fraction(terms.quantity)
    hedge: tuple[Sample, ...] = (Sample(end, volume),)
    if terms.averaging_days > 1:
        hedge = _even(max(Fraction(0), end - Fraction(terms.averaging_days * 12, 365)), end, volume)
    cases: dict[str, tuple[JumpProcess, Fraction]] = {
        "falling": (BASE, Fraction(0)),
        "rising": (RISING, Fraction(0)),
        "falling_with_basis": (BASE, _BASIS),
    }
    uses = {"priced_as_the_forward": hedge, "even_to_maturity": _even(Fraction(0), end, volume)}
    return {
        name: {case: effectiveness(process, use, hedge, basis) for case, (process, basis) in cases.items()}
        for name, use in uses.items()
    }


def _effects(facts: Facts) -> Grid:
    names = {
        "priced_as_the_forward": "bought on the days that the forward averages",
        "even_to_maturity": "used evenly from booking to maturity",
    }
    rows = tuple(
        (names[name], *(_percent(each[case]) for case in ("falling", "rising", "falling_with_basis")))
        for name, each in effects(facts).items()
    )
    header = ("Hedged volume N", "Falling", "Rising", "Falling, 10% basis")
    return Grid(header=header, rows=rows, right=frozenset({1, 2, 3}))


def _percent(ppm: int | None) -> str:
    if ppm is None:
        return "-"
    sign, tenths = ("-" if ppm < 0 else ""), (abs(ppm) + 500) // 1_000
    return f"{sign}{tenths // 10}.{tenths % 10}%"


def _ineffective() -> Rows:
    return Rows(
        rows=(
            Row(label="Basis", value="discounts, credits, cached, batch or long-context prices, another provider"),
            Row(label="Timing", value="use on other days than those that are averaged"),
            Row(label="Volume", value="use that differs from the forecast, or that responds to the price"),
            Row(label="Model", value="use that moves to another model while the forward stays on this identifier"),
            Row(label="Cap", value="a price further from F than S0 is hedged only in part"),
            Row(label="Settlement asset", value="USDT that is frozen or not worth a dollar"),
        )
    )


def _decide() -> Rows:
    return Rows(
        rows=(
            Row(
                label="Is it a derivative?",
                value="ASC 815-10-15 and IFRS 9 Appendix A ask for an underlying, a small initial net investment and "
                "net settlement. The prefunding is returned plus or minus the payoff; assess how it counts.",
            ),
            Row(
                label="Hedged item",
                value="a forecast purchase must be highly probable (IFRS 9 6.3.3) or probable (ASC 815-20-25-15); "
                "name it, its quantity and its period",
            ),
            Row(
                label="Risk component",
                value="the list price as a component of what is paid: separately identifiable and reliably measurable "
                "(IFRS 9 6.3.7), or contractually specified (ASC 815-20-25-15(i))",
            ),
            Row(
                label="Hedge ratio",
                value="the quantity hedged over that of the forward; credit risk must not dominate (IFRS 9 6.4.1)",
            ),
            Row(
                label="Later assessment",
                value="ASC 815: at least quarterly, by dollar offset or regression; IFRS 9: at each reporting date. "
                "The daily mark gives the instrument's side.",
            ),
            Row(label="Where gains go", value="cash flow hedge reserve or other comprehensive income, then cost"),
        )
    )


def _sign_off() -> Grid:
    rows = tuple((who, "", "") for who in ("Prepared by", "Reviewed by", "Designated on"))
    return Grid(header=("", "Name", "Date and signature"), rows=rows)


def _data(facts: Facts) -> dict[str, object]:
    terms = facts.first
    return {
        "side": facts.side,
        "entity": {"account": facts.viewer, "name": facts.names.get(facts.viewer) or None},
        "terms": shared.terms_data(facts),
        "parties": shared.parties_data(facts),
        "settles_on": shared.settles_on(facts),
        "prefunding": plain(payoff.prefunding(spot=terms.spot, quantity=terms.quantity)),
        "effectiveness_ppm": effects(facts),
        "advice": False,
        "contracts": shared.contracts_data(facts),
    }
