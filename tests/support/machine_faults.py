"""Endings that are right in all but one respect, so that each refusal comes up where it alone stands in the way."""

from hypothesis import strategies as st
from hypothesis.stateful import rule
from support.machine_endings import EndingRules
from support.model import DAY, UNLIMITED
from support.plays import accounts, picks
from support.world import ACCOUNTS

from ifx_sdk.endings import Novation
from ifx_sdk.terms import ZERO_ADDRESS

END_FAULTS = ("late", "long", "short", "price", "revoked", "silent", "silent", "ended")
MOVE_FAULTS = (
    "late", "outgoing", "remaining", "nobody", "escrow", "side", "left", "payment", "revoked", "revoked", "silent",
    "silent", "silent", "silent", "ended", "no allowance", "no money", "token fee",
)  # fmt: skip
MONEY = ("no allowance", "no money", "token fee")
"""No faults where the free balance covers the payment, or the fee on it is rounded to nothing."""


class FaultRules(EndingRules):
    """One thing wrong at a time."""

    def forward_for(self, fault: str, pick: int) -> bytes | None:
        """The forward to try: an open one; where the fault is that, one that has ended or is mature."""
        if fault != "ended":
            return self.open_forward(pick)
        closed = [id_ for id_ in self.model.forwards if id_ not in self.open]
        return closed[pick % len(closed)] if closed else None

    @rule(pick=picks, fault=st.sampled_from(END_FAULTS), who=st.integers(0, 1), caller=accounts)
    def nearly_end(self, pick: int, fault: str, who: int, caller: str) -> None:
        """A termination with one fault is refused, whoever signs; what it names it keeps for the other rules."""
        if (id_ := self.forward_for(fault, pick)) is None:
            return
        others = {fault: self.stranger(id_, pick)} if fault in ("long", "short") else {}
        price = 2**40 if fault == "price" else pick
        ending = self.termination(id_, price, 0 if fault == "late" else DAY, **others)
        named = list(ending[1].parties.values())
        if fault == "late":
            self.to(self.model.now + 1)
        if fault == "revoked":
            self.revoke(*ending, named[who])
        signed = set(named) - ({named[who]} if fault == "silent" else set())
        assert self.execute(*ending, signed, caller) is not None

    @rule(
        pick=picks, long_leaves=st.booleans(), fault=st.sampled_from(MOVE_FAULTS), who=st.integers(0, 2),
        caller=accounts,
    )  # fmt: skip
    def nearly_move(self, pick: int, long_leaves: bool, fault: str, who: int, caller: str) -> None:
        """A novation with one fault is refused, whoever signs."""
        if (id_ := self.forward_for(fault, pick)) is None:
            return
        booked = self.model.forwards[id_]
        left = sorted(booked.departed)
        incoming = {
            "nobody": ZERO_ADDRESS,
            "escrow": self.world.escrow.address,
            "side": booked.sides[who % 2],
            "left": left[pick % len(left)] if left else booked.sides[0],
        }.get(fault, self.newcomer(id_, pick))
        others = {fault: self.stranger(id_, pick + 1)} if fault in ("outgoing", "remaining") else {}
        share = {"payment": 101, "no allowance": 100, "no money": 100, "token fee": 50}.get(fault, 0)
        ending = self.novation(id_, long_leaves, incoming, share, 0 if fault == "late" else DAY, **others)
        signed = set(ACCOUNTS)
        if fault == "late":
            self.to(self.model.now + 1)
        named = list(ending[1].parties.values())
        if fault == "revoked":
            self.revoke(*ending, named[who])
        if fault == "silent":
            signed.discard(named[who])
        self.impoverish(fault, ending[1])
        assert self.execute(*ending, signed & set(named), caller) is not None or fault in MONEY
        if fault == "token fee":
            self.switch_fee(0)

    def impoverish(self, fault: str, novation: Novation) -> None:
        """Take from the incoming party what the fault says it lacks; what is in its free balance stays."""
        if fault == "no allowance":
            self.allow(novation.incoming, 0)
        elif fault == "no money":
            self.allow(novation.incoming, UNLIMITED)
            self.lose(novation.incoming)
        elif fault == "token fee":
            self.top_up(novation.incoming, novation.payment)
            self.switch_fee(20)

    def lose(self, account: str) -> None:
        """A wallet sends all it has to the escrow by mistake, where it is nobody's."""
        amount = self.model.wallets.pop(account, 0)
        self.model.stray += amount - self.model.token_fee(amount)
        self.expect(None, self.world.token, "transfer", self.world.escrow.address, amount, sender=account)
