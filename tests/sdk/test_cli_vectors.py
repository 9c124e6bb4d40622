"""`ifx vectors`: what it says of a file that is right, of one that is wrong, and of one that is no vectors file."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.commands import Shell, environment
from support.tree import ROOT

from ifx_sdk import vector_files

FILE = ROOT / "tests/agreement/vectors.json"
GOLDEN = json.loads(FILE.read_text())
INDEX = ("llm_price_index", "index_decomposition", "tpi", "company_index")
CHECKED = ("indicative", "forwards", "invalid_terms", "calendar", "medians", "margin", *INDEX)
COUNT = sum(len(GOLDEN[kind]) for kind in CHECKED)
SKIPPED = sum(len(entries) for kind, entries in GOLDEN.items() if kind not in (*CHECKED, "meta"))
SHELL = Shell()


def leaves(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every value that is no container."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in items:
            yield from leaves(each, (*path, key))
    else:
        yield path


def other(value: object) -> object:
    """Another value of the same kind, as near as can be."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("1" if value[-1] != "1" else "2")
    return 0


def changed(entry: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """An entry with one expected value changed."""
    made = copy.deepcopy(entry)
    if not path:
        return made | {"expected": other(made["expected"])}
    place = made["expected"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = other(place[path[-1]])
    return made


LEAVES = [(kind, entry, path) for kind in CHECKED for entry in GOLDEN[kind] for path in leaves(entry["expected"])]


def test_the_golden_file_passes() -> None:
    """All of the kinds that can be checked pass, the others are skipped, and the last line counts entries."""
    ran = SHELL.run("vectors", str(FILE))
    assert (ran.code, ran.out) == (0, f"{COUNT} passed, 0 failed, {SKIPPED} skipped\n")


@pytest.mark.parametrize("kind", CHECKED)
def test_every_changed_leaf_of_a_kind_fails_by_name(kind: str, tmp_path: Path) -> None:
    """One expected value changed anywhere: exactly that entry fails, and its key is named."""
    mine = [(entry, path) for of, entry, path in LEAVES if of == kind]
    assert len(mine) >= len(GOLDEN[kind])
    for entry, path in mine:
        file = tmp_path / "changed.json"
        file.write_text(json.dumps({kind: [changed(entry, path)]}))
        (result,) = vector_files.replay(file).results
        assert result.id == entry["id"]
        assert [each.key for each in result.mismatches] == [named(path)], (entry["id"], path)


def named(path: tuple[Any, ...]) -> str:
    """How a place is named: a list is compared as a whole."""
    texts = [each for each in path if isinstance(each, str)]
    return ".".join(texts) if texts else "expected"


def test_one_changed_number_fails_the_command_and_is_named(tmp_path: Path) -> None:
    """Entry, key, expected and got stand in the output, by the SDK and by the contract; the rest still passes."""
    document = copy.deepcopy(GOLDEN)
    document["forwards"][0]["expected"]["payout_long"] += 1
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(document))
    ran = SHELL.run("vectors", str(file), "--kinds", "forwards,calendar")
    forwards, rest = len(GOLDEN["forwards"]), len(GOLDEN["calendar"])
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "FAILED forwards FWD-01 payout_long: expected 4870000000001, got 4870000000000",
        "FAILED forwards FWD-01 payout_long (contract): expected 4870000000001, got 4870000000000",
        f"{forwards + rest - 1} passed, 1 failed, {COUNT + SKIPPED - forwards - rest} skipped",
    ]


def test_json_lists_every_failure(tmp_path: Path) -> None:
    """One object with the counts and, for each failure, kind, id, key, expected and got."""
    file = tmp_path / "changed.json"
    file.write_text(json.dumps({"calendar": [changed(GOLDEN["calendar"][0], ("maturity_ts",))]}))
    ran = SHELL.run("vectors", str(file), "--json")
    expected = GOLDEN["calendar"][0]["expected"]["maturity_ts"]
    assert (ran.code, ran.json) == (
        1,
        {
            "passed": 0,
            "failed": 1,
            "skipped": 0,
            "failures": [
                {"kind": "calendar", "id": "CAL-01", "key": "maturity_ts", "expected": expected + 1, "got": expected}
            ],
        },
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "not JSON"),
        ("[]", "not one object"),
        ("{}", "holds no kind"),
        ('{"forwards": 3}', "forwards is not a list"),
        ('{"forwards": [{"id": "F", "inputs": {}}]}', "F: expected is missing"),
        ('{"forwards": [{"id": "F", "inputs": {"s0": 1.5}, "expected": {"fee_total": 1}}]}', "F: inputs.model_id"),
        ('{"calendar": [{"id": "C", "inputs": [], "expected": {"maturity_ts": 1}}]}', "C: inputs is not an object"),
        ('{"forwards": [], "forwards": []}', "twice"),
        ("\udcff", "not JSON"),
    ],
)
def test_a_malformed_file_is_refused(content: str, why: str, tmp_path: Path) -> None:
    """Exit 2, the place and the cure named, nothing counted."""
    file = tmp_path / "broken.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    ran = SHELL.run("vectors", str(file))
    assert (ran.code, ran.out) == (2, "")
    assert str(file) in ran.err
    assert why in ran.err


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Exit 2, naming the file; a folder is no file either."""
    for path in (tmp_path / "absent.json", tmp_path):
        ran = SHELL.run("vectors", str(path), "--json")
        assert (ran.code, ran.error["type"], ran.error["path"]) == (2, "MalformedVectors", str(path))
        assert ran.error["cure"] == "Name a file of golden vectors."


@pytest.mark.parametrize("kinds", ["nothing", "forwards,,calendar", ""])
def test_a_kind_that_cannot_be_replayed_is_refused(kinds: str) -> None:
    """One that the file lacks, and an empty one: exit 2."""
    assert SHELL.run("vectors", str(FILE), "--kinds", kinds).code == 2
    assert SHELL.run("vectors", str(FILE), "--kinds", "calendar, medians").code == 0


WITHOUT_LOCAL = "import sys; sys.modules['eth'] = None\nfrom ifx_sdk.cli import main\nmain()"


def without_local(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`ifx` in a process in which py-evm is not installed."""
    command = [sys.executable, "-c", WITHOUT_LOCAL, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment())


def test_without_the_extra_forwards_name_it() -> None:
    """Exit 2, `[local]` named, and the way to leave the contracts out."""
    ran = without_local("vectors", str(FILE), "--kinds", "forwards")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "[local]" in ran.stderr
    assert "--sdk-only" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_without_the_extra_the_sdk_alone_replays() -> None:
    """With --sdk-only, and for kinds that no contract knows, nothing is missing."""
    alone = without_local("vectors", str(FILE), "--sdk-only")
    assert (alone.returncode, alone.stdout.splitlines()[-1]) == (0, f"{COUNT} passed, 0 failed, {SKIPPED} skipped")
    assert without_local("vectors", str(FILE), "--kinds", "calendar,indicative").returncode == 0


def test_no_progress_is_drawn_where_no_terminal_shows_it() -> None:
    """stderr stays empty in a pipe."""
    command = [sys.executable, "-m", "ifx_sdk.cli", "vectors", str(FILE), "--kinds", "invalid_terms"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert (ran.returncode, ran.stderr) == (0, "")
