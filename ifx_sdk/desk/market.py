"""Public data of a desk's market: `Desk.market`. Nobody signs in for it; every answer says as of which block it is."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from ifx_sdk.desk.http import DeskHttp, parsed
from ifx_sdk.desk.market_models import (
    Curve,
    Fixings,
    Gates,
    Market,
    OpenInterest,
    OpenRequests,
    Settlements,
    Underlyings,
    Volume,
)
from ifx_sdk.desk.shapes import Model, operation

M = TypeVar("M", bound=Model)


class MarketDesk:
    """The market's page for programs. Each method raises `NoAnswer`, `BadAnswer`, a `DeskRefusal`."""

    def __init__(self, http: DeskHttp) -> None:
        """`http` of the desk's client."""
        self._http = http

    @operation("market_overview")
    def overview(self) -> Market:
        """Contracts, booked volume, what is open, settled and ended early, the roadmap's gates."""
        return self._read(Market, "")

    @operation("market_underlyings")
    def underlyings(self) -> Underlyings:
        """What forwards are made on, with lots and newest fixings."""
        return self._read(Underlyings, "/underlyings")

    @operation("market_fixings")
    def fixings(
        self, underlying: str, *, first: date | None = None, last: date | None = None, limit: int = 400
    ) -> Fixings:
        """An underlying's fixings between two UTC days, both included, newest first."""
        params: dict[str, str | int | None] = {"underlying": underlying, "limit": limit}
        params |= {name: day.isoformat() for name, day in (("from", first), ("to", last)) if day is not None}
        return self._read(Fixings, "/fixings", params)

    @operation("market_curve")
    def curve(self, underlying: str) -> Curve:
        """Indicative prices of every tenor on the newest fixing, how weak their evidence is, a stress curve."""
        return self._read(Curve, "/curve", {"underlying": underlying})

    @operation("market_open_interest")
    def open_interest(self) -> OpenInterest:
        """Forwards that did not end, by underlying and maturity."""
        return self._read(OpenInterest, "/open-interest")

    @operation("market_volume")
    def volume(self) -> Volume:
        """Everything that was ever booked, by month and underlying."""
        return self._read(Volume, "/volume")

    @operation("market_settlements")
    def settlements(self, underlying: str | None = None, *, limit: int = 50, offset: int = 0) -> Settlements:
        """Forwards paid out at their settlement price, newest first."""
        return self._read(Settlements, "/settlements", {"underlying": underlying, "limit": limit, "offset": offset})

    @operation("market_open_requests")
    def open_requests(self, underlying: str | None = None) -> OpenRequests:
        """Checked requests that wait, anonymous; those that are alike are told as one."""
        return self._read(OpenRequests, "/requests", {"underlying": underlying})

    @operation("market_gates")
    def gates(self) -> Gates:
        """30 simultaneous positions and 5 settlements without dispute, counted from the chain's events."""
        return self._read(Gates, "/gates")

    def _read(self, model: type[M], path: str, params: dict[str, str | int | None] | None = None) -> M:
        return parsed(model, self._http.read(f"/market{path}", params, public=True), self._http.url)
