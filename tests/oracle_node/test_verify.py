"""Verification: PASS down to the raw bytes, or the step, the file, what was expected and what is there."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from support.evidence import (
    a_day,
    absent,
    archive_handler,
    files,
    fixing_of,
    posted_with,
    rewrite,
    signed,
    verify,
    window,
    wrong,
)
from support.nodes import DAY, GPT, LUNA, MIDNIGHT, SIGNERS, page

from ifx_sdk.evidence import manifest as evidence
from oracle_node.archive import Archive
from oracle_node.mirror import Mirror
from oracle_node.serving import serving
from oracle_node.verify import Mark, Verdict, Verifier


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """The first of three nodes' archive after a day."""
    found = Archive(tmp_path / "archive")
    a_day(found, Archive(tmp_path / "elsewhere"))
    return found


@pytest.fixture
def elsewhere(tmp_path: Path, archive: Archive) -> Archive:
    """The archive of the other two: their manifests, and the pages."""
    return Archive(tmp_path / "elsewhere")


# -------------------- pass


def test_a_whole_day_passes(archive: Archive) -> None:
    """Every step is told; the peers' evidence is not here, and does not fail."""
    found = verify(archive)
    assert (found.verdict, found.price, found.whole) == (Verdict.PASS, 8_000_000, 1)
    assert [each.what for each in found.steps if each.mark is Mark.OK][:6] == [
        "fixing",
        "transaction",
        "signature 1",
        "signature 2",
        "signature 3",
        "quorum",
    ]
    assert wrong(found) == []
    assert [each.text for each in absent(found)] == [
        f"the evidence of {SIGNERS[node].address} is not here: "
        f"fetch it from the /archive of {SIGNERS[node].address} with --from"
        for node in (1, 2)
    ]


def test_a_known_peers_archive_is_named(archive: Archive) -> None:
    """Where the settings name its address, the line says where to fetch it from."""
    found = verify(archive, peers={SIGNERS[1].address: "http://two.example/"})
    assert "fetch it from http://two.example/archive with --from" in absent(found)[0].text


def test_strict_fails_where_evidence_is_not_here(archive: Archive, elsewhere: Archive) -> None:
    """And passes where all three nodes' evidence is."""
    assert verify(archive, strict=True).verdict is Verdict.FAIL
    with serving(archive_handler(elsewhere)) as url, httpx.Client() as client:
        assert Mirror(archive, client, (url,)).fill(GPT, DAY) == ()
    found = verify(archive, strict=True)
    assert (found.verdict, found.whole) == (Verdict.PASS, 3)


def test_no_evidence_proves_nothing(archive: Archive) -> None:
    """A quorum's signatures without a single node's evidence are NOT PROVEN, and so is a day without a fixing."""
    for path in files(archive):
        if "manifests" in path.parts:
            path.unlink()
    found = verify(archive)
    assert (found.verdict, wrong(found)) == (Verdict.NOT_PROVEN, [])
    nothing = Verifier(archive).day(GPT, DAY + 1)
    assert (nothing.verdict, nothing.price) == (Verdict.NOT_PROVEN, None)
    assert "no fixing of openai/gpt-4.1 of 2026-07-16 is archived" in nothing.steps[0].text


def test_six_empty_slots_pass_and_seven_do_not(tmp_path: Path) -> None:
    """What a node did not see is its own affair as long as seven slots hold."""

    def emptied(count: int) -> Callable[[dict[str, object]], None]:
        def change(document: dict[str, object]) -> None:
            slots = document["slots"]
            assert isinstance(slots, list)
            slots[:count] = [None] * count
            document["valid"] = 13 - count

        return change

    assert verify(posted_with(tmp_path / "6", emptied(6))).verdict is Verdict.PASS
    found = verify(posted_with(tmp_path / "7", emptied(7)))
    assert {(each.what.partition(": ")[2], each.expected, each.found) for each in wrong(found)} == {
        ("median", "None", "8000000")
    }


# -------------------- the manifest


def _slot(place: int, **fields: object) -> Callable[[dict[str, object]], None]:
    def change(document: dict[str, object]) -> None:
        slots = document["slots"]
        assert isinstance(slots, list)
        slots[place] |= fields

    return change


def _field(**fields: object) -> Callable[[dict[str, object]], None]:
    return lambda document: document.update(fields)


FIRST = MIDNIGHT - 3_600


@pytest.mark.parametrize(
    ("change", "what", "expected", "found"),
    [
        (_slot(0, price=9_000_000), "slot 23:00", "9000000 for gpt-4.1", "8000000"),
        (_slot(3, at=FIRST + 600), "slot 23:15", "later than 23:10 and by 23:15", str(FIRST + 600)),
        (_slot(3, at=FIRST + 901), "slot 23:15", "later than 23:10 and by 23:15", str(FIRST + 901)),
        (_slot(3, slot=FIRST + 600), "time of slot 23:15", str(FIRST + 900), str(FIRST + 600)),
        (_field(window_end=MIDNIGHT + 86_400), "window's end", str(MIDNIGHT), str(MIDNIGHT + 86_400)),
        (_field(price=8_000_001), "median", "8000000", "8000001"),
        (_field(valid=12), "valid slots", "13", "12"),
        (_field(underlying=LUNA), "underlying", GPT, LUNA),
        (_field(model="gpt-5.6-luna"), "slot 23:00", "8000000 for gpt-5.6-luna", "6000000"),
        (_field(model="gpt-9"), "slot 23:00", "8000000 for gpt-9", "names this model"),
        (_field(provider="anthropic"), "slot 23:00", "8000000 for gpt-4.1", "another provider"),
        (_field(provider="nobody"), "slot 23:00", "8000000 for gpt-4.1", "no page family 'nobody'"),
        (_field(slots=[]), "number of slots", "13", "0"),
    ],
)
def test_a_manifest_that_lies_is_told(
    tmp_path: Path, change: Callable[[dict[str, object]], None], what: str, expected: str, found: str
) -> None:
    """Signed by a quorum, every hash right, and still: what it says does not come out of the pages."""
    result = verify(posted_with(tmp_path, change))
    assert result.verdict is Verdict.FAIL
    first = wrong(result)[0]
    assert first.what.partition(": ")[2] == what
    assert first.expected is not None
    assert expected in first.expected
    assert first.found is not None
    assert found in first.found
    assert first.file is not None
    assert Path(first.file).is_file()


@pytest.mark.parametrize("at", [FIRST + 601, FIRST + 900])
def test_the_five_minutes_of_a_slot_end_with_its_time(tmp_path: Path, at: int) -> None:
    """The first and the last second that belong to 23:15; one earlier or later is refused above."""
    assert verify(posted_with(tmp_path, _slot(3, at=at))).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_field(format="ifx-window-1"), "no manifest of the format"),
        (_field(colour="red"), "the unknown key 'colour'"),
        (_field(valid=True), "'valid' must be an integer"),
        (_field(price="8"), "'price' must be an integer"),
        (_field(reader=None), "'reader' must be a text"),
        (_field(slots={}), "'slots' must be a list"),
        (_field(slots=[5] * 13), "slot 0 must be an object or null"),
        (_field(underlying="GPT"), "a name has 3 to 64 characters"),
        (_slot(0, sha256="AB" * 32), "'sha256' of slot 0 must be 64 hexadecimal digits"),
        (_slot(0, extra=1), "slot 0 has the unknown key 'extra'"),
        (_slot(0, at=-1), "'at' must be an integer"),
    ],
)
def test_a_manifest_of_another_shape_is_told(
    tmp_path: Path, change: Callable[[dict[str, object]], None], found: str
) -> None:
    """Whatever was signed, it is read as a manifest or named; nothing is guessed."""
    result = verify(posted_with(tmp_path, change))
    assert result.verdict is Verdict.FAIL
    assert found in str(wrong(result)[0].found)


def test_a_manifest_that_is_not_canonical_is_told(tmp_path: Path) -> None:
    """The same document with a blank in it is other evidence, and none."""
    made = Archive(tmp_path / "made")
    data = window(made).manifest.replace(b',"', b', "', 1)
    made.add_manifest(data)
    made.add_fixing(fixing_of([signed(node, evidence.root(data)) for node in range(3)]))
    assert wrong(verify(made))[0].found == "it is not canonical JSON"


def test_a_page_read_by_another_release_says_so(tmp_path: Path) -> None:
    """Where rules of reading changed, the difference names both releases."""

    def change(document: dict[str, object]) -> None:
        _slot(0, price=1)(document)
        document["reader"] = "ifx 0.0.1"

    found = str(wrong(verify(posted_with(tmp_path, change)))[0].found)
    assert f"read by {evidence.reader()}; the manifest was made by ifx 0.0.1" in found


def test_an_index_value_is_left_to_its_own_verification(tmp_path: Path) -> None:
    """Its evidence is the index's record, whose inputs are not pages of this archive."""
    made, name = Archive(tmp_path / "made"), "index/lpi-openai"
    data = evidence.canonical_json({"format": "ifx-index-1", "underlying": name, "day": DAY, "record": {}})
    made.add_manifest(data)
    made.add_fixing(fixing_of([signed(node, evidence.root(data), name=name) for node in range(3)]))
    found = Verifier(made).day(name, DAY)
    assert found.verdict is Verdict.NOT_PROVEN
    assert any("`ifx-index verify`" in each.text for each in found.steps)


# -------------------- tampering


def test_any_byte_of_any_file_fails_and_names_it(archive: Archive) -> None:
    """Every kind of file, bytes all over it, through the whole verification."""
    for path in files(archive):
        data = path.read_bytes()
        for at in {*range(0, len(data), max(1, len(data) // 40)), len(data) - 1}:
            rewrite(path, data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :])
            found = verify(archive)
            assert found.verdict is Verdict.FAIL
            assert str(path) in {each.file for each in wrong(found)}
        for spoiled in (b"", data[:-1], data[: len(data) // 2], data + b" "):
            rewrite(path, spoiled)
            assert str(path) in {each.file for each in wrong(verify(archive))}
        rewrite(path, data)
    assert verify(archive).verdict is Verdict.PASS


def test_a_deleted_file_is_named(archive: Archive) -> None:
    """What is gone proves nothing: the file, or a report's folder, is named, and the evidence is no longer whole."""
    for path in files(archive):
        data = path.read_bytes()
        path.unlink()
        found = verify(archive)
        named = {each.file for each in absent(found)}
        if "reports" in path.parts:
            assert found.verdict is Verdict.PASS  # the signature stands in the transaction too
            assert str(path.parent) in named
            assert verify(archive, strict=True).verdict is Verdict.FAIL
        else:
            assert found.verdict is Verdict.NOT_PROVEN
            assert str(path) in named
        path.write_bytes(data)
    assert verify(archive).verdict is Verdict.PASS


def test_swapped_files_are_named(archive: Archive, elsewhere: Archive) -> None:
    """Two pages, two manifests, two reports, two fixings exchanged: each is told by its file."""
    window(archive, lead=50)
    archive.add_fixing(fixing_of([signed(node, bytes(32), name=LUNA) for node in range(3)]))
    with serving(archive_handler(elsewhere)) as url, httpx.Client() as client:
        Mirror(archive, client, (url,)).fill(GPT, DAY)
    by_kind: dict[str, list[Path]] = {}
    for path in files(archive):
        by_kind.setdefault(path.relative_to(archive.folder).parts[0], []).append(path)
    assert min(len(paths) for paths in by_kind.values()) >= 2
    for paths in by_kind.values():
        one, two = paths[:2]
        first, second = one.read_bytes(), two.read_bytes()
        rewrite(one, second)
        rewrite(two, first)
        assert {str(one), str(two)} & {each.file for each in wrong(verify(archive))}
        rewrite(one, first)
        rewrite(two, second)
    assert verify(archive).verdict is Verdict.PASS


def test_pages_swapped_under_the_right_names_are_told(tmp_path: Path) -> None:
    """A forger who archives another page under its own hash finds that the manifest names the other one."""
    cheaper = page(gpt="7.00")
    made = posted_with(tmp_path)
    other = Archive(tmp_path / "other")
    fake = window(other, pages=[cheaper] * 13, price=7_000_000)
    made.add_manifest(fake.manifest)
    assert verify(made).verdict is Verdict.PASS  # what nobody signed changes nothing
    signed_by_all = [signed(node, fake.evidence) for node in range(3)]
    forged = Archive(tmp_path / "forged")
    window(forged, pages=[cheaper] * 13, price=7_000_000)
    forged.add_fixing(fixing_of(signed_by_all))
    assert {each.what.partition(": ")[2] for each in wrong(verify(forged))} == {"price"}
