"""Paper about a participant's own forwards: confirmation, settlement, mark, hedge memo, ledger and dates."""

import hashlib
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import Field

from ifx_sdk.calendar import day_number, parse_date
from otc_desk.desk import Desk
from otc_desk.documents.confirmation import confirmation
from otc_desk.documents.dates import calendar_file
from otc_desk.documents.facts import Facts
from otc_desk.documents.gather import forwards_of, gather, moved, with_wallet
from otc_desk.documents.ledger import entries, movements, to_csv
from otc_desk.documents.mark import mark
from otc_desk.documents.memo import memo
from otc_desk.documents.model import Document, to_json
from otc_desk.documents.rendering import Renderer
from otc_desk.documents.settlement import statement
from otc_desk.errors import NotFound, WrongState
from otc_desk.participants import hold_zone
from otc_desk.routes.callers import CallerOf, DeskOf
from otc_desk.routes.models import Output

router = APIRouter(prefix="/documents", tags=["documents"])
_renderer = Renderer()


class Kind(StrEnum):
    """What there is."""

    CONFIRMATION = "confirmation"
    SETTLEMENT = "settlement"
    MARK = "mark"
    MEMO = "memo"
    LEDGER = "ledger"
    DATES = "dates"


class Form(StrEnum):
    """As what."""

    PDF = "pdf"
    JSON = "json"
    CSV = "csv"
    ICS = "ics"


FORMS = {
    Kind.CONFIRMATION: (Form.PDF, Form.JSON),
    Kind.SETTLEMENT: (Form.PDF, Form.JSON),
    Kind.MARK: (Form.PDF, Form.JSON),
    Kind.MEMO: (Form.PDF, Form.JSON),
    Kind.LEDGER: (Form.CSV,),
    Kind.DATES: (Form.ICS,),
}
_MEDIA = {
    Form.PDF: "application/pdf",
    Form.JSON: "application/json",
    Form.CSV: "text/csv; charset=utf-8; header=present",
    Form.ICS: "text/calendar; charset=utf-8",
}
_BODIES = {media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for media in _MEDIA.values()}
ForwardId = Annotated[str, Path(pattern=r"^0x[0-9a-fA-F]{64}$", description="The forward's id.")]
Zone = Annotated[
    str, Query(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$", description="IANA time zone shown beside UTC.")
]
IfNoneMatch = Annotated[str | None, Header(max_length=1_000, description="ETags that the client has.")]
_FILE = {
    200: {"description": "The file; its ETag is the SHA-256 of its bytes.", "content": _BODIES},
    304: {"description": "The client has these bytes."},
}


class DocumentOut(Output):
    """One file."""

    kind: Kind = Field(description="What it is.")
    form: Form = Field(description="Its format.")
    url: str = Field(description="Where it is.")


class DocumentList(Output):
    """What there is about a forward now."""

    forward: str = Field(description="Its id.")
    items: list[DocumentOut] = Field(description="What can be fetched now.")


@router.get("", summary="What there is about a forward")
def listed(
    desk: DeskOf,
    caller: CallerOf,
    forward: Annotated[str, Query(pattern=r"^0x[0-9a-fA-F]{64}$", description="The forward's id.")],
) -> DocumentList:
    """A party's list; for a former one, what was its own."""
    facts = gather(desk, caller.account, forward.lower())
    items = [
        DocumentOut(kind=kind, form=form, url=f"/api/documents/{forward.lower()}/{kind}.{form}")
        for kind, forms in FORMS.items()
        if _refusal(kind, facts) is None
        for form in forms
    ]
    return DocumentList(forward=forward.lower(), items=items)


@router.get("/ledger.csv", summary="All entries of your books", response_class=Response, responses=_FILE)  # type: ignore[arg-type]
def ledger(desk: DeskOf, caller: CallerOf, if_none_match: IfNoneMatch = None) -> Response:
    """Bookings, fees, endings and novations of every forward of this desk, deposits and withdrawals."""
    lines = list(movements(caller.account, moved(desk.ifx, caller.account)))
    for forward in forwards_of(desk, caller.account):
        lines += entries(with_wallet(desk.ifx, gather(desk, caller.account, forward)))
    return _file(to_csv(lines), Form.CSV, "ifx-ledger.csv", if_none_match)


@router.get("/{forward}/{kind}.{form}", summary="A document", response_class=Response, responses=_FILE)  # type: ignore[arg-type]
def one(
    desk: DeskOf,
    caller: CallerOf,
    forward: ForwardId,
    kind: Kind,
    form: Form,
    zone: Zone = "UTC",
    on: Annotated[
        str | None,
        Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="Day of a mark, UTC; default the newest."),
    ] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The same forward, the same state, the same bytes."""
    if form not in FORMS[kind]:
        raise NotFound("document")
    hold_zone(zone)
    reads_fixings = kind in (Kind.MARK, Kind.SETTLEMENT)
    facts = gather(desk, caller.account, forward.lower(), zone, fixings=reads_fixings)
    refusal = _refusal(kind, facts)
    if refusal is not None:
        raise refusal
    body = _body(desk, facts, kind, form, None if on is None else day_number(parse_date(on)))
    return _file(body, form, f"ifx-{kind}-{forward.lower()[2:10]}.{form}", if_none_match)


def _refusal(kind: Kind, facts: Facts) -> NotFound | WrongState | None:
    """Why there is no such document for this reader now."""
    if kind in (Kind.CONFIRMATION, Kind.DATES):
        return None
    if facts.booked is None:
        return WrongState(f"there is no {kind} yet", "not booked", "Wait until it is booked.")
    if facts.has_left and kind in (Kind.SETTLEMENT, Kind.MARK):
        return NotFound("document")
    if kind is Kind.SETTLEMENT and facts.ending is None:
        return WrongState("there is no settlement yet", "active", "Wait until it is settled or terminated.")
    return None


def _body(desk: Desk, facts: Facts, kind: Kind, form: Form, on: int | None) -> bytes:
    if kind is Kind.LEDGER:
        return to_csv(entries(with_wallet(desk.ifx, facts)))
    if kind is Kind.DATES:
        return calendar_file(facts)
    document = _document(facts, kind, on)
    return to_json(document) if form is Form.JSON else _renderer.pdf(document, facts.viewer)


def _document(facts: Facts, kind: Kind, on: int | None) -> Document:
    if kind is Kind.MARK:
        return mark(facts, on)
    if kind is Kind.MEMO:
        return memo(facts)
    if kind is Kind.SETTLEMENT and facts.ending is not None:
        return statement(facts, facts.ending)
    return confirmation(facts)


def _file(body: bytes, form: Form, name: str, known: str | None) -> Response:
    """The bytes with their ETag, or 304 to who has them."""
    tag = f'"{hashlib.sha256(body).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    has = {each.strip().removeprefix("W/") for each in (known or "").split(",")}
    if tag in has or "*" in has:
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(body, media_type=_MEDIA[form], headers=headers)
