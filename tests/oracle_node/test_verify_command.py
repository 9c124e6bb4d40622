"""`ifx-oracle verify`: verdicts, what is fetched from other nodes, and bad calls."""

import json
from pathlib import Path

import httpx
import pytest
from support.evidence import (
    a_day,
    archive_handler,
    files,
    rewrite,
    verify,
)
from support.nodes import DAY, GPT, SIGNERS, write_settings
from typer.testing import CliRunner

from oracle_node.archive import Archive
from oracle_node.cli import app
from oracle_node.mirror import Mirror
from oracle_node.serving import serving

DATE = "2026-07-15"


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


# -------------------- fetching


def test_a_lying_mirror_gives_nothing(archive: Archive, elsewhere: Archive) -> None:
    """Other bytes under a hash are not kept; the honest node after it is asked, and gives them."""
    before = list(files(archive))

    def spoil(data: bytes) -> bytes:
        return data.replace(b"8000000", b"7000000")

    with (
        serving(archive_handler(elsewhere, spoil)) as liar,
        serving(archive_handler(elsewhere)) as honest,
        httpx.Client() as client,
    ):
        whys = Mirror(archive, client, (liar,)).fill(GPT, DAY)
        assert len(whys) == 2
        assert all("another SHA-256" in why for why in whys)
        assert list(files(archive)) == before
        assert Mirror(archive, client, (liar, honest)).fill(GPT, DAY) == ()
    assert verify(archive, strict=True).whole == 3


def test_a_damaged_page_of_a_mirror_is_not_kept(archive: Archive, elsewhere: Archive) -> None:
    """A missing page comes from a node whose copy is whole, and from no other."""
    path = next(each for each in files(archive) if "pages" in each.parts)
    path.unlink()
    damaged = elsewhere.folder / path.relative_to(archive.folder)
    good = damaged.read_bytes()
    rewrite(damaged, good[:-1])
    with serving(archive_handler(elsewhere)) as url, httpx.Client() as client:
        mirror = Mirror(archive, client, (url,))
        assert "its seal is broken" in mirror.fill(GPT, DAY)[0]
        assert not path.exists()
        rewrite(damaged, good)
        assert mirror.fill(GPT, DAY) == ()
    assert path.read_bytes() == good


def test_a_mirror_that_is_down_is_named(archive: Archive) -> None:
    """What could not be had is said, and the verification goes on with what is here."""
    with httpx.Client() as client:
        whys = Mirror(archive, client, ("http://127.0.0.1:1",)).fill(GPT, DAY)
    assert len(whys) == 2
    assert all("http://127.0.0.1:1: ConnectError" in why for why in whys)


# -------------------- the command


def invoke(*arguments: object) -> tuple[int, str, str]:
    """Run the command as a shell would."""
    result = CliRunner().invoke(app, ["verify", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_says_pass_with_a_line_a_step(archive: Archive) -> None:
    """Exit 0; offline it says what it took from the record."""
    code, out, err = invoke("--archive", archive.folder, "--underlying", GPT, "--day", DATE)
    assert code == 0
    assert out.splitlines()[0] == f"{GPT} {DATE}: 8.00 USD/Mtok, 1 nodes' evidence whole"
    assert out.splitlines()[-1] == "  PASS"
    assert sum(line.startswith("  ok ") for line in out.splitlines()) == 8
    assert "--rpc asks the chain" in err


def test_the_command_says_fail_with_the_file(archive: Archive) -> None:
    """Exit 1; the file, what was expected and what is there."""
    path = next(each for each in files(archive) if "manifests" in each.parts)
    data = path.read_bytes()
    rewrite(path, data.replace(b"8000000", b"7000000"))
    code, out, _ = invoke("--archive", archive.folder, "--underlying", GPT, "--day", DATE)
    assert code == 1
    assert out.splitlines()[-1] == "  FAIL"
    line = next(line for line in out.splitlines() if line.startswith("  WRONG"))
    assert f"{path}: expected the file as it was archived, found its SHA-256 is " in line


def test_all_days_are_verified_in_one_call(tmp_path: Path) -> None:
    """Several days, and one that is damaged: each has its verdict, and the exit code is 1 until all pass."""
    archive = Archive(tmp_path / "archive")
    for day in (DAY, DAY + 1, DAY + 2):
        a_day(archive, Archive(tmp_path / "elsewhere"), day=day)
    code, out, _ = invoke("--archive", archive.folder, "--all", "--json")
    lines = [json.loads(line, parse_float=str) for line in out.splitlines()]
    assert (code, [each["verdict"] for each in lines]) == (0, ["PASS"] * 3)
    assert [each["day"] for each in lines] == [DATE, "2026-07-16", "2026-07-17"]
    rewrite(archive.fixing_path(GPT, DAY + 1), b"{}")
    code, out, _ = invoke("--archive", archive.folder, "--all")
    assert code == 1
    assert out.splitlines()[-1] == "2 PASS, 1 FAIL"
    code, out, _ = invoke("--archive", archive.folder, "--all", "--day", DATE, "--underlying", GPT)
    assert (code, out.splitlines()[-1]) == (0, "  PASS")


def test_the_command_fetches_what_is_not_here(archive: Archive, elsewhere: Archive, tmp_path: Path) -> None:
    """With --from a stranger's evidence is verified too, and with --config a peer's address is named."""
    peers = f'[[peers]]\nurl = "http://127.0.0.1:1"\naddress = "{SIGNERS[1].address}"\n'
    config = write_settings(tmp_path, extra=peers)
    asked = ("--archive", archive.folder, "--underlying", GPT, "--day", DATE, "--strict", "--config", config)
    code, out, err = invoke(*asked, "--from", "http://127.0.0.1:1")
    assert code == 1
    assert "fetch it from http://127.0.0.1:1/archive" in out
    assert "not fetched: manifests/" in err
    with serving(archive_handler(elsewhere)) as url:
        code, out, _ = invoke(*asked, "--from", url)
    assert code == 0
    assert "3 nodes' evidence whole" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--archive", "{folder}/none", "--all"), "there is no archive"),
        (("--archive", "{folder}", "--all"), "no fixing in it is archived"),
        (("--archive", "{folder}"), "Name --underlying and --day, or --all"),
        (("--archive", "{folder}", "--underlying", GPT), "Name --underlying and --day, or --all"),
        (("--archive", "{folder}", "--underlying", GPT, "--day", "15.7.2026"), "YYYY-MM-DD"),
        (("--archive", "{folder}", "--underlying", "GPT", "--day", DATE), "a name has 3 to 64 characters"),
        (("--archive", "{folder}", "--all", "--rpc", "http://127.0.0.1:1"), "Give --rpc URL and --deployment FILE"),
    ],
)
def test_a_bad_call_is_one_line_on_stderr(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2, the reason and the cure."""
    code, out, err = invoke(*(each.format(folder=tmp_path) for each in arguments))
    assert (code, out) == (2, "")
    assert said in err
