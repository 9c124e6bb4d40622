"""The booked forwards of an account, as the escrow and the oracle tell them: whoever booked them, here or elsewhere."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from ifx_sdk.client import IFX
from ifx_sdk.errors import NodeDown, RpcError
from ifx_sdk.payoff import Side
from ifx_sdk.records import BookedForward, Part
from otc_desk.errors import NotFound, NotNow

_KEPT: Final = 1_000
"""Accounts whose positions are remembered until the next block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a position would be worth, were it settled at the newest fixing."""

    day: int
    """UTC day number of that fixing."""
    price: int
    """micro-USDT per Mtok."""
    payout: int
    """micro-USDT that its side would be paid."""
    gain: int
    """micro-USDT above the prefunding; negative below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One account's part in one forward."""

    forward: BookedForward
    """The forward, with its whole life."""
    part: Part
    """The side, and by which novation it came or left."""
    mark: Mark | None
    """None once it was paid out or left, and where there is no fixing."""
    is_final: bool
    """Whether the chain can no longer undo its booking."""


class Positions:
    """Reads the chain, once a block for each account that asks."""

    def __init__(self, ifx: IFX) -> None:
        """Reads only."""
        self._ifx = ifx
        self._known: OrderedDict[str, tuple[int, tuple[Position, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, account: str) -> tuple[Position, ...]:
        """Every forward in which an account is or was a side, newest first. Raises `NotNow`."""
        try:
            head = self._ifx.chain.block_number()
            with self._lock:
                known = self._known.get(account)
            if known is not None and known[0] == head:
                return known[1]
            finalized = self._ifx.chain.finalized_block()
            forwards = self._ifx.escrow.forwards(account)
            marks = {each.record.underlying for each in forwards if each.record.is_active}
            newest = {name: self._ifx.oracle.latest(name) for name in sorted(marks)}
        except (NodeDown, RpcError) as error:
            raise NotNow("the chain does not answer") from error
        found = tuple(
            position_of(each, account, newest.get(each.record.underlying), finalized) for each in reversed(forwards)
        )
        with self._lock:
            self._known.pop(account, None)
            self._known[account] = head, found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def one(self, account: str, id: bytes) -> Position:
        """One of them. Raises `NotFound`, `NotNow`."""
        for each in self.of(account):
            if each.forward.record.id == id:
                return each
        raise NotFound("position")


def position_of(
    forward: BookedForward, account: str, newest: tuple[int, int] | None, finalized: int | None
) -> Position:
    """An account's part in a forward; `newest` is the newest fixing's (day, price). Pure."""
    part = forward.part_of(account)
    if part is None:
        raise NotFound("position")
    is_open = forward.record.is_active and part.left is None
    return Position(
        forward=forward,
        part=part,
        mark=mark_of(forward, part.side, *newest) if is_open and newest is not None else None,
        is_final=finalized is not None and forward.block_number <= finalized,
    )


def mark_of(forward: BookedForward, side: Side, day: int, price: int) -> Mark:
    """A side's worth at a price, micro-USDT per Mtok: the contract's own payoff. Pure."""
    long, short = forward.record.payouts(price)
    payout = long if side == "long" else short
    return Mark(day=day, price=price, payout=payout, gain=payout - forward.record.prefunding)
