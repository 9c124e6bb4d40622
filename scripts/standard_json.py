"""Write each contract's standard JSON input: what a block explorer takes to verify the source.

    python scripts/standard_json.py [--out DIR]      DIR/<contract>.json; build/standard-json where it is left out

The sources of this checkout and of the pinned snekmate, and the settings of the packaged artifacts, nothing of this
machine: the file compiles alone, anywhere. It is made on demand and not tracked, for it is nothing but a copy of what
the commit holds; a test compiles it in an empty folder and compares the bytecode.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path, PurePosixPath
from typing import Any

from scripts.export_abis import EVM_VERSION, ROOT, SOURCES

LIBRARY = "snekmate"


def standard_json(name: str) -> dict[str, object]:
    """The input for one contract: sources by their path in the repository, or below `snekmate/`."""
    with chdir(ROOT):  # the compiler names sources as seen from here
        given, settings = _compiled(name, "solc_json"), _compiled(name, "settings_dict")
    source = str(SOURCES[name].relative_to(ROOT))
    return {
        "language": given["language"],
        "sources": {_path(path): content for path, content in sorted(given["sources"].items())},
        "settings": {
            "evmVersion": settings["evm_version"],
            "optimize": settings["optimize"],
            "search_paths": ["."],
            "outputSelection": {source: ["*"]},
        },
        "compiler_version": given["compiler_version"],
        "integrity": given["integrity"],
    }


def _compiled(name: str, output: str) -> Any:  # as vyper gives it
    from vyper.cli.vyper_compile import compile_files  # type: ignore[import-untyped]
    from vyper.compiler.settings import Settings  # type: ignore[import-untyped]

    (found,) = compile_files([str(SOURCES[name])], [output], settings=Settings(evm_version=EVM_VERSION)).values()
    return found[output]


def _path(path: str) -> str:
    """A source's path without this machine: below the repository, or below the library's own folder."""
    parts = PurePosixPath(path).parts
    return str(PurePosixPath(*parts[parts.index(LIBRARY) :])) if LIBRARY in parts else path


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "standard-json", help="folder to write to")
    folder: Path = parser.parse_args(arguments).out
    folder.mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        path = folder / f"{name}.json"
        path.write_text(json.dumps(standard_json(name), indent=1) + "\n", encoding="utf-8")
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
