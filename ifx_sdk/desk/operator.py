"""What operators do at a desk: look at requests, check or reject them, confirm matches."""

from __future__ import annotations

from collections.abc import Iterator

from ifx_sdk.desk.agreements import AgreementState
from ifx_sdk.desk.http import DeskHttp, pages, parsed
from ifx_sdk.desk.requests import Request, RequestState
from ifx_sdk.desk.shapes import Model, Price, Side, operation
from ifx_sdk.money import decimal_text


class OperatorRequest(Request):
    """A request as the operator reads it."""

    schema_name = "OperatorRequest"
    account: str
    """Its author's, checksummed."""
    name: str
    """Its author's legal name; may be empty."""


class OperatorRequestPage(Model):
    """A page of everybody's requests, newest first."""

    schema_name = "OperatorRequestPage"
    items: tuple[OperatorRequest, ...]
    """The requests."""
    next: str | None
    """`after` of the next page; None on the last one."""


class OpenRequest(Model):
    """A request as it stands on the newest fixing."""

    schema_name = "OpenRequestOut"
    id: str
    """Its id."""
    account: str
    """Its author's."""
    side: Side
    """Its side."""
    quantity: int
    """Mtok."""
    maturity: int
    """Of today, unix seconds UTC."""
    averaging_days: int
    """Of today."""
    limit: Price | None
    """As it counts today; None where there is no indicative price."""


class ProposedMatch(Model):
    """Two requests that fit."""

    schema_name = "ProposedMatch"
    underlying: str
    """`provider/model-id`."""
    long: OpenRequest
    """The one side."""
    short: OpenRequest
    """The other."""
    quantity: int
    """Mtok that are matched."""
    price: Price
    """F: the midpoint of the limits."""
    spot: Price
    """The newest fixing."""
    indicative: Price | None
    """F_ind on it."""
    improvement: Price
    """By how much the limits overlap."""


class ProposedMatches(Model):
    """What could be matched now, best first."""

    schema_name = "ProposedMatches"
    items: tuple[ProposedMatch, ...]
    """The pairs."""
    left_off: int
    """How many more there are."""


class NoMatch(Model):
    """Another request of the same underlying, and whether it fits."""

    schema_name = "NoMatch"
    request: OpenRequest
    """The other one."""
    reason: str | None
    """Why they do not fit; None where they do."""


class NoMatches(Model):
    """Why a request has no counterpart."""

    schema_name = "NoMatches"
    items: tuple[NoMatch, ...]
    """One by one."""
    left_off: int
    """How many more there are."""


class Confirmed(Model):
    """Final terms that were sent."""

    schema_name = "Confirmed"
    agreement: str
    """Its id."""
    digest: str
    """What both sides sign; the forward's id."""
    deadline: int
    """Last second at which they can be booked, unix seconds UTC."""
    state: AgreementState
    """Where they stand."""


class OperatorDesk:
    """The operator's part of a desk: `Desk.operator`. Others get `NotAllowed`."""

    def __init__(self, http: DeskHttp) -> None:
        """`http` of the desk's client."""
        self._http = http

    @operation("operator_listed")
    def requests_page(
        self, *, state: RequestState | None = None, after: str | None = None, limit: int = 50
    ) -> OperatorRequestPage:
        """A page of everybody's requests but drafts, newest first."""
        params = {"state": state, "after": after, "limit": limit}
        return parsed(OperatorRequestPage, self._http.read("/operator/requests", params), self._http.url)

    def requests(self, *, state: RequestState | None = None) -> Iterator[OperatorRequest]:
        """All of them, page by page."""
        return pages(lambda after: self.requests_page(state=state, after=after, limit=100))

    @operation("operator_one")
    def request(self, id: str) -> OperatorRequest:
        """Anybody's request."""
        return parsed(OperatorRequest, self._http.read(f"/operator/requests/{id}"), self._http.url)

    @operation("operator_check")
    def check(self, id: str, *, key: str | None = None) -> OperatorRequest:
        """Let a request be matched, after looking at it."""
        content = self._http.write("POST", f"/operator/requests/{id}/check", None, key)
        return parsed(OperatorRequest, content, self._http.url)

    @operation("operator_reject")
    def reject(self, id: str, reason: str, *, key: str | None = None) -> OperatorRequest:
        """Say no; the author reads the reason."""
        content = self._http.write("POST", f"/operator/requests/{id}/reject", {"reason": reason}, key)
        return parsed(OperatorRequest, content, self._http.url)

    @operation("operator_no_matches")
    def no_matches(self, id: str, *, limit: int = 100) -> NoMatches:
        """Why a request has no counterpart, one by one."""
        content = self._http.read(f"/operator/requests/{id}/no-matches", {"limit": limit})
        return parsed(NoMatches, content, self._http.url)

    @operation("operator_proposed")
    def matches(self) -> ProposedMatches:
        """What could be matched now, on the newest fixings."""
        return parsed(ProposedMatches, self._http.read("/operator/matches"), self._http.url)

    @operation("operator_confirm")
    def confirm(self, match: ProposedMatch, *, key: str | None = None) -> Confirmed:
        """Send both sides the final terms of a match; refused if it is another one by now."""
        body = {
            "long": match.long.id,
            "short": match.short.id,
            "quantity": match.quantity,
            "price": decimal_text(match.price, places=2),
        }
        return parsed(Confirmed, self._http.write("POST", "/operator/matches", body, key), self._http.url)
