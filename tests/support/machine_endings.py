"""What anyone may do to end or move a forward before its maturity, and what must stay impossible then."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from support.machine import REACHED
from support.machine_trading import NOWHERE, TradingRules
from support.model import DAY
from support.plays import accounts, agreed_prices, lives, payment_shares, picks, stand_ins
from support.world import ACCOUNTS, PARTIES

from ifx_sdk.endings import Novation, Termination
from ifx_sdk.terms import ZERO_ADDRESS

LARGEST = 2**256 - 1


class EndingRules(TradingRules):
    """Terminations and novations of any kind, by anyone, at any time."""

    # Messages.

    def pick_forward(self, pick: int) -> bytes:
        """Any forward, ended ones and none too."""
        known = [*self.model.forwards, *self.model.active * 3, NOWHERE]
        return known[pick % len(known)]

    def sides_of(self, id_: bytes) -> tuple[str, str]:
        """Its sides now; any two where there is no forward."""
        booked = self.model.forwards.get(id_)
        return booked.sides if booked else (PARTIES[0], PARTIES[1])

    def termination(self, id_: bytes, price: int, life: int, **sides: str) -> tuple[bytes, Termination]:
        """One between its sides as of now, but for `sides`; remembered."""
        long, short = self.sides_of(id_)
        named = {"long": long, "short": short} | sides
        message = Termination(forward=id_, price=price, deadline=self.model.now + life, salt=self.salt(), **named)
        return self.draft(message), message

    def novation(
        self, id_: bytes, long_leaves: bool, incoming: str, share: int | None, life: int, **others: str
    ) -> tuple[bytes, Novation]:
        """One from its sides as of now to `incoming`, for `share` percent of 2B, above 100 at least one more."""
        long, short = self.sides_of(id_)
        named = {"outgoing": long if long_leaves else short, "remaining": short if long_leaves else long} | others
        booked = self.model.forwards.get(id_)
        locked = booked.locked if booked else 0
        message = Novation(
            forward=id_, incoming=incoming, payment=LARGEST if share is None else locked * share // 100 + (share > 100),
            deadline=self.model.now + life, salt=self.salt(), **named,
        )  # fmt: skip
        return self.draft(message), message

    def execute(self, id_: bytes, message: Termination | Novation, signed: set[str] | None, caller: str) -> str | None:
        """Execute with the signatures of `signed`, None for everyone's, and answer why it was refused.

        Beside the model stands what an outsider knows from the events alone: a message that was executed, that names
        somebody who has left, or whose forward is mature can do nothing.
        """
        signed = set(ACCOUNTS) if signed is None else signed
        forward = self.model.forwards.get(message.forward)
        spent = id_ in self.index.executed or id_ in self.index.revoked
        stale = any((message.forward, account) in self.index.departed for account in message.parties.values())
        mature = forward is not None and self.model.now >= forward.terms.maturity
        if isinstance(message, Termination):
            method, refused = "terminate", self.model.terminate(id_, message, signed)
        else:
            method, refused = "novate", self.model.novate(id_, message, signed)
        approvals = self.approvals(id_, message, signed)
        self.expect(refused, self.world.escrow, method, message.as_tuple(), *approvals, sender=caller)
        assert refused is not None or not (spent or stale or mature)
        for name, is_so in (("spent", spent), ("stale", stale), ("mature", mature)):
            REACHED["tried", f"{method} {name}"] += is_so
        return refused

    # Anything.

    @rule(pick=picks, long=stand_ins, short=stand_ins, price=agreed_prices, life=lives)
    def propose_termination(self, pick: int, long: str | None, short: str | None, price: int, life: int) -> None:
        """Of any forward, between its sides or others, at any price."""
        others = {role: account for role, account in (("long", long), ("short", short)) if account}
        self.termination(self.pick_forward(pick), price, life, **others)

    @rule(
        pick=picks, long_leaves=st.booleans(), outgoing=stand_ins, remaining=stand_ins,
        incoming=st.one_of(st.none(), st.none(), accounts, st.sampled_from([ZERO_ADDRESS, ""])),
        share=payment_shares, life=lives,
    )  # fmt: skip
    def propose_novation(
        self,
        pick: int,
        long_leaves: bool,
        outgoing: str | None,
        remaining: str | None,
        incoming: str | None,
        share: int | None,
        life: int,
    ) -> None:
        """Of any forward, from a side or another, to anyone: a newcomer, a side, one who left, nobody, the escrow."""
        id_ = self.pick_forward(pick)
        entering = self.newcomer(id_, pick) if incoming is None else incoming or self.world.escrow.address
        others = {role: account for role, account in (("outgoing", outgoing), ("remaining", remaining)) if account}
        self.novation(id_, long_leaves, entering, share, life, **others)

    def named(self, pick: int, who: int) -> str:
        """One whom a message names, or somebody else."""
        parties = list(self.endings[pick % len(self.endings)][1].parties.values())
        account = parties[who] if who < len(parties) else ACCOUNTS[(who + pick) % len(ACCOUNTS)]
        return account if account in ACCOUNTS else PARTIES[0]

    @precondition(lambda self: self.endings)
    @rule(pick=picks, who=st.integers(0, 3))
    def approve_ending(self, pick: int, who: int) -> None:
        """On chain, by one whom it names or by an outsider."""
        self.approve(*self.endings[pick % len(self.endings)], self.named(pick, who))

    @precondition(lambda self: self.endings)
    @rule(pick=picks, who=st.integers(0, 3))
    def revoke_ending(self, pick: int, who: int) -> None:
        """By one whom it names or by an outsider."""
        self.revoke(*self.endings[pick % len(self.endings)], self.named(pick, who))

    @precondition(lambda self: self.endings)
    @rule(pick=picks, signed=st.one_of(st.none(), st.sets(accounts)), caller=accounts)
    def execute_any(self, pick: int, signed: set[str] | None, caller: str) -> None:
        """Any of them with any signatures: expired, replayed, revoked, stale, unfunded, mature or good."""
        self.execute(*self.endings[pick % len(self.endings)], signed, caller)

    @precondition(lambda self: self.index.executed)
    @rule(pick=picks, caller=accounts)
    def replay(self, pick: int, caller: str) -> None:
        """What was executed, and what names somebody who has left, again with everyone's signature."""
        spent = [
            (id_, message)
            for id_, message in self.endings
            if id_ in self.index.executed
            or any((message.forward, account) in self.index.departed for account in message.parties.values())
        ]
        for offset in range(min(3, len(spent))):
            assert self.execute(*spent[(pick + offset) % len(spent)], None, caller) is not None

    # Everything right.

    @rule(pick=picks, price=st.integers(0, 50_000_000), on_chain=st.integers(0, 3), caller=accounts)
    def end_early(self, pick: int, price: int, on_chain: int, caller: str) -> None:
        """Both sides agree on an end: nothing can be in their way."""
        if (id_ := self.open_forward(pick)) is not None:
            ending = self.termination(id_, price, DAY)
            assert self.execute(*ending, self.approve_by(*ending, on_chain), caller) is None

    @rule(
        pick=picks, long_leaves=st.booleans(), share=st.sampled_from([0, 1, 50, 100]), on_chain=st.integers(0, 7),
        from_free=st.booleans(), caller=accounts,
    )  # fmt: skip
    def move(self, pick: int, long_leaves: bool, share: int, on_chain: int, from_free: bool, caller: str) -> None:
        """All three agree that one side moves, and the new one has the money."""
        if (id_ := self.open_forward(pick)) is not None:
            self.move_side(id_, pick, long_leaves, share, on_chain, from_free, caller)

    def move_side(
        self, id_: bytes, pick: int, long_leaves: bool, share: int, on_chain: int, from_free: bool, caller: str
    ) -> None:
        """Fund, approve and execute; it fails for the token's fee or want of newcomers alone."""
        ending = self.novation(id_, long_leaves, self.newcomer(id_, pick), share, DAY)
        self.top_up(ending[1].incoming, ending[1].payment)
        if from_free:
            self.deposit(ending[1].incoming, ending[1].incoming, ending[1].payment // 2 + 1)
        self.execute(*ending, self.approve_by(*ending, on_chain), caller)

    @rule(pick=picks, on_chain=st.integers(0, 7), caller=accounts)
    def move_both(self, pick: int, on_chain: int, caller: str) -> None:
        """Both sides move; what they had agreed on before is void, whoever signs it, and they cannot revive it."""
        if (id_ := self.open_forward(pick)) is None:
            return
        before = self.termination(id_, 1, 80 * DAY)
        self.approve_by(*before, 3)
        self.move_side(id_, pick, True, 1, on_chain, False, caller)
        self.move_side(id_, pick + 1, False, 0, on_chain, False, caller)
        if before[1].long != self.sides_of(id_)[0]:
            assert self.execute(*before, None, caller) is not None

    @rule(pick=picks, long_leaves=st.booleans(), on_chain=st.integers(0, 7), caller=accounts)
    def cycle(self, pick: int, long_leaves: bool, on_chain: int, caller: str) -> None:
        """A to C, then C to A: with a way back, everything that A approved before would count again."""
        if (id_ := self.open_forward(pick)) is None:
            return
        leaver = self.sides_of(id_)[0 if long_leaves else 1]
        ended = self.termination(id_, 1, 80 * DAY)
        there = self.novation(id_, long_leaves, self.newcomer(id_, pick), 0, 80 * DAY)
        self.approve_by(*ended, on_chain)
        if self.execute(*there, self.approve_by(*there, on_chain), caller) is not None:
            return
        back = self.novation(id_, long_leaves, leaver, 0, 80 * DAY)
        refused = self.execute(*back, self.approve_by(*back, on_chain), caller)
        assert refused == "escrow: incoming left before"
        for old in (ended, there):
            assert self.execute(*old, None, caller) is not None

    @rule(pick=picks, before=st.sampled_from([1, 0, 0, -1]), caller=accounts)
    def reach_maturity(self, pick: int, before: int, caller: str) -> None:
        """At a forward's last second before maturity, at it or after, all sign all that is open, with days to spare."""
        if (id_ := self.open_forward(pick)) is None:
            return
        maturity = self.model.forwards[id_].terms.maturity
        opened = [self.termination(id_, 7, 90 * DAY), self.novation(id_, True, self.newcomer(id_, pick), 0, 90 * DAY)]
        for ending in opened:
            self.approve_by(*ending, pick % 8)
        self.to(max(self.model.now, maturity - before))
        for ending in opened[:: -1 if pick % 2 else 1]:
            refused = self.execute(*ending, None, caller)
            assert refused is not None or self.model.now < maturity
