"""What a node says while it works: one event a line, JSON where a program reads it, columns where a person does."""

import logging
import sys
from typing import Final, TextIO

import structlog

Log = structlog.stdlib.BoundLogger
"""A logger whose keyword arguments become fields of the line."""

_QUIET: Final = ("httpx", "httpcore", "web3", "urllib3")
"""Libraries that log every request; their warnings stay."""


def configure(stream: TextIO | None = None, *, debug: bool = False, json: bool | None = None) -> None:
    """Send every log line of the process to `stream` (stderr), with its time in UTC.

    `json` is True for one JSON object a line, False for columns, None for columns on a terminal and JSON elsewhere.
    """
    out = stream or sys.stderr
    as_json = not out.isatty() if json is None else json
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(timestamp_key="time")
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def logger() -> Log:
    """The node's logger."""
    found: Log = structlog.get_logger("oracle_node")
    return found
