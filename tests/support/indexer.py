"""The escrow's and the oracle's state, rebuilt from their events alone."""

from dataclasses import dataclass, field

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
    forwards: dict[bytes, dict[str, object]] = field(default_factory=dict)
    approved: set[tuple[bytes, str]] = field(default_factory=set)
    lots: dict[int, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    fixings: dict[tuple[int, int], int] = field(default_factory=dict)

    def feed(self, name: str, event: dict[str, object]) -> None:
        """Apply one event; names this indexer does not know (the token's own) are not its business."""
        handler = getattr(self, f"on_{name}", None)
        if handler is not None:
            handler(**event)

    def _move(self, account: str, amount: int) -> None:
        self.free[account] = self.free.get(account, 0) + amount

    def on_Deposited(self, account, payer, amount):
        self._move(account, amount)

    def on_Withdrawn(self, account, receiver, amount):
        self._move(account, -amount)

    def on_Approved(self, id, account):
        self.approved.add((id, account))

    def on_Revoked(self, id, account):
        self.forwards[id] = {"status": 1}

    def on_ForwardBooked(self, id, **terms):
        self.forwards[id] = {**terms, "status": 2}
        needs = payoff.deposit_required(spot=terms["spot"], indicative=terms["indicative"], quantity=terms["quantity"])
        for side, need in zip(("long", "short"), needs, strict=True):
            account = terms[side]
            self._move(account, -min(need, self.free.get(account, 0)))
        self._move(self.fee_recipient, payoff.fee(indicative=terms["indicative"], quantity=terms["quantity"]))

    def on_ForwardSettled(self, id, price, long_payout, short_payout):
        self._pay(id, price)
        assert (long_payout, short_payout) == self._payouts(id, price)

    def on_ForwardsSettled(self, underlying, maturity_day, averaging_days, price, ids):
        for id_ in ids:
            record = self.forwards[id_]
            assert (record["underlying"], record["averaging_days"]) == (underlying, averaging_days)
            assert record["maturity"] == maturity_day * DAY
            self._pay(id_, price)

    def _payouts(self, id_, price):
        record = self.forwards[id_]
        return payoff.payouts(price=record["price"], spot=record["spot"], quantity=record["quantity"], settlement=price)

    def _pay(self, id_, price):
        record = self.forwards[id_]
        assert record["status"] == 2
        long_payout, short_payout = self._payouts(id_, price)
        self._move(record["long"], long_payout)
        self._move(record["short"], short_payout)
        record["status"] = 3

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
