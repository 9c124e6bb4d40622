"""Bring what hangs to its end: find it, send it again as it was, or replace it at its own nonce for higher fees.

A nonce is never left and none is skipped, so that of everything one sender attempted for one purpose at most one
transaction is mined. What hangs is, in order of its nonces,

    mined, or its nonce used        settled; of siblings the mined one tells, the others are dropped
    in a pool, not for long         left alone
    in a pool, for long             replaced for higher fees, up to the cap; only the next to be mined
    nowhere, bytes known            the same bytes once more, which is the same transaction
    nowhere, bytes not known or
      no longer wanted, or a gap    its nonce is filled by a transfer of nothing to its sender
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ifx_sdk.errors import FeesAboveCap
from ifx_sdk.fees import Fees, first_fees, raised_fees
from ifx_sdk.outcomes import Attempt, Dropped, Journal, Outcome, Sent, Unknown, is_settled, keep, note
from ifx_sdk.tracking import by_nonce, data_hash, fate

if TYPE_CHECKING:
    from ifx_sdk.node import Node
    from ifx_sdk.signers import Signer
    from ifx_sdk.tracking import Tracker

STUCK_AFTER_BLOCKS = 5
"""Blocks after which a transaction that waits in a pool hangs: a minute on Ethereum."""

BLOCK_SECONDS = 12
"""A block counts for at most so much patience: where blocks come faster, more of them must pass."""

FILLER = "fill a nonce"
"""What the journal calls a transfer of nothing that keeps later nonces from waiting for ever."""

_TOO_CHEAP = ("underpriced", "less than block base fee", "fee too low")


@dataclass(frozen=True, kw_only=True)
class Resumption:
    """One pass over what a sender's journal holds open on one chain. The caller holds the sender's lock."""

    node: Node
    """Where it is looked for and sent to."""
    tracker: Tracker
    """Finds out what became of it."""
    journal: Journal
    """What is open, and where each replacement stands before its broadcast."""
    signer: Signer
    """The sender."""
    chain_id: int
    """The chain."""
    fee_cap: int | None
    """Wei per gas that a replacement offers at most; None replaces nothing."""
    stuck_after: int = field(default=STUCK_AFTER_BLOCKS)
    """Blocks of 12 seconds after which what waits in a pool hangs."""
    wanted: Callable[[Attempt], bool] = field(default=lambda attempt: True)
    """Whether an attempt is still to be mined; one that is not is never sent again, its nonce is filled."""

    def run(self) -> tuple[Outcome, ...]:
        """What is known of each nonce afterwards, lowest first. Raises `NodeDown`, `RpcError`, `BadFile`."""
        sender = self.signer.address
        groups = by_nonce(self.journal.open_attempts(), sender, self.chain_id)
        outcomes = {nonce: self._settle(siblings) for nonce, siblings in groups.items()}
        waiting = [nonce for nonce, outcome in outcomes.items() if not is_settled(outcome)]
        if not waiting or not self.signer.signs_transactions:
            return tuple(outcomes.values())
        # Asked after the look at the transactions: what was mined in between is next round's.
        first = self.node.nonce(sender)
        known = max(first, self.node.nonce(sender, "pending"))
        gaps = [nonce for nonce in range(known, max(waiting)) if nonce not in groups]
        for nonce in sorted([*waiting, *gaps]):
            siblings = groups.get(nonce, [])
            if nonce < first:
                outcomes[nonce] = self._settle(siblings)  # used since it was looked for
            found = self._move(nonce, siblings, outcomes.get(nonce), is_next=nonce == first)
            if found is not None:
                outcomes[nonce] = found
        return tuple(outcomes[nonce] for nonce in sorted(outcomes))

    def _settle(self, siblings: Sequence[Attempt]) -> Outcome:
        """What is known of one nonce; whatever is settled is noted."""
        found = self.tracker.reconcile_siblings(siblings)
        told = tuple(
            note(self.journal, attempt, outcome) if is_settled(outcome) else outcome
            for attempt, outcome in zip(siblings, found, strict=True)
        )
        return fate(told)

    def _move(self, nonce: int, siblings: Sequence[Attempt], found: Outcome | None, *, is_next: bool) -> Outcome | None:
        """Do what can be done for a nonce now; None for a gap that stays one."""
        if found is None or not siblings:
            return self._replace(nonce, (), None, self._filler(nonce))
        if is_settled(found):
            return found
        newest = siblings[-1]
        wanted = newest.call == FILLER or self.wanted(newest)
        if isinstance(found, Sent):
            if not is_next or not self._hangs(newest):
                return found
            if wanted and newest.raw is None:
                return replace(found, waits_for="the journal does not hold its bytes")
            return self._replace(nonce, siblings, found, _unsigned(newest) if wanted else self._filler(nonce))
        if wanted and newest.raw is not None:
            found = self._send_again(nonce, siblings, newest)
            cheap = isinstance(found, Sent) and is_next and self._hangs(newest) and self._is_cheap(newest)
            return self._replace(nonce, siblings, found, _unsigned(newest)) if cheap else found
        if newest.raw is None and not self._hangs(newest):
            return found  # it may be on its way, and nobody can say with what fees
        return self._replace(nonce, siblings, found, self._filler(nonce))

    def _hangs(self, attempt: Attempt) -> bool:
        """By blocks and by the chain's own time, so that no clock of ours is asked."""
        head = self.node.block()
        if head.number - attempt.block < self.stuck_after:
            return False
        return head.timestamp - self.node.block(attempt.block).timestamp >= BLOCK_SECONDS * self.stuck_after

    def _is_cheap(self, attempt: Attempt) -> bool:
        """Whether it offers too little for the next block: pools forget such a one again and again."""
        return (attempt.max_fee or 0) < self.node.block().base_fee + self.node.priority_fee()

    def _send_again(self, nonce: int, siblings: Sequence[Attempt], newest: Attempt) -> Outcome:
        raw = bytes.fromhex(str(newest.raw).removeprefix("0x"))
        said = self.tracker.broadcast(newest, lambda: self.node.send_raw(raw))
        found = self._settle(siblings)
        if is_settled(found) or not isinstance(said, Dropped | Unknown):
            return said if isinstance(found, Unknown) else found
        # A node that refuses it says nothing of the nodes that have it: it stays open.
        unknown = Unknown(tx_hash=newest.tx_hash, attempt=newest, why=said.why)
        if _is_too_cheap(said.why):
            return self._replace(nonce, siblings, unknown, _unsigned(newest)) or unknown
        return unknown

    def _replace(
        self, nonce: int, siblings: Sequence[Attempt], found: Outcome | None, transaction: Mapping[str, object]
    ) -> Outcome | None:
        """Sign for higher fees at the same nonce, journal, broadcast; `found` comes back where that cannot be."""
        if self.fee_cap is None:
            return _waiting(found, "no fee cap was given")
        base_fee, tip = self.node.block().base_fee, self.node.priority_fee()
        before = _highest(siblings)
        why = f"a base fee of {base_fee} and the cap of {self.fee_cap} wei per gas leave no room for higher fees"
        while True:
            fees = _next_fees(before, base_fee, tip, self.fee_cap)
            if fees is None:
                return _waiting(found, why)
            attempt, said = self._send(transaction, nonce, fees, siblings[-1].call if siblings else FILLER)
            if not isinstance(said, Dropped):
                after = self._settle([*siblings, attempt])
                return said if isinstance(after, Unknown) else after
            note(self.journal, attempt, said)
            why = said.why
            if not _is_too_cheap(why):
                return _waiting(found, why)
            # Somebody else holds the nonce in that pool with fees that the journal does not know.
            before = Fees(max_fee=2 * fees.max_fee, priority_fee=2 * fees.priority_fee)

    def _send(self, transaction: Mapping[str, object], nonce: int, fees: Fees, call: str) -> tuple[Attempt, Outcome]:
        filled = dict(transaction) | {
            "nonce": nonce,
            "maxFeePerGas": fees.max_fee,
            "maxPriorityFeePerGas": fees.priority_fee,
        }
        signed = self.signer.sign_transaction(filled)
        is_filler = transaction["to"] == self.signer.address
        attempt = self._attempt(filled, fees, FILLER if is_filler else call, signed.tx_hash, signed.raw)
        keep(self.journal, attempt)
        return attempt, self.tracker.broadcast(attempt, lambda: self.node.send_raw(signed.raw))

    def _filler(self, nonce: int) -> dict[str, object]:
        sender = self.signer.address
        gas = self.node.estimate({"from": sender, "to": sender, "value": 0})
        return {
            "type": 2,
            "chainId": self.chain_id,
            "nonce": nonce,
            "gas": gas,
            "to": sender,
            "value": 0,
            "data": b"",
            "accessList": [],
        }

    def _attempt(self, transaction: Mapping[str, object], fees: Fees, call: str, tx_hash: str, raw: bytes) -> Attempt:
        data, to = transaction["data"], transaction["to"]
        return Attempt(
            tx_hash=tx_hash,
            sender=self.signer.address,
            nonce=int(str(transaction["nonce"])),
            call=call,
            to=None if to in (None, "", b"") else str(to),
            data_hash=data_hash(data if isinstance(data, bytes) else bytes.fromhex(str(data).removeprefix("0x"))),
            chain_id=self.chain_id,
            block=self.node.block_number(),
            raw="0x" + raw.hex(),
            max_fee=fees.max_fee,
            priority_fee=fees.priority_fee,
        )


def call_data(attempt: Attempt) -> bytes | None:
    """The call data of an attempt's signed bytes; None where the journal does not hold them."""
    if attempt.raw is None:
        return None
    data = _unsigned(attempt)["data"]
    return data if isinstance(data, bytes) else None


def gas_limit(attempt: Attempt) -> int | None:
    """The gas limit of an attempt's signed bytes; None where the journal does not hold them."""
    if attempt.raw is None:
        return None
    return int(str(_unsigned(attempt)["gas"]))


def _unsigned(attempt: Attempt) -> dict[str, object]:
    """The transaction of an attempt's signed bytes, ready to be signed with other fees."""
    from eth_account.typed_transactions.typed_transaction import TypedTransaction
    from eth_utils.address import to_checksum_address
    from hexbytes import HexBytes

    found = TypedTransaction.from_bytes(HexBytes(str(attempt.raw))).as_dict()
    kept = ("type", "chainId", "nonce", "gas", "value")
    return {name: int(found[name]) for name in kept} | {
        "to": to_checksum_address(found["to"]) if found["to"] else "",
        "data": bytes(found["data"]),
        "accessList": [
            {
                "address": to_checksum_address(each["address"]),
                "storageKeys": [f"0x{int(key):064x}" for key in each["storageKeys"]],
            }
            for each in found["accessList"]
        ],
    }


def _highest(siblings: Sequence[Attempt]) -> Fees | None:
    """The most that any of them offered; None where no offer is known."""
    offers = [(each.max_fee, each.priority_fee or 0) for each in siblings if each.max_fee is not None]
    if not offers:
        return None
    return Fees(max_fee=max(each for each, _ in offers), priority_fee=max(each for _, each in offers))


def _next_fees(before: Fees | None, base_fee: int, tip: int, cap: int) -> Fees | None:
    if before is not None:
        return raised_fees(before, base_fee, tip, cap)
    try:
        return first_fees(base_fee, tip, cap)
    except FeesAboveCap:
        return None


def _is_too_cheap(why: str) -> bool:
    return any(words in why.lower() for words in _TOO_CHEAP)


def _waiting(found: Outcome | None, why: str) -> Outcome | None:
    if isinstance(found, Sent):
        return replace(found, waits_for=why)
    return replace(found, why=f"{found.why}; {why}") if isinstance(found, Unknown) else found
