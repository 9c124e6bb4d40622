"""What the journal holds open stops a second payment, and what it cannot keep is told."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from support.faults import FaultyNode, answer_lost, never_arrives
from web3.types import RPCResponse

from ifx_sdk.chain import Call, Chain
from ifx_sdk.devkeys import dev_address
from ifx_sdk.devnet import signer
from ifx_sdk.errors import BadFile, NodeDown, OutcomeUnknown
from ifx_sdk.outcomes import Attempt, Confirmed, Dropped, FileJournal, Journal, MemoryJournal, Outcome, Sent, Unknown
from ifx_sdk.signers import KeySigner, NodeSigner

PAYER, OTHER = 0, 2
RECEIVER = dev_address(1)
TRANSFER = Call(name="transfer", to=RECEIVER, data=b"", value=5)


def automine(chain: Chain, on: bool) -> None:
    chain.node.request("evm_setAutomine", on)


class Once(FaultyNode):
    """A node that fails at the first broadcast only."""

    def __init__(self, chain: Chain, at_first: Callable[[Callable[[], RPCResponse]], RPCResponse]) -> None:
        super().__init__(chain.web3, lambda broadcast: at_first(broadcast) if self.broadcasts == 1 else broadcast())


class NeverAsked(NodeSigner):
    """The payer's account, whose key must not be used."""

    signs_transactions = True

    def sign_transaction(self, transaction: Mapping[str, object]) -> NoReturn:
        raise AssertionError("it was asked to sign")


@pytest.fixture(params=["memory", "file"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Journal:
    """Either kind, empty."""
    return MemoryJournal() if request.param == "memory" else FileJournal(tmp_path / "journal.jsonl")


# ------------------------------------------------------------------------------------------- no second payment


def test_nothing_is_sent_while_an_earlier_outcome_is_unknown(chain: Chain, journal: Journal) -> None:
    """The refusal names the open hash and how to find out; nothing is signed, journaled or broadcast."""
    node = Once(chain, never_arrives)
    client = Chain(node.web3, journal=journal)
    lost = client.send(TRANSFER, signer(PAYER))
    assert isinstance(lost, Unknown)
    before = journal.open_attempts()

    for _ in range(2):
        with pytest.raises(OutcomeUnknown) as refused:
            client.send(TRANSFER, NeverAsked(dev_address(PAYER)))
        assert refused.value.tx_hash == lost.tx_hash
        assert f"ifx reconcile {lost.tx_hash}" in refused.value.cure
    assert node.broadcasts == 1
    assert journal.open_attempts() == before


def test_sending_goes_on_once_the_open_attempt_was_mined(chain: Chain, journal: Journal) -> None:
    """The node died after the broadcast: back again, the next write finds the first one confirmed, and closes it."""
    before = chain.balance(RECEIVER)

    def dies(broadcast: Callable[[], RPCResponse]) -> RPCResponse:
        node.down = True
        return answer_lost(broadcast)

    node = Once(chain, dies)
    client = Chain(node.web3, journal=journal).connect()
    assert isinstance(client.send(TRANSFER, signer(PAYER)), Unknown)
    with pytest.raises(NodeDown):
        client.send(TRANSFER, signer(PAYER))
    node.down = False
    assert isinstance(client.send(TRANSFER, signer(PAYER)), Confirmed)
    assert journal.open_attempts() == ()
    assert chain.balance(RECEIVER) == before + 2 * 5


def test_sending_goes_on_once_another_transaction_took_the_nonce(chain: Chain, journal: Journal) -> None:
    """It can never be mined then: the way out where an attempt stays unknown for good."""
    client = Chain(Once(chain, never_arrives).web3, journal=journal)
    lost = client.send(TRANSFER, signer(PAYER))
    chain.send(replace(TRANSFER, value=6), signer(PAYER)).confirmed()
    assert isinstance(client.send(TRANSFER, signer(PAYER)), Confirmed)
    assert isinstance(client.reconcile(lost), Dropped)
    assert journal.open_attempts() == ()


@pytest.mark.parametrize("kind", [signer, lambda index: NodeSigner(dev_address(index))], ids=["key", "node"])
def test_several_writes_may_be_in_flight(
    chain: Chain, journal: Journal, kind: Callable[[int], KeySigner | NodeSigner]
) -> None:
    """What the node has in its pool is not unknown: pipelined writes and those that were not mined in time go on."""
    automine(chain, False)
    client = Chain(chain.web3, journal=journal, receipt_timeout=0.01)
    sent = [client.send(TRANSFER, kind(PAYER), wait=False) for _ in range(3)]
    assert all(isinstance(outcome, Sent) for outcome in sent)
    assert isinstance(client.send(TRANSFER, kind(PAYER)), Unknown)
    assert isinstance(client.send(TRANSFER, kind(PAYER), wait=False), Sent)
    assert len(journal.open_attempts()) == 5
    chain.node.request("evm_mine")
    assert all(isinstance(outcome, Confirmed) for outcome in client.reconcile_journal())
    assert journal.open_attempts() == ()


def test_attempts_of_others_and_on_other_chains_do_not_block(chain: Chain, journal: Journal) -> None:
    """Only the sender's own nonces on this chain are in question; theirs stay open."""
    client = Chain(Once(chain, never_arrives).web3, journal=journal)
    lost = client.send(TRANSFER, signer(OTHER))
    assert isinstance(lost, Unknown)
    assert lost.attempt is not None
    elsewhere = replace(lost.attempt, chain_id=1, sender=dev_address(PAYER))
    journal.record(elsewhere)
    assert isinstance(client.send(TRANSFER, signer(PAYER)), Confirmed)
    assert journal.open_attempts() == (lost.attempt, elsewhere)


def test_a_journal_given_to_one_write_is_asked_for_that_write(chain: Chain) -> None:
    """It stands in the place of the chain's own."""
    client = Chain(Once(chain, never_arrives).web3)
    journal = MemoryJournal()
    assert isinstance(client.send(TRANSFER, signer(PAYER), journal=journal), Unknown)
    with pytest.raises(OutcomeUnknown):
        client.send(TRANSFER, signer(PAYER), journal=journal)


def test_a_node_signed_attempt_without_a_hash_blocks_by_its_nonce(chain: Chain, journal: Journal) -> None:
    """No hash is known: nonce and sender name it, and the cure is the journal."""
    client = Chain(Once(chain, never_arrives).web3, journal=journal)
    assert isinstance(client.send(TRANSFER, NodeSigner(dev_address(PAYER))), Unknown)
    with pytest.raises(OutcomeUnknown, match=f"nonce 0 of {dev_address(PAYER)}") as refused:
        client.send(TRANSFER, NodeSigner(dev_address(PAYER)))
    assert "ifx reconcile --journal" in refused.value.cure


def test_a_hash_that_a_signing_node_told_is_used_before_any_block_is_read(
    chain: Chain, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal has it from the answer; looking through blocks is for answers that were lost."""
    automine(chain, False)
    client = Chain(chain.web3, journal=journal)
    sent = client.send(TRANSFER, NodeSigner(dev_address(PAYER)), wait=False)
    assert isinstance(sent, Sent)
    assert [attempt.tx_hash for attempt in journal.open_attempts()] == [sent.tx_hash]
    chain.node.request("evm_mine")
    monkeypatch.setattr(type(client.node), "transactions", lambda self, number: pytest.fail("it read a block"))
    (found,) = Chain(chain.web3, journal=journal).reconcile_journal()
    assert isinstance(found, Confirmed)
    assert found.tx_hash == sent.tx_hash
    assert journal.open_attempts() == ()


# ---------------------------------------------------------------------------------------- a journal that fails


class FullDisk(MemoryJournal):
    """A journal that fails at what it is told to."""

    def __init__(self, at: str, error: Exception) -> None:
        super().__init__()
        self._at, self._error = at, error

    def record(self, attempt: Attempt) -> None:
        if self._at == "record":
            raise self._error
        super().record(attempt)

    def resolve(self, attempt: Attempt, outcome: Outcome) -> None:
        if self._at == "resolve":
            raise self._error
        super().resolve(attempt, outcome)


FAILURES = [OSError(28, "No space left on device"), BadFile("journal.jsonl", "No space left on device")]


@pytest.mark.parametrize("error", FAILURES, ids=["os", "ours"])
@pytest.mark.parametrize("kind", [signer, lambda index: NodeSigner(dev_address(index))], ids=["key", "node"])
def test_an_outcome_outlives_a_journal_that_cannot_note_it(
    chain: Chain, caplog: pytest.LogCaptureFixture, error: Exception, kind: Callable[[int], KeySigner | NodeSigner]
) -> None:
    """It is confirmed all the same; what failed stands beside it and in the log."""
    with caplog.at_level(logging.WARNING):
        outcome = chain.send(TRANSFER, kind(PAYER), journal=FullDisk("resolve", error))
    assert isinstance(outcome, Confirmed)
    assert outcome.journal_failure is not None
    assert "No space left" in outcome.journal_failure
    assert outcome.tx_hash in caplog.text
    assert chain.send(TRANSFER, kind(PAYER)).confirmed().journal_failure is None


@pytest.mark.parametrize("error", FAILURES, ids=["os", "ours"])
def test_nothing_is_sent_where_the_attempt_cannot_be_recorded(chain: Chain, error: Exception) -> None:
    """The journal and its cure are named; no broadcast goes out."""
    node = FaultyNode(chain.web3, never_arrives)
    with pytest.raises(BadFile, match="No space left") as refused:
        Chain(node.web3).send(TRANSFER, signer(PAYER), journal=FullDisk("record", error))
    assert node.broadcasts == 0
    assert isinstance(error, BadFile) or "nothing was sent" in refused.value.cure


def test_nothing_is_sent_where_the_journal_file_cannot_be_written(chain: Chain, tmp_path: Path) -> None:
    """A folder that is not there: the file is named."""
    node = FaultyNode(chain.web3, never_arrives)
    with pytest.raises(BadFile, match=r"no/journal\.jsonl"):
        Chain(node.web3, journal=FileJournal(tmp_path / "no" / "journal.jsonl")).send(TRANSFER, signer(PAYER))
    assert node.broadcasts == 0


def test_gas_has_a_margin_of_a_fifth(chain: Chain) -> None:
    """The limit that goes out is the estimate and a fifth of it, at most what fits into a block."""
    automine(chain, False)
    outcome = chain.send(TRANSFER, signer(PAYER), wait=False)
    assert outcome.tx_hash is not None
    sent = chain.node.transaction(outcome.tx_hash)
    assert sent is not None
    assert sent.gas == 21_000 + 4_200

    class Greedy(Chain):
        def estimate(self, call: Call, sender: str) -> int:
            return self.node.block().gas_limit - 1

    filled = Greedy(chain.web3)._fill(TRANSFER, dev_address(OTHER))
    assert filled["gas"] == chain.node.block().gas_limit
