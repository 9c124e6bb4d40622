"""Open requests for tests of the matching, and the plainest matching that gives the same pairs."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from otc_desk.matching import NOBODY, Apart, OpenRequest, Pair, agreed_price, why_not

TODAY = 20_649
"""2026-07-15."""
MATURITY = 1_799_971_200
"""2027-01-15 00:00:00 UTC, six months later."""
LOT = 100_000
SPOT = 8_000_000


def open_request(
    id: str, side: Any, limit: int | None = 7_450_000, quantity: int = 10 * LOT, **more: Any
) -> OpenRequest:
    """One for GPT-4.1 in six months, of a participant of its own, as old as the others."""
    given: dict[str, Any] = {
        "id": id,
        "family": id,
        "account": f"account of {id}",
        "participant": f"participant of {id}",
        "side": side,
        "underlying": "openai/gpt-4.1",
        "quantity": quantity,
        "maturity": MATURITY,
        "averaging_days": 1,
        "limit": limit,
        "spot": SPOT,
        "today": TODAY,
        "lot": LOT,
        "time": 0,
    }
    return OpenRequest(**given | more)


def plainly(requests: Sequence[OpenRequest], apart: Apart = NOBODY) -> tuple[Pair, ...]:
    """Every long in its order looks at every short for the best one, again and again."""
    left = {each.id: each.quantity for each in requests}
    longs = [each for each in requests if each.side == "long" and each.limit is not None]
    shorts = [each for each in requests if each.side == "short" and each.limit is not None]
    found = []
    for long in sorted(longs, key=lambda each: (-each.bound, each.time, each.id)):
        while True:
            fitting = [
                each
                for each in shorts
                if min(left[long.id], left[each.id]) >= long.lot > 0 and why_not(long, each, apart) is None
            ]
            if not fitting:
                break
            short = min(fitting, key=lambda each: (each.bound, each.time, each.id))
            quantity = min(left[long.id], left[short.id]) // long.lot * long.lot
            left[long.id] -= quantity
            left[short.id] -= quantity
            price = agreed_price(long.bound, short.bound, long.spot)
            found.append(Pair(long=long, short=short, quantity=quantity, price=price))
    return tuple(sorted(found, key=lambda p: (-p.improvement, max(p.long.time, p.short.time), p.long.id, p.short.id)))


@st.composite
def books(draw: st.DrawFn) -> tuple[list[OpenRequest], Apart]:
    """A few dozen requests that have much in common: few underlyings, prices, participants; odd sizes too."""
    count = draw(st.integers(0, 24))
    requests = [
        open_request(
            f"r{number:02d}",
            draw(st.sampled_from(("long", "short"))),
            draw(st.one_of(st.none(), st.integers(1, 20).map(lambda each: each * 995_000), st.just(17_000_000))),
            draw(st.one_of(st.integers(1, 5).map(lambda each: each * LOT), st.integers(1, 3 * LOT))),
            family=f"f{draw(st.integers(0, 9))}",
            participant=f"p{draw(st.integers(0, 3))}",
            account=f"a{draw(st.integers(0, 5))}",
            underlying=draw(st.sampled_from(("openai/gpt-4.1", "openai/gpt-5.6-luna"))),
            averaging_days=draw(st.sampled_from((1, 5))),
            time=draw(st.integers(0, 3)),
        )
        for number in range(count)
    ]
    apart = draw(st.frozensets(st.tuples(*[st.integers(0, 9).map(lambda each: f"f{each}")] * 2), max_size=5))
    return requests, apart
