"""An account that delegates to code (EIP-7702): its own key always counts, and its delegate, if it answers, counts too.

What its delegate does for it is tried on anvil and in process, so that two implementations of EIP-7702 agree.
"""

from itertools import cycle

import pytest
from support.deeds import ALL_SEATS, seat
from support.delegation import NOBODY, delegate, deploy_mock, mock_codec
from support.market import BOTH, FUNDS, KeyWallet, Market, needs, told

from ifx_sdk import devnet
from ifx_sdk.chain import Call
from ifx_sdk.errors import WrongSigner
from ifx_sdk.signers import KeySigner
from ifx_sdk.terms import parse_address

SESSION, STRANGER = (KeySigner.from_key(bytes([number]) * 32) for number in (91, 92))
DELEGATES: dict[str, tuple[str, tuple[object, ...]]] = {
    "batches": ("delegate_batches", ()),
    "session keys": ("delegate_sessions", ()),
    "reverts": ("delegate_hostile", (0,)),
    "loops": ("delegate_hostile", (1,)),
    "answers too long": ("delegate_hostile", (2,)),
}
KEYS = {name: bytes([number]) * 32 for number, name in enumerate(DELEGATES, start=80)}
EACH_ONCE = list(zip(cycle(DELEGATES), ALL_SEATS))
"""Every kind and every seat."""


@pytest.fixture(scope="module")
def accounts(opened: Market) -> dict[str, KeyWallet]:
    """A funded account for each kind of delegate, to which it delegates."""
    found = {}
    for kind, (mock, args) in DELEGATES.items():
        account = KeyWallet(chain=opened.chain, signer=KeySigner.from_key(KEYS[kind]))
        devnet.faucet(opened.ifx, account.address, eth=10**18)
        opened.fund(account)
        delegate(opened, KEYS[kind], deploy_mock(opened, mock, *args))
        found[kind] = account
    call = mock_codec("delegate_sessions").encode_call("set_session_key", [SESSION.address])
    itself = found["session keys"]
    itself.act(Call(name="set_session_key", to=itself.address, data=call)).confirmed()
    return found


@pytest.fixture
def session(accounts: dict[str, KeyWallet]) -> KeyWallet:
    """The account whose delegate answers ERC-1271."""
    return accounts["session keys"]


@pytest.mark.parametrize("name", ALL_SEATS)
@pytest.mark.parametrize("kind", DELEGATES)
def test_an_accounts_own_key_signs_whatever_it_delegates_to(
    market: Market, accounts: dict[str, KeyWallet], kind: str, name: str
) -> None:
    """A stranger's signature is refused, however the delegate answers; the key's own 65 bytes execute the message."""
    account, role = accounts[kind], name.split()[1]
    deed = seat(market, name, account)
    assert deed.refusal({role: STRANGER.sign_digest(deed.digest)}) == deed.reason(role)
    assert told(deed.execute({role: account.sign(deed.digest)})) == list(deed.expected)


@pytest.mark.parametrize(("kind", "name"), EACH_ONCE)
def test_an_account_that_delegates_approves_on_chain(
    market: Market, accounts: dict[str, KeyWallet], kind: str, name: str
) -> None:
    """By a transaction like any other; no bytes are needed then, and its delegate is not asked."""
    account, role = accounts[kind], name.split()[1]
    deed = seat(market, name, account)
    assert deed.refusal({role: b""}) == deed.reason(role)
    assert told(deed.approve(account)) == [("Approved", {"id": deed.digest, "account": account.address})]
    assert told(deed.execute({role: b""})) == list(deed.expected)


@pytest.mark.parametrize(("kind", "name"), EACH_ONCE)
def test_an_account_that_delegates_revokes(
    market: Market, accounts: dict[str, KeyWallet], kind: str, name: str
) -> None:
    """After that neither its key nor its delegate can approve the message."""
    account = accounts[kind]
    deed = seat(market, name, account)
    assert told(deed.revoke(account)) == [("Revoked", {"id": deed.digest, "account": account.address})]
    assert deed.refusal() == deed.revoked_reason
    assert deed.refusal({name.split()[1]: SESSION.sign_digest(deed.digest)}) == deed.revoked_reason


@pytest.mark.parametrize("opened", BOTH, indirect=True)
def test_an_account_that_delegates_approves_and_pays_in_at_once(market: Market, accounts: dict[str, KeyWallet]) -> None:
    """What the batch is for: one transaction, in which the escrow sees the account itself call twice."""
    account = accounts["batches"]
    deed = seat(market, "book long", account)
    steps = [
        (call.to, call.data)
        for call in (market.call("approve_terms", deed.message.as_tuple()), market.call("deposit", 5_000_001))
    ]
    data = mock_codec("delegate_batches").encode_call("execute", [steps])
    receipt = account.act(Call(name="execute", to=account.address, data=data)).confirmed()
    assert [event for event, _ in told(receipt)] == ["Approved", "Deposited", "Transfer"]
    deed.execute({"long": b""})
    need = needs(deed.message)[0]
    assert market.money(account) == [(0, FUNDS - need)]


@pytest.mark.parametrize("opened", BOTH, indirect=True)
@pytest.mark.parametrize("name", ALL_SEATS)
def test_a_delegate_that_answers_erc_1271_approves_too(market: Market, session: KeyWallet, name: str) -> None:
    """A session key's 65 bytes are not the account's, so its delegate is asked, and knows the key."""
    role = name.split()[1]
    deed = seat(market, name, session)
    approval = SESSION.sign_digest(deed.digest)
    assert deed.refusal({role: approval[:64]}) == deed.reason(role)
    assert told(deed.execute({role: approval})) == list(deed.expected)


def test_a_session_key_that_was_taken_away_no_longer_counts(market: Market, session: KeyWallet) -> None:
    """Not even for what it signed before; the account's own key still does."""
    deed = seat(market, "book short", session)
    before = SESSION.sign_digest(deed.digest)
    call = mock_codec("delegate_sessions").encode_call("set_session_key", [NOBODY])
    session.act(Call(name="set_session_key", to=session.address, data=call)).confirmed()
    assert deed.refusal({"short": before}) == deed.reason("short")
    assert told(deed.execute({"short": session.sign(deed.digest)})) == list(deed.expected)


@pytest.mark.parametrize("opened", BOTH, indirect=True)
@pytest.mark.parametrize("kind", DELEGATES)
def test_an_account_that_stops_delegating_is_a_plain_one_again(
    market: Market, accounts: dict[str, KeyWallet], kind: str
) -> None:
    """Its key and its approvals on chain count as before; what its delegate would have accepted counts no more."""
    account = accounts[kind]
    signed, approved = seat(market, "book long", account), seat(market, "book long", account)
    approved.approve(account)
    delegate(market, KEYS[kind], NOBODY)
    assert signed.refusal({"long": b"\1" * 66}) == signed.reason("long")
    assert told(signed.execute()) == list(signed.expected)
    assert told(approved.execute({"long": b""})) == list(approved.expected)


@pytest.mark.parametrize("opened", BOTH, indirect=True)
def test_without_its_delegate_a_session_key_is_a_stranger(market: Market, session: KeyWallet) -> None:
    """And with it again, it is known again: what it had stored is the account's."""
    deed = seat(market, "book long", session)
    approval = SESSION.sign_digest(deed.digest)
    delegated = market.chain.code(session.address)
    delegate(market, KEYS["session keys"], NOBODY)
    with pytest.raises(WrongSigner):  # an account without code can only sign itself, and the SDK says so beforehand
        deed.execute({"long": approval})
    delegate(market, KEYS["session keys"], parse_address("0x" + delegated[3:].hex()))
    assert told(deed.execute({"long": approval})) == list(deed.expected)
