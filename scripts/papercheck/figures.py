"""The drawn figures: Figure 4 with the right values, and the claim of 62-78% as curves."""

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from ifx_sdk import pricing
from ifx_sdk.pricing import CAL_MID, CAL_SERIES, Calibration
from scripts.papercheck.claim import BAND, EVEN, HEDGES, Simulated, removed
from scripts.papercheck.drawing import AMBER, BLUE, INK, PURPLE, QUIET, RED, TEAL, Card, Panel, apart, panel
from scripts.papercheck.forward import TABLE_2, TENORS
from scripts.papercheck.ledger import Verdict, judged, percent, text

_QUARTERS: Final = tuple(Fraction(each, 4) for each in range(49))
_COLORS: Final = {CAL_MID.id: BLUE, CAL_SERIES.id: AMBER}
_OF_HEDGE: Final = {
    "one 12M forward": AMBER,
    "one 6M forward": QUIET,
    "ladder 25/25/50": PURPLE,
    "ladder 25/37.5/25": BLUE,
    "average-price 12M": TEAL,
}
# Where the right values' names stand beside their points, by chart (whether the level) and calibration: dx, dy, anchor.
_ABOVE: Final = (0, -12, "middle")
_BELOW: Final = (0, 20, "middle")
_PLACES: Final = {
    (True, CAL_MID.id): {3: _ABOVE, 6: _ABOVE, 12: (4, -13, "end")},
    (True, CAL_SERIES.id): {3: (-9, 10, "end"), 6: (-6, 17, "end"), 12: (4, 20, "end")},
    (False, CAL_MID.id): {3: _ABOVE, 6: _ABOVE, 12: (4, 21, "end")},
    (False, CAL_SERIES.id): {3: (-10, -2, "end"), 6: (-9, -6, "end"), 12: (4, -10, "end")},
}


def _percents(*values: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(each, 100) for each in values)


def _whole(value: Fraction) -> str:
    return percent(value, 0)


def figure_4() -> str:
    """Figure 4: the indicative level and the probability of a repricing, by tenor, under both calibrations."""
    card = Card(
        width=880,
        height=430,
        title="Figure 4 redrawn: indicative level and probability of a repricing by tenor, with the printed values",
    )
    card.text(30, 38, "What Eq. 5 and 6 give, and what was printed", size=18, bold=True)
    card.text(30, 60, "Both calibrations with the paper's own constants; rings are its printed values.", color=QUIET)
    months = tuple(Fraction(each) for each in (0, 3, 6, 9, 12))
    level = panel(card, (70, 112, 400, 350), months, _percents(60, 70, 80, 90, 100))
    chance = panel(card, (500, 112, 790, 350), months, _percents(0, 30, 50, 70, 100))
    card.text(30, 92, "Indicative level m, percent of spot (Eq. 6)", size=13, bold=True)
    card.text(460, 92, "Probability of at least one repricing (Eq. 5)", size=13, bold=True)
    for word, low, high, color in (("low", 0, 30, TEAL), ("moderate", 30, 70, AMBER), ("elevated", 70, 100, RED)):
        chance.band(Fraction(low, 100), Fraction(high, 100), color, "0.09")
        middle = chance.y.at(Fraction(low + high, 200))
        card.text(chance.x.end + 8, middle + 4, word, color=color, size=12, bold=True)
    for each in (level, chance):
        each.grid(lambda tick: f"{tick}M" if tick else "today", _whole)
    for using, column in TABLE_2:
        points = [(months, Fraction(p) / 100, Fraction(m)) for months, (p, m) in zip(TENORS, column, strict=True)]
        _curve(level, using, {months: m for months, _, m in points}, _level)
        _curve(chance, using, {months: p for months, p, _ in points}, _chance)
    _key(card)
    return card.svg()


def _level(months: Fraction | int, using: Calibration) -> Fraction:
    return Fraction(pricing.multiplier(months, using))


def _chance(months: Fraction | int, using: Calibration) -> Fraction:
    return Fraction(pricing.jump_probability(months, using))


def _curve(
    drawn: Panel,
    using: Calibration,
    printed: dict[int, Fraction],
    value: Callable[[Fraction | int, Calibration], Fraction],
) -> None:
    """A calibration's curve with the right values named, and a ring around or beside each for a wrong printed one."""
    color = _COLORS[using.id]
    drawn.line([(each, value(each, using)) for each in _QUARTERS], color)
    digits = 3 if value is _level else 1
    for months, stated in printed.items():
        right = value(months, using)
        scale = 1 if value is _level else 100
        if judged(text(stated * scale, digits), right * scale) is Verdict.WRONG:
            drawn.dots([(Fraction(months), stated)], color, hollow=True, radius="6")
        drawn.dots([(Fraction(months), right)], color)
        words = text(right, 3) if value is _level else percent(right)
        dx, dy, anchor = _PLACES[value is _level, using.id][months]
        drawn.label(months, right, words, color, dx=dx, dy=dy, anchor=anchor)


def _key(card: Card) -> None:
    rates = {
        CAL_MID.id: "mid-cycle: 1/37 a month, cuts of 46%",
        CAL_SERIES.id: "series: 8/37 a month, cuts of 33%",
    }
    x = 70
    for name, words in rates.items():
        card.add(f'<path d="M{x} 401H{x + 24}" stroke="{_COLORS[name]}" stroke-width="2.4"/>')
        card.text(x + 32, 405, words)
        x += 290
    card.add(f'<circle cx="{x}" cy="401" r="6" fill="#ffffff" stroke="{QUIET}" stroke-width="1.5"/>')
    card.text(x + 14, 405, "printed, where it is wrong")


def volatility(drawn: Simulated) -> str:
    """What hedges remove, by hedge ratio and by basis; dots are simulated."""
    card = Card(
        width=880,
        height=520,
        title="Share of the cost's uncertainty that hedges remove, by hedge ratio and by basis, beside 62-78%",
    )
    card.text(30, 38, "62-78% is what one assumes; one 12M forward removes 5%", size=18, bold=True)
    card.text(
        30,
        60,
        "Share of the cost's standard deviation that a hedge of a year's even use removes; the band is the claim.",
        color=QUIET,
    )
    up = _percents(0, 20, 40, 60, 80, 100)
    left = panel(card, (70, 112, 400, 400), _percents(0, 25, 50, 75, 100, 125), up)
    right = panel(card, (510, 112, 720, 400), _percents(0, 5, 10, 15, 20), up)
    card.text(30, 92, "by hedge ratio, no basis", size=13, bold=True)
    card.text(470, 92, "by basis, hedge ratio 100%", size=13, bold=True)
    for each in (left, right):
        each.band(*BAND, TEAL, "0.14")
        each.grid(_whole, _whole)
    card.text(left.x.start + 6, left.y.at(BAND[1]) + 14, "62-78%", color=TEAL, size=11, bold=True)
    ratios = [Fraction(each, 100) for each in range(0, 126)]
    bases = [Fraction(each, 200) for each in range(41)]
    for name, color in _OF_HEDGE.items():
        book = HEDGES[name]
        curve = [(ratio, removed(EVEN, book, ratio)) for ratio in ratios]
        left.line([point for point in curve if point[1] >= 0], color)
        dots = [(ratio, share) for ratio, share in drawn.ratios[name].items() if share >= 0]
        left.dots(dots, color, radius="3.5")
        right.line([(basis, removed(EVEN, book, Fraction(1), basis)) for basis in bases], color)
    _names(card, right)
    naive = removed(EVEN, HEDGES["one 12M forward"])
    left.label(Fraction(1), naive, percent(naive), AMBER, dx=-8, dy=4, anchor="end")
    best = removed(EVEN, HEDGES["ladder 25/37.5/25"])
    left.label(Fraction(1), best, percent(best), BLUE, dy=-10)
    card.text(left.x.start, 440, "hedge ratio: forwards over the volume bought", color=QUIET, size=11)
    card.text(right.x.start, 440, "standard deviation of the price paid over the list price", color=QUIET, size=11)
    for y, words, color in (
        (
            468,
            "Tokens that are all bought at maturity follow the average-price line: 62-78% at a ratio of 62-78%.",
            INK,
        ),
        (
            490,
            "Curves: closed form, cuts of 25% or 67% at 1/37 a month (Eq. 3). Dots: 200,000 simulated paths, capped.",
            QUIET,
        ),
    ):
        card.text(30, y, words, color=color)
    return card.svg()


def _names(card: Card, drawn: Panel) -> None:
    """Each curve's name beside its end."""
    shares = [removed(EVEN, HEDGES[name], Fraction(1), drawn.x.high) for name in _OF_HEDGE]
    places = apart([drawn.y.at(each) for each in shares], 16)
    for (name, color), y in zip(_OF_HEDGE.items(), places, strict=True):
        card.text(drawn.x.end + 10, y + 4, name, color=color, bold=True)
