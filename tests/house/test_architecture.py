"""The arrows of the house point one way, and the pure core stays pure."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.tree import PACKAGES, ROOT, package_of, runtime_imports, syntax, text, tracked

# Who may import whom; `scripts`, `benchmarks`, `examples` and `tests` stand outside and may import all.
ARROWS = {
    "ifx_sdk": {"ifx_sdk"},
    "ifx_index": {"ifx_index"},
    "oracle_node": {"oracle_node", "ifx_sdk", "ifx_index"},
    "otc_desk": {"otc_desk", "ifx_sdk"},
}
OUTSIDERS = {"scripts", "benchmarks", "examples", "tests", "conftest", "support"}

# What the bare install does not bring, and the only SDK modules that may import it: they are loaded on demand.
EXTRAS = {
    "selectolax",
    "numpy",
    "matplotlib",
    "eth_tester",
    "eth",
    "trie",
    "vyper",
    "vvm",
    "ape",
    "boa",
    "snekmate",
    "hypothesis",
    "pytest",
}
LOADED_ON_DEMAND = {
    Path("ifx_sdk/local_evm.py"): {"eth", "trie"},
    Path("ifx_sdk/bundle/merkle.py"): {"trie"},
    Path("ifx_sdk/hedging/simulation.py"): {"numpy"},
    Path("ifx_sdk/cli/pictures.py"): {"matplotlib"},
}

# No I/O, no clock, no chance: what they answer depends on their arguments alone.
PURE = {
    Path("ifx_sdk/money.py"),
    Path("ifx_sdk/calendar.py"),
    Path("ifx_sdk/terms.py"),
    Path("ifx_sdk/payoff.py"),
    Path("ifx_sdk/pricing.py"),
    Path("ifx_sdk/calibration.py"),
    Path("ifx_sdk/regression.py"),
    *(
        Path("ifx_sdk/hedging", f"{name}.py")
        for name in ("exposure", "ladder", "margin", "market_maker", "participants", "plan", "process")
    ),
    *(Path("ifx_sdk/evidence", f"{name}.py") for name in ("manifest", "median", "posted", "window")),
    *(
        Path("ifx_sdk/bundle", f"{name}.py")
        for name in ("approving", "blocks", "container", "ending", "fixings", "history", "merkle", "messages", "mined")
    ),
    *(Path("ifx_sdk/bundle", f"{name}.py") for name in ("receipts", "state", "steps", "walk")),
    Path("oracle_node/fixing.py"),
    *(Path("otc_desk", f"{name}.py") for name in ("matching", "meaning", "states", "tenors", "terms")),
    *(
        Path("ifx_index", f"{name}.py")
        for name in ("cati", "day", "decomposition", "exact", "lpi", "quality", "rebalance", "resolve", "tpi")
    ),
    *(Path("ifx_index", "ingest", f"{name}.py") for name in ("activity", "documents", "endpoints", "prices")),
}
IMPURE_MODULES = {"os", "time", "random", "secrets", "socket", "ssl", "subprocess", "threading", "asyncio", "sqlite3"}
IMPURE_MODULES |= {"urllib", "httpx", "requests", "web3", "pathlib", "tempfile", "shutil", "logging"}
IMPURE_CALLS = re.compile(r"(^|\.)(now|utcnow|today|open|input|print|getenv|urandom)$")


def package_files() -> list[Path]:
    return [path for path in tracked(".py") if package_of(path) in PACKAGES]


@pytest.mark.parametrize("path", package_files(), ids=str)
def test_a_package_imports_only_where_its_arrow_points(path: Path) -> None:
    """A service imports the SDK, the SDK imports no service, services never import each other."""
    inside = {module.split(".")[0] for module in runtime_imports(path)} & (set(PACKAGES) | OUTSIDERS)
    assert inside <= ARROWS[package_of(path)]


@pytest.mark.parametrize("path", [p for p in package_files() if package_of(p) == "ifx_sdk"], ids=str)
def test_the_sdk_needs_no_extra(path: Path) -> None:
    """The SDK runs on the bare install: nothing of it imports a page parser, a compiler or a test chain."""
    extras = {module.split(".")[0] for module in runtime_imports(path)} & EXTRAS
    assert extras <= LOADED_ON_DEMAND.get(path, set())


def test_importing_the_sdk_loads_no_extra() -> None:
    """What holds of the source holds of the running interpreter."""
    code = "import ifx_sdk, sys; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "ifx_sdk" in loaded
    assert not EXTRAS & set(loaded)


@pytest.mark.parametrize("path", sorted(PURE), ids=str)
def test_the_core_does_no_io_and_knows_no_clock(path: Path) -> None:
    """Money, calendar, terms, payoff, pricing and medians are functions of their arguments."""
    imported = {module.split(".")[0] for module in runtime_imports(path)}
    calls = {ast.unparse(node.func) for node in ast.walk(syntax(path)) if isinstance(node, ast.Call)}
    assert not imported & IMPURE_MODULES
    assert not [call for call in calls if IMPURE_CALLS.search(call)]


def test_only_the_ledger_moves_tokens() -> None:
    """`extcall` stands in the token ledger and nowhere else, so that one file holds every call that can move money.

    The timelock, which holds none, takes ownerships over.
    """
    contracts = [path for path in tracked(".vy") if "testing" not in path.parts and path.name != "Timelock.vy"]
    assert [str(path) for path in contracts if re.search(r"\bextcall\b", text(path))] == [
        "contracts/modules/token_ledger.vy"
    ]


def test_only_packed_forward_knows_the_layout() -> None:
    """Nobody else masks or shifts a forward's words, but by a constant of that module."""
    layout = re.compile(r"\.(?:first|second)\s*(?:>>|<<|&|\||\^)(?!\s*packed_forward\.)")
    others = [p for p in tracked(".vy") if p.name != "packed_forward.vy" and "testing" not in p.parts]
    assert [str(path) for path in others if layout.search(text(path))] == []


def test_contracts_are_pinned_to_one_compiler() -> None:
    """Every Vyper source names the exact version that the development extra installs."""
    pin = re.search(r'"vyper==([0-9.]+)"', text("pyproject.toml"))
    assert pin
    wrong = [str(p) for p in tracked(".vy", ".vyi") if text(p).splitlines()[0] != f"# pragma version {pin[1]}"]
    assert not wrong


def test_the_checkout_is_what_is_imported() -> None:
    """The tests read the packages of this checkout, not of another one."""
    import ifx_sdk

    assert Path(ifx_sdk.__file__).is_relative_to(ROOT)
