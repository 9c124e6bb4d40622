"""Holds a play against arithmetic of its own: one micro-USDT of difference fails the demo."""

from collections.abc import Mapping
from dataclasses import dataclass

from ifx_sdk.bundle import Verdict
from scripts.demonstration.market import Play, Trade
from scripts.demonstration.reference import Expected, expected
from scripts.demonstration.scenario import Scenario

QUORUM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one forward of the plain demo must come to; written out, not computed."""

    label: str
    """The order's label."""
    maturity: str
    """YYYY-MM-DD."""
    price: int
    """F = F_ind, micro-USD per Mtok."""
    prefunding: int
    """B, micro-USDT."""
    fee: int
    """micro-USDT."""
    settlement: int
    """F_ref, micro-USD per Mtok."""
    long_receives: int
    """micro-USDT."""
    short_receives: int
    """micro-USDT."""


TABLE = (
    Row(
        label="GPT-4.1, 1T, 6M",
        maturity="2027-01-15",
        price=7_450_000,
        prefunding=8_000_000_000_000,
        fee=74_500_000_000,
        settlement=4_320_000,
        long_receives=4_870_000_000_000,
        short_receives=11_130_000_000_000,
    ),
    Row(
        label="Luna, 100B, 3M, point",
        maturity="2026-10-15",
        price=5_790_000,
        prefunding=600_000_000_000,
        fee=5_790_000_000,
        settlement=1_200_000,
        long_receives=141_000_000_000,
        short_receives=1_059_000_000_000,
    ),
    Row(
        label="Luna, 100B, 3M, average",
        maturity="2026-10-15",
        price=5_890_000,
        prefunding=600_000_000_000,
        fee=5_890_000_000,
        settlement=1_982_608,
        long_receives=209_260_800_000,
        short_receives=990_739_200_000,
    ),
)
"""The plain demo's forwards, to the micro-USDT."""
SIDE_NEEDS = 9_243_090_000_000
"""micro-USDT that each side of the plain demo needs."""


def check_fixings(play: Play) -> list[str]:
    """Every fixing is the price that the pages make of its day, and has a quorum; every day that has one is posted."""
    wrong = []
    for day in play.days:
        for name in sorted({each.order.underlying for each in play.trades}):
            want, fixing = play.scenario.price(name, day.day), day.fixings.get(name)
            got = None if fixing is None else fixing.price
            if want != got:
                wrong.append(f"{name} of day {day.day}: the pages make {want}, the chain has {got}")
            if fixing is not None and fixing.signers.bit_count() < QUORUM:
                wrong.append(f"{name} of day {day.day}: {fixing.signers.bit_count()} signatures")
    return wrong


def prices(scenario: Scenario, underlying: str, last_day: int) -> dict[int, int]:
    """The fixings that the pages make, by UTC day number, from the trade date to `last_day`."""
    found = {day: scenario.price(underlying, day) for day in range(scenario.trade_day, last_day + 1)}
    return {day: price for day, price in found.items() if price is not None}


def own_figures(play: Play, trade: Trade) -> Expected:
    """What a forward must come to, from the pages and the agreed price alone."""
    maturity_day = trade.quote.maturity // 86_400
    posted = prices(play.scenario, trade.order.underlying, play.days[-1].day)
    return expected(
        posted,
        spot=posted[play.scenario.trade_day],
        price=trade.quote.indicative,
        quantity=trade.order.quantity,
        maturity_day=maturity_day,
        averaging_days=trade.order.averaging_days or maturity_day - play.scenario.trade_day,
    )


def check_trade(play: Play, trade: Trade) -> list[str]:
    """A forward's quote and settlement against `own_figures`."""
    own, settled = own_figures(play, trade), trade.settlement
    got: Mapping[str, int | None] = {
        "B": trade.quote.prefunding,
        "fee": trade.quote.fee,
        "long needs": trade.quote.long_needs,
        "short needs": trade.quote.short_needs,
        "F_ref": None if settled is None else settled.price,
        "long receives": None if settled is None else settled.long_payout,
        "short receives": None if settled is None else settled.short_payout,
    }
    want: Mapping[str, int] = {
        "B": own.prefunding,
        "fee": own.fee,
        "long needs": own.long_needs,
        "short needs": own.short_needs,
        "F_ref": own.settlement,
        "long receives": own.long_receives,
        "short receives": own.short_receives,
    }
    return [f"{trade.order.label}: {key} is {got[key]}, must be {want[key]}" for key in want if got[key] != want[key]]


def check_wallets(play: Play) -> list[str]:
    """What each party has in its wallet, before, while booked and after, and that the escrow is empty at the end."""
    own = [own_figures(play, each) for each in play.trades]
    before = {"long": sum(e.long_needs for e in own), "short": sum(e.short_needs for e in own), "fees": 0}
    after = {
        "long": sum(e.long_receives for e in own),
        "short": sum(e.short_receives for e in own),
        "fees": sum(e.fee for e in own),
    }
    wrong = []
    for when, got, want in (
        ("before", play.wallets.before, before),
        ("while booked", play.wallets.booked, dict.fromkeys(before, 0)),
        ("after", play.wallets.after, after),
    ):
        wrong += [
            f"wallet of {role} {when}: {got[role]}, must be {want[role]}" for role in want if got[role] != want[role]
        ]
    if play.escrow_left:
        wrong.append(f"{play.escrow_left} micro-USDT are left in the escrow")
    return wrong


def check_table(play: Play) -> list[str]:
    """The plain demo's table, written out in full."""
    from datetime import UTC, datetime

    wrong = []
    for row, trade in zip(TABLE, play.trades, strict=True):
        settled = trade.settlement
        got = Row(
            label=trade.order.label,
            maturity=f"{datetime.fromtimestamp(trade.quote.maturity, UTC):%Y-%m-%d}",
            price=trade.quote.indicative,
            prefunding=trade.quote.prefunding,
            fee=trade.quote.fee,
            settlement=-1 if settled is None else settled.price,
            long_receives=-1 if settled is None else settled.long_payout,
            short_receives=-1 if settled is None else settled.short_payout,
        )
        if got != row:
            wrong.append(f"{row.label}: got {got}, must be {row}")
    wrong += [
        f"the {role} was funded with {play.wallets.before[role]}, must be {SIDE_NEEDS}"
        for role in ("long", "short")
        if play.wallets.before[role] != SIDE_NEEDS
    ]
    return wrong


def check_proofs(play: Play) -> list[str]:
    """Every forward verifies from its own file, from the settlement back to the raw pages."""
    found = ((trade.order.label, trade.verified) for trade in play.trades)
    return [
        f"{label} does not verify: {None if each is None else each.mismatch or each.verdict}"
        for label, each in found
        if each is None or each.verdict is not Verdict.PASS
    ]


def check(play: Play, *, table: bool) -> list[str]:
    """Everything that is wrong; empty where the demo holds. `table` holds it against `TABLE` too."""
    wrong = check_fixings(play) + [each for trade in play.trades for each in check_trade(play, trade)]
    wrong += check_wallets(play) + check_proofs(play)
    return wrong + check_table(play) if table else wrong
