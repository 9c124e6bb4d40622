"""A node's store: what it keeps comes back as it was, and what must never change cannot."""

import sqlite3
from dataclasses import fields, replace
from pathlib import Path

import pytest
from support.nodes import DAY, DOMAIN, GPT, LUNA, MIDNIGHT, PAGE, SIGNERS, report, write_settings

from ifx_sdk.errors import BadFile
from ifx_sdk.outcomes import Attempt, Confirmed, Dropped, FileJournal, Sent, Unknown
from oracle_node import readings as lines
from oracle_node import schema
from oracle_node.errors import BadSettings, BadStore, ForgottenBook, SecondReport
from oracle_node.observe import FailedReading, PageReading, Release
from oracle_node.settings import read_settings
from oracle_node.store import OpenAlert, Store, open_store

GOOD = PageReading(at=MIDNIGHT, price=8_000_000, underlying=GPT, page=PAGE, sha256="ab" * 32)
ALARM = replace(GOOD, at=MIDNIGHT + 1, price=1, alarm="8.00 USD/Mtok became 0.000001 USD/Mtok")
FAILED = FailedReading(at=MIDNIGHT, underlying=LUNA, page=PAGE, why="no answer: “é”")
REFUSED = replace(FAILED, why="a bot challenge", sha256="cd" * 32)
ATTEMPT = Attempt(
    tx_hash="0x" + "11" * 32,
    sender="0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    nonce=7,
    call="FixingOracle.post_many",
    to="0x5FbDB2315678afecb367f032d93F642f64180aa3",
    data_hash="0x" + "22" * 32,
    chain_id=31337,
    block=3,
    raw="0x02f8",
    max_fee=2**70,
    priority_fee=1,
)
NAMELESS = replace(ATTEMPT, tx_hash=None, nonce=8, raw=None, max_fee=None, priority_fee=None)


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A store of each kind."""
    return Store() if request.param == "memory" else Store(tmp_path / "node.db")


def confirmed(attempt: Attempt) -> Confirmed:
    """It was mined."""
    return Confirmed(
        tx_hash=attempt.tx_hash or "0x" + "33" * 32,
        attempt=attempt,
        block_number=4,
        gas_used=21_000,
        effective_gas_price=1,
        contract_address=None,
    )


# ------------------------------------------------------------------------------------------------------ readings


def test_readings_come_back_as_they_were(store: Store) -> None:
    """Prices, alarms and reasons, of one underlying or of all, oldest first; both ends of the time count."""
    store.add_readings([ALARM, GOOD, FAILED, REFUSED])
    assert store.readings(MIDNIGHT, MIDNIGHT + 1) == (GOOD, FAILED, REFUSED, ALARM)
    assert store.readings(MIDNIGHT, MIDNIGHT, LUNA) == (FAILED, REFUSED)
    assert store.readings(MIDNIGHT + 1, MIDNIGHT + 1) == (ALARM,)
    assert store.readings(0, MIDNIGHT - 1) == store.readings(MIDNIGHT, MIDNIGHT, "openai/none") == ()


def test_a_reading_given_twice_is_kept_once(store: Store) -> None:
    """Equal in every field it is the same one; of the same second in any field another, it is another."""
    store.add_readings([GOOD, FAILED, GOOD])
    store.add_readings([GOOD, FAILED])
    other = replace(GOOD, price=7_000_000)
    store.add_readings([other, replace(FAILED, sha256="ef" * 32)])
    assert store.readings(0, MIDNIGHT) == (GOOD, FAILED, other, replace(FAILED, sha256="ef" * 32))


def test_the_newest_prices_are_those_of_the_lines(store: Store) -> None:
    """By time and not by arrival, of the same second the one given last; what failed has none."""
    given = [replace(GOOD, at=MIDNIGHT + at, price=price) for at, price in ((5, 50), (9, 90), (9, 91), (2, 20))]
    given += [replace(GOOD, underlying="anthropic/a", price=3), replace(GOOD, underlying="z/z", price=0)]
    store.add_readings([*given, FAILED, replace(FAILED, underlying=GPT, at=MIDNIGHT + 99)])
    assert store.newest_prices() == lines.newest_prices(given) == {GPT: 91, "anthropic/a": 3, "z/z": 0}
    assert Store().newest_prices() == {}


def test_a_slot_is_kept_whole_or_not_at_all(store: Store) -> None:
    """One reading that cannot be stored takes the others of its slot with it, and says why."""
    with pytest.raises(BadStore, match="CHECK constraint failed"):
        store.add_readings([GOOD, replace(ALARM, price=2**40)])
    assert store.readings(0, MIDNIGHT + 1) == ()


def test_a_year_of_readings_costs_what_a_day_of_them_does(tmp_path: Path) -> None:
    """SQLite takes hardly more steps for a slot, a window and the newest prices behind 365 days than behind two."""
    names = [f"openai/model-{number}" for number in range(50)]

    def steps(days: int) -> int:
        store = Store(tmp_path / f"{days}.db")
        query = "INSERT INTO readings (at, underlying, page, sha256, price) VALUES (?, ?, ?, ?, ?)"
        rows = (
            (MIDNIGHT + day * 86_400 - at * 300, name, PAGE, "ab" * 32, 5)
            for day in range(365 - days, 365)
            for at in range(13)
            for name in names
        )
        with store.book._database.write() as connection:
            connection.executemany(query, rows)
        taken = 0

        def count() -> None:
            nonlocal taken
            taken += 1

        with store.book._database.write() as writer, store.book._database.read() as reader:
            for connection in (writer, reader):
                connection.set_progress_handler(count, 100)
        store.add_readings([replace(GOOD, at=MIDNIGHT + 365 * 86_400, underlying=name) for name in names])
        assert len(store.newest_prices()) == 50
        assert len(store.readings(MIDNIGHT + 364 * 86_400 - 3_600, MIDNIGHT + 364 * 86_400)) == 650
        store.close()
        return taken

    day, year = steps(2), steps(365)
    assert 0 < day <= year < 2 * day


# ---------------------------------------------------------------------------------------------- releases, alerts


def test_releases_are_kept_in_their_order_each_once(store: Store) -> None:
    """The operator's word counts for good, however often it is given."""
    first, second = Release(underlying=LUNA, price=1), Release(underlying=GPT, price=0)
    for at, release in enumerate((first, second, first)):
        store.release(release, at)
    assert store.releases() == (first, second)


def test_a_cause_begins_once_and_ends_once(store: Store) -> None:
    """One event when it begins and one when it ends; the same cause can begin again."""
    assert store.alerts.begin("no report", "openai/gpt-4.1", 5)
    assert not store.alerts.begin("no report", "another text", 6)
    assert store.alerts.begin("balance low", "3 postings", 7)
    assert store.alerts.open() == (
        OpenAlert(cause="no report", text="openai/gpt-4.1", since=5),
        OpenAlert(cause="balance low", text="3 postings", since=7),
    )
    assert store.alerts.end("no report", 8)
    assert not store.alerts.end("no report", 9)
    assert not store.alerts.end("never began", 9)
    assert store.alerts.begin("no report", "again", 10)
    assert [each.since for each in store.alerts.open()] == [7, 10]


def test_a_store_outlives_its_process(tmp_path: Path) -> None:
    """All that was told to one is what the next one knows."""
    path = tmp_path / "node.db"
    with Store(path) as store:
        store.add_readings([GOOD])
        store.release(Release(underlying=GPT, price=1), 0)
        store.journal.record(ATTEMPT)
        store.alerts.begin("cause", "text", 1)
    with Store(path) as later:
        assert later.readings(0, MIDNIGHT) == (GOOD,)
        assert later.newest_prices() == {GPT: 8_000_000}
        assert later.releases() == (Release(underlying=GPT, price=1),)
        assert later.journal.open_attempts() == (ATTEMPT,)
        assert not later.alerts.begin("cause", "text", 2)


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    """A reader that comes too late gets an error of ours; closing twice is closing."""
    store = Store(tmp_path / "node.db")
    store.open()
    store.close()
    store.close()
    with pytest.raises(BadStore, match="it is closed"):
        store.newest_prices()
    with pytest.raises(BadStore, match="it is closed"):
        store.add_readings([GOOD])


# ----------------------------------------------------------------------------------------------------- attempts


def test_an_attempt_stays_open_until_it_is_settled(store: Store) -> None:
    """Sent and unknown leave it open; confirmed and dropped close it, and only it. All of its fields come back."""
    journal = store.journal
    journal.record(ATTEMPT)
    journal.record(NAMELESS)
    journal.resolve(ATTEMPT, Sent(tx_hash="0x" + "11" * 32, attempt=ATTEMPT))
    journal.resolve(NAMELESS, Unknown(tx_hash=None, attempt=NAMELESS, why="lost"))
    assert journal.open_attempts() == (ATTEMPT, NAMELESS)
    journal.resolve(ATTEMPT, confirmed(ATTEMPT))
    assert journal.open_attempts() == (NAMELESS,)
    journal.resolve(NAMELESS, Dropped(tx_hash=None, attempt=NAMELESS, why="replaced"))
    assert journal.open_attempts() == ()
    assert journal.attempts() == (ATTEMPT, NAMELESS)
    assert all(getattr(ATTEMPT, each.name) is not None for each in fields(Attempt))


def test_replacements_of_one_nonce_are_kept_each(store: Store) -> None:
    """The one with the higher fee stands beside the first, and each has its own outcome."""
    journal, dearer = store.journal, replace(ATTEMPT, tx_hash="0x" + "44" * 32, max_fee=2**71)
    journal.record(ATTEMPT)
    journal.record(dearer)
    assert journal.open_attempts() == (ATTEMPT, dearer)
    journal.resolve(dearer, confirmed(dearer))
    assert journal.open_attempts() == (ATTEMPT,)


def test_an_attempt_recorded_again_is_open_again(store: Store) -> None:
    """A post that a reorganisation dropped is sent again under its own hash."""
    store.journal.record(ATTEMPT)
    store.journal.resolve(ATTEMPT, confirmed(ATTEMPT))
    store.journal.record(ATTEMPT)
    assert store.journal.open_attempts() == (ATTEMPT,)
    assert store.journal.attempts() == (ATTEMPT,)


def test_a_hash_that_the_node_told_later_is_read_back(store: Store) -> None:
    """A node-signed attempt learns its hash, and is settled under either name."""
    journal, learned = store.journal, Sent(tx_hash="0x" + "33" * 32, attempt=NAMELESS)
    known = replace(NAMELESS, tx_hash=learned.tx_hash)
    for name in (NAMELESS, known):
        journal.record(NAMELESS)
        journal.resolve(NAMELESS, learned)
        assert journal.open_attempts() == (known,)
        journal.resolve(name, confirmed(known))
        assert journal.open_attempts() == ()


def test_an_outcome_of_nothing_that_was_recorded_is_passed_over(store: Store) -> None:
    """As every journal does."""
    store.journal.resolve(ATTEMPT, confirmed(ATTEMPT))
    assert store.journal.attempts() == ()


def test_an_attempt_with_fields_that_are_not_known_is_refused(tmp_path: Path) -> None:
    """A newer node's transaction is not half read: what it holds open is still to be found."""
    path = tmp_path / "node.db"
    Store(path).journal.record(ATTEMPT)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE attempts SET attempt = replace(attempt, '\"call\"', '\"colour\"')")
    raw.close()
    with pytest.raises(BadStore, match="not an attempt that this node knows") as refused:
        Store(path).journal.open_attempts()
    assert "a newer one" in refused.value.cure


# ------------------------------------------------------------------------------------------- what never changes


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE reports SET report = replace(report, '8000000', '7000000')",
        "DELETE FROM reports",
        "INSERT OR REPLACE INTO reports (underlying, day, report) SELECT underlying, day, 'x' FROM reports",
        "INSERT OR IGNORE INTO reports (underlying, day, report) SELECT underlying, day, 'x' FROM reports",
        "INSERT OR REPLACE INTO reports (id, underlying, day, report) VALUES (1, 'a/b', 5, 'x')",
        "INSERT OR REPLACE INTO readings (id, at, underlying, page, why) VALUES (1, 5, 'a/b', 'p', 'w')",
        "INSERT OR REPLACE INTO releases (id, underlying, price, at) VALUES (1, 'a/b', 5, 5)",
        "UPDATE readings SET price = 7000000",
        "DELETE FROM readings",
        "UPDATE releases SET price = 7",
        "DELETE FROM releases",
        "DELETE FROM attempts",
        "DELETE FROM alerts",
        "INSERT INTO readings (at, underlying, page, sha256, price) VALUES (1, 'a/b', 'p', 's', 'cheap')",
        "INSERT INTO readings (at, underlying, page, price) VALUES (1, 'a/b', 'p', 8)",
    ],
)
def test_what_never_changes_cannot_be_changed(tmp_path: Path, change: str) -> None:
    """Not by another program with the file either: rows stay, columns hold their type, one report of a day."""
    path = tmp_path / "node.db"
    store = Store(path)
    store.add_readings([GOOD])
    store.release(Release(underlying=GPT, price=1), 0)
    store.journal.record(ATTEMPT)
    store.alerts.begin("cause", "text", 1)
    first = store.book.sign(SIGNERS[0], DOMAIN, underlying=GPT, day=DAY, price=8_000_000, evidence=bytes(32))
    raw = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match=r"never change|stay|reported already|constraint|cannot store"):
        raw.execute(change)
    raw.close()
    assert store.book.all() == (first,)
    assert store.readings(0, MIDNIGHT) == (GOOD,)


def test_every_table_is_strict(tmp_path: Path) -> None:
    """No text where an integer belongs, in any of them."""
    path = tmp_path / "node.db"
    Store(path).open()
    raw = sqlite3.connect(path)
    found = {name: strict for _, name, _, _, _, strict in raw.execute("PRAGMA table_list")}
    raw.close()
    own = {name: strict for name, strict in found.items() if not name.startswith("sqlite_")}
    assert own == dict.fromkeys(("readings", "reports", "releases", "attempts", "alerts"), 1)


# ----------------------------------------------------------------------------------------------- other versions


def test_an_older_store_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps that it lacks are made at its first use; what it held is there."""
    path = tmp_path / "node.db"
    with Store(path) as old:
        old.add_readings([GOOD])
    step = "CREATE TABLE more (a INTEGER) STRICT; INSERT INTO more VALUES (5);"
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, step))
    for _ in range(2):
        with Store(path) as store:
            assert store.readings(0, MIDNIGHT) == (GOOD,)
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT a FROM more").fetchall() == [(5,)]
    assert raw.execute("PRAGMA user_version").fetchone() == (2,)
    raw.close()


def test_a_step_that_fails_leaves_the_older_store_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it stays, and the older node still reads it."""
    path = tmp_path / "node.db"
    with Store(path) as old:
        old.add_readings([GOOD])
    with monkeypatch.context() as newer:
        newer.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE more (a); CREATE TABLE more (a);"))
        with pytest.raises(BadStore, match="more"):
            Store(path).open()
    with Store(path) as store:
        assert store.readings(0, MIDNIGHT) == (GOOD,)


def test_a_newer_nodes_store_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no way back: an older node does not write what it does not know."""
    path = tmp_path / "node.db"
    with monkeypatch.context() as newer:
        newer.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE more (a INTEGER) STRICT;"))
        Store(path).open()
    with pytest.raises(BadStore, match=r"of version 2, and this node knows 1") as refused:
        Store(path).open()
    assert "newer node" in refused.value.cure


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    """A node does not make its tables in somebody else's file."""
    path = tmp_path / "node.db"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE cookies (a)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(BadStore, match="a database of something else"):
        Store(path).open()
    assert path.read_bytes() == before


# -------------------------------------------------------------------------------- what an earlier version left


def old_node(folder: Path, *prices: int) -> Path:
    """A node's folder with an earlier version's book, a day for each price."""
    config = write_settings(folder)
    made = [report(0, price, day=DAY + number) for number, price in enumerate(prices)]
    (folder / "reports.jsonl").write_bytes(b"".join(each.canonical() + b"\n" for each in made))
    return config


def test_a_node_does_not_begin_anew_beside_its_old_book(tmp_path: Path) -> None:
    """It names the old book and the cure, and starts when the reports were taken over: then none is signed again."""
    settings = read_settings(old_node(tmp_path, 8_000_000, 7_000_000))
    old = tmp_path / "reports.jsonl"
    with pytest.raises(ForgottenBook, match=r"reports\.jsonl: it holds 2 reports") as refused:
        open_store(settings)
    assert f"ifx-oracle import-book {old}" in refused.value.cure
    with Store(tmp_path / "state" / "node.db") as store:
        assert store.import_book(old) == 2
        assert store.import_book(old) == 0
    with open_store(settings) as store:
        assert store.book.all() == (report(0), report(0, 7_000_000, day=DAY + 1))
        with pytest.raises(SecondReport):
            store.book.sign(SIGNERS[0], DOMAIN, underlying=GPT, day=DAY, price=1, evidence=bytes(32))


def test_what_was_cut_short_in_an_old_book_was_never_released(tmp_path: Path) -> None:
    """Its last line without an end is left out; a damaged one before it is refused with its number."""
    config, old = old_node(tmp_path, 8_000_000), tmp_path / "reports.jsonl"
    whole = old.read_bytes()
    old.write_bytes(whole + b'{"day":20650,"pri')
    with open_store_after_import(config, old) as store:
        assert store.book.all() == (report(0),)
    old.write_bytes(whole + b"no report\n")
    with pytest.raises(BadFile, match=r"reports\.jsonl:2: not a report book"):
        open_store(read_settings(config))
    with pytest.raises(BadFile, match="cannot be read"):
        Store().import_book(tmp_path)


def open_store_after_import(config: Path, old: Path) -> Store:
    """The store of a node that took its old book over."""
    folder = config.parent / "state"
    folder.mkdir()
    with Store(folder / "node.db") as store:
        store.import_book(old)
    return open_store(read_settings(config))


def test_an_old_book_with_another_price_is_not_taken_over(tmp_path: Path) -> None:
    """All of it or nothing: two prices of a day cannot both be this node's."""
    old_node(tmp_path, 8_000_000, 7_000_000)
    store = Store()
    store.book.sign(SIGNERS[0], DOMAIN, underlying=GPT, day=DAY + 1, price=1, evidence=bytes(32))
    with pytest.raises(SecondReport):
        store.import_book(tmp_path / "reports.jsonl")
    assert store.book.get(GPT, DAY) is None


def test_a_node_does_not_forget_an_old_open_transaction(tmp_path: Path) -> None:
    """It starts once the old journal holds nothing open."""
    settings, old = read_settings(write_settings(tmp_path)), FileJournal(tmp_path / "transactions.jsonl")
    old.record(ATTEMPT)
    with pytest.raises(ForgottenBook, match="1 transactions") as refused:
        open_store(settings)
    assert f"ifx reconcile --journal {old.path}" in refused.value.cure
    old.resolve(ATTEMPT, confirmed(ATTEMPT))
    open_store(settings).close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[key]", 'reports = "book.jsonl"\n[key]'), "reports: no such key; .*ifx-oracle import-book"),
        (("[chain]", '[chain]\njournal = "t.jsonl"'), "chain.journal: no such key; .*ifx reconcile"),
    ],
)
def test_a_key_of_an_earlier_version_tells_what_to_do_first(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    """Who only deletes it would begin an empty book."""
    path = write_settings(tmp_path)
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(BadSettings, match=said):
        read_settings(path)
