"""Writes to SQLite get their turns in the order in which they came, and nobody is passed for ever."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from support.desk import sqlite

from otc_desk.db import engine
from otc_desk.db.engine import Database
from otc_desk.db.turns import Turns
from otc_desk.errors import NotNow

WRITERS = 12


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A file without tables."""
    with closing(Database(sqlite(tmp_path))) as found:
        yield found


def queued(turns: Turns, works: list[Callable[[], None]]) -> list[threading.Thread]:
    """A thread for each, started when all before it wait; the lock must be taken."""
    threads = [threading.Thread(target=each) for each in works]
    for number, each in enumerate(threads):
        each.start()
        while len(turns) <= number:
            assert each.is_alive()
    return threads


def test_writes_happen_in_the_order_in_which_they_came(database: Database) -> None:
    """A dozen wait for one write: each gets its turn behind those before it."""
    done: list[int] = []
    with database.writing():
        works = [lambda number=number: database.write(lambda _: done.append(number)) for number in range(WRITERS)]
        threads = queued(database.turns, works)
        assert done == []
    for each in threads:
        each.join(30)
    assert done == list(range(WRITERS))
    assert len(database.turns) == 0


def test_a_read_waits_for_no_turn(database: Database) -> None:
    """While a write is under way it is answered."""
    with database.writing(), database.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_a_write_without_a_turn_is_not_now(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told when its time is over; afterwards the same write is done."""
    done: list[str] = []
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)

    def late() -> None:
        with pytest.raises(NotNow, match="the database does not answer"):
            database.write(lambda _: done.append("too soon"))
        done.append("refused")

    with database.writing():
        thread = threading.Thread(target=late)
        thread.start()
        thread.join(30)
    assert done == ["refused"]
    database.write(lambda _: done.append("written"))
    assert done == ["refused", "written"]


def test_a_write_that_fails_gives_its_turn_on(database: Database) -> None:
    """What it raises is its own; the next is done."""
    with pytest.raises(ValueError, match="its own"), database.writing():
        raise ValueError("its own")
    assert database.write(lambda session: session.scalar(text("SELECT 1"))) == 1


def test_who_gave_up_is_passed_over() -> None:
    """The middle one of three has no patience: the first and the last get their turns."""
    turns, done = Turns(), list[str]()

    def wait(name: str, seconds: float) -> None:
        try:
            with turns.turn(seconds):
                done.append(name)
        except TimeoutError:
            done.append(f"{name} gave up")

    with turns.turn(0):
        first, last = queued(turns, [lambda: wait("first", 30), lambda: wait("last", 30)])
        wait("hasty", 0.01)
        assert (done, len(turns)) == (["hasty gave up"], 2)
    for each in (first, last):
        each.join(30)
    assert done == ["hasty gave up", "first", "last"]
