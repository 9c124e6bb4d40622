"""What the market's routes give. Prices and amounts are decimal text in USD (1 USD = 1 USDT), quantities Mtok."""

from typing import Literal

from pydantic import Field

from ifx_sdk.calendar import date_of
from ifx_sdk.pricing import CAL_MID, CAL_SERIES, Band, tick
from otc_desk import market
from otc_desk.market_rows import AsOf, FixingRow, Reference, Settled
from otc_desk.routes.models import Output, amount_text, price_text

Kind = Literal["point", "average"]
"""Whether a forward settles on one day's fixing or on the mean of several."""


class AsOfOut(Output):
    """Which state of the chain an answer tells."""

    block: int = Field(description="The last block that is read.")
    hash: str = Field(description="Its hash.")
    time: int = Field(description="Its time, unix seconds UTC.")
    final_block: int | None = Field(
        description="The last block that can no longer be undone; null where the node does not say."
    )

    @classmethod
    def of(cls, found: AsOf) -> "AsOfOut":
        """As it is told."""
        return cls(block=found.block, hash=found.hash, time=found.time, final_block=found.final_block)


class Answer(Output):
    """Every answer of the market says as of when it is."""

    as_of: AsOfOut = Field(description="Everything in the answer is as of this block.")


class SumOut(Output):
    """What several forwards come to."""

    forwards: int = Field(description="How many.")
    quantity: int = Field(description="Sum of their quantities, Mtok.")
    notional: str = Field(description="Sum of agreed price times quantity, USD.")
    prefunding: str = Field(description="What both sides locked: the sum of twice spot times quantity, USDT.")

    @classmethod
    def of(cls, found: market.Sum) -> "SumOut":
        """As it is told."""
        return cls(
            forwards=found.forwards,
            quantity=found.quantity,
            notional=amount_text(found.notional),
            prefunding=amount_text(found.prefunding),
        )


class GateOut(Output):
    """A count that the roadmap asks for before its next stage."""

    name: str = Field(description="`simultaneous_positions` or `settlements_without_dispute`.")
    needed: int = Field(description="What is asked for.")
    count: int = Field(description="As of the last block that is read.")
    highest: int = Field(description="The most at once so far; of settlements the same as `count`.")
    final: int | None = Field(description="`highest` as of the final block; null where none is known.")
    reached: bool = Field(description="Whether it was reached in a block that cannot be undone.")

    @classmethod
    def of(cls, found: market.Gate) -> "GateOut":
        """As it is told."""
        return cls(
            name=found.name,
            needed=found.needed,
            count=found.count,
            highest=found.highest,
            final=found.final,
            reached=found.reached,
        )


class DeploymentOut(Output):
    """Where the contracts are: enough to read everything here from the chain oneself."""

    network: str = Field(description="Its name.")
    chain_id: int = Field(description="The chain's id.")
    token: str = Field(description="USDT, checksummed.")
    oracle: str = Field(description="The FixingOracle, checksummed.")
    escrow: str = Field(description="The ForwardEscrow, checksummed.")
    timelock: str = Field(description="The Timelock that owns both, checksummed.")
    block: int = Field(description="No event of theirs is older.")
    commit: str | None = Field(description="The source's commit, where it is known.")


class MarketOut(Answer):
    """The market at a glance."""

    deployment: DeploymentOut = Field(description="The contracts behind it.")
    underlyings: int = Field(description="How many are listed.")
    booked: SumOut = Field(description="Everything that was ever booked.")
    open: SumOut = Field(description="What is open of it.")
    settled: SumOut = Field(description="What was paid out at its settlement price.")
    terminated: SumOut = Field(description="What was ended before its maturity by both sides.")
    gates: list[GateOut] = Field(description="The counts of the roadmap's first stage.")


class FixingOut(Output):
    """The fixing of one day: final by the oracle's rule once its block is."""

    date: str = Field(description="The UTC day, YYYY-MM-DD.")
    price: str = Field(description="USD per Mtok; zero is a price.")
    signers: int = Field(description="How many nodes signed what was posted.")
    block_number: int = Field(description="The block it was posted in.")
    tx_hash: str = Field(description="The transaction that posted it.")
    final: bool = Field(description="Whether that block can no longer be undone.")

    @classmethod
    def of(cls, found: FixingRow, as_of: AsOf) -> "FixingOut":
        """As it is told."""
        return cls(
            date=date_of(found.day).isoformat(),
            price=price_text(found.price),
            signers=found.signers,
            block_number=found.block_number,
            tx_hash=found.tx_hash,
            final=is_final(found.block_number, as_of),
        )


class NewestOut(Output):
    """An underlying's newest fixing."""

    date: str = Field(description="The UTC day, YYYY-MM-DD.")
    price: str = Field(description="USD per Mtok.")
    today: bool = Field(description="Whether it is of the UTC day of `as_of`: on an older one nothing is booked.")


class UnderlyingOut(Output):
    """A price on which forwards are made."""

    name: str = Field(description="`provider/model-id`.")
    lot: int = Field(description="Quantities are multiples of it, Mtok; 0 where it is not listed.")
    listed: bool = Field(description="Whether forwards can be booked on it.")
    review_required: bool = Field(description="Whether a reviewer posts its fixings.")
    tick: str | None = Field(description="Step of its published prices, USD per Mtok; null without a fixing.")
    fixings: int = Field(description="How many there are.")
    first_date: str | None = Field(description="The UTC day of the first one.")
    newest: NewestOut | None = Field(description="The newest one; null where there is none.")

    @classmethod
    def of(cls, found: Reference, today: int) -> "UnderlyingOut":
        """As it is told on a UTC day number."""
        newest, step = None, None
        if found.day is not None and found.price is not None:
            date = date_of(found.day).isoformat()
            newest = NewestOut(date=date, price=price_text(found.price), today=found.day == today)
            step = price_text(tick(found.price)) if found.price else None
        return cls(
            name=found.name,
            lot=found.lot,
            listed=found.lot > 0,
            review_required=found.review_required,
            tick=step,
            fixings=found.fixings,
            first_date=None if found.first_day is None else date_of(found.first_day).isoformat(),
            newest=newest,
        )


class UnderlyingsOut(Answer):
    """The oracle's list, in its order."""

    items: list[UnderlyingOut] = Field(description="All of them, listed or not.")


class FixingsOut(Answer):
    """A page of an underlying's history."""

    underlying: str = Field(description="`provider/model-id`.")
    items: list[FixingOut] = Field(description="Newest first; a day without one was not fixed.")
    next_to: str | None = Field(description="Ask with this `to` for the page before; null where there is none.")


class BandOut(Output):
    """An indicative price and what the evidence leaves possible (95%). Null where the tick gives none."""

    price: str | None = Field(description="F_ind, USD per Mtok.")
    low: str | None = Field(description="With the highest rate of repricings that the evidence leaves possible.")
    high: str | None = Field(description="With the lowest.")

    @classmethod
    def of(cls, found: Band) -> "BandOut":
        """As it is told."""
        return cls(price=maybe(found.price), low=maybe(found.low), high=maybe(found.high))


class StressOut(Output):
    """The same tenor by the stress calibration: shown, never used for a fee."""

    point: str | None = Field(description="Of the point forward, USD per Mtok.")
    average: str | None = Field(description="Of the average-price forward.")


class TenorOut(Output):
    """One tenor of the curve."""

    months: int = Field(description="Calendar months.")
    maturity: int = Field(description="Where they lead, 00:00:00 UTC in unix seconds.")
    averaging_days: int = Field(description="Days in the average-price forward's mean: the whole tenor.")
    probability: str = Field(description="Eq. 5: of at least one repricing, 6 decimals.")
    point: BandOut = Field(description="The point forward.")
    average: BandOut = Field(description="The average-price forward.")
    compound_mean: str = Field(description="The mean if repricings repeat, USD per Mtok, for comparison.")
    stress: StressOut = Field(description="By the stress calibration.")

    @classmethod
    def of(cls, found: market.Tenor) -> "TenorOut":
        """As it is told."""
        point = found.point
        return cls(
            months=point.months,
            maturity=found.maturity,
            averaging_days=point.averaging_days,
            probability=f"{point.probability:.6f}",
            point=BandOut.of(point.point),
            average=BandOut.of(point.average),
            compound_mean=price_text(point.compound_mean),
            stress=StressOut(point=maybe(point.stress), average=maybe(found.stress_average)),
        )


class CurveOut(Answer):
    """The indicative curve on the newest fixing. Published, never binding."""

    underlying: str = Field(description="`provider/model-id`.")
    date: str | None = Field(description="The UTC day of the fixing; null where there is none.")
    spot: str | None = Field(description="The fixing, USD per Mtok.")
    calibration: str = Field(default=CAL_MID.id, description="Of F_ind and the fee.")
    stress_calibration: str = Field(default=CAL_SERIES.id, description="Of the stress curve.")
    tenors: list[TenorOut] = Field(description="Shortest first; empty without a positive fixing.")


class InterestOut(SumOut):
    """Open forwards of one underlying and one maturity."""

    underlying: str = Field(description="`provider/model-id`.")
    maturity: int = Field(description="00:00:00 UTC in unix seconds.")
    matured: bool = Field(description="Whether it has come: they wait for their settlement.")

    @classmethod
    def of_interest(cls, found: market.Interest) -> "InterestOut":
        """As it is told."""
        told = SumOut.of(found.sum).model_dump()
        return cls(underlying=found.underlying, maturity=found.maturity, matured=found.matured, **told)


class OpenInterestOut(Answer):
    """Open interest."""

    total: SumOut = Field(description="All of it.")
    items: list[InterestOut] = Field(description="By underlying and maturity.")


class MonthOut(SumOut):
    """What was booked of one underlying in one month."""

    month: str = Field(description="Calendar month of the booking, UTC, YYYY-MM.")
    underlying: str = Field(description="`provider/model-id`.")

    @classmethod
    def of_month(cls, found: market.Month) -> "MonthOut":
        """As it is told."""
        return cls(month=found.month, underlying=found.underlying, **SumOut.of(found.sum).model_dump())


class VolumeOut(Answer):
    """Booked volume."""

    total: SumOut = Field(description="All of it.")
    items: list[MonthOut] = Field(description="By month and underlying, oldest first.")


class SettlementOut(Output):
    """A forward that was paid out at its settlement price."""

    forward: str = Field(description="Its id on the chain.")
    underlying: str = Field(description="`provider/model-id`.")
    quantity: int = Field(description="Mtok.")
    price: str = Field(description="The agreed price, USD per Mtok.")
    spot: str = Field(description="The fixing on which it was booked.")
    maturity: int = Field(description="00:00:00 UTC in unix seconds.")
    averaging_days: int = Field(description="Days in the settlement price's mean.")
    settlement_price: str = Field(description="F_ref, USD per Mtok.")
    long_payout: str = Field(description="What the long was paid, USDT.")
    short_payout: str = Field(description="What the short was paid, USDT.")
    time: int = Field(description="When it was settled, unix seconds UTC.")
    block_number: int = Field(description="The block it was settled in.")
    tx_hash: str = Field(description="The transaction that settled it.")
    final: bool = Field(description="Whether that block can no longer be undone.")

    @classmethod
    def of(cls, found: Settled, as_of: AsOf) -> "SettlementOut":
        """As it is told."""
        long, short = market.payouts(found)
        return cls(
            forward=found.forward,
            underlying=found.underlying,
            quantity=found.quantity,
            price=price_text(found.price),
            spot=price_text(found.spot),
            maturity=found.maturity,
            averaging_days=found.averaging_days,
            settlement_price=price_text(found.settlement),
            long_payout=amount_text(long),
            short_payout=amount_text(short),
            time=found.time,
            block_number=found.block_number,
            tx_hash=found.tx_hash,
            final=is_final(found.block_number, as_of),
        )


class SettlementsOut(Answer):
    """A page of settled forwards."""

    total: int = Field(description="How many there are.")
    items: list[SettlementOut] = Field(description="Newest first.")


class LevelOut(Output):
    """Open requests that are alike, told as one: neither whose they are nor their ids."""

    underlying: str = Field(description="`provider/model-id`.")
    side: Literal["long", "short"] = Field(description="A long receives when the price rises.")
    months: int | None = Field(description="Tenor in calendar months; null where a day was named.")
    maturity: int = Field(description="00:00:00 UTC in unix seconds; with a tenor, where it leads from today.")
    kind: Kind = Field(description="What it settles at.")
    averaging_days: int = Field(description="Days in the settlement price's mean.")
    limit_price: str | None = Field(
        description="The worst price that they take, USD per Mtok; null: the indicative price on the day of the match."
    )
    indicative: str | None = Field(description="F_ind on the newest fixing; null where there is none.")
    quantity: int = Field(description="Together, Mtok.")
    requests: int = Field(description="How many.")

    @classmethod
    def of(cls, found: market.Level) -> "LevelOut":
        """As it is told."""
        return cls(
            underlying=found.underlying,
            side="long" if found.side == "long" else "short",
            months=found.months,
            maturity=found.maturity,
            kind="point" if found.averaging_days == 1 else "average",
            averaging_days=found.averaging_days,
            limit_price=maybe(found.limit),
            indicative=maybe(found.indicative),
            quantity=found.quantity,
            requests=found.requests,
        )


class OpenRequestsOut(Answer):
    """Anonymous open requests."""

    items: list[LevelOut] = Field(description="By underlying, maturity, payoff and side, the best limit first.")
    complete: bool = Field(description="False where there are more: ask for one underlying.")


class GatesOut(Answer):
    """The roadmap's gates, counted from the chain's events."""

    items: list[GateOut] = Field(description="The counts of the roadmap's first stage.")


def maybe(price: int | None) -> str | None:
    """A price's text, where there is one."""
    return None if price is None else price_text(price)


def is_final(block_number: int, as_of: AsOf) -> bool:
    """Whether a block can no longer be undone."""
    return as_of.final_block is not None and block_number <= as_of.final_block
