"""The archive: what is kept is whole, read-only and never replaced, and no byte of it changes unnoticed."""

import gzip
import hashlib
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from support.evidence import a_day, body_page, files, fixing_of, rewrite, signed, window
from support.nodes import DAY, GPT, LUNA, MIDNIGHT, PAGE
from support.tree import ROOT
from warcio.archiveiterator import ArchiveIterator

from ifx_sdk.errors import BadFile, BadValue
from ifx_sdk.evidence import warc
from oracle_node import once
from oracle_node.archive import Archive
from oracle_node.archived import read_fixing
from oracle_node.errors import DamagedArchive, NotArchived
from oracle_node.fetch import Page


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An empty archive."""
    return Archive(tmp_path / "archive")


@pytest.fixture
def full(tmp_path: Path) -> Archive:
    """One with a day in it: two pages, a manifest, three reports and a fixing."""
    found = Archive(tmp_path / "full")
    a_day(found, Archive(tmp_path / "elsewhere"))
    return found


def keep(archive: Archive, text: str = "prices", *, url: str = PAGE, at: int = MIDNIGHT) -> Page:
    """Archive a page of these characters."""
    made = body_page(text)
    archive.add_page(made, url=url, at=at)
    return made


# --------------------------------------------------------------------------------------------------------- pages


def test_an_unchanged_page_costs_one_copy_ever(archive: Archive) -> None:
    """Read at every slot of 200 days, from two addresses, it is one file, whose bytes never change."""
    first = keep(archive)
    before = archive.page_path(first.sha256).read_bytes()
    for day in range(1, 200):
        for slot in range(0, 13, 6):
            keep(archive, at=MIDNIGHT + day * 86_400 + slot * 300, url=PAGE if slot else f"{PAGE}/again")
    assert [path.read_bytes() for path in files(archive)] == [before]
    assert archive.page(first.sha256) == b"prices"


def test_a_damaged_page_that_is_served_again_is_mended_and_kept_beside(archive: Archive) -> None:
    """A byte that a disk lost ends no node: the page at hand is written anew, what was found stays for a look."""
    first = keep(archive)
    path = archive.page_path(first.sha256)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    damaged = path.read_bytes()
    keep(archive, at=MIDNIGHT + 300)
    assert archive.page(first.sha256) == b"prices"
    assert path.with_name(f"{path.name}.damaged-{MIDNIGHT + 300}").read_bytes() == damaged


def test_a_page_that_changes_is_another_file(archive: Archive) -> None:
    """Each body is kept under its own hash, in a folder named after the hash's first byte."""
    one, two = keep(archive, "8.00"), keep(archive, "7.00")
    assert archive.page(one.sha256) == b"8.00"
    assert archive.page(two.sha256) == b"7.00"
    expected = {archive.folder / "pages" / each.sha256[:2] / f"{each.sha256}.warc.gz" for each in (one, two)}
    assert set(files(archive)) == expected


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", bytes(range(256)) * 300, "prix \u20ac".encode()])
def test_an_independent_reader_reads_a_page(archive: Archive, body: bytes) -> None:
    """warcio finds one WARC/1.1 resource record, holds both digests, and gives the same bytes; gzip alone does too."""
    sha256 = hashlib.sha256(body).hexdigest()
    archive.add_page(Page(body=body, sha256=sha256), url=PAGE, at=MIDNIGHT)
    path = archive.page_path(sha256)
    with path.open("rb") as stream:
        records = [
            (each.rec_headers.protocol, each.rec_type, each.rec_headers.headers, each.content_stream().read())
            for each in ArchiveIterator(stream, check_digests="raise")
        ]
    assert [(protocol, kind, found) for protocol, kind, _, found in records] == [("WARC/1.1", "resource", body)]
    fields = dict(records[0][2])
    assert fields["WARC-Target-URI"] == PAGE
    assert fields["WARC-Date"] == "2026-07-15T00:00:00Z"
    assert fields["WARC-Payload-Digest"] == f"sha256:{sha256}"
    assert gzip.decompress(path.read_bytes()) == warc.record(body, PAGE, MIDNIGHT)


def test_the_same_page_gives_the_same_file(tmp_path: Path) -> None:
    """Two nodes that read it in the same second from the same place archive the same bytes."""
    one, two = Archive(tmp_path / "one"), Archive(tmp_path / "two")
    made = keep(one)
    keep(two)
    assert one.page_path(made.sha256).read_bytes() == two.page_path(made.sha256).read_bytes()


def test_a_page_that_is_not_its_hash_is_refused(archive: Archive) -> None:
    """Nothing is written for it; the same bytes under their own hash are kept."""
    with pytest.raises(BadValue, match="another SHA-256"):
        archive.add_page(Page(body=b"prices", sha256="ab" * 32), url=PAGE, at=MIDNIGHT)
    assert list(files(archive)) == []
    assert archive.page(keep(archive).sha256) == b"prices"


@pytest.mark.parametrize("url", ["https://x.example/a b", "https://x.example/\r\nWARC-Type: response", "a\x00b"])
def test_a_url_cannot_write_into_the_header(archive: Archive, url: str) -> None:
    """A line break in an address would be a header of its own."""
    with pytest.raises(BadValue, match="nothing unprintable"):
        keep(archive, url=url)
    assert list(files(archive)) == []


@pytest.mark.parametrize("name", ["", "ab", "../" * 21 + "x", "AB" * 32, "ab" * 31 + "/."])
def test_what_is_no_hash_names_no_page(archive: Archive, name: str) -> None:
    """A page is asked for by 64 digits and nothing else."""
    with pytest.raises(BadValue, match="64 lower-case hexadecimal digits"):
        archive.page(name)


def test_a_body_larger_than_is_read_back_is_refused(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that decompresses without end takes no memory: reading stops at the bound."""
    made = keep(archive, "0" * 50_000)
    assert len(archive.page(made.sha256)) == 50_000
    monkeypatch.setattr(warc, "MAX_BODY", 10_000)
    with pytest.raises(DamagedArchive, match="no single gzip member of at most"):
        archive.page(made.sha256)


# -------------------------------------------------------------------------------- manifests, reports and fixings


def test_a_manifest_comes_back_by_its_root(archive: Archive) -> None:
    """Of its day or of any; its file's own SHA-256 is the root."""
    result = window(archive)
    assert archive.manifest(result.evidence) == archive.manifest(result.evidence, DAY) == result.manifest
    assert archive.manifests(DAY) == (result.evidence,)
    path = archive.manifest_path(result.evidence, DAY)
    assert hashlib.sha256(path.read_bytes()).digest() == result.evidence
    with pytest.raises(NotArchived):
        archive.manifest(result.evidence, DAY + 1)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"day":"now"}', b'{"day":-1}', b'{"day":true}', b"\xff"])
def test_a_manifest_without_a_day_is_refused(archive: Archive, data: bytes) -> None:
    """Nothing is kept that could not be found again."""
    with pytest.raises(DamagedArchive):
        archive.add_manifest(data)
    assert list(files(archive)) == []


def test_reports_of_all_nodes_come_back(full: Archive) -> None:
    """The node's own and its peers', for their underlying and day alone; a second price of one node is kept too."""
    assert len(full.reports(GPT, DAY)) == 3
    assert full.reports(LUNA, DAY) == full.reports(GPT, DAY + 1) == ()
    other = signed(2, bytes(32), price=1)
    full.add_report(other)
    full.add_report(other)
    assert len(full.reports(GPT, DAY)) == 4
    assert other in full.reports(GPT, DAY)


def test_a_fixing_comes_back_from_its_record(full: Archive) -> None:
    """And there is one of an underlying and day."""
    found = full.fixing(GPT, DAY)
    assert found is not None
    assert (found.price, found.quorum, len(found.signers)) == (8_000_000, 3, 4)
    assert read_fixing(found.canonical(), Path("x")) == found
    full.add_fixing(found)
    with pytest.raises(DamagedArchive, match="nothing in an archive is replaced"):
        full.add_fixing(replace(found, block=found.block + 1))
    assert full.fixing(GPT, DAY) == found
    assert full.fixing(LUNA, DAY) is None


@pytest.mark.parametrize("name", ["../../../etc", "...", "a/../../b", "openai/gpt-4.1:free", "-rf", "a//b"])
def test_an_underlyings_name_leads_nowhere_else(archive: Archive, name: str) -> None:
    """Names may hold dots and slashes: each is one file name all the same, inside the archive."""
    archive.add_report(signed(0, bytes(32), name=name))
    archive.add_fixing(fixing_of([signed(node, bytes(32), name=name) for node in range(3)]))
    assert archive.reported(DAY) == archive.fixed(DAY) == (name,)
    assert [each.resolve().relative_to(archive.folder.resolve()).parts[0] for each in files(archive)] == [
        "fixings",
        "reports",
    ]
    assert len(list(archive.folder.parent.iterdir())) == 1


def test_the_days_of_an_archive_are_listed(full: Archive, archive: Archive) -> None:
    """Oldest first, whatever is kept of them; an archive without a folder has none."""
    archive.add_report(signed(0, bytes(32), day=DAY + 2))
    window(archive, day=DAY + 1)
    assert archive.days() == (DAY + 1, DAY + 2)
    assert full.days() == (DAY,)
    assert Archive(archive.folder / "none").days() == ()


# ---------------------------------------------------------------------------------------------- written once


def test_files_are_read_only(full: Archive) -> None:
    """Nobody's editor changes one by mistake."""
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(full)} == {0o444}


def test_nothing_is_replaced(full: Archive) -> None:
    """Where other bytes stand under a name, they stay, and the writer is told; only a page can be mended."""
    for path in files(full):
        rewrite(path, b"other")
    found = window(Archive(full.folder.parent / "again"))
    with pytest.raises(DamagedArchive):
        full.add_manifest(found.manifest)
    with pytest.raises(DamagedArchive):
        full.add_report(signed(0, found.evidence))
    assert {path.read_bytes() for path in files(full)} == {b"other"}


def test_a_write_that_fails_leaves_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk in the middle of a file: no file stands there afterwards, and the next try writes it whole."""

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full_disk)
        with pytest.raises(BadFile, match="No space left on device"):
            keep(archive)
    assert list(files(archive)) == []
    keep(archive)
    assert len(list(files(archive))) == 1


def test_a_file_is_on_disk_before_it_has_its_name(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes are synced while it is still a draft, its folder after it has got its name."""
    made, seen = body_page("prices"), []
    path = archive.page_path(made.sha256)
    sync = os.fsync

    def watch(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        seen.append(("folder" if is_folder else "file", path.exists()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    archive.add_page(made, url=PAGE, at=MIDNIGHT)
    assert seen[-2:] == [("file", False), ("folder", True)]
    assert {kind for kind, _ in seen[:-2]} == {"folder"}  # the new folders, each in the one above


def test_what_a_crash_left_is_no_file(archive: Archive) -> None:
    """A draft whose writer was killed is never listed and never read."""
    made = keep(archive)
    window(archive)
    for path in list(files(archive)):
        path.with_name(f".{path.name}.1.ab.part").write_bytes(b"half")
    assert len(archive.manifests(DAY)) == 1
    assert archive.days() == (DAY,)
    assert archive.page(made.sha256) == b"prices"


WRITER = """
import sys
sys.path[:0] = ["tests"]
from support.evidence import a_day
from oracle_node.archive import Archive
a_day(Archive(sys.argv[1]), Archive(sys.argv[2]))
"""


def test_many_writers_leave_one_archive(tmp_path: Path, full: Archive) -> None:
    """Threads and processes that archive the same day at once: no error, no draft left, the same files as one alone."""
    shared = Archive(tmp_path / "shared")

    def work(number: int) -> None:
        if number < 2:
            command = [sys.executable, "-c", WRITER, str(shared.folder), str(tmp_path / f"other{number}")]
            subprocess.run(command, cwd=ROOT, check=True, timeout=120)
        else:
            a_day(shared, Archive(tmp_path / f"other{number}"))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))

    def content(archive: Archive) -> dict[str, bytes]:
        return {str(path.relative_to(archive.folder)): path.read_bytes() for path in files(archive)}

    assert content(shared) == content(full)


def test_writers_of_one_body_from_two_places_agree(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes second, with another address of the same body, finds it kept: the body is what counts."""
    made = body_page("prices")
    write = once.write_once

    def late(path: Path, data: bytes) -> bool:
        monkeypatch.undo()
        archive.add_page(made, url=f"{PAGE}/first", at=MIDNIGHT)
        return write(path, data)

    monkeypatch.setattr("oracle_node.archive.write_once", late)
    archive.add_page(made, url=PAGE, at=MIDNIGHT)
    assert archive.page(made.sha256) == b"prices"
    assert b"/first" in gzip.decompress(archive.page_path(made.sha256).read_bytes())


# ----------------------------------------------------------------------------------------------- every byte


def read_back(archive: Archive, *paths: Path) -> None:
    """Read what these files hold, default all of the day in `full`."""
    for path in paths or files(archive):
        kind = path.relative_to(archive.folder).parts[0]
        name = path.name.removesuffix(".json").removesuffix(".warc.gz")
        if kind == "pages":
            archive.page(name)
        elif kind == "manifests":
            archive.manifest(bytes.fromhex(name), DAY)
        elif kind == "reports":
            assert len(archive.reports(GPT, DAY)) == 3
        else:
            assert archive.fixing(GPT if "gpt-4.1" in name else LUNA, DAY) is not None


def one_of_each(archive: Archive) -> list[Path]:
    """A page, a manifest, a report and a fixing."""
    return list({path.relative_to(archive.folder).parts[0]: path for path in files(archive)}.values())


DAMAGES: dict[str, Callable[[bytes], list[bytes]]] = {
    "flip a bit": lambda data: [
        data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :] for at in range(len(data))
    ],
    "flip a byte": lambda data: [data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :] for at in range(len(data))],
    "truncate": lambda data: [data[:at] for at in range(0, len(data), 5)],
    "append": lambda data: [data + b"\x00", data + b"\n", data + data],
    "leave out a byte": lambda data: [data[:at] + data[at + 1 :] for at in range(0, len(data), 5)],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_changed_byte_of_every_kind_of_file_is_found(full: Archive, damage: str) -> None:
    """Each byte of a page's file, a manifest, a report and a fixing's record; the error names the file."""
    read_back(full)
    for path in one_of_each(full):
        data = path.read_bytes()
        for spoiled in DAMAGES[damage](data):
            rewrite(path, spoiled)
            with pytest.raises(DamagedArchive) as refused:
                read_back(full, path)
            assert refused.value.path == str(path)
        rewrite(path, data)
    read_back(full)


def test_two_files_that_are_swapped_are_found(full: Archive) -> None:
    """Each file is the one that its name says: any two of a kind exchanged are refused."""
    by_kind: dict[str, list[Path]] = {}
    for path in files(full):
        by_kind.setdefault(path.relative_to(full.folder).parts[0], []).append(path)
    other = fixing_of([signed(node, bytes(32), name=LUNA) for node in range(3)])
    full.add_fixing(other)
    by_kind["fixings"].append(full.fixing_path(LUNA, DAY))
    window(full, lead=45)
    by_kind["manifests"] = [full.manifest_path(root, DAY) for root in full.manifests(DAY)]
    assert min(len(each) for each in by_kind.values()) >= 2
    read_back(full)
    for one, two, *_ in by_kind.values():
        first, second = one.read_bytes(), two.read_bytes()
        rewrite(one, second)
        rewrite(two, first)
        for each in (one, two):
            with pytest.raises(DamagedArchive):
                read_back(full, each)
        rewrite(one, first)
        rewrite(two, second)
    read_back(full)
