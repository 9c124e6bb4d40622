"""Replay: every archived window comes out of the raw bytes as it was signed, or is named."""

import json
from pathlib import Path

import pytest
from support.evidence import a_day, files, rewrite, window
from support.nodes import DAY, GPT, LUNA, PAGE, asked, page
from typer.testing import CliRunner

from ifx_sdk.calendar import date_of
from ifx_sdk.evidence import manifest as evidence
from ifx_sdk.evidence.window import Ask, asks_of
from oracle_node import recompute
from oracle_node.archive import Archive
from oracle_node.cli import app
from oracle_node.observe import PageReading
from oracle_node.recompute import PageReader
from oracle_node.replay import Replayed, replay, replay_in
from oracle_node.window import fix_window


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Three days of one node."""
    found = Archive(tmp_path / "archive")
    for day in range(3):
        window(found, day=DAY + day)
    return found


def run(archive: Archive) -> Replayed:
    """Replay every day."""
    return replay(archive, archive.days())


def test_every_window_comes_out_as_it_was(archive: Archive) -> None:
    """Three windows of thirteen prices on two pages, each read from the disk once."""
    found = run(archive)
    assert found == Replayed(days=3, windows=3, others=0, prices=39, pages=2, faults=())
    assert found.holds


def test_peers_windows_are_replayed_too(tmp_path: Path) -> None:
    """Whosever manifest is here with its pages."""
    everything = Archive(tmp_path / "all")
    a_day(everything, everything)
    assert (run(everything).windows, run(everything).holds) == (3, True)


def test_a_page_is_parsed_once_for_a_model_and_day(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirteen slots on two pages are two readings a model and date, however many windows rest on them."""
    parsed: list[tuple[str, object]] = []
    read = recompute.read_again

    def counting(provider: str, data: bytes, model: str, on: object) -> object:
        parsed.append((model, on))
        return read(provider, data, model, on)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(recompute, "read_again", counting)
    window(archive, lead=31)
    window(archive, lead=32)
    assert run(archive).windows == 5
    # Read 30 s before its time, the last slot too lies on the day before: one date a window.
    assert len(parsed) == len(set(parsed)) * 2 == 6


def test_a_slot_at_midnight_is_read_for_its_own_day(tmp_path: Path) -> None:
    """A page that is dated changes its price at 00:00 UTC: the last slot's date is the new day's."""
    archive = Archive(tmp_path / "archive")
    window(archive, lead=0)
    asks = [
        ask for root in archive.manifests(DAY) for ask in asks_of(evidence.read_manifest(archive.manifest(root), "x"))
    ]
    assert sorted({ask.on.isoformat() for ask in asks}) == ["2026-07-14", "2026-07-15"]
    assert run(archive).holds


def test_two_models_on_one_page_are_replayed(tmp_path: Path) -> None:
    """Each with its own window on the same bytes."""
    archive = Archive(tmp_path / "archive")
    result = window(archive)
    manifest = evidence.read_manifest(result.manifest, "x")
    luna = next(each for each in asked() if each.name == LUNA)
    readings = [
        PageReading(at=each.at, price=6_000_000, underlying=LUNA, page=PAGE, sha256=each.sha256)
        for each in manifest.slots
        if each is not None
    ]
    archive.add_manifest(fix_window(readings, luna, DAY).manifest)
    found = run(archive)
    assert (found.windows, found.pages, found.holds) == (2, 2, True)


def test_a_window_without_enough_slots_is_replayed(tmp_path: Path) -> None:
    """A manifest without a price is one too: too few slots stay too few."""
    archive = Archive(tmp_path / "archive")
    full = evidence.read_manifest(window(archive).manifest, "x")
    few = [
        PageReading(at=each.at, price=each.price, underlying=GPT, page=PAGE, sha256=each.sha256)
        for each in full.slots[:6]
        if each is not None
    ]
    archive.add_manifest(fix_window(few, asked()[0], DAY).manifest)
    assert run(archive).holds


def test_a_price_that_the_page_does_not_give_is_named(archive: Archive) -> None:
    """With its underlying, day, slot and file; the other days still count."""
    fake = window(archive, pages=[page(gpt="8.50")] * 13, price=8_000_000)
    found = run(archive)
    assert (found.holds, found.windows, found.wrong) == (False, 4, 13)
    where, fault = found.faults[0]
    assert where == f"{GPT} 2026-07-15"
    assert (fault.what, fault.expected, fault.found) == ("slot 23:00", "8000000 for gpt-4.1", "8500000")
    manifest = evidence.read_manifest(fake.manifest, "x")
    slot = manifest.slots[0]
    assert slot is not None
    assert fault.file == str(archive.page_path(slot.sha256))


def test_every_damaged_or_missing_file_is_named(archive: Archive) -> None:
    """A byte in a manifest or in a page is a mismatch; a page that is gone is not here."""
    for path in files(archive):
        data = path.read_bytes()
        for at in range(0, len(data), max(1, len(data) // 25)):
            rewrite(path, data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
            found = run(archive)
            assert str(path) in {fault.file for _, fault in found.faults if not fault.absent}
        if "pages" in path.parts:
            path.unlink()
            found = run(archive)
            assert (found.holds, found.wrong) == (False, 0)
            assert {fault.file for _, fault in found.faults} == {str(path)}
            path.write_bytes(data)
        else:
            rewrite(path, data)
    assert run(archive).holds


def test_a_manifest_in_another_days_folder_is_named(archive: Archive) -> None:
    """A right hash in a wrong place: the day inside decides."""
    path = archive.manifest_path(archive.manifests(DAY)[0], DAY)
    moved = archive.manifest_path(bytes.fromhex(path.stem), DAY + 1)
    moved.write_bytes(path.read_bytes())
    assert ("day", str(DAY + 1), str(DAY)) in {
        (fault.what, fault.expected, fault.found) for _, fault in run(archive).faults
    }


def test_index_values_are_left_to_the_index(archive: Archive) -> None:
    """They have no pages here, and are counted apart."""
    archive.add_manifest(evidence.canonical_json({"format": "ifx-index-1", "underlying": "index/x", "day": DAY}))
    found = run(archive)
    assert (found.windows, found.others, found.holds) == (3, 1, True)


def test_few_pages_are_held_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year of pages that change at every slot needs no more memory than a few of them."""
    archive = Archive(tmp_path / "archive")
    for day in range(3):
        window(archive, day=DAY + day, pages=[f"{page()}<!-- {day} {slot} -->" for slot in range(13)])
    monkeypatch.setattr(recompute, "_BODIES", 2)
    monkeypatch.setattr(recompute, "_PRICES", 5)
    found = run(archive)
    assert (found.pages, found.prices, found.holds) == (39, 39, True)
    reader = PageReader(archive)
    slot = evidence.read_manifest(archive.manifest(archive.manifests(DAY)[0]), "x").slots[0]
    assert slot is not None
    ask = Ask(slot.sha256, "openai", "gpt-4.1", date_of(DAY))
    assert reader.read([ask, ask])[ask].price == 8_000_000
    assert reader.pages_read == 1


def test_several_processes_find_the_same(archive: Archive) -> None:
    """Each takes runs of days; what they find stands in the days' order."""
    for day in range(3):
        window(archive, day=DAY + day, pages=[page(gpt="8.50")] * 13, price=8_000_000)
    heard: list[int] = []
    alone, shared = run(archive), replay_in(archive, archive.days(), 2, heard.append)
    assert (shared.windows, shared.prices, shared.faults) == (alone.windows, alone.prices, alone.faults)
    assert len(shared.faults) == 39
    assert heard == [DAY, DAY + 1, DAY + 2]


# ---------------------------------------------------------------------------------------------- the command


def invoke(*arguments: object) -> tuple[int, str, str]:
    """Run the command as a shell would."""
    result = CliRunner().invoke(app, ["replay", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_replays_a_span_of_days(archive: Archive) -> None:
    """All days, or those from and to; exit 0."""
    code, out, _ = invoke("--archive", archive.folder)
    assert (code, out) == (
        0,
        "PASS: 3 windows of 3 days (2026-07-15 to 2026-07-17), 39 prices, 2 pages: every window comes out as it was\n",
    )
    code, out, _ = invoke("--archive", archive.folder, "--from", "2026-07-16", "--to", "2026-07-16", "--json")
    assert code == 0
    assert json.loads(out, parse_float=str) == {
        "days": 1,
        "windows": 1,
        "others": 0,
        "prices": 13,
        "pages": 2,
        "holds": True,
        "faults": [],
    }


def test_the_command_names_what_does_not_hold(archive: Archive) -> None:
    """Exit 1, a line each, in JSON too."""
    path = next(each for each in files(archive) if "manifests" in each.parts)
    rewrite(path, b"{}")
    code, out, _ = invoke("--archive", archive.folder)
    assert code == 1
    assert f"WRONG: 2026-07-15, manifest: {path}: expected the file as it was archived, found its SHA-256" in out
    assert out.splitlines()[-1].endswith(": 1 do not match, 0 are not here")
    code, out, _ = invoke("--archive", archive.folder, "--json")
    told = json.loads(out, parse_float=str)
    assert (code, told["holds"], told["faults"][0]["file"]) == (1, False, str(path))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--from", "2027-01-01"), "no day in it is archived"), (("--to", "1.1.2027"), "YYYY-MM-DD")],
)
def test_a_bad_call_is_one_line_on_stderr(archive: Archive, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2, the reason and the cure; so for a folder that is none."""
    code, out, err = invoke("--archive", archive.folder, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert invoke("--archive", archive.folder / "none")[0] == 2
