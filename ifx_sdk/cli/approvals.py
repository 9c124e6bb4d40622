"""The approvals that those whom a message names hand to whoever sends it."""

from __future__ import annotations

from ifx_sdk.cli.errors import BadApproval
from ifx_sdk.cli.reading import hex_bytes, read_file
from ifx_sdk.errors import BadValue, NotASide, WrongSigner
from ifx_sdk.signing import Message
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import parse_address

MAX_APPROVAL = 2048
"""Bytes of a contract wallet's signature that the escrow takes."""


def check_party(message: Message, account: str) -> None:
    """Raise NotASide where the message does not name the account."""
    if account not in message.parties.values():
        named = ", ".join(f"the {role} {each}" for role, each in message.parties.items())
        raise NotASide(what=f"{account} is none of those whom the message names: {named}")


def read_approvals(message: Message, id: bytes, given: dict[str, str | None]) -> list[bytes]:
    """The approvals of all whom a message names, role -> what the command line says, in the contract's order."""
    return [read_approval(given[role], account, id) for role, account in message.parties.items()]


def read_approval(given: str | None, account: str, id: bytes) -> bytes:
    """One approval: hexadecimal as it is, or the file that `ifx sign` wrote; empty for one made on chain.

    Raises BadValue, BadApproval (of something else, too), and WrongSigner for one by another account than `account`.
    """
    if given is None:
        return b""
    raw = hex_bytes(given)
    if raw is None:
        raw = _from_file(given, account, id)
    if len(raw) > MAX_APPROVAL:
        raise BadValue(f"{len(raw)} bytes", f"an approval has at most {MAX_APPROVAL}", cure="Give the signature alone.")
    return raw


def _from_file(path: str, account: str, id: bytes) -> bytes:
    found = loads(read_file(path, BadApproval), path, BadApproval)
    if not isinstance(found, dict) or not {"id", "account", "signature"} <= found.keys():
        raise BadApproval(path, "it lacks id, account or signature")
    raw = {key: hex_bytes(value) if isinstance(value, str) else None for key, value in found.items()}
    if raw["id"] is None or raw["signature"] is None:
        raise BadApproval(path, "id and signature must be 0x and hexadecimal digits")
    if raw["id"] != id:
        raise BadApproval(path, f"it approves something else, 0x{raw['id'].hex()}, not 0x{id.hex()}")
    signed_by = parse_address(found["account"])
    if signed_by != account:
        raise WrongSigner(account, signed_by)
    return raw["signature"]
