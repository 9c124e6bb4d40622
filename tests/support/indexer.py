"""The escrow's and the oracle's state, rebuilt from their events alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_abi.abi import decode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from ifx_sdk import payoff

DAY = 86_400


@dataclass
class Indexer:
    """What an outsider with a log reader knows."""

    fee_recipient: str = ""
    desk: str = ""
    guardian: str = ""
    paused_until: int = 0
    free: dict[str, int] = field(default_factory=dict)
    forwards: dict[bytes, dict[str, Any]] = field(default_factory=dict)
    approved: set[tuple[bytes, str]] = field(default_factory=set)
    revoked: set[bytes] = field(default_factory=set)
    executed: set[bytes] = field(default_factory=set)
    departed: set[tuple[bytes, str]] = field(default_factory=set)
    lots: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    fixings: dict[tuple[int, int], int] = field(default_factory=dict)

    def feed(self, name: str, event: dict[str, Any]) -> None:
        """Apply one event; names this indexer does not know (the token's own) are not its business."""
        handler = getattr(self, f"on_{name}", None)
        if handler is not None:
            handler(**event)

    def _move(self, account: str, amount: int) -> None:
        self.free[account] = self.free.get(account, 0) + amount

    def _collect(self, account: str, need: int) -> None:
        """Free balance first; the rest came from the wallet, which is the token's business."""
        self._move(account, -min(need, self.free.get(account, 0)))

    def _execute(self, digest: bytes) -> None:
        """One approval does one thing, once, and nothing that was revoked."""
        assert digest not in self.executed, "an approval was used twice"
        assert digest not in self.revoked, "a revoked approval was used"
        self.executed.add(digest)

    def on_Deposited(self, account, payer, amount):
        self._move(account, amount)

    def on_Withdrawn(self, account, receiver, amount):
        self._move(account, -amount)

    def on_Approved(self, id, account):
        assert id not in self.executed
        assert id not in self.revoked
        self.approved.add((id, account))

    def on_Revoked(self, id, account):
        assert id not in self.executed
        assert id not in self.revoked
        self.revoked.add(id)

    def on_ForwardBooked(self, id, **terms):
        self._execute(id)
        self.forwards[id] = {**terms, "status": 2}
        needs = payoff.deposit_required(spot=terms["spot"], indicative=terms["indicative"], quantity=terms["quantity"])
        for side, need in zip(("long", "short"), needs, strict=True):
            self._collect(terms[side], need)
        self._move(self.fee_recipient, payoff.fee(indicative=terms["indicative"], quantity=terms["quantity"]))

    def on_ForwardNovated(self, id, outgoing, incoming, novation, payment):
        self._execute(novation)
        record = self.forwards[id]
        assert record["status"] == 2
        assert (id, incoming) not in self.departed, "who left came back"
        assert incoming not in (record["long"], record["short"])
        record["long" if record["long"] == outgoing else "short"] = incoming
        assert outgoing not in (record["long"], record["short"])
        self.departed.add((id, outgoing))
        self._collect(incoming, payment)
        self._move(outgoing, payment)

    def on_ForwardTerminated(self, id, termination, price, long_payout, short_payout):
        self._execute(termination)
        self._pay(id, price, 4)
        assert (long_payout, short_payout) == self._payouts(id, price)

    def on_ForwardSettled(self, id, price, long_payout, short_payout):
        self._pay(id, price, 3)
        assert (long_payout, short_payout) == self._payouts(id, price)

    def on_ForwardsSettled(self, underlying, maturity_day, averaging_days, price, ids):
        for id_ in ids:
            record = self.forwards[id_]
            assert (record["underlying"], record["averaging_days"]) == (underlying, averaging_days)
            assert record["maturity"] == maturity_day * DAY
            self._pay(id_, price, 3)

    def _payouts(self, id_, price):
        record = self.forwards[id_]
        return payoff.payouts(price=record["price"], spot=record["spot"], quantity=record["quantity"], settlement=price)

    def _pay(self, id_, price, status):
        record = self.forwards[id_]
        assert record["status"] == 2
        long_payout, short_payout = self._payouts(id_, price)
        self._move(record["long"], long_payout)
        self._move(record["short"], short_payout)
        record["status"] = status

    def on_BookingPaused(self, until):
        self.paused_until = until

    def on_UnderlyingListed(self, index, previous_lot, lot):
        assert self.lots.get(index, 0) == previous_lot
        self.lots[index] = lot

    def on_DeskSet(self, previous, desk):
        self.desk = desk

    def on_GuardianSet(self, previous, guardian):
        self.guardian = guardian

    def on_FeeRecipientSet(self, previous, fee_recipient):
        self.fee_recipient = fee_recipient

    def on_UnderlyingAdded(self, index, name, review_required):
        self.names[index] = name

    def on_FixingPosted(self, underlying, day, price, signers, evidence):
        assert (underlying, day) not in self.fixings, "a fixing was posted twice"
        self.fixings[underlying, day] = price


class LogReader:
    """Raw log entries to names and fields, by an ABI."""

    def __init__(self, abi: Sequence[dict[str, Any]]) -> None:
        """The events of `abi`; all their indexed fields are single words."""
        self._events: dict[int, tuple[str, list[tuple[str, str]], list[tuple[str, str]]]] = {}
        for event in abi:
            if event["type"] != "event":
                continue
            fields = [(each["name"], each["type"], each["indexed"]) for each in event["inputs"]]
            signature = f"{event['name']}({','.join(kind for _, kind, _ in fields)})"
            indexed, plain = ([(n, k) for n, k, i in fields if i is where] for where in (True, False))
            self._events[int.from_bytes(keccak(text=signature), "big")] = (event["name"], indexed, plain)

    def read(self, topics: Sequence[int], data: bytes) -> tuple[str, dict[str, Any]]:
        """The event's name and its fields; an unknown event is a KeyError."""
        name, indexed, plain = self._events[topics[0]]
        fields = {
            field: _plain(kind, decode([kind], topic.to_bytes(32, "big"))[0])
            for (field, kind), topic in zip(indexed, topics[1:], strict=True)
        }
        values = decode([kind for _, kind in plain], data)
        return name, fields | {f: _plain(kind, v) for (f, kind), v in zip(plain, values, strict=True)}


def _plain(kind: str, value: Any) -> Any:
    return to_checksum_address(value) if kind == "address" else value
