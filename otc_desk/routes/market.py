"""The market's public data: from the chain's events and the open requests, for anybody.

Every answer is kept in memory until what it tells changes, says as of which block it is, and has an ETag. A name of an
underlying holds a slash, so that it is asked for in the query: `/api/market/fixings?underlying=openai/gpt-4.1`.
"""

from collections.abc import Callable, Hashable
from typing import Annotated, Final, TypeAlias

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from sqlalchemy.orm import Session

from ifx_sdk.calendar import date_of, day_number, day_of, parse_date
from ifx_sdk.errors import BadDate
from otc_desk import market, market_rows
from otc_desk.desk import Desk
from otc_desk.errors import BadRequest
from otc_desk.market_cache import MarketCache, response_of
from otc_desk.market_rows import AsOf
from otc_desk.routes import market_models as models
from otc_desk.routes.callers import desk_of
from otc_desk.routes.models import UnderlyingName

router = APIRouter(
    prefix="/market",
    tags=["market"],
    responses={304: {"description": "What the client has is still what it would get: its ETag was in If-None-Match."}},
)
MOST_LEVELS: Final = 1_000
"""Groups of open requests in one answer."""
MOST_FIXINGS: Final = 1_000
"""Fixings of a page."""

Make: TypeAlias = Callable[[Session, AsOf], models.Answer]
Named = Annotated[UnderlyingName, Query()]
Underlying = Annotated[UnderlyingName | None, Query(description="Only of this one.")]
Day = Annotated[str | None, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="A UTC day, both included.")]


class Asked:
    """One question: answered from memory while what it is about stays as it was."""

    def __init__(
        self,
        request: Request,
        if_none_match: Annotated[str | None, Header(description="ETags that the client has.")] = None,
    ) -> None:
        """As FastAPI makes it for each request."""
        self.desk: Desk = desk_of(request)
        self._cache: MarketCache = request.app.state.market
        self._path, self._known = request.url.path, if_none_match

    def of_chain(self, make: Make, *question: Hashable) -> Response:
        """Answer what follows from the chain's events alone."""
        return self._answer(make, question, lambda session: None)

    def of_requests(self, make: Make, *question: Hashable) -> Response:
        """Answer what follows from the requests too, and from what day and minute it is: they expire."""
        now = self.desk.now()
        return self._answer(make, question, lambda session: (market_rows.trail_length(session), now // 60))

    def _answer(self, make: Make, question: Hashable, state: Callable[[Session], Hashable]) -> Response:
        with self.desk.database.reading() as session:
            market_rows.hold_view(session)
            as_of = market_rows.as_of(session)
            version = (as_of, state(session))
            found = self._cache.answer((self._path, question), version, lambda: make(session, as_of))
        return response_of(found, self._known)


AskedOf: TypeAlias = Annotated[Asked, Depends()]


@router.get("", summary="The market at a glance", response_model=models.MarketOut)
def overview(asked: AskedOf) -> Response:
    """Contracts, booked volume, what is open, settled and ended early, and the roadmap's gates."""

    def make(session: Session, as_of: AsOf) -> models.MarketOut:
        lots = market_rows.lots(session)
        sums = {name: market.sum_of(lot for lot in lots if lot.ending == name) for name in (*_ENDINGS, None)}
        return models.MarketOut(
            as_of=models.AsOfOut.of(as_of),
            deployment=_deployment(asked.desk),
            underlyings=sum(each.lot > 0 for each in market_rows.references(session)),
            booked=models.SumOut.of(market.sum_of(lots)),
            open=models.SumOut.of(sums[None]),
            settled=models.SumOut.of(sums["settled"]),
            terminated=models.SumOut.of(sums["terminated"]),
            gates=_gates(session, as_of),
        )

    return asked.of_chain(make)


@router.get("/underlyings", summary="What forwards are made on", response_model=models.UnderlyingsOut)
def underlyings(asked: AskedOf) -> Response:
    """The oracle's list with lots and newest fixings."""

    def make(session: Session, as_of: AsOf) -> models.UnderlyingsOut:
        items = [models.UnderlyingOut.of(each, day_of(as_of.time)) for each in market_rows.references(session)]
        return models.UnderlyingsOut(as_of=models.AsOfOut.of(as_of), items=items)

    return asked.of_chain(make)


@router.get("/fixings", summary="An underlying's fixings", response_model=models.FixingsOut)
def fixings(
    asked: AskedOf,
    underlying: Named,
    from_: Annotated[Day, Query(alias="from")] = None,
    to: Day = None,
    limit: Annotated[int, Query(ge=1, le=MOST_FIXINGS, description="Days of a page.")] = 400,
) -> Response:
    """Between two UTC days, newest first."""
    first, last = _day("from", from_), _day("to", to)

    def make(session: Session, as_of: AsOf) -> models.FixingsOut:
        index = market_rows.reference(session, underlying).index
        rows = market_rows.fixings(session, index, first, last, limit + 1)
        return models.FixingsOut(
            as_of=models.AsOfOut.of(as_of),
            underlying=underlying,
            items=[models.FixingOut.of(row, as_of) for row in rows[:limit]],
            next_to=date_of(rows[limit].day).isoformat() if len(rows) > limit else None,
        )

    return asked.of_chain(make, underlying, first, last, limit)


@router.get("/curve", summary="An underlying's forward curve", response_model=models.CurveOut)
def curve(asked: AskedOf, underlying: Named) -> Response:
    """Indicative prices of every offered tenor on the newest fixing, how weak their evidence is, and a stress curve."""

    def make(session: Session, as_of: AsOf) -> models.CurveOut:
        found = market_rows.reference(session, underlying)
        known = found.day is not None and found.price is not None
        return models.CurveOut(
            as_of=models.AsOfOut.of(as_of),
            underlying=underlying,
            date=None if found.day is None else date_of(found.day).isoformat(),
            spot=models.maybe(found.price),
            tenors=[models.TenorOut.of(each) for each in market.curve(found.price or 0, found.day or 0)]
            if known
            else [],
        )

    return asked.of_chain(make, underlying)


@router.get("/open-interest", summary="Open interest", response_model=models.OpenInterestOut)
def open_interest(asked: AskedOf) -> Response:
    """Forwards that are booked and did not end, by underlying and maturity."""

    def make(session: Session, as_of: AsOf) -> models.OpenInterestOut:
        lots = market_rows.lots(session)
        items = [models.InterestOut.of_interest(each) for each in market.open_interest(lots, as_of.time)]
        total = market.sum_of(lot for lot in lots if lot.ending is None)
        return models.OpenInterestOut(as_of=models.AsOfOut.of(as_of), total=models.SumOut.of(total), items=items)

    return asked.of_chain(make)


@router.get("/volume", summary="Booked volume", response_model=models.VolumeOut)
def volume(asked: AskedOf) -> Response:
    """Everything that was ever booked, by month and underlying."""

    def make(session: Session, as_of: AsOf) -> models.VolumeOut:
        lots = market_rows.lots(session)
        items = [models.MonthOut.of_month(each) for each in market.volume(lots)]
        total = models.SumOut.of(market.sum_of(lots))
        return models.VolumeOut(as_of=models.AsOfOut.of(as_of), total=total, items=items)

    return asked.of_chain(make)


@router.get("/settlements", summary="Settled forwards", response_model=models.SettlementsOut)
def settlements(
    asked: AskedOf,
    underlying: Underlying = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Forwards of a page.")] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many newer ones to pass over.")] = 0,
) -> Response:
    """Paid out at their settlement price, newest first."""

    def make(session: Session, as_of: AsOf) -> models.SettlementsOut:
        index = None if underlying is None else market_rows.reference(session, underlying).index
        total, rows = market_rows.settlements(session, index, limit, offset)
        items = [models.SettlementOut.of(row, as_of) for row in rows]
        return models.SettlementsOut(as_of=models.AsOfOut.of(as_of), total=total, items=items)

    return asked.of_chain(make, underlying, limit, offset)


@router.get("/requests", summary="Open requests, anonymous", response_model=models.OpenRequestsOut)
def open_requests(asked: AskedOf, underlying: Underlying = None) -> Response:
    """Checked requests that wait for a counterpart; those that are alike are told as one."""
    now = asked.desk.now()

    def make(session: Session, as_of: AsOf) -> models.OpenRequestsOut:
        known = {each.name: each for each in market_rows.references(session)}
        levels = market_rows.open_levels(session, now, underlying, MOST_LEVELS + 1)
        book = market.order_book(levels[:MOST_LEVELS], known, day_of(now))
        return models.OpenRequestsOut(
            as_of=models.AsOfOut.of(as_of),
            items=[models.LevelOut.of(each) for each in book],
            complete=len(levels) <= MOST_LEVELS,
        )

    return asked.of_requests(make, underlying)


@router.get("/gates", summary="The roadmap's gates", response_model=models.GatesOut)
def gates(asked: AskedOf) -> Response:
    """30 simultaneous positions and 5 settlements without dispute, counted from the chain's events."""
    return asked.of_chain(
        lambda session, as_of: models.GatesOut(as_of=models.AsOfOut.of(as_of), items=_gates(session, as_of))
    )


_ENDINGS: Final = ("settled", "terminated")


def _gates(session: Session, as_of: AsOf) -> list[models.GateOut]:
    final = None if as_of.final_block is None else market_rows.peak(session, as_of.final_block)
    return [models.GateOut.of(each) for each in market.gates(market_rows.peak(session, as_of.block), final)]


def _deployment(desk: Desk) -> models.DeploymentOut:
    found = desk.ifx.deployment
    return models.DeploymentOut(
        network=found.network,
        chain_id=found.chain_id,
        token=found.token,
        oracle=found.oracle,
        escrow=found.escrow,
        timelock=found.timelock,
        block=found.block,
        commit=found.commit,
    )


def _day(name: str, text: str | None) -> int | None:
    try:
        return None if text is None else day_number(parse_date(text))
    except BadDate as error:
        raise BadRequest(name, "there is no such day", "Write it YYYY-MM-DD.") from error
