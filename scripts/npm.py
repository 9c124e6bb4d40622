"""The npm packages of this checkout, as scripts/npm.sh installs them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / ".tools" / "node_modules"
SAFE = "@safe-global/safe-contracts"
VIEM = "viem"
AXE = "axe-core"


def find_package(name: str) -> Path | None:
    """The folder of an installed package; None where it is missing."""
    folder = MODULES / name
    return folder if (folder / "package.json").is_file() else None


def missing(name: str) -> str:
    """What to tell who needs a package that is not there."""
    return f"npm's {name} not found: run scripts/npm.sh, which installs it into .tools"
