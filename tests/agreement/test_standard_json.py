"""What a block explorer is given compiles alone to the bytecode that was deployed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.tree import ROOT

from ifx_sdk.artifacts import NAMES, artifact

COMPILE = """
import json, sys
from vyper.cli.vyper_json import compile_json
output = compile_json(json.load(open(sys.argv[1])))
print(json.dumps([each["evm"] for file in output["contracts"].values() for each in file.values()]))
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the files, made by the script from another folder than the checkout."""
    folder = tmp_path_factory.mktemp("inputs")
    command = [sys.executable, str(ROOT / "scripts" / "standard_json.py"), "--out", str(folder)]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def compiled(given: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    """The compiler on nothing but this input, in an empty folder."""
    (folder / "input.json").write_text(json.dumps(given))
    command = [sys.executable, "-c", COMPILE, "input.json"]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_input_compiles_alone_to_the_packaged_bytecode(written: Path, tmp_path: Path, name: str) -> None:
    """Byte for byte, with compiler, settings and sources as the artifact says them."""
    given = json.loads((written / f"{name}.json").read_text())
    ran = compiled(given, tmp_path)
    assert ran.returncode == 0, ran.stderr
    (evm,) = json.loads(ran.stdout)
    assert evm["bytecode"]["object"] == "0x" + artifact(name).bytecode.hex()
    assert given["integrity"] == artifact(name).integrity
    assert given["compiler_version"].startswith("v" + artifact(name).compiler.removeprefix("vyper "))
    assert given["settings"]["evmVersion"] == artifact(name).evm_version
    assert given["settings"]["optimize"] == artifact(name).optimization


@pytest.mark.parametrize("name", NAMES)
def test_the_input_names_no_path_of_a_machine(written: Path, name: str) -> None:
    """Each source stands where the repository or the library has it."""
    given = json.loads((written / f"{name}.json").read_text())
    assert given["sources"]
    assert {path.split("/")[0] for path in given["sources"]} <= {"contracts", "snekmate"}


def test_an_input_without_one_source_does_not_compile(written: Path, tmp_path: Path) -> None:
    """Nothing is read from this machine in its place."""
    given = json.loads((written / "Timelock.json").read_text())
    del given["sources"]["snekmate/governance/timelock_controller.vy"]
    assert compiled(given, tmp_path).returncode != 0
