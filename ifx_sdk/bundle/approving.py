"""How each account approved a message, in the order in which the escrow tries: signature, on chain, wallet contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ifx_sdk.bundle.errors import Mismatch
from ifx_sdk.bundle.history import Happened, History
from ifx_sdk.bundle.state import NO_CODE, State
from ifx_sdk.errors import BadSignature
from ifx_sdk.safe_message import safe_message_hash
from ifx_sdk.signing import SIGNATURE_BYTES, Message, recover

_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of secp256k1


class How(StrEnum):
    """A way of approving."""

    SIGNED = "signed"
    ON_CHAIN = "on chain"
    WALLET = "wallet contract"


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """One account's approval of one message."""

    role: str
    """Such as `long`."""
    account: str
    """Checksummed."""
    how: How
    """Which way."""
    text: str
    """In words."""


def approvals_of(
    message: Message,
    digest: bytes,
    given: Mapping[str, bytes],
    executed: Happened,
    history: History,
    state: State,
    chain_id: int,
) -> tuple[Approval, ...]:
    """How all whom a message names approved it; `given` is what was handed to the escrow by role.

    `executed` is the event by which the escrow acted on it. Raises `Mismatch` where an account did not approve.
    """
    return tuple(
        _approval(role, account, digest, given[role], executed, history, state, chain_id)
        for role, account in message.parties.items()
    )


def _approval(
    role: str,
    account: str,
    digest: bytes,
    given: bytes,
    executed: Happened,
    history: History,
    state: State,
    chain_id: int,
) -> Approval:
    signer = signer_of(digest, given)
    if signer == account:
        return Approval(role=role, account=account, how=How.SIGNED, text=f"{account} signed the digest")
    for each in history.all("Approved"):
        if each.event.args["id"] == digest and each.event.args["account"] == account and each.place < executed.place:
            history.use(each)
            text = f"{account} approved on chain in {each.event.tx_hash}"
            return Approval(role=role, account=account, how=How.ON_CHAIN, text=text)
    if state.code_hash(account) == NO_CODE:
        expected = f"a signature of {account}, or its approval on chain"
        found = "neither" if signer is None else f"a signature by {signer}, or over other bytes"
        raise Mismatch(f"approval of the {role}", executed.mined.part, expected=expected, found=found)
    owners = safe_owners(digest, given, account, chain_id)
    text = f"{account}, a contract, accepted {len(given)} bytes when the escrow asked it (ERC-1271)"
    if owners:
        text += f"; as a Safe's they are signatures of {', '.join(owners)}"
    return Approval(role=role, account=account, how=How.WALLET, text=text)


def signer_of(digest: bytes, signature: bytes) -> str | None:
    """The account whose key gives 65 bytes over a digest, also with the higher s, which the chain takes; else None."""
    if len(signature) != SIGNATURE_BYTES:
        return None
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64]
    if s > _ORDER // 2 and v in (27, 28) and s < _ORDER:
        s, v = _ORDER - s, 55 - v
    try:
        return recover(digest, r + s.to_bytes(32, "big") + bytes([v]))
    except BadSignature:
        return None


def safe_owners(digest: bytes, given: bytes, safe: str, chain_id: int) -> tuple[str, ...]:
    """The accounts that signed as owners of a Safe; none where the bytes are no such signatures."""
    if not given or len(given) % SIGNATURE_BYTES:
        return ()
    asked = safe_message_hash(digest, safe, chain_id)
    parts = [given[at : at + SIGNATURE_BYTES] for at in range(0, len(given), SIGNATURE_BYTES)]
    found = [signer_of(asked, each) for each in parts]
    return tuple(each for each in found if each is not None) if all(found) else ()
