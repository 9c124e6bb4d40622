"""A year that is planned: who is up, what the pages say, when the chain answers; and what must come of it.

`Plan` is drawn from a seed. `Model` says, from the plan and the product's rules alone, what each node can know of each
underlying and day, which reports it signs, and whether a quorum of them could be posted. It shares no code with the
node: times are unix seconds UTC, prices micro-USD per Mtok.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

DAY = 86_400
LEAD = 10
"""A slot's page is read this long before its time, in seconds."""
QUORUM = 3
FIRST_ROUND = 5
TURN = 30
LAST_CALL = DAY - 10
"""Seconds of a day at which the last round is played."""

Span = tuple[int, int]
"""From and to, unix seconds; the end is outside."""


def within(spans: Sequence[Span], at: int) -> bool:
    """Whether a time is in one of some spans, which are in order and apart."""
    place = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return place >= 0 and at < spans[place][1]


def united(spans: Iterable[Span]) -> list[Span]:
    """The same times in order and apart."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        elif begin < end:
            found.append((begin, end))
    return found


def without(whole: Span, holes: Iterable[Span]) -> list[Span]:
    """What is left of a span."""
    found, begin = [], whole[0]
    for first, last in united(holes):
        if first > begin:
            found.append((begin, min(first, whole[1])))
        begin = max(begin, last)
    if begin < whole[1]:
        found.append((begin, whole[1]))
    return [(a, b) for a, b in found if a < b]


def both(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """The times that are in both."""
    pairs = [(max(a, c), min(b, d)) for a, b in left for c, d in right]
    return united((a, b) for a, b in pairs if a < b)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What happens."""

    first_day: int
    """UTC day number of the first fixing."""
    days: int
    """How many."""
    names: Sequence[str]
    """The underlyings."""
    page_of: dict[str, str]
    """Where each stands."""
    up: dict[int, list[Span]]
    """When each node runs."""
    rpc_down: dict[int, list[Span]]
    """When its RPC endpoint refuses connections."""
    page_down: dict[tuple[str, int], list[Span]]
    """When a page gives a node no price."""
    prices: dict[str, list[tuple[int, int]]]
    """What each costs from when on."""
    lag: dict[int, int]
    """How many seconds late a node sees a change: caches differ."""
    releases: list[tuple[int, str, int]]
    """When the operators let a price on another scale pass."""

    def price(self, name: str, at: int) -> int:
        """What the publisher says."""
        changes = self.prices[name]
        return changes[bisect_right(changes, at, key=lambda change: change[0]) - 1][1]


def plan(seed: int, first_day: int, days: int, pages: dict[str, str], start: dict[str, int], nodes: int = 4) -> Plan:
    """A year, or less, from a seed; every time ends with a 3, so that no two things happen at the same second."""
    random = Random(seed)
    begin, end = first_day * DAY - 3_900, (first_day + days) * DAY - 4_000

    def at(day: int, first: int, last: int) -> int:
        return (day * DAY + random.randrange(first, last)) // 10 * 10 + 3

    def spans(chance: float, first: int, last: int, shortest: int, longest: int) -> list[Span]:
        found = []
        for day in range(first_day - 1, first_day + days):
            if random.random() < chance:
                since = at(day, first, last)
                length = int(shortest * (longest / shortest) ** random.random()) // 10 * 10
                found.append((since, since + length))
        return united(found)

    up = {node: without((begin // 10 * 10 + 3, end), spans(0.07, 0, DAY, 600, 2 * DAY)) for node in range(nodes)}
    for day in random.sample(range(first_day + 1, first_day + days), max(1, days // 60)):  # two at once, all day
        pair = random.sample(range(nodes), 2)
        since = at(day - 1, 82_000, 84_000)
        up |= {node: [s for span in up[node] for s in without(span, [(since, since + DAY)])] for node in pair}
    together = spans(0.01, 80_000, DAY, 3_600, 40_000)
    rpc_down = {node: united([*spans(0.05, 0, DAY, 600, 36_000), *together]) for node in range(nodes)}
    page_down = {}
    for page in sorted(set(pages.values())):
        everyones = spans(0.06, 82_000, DAY, 300, 7_200)
        for node in range(nodes):
            page_down[page, node] = united([*everyones, *spans(0.05, 82_000, DAY, 300, 7_200)])
    prices = {name: [(0, price)] for name, price in start.items()}
    releases = []
    for name in sorted(pages):
        for day in sorted(random.sample(range(first_day, first_day + days - 2), max(2, days // 45))):
            old = prices[name][-1][1]
            new = max(10_000, round(old * random.choice([0.9, 0.8, 0.54, 0.3, 1.1, 1.5, 2.5]) / 10_000) * 10_000)
            in_window = random.random() < 0.5
            prices[name].append((at(day, 82_800 if in_window else 0, DAY), new))
    scaled = sorted(pages)[0]
    when = at(first_day + days // 2, 40_000, 60_000)
    settled = [change for change in prices[scaled] if change[0] < when]
    prices[scaled] = [*settled, (when, settled[-1][1] * 30)]
    releases.append(((when // DAY + 2) * DAY + 32_403, scaled, settled[-1][1] * 30))
    lag = {node: 97 * node for node in range(nodes)}
    return Plan(
        first_day=first_day,
        days=days,
        names=sorted(pages),
        page_of=pages,
        up=up,
        rpc_down=rpc_down,
        page_down=page_down,
        prices=prices,
        lag=lag,
        releases=releases,
    )


@dataclass
class Model:
    """What must come of a plan."""

    plan: Plan
    """What happens."""
    longest_pause: int
    """Between two rounds of a node while something is open, in seconds."""
    reports: dict[tuple[int, str, int], int] = field(default_factory=dict)
    """Node, underlying, day: the price that it signs."""

    _signed: dict[tuple[str, int], dict[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.plan.up:
            for name in self.plan.names:
                self._read_all(node, name)
        for (node, name, day), price in self.reports.items():
            self._signed.setdefault((name, day), {})[node] = price

    # ------------------------------------------------------------------------------------------- what each knows

    def _read_all(self, node: int, name: str) -> None:
        before = self.plan.prices[name][0][1]
        for day in range(self.plan.first_day, self.plan.first_day + self.plan.days):
            slots = []
            for number in range(13):
                slot = day * DAY - 3_600 + 300 * number
                newest = None
                for at in self._times(node, slot):
                    found = self._reading(node, name, at, before)
                    if found is not None:
                        newest = before = found
                if newest is not None:
                    slots.append(newest)
            if len(slots) >= 7 and self._signs_at(node, day) is not None:
                self.reports[node, name, day] = _median(slots)

    def _times(self, node: int, slot: int) -> list[int]:
        """When a node reads for a slot: at the lead, or when it starts between that and the slot."""
        found = []
        for begin, end in self.plan.up[node]:
            at = max(begin, slot - LEAD)
            if at <= slot and at < end:
                found.append(at)
        return found

    def _reading(self, node: int, name: str, at: int, before: int) -> int | None:
        if within(self.plan.page_down[self.plan.page_of[name], node], at):
            return None
        price = self.plan.price(name, at - self.plan.lag[node])
        released = any(when < at and (which, worth) == (name, price) for when, which, worth in self.plan.releases)
        is_other_scale = price > 20 * before or 20 * price < before
        return None if is_other_scale and not released else price

    def _signs_at(self, node: int, day: int) -> int | None:
        """When a node has signed the day's reports: at midnight, or when it comes up later on that day."""
        starts = [max(begin, day * DAY) for begin, end in self.plan.up[node] if end > day * DAY]
        first = min(starts, default=None)
        return first if first is not None and first < (day + 1) * DAY else None

    # ------------------------------------------------------------------------------------------ what they can do

    def agreed(self, name: str, day: int) -> int | None:
        """The one price that a quorum signed; None where there is none."""
        signed = Counter(self._signed.get((name, day), {}).values()).most_common(1)
        return signed[0][0] if signed and signed[0][1] >= QUORUM else None

    def may(self, name: str, day: int) -> int | None:
        """The price that some node could have posted, if its rounds fell well; None where nobody could."""
        price = self.agreed(name, day)
        whole = (day * DAY + FIRST_ROUND, day * DAY + LAST_CALL + 1)
        if price is None:
            return None
        for poster in self.plan.up:
            for life in both(self.plan.up[poster], [whole]):
                others = [
                    n for n in self._signers(name, day, price) if n != poster and both(self._served(n, day), [life])
                ]
                own = poster in self._signers(name, day, price)
                if len(others) + own >= QUORUM and without(life, self.plan.rpc_down[poster]):
                    return price
        return None

    def must(self, name: str, day: int) -> int | None:
        """The price that some node surely posts: a quorum could be heard through at least one of its rounds."""
        price = self.agreed(name, day)
        whole = (day * DAY + FIRST_ROUND, day * DAY + LAST_CALL + 1)
        if price is None:
            return None
        for poster in self.plan.up:
            able = [
                s for span in both(self.plan.up[poster], [whole]) for s in without(span, self.plan.rpc_down[poster])
            ]
            signers = self._signers(name, day, price)
            spans = {n: [(day * DAY, whole[1])] if n == poster else self._served(n, day) for n in signers}
            for span in _held_by(able, list(spans.values()), QUORUM):
                if self._has_a_round(span, poster, day):
                    return price
        return None

    def _has_a_round(self, span: Span, poster: int, day: int) -> bool:
        first = max(span[0], day * DAY + FIRST_ROUND + TURN * poster)
        early = first + 200 < min(span[1], day * DAY + 900)  # once a minute at first
        return early or span[1] - first > self.longest_pause or span[0] < day * DAY + LAST_CALL - 1 < span[1] - 1

    def _signers(self, name: str, day: int, price: int) -> list[int]:
        return [node for node, signed in self._signed.get((name, day), {}).items() if signed == price]

    def _served(self, node: int, day: int) -> list[Span]:
        """When a node answers with its report of a day, while that can be posted."""
        since = self._signs_at(node, day)
        return [] if since is None else both(self.plan.up[node], [(since, day * DAY + LAST_CALL + 1)])


def _held_by(able: list[Span], spans: list[list[Span]], least: int) -> list[Span]:
    """The times within `able` at which at least so many of the others hold."""
    edges = sorted({edge for span in [*able, *(s for each in spans for s in each)] for edge in span})
    found = []
    for begin, end in pairwise(edges):
        if within(able, begin) and sum(within(each, begin) for each in spans) >= least:
            found.append((begin, end))
    return united(found)


def _median(values: Sequence[int]) -> int:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) // 2
