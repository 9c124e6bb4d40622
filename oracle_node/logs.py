"""What a node says while it works: one event a line, JSON where a program reads it, columns where a person does.

No line shows a secret: keys and passwords never reach a log, and what may be secret in an address, such as the token in
an RPC endpoint's path, is cut out of every line, of tracebacks too.
"""

import json as jsons
import logging
import sys
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Final, TextIO
from urllib.parse import parse_qsl, urlsplit

import structlog

Log = structlog.stdlib.BoundLogger
"""A logger whose keyword arguments become fields of the line."""

_QUIET: Final = ("httpx", "httpcore", "web3", "urllib3")
"""Libraries that log every request; their warnings stay."""
_HIDDEN: Final = "[hidden]"
_LEAST: Final = 8
"""Characters of what can be a secret; shorter pieces of an address, such as `v3`, stay."""


class _Discreet(structlog.stdlib.ProcessorFormatter):
    """Cuts secrets out of whole lines, whoever wrote them."""

    secrets: tuple[str, ...] = ()

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for each in self.secrets:
            line = line.replace(each, _HIDDEN)
        return line


def configure(
    stream: TextIO | None = None, *, debug: bool = False, json: bool | None = None, secrets: Iterable[str] = ()
) -> None:
    """Send every log line of the process to `stream` (stderr), with its time in UTC, and without the `secrets`.

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
    handler = logging.StreamHandler(out)
    formatter = _Discreet(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(as_json, out.isatty())],
    )
    hidden = {shown for each in secrets for shown in (each, jsons.dumps(each)[1:-1]) if shown}
    formatter.secrets = tuple(sorted(hidden, key=len, reverse=True))
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderers(as_json: bool, colors: bool) -> tuple[structlog.typing.Processor, ...]:
    """Plain tracebacks in both: the pretty ones show every frame's variables, and a key is one of them."""
    if as_json:
        return structlog.processors.format_exc_info, structlog.processors.JSONRenderer()
    plain = structlog.dev.plain_traceback
    return (structlog.dev.ConsoleRenderer(timestamp_key="time", colors=colors, exception_formatter=plain),)


def logger() -> Log:
    """The node's logger."""
    found: Log = structlog.get_logger("oracle_node")
    return found


def catch_uncaught(log: Log) -> None:
    """Log what ends a thread or the process unforeseen; Ctrl-C ends it without a word."""

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.critical("uncaught exception, the process ends", exc_info=(kind, error, trace))

    def in_thread(found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None and not issubclass(found.exc_type, SystemExit):
            thread = None if found.thread is None else found.thread.name
            exc_info = found.exc_type, found.exc_value, found.exc_traceback
            log.critical("uncaught exception in a thread", thread=thread, exc_info=exc_info)

    sys.excepthook = uncaught
    threading.excepthook = in_thread


def secrets_of(addresses: Iterable[str | None]) -> tuple[str, ...]:
    """The pieces of URLs that may be secret: user, password, long parts of the path, values of the query."""
    found: set[str] = set()
    for address in addresses:
        if address is None or "://" not in address:
            continue  # a path of this machine
        parts = urlsplit(address)
        pieces = [
            parts.username,
            parts.password,
            *parts.path.split("/"),
            *(value for _, value in parse_qsl(parts.query)),
        ]
        found |= {each for each in pieces if each is not None and len(each) >= _LEAST}
        userinfo = parts.netloc.rpartition("@")[0]
        found |= {userinfo} - {""}
    return tuple(sorted(found))
