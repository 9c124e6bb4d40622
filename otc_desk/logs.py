"""The desk's log: one event a line, JSON where a program reads it. Contact data, tokens and bodies are never in it.

Nor is what an unforeseen exception says: a database's message holds the row that it refused. Such a line has the
exceptions' names and the lines of code that they passed.
"""

import logging
import sys
import traceback
from typing import Final, TextIO

import structlog

Log = structlog.stdlib.BoundLogger

_QUIET: Final = ("httpx", "httpcore", "web3", "urllib3", "alembic", "sqlalchemy", "uvicorn.access")
"""Libraries that log every request or statement; their warnings stay."""


def logger() -> Log:
    """The desk's logger."""
    found: Log = structlog.get_logger("otc_desk")
    return found


def fault_of(error: BaseException) -> tuple[str, ...]:
    """The exceptions from the first to the last, by name, each with the lines that it passed; no word of their text."""
    lines: list[str] = []
    found: BaseException | None = error
    while found is not None and len(lines) < 200:
        frames = traceback.extract_tb(found.__traceback__)
        lines = [type(found).__qualname__, *(f"{each.filename}:{each.lineno} {each.name}" for each in frames), *lines]
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return tuple(lines)


def configure(stream: TextIO | None = None, *, debug: bool = False, json: bool | None = None) -> None:
    """Send every log line of the process, libraries' too, to `stream` (stderr), with its time in UTC.

    `json` is True for one JSON object a line, False for columns, None for columns on a terminal and JSON elsewhere.
    """
    out = stream or sys.stderr
    as_json = not out.isatty() if json is None else json
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _without_text,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if not as_json:
        renderer = structlog.dev.ConsoleRenderer(timestamp_key="time", colors=out.isatty())
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_text(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Put the exception's name and lines where its text would be."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["fault"] = fault_of(error)
    record = event.get("_record")
    if record is not None:
        record.exc_info = record.exc_text = None
    return event
