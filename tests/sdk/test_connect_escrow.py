"""The escrow's and the token's views: wallets that are contracts, settlements of both kinds, allowances that hang."""

from dataclasses import replace

import pytest
from support.chain import GPT, Parties

from ifx_sdk import devnet
from ifx_sdk.chain import Call, Chain
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import BadSignature, LongHasNotApproved, WrongSigner
from ifx_sdk.escrow import Status
from ifx_sdk.outcomes import Confirmed, Unknown
from ifx_sdk.terms import Terms
from ifx_sdk.token import Token

ONE_T = 1_000_000
NEEDED = 10_000_000 * ONE_T
YES = bytes.fromhex("1626ba7e").ljust(32, b"\0")
FOREIGN = bytes(31) + b"\1" + bytes(31) + b"\1"
"""r and s that are no signature of anybody's, as a Safe's approvals hold other things in their place."""


def wallet(chain: Chain, answer: bytes) -> str:
    """A contract that answers every call with one word, ERC-1271's question among them."""
    runtime = b"\x7f" + answer + bytes.fromhex("60005260206000f3")  # PUSH32 answer, MSTORE, RETURN
    start = bytes([0x60, len(runtime), 0x60, 12, 0x60, 0, 0x39, 0x60, len(runtime), 0x60, 0, 0xF3])  # CODECOPY, RETURN
    create = Call(name="wallet", to=None, data=start + runtime)
    address = chain.send(create, devnet.signer(devnet.OUTSIDER)).confirmed().contract_address
    assert address is not None
    return address


def make_terms(parties: Parties, long: str, salt: int = 0) -> Terms:
    quote = parties.desk.quote(GPT, ONE_T, 6)
    return parties.desk.terms(quote, long=long, short=parties.short.account, salt=salt.to_bytes(32, "big"))


def funded_wallet(parties: Parties, answer: bytes) -> str:
    found = wallet(parties.long.chain, answer)
    parties.long.escrow.deposit_for(found, NEEDED).confirmed()
    return found


@pytest.mark.parametrize("v", [0, 1, 27, 31, 255])
def test_a_contract_wallets_own_kind_of_65_bytes_is_left_to_the_wallet(parties: Parties, v: int) -> None:
    """A Safe marks approved hashes with v = 1 and signed messages with v = 31: what recovers to nobody is booked."""
    terms = make_terms(parties, funded_wallet(parties, YES))
    booked = parties.desk.escrow.book(terms, FOREIGN + bytes([v]), parties.short.sign(terms))
    assert isinstance(booked, Confirmed)
    assert parties.desk.escrow.forward(parties.desk.escrow.terms_id(terms)).status is Status.ACTIVE


@pytest.mark.parametrize("v", [1, 27, 31])
def test_a_contract_wallet_that_says_no_is_refused_by_the_escrow(parties: Parties, v: int) -> None:
    """Nothing is sent: the estimate tells the contract's own reason."""
    terms = make_terms(parties, funded_wallet(parties, bytes(32)))
    with pytest.raises(LongHasNotApproved) as refused:
        parties.desk.escrow.book(terms, FOREIGN + bytes([v]), parties.short.sign(terms))
    assert refused.value.tx_hash is None


def test_65_bytes_for_an_account_without_code_must_be_its_signature(parties: Parties) -> None:
    """A wrong v and a wrong key are told here; what was approved on chain needs no signature at all."""
    terms = make_terms(parties, parties.long.account)
    escrow, good = parties.desk.escrow, parties.long.sign(terms)
    escrow.check_approval(terms, terms.long, good)
    for v in (1, 31):
        with pytest.raises(BadSignature, match=f"v is {v}"):
            escrow.check_approval(terms, terms.long, good[:-1] + bytes([v]))
    with pytest.raises(WrongSigner):
        escrow.check_approval(terms, terms.long, parties.short.sign(terms))
    parties.long.escrow.approve(terms).confirmed()
    for approval in (good[:-1] + b"\1", parties.short.sign(terms)):
        escrow.check_approval(terms, terms.long, approval)


def test_settlements_of_both_kinds_are_found_together(parties: Parties) -> None:
    """One settled by itself, two in a batch, one not yet: each forward has its own, with its transaction."""
    escrow, ids = parties.outsider.escrow, []
    for party in (parties.long, parties.short):
        devnet.faucet(parties.desk, party.account, usdt=4 * NEEDED)
    for salt in range(4):
        terms = replace(make_terms(parties, parties.long.account, salt), averaging_days=1)
        parties.desk.escrow.book(terms, parties.long.sign(terms), parties.short.sign(terms)).confirmed()
        ids.append(escrow.terms_id(terms))
    devnet.travel(parties.desk, terms.maturity)
    devnet.post(parties.desk, {GPT: 9_000_000})
    single = escrow.settle(ids[0]).confirmed().tx_hash
    batch = escrow.settle_many(ids[1:3]).confirmed().tx_hash
    found = {each.record.id: each.settlement for each in escrow.forwards()}
    told = [None if found[each] is None else (found[each].tx_hash, found[each].price) for each in ids]  # type: ignore[union-attr]
    assert told == [(single, 9_000_000), (batch, 9_000_000), (batch, 9_000_000), None]
    assert [escrow.settlement(each) for each in ids] == [found[each] for each in ids]


def test_an_allowance_whose_zeroing_hangs_is_left_at_that(parties: Parties) -> None:
    """The second step would be refused, or would pass before the first: it is not sent."""
    long, chain = parties.long, parties.long.chain
    nonce = chain.node.nonce(long.account)
    impatient = Chain(chain.web3, receipt_timeout=0.01)
    token = Token(impatient, long.token.address, long.escrow.address, long.signer)
    chain.node.request("evm_setAutomine", False)
    (only,) = token.allow(700)
    assert isinstance(only, Unknown)
    assert chain.node.nonce(long.account, "pending") == nonce + 1
    chain.node.request("evm_mine")
    assert token.allowance() == 0
    chain.node.request("evm_setAutomine", True)
    assert len(token.allow(700)) == 1
    assert token.allowance() == 700
    assert token.allowance(dev_address(devnet.OUTSIDER)) == 0
