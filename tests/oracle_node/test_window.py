"""A window: thirteen slots in order, a median of at least seven, and evidence that anyone can recompute."""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from support.nodes import DAY, GPT, LUNA, MIDNIGHT, PAGE, ToldClock, asked, page
from support.processes import waiting

from ifx_sdk.errors import BadFile
from ifx_sdk.evidence import manifest as evidence
from ifx_sdk.evidence.median import WindowStatus
from oracle_node.errors import BadReadings
from oracle_node.observe import FailedReading, Observer, PageReading
from oracle_node.readings import append_readings, newest_prices, read_readings, read_readings_file, reading_to_json
from oracle_node.window import day_being_fixed, fix_window, observe_window

SHA = "ab" * 32
ASKED = asked()[0]


def reading(at: int, price: int, underlying: str = GPT) -> PageReading:
    """One good reading."""
    return PageReading(at=at, price=price, underlying=underlying, page=PAGE, sha256=SHA)


def slots(*prices: int) -> list[PageReading]:
    """Readings of the first slots of the window, each exactly at its time."""
    return [reading(MIDNIGHT - 3_600 + 300 * index, price) for index, price in enumerate(prices)]


def watching(prices: list[str]) -> Observer:
    """An observer whose page shows the next price at every request."""
    pages = iter(prices)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=page(gpt=next(pages))))
    return Observer(httpx.Client(transport=transport), asked())


def test_a_window_has_thirteen_slots_that_end_at_midnight() -> None:
    """Each slot is read once, at its time, the last one at 00:00:00."""
    clock = ToldClock(MIDNIGHT - 7_200)
    seen = list(observe_window(watching(["8.00"] * 13), DAY, clock))
    assert clock.waited == [MIDNIGHT - 3_600 + 300 * index for index in range(13)]
    assert [each[0].at for each in seen] == clock.waited
    assert all(len(each) == 2 for each in seen)


def test_a_lead_reads_before_the_slot() -> None:
    """With a lead the page has arrived when the slot's time comes, and the reading still belongs to the slot."""
    clock = ToldClock(MIDNIGHT - 7_200)
    seen = [each[0] for each in observe_window(watching(["8.00"] * 13), DAY, clock, lead_seconds=30)]
    assert seen[-1].at == MIDNIGHT - 30
    assert fix_window(seen, ASKED, DAY).fixing.n_valid == 13


def test_slots_that_are_past_are_not_read() -> None:
    """A node that starts in the middle of the window reads what is left of it, nothing for a time that is over."""
    clock = ToldClock(MIDNIGHT - 1_000)
    assert len(list(observe_window(watching(["8.00"] * 13), DAY, clock))) == 4


@pytest.mark.parametrize(("late", "read"), [(0, 13), (1, 12), (3_599, 1), (3_600, 1), (3_601, 0)])
def test_a_slot_is_read_at_exactly_its_time_and_no_later(late: int, read: int) -> None:
    """In the second of its time a slot is still open, one second later it is over."""
    clock = ToldClock(MIDNIGHT - 3_600 + late)
    assert len(list(observe_window(watching(["8.00"] * 13), DAY, clock))) == read


@pytest.mark.parametrize(
    ("now", "day"), [(MIDNIGHT, DAY), (MIDNIGHT + 1, DAY + 1), (MIDNIGHT - 1, DAY), (MIDNIGHT - 86_399, DAY)]
)
def test_a_window_fixes_the_day_that_begins_at_its_end(now: int, day: int) -> None:
    """From one second after midnight on the next day's window is meant."""
    assert day_being_fixed(now) == day


def test_a_change_in_the_last_slot_is_the_next_days_fixing() -> None:
    """A price that changes at 00:00:00 stands in one of thirteen slots: the median is the old one."""
    clock = ToldClock(MIDNIGHT - 7_200)
    seen = [each for slot in observe_window(watching(["6.00"] * 12 + ["1.20"]), DAY, clock) for each in slot]
    assert fix_window(seen, ASKED, DAY).price == 6_000_000


def test_seven_slots_make_a_median_and_six_do_not() -> None:
    """The least number of valid slots is seven."""
    enough, few = fix_window(slots(*[5] * 7), ASKED, DAY), fix_window(slots(*[5] * 6), ASKED, DAY)
    assert (enough.price, enough.fixing.status) == (5, WindowStatus.OK)
    assert (few.price, few.fixing.status, few.fixing.n_valid) == (None, WindowStatus.INSUFFICIENT, 6)


def test_readings_of_other_windows_and_underlyings_do_not_count() -> None:
    """One file can hold many days and models: each window takes its own."""
    others = [reading(each.at - 86_400, 9) for each in slots(*[5] * 13)]
    others += [reading(each.at, 9, LUNA) for each in slots(*[5] * 13)]
    failed = [FailedReading(at=MIDNIGHT, underlying=GPT, page=PAGE, why="status 503")]
    assert fix_window([*others, *failed, *slots(*[5] * 7)], ASKED, DAY).price == 5


def test_the_manifest_names_every_slot() -> None:
    """Page, hash, price and time of each slot, null where there is none, and the median over them."""
    result = fix_window(slots(1, 2, 3, 4, 5, 6, 7), ASKED, DAY)
    found = json.loads(result.manifest, parse_float=str)
    assert found["slots"][0] == {
        "slot": MIDNIGHT - 3_600,
        "at": MIDNIGHT - 3_600,
        "page": PAGE,
        "sha256": SHA,
        "price": 1,
    }
    assert found["slots"][7:] == [None] * 6
    assert {key: found[key] for key in found if key != "slots"} == {
        "format": "ifx-window-2",
        "underlying": GPT,
        "provider": "openai",
        "model": "gpt-4.1",
        "reader": f"ifx {version('ifx')}",
        "day": DAY,
        "window_end": MIDNIGHT,
        "valid": 7,
        "price": 4,
    }


def test_the_evidence_is_the_hash_of_the_manifests_bytes() -> None:
    """`sha256sum` on the published file gives what stands in the report."""
    result = fix_window(slots(*[5] * 13), ASKED, DAY)
    assert result.evidence == hashlib.sha256(result.manifest).digest() == evidence.root(result.manifest)
    assert result.manifest == evidence.canonical_json(json.loads(result.manifest, parse_float=str))


def test_other_readings_are_other_evidence() -> None:
    """Every figure that decides is in the root."""
    roots = {fix_window(slots(*prices), ASKED, DAY).evidence for prices in ([5] * 7, [5] * 8, [5] * 6 + [6])}
    assert len(roots) == 3


def test_readings_come_back_from_their_lines(tmp_path) -> None:  # type: ignore[no-untyped-def]  # pytest's own fixture
    """What `observe` appends is what `fix` reads."""
    path = tmp_path / "readings.jsonl"
    failed = FailedReading(at=MIDNIGHT - 300, underlying=GPT, page=PAGE, why="status 503", sha256=None)
    alarmed = PageReading(at=MIDNIGHT, price=5, underlying=GPT, page=PAGE, sha256=SHA, alarm="6 became 5")
    append_readings(path, [failed])
    append_readings(path, [alarmed])
    assert read_readings_file(path) == (failed, alarmed)
    assert newest_prices(read_readings_file(path)) == {GPT: 5}


def test_a_line_cut_short_by_a_crash_is_left_out_and_cut_off(tmp_path) -> None:  # type: ignore[no-untyped-def]  # as above
    """The readings before it stand, and the next append does not glue onto it."""
    path = tmp_path / "readings.jsonl"
    append_readings(path, slots(5))
    with path.open("ab") as file:
        file.write(b'{"at": 17')
    assert read_readings_file(path) == tuple(slots(5))
    append_readings(path, [reading(MIDNIGHT, 6)])
    assert read_readings_file(path) == (*slots(5), reading(MIDNIGHT, 6))


GOOD = reading_to_json(reading(MIDNIGHT, 5))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"price": -1}, "'price'"),
        ({"price": 1.5}, "'price'"),
        ({"price": True}, "'price'"),
        ({"price": 2**40}, "'price'"),
        ({"at": "now"}, "'at'"),
        ({"underlying": "GPT"}, "'underlying'"),
        ({"sha256": "ab"}, "'sha256'"),
        ({"sha256": None}, "'sha256'"),
        ({"page": 5}, "'page'"),
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"price": None}, "'why'"),
    ],
)
def test_a_bad_reading_is_refused_with_its_line(change: dict[str, object], why: str) -> None:
    """The file, the line and the key are named."""
    text = json.dumps(GOOD) + "\n" + json.dumps(GOOD | change) + "\n"
    with pytest.raises(BadReadings, match=why) as refused:
        read_readings(text, "day.jsonl")
    assert refused.value.path == "day.jsonl:2"
    assert isinstance(refused.value, BadFile)


@pytest.mark.parametrize("line", ["[]", "5", "{", "\udcff", '{"at": 1, "at": 2}'])
def test_a_line_that_is_no_reading_is_refused(line: str) -> None:
    """Whatever stands in the line, the answer is the error that names it."""
    with pytest.raises(BadReadings):
        read_readings(line.encode(errors="surrogateescape") + b"\n", "day.jsonl")


SECOND_WRITER = """
from pathlib import Path
from oracle_node.observe import PageReading
from oracle_node.readings import append_readings
made = PageReading(at={at}, price=2, underlying={name!r}, page={page!r}, sha256={sha!r})
print("ready", flush=True)
append_readings(Path({path!r}), [made])
"""


def test_a_second_writer_waits_and_cuts_off_no_line(tmp_path: Path) -> None:
    """A line that another process is still writing is no crash's rest: both readings stand in the end."""
    path = tmp_path / "readings.jsonl"
    first, second = reading(MIDNIGHT - 300, 1), reading(MIDNIGHT, 2)
    line = evidence.canonical_json(reading_to_json(first)) + b"\n"
    code = SECOND_WRITER.format(at=MIDNIGHT, name=GPT, page=PAGE, sha=SHA, path=str(path))
    with waiting(path, code) as (held, _):
        held.write(line[:20])
        held.flush()
        held.write(line[20:])
    assert read_readings_file(path) == (first, second)


def test_readings_are_on_disk_when_appending_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window's slots outlive a power cut: the whole lines are handed to the disk."""
    path, synced = tmp_path / "readings.jsonl", []
    monkeypatch.setattr("os.fsync", lambda _: synced.append(path.read_bytes()))
    append_readings(path, slots(5, 6))
    assert synced == [path.read_bytes()]
    assert synced[0].count(b"\n") == 2
