"""Compile the contracts and write `ifx_sdk/abi/*.json`: what the SDK ships instead of a compiler.

    python scripts/export_abis.py            write them
    python scripts/export_abis.py --check    write nothing, exit 1 and name the stale ones

Deterministic: the same sources, vyper and snekmate give the same bytes on every machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "ifx_sdk" / "abi"
SOURCES = {
    "FixingFeed": ROOT / "contracts" / "FixingFeed.vy",
    "FixingOracle": ROOT / "contracts" / "FixingOracle.vy",
    "ForwardEscrow": ROOT / "contracts" / "ForwardEscrow.vy",
    "Timelock": ROOT / "contracts" / "Timelock.vy",
    "TestUSDT": ROOT / "contracts" / "testing" / "TestUSDT.vy",
}
EVM_VERSION = "cancun"
"""Mainnet and the large L2s run it; written down, because the compiler's own default moves."""


def compile_all() -> dict[str, str]:
    """The text of every artifact, by contract name."""
    import vyper  # type: ignore[import-untyped]
    from vyper.cli.vyper_compile import compile_files  # type: ignore[import-untyped]
    from vyper.compiler.settings import Settings  # type: ignore[import-untyped]

    texts = {}
    for name, source in SOURCES.items():
        found = compile_files(
            [str(source)], ["abi", "bytecode", "integrity", "settings_dict"], settings=Settings(evm_version=EVM_VERSION)
        )
        (output,) = found.values()
        document = {
            "contractName": name,
            "compiler": f"vyper {vyper.__version__.partition('+')[0]}",
            "evmVersion": output["settings_dict"]["evm_version"],
            "optimization": output["settings_dict"]["optimize"],
            "integrity": output["integrity"],
            "abi": output["abi"],
            "bytecode": output["bytecode"],
        }
        texts[name] = json.dumps(document, indent=1) + "\n"
    return texts


def stale(texts: dict[str, str]) -> list[str]:
    """The names whose packaged artifact is not what the sources compile to."""
    paths = {name: TARGET / f"{name}.json" for name in texts}
    return [n for n, path in paths.items() if not path.exists() or path.read_text(encoding="utf-8") != texts[n]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the artifacts; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when one is stale")
    check = parser.parse_args(arguments).check
    texts = compile_all()
    outdated = stale(texts)
    if check:
        for name in outdated:
            print(f"ifx_sdk/abi/{name}.json is stale: run `make abi`", file=sys.stderr)
        return 1 if outdated else 0
    TARGET.mkdir(exist_ok=True)
    for name in outdated:
        (TARGET / f"{name}.json").write_text(texts[name], encoding="utf-8")
        print(f"wrote ifx_sdk/abi/{name}.json")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
