"""What a body may be: JSON that has one meaning for every reader of it. Pure.

The standard library takes more: a key twice (the last one counts, while another reader takes the first), NaN, integers
of a megabyte, nesting until the stack ends. PostgreSQL keeps no NUL, and half of a surrogate pair is no text at all.
"""

import json
from typing import Final, NoReturn

MAX_DEPTH: Final = 16
"""Objects and lists within each other."""
MAX_DIGITS: Final = 30
"""Of one number; the longest honest one has 16."""


class NotJson(ValueError):  # noqa: N818 - named for what is wrong
    """A body that is refused; its text is one line and holds nothing of the body."""


def check(body: bytes) -> None:
    """Raise `NotJson` where a body is no JSON of one meaning."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson("it is not UTF-8") from error
    if _depth(text) > MAX_DEPTH:
        raise NotJson(f"it is nested more than {MAX_DEPTH} deep")
    try:
        found = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_number, parse_float=_number
        )
    except json.JSONDecodeError as error:
        raise NotJson("it is not JSON") from error
    _check_text(found)


def _depth(text: str) -> int:
    """How deep it is nested at most."""
    deepest = depth = 0
    inside = escaped = False
    for each in text:
        if inside:
            inside = escaped or each != '"'
            escaped = each == "\\" and not escaped
        elif each == '"':
            inside = True
        elif each in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif each in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson("a key stands twice in one object")
    return found


def _no_constant(_: str) -> NoReturn:
    raise NotJson("NaN and Infinity are no JSON")


def _number(text: str) -> str:
    """Not read: a route's own model does that."""
    if len(text) > MAX_DIGITS:
        raise NotJson(f"a number has more than {MAX_DIGITS} digits")
    return ""


def _check_text(found: object) -> None:
    if isinstance(found, dict):
        for key, value in found.items():
            _check_text(key)
            _check_text(value)
    elif isinstance(found, list):
        for value in found:
            _check_text(value)
    elif isinstance(found, str) and ("\0" in found or any("\ud800" <= each <= "\udfff" for each in found)):
        raise NotJson("a text holds NUL or half of a surrogate pair")
