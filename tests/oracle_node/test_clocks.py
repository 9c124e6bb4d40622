"""Whose time counts: a publisher's wrong `Date` silences no node that reads pages of others too."""

import time
from email.utils import formatdate

import pytest
from support.nodes import MIDNIGHT

from oracle_node.clocks import http_date, skew
from oracle_node.fetch import Page, Unfetched
from oracle_node.observe import Fetched, publishers_times

HOUR = 3_600


@pytest.mark.parametrize(
    ("ahead", "found"),
    [
        ((), None),
        ((HOUR,), HOUR),
        ((-HOUR,), -HOUR),
        ((0, HOUR), 0),
        ((0, -HOUR), 0),
        ((1, -HOUR), 1),
        ((HOUR, HOUR + 1), HOUR),
        ((-HOUR, -HOUR - 1), -HOUR),
        ((0, 1, HOUR), 1),
        ((0, -1, -HOUR), -1),
        ((0, HOUR, HOUR), HOUR),
        ((0, 1, HOUR, HOUR), 1),
        ((0, -HOUR, -HOUR, -HOUR), -HOUR),
    ],
)
def test_a_majority_of_clocks_decides_the_nodes_own_among_them(ahead: tuple[int, ...], found: int | None) -> None:
    """One publisher of two or three that is an hour off decides nothing; alone it does, as does a majority."""
    assert skew(MIDNIGHT, [MIDNIGHT - each for each in ahead]) == found


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000", ""])
def test_a_date_without_a_zone_is_utc_on_any_machine(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-0000` names no zone: a machine in another one must not take it for its own."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert http_date(f"Wed, 15 Jul 2026 00:00:00 {zone}".rstrip()) == MIDNIGHT
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_host_has_one_vote_however_many_pages_it_has() -> None:
    """Two pages of a wrong host do not outvote a right one; a page that did not come, or tells no time, has none."""

    def told(date: int | None) -> Fetched:
        said = None if date is None else formatdate(date, usegmt=True)
        return Fetched(page=Page(body=b"", sha256="", date=said), at=MIDNIGHT - 10)

    pages = {
        "https://wrong.example/a": told(MIDNIGHT + HOUR - 10),
        "https://wrong.example/b": told(MIDNIGHT + HOUR - 10),
        "https://right.example/": told(MIDNIGHT - 10),
        "https://silent.example/": told(None),
        "https://down.example/": Fetched(page=Unfetched(why="down"), at=MIDNIGHT),
    }
    assert publishers_times(pages, MIDNIGHT) == (MIDNIGHT + HOUR, MIDNIGHT)
    assert skew(MIDNIGHT, publishers_times(pages, MIDNIGHT)) == 0
