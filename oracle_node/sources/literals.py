"""JavaScript literals as they stand in page source: arrays, objects, strings, numbers, calls around one string."""

import re
from decimal import Decimal
from typing import Final, TypeAlias

JsValue: TypeAlias = "str | Decimal | bool | list[JsValue] | dict[str, JsValue] | None"
"""A literal's value: numbers exact, `undefined` as None."""

_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`", re.DOTALL)
_NUMBER = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{1,15})?|\.[0-9]{1,15})(?![\w.])")
_WORD = re.compile(r"[A-Za-z_$][\w$.]*")
_WORDS: Final[dict[str, bool | None]] = {"null": None, "undefined": None, "true": True, "false": False}
_DEPTH: Final = 30


class LiteralError(ValueError):
    """The text at this place is no literal, or ends inside one."""


def read_literal(text: str, at: int) -> tuple[JsValue, int]:
    """Read the literal at offset `at`; give it and the offset behind it, or raise `LiteralError`."""
    return _value(text, at, 0)


def expect_end(text: str, at: int, ends: str) -> None:
    """Raise `LiteralError` where none of the characters `ends` follows: the literal ended before its data did."""
    at = _skip(text, at)
    if at >= len(text) or text[at] not in ends:
        raise LiteralError(f"the data goes on at {at}")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> tuple[JsValue, int]:
    at = _skip(text, at)
    if depth > _DEPTH or at >= len(text):
        raise LiteralError(f"no literal at {at}")
    if text[at] == "[":
        return _array(text, at + 1, depth)
    if text[at] == "{":
        return _object(text, at + 1, depth)
    if string := _STRING.match(text, at):
        return _unescaped(string), string.end()
    if number := _NUMBER.match(text, at):
        return Decimal(number.group(0)), number.end()
    if word := _WORD.match(text, at):
        if word.group(0) in _WORDS:
            return _WORDS[word.group(0)], word.end()
        return _call(text, word.end(), depth)
    raise LiteralError(f"no literal at {at}")


def _array(text: str, at: int, depth: int) -> tuple[JsValue, int]:
    items: list[JsValue] = []
    blanks: set[bool] = set()
    while True:
        behind, at = at, _skip(text, at)
        if text[at : at + 1] == "]":
            if items and text[behind - 1] == "," and "\n" not in text[behind:at]:
                # No formatter leaves a comma before a bracket on one line: the field behind it was lost.
                raise LiteralError(f"a field is missing at {at}")
            if len(blanks) > 1:
                # No formatter writes `0.5, 1,2`: a figure was torn in two.
                raise LiteralError(f"the fields are not parted alike at {at}")
            return items, at + 1
        item, at = _value(text, at, depth + 1)
        items.append(item)
        at = _comma(text, at, "]")
        if text[at - 1] == ",":
            blanks.add(text[at : at + 1].isspace())


def _object(text: str, at: int, depth: int) -> tuple[JsValue, int]:
    fields: dict[str, JsValue] = {}
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "}":
            return fields, at + 1
        key = _STRING.match(text, at) or _WORD.match(text, at)
        if key is None:
            raise LiteralError(f"no key at {at}")
        name = _unescaped(key) if key.re is _STRING else key.group(0)
        at = _skip(text, key.end())
        if text[at : at + 1] != ":":
            raise LiteralError(f"no colon at {at}")
        if name in fields:
            raise LiteralError(f"{name} comes twice at {at}")
        fields[name], at = _value(text, at + 1, depth + 1)
        at = _comma(text, at, "}")


def _call(text: str, at: int, depth: int) -> tuple[JsValue, int]:
    """A call such as `pricingHtml("...")` stands for its first argument."""
    at = _skip(text, at)
    if text[at : at + 1] != "(":
        raise LiteralError(f"no call at {at}")
    argument, at = _value(text, at + 1, depth + 1)
    at = _comma(text, at, ")")
    at = _skip(text, at)
    if text[at : at + 1] != ")":
        raise LiteralError(f"no end of a call at {at}")
    return argument, at + 1


def _comma(text: str, at: int, end: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] == ",":
        return at + 1
    if text[at : at + 1] == end:
        return at
    raise LiteralError(f"no comma at {at}")


def _unescaped(found: re.Match[str]) -> str:
    body = next((group for group in found.groups() if group is not None), "")
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), body, flags=re.DOTALL)
