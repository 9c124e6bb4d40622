"""What became of a transaction: broadcast it, wait for it, and find out later, without ever guessing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from ifx_sdk.codec import Codec, Event, UnknownAnswer
from ifx_sdk.errors import NodeDown, Reverted, RpcError, revert_error
from ifx_sdk.node import Node, NodeTransaction, Receipt
from ifx_sdk.outcomes import Attempt, Confirmed, Dropped, Outcome, RevertedOutcome, Sent, Unknown
from ifx_sdk.terms import parse_address

# What nodes say of a transaction that they will not keep, by its own content or its sender's account. Any other error
# may come from a gateway whose node has it all the same. `nonce too low` is not among them: it is what a node says of
# ours, too, once it is mined, so there the chain decides.
_REFUSALS = (
    "insufficient funds",
    "insufficientfunds",
    "cannot afford",
    "enough balance",
    "underpriced",
    "intrinsic gas",
    "gas required exceeds",
    "gas limit too",
    "exceeds block gas limit",
    "exceeds the block gas limit",
    "max fee per gas less than block base fee",
    "fee cap less than block base fee",
    "max priority fee per gas higher than max fee",
    "invalid sender",
    "invalid signature",
    "invalid chain id",
    "incompatible chain id",
    "chain id mismatch",
    "nonce too high",
    "cannot be decoded",
    "rlp:",
    "oversized data",
    "transaction type not supported",
    "unknown account",
    "no signer available",
)
_NO_SUCH_METHOD = -32601
_ALREADY_KNOWN = ("already known", "known transaction", "already imported", "already exists", "alreadyknown")


class Tracker:
    """Follows transactions through one node. `codecs`, by checksummed address, decode what our contracts logged."""

    def __init__(self, node: Node, codecs: Mapping[str, Codec]) -> None:
        """Does no I/O; `codecs` may grow later."""
        self._node = node
        self._codecs = codecs

    def broadcast(self, attempt: Attempt, send: Callable[[], str]) -> Outcome:
        """Have `send` broadcast it and return its hash. Raises nothing: what went wrong is the outcome."""
        try:
            tx_hash = send()
        except NodeDown as error:
            # Lost on the way there or on the way back: only the chain knows.
            return self._after_loss(attempt, error.what)
        except (RpcError, Reverted) as error:
            return self._after_refusal(attempt, error)
        return Sent(tx_hash=tx_hash, attempt=attempt)

    def wait(self, sent: Sent, timeout: float) -> Outcome:
        """Wait until it is mined, at most `timeout` seconds. Raises nothing."""
        deadline = time.monotonic() + timeout
        pause = 0.02
        while True:
            try:
                receipt = self._node.receipt(sent.tx_hash)
                if receipt is not None:
                    return self._mined(receipt, sent.attempt)
                why = "not mined in time"
            except (NodeDown, RpcError) as error:
                why = error.what
            if time.monotonic() >= deadline:
                return Unknown(tx_hash=sent.tx_hash, attempt=sent.attempt, why=why)
            time.sleep(pause)
            pause = min(2 * pause, 1.0)

    def reconcile(self, what: Outcome | Attempt | str) -> Outcome:
        """What became of an outcome, an attempt from a journal, or a transaction hash, as far as the chain knows now.

        `Unknown` stays `Unknown` while the nonce is unused and no node has it: it may still arrive. Raises `NodeDown`.
        """
        if isinstance(what, Confirmed | RevertedOutcome | Dropped):
            return what
        if isinstance(what, str):
            return self._look_up(what, None) or Unknown(tx_hash=what, attempt=None, why="the node does not know it")
        attempt = what if isinstance(what, Attempt) else what.attempt
        if attempt is None:
            return self._look_up(str(what.tx_hash), None) or what  # type: ignore[return-value]  # no attempt: Unknown
        # The nonce is read before the transaction is looked for: what is mined in between is not taken for dropped.
        used = self._node.nonce(attempt.sender) > attempt.nonce
        tx_hash = what.tx_hash or attempt.tx_hash or self._hash_by_nonce(attempt)
        found = None if tx_hash is None else self._look_up(tx_hash, attempt)
        if found is not None:
            return found
        if used:
            why = f"another transaction used nonce {attempt.nonce} of {attempt.sender}"
            return Dropped(tx_hash=tx_hash, attempt=attempt, why=why)
        return Unknown(tx_hash=tx_hash, attempt=attempt, why="the node does not know it, its nonce is unused")

    def reconcile_siblings(self, siblings: Sequence[Attempt]) -> tuple[Outcome, ...]:
        """What became of attempts with one sender and nonce, in their order: where one is mined the others are dropped.

        Raises `NodeDown`.
        """
        found = tuple(self.reconcile(each) for each in siblings)
        mined = next((each for each in found if isinstance(each, Confirmed | RevertedOutcome)), None)
        if mined is None:
            return found
        why = f"{mined.tx_hash} took its nonce"
        return tuple(
            outcome if outcome is mined else Dropped(tx_hash=attempt.tx_hash, attempt=attempt, why=why)
            for attempt, outcome in zip(siblings, found, strict=True)
        )

    def _look_up(self, tx_hash: str, attempt: Attempt | None) -> Outcome | None:
        transaction = self._node.transaction(tx_hash)
        if transaction is None:
            return None
        receipt = self._node.receipt(tx_hash)
        attempt = attempt or self._attempt_of(transaction)
        return Sent(tx_hash=tx_hash, attempt=attempt) if receipt is None else self._mined(receipt, attempt)

    def _after_loss(self, attempt: Attempt, why: str) -> Outcome:
        try:
            found = self.reconcile(attempt)
        except (NodeDown, RpcError):
            return Unknown(tx_hash=attempt.tx_hash, attempt=attempt, why=why)
        return Unknown(tx_hash=attempt.tx_hash, attempt=attempt, why=why) if isinstance(found, Unknown) else found

    def _after_refusal(self, attempt: Attempt, error: RpcError | Reverted) -> Outcome:
        if attempt.tx_hash is not None and is_known_already(error.what):
            return Sent(tx_hash=attempt.tx_hash, attempt=attempt)
        try:
            found = self.reconcile(attempt)
        except (NodeDown, RpcError):
            return Unknown(tx_hash=attempt.tx_hash, attempt=attempt, why=error.what)
        if not isinstance(found, Unknown):
            return found
        why = f"the node refused it: {error.what}"
        kind = Dropped if is_definite(error) else Unknown
        return kind(tx_hash=attempt.tx_hash, attempt=attempt, why=why)

    def _attempt_of(self, transaction: NodeTransaction) -> Attempt:
        mined = transaction.block_number
        return Attempt(
            tx_hash=transaction.tx_hash,
            sender=transaction.sender,
            nonce=transaction.nonce,
            call="transaction",
            to=transaction.to,
            data_hash=data_hash(transaction.data),
            chain_id=self._node.chain_id(),
            block=self._node.block_number() if mined is None else mined - 1,
        )

    def _hash_by_nonce(self, attempt: Attempt) -> str | None:
        """The hash of what the node signed, found by sender, nonce and data in the blocks after the attempt."""
        for number in range(attempt.block + 1, self._node.block_number() + 1):
            for found in self._node.transactions(number):
                if found.sender == attempt.sender and found.nonce == attempt.nonce:
                    return found.tx_hash if data_hash(found.data) == attempt.data_hash else None
        return None

    def _mined(self, receipt: Receipt, attempt: Attempt) -> Confirmed | RevertedOutcome:
        if not receipt.succeeded:
            return RevertedOutcome(
                tx_hash=receipt.tx_hash,
                attempt=attempt,
                block_number=receipt.block_number,
                gas_used=receipt.gas_used,
                effective_gas_price=receipt.effective_gas_price,
                error=self._why_reverted(receipt),
            )
        return Confirmed(
            tx_hash=receipt.tx_hash,
            attempt=attempt,
            block_number=receipt.block_number,
            gas_used=receipt.gas_used,
            effective_gas_price=receipt.effective_gas_price,
            contract_address=None if receipt.contract_address is None else parse_address(receipt.contract_address),
            events=tuple(self._decode_logs(receipt.logs)),
        )

    def _decode_logs(self, logs: Iterable[Mapping[str, object]]) -> Iterable[Event]:
        for log in logs:
            codec = self._codecs.get(parse_address(log["address"]))
            try:
                event = None if codec is None else codec.decode_log(log)
            except UnknownAnswer:
                # A token whose events are laid out in another way: no reason to lose sight of the transaction.
                continue
            if event is not None:
                yield event

    def _why_reverted(self, receipt: Receipt) -> Reverted:
        """Replay the call at its own block, then at the one before: a receipt does not say why."""
        mined = self._node.transaction(receipt.tx_hash)
        if mined is None:
            return revert_error(None, receipt.tx_hash)
        replay = {"from": mined.sender, "data": mined.data, "value": mined.value, "gas": mined.gas}
        if mined.to is not None:
            replay["to"] = mined.to
        for number in (receipt.block_number, receipt.block_number - 1):
            try:
                self._node.call(replay, number)
            except Reverted as error:
                return revert_error(error.reason or None, receipt.tx_hash)
            except (RpcError, NodeDown):
                continue
        what = f"transaction {receipt.tx_hash} ran out of gas" if receipt.gas_used == mined.gas else None
        return Reverted(None, receipt.tx_hash, what=what)


def is_definite(error: RpcError | Reverted) -> bool:
    """Whether a refused broadcast cannot have gone anywhere. A revert is none: some nodes report it and keep it."""
    if isinstance(error, Reverted):
        return False
    return error.code == _NO_SUCH_METHOD or any(words in error.message.lower() for words in _REFUSALS)


def is_known_already(message: str) -> bool:
    """Whether a node's words say that it has the transaction already."""
    return any(words in message.lower() for words in _ALREADY_KNOWN)


def by_nonce(attempts: Iterable[Attempt], sender: str, chain_id: int) -> dict[int, list[Attempt]]:
    """One sender's attempts on one chain as siblings: each nonce with its attempts, lowest nonce first."""
    found: dict[int, list[Attempt]] = {}
    for each in attempts:
        if (each.sender, each.chain_id) == (sender, chain_id):
            found.setdefault(each.nonce, []).append(each)
    return dict(sorted(found.items()))


def fate(outcomes: Sequence[Outcome]) -> Outcome:
    """What is known of a nonce from its siblings' outcomes: mined, else in a pool, else unknown, else dropped."""
    for kinds in ((Confirmed, RevertedOutcome), (Sent,), (Unknown,), (Dropped,)):
        for each in reversed(outcomes):
            if isinstance(each, kinds):
                return each
    raise AssertionError("a nonce has at least one attempt")


def data_hash(data: bytes) -> str:
    """keccak256 of call data, 0x and 64 digits."""
    from eth_utils.crypto import keccak

    return "0x" + keccak(data).hex()
