"""GET /archive/...: a node's evidence, read-only, for everyone who wants to verify or mirror it. Pure but for reading.

    /archive/days                                   {"days": ["2026-07-14", "2026-07-15"]}
    /archive/days/2026-07-15                        what is kept of it: fixings, reports, manifests, pages
    /archive/pages/<sha-256>                        the page's WARC file
    /archive/manifests/<root>                       a manifest, the bytes whose SHA-256 is the root
    /archive/reports/2026-07-15/openai/gpt-4.1      every signed report that is kept, a list
    /archive/fixings/2026-07-15/openai/gpt-4.1      the fixing's record, with the transaction that posted it

No part of a path is ever used as a file's name: each is read as a hash, a date or an underlying first.
"""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from ifx_sdk.calendar import date_of, day_number, parse_date
from ifx_sdk.errors import BadDate, BadFile, BadValue
from ifx_sdk.evidence.manifest import canonical_json, read_manifest
from ifx_sdk.terms import parse_underlying
from oracle_node import serving
from oracle_node.archive import Archive, is_digest
from oracle_node.errors import DamagedArchive, NotArchived
from oracle_node.serving import Route

PREFIX: Final = "/archive/"
"""In front of every path."""
MAX_PATH: Final = 300
"""Characters of a path; the longest that leads anywhere has about 100."""
MAX_PAGE_FILE: Final = 20_000_000
"""Bytes of a page's file that are served."""

_JSON: Final = "application/json"
_GZIP: Final = "application/gzip"

Answer = tuple[int, str, bytes | Path]
"""Status, content type, and the body or the file that holds it."""


def answer(archive: Archive, path: str) -> Answer:
    """What a GET of `path` (percent-encoded, without a query) is answered with; nothing else is served. Raises nothing.

    A path gives 404, with the reason, where it leads nowhere, and 500 where the file that it leads to is damaged.
    """
    if not path.startswith(PREFIX) or len(path) > MAX_PATH:
        return _refusal(HTTPStatus.NOT_FOUND, "no such path: GET /archive/days")
    kind, _, rest = unquote(path.removeprefix(PREFIX)).partition("/")
    handler = _HANDLERS.get(kind)
    if handler is None:
        return _refusal(HTTPStatus.NOT_FOUND, f"no such path: GET /archive/ and one of {', '.join(_HANDLERS)}")
    try:
        return handler(archive, rest)
    except (NotArchived, BadDate, BadValue) as error:
        return _refusal(HTTPStatus.NOT_FOUND, error.what)
    except (DamagedArchive, BadFile):
        # What is wrong names a file of this machine: it is the operator's, and `verify` tells it.
        return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "it is damaged here")


def archive_route(archive: Archive) -> Route:
    """The same as a route of a node's server."""

    def route(path: str) -> serving.Answer | None:
        if not path.startswith(PREFIX):
            return None
        status, content_type, body = answer(archive, quote(path))
        return serving.Answer(status=HTTPStatus(status), content_type=content_type, body=body)

    return route


def _days(archive: Archive, rest: str) -> Answer:
    if not rest:
        return _json({"days": [date_of(day).isoformat() for day in archive.days()]})
    day = day_number(parse_date(rest))
    if day not in archive.days():
        raise NotArchived(f"nothing of {rest} is archived")
    roots = archive.manifests(day)
    return _json(
        {
            "day": rest,
            "fixings": list(archive.fixed(day)),
            "reports": list(archive.reported(day)),
            "manifests": [root.hex() for root in roots],
            "pages": sorted({page for root in roots for page in _pages_of(archive, root, day)}),
        }
    )


def _pages_of(archive: Archive, root: bytes, day: int) -> list[str]:
    """The pages of a manifest; none of one that is no window's, or is damaged."""
    try:
        found = read_manifest(archive.manifest(root, day), root.hex())
    except DamagedArchive:
        return []
    return [slot.sha256 for slot in found.slots if slot is not None]


def _page(archive: Archive, rest: str) -> Answer:
    path = archive.page_path(rest)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise NotArchived(f"page {rest} is not in the archive") from error
    if size > MAX_PAGE_FILE:
        return _refusal(HTTPStatus.NOT_FOUND, f"its file is longer than {MAX_PAGE_FILE} bytes")
    return HTTPStatus.OK, _GZIP, path


def _manifest(archive: Archive, rest: str) -> Answer:
    if not is_digest(rest):
        raise BadValue(rest, "a root has 64 lower-case hexadecimal digits")
    return HTTPStatus.OK, _JSON, archive.manifest(bytes.fromhex(rest))


def _reports(archive: Archive, rest: str) -> Answer:
    underlying, day = _key(rest)
    found = archive.reports(underlying, day)
    if not found:
        raise NotArchived(f"no report of {underlying} of {date_of(day)} is archived")
    return HTTPStatus.OK, _JSON, b"[" + b",".join(each.canonical() for each in found) + b"]"


def _fixing(archive: Archive, rest: str) -> Answer:
    underlying, day = _key(rest)
    found = archive.fixing(underlying, day)
    if found is None:
        raise NotArchived(f"no fixing of {underlying} of {date_of(day)} is archived")
    return HTTPStatus.OK, _JSON, found.canonical()


def _key(rest: str) -> tuple[str, int]:
    date, _, underlying = rest.partition("/")
    return parse_underlying(underlying), day_number(parse_date(date))


_HANDLERS: Final[dict[str, Callable[[Archive, str], Answer]]] = {
    "days": _days,
    "pages": _page,
    "manifests": _manifest,
    "reports": _reports,
    "fixings": _fixing,
}


def _json(document: dict[str, object]) -> Answer:
    return HTTPStatus.OK, _JSON, canonical_json(document)


def _refusal(status: HTTPStatus, why: str) -> Answer:
    return status, _JSON, canonical_json({"error": why[:300]})
