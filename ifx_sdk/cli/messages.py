"""The three kinds of message that are approved, read from a file by their keys and shown before anybody approves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from ifx_sdk.cli import agreement, endings_sheet
from ifx_sdk.cli.errors import NotAMessage
from ifx_sdk.cli.reading import read_file
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.errors import BadFile, BadMessageFile, BadTermsFile
from ifx_sdk.records import ForwardRecord
from ifx_sdk.signing import Message
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import Domain, Terms

M = TypeVar("M", Terms, Termination, Novation)

_KEYS: Final[Mapping[type, frozenset[str]]] = {
    Novation: frozenset({"outgoing", "incoming", "remaining", "payment"}),
    Terms: frozenset({"underlying", "quantity", "spot", "indicative", "maturity", "averaging_days"}),
    Termination: frozenset({"forward"}),
}
"""Keys that tell a kind, looked for in this order: a novation too has a `forward`."""
_NOUNS: Final[Mapping[type, str]] = {Terms: "terms", Termination: "a termination", Novation: "a novation"}
_SENT_BY: Final[Mapping[type, str]] = {Terms: "ifx book", Termination: "ifx terminate", Novation: "ifx novate"}


def read_message(path: str) -> Message:
    """A message of any kind. Raises NotAMessage for none, BadTermsFile and BadMessageFile for one with a fault."""
    content = read_file(path, NotAMessage)
    kind = _kind_of(loads(content, path, NotAMessage), path, NotAMessage)
    if kind is None:
        raise NotAMessage(path, "its keys are of neither terms nor a termination nor a novation")
    found: Message = kind.from_json(content, path)
    return found


def read_as(path: str, kind: type[M]) -> M:
    """A message of one kind. Raises BadTermsFile or BadMessageFile, naming the command for a file of another kind."""
    refuse = BadTermsFile if kind is Terms else BadMessageFile
    content = read_file(path, refuse)
    other = _kind_of(loads(content, path, refuse), path, refuse)
    if other not in (None, kind):
        raise refuse(path, f"it holds {_NOUNS[other]}, not {_NOUNS[kind]}", cure=f"`{_SENT_BY[other]}` takes that.")
    return kind.from_json(content, path)


def _kind_of(document: object, path: str, refuse: type[BadFile]) -> Any:  # one of the three classes, or None
    if not isinstance(document, dict):
        return None
    if document.keys() >= {"id", "account", "signature"}:
        raise refuse(path, "it is an approval, not what is approved", cure="Give the file that was signed.")
    return next((kind for kind, keys in _KEYS.items() if keys & document.keys()), None)


def document(message: Message, domain: Domain, record: ForwardRecord | None = None) -> dict[str, object]:
    """A message for programs; what follows from its forward's `record` is left out where that is not known."""
    if isinstance(message, Terms):
        return agreement.document(message, domain)
    return endings_sheet.document(message, domain, record)


def text(message: Message, domain: Domain, record: ForwardRecord | None = None) -> str:
    """A message for people."""
    if isinstance(message, Terms):
        return agreement.text(message, domain)
    return endings_sheet.text(message, domain, record)
