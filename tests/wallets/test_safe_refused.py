"""What is no approval of a Safe, in every seat, beside what is."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from support.deeds import ALL_SEATS, Deed, seat
from support.market import Market, told
from support.safe import ZERO, Safe, SafeContracts, by_contract, joined, message_hash

from ifx_sdk import devnet
from ifx_sdk.client import IFX
from ifx_sdk.signers import KeySigner

STRANGER = KeySigner.from_key(b"\x63" * 32)
SENTINEL = "0x" + "0" * 39 + "1"
"""Before the first owner in a Safe's list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What there is to forge from."""

    deed: Deed
    """To be approved."""
    safe: Safe
    """Which has to approve it."""
    twin: Safe
    """Another Safe of the same owners."""
    elsewhere: IFX
    """Another deployment on the same chain."""

    @property
    def digest(self) -> bytes:
        """What the Safe has to approve."""
        return self.deed.digest


def flipped(approval: bytes) -> bytes:
    """The same owners' signatures in the other order."""
    return approval[65:] + approval[:65]


FORGERIES: dict[str, Callable[[Case], bytes]] = {
    "nothing": lambda case: b"",
    "one signature too few": lambda case: case.safe.sign(case.digest, case.safe.owners[:1]),
    "owners unsorted": lambda case: flipped(case.safe.sign(case.digest)),
    "a stranger beside an owner": lambda case: case.safe.sign(case.digest, [case.safe.owners[0], STRANGER]),
    "an owner twice": lambda case: 2 * case.safe.sign(case.digest, case.safe.owners[:1]),
    "the last byte missing": lambda case: case.safe.sign(case.digest)[:-1],
    "the first byte missing": lambda case: case.safe.sign(case.digest)[1:],
    "130 zeros": lambda case: bytes(130),
    "2,048 bytes of nonsense": lambda case: b"\xee" * 2048,
    "the digest itself signed": lambda case: joined(case.digest, case.safe.deciding),
    "by one owner's key alone": lambda case: case.safe.owners[0].sign_digest(case.digest),
    "for another Safe of the same owners": lambda case: case.twin.sign(case.digest),
    "for the same Safe on another chain": lambda case: joined(
        message_hash(case.digest, case.safe.address, 1), case.safe.deciding
    ),
    "for another escrow": lambda case: case.safe.sign(case.elsewhere.escrow.message_id(case.deed.message)),
    "for the same message with another salt": lambda case: case.safe.sign(
        replace(case.deed, message=replace(case.deed.message, salt=b"\xff" * 32)).digest
    ),
    "owners said to have approved on chain": lambda case: b"".join(
        bytes(12) + bytes.fromhex(owner.address[2:]) + bytes(32) + b"\1"
        for owner in sorted(case.safe.deciding, key=lambda owner: int(owner.address, 16))
    ),
    "owners said to be contracts": lambda case: b"".join(
        by_contract(owner.address, 130)
        for owner in sorted(case.safe.deciding, key=lambda owner: int(owner.address, 16))
    ),
}


@pytest.fixture(scope="module")
def elsewhere(opened: Market) -> IFX:
    """A second deployment on the same chain."""
    return devnet.start(opened.chain)


@pytest.fixture(scope="module")
def twin(safe_contracts: SafeContracts, safes: dict[str, Safe]) -> Safe:
    """A second Safe of the same owners, of whom more decide."""
    return safe_contracts.create(safes["2-of-3"].owners, 3)


@pytest.mark.parametrize("name", ALL_SEATS)
def test_nothing_but_enough_owners_signatures_over_this_message_counts(
    market: Market, safes: dict[str, Safe], twin: Safe, elsewhere: IFX, name: str
) -> None:
    """Everything else is refused in that seat's name and moves nothing; the owners' signatures then count."""
    safe, role = safes["2-of-3"], name.split()[1]
    deed = seat(market, name, safe)
    case = Case(deed=deed, safe=safe, twin=twin, elsewhere=elsewhere)
    everyone = (safe, market.long, market.short, market.third)
    before = market.money(*everyone)
    refusals = {forgery: deed.refusal({role: forge(case)}) for forgery, forge in FORGERIES.items()}
    assert refusals == dict.fromkeys(FORGERIES, deed.reason(role))
    assert market.money(*everyone) == before
    assert told(deed.execute({role: safe.sign(deed.digest)})) == list(deed.expected)


def test_every_owner_is_as_good_as_another(market: Market, safes: dict[str, Safe]) -> None:
    """Any two of three decide, and all three do."""
    safe = safes["2-of-3"]
    first, second, third = safe.owners
    for owners in ((first, second), (first, third), (second, third), safe.owners):
        deed = seat(market, "book long", safe)
        assert deed.refusal({"long": safe.sign(deed.digest, owners[:1])}) == deed.reason("long")
        deed.execute({"long": safe.sign(deed.digest, owners)})


def test_what_an_owner_who_was_removed_signed_no_longer_counts(market: Market, safes: dict[str, Safe]) -> None:
    """Although he was an owner when he signed; the owners who are left sign in his place."""
    safe = safes["2-of-3"]
    first, second, third = safe.owners
    deed = seat(market, "book short", safe)
    before = safe.sign(deed.digest, [second, third])
    safe.act_on_itself("removeOwner", second.address, third.address, 2).confirmed()
    assert deed.refusal({"short": before}) == deed.reason("short")
    assert told(deed.execute({"short": safe.sign(deed.digest, [first, second])})) == list(deed.expected)


def test_signatures_below_a_raised_threshold_no_longer_count(market: Market, safes: dict[str, Safe]) -> None:
    """Two were enough when they signed; all three are now."""
    safe = safes["2-of-3"]
    deed = seat(market, "book short", safe)
    before = safe.sign(deed.digest)
    safe.act_on_itself("changeThreshold", 3).confirmed()
    assert deed.refusal({"short": before}) == deed.reason("short")
    assert told(deed.execute({"short": safe.sign(deed.digest, safe.owners)})) == list(deed.expected)


def test_an_approval_on_chain_outlives_the_owners_who_gave_it(market: Market, safes: dict[str, Safe]) -> None:
    """It is the Safe's own until the Safe revokes it: owners who follow and want out have it revoke."""
    safe = safes["2-of-3"]
    first, second, third = safe.owners
    standing, withdrawn = seat(market, "book long", safe), seat(market, "book long", safe)
    for deed in (standing, withdrawn):
        deed.approve(safe)
    safe.act_on_itself("swapOwner", SENTINEL, first.address, STRANGER.address).confirmed()
    followers = replace(safe, owners=(second, third, STRANGER))
    withdrawn.revoke(followers)
    assert withdrawn.refusal({"long": b""}) == withdrawn.revoked_reason
    assert told(standing.execute({"long": b""})) == list(standing.expected)


def test_a_safe_without_a_fallback_handler_approves_by_transaction_only(market: Market, safes: dict[str, Safe]) -> None:
    """It answers ERC-1271 with nothing, which is no yes, however good the signatures."""
    safe = safes["2-of-3"]
    safe.act_on_itself("setFallbackHandler", ZERO).confirmed()
    deed = seat(market, "book long", safe)
    assert deed.refusal({"long": safe.sign(deed.digest)}) == deed.reason("long")
    deed.approve(safe)
    assert told(deed.execute({"long": b""})) == list(deed.expected)
