"""Hypothesis profiles of every suite (`ci`, or `nightly` by HYPOTHESIS_PROFILE=nightly), and the chains it runs on."""

import os

from hypothesis import HealthCheck, settings

# Imported, not named as a plugin: a conftest's fixtures come before those of Ape, which has a `chain` of its own.
from support.chain import anvil, anvil_url, chain, ifx, local, local_session, node_url, parties

__all__ = ["anvil", "anvil_url", "chain", "ifx", "local", "local_session", "node_url", "parties"]

# A shared two-core machine may be slow without anything being wrong: no deadline and no complaint about speed.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}

# The same examples on every run, so that a red build is red for its own change; `nightly` looks further, at random.
settings.register_profile("ci", max_examples=100, derandomize=True, **_PATIENT)
settings.register_profile("nightly", max_examples=2_000, **_PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
