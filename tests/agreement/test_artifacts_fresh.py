"""What the SDK ships is what the sources compile to, and it holds the interfaces."""

import importlib.util
from types import ModuleType

import pytest
from support.tree import ROOT

from ifx_sdk.artifacts import NAMES, artifact, codec

CODE_LIMIT = 24_576
"""Bytes of code that mainnet accepts (EIP-170)."""


@pytest.fixture(scope="module")
def exporter() -> ModuleType:
    """scripts/export_abis.py as a module."""
    spec = importlib.util.spec_from_file_location("export_abis", ROOT / "scripts" / "export_abis.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def compiled(exporter: ModuleType) -> dict[str, str]:
    """Every artifact as the sources give it now."""
    texts: dict[str, str] = exporter.compile_all()
    return texts


def test_the_packaged_artifacts_are_fresh(exporter: ModuleType, compiled: dict[str, str]) -> None:
    """Refresh them with `make abi`."""
    assert exporter.stale(compiled) == []


def test_every_packaged_contract_is_compiled(compiled: dict[str, str]) -> None:
    """The SDK's list and the script's are one."""
    assert set(NAMES) == set(compiled)


def test_a_changed_artifact_is_found_stale(exporter: ModuleType, compiled: dict[str, str]) -> None:
    """The check itself can fail."""
    name = NAMES[0]
    assert name in exporter.stale(compiled | {name: compiled[name].replace("cancun", "london")})


@pytest.mark.parametrize("name", NAMES)
def test_an_artifact_says_how_it_was_made(name: str) -> None:
    """Compiler, rules and sources stand beside the bytecode."""
    found = artifact(name)
    assert (found.name, found.compiler, found.evm_version) == (name, "vyper 0.4.3", "cancun")
    assert len(bytes.fromhex(found.integrity)) == 32


@pytest.mark.parametrize("name", NAMES)
def test_an_artifact_fits_mainnet(name: str) -> None:
    """Creation code with its constructor is longer than what is deployed, so its length bounds both."""
    assert len(artifact(name).bytecode) <= CODE_LIMIT


@pytest.mark.parametrize("name", ["ForwardEscrow", "FixingOracle"])
def test_every_function_of_the_interface_is_in_the_artifact(name: str) -> None:
    """The view of a deployment can call whatever the interface promises."""
    interface = (ROOT / "contracts" / "interfaces" / f"I{name}.vyi").read_text(encoding="utf-8")
    promised = [
        line.removeprefix("def ").partition("(")[0] for line in interface.splitlines() if line.startswith("def ")
    ]
    assert promised
    assert [function for function in promised if not codec(name).has_function(function)] == []
