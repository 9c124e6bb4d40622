"""What a demo plays: pages over time, what goes wrong with the nodes, and the forwards that are booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from oracle_node.settings import UnderlyingSettings
from scripts.demonstration.world import Answer

NODES = ("north", "east", "south", "west")
"""The four nodes, in the order of the signer set."""

LUNA = "openai/gpt-5.6-luna"
GPT41 = "openai/gpt-4.1"
PAGES = Path(__file__).parent / "pages"


class Kind(StrEnum):
    """What can go wrong with a node."""

    DOWN = "down"
    STALE = "stale mirror"
    VARIANT = "page variant"
    WALL = "bot wall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One node's trouble over some days."""

    node: str
    """Its name."""
    first: int
    """UTC day number of the first fixing that it touches."""
    last: int
    """UTC day number of the last one."""
    kind: Kind
    """What is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A forward to book, at F = F_ind."""

    label: str
    """How the statement names it."""
    underlying: str
    """`provider/model-id`."""
    quantity: int
    """Mtok."""
    months: int
    """Tenor."""
    averaging_days: int
    """Days in the mean; 0 takes every day from the one after the trade date to the maturity's."""


class Scenario(Protocol):
    """One play of the demo."""

    @property
    def title(self) -> str:
        """The statement's headline."""

    @property
    def notes(self) -> Sequence[str]:
        """What the reader must know about the pages."""

    @property
    def trade_day(self) -> int:
        """UTC day number on which the forwards are booked."""

    @property
    def orders(self) -> Sequence[Order]:
        """The forwards."""

    @property
    def faults(self) -> Sequence[Fault]:
        """What goes wrong with the nodes."""

    def asked(self, node: str, day: int, base: str) -> tuple[UnderlyingSettings, ...]:
        """What a node reads in the window that fixes `day`, from the page server at `base`."""

    def pages(self, path: str, now: int) -> Answer:
        """What stands at a path at a time, unix seconds UTC."""

    def price(self, underlying: str, day: int) -> int | None:
        """The fixing that the pages make, micro-USD per Mtok, known without any node; None where there is none."""

    def source(self, day: int) -> str:
        """Which page decides the day, for people."""


def fault_of(faults: Sequence[Fault], node: str, day: int) -> Fault | None:
    """A node's trouble with the fixing of `day`."""
    return next((each for each in faults if each.node == node and each.first <= day <= each.last), None)


def day_fixed(now: int) -> int:
    """The UTC day number whose window a time lies in or before."""
    return -(-now // 86_400)


def number(text: str) -> int:
    """The UTC day number of `YYYY-MM-DD`."""
    return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()


NOT_FOUND = Answer(body=b"not found\n", content_type="text/plain", status=HTTPStatus.NOT_FOUND)


@cache
def page(name: str) -> Answer:
    """A sample page by its file's name."""
    return Answer(body=(PAGES / f"{name}.html").read_bytes())


class SamplePages:
    """The plain demo: sample pages with real figures, every fixing posted."""

    title = "Sample pages, every daily fixing posted"
    notes = (
        "GPT-5.6 Luna: 6.00 until the provider cut it by 80% at 2026-07-30 00:00 UTC. GPT-4.1: 8.00, and the 46% cut",
        "of the worked example at 2026-10-01 00:00 UTC, which is assumed. A change at 00:00 stands in one of the",
        "thirteen slots that end there, so that it is the next day's fixing.",
    )
    trade_day = number("2026-07-15")
    orders = (
        Order(label="GPT-4.1, 1T, 6M", underlying=GPT41, quantity=1_000_000, months=6, averaging_days=1),
        Order(label="Luna, 100B, 3M, point", underlying=LUNA, quantity=100_000, months=3, averaging_days=1),
        Order(label="Luna, 100B, 3M, average", underlying=LUNA, quantity=100_000, months=3, averaging_days=0),
    )
    # The trouble of one node never meets that of another: three of four still agree on every day.
    faults = (
        Fault(node="south", first=number("2026-07-31"), last=number("2026-08-04"), kind=Kind.STALE),
        Fault(node="north", first=number("2026-08-20"), last=number("2026-08-23"), kind=Kind.DOWN),
        Fault(node="south", first=number("2026-10-02"), last=number("2026-10-04"), kind=Kind.STALE),
        Fault(node="south", first=number("2026-11-09"), last=number("2026-11-11"), kind=Kind.VARIANT),
        Fault(node="north", first=number("2026-12-01"), last=number("2026-12-02"), kind=Kind.DOWN),
        Fault(node="south", first=number("2026-12-20"), last=number("2026-12-21"), kind=Kind.WALL),
    )
    # Price changes: the first second at which the page shows them, and micro-USD per Mtok.
    _changes: Mapping[str, tuple[tuple[int, int], ...]] = MappingProxyType(
        {
            LUNA: ((number("2026-07-01"), 6_000_000), (number("2026-07-30"), 1_200_000)),
            GPT41: ((number("2026-07-01"), 8_000_000), (number("2026-10-01"), 4_320_000)),
        }
    )
    _pages = ("2026-07-01", "2026-07-30", "2026-10-01")

    def asked(self, node: str, day: int, base: str) -> tuple[UnderlyingSettings, ...]:
        """Everyone reads the vendor's page; south reads it through a mirror."""
        url = f"{base}/mirror/pricing" if node == "south" else f"{base}/pricing"
        return tuple(
            UnderlyingSettings(name=name, provider="openai", model=name.partition("/")[2], page=url)
            for name in (GPT41, LUNA)
        )

    def pages(self, path: str, now: int) -> Answer:
        """The page in force; on some days the mirror gives something else."""
        shown = [name for name in self._pages if number(name) * 86_400 <= now]
        if path not in ("/pricing", "/mirror/pricing") or not shown:
            return NOT_FOUND
        fault = fault_of(self.faults, "south", day_fixed(now)) if path.startswith("/mirror") else None
        kind = fault.kind if fault is not None else None
        if kind is Kind.STALE:
            return page(shown[-2])
        return page({Kind.VARIANT: "variant", Kind.WALL: "bot_wall"}.get(kind, shown[-1]) if kind else shown[-1])

    def price(self, underlying: str, day: int) -> int | None:
        """Twelve of a window's thirteen slots lie before midnight: a change at 00:00 shows in the next day's fixing."""
        return [price for since, price in self._changes[underlying] if since < day][-1]

    def source(self, day: int) -> str:
        """The vendor's page, as the sample has it."""
        return "OpenAI pricing page (sample)"
