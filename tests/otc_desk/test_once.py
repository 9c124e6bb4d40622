"""A write happens once: under the same key twenty times at once, across a crash before and behind the commit."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from support.tree import ROOT

from otc_desk import events
from otc_desk.db.engine import Database
from otc_desk.db.tables import Event, IdempotentAnswer
from otc_desk.errors import BadRequest, KeyReused, WrongState
from otc_desk.once import KEEP_SECONDS, Work, Written, once

NOW = 1_784_073_600
KEY = "a-key-of-a-client"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty one of each kind."""
    with closing(Database(database_url)) as found:
        yield found


def recording(session: Session) -> Written:
    """The effect: one more event."""
    row = events.record(session, at=NOW, actor="desk", object="request", object_id="R", what="made")
    return Written(status=201, body={"seq": row.seq})


def ask(
    database: Database, *, account: str = "0x1", key: str | None = KEY, body: bytes = b"", now: int = NOW, **more: str
) -> Callable[[Work], Written]:
    """A request under a key."""
    given = {"method": "POST", "path": "/api/requests"} | more
    return lambda work: once(database, account=account, key=key, body=body, now=now, work=work, **given)


def effects(database: Database) -> int:
    """How often it happened."""
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0


def test_twenty_at_once_under_one_key_have_one_effect_and_one_answer(database: Database) -> None:
    """All of them are answered alike, one as the first and nineteen as repeated."""
    together = threading.Barrier(20)

    def one(_: int) -> Written:
        together.wait()
        return ask(database)(recording)

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(one, range(20)))
    assert {(each.status, each.body["seq"]) for each in found} == {(201, 1)}
    assert sorted(each.repeated for each in found) == [False] + [True] * 19
    assert effects(database) == 1


def test_twenty_at_once_under_their_own_keys_have_twenty_effects_in_one_order(database: Database) -> None:
    """The trail has no gap and no fork."""

    def one(number: int) -> object:
        return ask(database, key=f"key-number-{number}")(recording).body["seq"]

    with ThreadPoolExecutor(20) as pool:
        found = sorted(pool.map(one, range(20)), key=str)
    assert {int(str(each)) for each in found} == set(range(1, 21))
    with database.reading() as session:
        assert list(events.verify(session)) == []


def test_a_key_is_good_for_one_request_of_one_account(database: Database) -> None:
    """Another body, path or method under it is refused; another account has keys of its own."""
    ask(database)(recording)
    for more in ({"path": "/api/other"}, {"method": "PUT"}):
        with pytest.raises(KeyReused):
            ask(database, **more)(recording)
    with pytest.raises(KeyReused):
        ask(database, body=b"other")(recording)
    assert effects(database) == 1
    assert ask(database, account="0x2", body=b"other")(recording).repeated is False
    assert effects(database) == 2


@pytest.mark.parametrize("key", [None, "", "short", "a" * 65, "with space", "käsekuchen", "a\nbcdefgh", "١٢٣٤٥٦٧٨٩"])
def test_a_key_that_is_none_is_refused(database: Database, key: str | None) -> None:
    """Nothing is done without a key of 8 to 64 letters, digits, - and _."""
    with pytest.raises(BadRequest):
        ask(database, key=key)(recording)
    assert effects(database) == 0
    for good in ("a" * 8, "Z_-9" * 16):
        assert ask(database, key=good)(recording).status == 201


def test_what_is_refused_leaves_nothing_and_can_be_tried_again(database: Database) -> None:
    """A refusal is no answer that is kept: neither the effect nor the key is there."""

    def refused(session: Session) -> Written:
        recording(session)
        raise WrongState("it", "over", "Ask for another.")

    with pytest.raises(WrongState):
        ask(database)(refused)
    assert effects(database) == 0
    assert ask(database)(recording).repeated is False
    assert effects(database) == 1


def test_an_answer_is_kept_for_a_week(database: Database) -> None:
    """Behind that the key is as good as new; before it the answer stands, whatever else is written."""
    ask(database)(recording)
    ask(database, key="another-key", now=NOW + KEEP_SECONDS)(recording)
    assert ask(database, now=NOW + KEEP_SECONDS)(recording).repeated is True
    ask(database, key="one-more-key", now=NOW + KEEP_SECONDS + 1)(recording)
    with database.reading() as session:
        assert sorted(session.scalars(select(IdempotentAnswer.key))) == ["another-key", "one-more-key"]


CRASH = """
sys.path[:0] = ['tests', 'tests/otc_desk']
import os, signal
from otc_desk.db.engine import Database
from test_once import ask, recording

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

database = Database(sys.argv[1])
if sys.argv[2] == "before":
    def dying(session):
        recording(session)
        session.flush()
        die()
    ask(database)(dying)
else:
    ask(database)(recording)
    die()
"""


@pytest.mark.parametrize("when", ["before", "behind"])
def test_a_crash_leaves_the_write_and_its_answer_or_neither(database: Database, database_url: str, when: str) -> None:
    """Killed before the commit: nothing is there. Killed behind it, unanswered: the repeated request is answered."""
    command = [sys.executable, "-c", f"import sys\n{CRASH}", database_url, when]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert killed.returncode == -9, killed.stderr.decode()
    assert effects(database) == (0 if when == "before" else 1)
    again = ask(database)(recording)
    assert (again.status, again.body, again.repeated) == (201, {"seq": 1}, when == "behind")
    assert effects(database) == 1
