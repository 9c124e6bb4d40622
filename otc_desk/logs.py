"""The desk's log: one event a line, JSON where a program reads it. Contact data, tokens and bodies are never in it."""

import structlog

Log = structlog.stdlib.BoundLogger


def logger() -> Log:
    """The desk's logger."""
    found: Log = structlog.get_logger("otc_desk")
    return found
