"""The settlement price as the protocol's prose has it (docs/protocol.md, "Settlement price"), day by day.

Written from those words alone: no cumulative, no shortcut, and nothing of the contract or the SDK. Days are
`seconds // 86400`, prices micro-USDT per Mtok, `now` unix seconds UTC.
"""

from collections.abc import Iterator, Mapping

SECONDS_OF_A_DAY = 24 * 60 * 60


def settlement_price(posts: Mapping[int, int], day: int, averaging_days: int, now: int) -> tuple[int | None, bool]:
    """F_ref of the `averaging_days` calendar days that end with `day`, and whether it is certain at `now`.

    `posts` are the fixings posted until `now`, day -> price. None where a day of the mean has no fixing at or
    before it: such a forward could not have been booked, because booking needs a fixing. Nor has a mean of no days.
    """
    days = list(prices_of_days(posts, day - averaging_days + 1, day, now))
    total = 0
    for price, _ in days:
        if price is None:
            return None, False
        total += price
    if not days:
        return None, False
    return total // averaging_days, all(certain for _, certain in days)


def prices_of_days(posts: Mapping[int, int], first: int, last: int, now: int) -> Iterator[tuple[int | None, bool]]:
    """Of each day: the price that it settles at, and whether that is certain at `now`."""
    newest_earlier = newest_before(posts, first)
    for day in range(first, last + 1):
        if day in posts:
            yield posts[day], True
            newest_earlier = posts[day]
        elif newest_earlier is None:
            yield None, False
        elif day + 1 in posts:
            yield posts[day + 1], True
        elif day + 2 in posts:
            yield posts[day + 2], True
        else:
            three_days_after_it_began = (day + 3) * SECONDS_OF_A_DAY
            yield newest_earlier, now >= three_days_after_it_began


def newest_before(posts: Mapping[int, int], day: int) -> int | None:
    """The price of the newest fixing of an earlier day; None where there is none."""
    oldest = min(posts, default=day)
    for earlier in range(day - 1, oldest - 1, -1):
        if earlier in posts:
            return posts[earlier]
    return None
