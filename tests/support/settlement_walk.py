"""A walk through a history of posts, day by day, that holds every answer of the oracle against the reference.

Invariant 6 is held on the way: what was certain once is asked again, weeks and months later, and has to stay.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Protocol

from support.settlement_histories import LENGTH, Question, questions
from support.settlement_reference import SECONDS_OF_A_DAY as DAY
from support.settlement_reference import settlement_price

from ifx_sdk import payoff

START = 20_649
"""First day of every history: 2026-07-15."""

SEARCHED = 400
"""Days that the oracle searches back from either end of a mean: a limit of its interface, not of the prose."""


class Oracle(Protocol):
    """What a walk needs of an oracle: a chain with one, or a thing made of paper."""

    def restart(self) -> None:
        """Forget every post."""

    def post(self, now: int, price: int) -> None:
        """Post the fixing of the day of `now`."""

    def ask(self, now: int, questions: Sequence[Question]) -> list[tuple[int, bool]]:
        """Settlement price and certainty of each, as of the posts so far."""


class Walk:
    """One history, and what was found on the way."""

    def __init__(self, oracle: Oracle, history: Mapping[int, int], random: Random) -> None:
        """Put the oracle back to its beginning."""
        oracle.restart()
        self.checks = 0
        """Answers held against the reference."""
        self.kept = 0
        """Of these, answers that were certain before."""
        self._oracle = oracle
        self._history = {START + day: price for day, price in history.items()}
        self._first = min(self._history)
        self._random = random
        self._posts: dict[int, int] = {}
        self._certain: dict[Question, int] = {}

    def go(self) -> None:
        """Every day: at midnight, after its post and in its last second; then once more after months of silence."""
        for today in range(START, START + LENGTH + 5):
            self._check(today * DAY, today)
            price = self._history.get(today)
            if price is not None:
                now = today * DAY + self._random.choice((0, DAY - 1, self._random.randrange(DAY)))
                self._oracle.post(now, price)
                self._posts[today] = price
                self._check(now, today)
            self._check(today * DAY + DAY - 1, today)
        end = START + LENGTH + self._random.randint(5, 500)
        self._check(end * DAY + self._random.randrange(DAY), end)

    def _check(self, now: int, today: int) -> None:
        asked = questions(self._random, today, self._first)
        asked += self._random.sample(list(self._certain), min(3, len(self._certain)))
        for question, answer in zip(asked, self._oracle.ask(now, asked), strict=True):
            expected = self._expected(question, now)
            assert answer == expected, f"{question} at {now} after {self._posts}: {answer}, not {expected}"
            price, certain = answer
            assert self._certain.get(question, price) == price, f"{question} changed at {now} after {self._posts}"
            assert certain or question not in self._certain, f"{question} is uncertain again at {now}"
            self.kept += question in self._certain
            if certain:
                self._certain[question] = price
        self.checks += len(asked)

    def _expected(self, question: Question, now: int) -> tuple[int, bool]:
        """What the view has to answer: the reference's price, and 0 for none."""
        price, certain = settlement_price(self._posts, *question, now)
        if not all(self._in_reach(end) for end in (question[0], question[0] - question[1] + 1)):
            price, certain = None, False
        assert payoff.settlement_price(self._posts, *question, now) == (price, certain), (question, now, self._posts)
        return price or 0, certain

    def _in_reach(self, end: int) -> bool:
        return any(day in self._posts for day in range(end, end - SEARCHED - 1, -1))
