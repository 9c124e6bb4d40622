"""The live price before a booking: what oracle nodes read on the page now, and what speaks against a spot.

A fixing does not know of a change after midnight. Whoever sees one on the page first could book against somebody who
does not: so nothing is booked while the page says another price than the spot, or shows a dated change that comes
before the maturity. A node has one time and one size for its whole answer: the worker waits for the slowest.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote

import httpx

from ifx_sdk.calendar import date_of, day_of
from ifx_sdk.money import format_price
from otc_desk.outgoing import TooLong, exchange

MAX_BYTES: Final = 65_536
"""A longer answer is none."""
MAX_AGE_SECONDS: Final = 600
"""A reading that is farther from the desk's time is none."""
_OK: Final = 200
_MAX_CHANGES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one node read."""

    node: str
    """Its URL."""
    price: int
    """micro-USDT per Mtok."""
    at: int
    """When it was read, unix seconds UTC."""
    changes: tuple[tuple[date, int | None], ...]
    """First day and price (None: no price) of every dated change that the page shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A node that gave no reading."""

    node: str
    """Its URL."""
    why: str
    """In one line."""


class LivePrices:
    """Asks the oracle nodes of the desk's settings, all at once."""

    def __init__(
        self, nodes: Sequence[str], *, timeout_seconds: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`nodes` are base URLs, each with `timeout_seconds` for its whole answer; `transport` is for tests."""
        self._nodes, self._timeout, self._transport = tuple(nodes), timeout_seconds, transport

    def ask(self, underlying: str) -> tuple[Reading | Silence, ...]:
        """What each node answers, in their order. Raises nothing."""
        if not self._nodes:
            return ()
        with ThreadPoolExecutor(max_workers=len(self._nodes)) as pool:
            return tuple(pool.map(lambda node: self._ask(node, underlying), self._nodes))

    def _ask(self, node: str, underlying: str) -> Reading | Silence:
        url = f"{node}/live/{quote(underlying)}"
        try:
            answer = exchange("GET", url, seconds=self._timeout, most_bytes=MAX_BYTES, transport=self._transport)
        except TooLong:
            return Silence(node=node, why="its answer is too long")
        except TimeoutError:
            return Silence(node=node, why=f"it did not answer within {self._timeout} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Silence(node=node, why=f"{type(error).__name__} while asking it")
        if answer.status != _OK:
            return Silence(node=node, why=f"it answers {answer.status}: {_said(answer.body)}")
        return read(node, underlying, answer.body)


def read(node: str, underlying: str, body: bytes) -> Reading | Silence:
    """A node's answer, held to its shape. Pure."""
    try:
        found = json.loads(body)
        price, at, dated = found["price"], found["at"], found["changes"]
        if found["underlying"] != underlying or type(price) is not int or type(at) is not int or price < 0:
            return Silence(node=node, why="its answer is for something else")
        changes = tuple((date.fromisoformat(each["from"]), each["price"]) for each in dated[:_MAX_CHANGES])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Silence(node=node, why="its answer is malformed")
    if any(new is not None and type(new) is not int for _, new in changes):
        return Silence(node=node, why="its answer is malformed")
    return Reading(node=node, price=price, at=at, changes=changes)


def objections(
    answers: Sequence[Reading | Silence], *, spot: int, maturity: int, now: int, required: bool = True
) -> tuple[str, ...]:
    """What speaks against booking on `spot` (micro-USDT per Mtok) now; empty where nothing does. Pure.

    Every reading must agree: one node that sees another price is enough to wait. Where `required`, at least one must
    have read the page.
    """
    readings = [each for each in answers if isinstance(each, Reading) and abs(now - each.at) <= MAX_AGE_SECONDS]
    found = [
        f"the page says {format_price(each.price)} now and the spot is {format_price(spot)} (read by {each.node})"
        for each in readings
        if each.price != spot
    ]
    last = date_of(day_of(maturity))
    for each in readings:
        for day, price in each.changes:
            if day <= last:
                new = "no price" if price is None else format_price(price)
                found.append(f"the page shows a change to {new} on {day.isoformat()} (read by {each.node})")
    if required and not readings:
        silent = [f"{each.node}: {each.why}" for each in answers if isinstance(each, Silence)]
        silent += [f"{each.node}: its reading is of another time" for each in answers if isinstance(each, Reading)]
        found.append("no oracle node has read the page now" + (f" ({'; '.join(silent)})" if silent else ""))
    return tuple(dict.fromkeys(found))


def _said(body: bytes) -> str:
    try:
        found = json.loads(body)
        said = found.get("error", "") if isinstance(found, dict) else ""
    except (ValueError, RecursionError):
        return ""
    return " ".join(str(said).split())[:200]
