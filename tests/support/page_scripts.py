"""The page's own TypeScript in a process of its own: bundled as for the browser, run by Node.js, asked in JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from support.tree import ROOT

WEB = ROOT / "web"
ESBUILD = WEB / "node_modules" / "esbuild" / "bin" / "esbuild"
MISSING = "Node.js or the page's packages not found: install Node.js and run `make page`"
PATIENCE = 120
"""Seconds that a script may take."""

Script = Callable[[Mapping[str, object]], Any]
"""Asks a script, and gives its answer."""


def page_script(name: str, folder: Path) -> Script:
    """`web/test/NAME.ts`, bundled into `folder`; skips loudly without what that takes, and fails in CI."""
    node = shutil.which("node")
    if node is None or not ESBUILD.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    made = folder / f"{name}.mjs"
    source = WEB / "test" / f"{name}.ts"
    how = ["--bundle", "--platform=node", "--format=esm", "--target=node20", "--log-level=warning", f"--outfile={made}"]
    subprocess.run([node, ESBUILD, source, *how], check=True, cwd=WEB)

    def ask(request: Mapping[str, object]) -> Any:
        done = subprocess.run(
            [node, made], input=json.dumps(request), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask
