"""Posts stay watched until the chain can no longer undo them: a reorganisation that drops one is noticed and mended.

    watch.add(result)            after every `post_reports`
    for each in watch.look():    every round; what is GONE was told posted before
        ...                      gathering and posting again mends it: the same transaction is sent again

What is watched is forgotten with the process. `still_posted` asks the chain alone, and posting what it misses is safe
without a memory too: the nonce of the transaction that was undone is the account's next one again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ifx_sdk.calendar import day_of
from ifx_sdk.codec import UnknownAnswer
from ifx_sdk.errors import RpcError
from ifx_sdk.oracle import Fixing, Oracle
from ifx_sdk.outcomes import Attempt, keep
from oracle_node.post import Posted, PostResult


class Standing(StrEnum):
    """How firmly a fixing stands on the chain."""

    FINAL = "final"
    """The finalized block has it: nothing can undo it."""
    POSTED = "posted"
    """The newest block has it."""
    GONE = "gone"
    """It was seen posted and is there no more; its day is not over, so that it can be posted again."""
    LOST = "lost"
    """As gone, and its day is over: nobody can post it any more."""
    MISSING = "missing"
    """Nobody posted it, as far as the newest block tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """One fixing, as the chain has it now."""

    underlying: str
    """`provider/model-id`."""
    day: int
    """UTC day number."""
    standing: Standing
    """How firmly it stands."""
    price: int | None
    """The fixing, micro-USD per Mtok; None where the chain has none."""


def still_posted(oracle: Oracle, underlyings: Iterable[str], day: int) -> tuple[Stand, ...]:
    """How a day's fixings stand: FINAL, POSTED or MISSING, in the order given. Raises `NodeDown`, `RpcError`.

    Where the node does not tell its finalized block nothing is FINAL.
    """
    finalized = oracle.chain.finalized_block()
    return tuple(_stand(oracle, each, day, finalized) for each in dict.fromkeys(underlyings))


def _stand(oracle: Oracle, underlying: str, day: int, finalized: int | None) -> Stand:
    newest = oracle.fixing(underlying, day)
    if newest is None:
        return Stand(underlying=underlying, day=day, standing=Standing.MISSING, price=None)
    is_final = finalized is not None and _fixing_at(oracle, underlying, day, finalized) == newest
    standing = Standing.FINAL if is_final else Standing.POSTED
    return Stand(underlying=underlying, day=day, standing=standing, price=newest.price)


def _fixing_at(oracle: Oracle, underlying: str, day: int, block: int) -> Fixing | None:
    try:
        return oracle.fixing(underlying, day, block)
    except (UnknownAnswer, RpcError):
        # Before the oracle was deployed, or a state that the node no longer has: not known to be final.
        return None


class Watch:
    """What was seen posted and is not final yet."""

    def __init__(self, oracle: Oracle) -> None:
        """`oracle` as it posts: its journal takes a transaction that was undone up again."""
        self._oracle = oracle
        self._seen: dict[tuple[str, int], Attempt | None] = {}

    def add(self, result: PostResult) -> None:
        """Watch what was posted, or found posted."""
        attempts = {each.tx_hash: each.attempt for each in result.outcomes if each.tx_hash is not None}
        for answer in result.answers:
            if isinstance(answer, Posted):
                key = answer.underlying, answer.day
                self._seen[key] = attempts.get(answer.tx_hash or "") or self._seen.get(key)

    def look(self) -> tuple[Stand, ...]:
        """How each watched fixing stands. FINAL and LOST are told once. Raises `NodeDown`, `RpcError`, `BadFile`.

        Our transaction behind one that is GONE is open in the journal again, so that posting sends it again first.
        """
        stands = tuple(self._look_at(name, day) for name, day in tuple(self._seen))
        reopened = {each.tx_hash: each for each in (self._undone(stand) for stand in stands) if each is not None}
        for attempt in reopened.values():
            keep(self._oracle.journal or self._oracle.chain.journal, attempt)
        for stand in stands:
            key = stand.underlying, stand.day
            if stand.standing in (Standing.FINAL, Standing.LOST):
                del self._seen[key]
            elif stand.standing is Standing.GONE:
                self._seen[key] = None
        return stands

    def _look_at(self, underlying: str, day: int) -> Stand:
        (found,) = still_posted(self._oracle, [underlying], day)
        if found.standing is not Standing.MISSING:
            return found
        over = day_of(self._oracle.chain.now()) > day
        standing = Standing.LOST if over else Standing.GONE
        return Stand(underlying=underlying, day=day, standing=standing, price=None)

    def _undone(self, stand: Stand) -> Attempt | None:
        gone = stand.standing in (Standing.GONE, Standing.LOST)
        return self._seen[stand.underlying, stand.day] if gone else None
