"""Random histories of posts and silence, and questions about them, from a seed alone.

A history maps days, counted from its first, to prices; the days that it leaves out are silent. Its questions crowd
around the days that are just about to become certain, where a rule that is off by a second or a day shows.
"""

from collections.abc import Callable, Iterator
from random import Random

LENGTH = 400
"""Days of a history."""

LARGEST = 2**40 - 1
"""The largest price that the oracle takes, in micro-USDT per Mtok."""

Days = Callable[[Random], list[int]]
Prices = Callable[[Random], Iterator[int]]
Question = tuple[int, int]
"""Last day, and days averaged."""


def history(random: Random, on_days: Days | None = None, at_prices: Prices | None = None) -> dict[int, int]:
    """Day -> price of `LENGTH` days, in moods drawn from those below unless given; at least one is posted."""
    days = (on_days or random.choice(DAYS))(random)
    price = (at_prices or random.choice(PRICES))(random)
    return {day: next(price) for day in days}


# ---------------------------------------------------------------------------------------------- on which days it posts


def steady(random: Random) -> list[int]:
    """Weeks of daily posts between silences of one day to four weeks."""
    return runs(random, lambda: random.randint(1, 60), lambda: random.choice((1, 1, 1, 2, 2, 3, 4, 7, 28)))


def patchy(random: Random) -> list[int]:
    """Hardly three posts in a row, and as many silent days."""
    return runs(random, lambda: random.randint(1, 3), lambda: random.randint(1, 5))


def sparse(random: Random) -> list[int]:
    """A single post, again and again after one silence or another, up to months long."""
    return runs(
        random, lambda: 1, lambda: random.choice((1, 2, 3, 4, 6, random.randint(7, 30), random.randint(31, 150)))
    )


def retired(random: Random) -> list[int]:
    """A steady model that falls silent for months, and at times comes back once."""
    last = random.randint(1, LENGTH - 60)
    back = [day for day in (random.randint(last + 50, LENGTH + 200),) if day < LENGTH]
    return [day for day in steady(random) if day < last] + back or [0]


def lonely(random: Random) -> list[int]:
    """A booking's fixing, and at most two more in the whole time."""
    return sorted({random.choice((0, 0, 1, 5)), *random.sample(range(LENGTH), random.randint(0, 2))})


def runs(random: Random, posts: Callable[[], int], silence: Callable[[], int]) -> list[int]:
    """Days posted, in turns with silences; the first may come late."""
    days: list[int] = []
    today = random.choice((0, 0, 0, 1, 2, 3, 10))
    while today < LENGTH:
        days += range(today, min(LENGTH, today + posts()))
        today = days[-1] + 1 + silence()
    return days


# ------------------------------------------------------------------------------------------------------ at which prices


def repriced(random: Random) -> Iterator[int]:
    """A list price that stands for weeks and is cut or raised now and then; free for a while at times."""
    price = 8_000_000
    while True:
        if random.random() < 0.05:
            price = random.choice((price * 54 // 100, price * 2, 0, 8_000_000)) % LARGEST
        yield price


def walking(random: Random) -> Iterator[int]:
    """Another price each day, so that no two days can be taken for one another."""
    while True:
        yield random.randrange(50_000_000)


def extreme(random: Random) -> Iterator[int]:
    """Nothing, the least, the most."""
    while True:
        yield random.choice((0, 1, LARGEST - 1, LARGEST))


def tenfold(random: Random) -> Iterator[int]:
    """Low, and from some day on ten times that."""
    low = random.randrange(1, LARGEST // 10)
    for _ in range(random.randrange(LENGTH)):
        yield low
    while True:
        yield low * 10


DAYS: tuple[Days, ...] = (steady, patchy, sparse, retired, lonely)
PRICES: tuple[Prices, ...] = (repriced, walking, extreme, tenfold)


# ------------------------------------------------------------------------------------------------------- what is asked


def questions(random: Random, today: int, first: int) -> list[Question]:
    """About the days whose certainty is at hand, and about any other; `first` is the history's first posted day."""
    days = [
        *range(today - 4, today + 2),
        random.randint(min(first, today) - 2, today),
        random.randint(today, today + LENGTH + 4),
    ]
    return [(day, averaging(random, day, first)) for day in days]


def averaging(random: Random, day: int, first: int) -> int:
    """Mostly a point or a window that begins anywhere since the first fixing; at times one of the edges."""
    since = max(1, day - first + 1)
    return random.choice(
        (1, 1, 1, 2, 3, 4, 5, 30, since, since - 1, since + 1, LENGTH, *random.choices(range(1, since + 1), k=4))
    )
