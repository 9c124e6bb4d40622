"""Index values as prices that a node signs: the feed adapter of `index/...` underlyings. Pure but for the book.

The fixing of an index on day M is the first revision of its value of calendar day M-1, where its quality is GOOD. A
later revision never settles anything; it is shown to the reviewer, who alone posts what a quorum signed, and may
withhold it. Every node computes the index from recordings of its own: what is signed is its own record.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ifx_index.record import Record
from ifx_sdk.calendar import date_of, midnight
from ifx_sdk.errors import BadValue
from ifx_sdk.evidence.manifest import canonical_json, root
from ifx_sdk.signers import Signer
from ifx_sdk.terms import Domain, parse_underlying
from oracle_node.report import ReportBook, SignedReport

FORMAT: Final = "ifx-index-1"
"""Names the manifest's shape; another shape gets another name."""
PREFIX: Final = "index/"
"""In front of every index reference; behind it stands the series id in lower case, such as `index/lpi-openai-o`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexMark:
    """A value that may become a report."""

    underlying: str
    """`index/...`, as listed."""
    day: int
    """UTC day number M that it would fix."""
    price: int
    """Micro-USD per Mtok: of output tokens, or blended, as the record's unit says."""
    manifest: bytes
    """Canonical JSON of the record that it is."""
    corrected: tuple[Record, ...]
    """Later revisions, for the reviewer's look; they never settle."""

    @property
    def evidence(self) -> bytes:
        """SHA-256 of the manifest, which holds the hash of the inputs."""
        return root(self.manifest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A value that no report is made of."""

    underlying: str
    """`index/...`, as asked for."""
    day: int
    """UTC day number M."""
    why: str
    """One line for an operator."""


def index_mark(records: Iterable[Record], underlying: str, day: int) -> IndexMark | Withheld:
    """The value of day M-1 that fixes `underlying` on UTC day number `day`, or why there is none.

    Raises `BadUnderlying`, and `BadValue` for a name that is no index reference.
    """
    name = parse_underlying(underlying)
    if not name.startswith(PREFIX):
        raise BadValue(underlying, "it is no index reference", cure=f"Index references begin with {PREFIX}.")
    wanted, on = name.removeprefix(PREFIX), date_of(day) - timedelta(days=1)
    revisions = sorted(
        (each for each in records if each.series.lower() == wanted and each.date == on),
        key=lambda each: each.revision,
    )
    first = revisions[0] if revisions else None
    why = _why_not(first, f"{wanted} of {on}", day)
    if why is not None or first is None or first.value is None:
        return Withheld(underlying=name, day=day, why=why or f"{wanted} of {on} has no value")
    document: Mapping[str, object] = {"format": FORMAT, "underlying": name, "day": day, "record": first.row()}
    return IndexMark(
        underlying=name,
        day=day,
        price=first.value,
        manifest=canonical_json(document),
        corrected=tuple(revisions[1:]),
    )


def _why_not(first: Record | None, what: str, day: int) -> str | None:
    if first is None:
        return f"{what} is not recorded"
    if first.revision != 1:
        return f"{what} has no first revision here: the store is not whole"
    if not first.settles:
        status = first.diagnostics.get("quality_status", "not stated")
        return f"{what} is of quality {status}, and only GOOD is eligible as a mark; later revisions never settle"
    # Rows give the time of publication to the second, UTC.
    if first.published_at >= datetime.fromtimestamp(midnight(day + 1), UTC):
        return f"{what} was published on {first.published_at:%Y-%m-%d}, after the day that it would have fixed"
    return None


def sign_index(
    records: Iterable[Record], underlyings: Iterable[str], day: int, book: ReportBook, signer: Signer, domain: Domain
) -> tuple[SignedReport | Withheld, ...]:
    """Sign what may become a report, each stored before it is released; what may not is told.

    Raises `SecondReport` where another price of the day was signed already, `BadFile`, and as `index_mark` does.
    """
    known = tuple(records)
    found = [index_mark(known, each, day) for each in underlyings]
    return tuple(
        each
        if isinstance(each, Withheld)
        else book.sign(
            signer, domain, underlying=each.underlying, day=each.day, price=each.price, evidence=each.evidence
        )
        for each in found
    )
