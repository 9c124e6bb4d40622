"""What the desk's log says of a fault: where, and never what anybody typed."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from otc_desk import logs

SECRET = "someone@canary.example"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The process's logging is left as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def fail() -> None:
    """Raise from another exception, both with the secret in their text and among their variables."""
    contact = SECRET
    try:
        {}[contact]
    except KeyError as error:
        raise ValueError(f"the row ({contact}) is refused") from error


@pytest.mark.parametrize("as_json", [True, False])
def test_a_fault_is_logged_by_names_and_lines(as_json: bool) -> None:
    """Of the desk's own logger and of a library's alike, through the formatter and through `fault_of`."""
    out = io.StringIO()
    logs.configure(out, json=as_json)
    for number in range(4):
        try:
            fail()
        except ValueError as error:
            if number == 0:
                logs.logger().error("unforeseen", exc_info=error)
            elif number == 1:
                logs.logger().exception("unforeseen")
            elif number == 2:
                logging.getLogger("uvicorn.error").exception("in the application")
            else:
                logs.logger().error("unforeseen", fault=logs.fault_of(error))
    text = out.getvalue()
    assert SECRET not in text
    assert text.count("KeyError") == text.count("ValueError") == 4
    assert text.count("test_logs.py:") >= 8
    if as_json:
        lines = [json.loads(line) for line in text.splitlines()]
        assert [line["level"] for line in lines] == ["error"] * 4
        assert all(line["time"].endswith("Z") for line in lines)
