"""What a document is, before it is paper: data for programs, and blocks of text, rows and tables for people. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from otc_desk.events import canonical_json


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A label and its value."""

    label: str
    """A few words."""
    value: str
    """Any length; it wraps."""
    code: bool = field(default=False)
    """Whether it is an address, hash or id: printed with even letters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Labels and values, one below the other."""

    rows: tuple[Row, ...]
    """In their order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """A table."""

    header: tuple[str, ...]
    """One cell for each column."""
    rows: tuple[tuple[str, ...], ...]
    """Cells, as many as the header has."""
    right: frozenset[int] = field(default=frozenset())
    """Columns of numbers, aligned at the right."""
    strong: frozenset[int] = field(default=frozenset())
    """Rows that stand out, such as totals."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A paragraph."""

    text: str
    """Plain sentences."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoffChart:
    """Both sides' payoff over the settlement price, drawn by the renderer with the formula of `ifx_sdk.payoff`."""

    price: int
    """F, micro-USDT per Mtok."""
    spot: int
    """S0, micro-USDT per Mtok."""
    quantity: int
    """N, Mtok."""
    settled: int | None = field(default=None)
    """A settlement price to mark, micro-USDT per Mtok."""
    settled_name: str = field(default="settled")
    """What that price is called."""


Block = Rows | Grid | Note | PayoffChart


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    """A few words."""
    blocks: tuple[Block, ...]
    """In their order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One document about one forward."""

    kind: str
    """`confirmation`, `settlement`, `mark` or `memo`."""
    title: str
    """As printed on top."""
    subtitle: str
    """The forward in one line."""
    forward: str
    """Its id, 0x and 64 digits."""
    dated: int
    """Unix seconds UTC: the document's own date, which the facts give; no clock is read."""
    data: Mapping[str, object]
    """The facts for programs: fixed-point decimal strings for money, integers for times and Mtok."""
    sections: tuple[Section, ...]
    """The facts for people."""


def to_json(document: Document) -> bytes:
    """The canonical JSON of a document's data: keys sorted, no spaces, ASCII. Its SHA-256 stands on every page."""
    about = {"kind": document.kind, "forward": document.forward, "dated": document.dated}
    return canonical_json(about | dict(document.data)).encode()
