"""Other forms in which a Safe's owners approve, and what every form rests on."""

import pytest
from eth_utils.crypto import keccak
from support.deeds import seat
from support.market import Market, told
from support.packages import npm_package
from support.safe import Safe, SafeContracts, by_contract, message_data

from ifx_sdk.chain import Call
from ifx_sdk.signers import KeySigner
from scripts.npm import SAFE

MAGIC = bytes.fromhex("1626ba7e")


def owner(number: int) -> KeySigner:
    return KeySigner.from_key(bytes([number]) * 32)


def test_what_owners_sign_is_what_the_safe_itself_computes(market: Market, safes: dict[str, Safe]) -> None:
    """The hash of a message and of a transaction, here and on chain."""
    safe, digest = safes["3-of-5"], keccak(text="a digest")
    contracts = safe.contracts
    asked = market.chain.call(contracts.handler_codec, contracts.handler, "getMessageHashForSafe", safe.address, digest)
    assert asked == safe.message_hash(digest)
    call = market.call("deposit", 1)
    arguments = (call.to, 0, call.data, 0, 0, 0, 0, "0x" + "0" * 40, "0x" + "0" * 40, 1)
    asked = market.chain.call(contracts.codec, safe.address, "getTransactionHash", *arguments)
    assert asked == safe.transaction_hash(call)
    assert safe.accepts(digest, safe.sign(digest)) == MAGIC


def test_owners_may_sign_as_plain_messages(market: Market, safes: dict[str, Safe]) -> None:
    """A hardware wallet that signs nothing but `personal_sign`: the Safe tells it by a v of 31 or 32."""
    safe = safes["2-of-3"]
    deed = seat(market, "book long", safe)
    prefixed = keccak(b"\x19Ethereum Signed Message:\n32" + safe.message_hash(deed.digest))
    parts = [each.sign_digest(prefixed) for each in sorted(safe.deciding, key=lambda each: int(each.address, 16))]
    assert deed.refusal({"long": b"".join(parts)}) == deed.reason("long")
    raised = b"".join(part[:64] + bytes([part[64] + 4]) for part in parts)
    assert told(deed.execute({"long": raised})) == list(deed.expected)


def test_an_owner_may_approve_inside_the_safe(market: Market, safe_contracts: SafeContracts) -> None:
    """By a transaction of his own, for which the Safe takes 65 bytes that name him."""
    safe = safe_contracts.create([market.third.signer, owner(31)], 1)
    market.fund(safe)
    deed = seat(market, "book long", safe)
    named = bytes(12) + bytes.fromhex(market.third.address[2:]) + bytes(32) + b"\1"
    assert deed.refusal({"long": named}) == deed.reason("long")
    data = safe_contracts.codec.encode_call("approveHash", [safe.message_hash(deed.digest)])
    market.third.act(Call(name="approveHash", to=safe.address, data=data)).confirmed()
    assert told(deed.execute({"long": named})) == list(deed.expected)


def test_a_safe_may_be_an_owner(market: Market, safe_contracts: SafeContracts) -> None:
    """A key and another Safe decide together: the other's own owners sign what it is shown."""
    inner, key = safe_contracts.create([owner(number) for number in (41, 42, 43)], 2), owner(44)
    outer = safe_contracts.create([inner, key], 1)
    market.fund(outer)
    outer.act_on_itself("changeThreshold", 2).confirmed()
    deed = seat(market, "book short", outer)
    shown = message_data(deed.digest, outer.address, market.chain.chain_id)
    by_key, by_safe = key.sign_digest(keccak(shown)), by_contract(inner.address, 130)
    heads = by_key + by_safe if int(key.address, 16) < int(inner.address, 16) else by_safe + by_key

    def nested(inside: bytes) -> bytes:
        return heads + len(inside).to_bytes(32, "big") + inside

    assert deed.refusal({"short": nested(inner.sign(shown, inner.owners[:1]))}) == deed.reason("short")
    assert deed.refusal({"short": by_key}) == deed.reason("short")
    assert len(nested(inner.sign(shown))) == 292
    assert told(deed.execute({"short": nested(inner.sign(shown))})) == list(deed.expected)


@pytest.fixture(scope="module")
def for_layer_two(opened: Market) -> Safe:
    """A Safe of the kind that logs every transaction, as it is used on the L2s."""
    safe = SafeContracts(opened.chain, npm_package(SAFE), opened.payer, "SafeL2").create([owner(51), owner(52)], 2)
    opened.fund(safe)
    return safe


@pytest.mark.parametrize("name", ["book long", "terminate short", "novate incoming"])
def test_the_safe_of_layer_two_is_no_different(market: Market, for_layer_two: Safe, name: str) -> None:
    """By signature, and by transaction, in which it logs more of its own."""
    role = name.split()[1]
    deed = seat(market, name, for_layer_two)
    assert told(deed.execute({role: for_layer_two.sign(deed.digest)})) == list(deed.expected)
    events = [event for event, _ in told(seat(market, "book long", for_layer_two).approve(for_layer_two))]
    assert events == ["SafeMultiSigTransaction", "Approved", "ExecutionSuccess"]


def test_31_owners_signatures_fit(market: Market, safe_contracts: SafeContracts) -> None:
    """2,015 bytes; a Safe on which 32 decide approves by transaction."""
    owners = [owner(number) for number in range(100, 132)]
    large, larger = safe_contracts.create(owners, 31), safe_contracts.create(owners, 32)
    for safe in (large, larger):
        market.fund(safe)
    deed = seat(market, "book long", large)
    assert len(large.sign(deed.digest)) == 2_015
    assert told(deed.execute()) == list(deed.expected)
    deed = seat(market, "book long", larger)
    assert len(larger.sign(deed.digest)) == 2_080
    assert deed.refusal() == ""  # the decoder gives no reason
    deed.approve(larger)
    assert told(deed.execute({"long": b""})) == list(deed.expected)
