"""The archive over HTTP: objects by hash, lists by day, and nothing else of the machine."""

import json
from pathlib import Path

import httpx
import pytest
from support.evidence import a_day, archive_handler, files, rewrite, signed, window
from support.nodes import DAY, GPT

from ifx_sdk.errors import BadFile
from oracle_node import archive_http
from oracle_node.archive import Archive
from oracle_node.archive_http import answer
from oracle_node.serving import serving

DATE = "2026-07-15"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """One node's archive of a day."""
    found = Archive(tmp_path / "archive")
    a_day(found, Archive(tmp_path / "elsewhere"))
    return found


def document(archive: Archive, path: str) -> tuple[int, object]:
    """Status and JSON of a path."""
    status, kind, body = answer(archive, path)
    assert kind == "application/json"
    assert isinstance(body, bytes)
    return status, json.loads(body, parse_float=str)


def test_a_mirror_finds_everything_from_the_days(archive: Archive) -> None:
    """Days, then a day's index, then each object: together all files of the archive."""
    assert document(archive, "/archive/days") == (200, {"days": [DATE]})
    status, day = document(archive, f"/archive/days/{DATE}")
    assert isinstance(day, dict)
    assert (status, day["day"], day["fixings"], day["reports"]) == (200, DATE, [GPT], [GPT])
    assert len(day["manifests"]) == 1
    assert len(day["pages"]) == 2
    for root in day["manifests"]:
        assert answer(archive, f"/archive/manifests/{root}")[2] == archive.manifest(bytes.fromhex(root))
    for sha256 in day["pages"]:
        assert answer(archive, f"/archive/pages/{sha256}") == (200, "application/gzip", archive.page_path(sha256))
    status, reports = document(archive, f"/archive/reports/{DATE}/{GPT}")
    assert reports == [each.to_json() for each in archive.reports(GPT, DAY)]
    fixing = archive.fixing(GPT, DAY)
    assert fixing is not None
    assert answer(archive, f"/archive/fixings/{DATE}/{GPT}") == (200, "application/json", fixing.canonical())


def test_names_may_come_percent_encoded(archive: Archive) -> None:
    """As a client writes a slash or a colon that it takes for a part of a name."""
    assert answer(archive, f"/archive/fixings/{DATE}/openai%2Fgpt-4.1")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/archive",
        "/archive/",
        "/reports/x",
        "/archive/pages",
        "/archive/pages/",
        "/archive/pages/../../node.key",
        "/archive/pages/%2e%2e/%2e%2e/node.key",
        "/archive/pages/..%2f..%2fnode.key",
        "/archive/pages/" + "AB" * 32,
        "/archive/pages/" + "00" * 32,
        "/archive/pages/" + "00" * 31 + "/.",
        "/archive/manifests/" + "00" * 32,
        "/archive/manifests//etc/passwd",
        "/archive/days/..",
        "/archive/days/2026-07-16",
        "/archive/days/2026-7-15",
        "/archive/days/99999-01-01",
        "/archive/days/" + "9" * 280,
        "/archive/days/%00",
        "/archive/reports/2026-07-15",
        "/archive/reports/2026-07-15/../../..",
        "/archive/reports/2026-07-16/openai/gpt-4.1",
        "/archive/reports/2026-07-15/OPENAI",
        "/archive/fixings/2026-07-15/nobody/at-all",
        "/archive/fixings/1969-12-31/openai/gpt-4.1",
        "/archive/node.db",
        "/archive/" + "x" * 10_000,
        "/archive/%ff%fe",
    ],
)
def test_what_is_no_object_is_not_found(archive: Archive, path: str) -> None:
    """404 and a reason: nothing outside the archive is ever read, however a path is written."""
    (archive.folder.parent / "node.key").write_text("secret")
    status, told = document(archive, path)
    assert status == 404
    assert isinstance(told, dict)
    assert list(told) == ["error"]
    assert str(archive.folder.parent) not in str(told)


def test_a_damaged_object_is_not_given(archive: Archive) -> None:
    """500 for what does not hash to its name, without a path of the machine; a page is held by who fetches it."""
    for path in files(archive):
        rewrite(path, b"other")
    root = archive.manifests(DAY)[0].hex()
    for asked in (f"manifests/{root}", f"reports/{DATE}/{GPT}", f"fixings/{DATE}/{GPT}"):
        assert document(archive, f"/archive/{asked}") == (500, {"error": "it is damaged here"})
    status, day = document(archive, f"/archive/days/{DATE}")
    assert isinstance(day, dict)
    assert (status, day["pages"]) == (200, [])


def test_an_unreadable_archive_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the disk does, the server answers."""

    def broken(_: Archive) -> tuple[int, ...]:
        raise BadFile(tmp_path, "Input/output error")

    monkeypatch.setattr(Archive, "days", broken)
    assert answer(Archive(tmp_path), "/archive/days")[0] == 500


def test_a_page_above_the_bound_is_not_served(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is that of whoever fetches."""
    path = next(each for each in files(archive) if "pages" in each.parts)
    asked = f"/archive/pages/{path.name.partition('.')[0]}"
    assert answer(archive, asked)[0] == 200
    monkeypatch.setattr(archive_http, "MAX_PAGE_FILE", path.stat().st_size - 1)
    assert answer(archive, asked)[0] == 404


def test_a_server_around_it_gives_the_bytes(archive: Archive) -> None:
    """Through a real socket: what is fetched is what is in the files, and hashes to its name."""
    window(archive, day=DAY + 1)
    archive.add_report(signed(0, bytes(32), day=DAY + 2))
    with serving(archive_handler(archive)) as url, httpx.Client(base_url=url) as client:
        days = client.get("/archive/days").json()["days"]
        assert days == [DATE, "2026-07-16", "2026-07-17"]
        for date in days:
            for sha256 in client.get(f"/archive/days/{date}").json()["pages"]:
                got = client.get(f"/archive/pages/{sha256}")
                assert got.content == archive.page_path(sha256).read_bytes()
                assert got.headers["content-type"] == "application/gzip"
        assert client.get("/archive/days?x=1").status_code == 200
        assert client.get("/archive/../node.db").status_code == 404
