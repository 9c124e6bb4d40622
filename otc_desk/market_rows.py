"""What the database says of the market, as plain values. Read in one transaction everything is as of one block.

Quantities are Mtok, prices micro-USDT per Mtok. Sums are of quantities only: what a price multiplies can exceed 64 bits
and is computed in Python.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Integer, and_, case, func, literal, literal_column, select, union_all
from sqlalchemy.orm import Session

from otc_desk.db.tables import (
    ChainCursor,
    ChainEnding,
    ChainFixing,
    ChainForward,
    ChainListing,
    ChainUnderlying,
    Event,
    Request,
)
from otc_desk.errors import NotFound, NotNow
from otc_desk.states import RequestState

# Written out: PostgreSQL does not see that two parameters of one value are one expression to group by.
_DAY: Final = literal_column("86400", Integer)
_ZERO: Final = literal_column("0", Integer)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """Which state of the chain it is."""

    block: int
    """The last block that is read."""
    hash: str
    """Its hash."""
    time: int
    """Its time, unix seconds UTC."""
    final_block: int | None
    """The last of the blocks read that can no longer be undone; None where the node does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An underlying with its newest fixing."""

    index: int
    """The oracle's."""
    name: str
    """`provider/model-id`."""
    review_required: bool
    """Whether a reviewer posts its fixings."""
    lot: int
    """0 where it is not listed."""
    fixings: int
    """How many there are."""
    first_day: int | None
    """UTC day number of the first."""
    day: int | None
    """UTC day number of the newest."""
    price: int | None
    """The newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixingRow:
    """One fixing."""

    day: int
    """UTC day number."""
    price: int
    """It."""
    signers: int
    """How many nodes signed what was posted."""
    block_number: int
    """Where it was posted."""
    tx_hash: str
    """By which transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Forwards that are alike: one group of a sum."""

    underlying: str
    """`provider/model-id`."""
    maturity: int
    """Unix seconds UTC."""
    price: int
    """F."""
    spot: int
    """S0."""
    ending: str | None
    """`settled`, `terminated`, or None while it is open."""
    booked_day: int
    """UTC day number of the booking."""
    quantity: int
    """Of all of them."""
    forwards: int
    """How many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A forward that was paid out at its settlement price."""

    forward: str
    """Its id, 0x and 64 digits."""
    underlying: str
    """`provider/model-id`."""
    quantity: int
    """N."""
    price: int
    """F."""
    spot: int
    """S0."""
    maturity: int
    """Unix seconds UTC."""
    averaging_days: int
    """Days in the mean."""
    settlement: int
    """F_ref."""
    time: int
    """When it was settled, unix seconds UTC."""
    block_number: int
    """Where."""
    tx_hash: str
    """By which transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """How many forwards were open at once."""

    now: int
    """At the last of the blocks that count."""
    highest: int
    """The most there ever were."""
    settled: int
    """How many had been settled by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLevel:
    """Open requests that are alike. Whose they are is not in it."""

    side: str
    """`long` or `short`."""
    underlying: str
    """`provider/model-id`."""
    months: int | None
    """Tenor; None where a day was named."""
    maturity: int
    """The day that was named; with a tenor 0."""
    averaging_days: int
    """As they were asked for."""
    limit: int | None
    """The worst price that they take; None for the indicative price."""
    quantity: int
    """Together."""
    requests: int
    """How many."""


def hold_view(session: Session) -> None:
    """Have all that a transaction reads be of one moment; call it first. SQLite does so by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def as_of(session: Session) -> AsOf:
    """Where the index stands. Raises `NotNow` where nothing is read yet."""
    cursor = session.get(ChainCursor, 1)
    if cursor is None:
        raise NotNow("the chain is still being read", cure="Ask again in a minute.")
    return AsOf(block=cursor.head_number, hash=cursor.head_hash, time=cursor.head_time, final_block=cursor.final_number)


def trail_length(session: Session) -> int:
    """The number of the newest row of the audit trail: while it stays, so do all requests."""
    return session.scalar(select(func.max(Event.seq))) or 0


def references(session: Session) -> tuple[Reference, ...]:
    """Every name of the oracle's list, in its order."""
    changes = select(ChainListing.underlying, ChainListing.lot)
    rows = session.execute(changes.order_by(ChainListing.block_number, ChainListing.log_index))
    lots = {underlying: lot for underlying, lot in rows}  # noqa: C416 - rows are no pairs to a type checker
    spans = (
        select(
            ChainFixing.underlying,
            func.count().label("fixings"),
            func.min(ChainFixing.day).label("first"),
            func.max(ChainFixing.day).label("last"),
        )
        .group_by(ChainFixing.underlying)
        .subquery()
    )
    newest = and_(ChainFixing.underlying == spans.c.underlying, ChainFixing.day == spans.c.last)
    asked = (
        select(ChainUnderlying, spans.c.fixings, spans.c.first, spans.c.last, ChainFixing.price)
        .outerjoin(spans, spans.c.underlying == ChainUnderlying.underlying)
        .outerjoin(ChainFixing, newest)
        .order_by(ChainUnderlying.underlying)
    )
    return tuple(
        Reference(
            index=row.underlying,
            name=row.name,
            review_required=row.review_required,
            lot=lots.get(row.underlying, 0),
            fixings=fixings or 0,
            first_day=first,
            day=last,
            price=price,
        )
        for row, fixings, first, last, price in session.execute(asked)
    )


def reference(session: Session, name: str) -> Reference:
    """One of them. Raises `NotFound`."""
    for each in references(session):
        if each.name == name:
            return each
    raise NotFound("underlying")


def fixings(session: Session, index: int, first: int | None, last: int | None, limit: int) -> tuple[FixingRow, ...]:
    """Those between two UTC day numbers, both included, newest first."""
    asked = select(ChainFixing).where(ChainFixing.underlying == index)
    if first is not None:
        asked = asked.where(ChainFixing.day >= first)
    if last is not None:
        asked = asked.where(ChainFixing.day <= last)
    return tuple(
        FixingRow(day=row.day, price=row.price, signers=row.signers, block_number=row.block_number, tx_hash=row.tx_hash)
        for row in session.scalars(asked.order_by(ChainFixing.day.desc()).limit(limit))
    )


def lots(session: Session) -> tuple[Lot, ...]:
    """All forwards, those that are alike together."""
    day = ChainForward.time // _DAY
    keys = (
        ChainUnderlying.name,
        ChainForward.maturity,
        ChainForward.price,
        ChainForward.spot,
        ChainEnding.kind,
        day,
    )
    asked = (
        select(*keys, func.sum(ChainForward.quantity), func.count())
        .select_from(ChainForward)
        .join(ChainUnderlying, ChainUnderlying.underlying == ChainForward.underlying)
        .outerjoin(ChainEnding, ChainEnding.forward == ChainForward.id)
        .group_by(*keys)
        .order_by(ChainUnderlying.name, ChainForward.maturity)
    )
    return tuple(
        Lot(
            underlying=name,
            maturity=maturity,
            price=price,
            spot=spot,
            ending=ending,
            booked_day=int(booked),
            quantity=int(quantity),
            forwards=forwards,
        )
        for name, maturity, price, spot, ending, booked, quantity, forwards in session.execute(asked)
    )


def peak(session: Session, last: int) -> Peak:
    """How many forwards were open at once, up to a block and with it."""
    booked = select(ChainForward.block_number, ChainForward.log_index, literal(1).label("step"))
    ended = select(ChainEnding.block_number, ChainEnding.log_index, literal(-1).label("step"))
    steps = union_all(
        booked.where(ChainForward.block_number <= last), ended.where(ChainEnding.block_number <= last)
    ).subquery()
    running = select(
        func.sum(steps.c.step).over(order_by=(steps.c.block_number, steps.c.log_index)).label("open")
    ).subquery()
    settled = select(func.count()).where(ChainEnding.kind == "settled", ChainEnding.block_number <= last)
    return Peak(
        now=int(session.scalar(select(func.sum(steps.c.step))) or 0),
        highest=int(session.scalar(select(func.max(running.c.open))) or 0),
        settled=session.scalar(settled) or 0,
    )


def settlements(session: Session, index: int | None, limit: int, offset: int) -> tuple[int, tuple[Settled, ...]]:
    """How many there are, and a page of them, newest first; of one underlying where its index is given."""
    asked = (
        select(ChainForward, ChainEnding, ChainUnderlying.name)
        .join(ChainEnding, ChainEnding.forward == ChainForward.id)
        .join(ChainUnderlying, ChainUnderlying.underlying == ChainForward.underlying)
        .where(ChainEnding.kind == "settled")
    )
    if index is not None:
        asked = asked.where(ChainForward.underlying == index)
    total = session.scalar(select(func.count()).select_from(asked.subquery())) or 0
    newest = (ChainEnding.block_number.desc(), ChainEnding.log_index.desc(), ChainForward.id)
    rows = session.execute(asked.order_by(*newest).limit(limit).offset(offset))
    return total, tuple(
        Settled(
            forward=forward.id,
            underlying=name,
            quantity=forward.quantity,
            price=forward.price,
            spot=forward.spot,
            maturity=forward.maturity,
            averaging_days=forward.averaging_days,
            settlement=ending.price,
            time=ending.time,
            block_number=ending.block_number,
            tx_hash=ending.tx_hash,
        )
        for forward, ending, name in rows
    )


def open_levels(session: Session, now: int, underlying: str | None, most: int) -> tuple[OpenLevel, ...]:
    """Checked requests that are still valid at `now`, those that are alike together; at most so many groups."""
    day = case((Request.months.is_(None), Request.maturity), else_=_ZERO)
    keys = (Request.underlying, Request.months, day, Request.averaging_days, Request.side, Request.limit_price)
    asked = (
        select(*keys, func.sum(Request.quantity), func.count())
        .where(Request.state == RequestState.CHECKED, Request.valid_until >= now)
        .group_by(*keys)
        .order_by(*keys)
        .limit(most)
    )
    if underlying is not None:
        asked = asked.where(Request.underlying == underlying)
    return tuple(
        OpenLevel(
            underlying=name,
            months=months,
            maturity=maturity,
            averaging_days=averaging_days,
            side=side,
            limit=limit,
            quantity=int(quantity),
            requests=requests,
        )
        for name, months, maturity, averaging_days, side, limit, quantity, requests in session.execute(asked)
    )
