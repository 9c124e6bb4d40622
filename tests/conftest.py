"""Hypothesis profiles of every suite (`ci`, or `nightly` by HYPOTHESIS_PROFILE=nightly), and the chains it runs on."""

import os
import time

import pytest
from hypothesis import HealthCheck, settings

# Imported, not named as a plugin: a conftest's fixtures come before those of Ape, which has a `chain` of its own.
from support.chain import anvil, anvil_url, chain, ifx, local, local_session, node_url, own_anvil, parties
from support.databases import bare_url, database_url, postgres_cluster, postgres_url, sqlite_template

__all__ = ["anvil", "anvil_url", "chain", "ifx", "local", "local_session", "node_url", "own_anvil", "parties"]
__all__ += ["bare_url", "database_url", "postgres_cluster", "postgres_url", "sqlite_template"]

# A shared two-core machine may be slow without anything being wrong: no deadline and no complaint about speed.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}

# The same examples on every run, so that a red build is red for its own change; `nightly` looks further, at random.
settings.register_profile("ci", max_examples=100, derandomize=True, **_PATIENT)
# Within a box of NIGHTLY_SECONDS it looks less far, so that no single property outlives the box by much.
BOX = float(os.environ.get("NIGHTLY_SECONDS") or "inf")
settings.register_profile("nightly", max_examples=int(min(2_000, max(100, BOX))), **_PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

_ENDS = time.monotonic() + BOX

_LONG = {"stateful", "stories", "browser", "test_load.py", "test_schemathesis.py"}
"""Folders and files of single tests that take longer than hundreds of others."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin no test once the time box is over; what was left out is counted as skipped, with the reason."""
    if time.monotonic() > _ENDS:
        pytest.skip(f"not begun: NIGHTLY_SECONDS={BOX:.0f} were over")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes: begun last, it would run on one worker while the others have nothing to do."""
    items.sort(key=lambda item: not _LONG.intersection(item.path.parts))
