"""Write `docs/openapi.json`: what the desk takes and gives, as its routes say it. No chain and no database is needed.

    python scripts/export_openapi.py            write it
    python scripts/export_openapi.py --check    write nothing, exit 1 if it is stale

Deterministic: the same sources and versions give the same bytes on every machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.deployment import Deployment
from otc_desk.app import create_app
from otc_desk.desk import opened
from otc_desk.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "openapi.json"
NOBODY = "0x0000000000000000000000000000000000000001"


def document() -> str:
    """The text of the file."""
    settings = Settings.model_validate(
        {
            "database": "sqlite:///:memory:",
            "url": "https://desk.example",
            "operators": [NOBODY],
            "chain": {"rpc": "http://127.0.0.1:1", "deployment": "none.toml"},
            "key": {"file": "none.key"},
        }
    )
    deployment = Deployment(
        network="none", chain_id=1, block=0, token=NOBODY, oracle=NOBODY, escrow=NOBODY, timelock=NOBODY
    )
    with opened(settings, ifx=IFX(Chain(settings.chain.rpc, chain_id=1), deployment)) as desk:
        return json.dumps(create_app(desk).openapi(), indent=1, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, or hold it against the sources."""
    parser = argparse.ArgumentParser(description="Export the desk's OpenAPI.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if it is stale")
    text = document()
    if parser.parse_args(arguments).check:
        if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
            return 0
        print(f"stale: {TARGET.relative_to(ROOT)}; run make openapi", file=sys.stderr)
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
