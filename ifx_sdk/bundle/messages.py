"""What a transaction handed to the escrow: the message, and an approval of each whom it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ifx_sdk.artifacts import codec
from ifx_sdk.bundle.errors import Mismatch
from ifx_sdk.bundle.history import Happened
from ifx_sdk.contract import raw
from ifx_sdk.endings import Ending, Novation, Termination
from ifx_sdk.errors import IFXError
from ifx_sdk.evidence.posted import RawTransaction, calls_in
from ifx_sdk.signing import Message, message_digest
from ifx_sdk.terms import Domain, Terms

TERMS: Final = "terms.json"
"""The part with the terms, as `ifx terms` writes them."""

_KINDS: Final[Mapping[str, tuple[str, type[Terms] | type[Termination] | type[Novation]]]] = {
    "book": ("terms", Terms),
    "terminate": ("termination", Termination),
    "novate": ("novation", Novation),
}

Handed = tuple[Message, Mapping[str, bytes]]
"""A message, and the approvals by role."""


def handed_in(transaction: RawTransaction, escrow: str, function: str, wanted: bytes, domain: Domain) -> Handed | None:
    """The message with the digest `wanted` in a call of `function`, with its approvals; None where there is none."""
    name, kind = _KINDS[function]
    for _, args in calls_in(transaction, escrow, codec("ForwardEscrow"), (function,)):
        fields = args[name]
        if not isinstance(fields, dict):
            continue
        try:
            message = kind(**fields)
        except IFXError:  # bytes that look like the call and are none
            continue
        if message_digest(message, domain) == wanted:
            return message, {role: raw(args[f"{role}_approval"]) for role in message.parties}
    return None


def booked_message(booked: Happened, escrow: str, terms: Terms, domain: Domain) -> Mapping[str, bytes]:
    """The approvals with which these terms were booked. Raises `Mismatch`."""
    found = handed_in(booked.mined.transaction, escrow, "book", message_digest(terms, domain), domain)
    if found is None:
        raise Mismatch("booking", f"part {booked.mined.part}", expected="a call of `book` with the terms", found="none")
    return found[1]


def ending_message(
    happened: Happened, escrow: str, function: str, wanted: bytes, domain: Domain
) -> tuple[Ending, Mapping[str, bytes]]:
    """The termination or novation that was executed, with its approvals. Raises `Mismatch`."""
    found = handed_in(happened.mined.transaction, escrow, function, wanted, domain)
    if found is None or isinstance(found[0], Terms):
        expected = f"a call of `{function}` with the message 0x{wanted.hex()}"
        raise Mismatch(function, f"part {happened.mined.part}", expected=expected, found="none")
    return found[0], found[1]
