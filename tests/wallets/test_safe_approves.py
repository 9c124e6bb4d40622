"""A Safe in every seat: its owners sign, or it approves on chain; then the message is executed like anyone else's."""

from dataclasses import replace

import pytest
from support.deeds import ALL_SEATS, seat
from support.market import Market, told
from support.safe import Safe

SIZES = {"2-of-3": 130, "3-of-5": 195}
"""Bytes of its owners' signatures."""


@pytest.mark.parametrize("name", ALL_SEATS)
@pytest.mark.parametrize("size", SIZES)
def test_a_safe_approves_by_its_owners_signatures(market: Market, safes: dict[str, Safe], size: str, name: str) -> None:
    """65 bytes for each deciding owner, asked for under ERC-1271; the call logs what it always logs."""
    safe = safes[size]
    deed = seat(market, name, safe)
    approval = safe.sign(deed.digest)
    assert len(approval) == SIZES[size]
    assert market.ifx.escrow.onchain_id(deed.message) == deed.digest
    assert told(deed.execute({name.split()[1]: approval})) == list(deed.expected)


@pytest.mark.parametrize("name", ALL_SEATS)
@pytest.mark.parametrize("size", SIZES)
def test_a_safe_approves_by_a_transaction(market: Market, safes: dict[str, Safe], size: str, name: str) -> None:
    """Its owners have it call the escrow; nobody signs the message, and no bytes are needed any more."""
    safe, role = safes[size], name.split()[1]
    deed = seat(market, name, safe)
    assert deed.refusal({role: b""}) == deed.reason(role)
    approval = deed.approve(safe)
    assert told(approval)[0] == ("Approved", {"id": deed.digest, "account": safe.address})
    assert [event for event, _ in told(approval)] == ["Approved", "ExecutionSuccess"]
    assert market.ifx.escrow.is_approved(deed.digest, safe.address)
    assert told(deed.execute({role: b""})) == list(deed.expected)


@pytest.mark.parametrize("name", ALL_SEATS)
def test_a_safe_approves_by_a_message_kept_inside_it(market: Market, safes: dict[str, Safe], name: str) -> None:
    """The digest signed on chain within the Safe makes it answer ERC-1271 with yes to no bytes at all."""
    safe, role = safes["2-of-3"], name.split()[1]
    deed = seat(market, name, safe)
    assert deed.refusal({role: b""}) == deed.reason(role)
    assert [event for event, _ in told(safe.approve_message(deed.digest).confirmed())] == [
        "SignMsg",
        "ExecutionSuccess",
    ]
    assert not market.ifx.escrow.is_approved(deed.digest, safe.address)
    assert told(deed.execute({role: b""})) == list(deed.expected)


@pytest.mark.parametrize("name", ALL_SEATS)
def test_a_safe_revokes(market: Market, safes: dict[str, Safe], name: str) -> None:
    """After its transaction no signature, not even its owners', executes the message; a new one does."""
    safe = safes["2-of-3"]
    deed = seat(market, name, safe)
    receipt = deed.revoke(safe)
    assert told(receipt)[0] == ("Revoked", {"id": deed.digest, "account": safe.address})
    assert [event for event, _ in told(receipt)] == ["Revoked", "ExecutionSuccess"]
    assert deed.refusal() == deed.revoked_reason
    message = replace(deed.message, salt=b"\xee" * 32)
    again = replace(deed, message=message)
    assert [event for event, _ in told(again.execute())] == [event for event, _ in deed.expected]
