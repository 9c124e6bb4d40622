"""One keeper's rounds: bring to its end what was sent, look what can be settled, and send one transaction of it.

Every round begins with the journal and the chain, so that a crash at any point needs no case of its own. While
something that was sent may still be mined, nothing else is: no forward is in two transactions that can both be mined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.chain import Call
from ifx_sdk.contract import items, raw
from ifx_sdk.errors import FeesAboveCap, OutcomeUnknown, Reverted
from ifx_sdk.escrow import Escrow
from ifx_sdk.keeper.choosing import Limits, OpenForward, Round, choose, settled_ids, shrunk
from ifx_sdk.keeper.errors import GasSpent
from ifx_sdk.keeper.finding import Finder
from ifx_sdk.keeper.store import KeeperStore
from ifx_sdk.outcomes import Attempt, Confirmed, Outcome, RevertedOutcome, Sent, is_settled
from ifx_sdk.resuming import call_data
from ifx_sdk.signers import Signer

SOON_SECONDS = 15
"""Between rounds while something that was sent is not mined."""
PAUSE_SECONDS = 300
"""Between rounds otherwise."""
FIRST_BACKOFF_SECONDS = 60
"""After a transaction was refused; twice as long after each further one."""
LAST_BACKOFF_SECONDS = 3_600
"""And never longer."""


class Keeper:
    """Settles what is settleable. Construction does no I/O."""

    def __init__(
        self,
        escrow: Escrow,
        store: KeeperStore,
        limits: Limits,
        *,
        now: Callable[[], int],
        signer: Signer | None = None,
    ) -> None:
        """Without a `signer` it sends nothing and says what it would. `now` gives unix seconds UTC.

        The account must be the keeper's alone: what somebody else sends with it is waited for.
        """
        self._escrow, self._store, self._limits, self._now, self._signer = escrow, store, limits, now, signer
        self._finder = Finder(escrow, store)
        self._journal = store.journal(limits.gas_per_day, now)
        self._most = limits.most
        self._refusals = 0
        self._not_before = 0
        self._aside: dict[bytes, int] = {}

    def round(self) -> Round:
        """Play one.

        Raises `NodeDown`, `RpcError`, `UnknownAnswer`, `NoFundsForGas`, `SignerFailed`, `BadKeeperFile`: what was sent
        is in the journal then, and the next round begins with it.
        """
        outcomes, stuck = self._resume()
        failed = self._learn(outcomes)
        confirmed = [each for each in outcomes if isinstance(each, Confirmed)]
        mined = [each for each in outcomes if isinstance(each, Confirmed | RevertedOutcome)]
        told = Round(
            open=0,
            ready=0,
            settled=tuple(id for each in confirmed for id in settled_ids(each.events)),
            gas_used=sum(each.gas_used for each in mined),
            gas_left=self._journal.left(),
            failed=failed,
        )
        forwards = self._finder.look()
        if forwards is None:
            return replace(told, waits="the events are still being read")
        ready = self._ready(forwards)
        told = replace(
            told, open=len(forwards), ready=len(ready), oldest=min((each.maturity for each in ready), default=None)
        )
        return self._send(told, ready, stuck or self._in_flight(outcomes))

    def pause(self, round: Round) -> int:
        """Seconds until the next round is worth playing."""
        soon = round.tx_hash is not None or (round.waits is not None and bool(self._journal.open_attempts()))
        return SOON_SECONDS if soon else PAUSE_SECONDS

    # ------------------------------------------------------------------------------------------- what was sent

    def _resume(self) -> tuple[tuple[Outcome, ...], str | None]:
        """What became of what was sent; and why it hangs, where the day has no gas left for higher fees."""
        if self._signer is None or not self._journal.open_attempts():
            return (), None
        try:
            found = self._escrow.chain.resume(
                self._signer, self._journal, fee_cap=self._limits.gas_price, wanted=self._is_wanted
            )
        except GasSpent as error:
            return (), error.what
        return found, None

    def _is_wanted(self, attempt: Attempt) -> bool:
        """Whether one of its forwards can still be settled; else it is never sent again, and its nonce is filled."""
        return any(self._escrow.is_settleable(each) for each in self._ids(attempt))

    def _ids(self, attempt: Attempt) -> tuple[bytes, ...]:
        data = call_data(attempt)
        called = self._escrow.codec.decode_call(data) if data and attempt.to == self._escrow.address else None
        return tuple(raw(each) for each in items(called[1]["ids"])) if called is not None else ()

    def _learn(self, outcomes: Sequence[Outcome]) -> str | None:
        """Go slower and in smaller batches after a refusal, faster again after a success; what was refused."""
        failed = None
        for each in outcomes:
            if isinstance(each, RevertedOutcome):
                failed = self._refused(self._ids(each.attempt), each.error)
            elif isinstance(each, Confirmed) and each.events:
                self._refusals = 0
                self._most = min(self._limits.most, 2 * self._most)
        return failed

    def _refused(self, ids: Sequence[bytes], error: Reverted) -> str:
        """Half as many next time, later each time; one that is refused alone is set aside for a day."""
        pause = min(LAST_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS << min(self._refusals, 10))
        self._refusals += 1
        self._not_before = self._now() + pause
        self._most = max(1, len(ids) // 2)
        told = f"a batch of {len(ids)} was refused: {error.reason or error.what}"
        if len(ids) == 1:
            self._aside[ids[0]] = self._now() + SECONDS_PER_DAY
            self._not_before = 0
            told = f"0x{ids[0].hex()} was refused and is set aside for a day: {error.reason or error.what}"
        return told

    def _in_flight(self, outcomes: Sequence[Outcome]) -> str | None:
        """Why nothing may be sent yet: one that was sent, by an earlier process too, may still be mined."""
        if self._signer is None:
            return None
        for each in outcomes:
            if not is_settled(each):
                why = each.waits_for if isinstance(each, Sent) else getattr(each, "why", None)
                return f"{each.tx_hash or 'a transaction'} is not mined yet" + (f": {why}" if why else "")
        node, account = self._escrow.chain.node, self._signer.address
        if node.nonce(account, "pending") > node.nonce(account):
            # After a reorganisation it can be one of ours, which the journal had settled.
            return f"a transaction of {account} that is in no journal waits in a pool"
        return None

    # ------------------------------------------------------------------------------------------- what is next

    def _ready(self, forwards: Mapping[bytes, OpenForward]) -> list[OpenForward]:
        """Those past their maturity whose price is certain: one question for each fixing."""
        now = self._escrow.chain.now()
        matured = [each for each in forwards.values() if each.maturity <= now]
        certain = {
            fixing: self._escrow.oracle.settlement_price(fixing[1], fixing[0], fixing[2]).certain
            for fixing in sorted({each.fixing for each in matured})
        }
        return [each for each in matured if certain[each.fixing]]

    def _send(self, told: Round, ready: Sequence[OpenForward], in_flight: str | None) -> Round:
        now = self._now()
        self._aside = {id: until for id, until in self._aside.items() if until > now}
        ids, waits = choose([each for each in ready if each.id not in self._aside], self._limits, now, self._most)
        if waits or not ids:
            return replace(told, waits=waits or ("what is ready was refused before" if ready else None))
        if in_flight is not None:
            return replace(told, waits=in_flight)
        if now < self._not_before:
            return replace(told, waits=f"{self._not_before - now} s after a refusal")
        ids = tuple(each for each in ids if self._escrow.is_settleable(each))  # somebody may have been faster
        if not ids:
            return told
        if self._signer is None:
            return replace(told, would=ids)
        try:
            return self._send_now(told, ids, self._signer)
        except (FeesAboveCap, GasSpent, OutcomeUnknown) as error:
            return replace(told, waits=error.what)
        except Reverted as error:
            return replace(told, failed=self._refused(ids, error))

    def _send_now(self, told: Round, ids: tuple[bytes, ...], signer: Signer) -> Round:
        while (needed := self._gas(self._call(ids), signer)) > told.gas_left:
            ids = shrunk(ids, needed, told.gas_left)  # fewer each time
            if not ids:
                raise GasSpent(told.gas_left, needed)
        call = self._call(ids)
        chain = self._escrow.chain
        call = replace(call, access_list=chain.access_list(call, signer.address))
        outcome = chain.send(call, signer, journal=self._journal, wait=False, fee_cap=self._limits.gas_price)
        if not isinstance(outcome, Sent):
            why = getattr(outcome, "why", "")
            return replace(told, waits=f"{outcome.tx_hash}: {why}", gas_left=self._journal.left())
        return replace(told, sent=ids, tx_hash=outcome.tx_hash, gas_left=self._journal.left())

    def _call(self, ids: Sequence[bytes]) -> Call:
        return self._escrow.prepare("settle_many", list(ids))

    def _gas(self, call: Call, signer: Signer) -> int:
        """The limit that it is sent with: a fifth above the estimate, as `Chain.send` has it."""
        gas = self._escrow.chain.estimate(call, signer.address)
        return gas + gas // 5
