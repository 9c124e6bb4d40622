"""What hangs comes to its end at its own nonce: found, sent again as it was, replaced, or its nonce filled."""

from dataclasses import replace

import pytest
from support.faults import FaultyNode, never_arrives
from support.pools import (
    GWEI,
    Killed,
    SeamJournal,
    SeamNode,
    Seams,
    SeamSigner,
    automine,
    forget,
    is_anvil,
    mine,
    pass_blocks,
)

from ifx_sdk.chain import Call, Chain
from ifx_sdk.devkeys import dev_address
from ifx_sdk.devnet import signer
from ifx_sdk.errors import FeesAboveCap, OutcomeUnknown
from ifx_sdk.outcomes import Attempt, Confirmed, Dropped, MemoryJournal, Sent, Unknown
from ifx_sdk.resuming import FILLER
from ifx_sdk.signers import NodeSigner

PAYER = 0
SENDER = signer(PAYER)
RECEIVER = dev_address(1)
TRANSFER = Call(name="transfer", to=RECEIVER, data=b"", value=5)
CAP = 1_000 * GWEI


def send(chain: Chain, value: int = 5, *, fee_cap: int | None = None) -> Attempt:
    """Send and leave it in the pool."""
    outcome = chain.send(replace(TRANSFER, value=value), SENDER, wait=False, fee_cap=fee_cap)
    assert isinstance(outcome, Sent)
    return outcome.attempt


def lose(chain: Chain, journal: MemoryJournal) -> Attempt:
    """Send what never arrives anywhere."""
    outcome = Chain(FaultyNode(chain.web3, never_arrives).web3, journal=journal).send(TRANSFER, SENDER)
    assert isinstance(outcome, Unknown)
    assert outcome.attempt is not None
    return outcome.attempt


def received(chain: Chain) -> int:
    """What the receiver got so far."""
    return chain.balance(RECEIVER)


def count(chain: Chain) -> int:
    """The sender's transactions that are mined."""
    return chain.node.nonce(SENDER.address)


# ------------------------------------------------------------------------------------------------------ sent again


def test_what_was_lost_is_sent_again_as_it_was(chain: Chain) -> None:
    """The same bytes are the same transaction, however often; with no cap for fees, for it costs no more."""
    journal, before = MemoryJournal(), received(chain)
    lost = lose(chain, journal)
    client = Chain(chain.web3, journal=journal)
    (found,) = client.resume(SENDER)
    assert isinstance(found, Confirmed)
    assert found.tx_hash == lost.tx_hash
    assert client.resume(SENDER) == ()
    assert (journal.open_attempts(), received(chain)) == ((), before + 5)


def test_what_a_pool_dropped_is_sent_again(chain: Chain) -> None:
    """A node that restarted has forgotten it: the journal has not."""
    automine(chain, False)
    sent = send(chain)
    assert sent.tx_hash is not None
    forget(chain, sent.tx_hash)
    assert isinstance(chain.reconcile(sent), Unknown)
    with pytest.raises(OutcomeUnknown):
        chain.send(TRANSFER, SENDER)
    (again,) = chain.resume(SENDER, fee_cap=CAP)
    assert isinstance(again, Sent)
    assert again.tx_hash == sent.tx_hash
    mine(chain)
    (found,) = chain.resume(SENDER)
    assert isinstance(found, Confirmed)
    assert (count(chain), chain.journal.open_attempts()) == (1, ())


def test_what_is_mined_or_waits_is_left_alone(chain: Chain) -> None:
    """Nothing is signed or broadcast for it, with a cap or without."""
    automine(chain, False)
    attempt = send(chain)
    node = FaultyNode(chain.web3, never_arrives)
    client = Chain(node.web3, journal=chain.journal)
    assert client.resume(SENDER, fee_cap=CAP, stuck_after=1) == (Sent(tx_hash=attempt.tx_hash, attempt=attempt),)  # type: ignore[arg-type]  # a hash
    mine(chain)
    assert isinstance(client.resume(SENDER, fee_cap=CAP)[0], Confirmed)
    assert node.broadcasts == 0


# -------------------------------------------------------------------------------------------------------- replaced


def test_what_hangs_is_replaced_at_its_nonce_for_higher_fees(chain: Chain) -> None:
    """The same call, an eighth more on both fields at least, in the journal; mined, it settles its sibling too."""
    automine(chain, False)
    before = received(chain)
    first = send(chain)
    (outcome,) = chain.resume(SENDER, fee_cap=CAP, stuck_after=0)
    assert isinstance(outcome, Sent)
    assert chain.journal.open_attempts() == (first, outcome.attempt)
    new = outcome.attempt
    assert (new.nonce, new.call, new.to, new.data_hash) == (first.nonce, first.call, first.to, first.data_hash)
    assert new.tx_hash != first.tx_hash
    assert first.max_fee is not None
    assert first.priority_fee is not None
    assert 8 * (new.max_fee or 0) >= 9 * first.max_fee
    assert 8 * (new.priority_fee or 0) >= 9 * first.priority_fee
    mine(chain)
    (found,) = chain.resume(SENDER, fee_cap=CAP)
    assert isinstance(found, Confirmed)
    assert found.tx_hash == new.tx_hash
    assert (chain.journal.open_attempts(), received(chain), count(chain)) == ((), before + 5, 1)


def test_the_first_one_may_be_mined_after_all(chain: Chain) -> None:
    """Its replacement never arrived: the first one's block settles both."""
    automine(chain, False)
    first = send(chain)
    client = Chain(FaultyNode(chain.web3, never_arrives).web3, journal=chain.journal)
    client.resume(SENDER, fee_cap=CAP, stuck_after=0)
    assert len(chain.journal.open_attempts()) == 2
    mine(chain)
    (found,) = chain.resume(SENDER, fee_cap=CAP)
    assert isinstance(found, Confirmed)
    assert found.tx_hash == first.tx_hash
    assert chain.journal.open_attempts() == ()


def test_siblings_settle_each_other_in_the_old_way_too(chain: Chain) -> None:
    """`reconcile_journal` tells each of them, and a new write is not held up by the one that was replaced."""
    automine(chain, False)
    first = send(chain)
    chain.resume(SENDER, fee_cap=CAP, stuck_after=0)
    second = send(chain, 6)
    assert second.nonce == first.nonce + 1
    mine(chain)
    assert [type(each) for each in chain.reconcile_journal()] == [Dropped, Confirmed, Confirmed]
    assert chain.journal.open_attempts() == ()


def test_a_cap_is_never_exceeded(chain: Chain) -> None:
    """Replaced while an eighth more is within it; then it waits and says so."""
    automine(chain, False)
    first = send(chain)
    assert first.max_fee is not None
    cap = first.max_fee * 9 // 8 + 1
    (outcome,) = chain.resume(SENDER, fee_cap=cap, stuck_after=0)
    assert isinstance(outcome, Sent)
    assert first.max_fee < (outcome.attempt.max_fee or 0) <= cap
    (waits,) = chain.resume(SENDER, fee_cap=cap, stuck_after=0)
    assert isinstance(waits, Sent)
    assert waits.tx_hash == outcome.tx_hash
    assert f"cap of {cap} wei" in str(waits.waits_for)
    assert len(chain.journal.open_attempts()) == 2


def test_without_a_cap_nothing_is_replaced(chain: Chain) -> None:
    """Nobody said what may be paid."""
    automine(chain, False)
    send(chain)
    (outcome,) = chain.resume(SENDER, stuck_after=0)
    assert isinstance(outcome, Sent)
    assert outcome.waits_for == "no fee cap was given"
    assert len(chain.journal.open_attempts()) == 1


def test_only_the_next_to_be_mined_is_replaced(chain: Chain) -> None:
    """The one after it waits for it, not for fees."""
    automine(chain, False)
    first, second = send(chain), send(chain, 6)
    outcomes = chain.resume(SENDER, fee_cap=CAP, stuck_after=0)
    assert [each.tx_hash == old.tx_hash for each, old in zip(outcomes, (first, second), strict=True)] == [False, True]


def test_blocks_pass_before_it_counts_as_hanging(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four blocks without it are patience, the fifth is not; its replacement is given as many again."""
    automine(chain, False)
    sent = send(chain)
    began = chain.node.block()
    heads = {began.number: began}
    monkeypatch.setattr(
        chain.node, "block", lambda number="latest": heads[max(heads) if number == "latest" else number]
    )
    monkeypatch.setattr(chain.node, "block_number", lambda: max(heads))
    for blocks, seconds, replaced in ((4, 48, False), (5, 5, False), (6, 59, False), (7, 60, True), (11, 130, True)):
        number = began.number + blocks
        heads[number] = replace(began, number=number, timestamp=began.timestamp + seconds)
        (outcome,) = chain.resume(SENDER, fee_cap=CAP)
        assert (outcome.tx_hash != sent.tx_hash) is replaced
        assert len(chain.journal.open_attempts()) == 1 + replaced


def test_a_base_fee_that_rose_is_followed(own_anvil: Chain) -> None:
    """The node dropped it and refuses its bytes as too cheap: it is replaced at once, for what the chain asks."""
    automine(own_anvil, False)
    sent = send(own_anvil)
    assert sent.max_fee is not None
    own_anvil.node.request("anvil_setNextBlockBaseFeePerGas", hex(2 * sent.max_fee))
    mine(own_anvil)
    (waits,) = own_anvil.resume(SENDER, fee_cap=sent.max_fee)
    assert isinstance(waits, Unknown)
    assert f"base fee of {2 * sent.max_fee}" in waits.why
    (outcome,) = own_anvil.resume(SENDER, fee_cap=CAP)
    assert outcome.attempt is not None
    assert (outcome.attempt.max_fee or 0) > 2 * sent.max_fee
    mine(own_anvil)
    (found,) = own_anvil.resume(SENDER, fee_cap=CAP)
    assert isinstance(found, Confirmed)
    assert found.tx_hash == outcome.tx_hash
    assert own_anvil.journal.open_attempts() == ()


def test_a_base_fee_above_the_cap_is_said_and_waited_for(chain: Chain) -> None:
    """A first offer is refused before anything is sent; with a higher cap it goes out, within it."""
    base_fee = chain.node.block().base_fee
    with pytest.raises(FeesAboveCap) as refused:
        chain.send(TRANSFER, SENDER, fee_cap=base_fee)
    assert (refused.value.base_fee, refused.value.cap) == (base_fee, base_fee)
    assert (count(chain), chain.journal.open_attempts()) == (0, ())
    outcome = chain.send(TRANSFER, SENDER, fee_cap=base_fee + 1)
    assert isinstance(outcome, Confirmed)
    assert outcome.effective_gas_price <= base_fee + 1


def test_an_account_that_cannot_pay_more_says_so(chain: Chain) -> None:
    """The replacement is refused for want of money: the first one stays, with the reason beside it."""
    poor = signer(30)
    chain.send(Call(name="fund", to=poor.address, data=b"", value=10**15), SENDER).confirmed()
    automine(chain, False)
    client = Chain(chain.web3)
    sent = client.send(TRANSFER, poor, wait=False)
    assert isinstance(sent, Sent)
    rich = 10**15 // 21_000 * 2
    high = replace(sent.attempt, max_fee=rich, priority_fee=1)
    client.journal.record(high)
    (outcome,) = client.resume(poor, fee_cap=10**18, stuck_after=0)
    assert isinstance(outcome, Sent)
    assert outcome.tx_hash == sent.tx_hash
    assert "funds" in str(outcome.waits_for).lower()


# ----------------------------------------------------------------------------------------------------- nonces, gaps


def test_a_nonce_that_somebody_else_used_is_dropped(chain: Chain) -> None:
    """Another program with the key: ours can never be mined, and the next write goes on."""
    journal = MemoryJournal()
    lose(chain, journal)
    chain.send(replace(TRANSFER, value=6), SENDER).confirmed()
    client = Chain(chain.web3, journal=journal)
    (found,) = client.resume(SENDER, fee_cap=CAP)
    assert isinstance(found, Dropped)
    assert "nonce 0" in found.why
    assert journal.open_attempts() == ()
    assert isinstance(client.send(TRANSFER, SENDER), Confirmed)


def test_a_lost_nonce_before_one_that_waits_is_healed(anvil: Chain) -> None:
    """The first of two was dropped everywhere: its bytes again, and both are mined."""
    automine(anvil, False)
    first, second = send(anvil), send(anvil, 6)
    forget(anvil, str(first.tx_hash))
    mine(anvil)
    assert count(anvil) == 0
    assert [type(each) for each in anvil.resume(SENDER, fee_cap=CAP)] == [Sent, Sent]
    mine(anvil)
    found = anvil.resume(SENDER, fee_cap=CAP)
    assert [each.tx_hash for each in found] == [first.tx_hash, second.tx_hash]
    assert all(isinstance(each, Confirmed) for each in found)


def test_a_gap_that_no_journal_knows_is_filled(anvil: Chain) -> None:
    """Another program's transaction was lost for good: a transfer of nothing takes its nonce, journaled as such."""
    automine(anvil, False)
    stranger = Chain(anvil.web3)
    lost = stranger.send(TRANSFER, SENDER, wait=False)
    ours = send(anvil, 6)
    assert ours.nonce == 1
    forget(anvil, str(lost.tx_hash))
    journal = SeamJournal(anvil.journal, Seams())  # type: ignore[arg-type]  # a MemoryJournal
    filler, waiting = anvil.resume(SENDER, journal, fee_cap=CAP)
    (noted,) = journal.recorded
    assert (noted.call, noted.nonce, noted.to) == (FILLER, 0, SENDER.address)
    assert (filler.tx_hash, waiting.tx_hash) == (noted.tx_hash, ours.tx_hash)
    mine(anvil)
    assert all(isinstance(each, Confirmed) for each in anvil.resume(SENDER, fee_cap=CAP))
    assert count(anvil) == 2


def test_what_is_no_longer_wanted_is_not_sent_again(chain: Chain) -> None:
    """Its nonce is filled, it can never be mined, and nobody is paid."""
    journal, before = MemoryJournal(), received(chain)
    lost = lose(chain, journal)
    client = Chain(chain.web3, journal=journal)
    (stays,) = client.resume(SENDER, wanted=lambda attempt: False)
    assert isinstance(stays, Unknown)
    assert "no fee cap" in stays.why
    (found,) = client.resume(SENDER, fee_cap=CAP, wanted=lambda attempt: False)
    assert isinstance(found, Confirmed)
    assert (found.attempt.call, found.attempt.nonce) == (FILLER, lost.nonce)
    assert (journal.open_attempts(), received(chain)) == ((), before)


def test_an_attempt_of_an_older_journal_is_found_or_its_nonce_filled(chain: Chain) -> None:
    """Without its bytes it is given its blocks to appear; then its nonce is taken, at most one of the two is mined."""
    journal = MemoryJournal()
    lost = replace(lose(chain, journal), raw=None, max_fee=None, priority_fee=None)
    older = MemoryJournal()
    older.record(lost)
    client = Chain(chain.web3, journal=older)
    assert isinstance(client.resume(SENDER, fee_cap=CAP)[0], Unknown)
    pass_blocks(chain, 5)
    (found,) = client.resume(SENDER, fee_cap=CAP)
    assert isinstance(found, Confirmed)
    assert (found.attempt.call, found.attempt.nonce) == (FILLER, lost.nonce)
    assert older.open_attempts() == ()


def test_a_pool_that_holds_a_strangers_transaction_is_outbid(chain: Chain) -> None:
    """Another program with the key has the nonce in the pool, for more than ours: fees double until ours is taken."""
    automine(chain, False)
    journal = MemoryJournal()
    lost = lose(chain, journal)
    transaction = chain._fill(replace(TRANSFER, value=6), SENDER.address)
    fee = 3 * int(str(transaction["maxFeePerGas"]))
    chain.node.send_raw(SENDER.sign_transaction(transaction | {"maxFeePerGas": fee, "maxPriorityFeePerGas": fee}).raw)
    client = Chain(chain.web3, journal=journal)
    (outcome,) = client.resume(SENDER, fee_cap=CAP)
    assert isinstance(outcome, Sent)
    assert outcome.attempt.nonce == lost.nonce
    assert fee < (outcome.attempt.max_fee or 0) <= CAP
    mine(chain)
    assert isinstance(client.resume(SENDER, fee_cap=CAP)[0], Confirmed)
    assert count(chain) == 1


def test_what_the_node_signs_is_only_found(chain: Chain) -> None:
    """There are no bytes to send again, and no key to replace it with."""
    client = Chain(FaultyNode(chain.web3, never_arrives).web3)
    client.send(TRANSFER, NodeSigner(SENDER.address))
    (outcome,) = Chain(chain.web3).resume(NodeSigner(SENDER.address), client.journal, fee_cap=CAP, stuck_after=0)
    assert isinstance(outcome, Unknown)


def test_an_access_list_and_a_creation_survive_a_replacement(chain: Chain) -> None:
    """Whatever was signed is signed again, but for the fees."""
    automine(chain, False)
    listed = replace(TRANSFER, access_list=((dev_address(3), ("0x" + "11" * 32,)),))
    created = Call(name="create", to=None, data=bytes.fromhex("6001600c60003960016000f300"))
    for call in (listed, created):
        sent = chain.send(call, SENDER, wait=False)
        (*_, outcome) = chain.resume(SENDER, fee_cap=CAP, stuck_after=0)
        assert isinstance(outcome, Sent)
        assert outcome.tx_hash != sent.tx_hash
        mine(chain)
        (found,) = chain.resume(SENDER, fee_cap=CAP)
        assert isinstance(found, Confirmed)
        assert (found.contract_address is not None) == (call.to is None)


# ----------------------------------------------------------------------------------------------------- crashes


@pytest.mark.parametrize("point", Seams.POINTS)
@pytest.mark.parametrize("when", ["sending", "replacing"])
def test_a_crash_leaves_one_transaction_at_one_nonce(chain: Chain, point: str, when: str) -> None:
    """Whatever the point, after a restart the same payment is found or replaced at its nonce, and made once."""
    automine(chain, False)
    before, journal = received(chain), MemoryJournal()
    seams = Seams(point if when == "sending" else None)
    wrapped = SeamSigner(SENDER, seams)
    node = SeamNode(chain.web3, seams)
    client = Chain(node.web3, journal=SeamJournal(journal, seams), receipt_timeout=0.05)
    if when == "replacing":
        client.send(TRANSFER, wrapped, wait=False)
        seams.point = point
        with pytest.raises(Killed):
            client.resume(wrapped, fee_cap=CAP, stuck_after=0)
    else:
        with pytest.raises(Killed):
            client.send(TRANSFER, wrapped, wait=False)

    restarted = Chain(chain.web3, journal=journal)
    if not restarted.resume(SENDER, fee_cap=CAP):
        restarted.send(TRANSFER, SENDER, wait=False)
    restarted.resume(SENDER, fee_cap=CAP, stuck_after=0)
    mine(chain)
    assert all(isinstance(each, Confirmed) for each in restarted.resume(SENDER, fee_cap=CAP))
    assert (count(chain), received(chain), journal.open_attempts()) == (1, before + 5, ())
    assert {each["nonce"] for each in wrapped.signed} == {0}


def test_the_kinds_of_chain_are_told_apart(chain: Chain) -> None:
    """The helpers of these tests know which node they play with."""
    assert is_anvil(chain) is hasattr(chain.web3.provider, "endpoint_uri")
