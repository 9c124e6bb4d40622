"""Prometheus' two tools, for the tests that ask them."""

import os
from pathlib import Path

import pytest

from scripts.prometheus import MISSING, find


def tool(name: str) -> Path:
    """`prometheus` or `promtool`; skips loudly where there is none, and fails in CI."""
    found = find(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found
