"""npm packages for tests: of this checkout, as `scripts/npm.sh` brings them."""

import os
from pathlib import Path

import pytest

from scripts.npm import find_package, missing


def npm_package(name: str) -> Path:
    """The folder of an npm package; skips loudly where it is missing, and fails in CI."""
    found = find_package(name)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(missing(name))
        pytest.skip(missing(name))
    return found
