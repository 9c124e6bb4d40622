"""What a desk writes to an account: documents of its forwards (`Desk.documents`) and notices (`Desk.notices`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from ifx_sdk.desk.http import DeskHttp, pages, parsed
from ifx_sdk.desk.shapes import Model, operation

DocumentKind = Literal["confirmation", "settlement", "mark", "memo", "ledger", "dates"]
DocumentForm = Literal["pdf", "json", "csv", "ics"]


class Document(Model):
    """One file that can be fetched now."""

    schema_name = "DocumentOut"
    kind: DocumentKind
    """What it is."""
    form: DocumentForm
    """Its format."""
    url: str
    """Where it is, behind the desk's URL."""


class DocumentList(Model):
    """What there is about a forward now."""

    schema_name = "DocumentList"
    forward: str
    """Its id."""
    items: tuple[Document, ...]
    """What can be fetched."""


class Until(Model):
    """A time for programs and people."""

    schema_name = "UntilOut"
    unix: int
    """Unix seconds UTC."""
    text: str
    """UTC, and the account's time zone where it differs."""


class Notice(Model):
    """One notice by one channel."""

    schema_name = "NoticeOut"
    id: str
    """The same for every try; a webhook has it as `webhook-id`."""
    channel: str
    """`page`, `email` or `webhook`."""
    type: str
    """What happened, such as `agreement.sent`."""
    title: str
    """One line."""
    text: str
    """What happened."""
    next: str
    """What to do next."""
    until: Until | None
    """Until when; None where no time presses."""
    request: str | None
    """The request that it is about."""
    agreement: str | None
    """The agreement that it is about."""
    forward: str | None
    """The forward that it is about."""
    tries: int
    """How often it was sent, or tried."""
    failure: str
    """Why the last try failed; else empty."""
    next_try_at: int | None
    """Unix seconds UTC; None where it is delivered or given up."""
    delivered_at: int | None
    """Unix seconds UTC; None while it is not."""
    created_at: int
    """Unix seconds UTC."""


class NoticePage(Model):
    """A page of notices, newest first."""

    schema_name = "NoticePage"
    items: tuple[Notice, ...]
    """The notices."""
    next: str | None
    """`after` of the next page; None on the last one."""


class DocumentsDesk:
    """Documents of an account's own forwards: the same forward, the same state, the same bytes."""

    def __init__(self, http: DeskHttp) -> None:
        """`http` of the desk's client."""
        self._http = http

    @operation("documents_listed")
    def listed(self, forward: str) -> tuple[Document, ...]:
        """What there is about a forward now, by its id (0x and 64 digits)."""
        content = self._http.read("/documents", {"forward": forward})
        return parsed(DocumentList, content, self._http.url).items

    @operation("documents_one")
    def get(
        self, forward: str, kind: DocumentKind, form: DocumentForm, *, zone: str = "UTC", on: date | None = None
    ) -> bytes:
        """A document's bytes; `zone` is an IANA time zone shown beside UTC, `on` the UTC day of a mark.

        Raises `NotThere`, `WrongState` for one that is not there yet, such as the settlement of an active forward.
        """
        params = {"zone": zone, "on": None if on is None else on.isoformat()}
        return self._http.read(f"/documents/{forward}/{kind}.{form}", params)

    @operation("documents_ledger")
    def ledger(self) -> bytes:
        """All entries of the account's books as CSV."""
        return self._http.read("/documents/ledger.csv")


class NoticesDesk:
    """What the account was told, by every channel."""

    def __init__(self, http: DeskHttp) -> None:
        """`http` of the desk's client."""
        self._http = http

    @operation("notices_listed")
    def page(self, *, after: str | None = None, limit: int = 50) -> NoticePage:
        """A page of notices, newest first."""
        return parsed(NoticePage, self._http.read("/notices", {"after": after, "limit": limit}), self._http.url)

    def all(self) -> Iterator[Notice]:
        """All of them, page by page."""
        return pages(lambda after: self.page(after=after, limit=100))

    @operation("notices_replay")
    def replay(self, id: str, *, key: str | None = None) -> Notice:
        """Have a notice sent once more, under its id, to where the profile says now."""
        return parsed(Notice, self._http.write("POST", f"/notices/{id}/replay", None, key), self._http.url)
