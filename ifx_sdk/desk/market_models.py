"""What a desk says of the market: from the chain's events and the open requests, for anybody."""

from __future__ import annotations

from typing import Literal

from ifx_sdk.desk.shapes import Amount, Model, Price


class AsOf(Model):
    """Which state of the chain an answer tells."""

    schema_name = "AsOfOut"
    block: int
    """The last block that is read."""
    hash: str
    """Its hash."""
    time: int
    """Its time, unix seconds UTC."""
    final_block: int | None
    """The last block that can no longer be undone; None where the node does not say."""


class Deployment(Model):
    """Where the contracts are: enough to read everything here from the chain oneself."""

    schema_name = "DeploymentOut"
    network: str
    """Its name."""
    chain_id: int
    """The chain's id."""
    token: str
    """USDT, checksummed."""
    oracle: str
    """The FixingOracle, checksummed."""
    escrow: str
    """The ForwardEscrow, checksummed."""
    timelock: str
    """The Timelock that owns both, checksummed."""
    block: int
    """No event of theirs is older."""
    commit: str | None
    """The source's commit, where it is known."""


class Sum(Model):
    """What several forwards come to."""

    schema_name = "SumOut"
    forwards: int
    """How many."""
    quantity: int
    """Sum of their quantities, Mtok."""
    notional: Amount
    """Sum of agreed price times quantity, micro-USDT."""
    prefunding: Amount
    """What both sides locked: the sum of twice spot times quantity, micro-USDT."""


class Gate(Model):
    """A count that the roadmap asks for before its next stage."""

    schema_name = "GateOut"
    name: str
    """`simultaneous_positions` or `settlements_without_dispute`."""
    needed: int
    """What is asked for."""
    count: int
    """As of the last block that is read."""
    highest: int
    """The most at once so far; of settlements the same as `count`."""
    final: int | None
    """`highest` as of the final block; None where none is known."""
    reached: bool
    """Whether it was reached in a block that cannot be undone."""


class Market(Model):
    """The market at a glance."""

    schema_name = "MarketOut"
    as_of: AsOf
    """Everything in the answer is as of this block."""
    deployment: Deployment
    """The contracts behind it."""
    underlyings: int
    """How many are listed."""
    booked: Sum
    """Everything that was ever booked."""
    open: Sum
    """What is open of it."""
    settled: Sum
    """What was paid out at its settlement price."""
    terminated: Sum
    """What was ended before its maturity by both sides."""
    gates: tuple[Gate, ...]
    """The counts of the roadmap's first stage."""


class Newest(Model):
    """An underlying's newest fixing."""

    schema_name = "NewestOut"
    date: str
    """The UTC day, YYYY-MM-DD."""
    price: Price
    """Micro-USDT per Mtok."""
    today: bool
    """Whether it is of the UTC day of `as_of`: on an older one nothing is booked."""


class Underlying(Model):
    """A price on which forwards are made."""

    schema_name = "UnderlyingOut"
    name: str
    """`provider/model-id`."""
    lot: int
    """Quantities are multiples of it, Mtok; 0 where it is not listed."""
    listed: bool
    """Whether forwards can be booked on it."""
    review_required: bool
    """Whether a reviewer posts its fixings."""
    tick: Price | None
    """Step of its published prices, micro-USDT per Mtok; None without a fixing."""
    fixings: int
    """How many there are."""
    first_date: str | None
    """The UTC day of the first one."""
    newest: Newest | None
    """The newest one; None where there is none."""


class Underlyings(Model):
    """The oracle's list, in its order."""

    schema_name = "UnderlyingsOut"
    as_of: AsOf
    """Everything in the answer is as of this block."""
    items: tuple[Underlying, ...]
    """All of them, listed or not."""


class Fixing(Model):
    """The fixing of one day: final by the oracle's rule once its block is."""

    schema_name = "FixingOut"
    date: str
    """The UTC day, YYYY-MM-DD."""
    price: Price
    """Micro-USDT per Mtok; zero is a price."""
    signers: int
    """How many nodes signed what was posted."""
    block_number: int
    """The block it was posted in."""
    tx_hash: str
    """The transaction that posted it."""
    final: bool
    """Whether that block can no longer be undone."""


class Fixings(Model):
    """A page of an underlying's history."""

    schema_name = "FixingsOut"
    as_of: AsOf
    """Everything in the answer is as of this block."""
    underlying: str
    """`provider/model-id`."""
    items: tuple[Fixing, ...]
    """Newest first; a day without one was not fixed."""
    next_to: str | None
    """Ask with this `to` for the page before; None where there is none."""


class Band(Model):
    """An indicative price and what the evidence leaves possible (95%). Null where the tick gives none."""

    schema_name = "BandOut"
    price: Price | None
    """F_ind, micro-USDT per Mtok."""
    low: Price | None
    """With the highest rate of repricings that the evidence leaves possible."""
    high: Price | None
    """With the lowest."""


class Stress(Model):
    """The same tenor by the stress calibration: shown, never used for a fee."""

    schema_name = "StressOut"
    point: Price | None
    """Of the point forward, micro-USDT per Mtok."""
    average: Price | None
    """Of the average-price forward."""


class Tenor(Model):
    """One tenor of the curve."""

    schema_name = "TenorOut"
    months: int
    """Calendar months."""
    maturity: int
    """Where they lead, 00:00:00 UTC in unix seconds."""
    averaging_days: int
    """Days in the average-price forward's mean: the whole tenor."""
    probability: str
    """Eq. 5: of at least one repricing, 6 decimals."""
    point: Band
    """The point forward."""
    average: Band
    """The average-price forward."""
    compound_mean: Price
    """The mean if repricings repeat, micro-USDT per Mtok, for comparison."""
    stress: Stress
    """By the stress calibration."""


class Curve(Model):
    """The indicative curve on the newest fixing. Published, never binding."""

    schema_name = "CurveOut"
    as_of: AsOf
    """Everything in the answer is as of this block."""
    underlying: str
    """`provider/model-id`."""
    date: str | None
    """The UTC day of the fixing; None where there is none."""
    spot: Price | None
    """The fixing, micro-USDT per Mtok."""
    calibration: str
    """Of F_ind and the fee."""
    stress_calibration: str
    """Of the stress curve."""
    tenors: tuple[Tenor, ...]
    """Shortest first; empty without a positive fixing."""


class Interest(Model):
    """Open forwards of one underlying and one maturity."""

    schema_name = "InterestOut"
    forwards: int
    """How many."""
    quantity: int
    """Sum of their quantities, Mtok."""
    notional: Amount
    """Sum of agreed price times quantity, micro-USDT."""
    prefunding: Amount
    """What both sides locked: the sum of twice spot times quantity, micro-USDT."""
    underlying: str
    """`provider/model-id`."""
    maturity: int
    """00:00:00 UTC in unix seconds."""
    matured: bool
    """Whether it has come: they wait for their settlement."""


class OpenInterest(Model):
    """Open interest."""

    schema_name = "OpenInterestOut"
    as_of: AsOf
    """Everything in the answer is as of this block."""
    total: Sum
    """All of it."""
    items: tuple[Interest, ...]
    """By underlying and maturity."""


class Month(Model):
    """What was booked of one underlying in one month."""

    schema_name = "MonthOut"
    forwards: int
    """How many."""
    quantity: int
    """Sum of their quantities, Mtok."""
    notional: Amount
    """Sum of agreed price times quantity, micro-USDT."""
    prefunding: Amount
    """What both sides locked: the sum of twice spot times quantity, micro-USDT."""
    month: str
    """Calendar month of the booking, UTC, YYYY-MM."""
    underlying: str
    """`provider/model-id`."""


class Volume(Model):
    """Booked volume."""

    schema_name = "VolumeOut"
    as_of: AsOf
    """Everything in the answer is as of this block."""
    total: Sum
    """All of it."""
    items: tuple[Month, ...]
    """By month and underlying, oldest first."""


class Settlement(Model):
    """A forward that was paid out at its settlement price."""

    schema_name = "SettlementOut"
    forward: str
    """Its id on the chain."""
    underlying: str
    """`provider/model-id`."""
    quantity: int
    """Mtok."""
    price: Price
    """The agreed price, micro-USDT per Mtok."""
    spot: Price
    """The fixing on which it was booked."""
    maturity: int
    """00:00:00 UTC in unix seconds."""
    averaging_days: int
    """Days in the settlement price's mean."""
    settlement_price: Price
    """F_ref, micro-USDT per Mtok."""
    long_payout: Amount
    """What the long was paid, micro-USDT."""
    short_payout: Amount
    """What the short was paid, micro-USDT."""
    time: int
    """When it was settled, unix seconds UTC."""
    block_number: int
    """The block it was settled in."""
    tx_hash: str
    """The transaction that settled it."""
    final: bool
    """Whether that block can no longer be undone."""


class Settlements(Model):
    """A page of settled forwards."""

    schema_name = "SettlementsOut"
    as_of: AsOf
    """Everything in the answer is as of this block."""
    total: int
    """How many there are."""
    items: tuple[Settlement, ...]
    """Newest first."""


class Level(Model):
    """Open requests that are alike, told as one: neither whose they are nor their ids."""

    schema_name = "LevelOut"
    underlying: str
    """`provider/model-id`."""
    side: Literal["long", "short"]
    """A long receives when the price rises."""
    months: int | None
    """Tenor in calendar months; None where a day was named."""
    maturity: int
    """00:00:00 UTC in unix seconds; with a tenor, where it leads from today."""
    kind: Literal["point", "average"]
    """What it settles at."""
    averaging_days: int
    """Days in the settlement price's mean."""
    limit_price: Price | None
    """The worst price that they take, micro-USDT per Mtok; None: the indicative price on the day of the match."""
    indicative: Price | None
    """F_ind on the newest fixing; None where there is none."""
    quantity: int
    """Together, Mtok."""
    requests: int
    """How many."""


class OpenRequests(Model):
    """Anonymous open requests."""

    schema_name = "OpenRequestsOut"
    as_of: AsOf
    """Everything in the answer is as of this block."""
    items: tuple[Level, ...]
    """By underlying, maturity, payoff and side, the best limit first."""
    complete: bool
    """False where there are more: ask for one underlying."""


class Gates(Model):
    """The roadmap's gates, counted from the chain's events."""

    schema_name = "GatesOut"
    as_of: AsOf
    """Everything in the answer is as of this block."""
    items: tuple[Gate, ...]
    """The counts of the roadmap's first stage."""
