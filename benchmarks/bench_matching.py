"""How long matching takes with 10,000 open requests, beside the plain way: every long looks at every short (baseline).

Half are longs, over 50 underlyings, 4 tenors and 2 averagings, at 200 prices around the indicative one; a second book
has them all in one key, the worst case. The baseline is measured on the first 1,000 requests of each book, as matching
is too: with 10,000 it would take minutes. Prints medians; asserts only that both find the same pairs.
"""

import random
from collections.abc import Sequence
from functools import partial

from timing import median_ms

from otc_desk.matching import OpenRequest, Pair, agreed_price, matches, why_not

COUNT, FEW, ROUNDS = 10_000, 1_000, 5
TODAY, LOT, SPOT = 20_649, 100_000, 8_000_000
DAYS = (92, 184, 275, 365)


def book(count: int, underlyings: int, days: Sequence[int]) -> list[OpenRequest]:
    """Random requests of 200 participants, the same on every run."""
    dice = random.Random(7)  # noqa: S311 - a benchmark's numbers
    return [
        OpenRequest(
            id=f"{number:05d}",
            family=f"{number:05d}",
            account=f"account {dice.randrange(200)}",
            participant=f"participant {dice.randrange(200)}",
            side="long" if number % 2 else "short",
            underlying=f"provider/model-{dice.randrange(underlyings)}",
            quantity=LOT * dice.randint(1, 20),
            maturity=(TODAY + dice.choice(days)) * 86_400,
            averaging_days=dice.choice((1, 5)) if underlyings > 1 else 1,
            limit=7_450_000 + 10_000 * dice.randint(-100, 99),
            spot=SPOT,
            today=TODAY,
            lot=LOT,
            time=dice.randrange(86_400),
        )
        for number in range(count)
    ]


def plainly(requests: Sequence[OpenRequest]) -> tuple[Pair, ...]:
    """Every long in its order looks at every short for the best one, until it has enough."""
    left = {each.id: each.quantity for each in requests}
    longs = sorted((each for each in requests if each.side == "long"), key=lambda e: (-e.bound, e.time, e.id))
    shorts = [each for each in requests if each.side == "short"]
    found = []
    for long in longs:
        fitting = [each for each in shorts if left[each.id] >= LOT and why_not(long, each) is None]
        for short in sorted(fitting, key=lambda e: (e.bound, e.time, e.id)):
            quantity = min(left[long.id], left[short.id])
            if quantity < LOT:
                break
            left[long.id] -= quantity
            left[short.id] -= quantity
            price = agreed_price(long.bound, short.bound, SPOT)
            found.append(Pair(long=long, short=short, quantity=quantity, price=price))
    return tuple(sorted(found, key=lambda p: (-p.improvement, max(p.long.time, p.short.time), p.long.id, p.short.id)))


def main() -> None:
    """Measure and print."""
    print(f"medians of {ROUNDS}; the plain way once")
    for name, underlyings, days in (("50 underlyings", 50, DAYS), ("one key", 1, DAYS[:1])):
        requests = book(COUNT, underlyings, days)
        few = requests[:FEW]
        if matches(few) != plainly(few):
            raise SystemExit("the two ways find different pairs")
        whole, part = (median_ms(partial(matches, each), ROUNDS) for each in (requests, few))
        baseline = median_ms(partial(plainly, few), 1)
        print(f"{name:<16}{COUNT:>8,} requests, {len(matches(requests)):>6,} pairs {whole:>9.1f} ms")
        print(f"{name:<16}{FEW:>8,} requests, {len(matches(few)):>6,} pairs {part:>9.1f} ms", end="")
        print(f"   plain way {baseline:>9.1f} ms, {baseline / part:,.0f} x")


if __name__ == "__main__":
    main()
