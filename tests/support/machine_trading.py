"""What anyone may do with money and terms: fund, deposit, withdraw, propose, approve, revoke, book and settle."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from support.machine_oracle import OracleRules
from support.model import DAY, UNLIMITED
from support.plays import TRADE, accounts, amounts, names, parties, picks, prices
from support.world import ACCOUNTS, NAMES, PARTIES

from ifx_sdk import payoff
from ifx_sdk.terms import Terms

NOWHERE = b"\xff" * 32  # no forward has this id


class TradingRules(OracleRules):
    """Before booking, booking, and from maturity on."""

    def top_up(self, account: str, amount: int) -> None:
        """A wallet gets tokens, and lets the escrow take whatever it owes."""
        self.model.wallets[account] = self.model.wallets.get(account, 0) + amount
        self.expect(None, self.world.token, "mint", account, amount, sender=account)
        if self.model.allowances.get(account) != UNLIMITED:
            self.allow(account, UNLIMITED)

    def allow(self, account: str, allowance: int) -> None:
        """Zero first, as USDT wants it."""
        token, escrow = self.world.token, self.world.escrow.address
        self.model.allowances[account] = allowance
        self.expect(None, token, "approve", escrow, 0, sender=account)
        self.expect(None, token, "approve", escrow, allowance, sender=account)

    @rule(party=accounts, amount=amounts, allowance=st.sampled_from([0, 10**9, UNLIMITED]))
    def fund(self, party: str, amount: int, allowance: int) -> None:
        """A wallet gets tokens and allows the escrow some."""
        self.model.wallets[party] = self.model.wallets.get(party, 0) + amount
        self.expect(None, self.world.token, "mint", party, amount, sender=party)
        self.allow(party, allowance)

    @rule(payer=parties, account=parties, amount=amounts)
    def deposit(self, payer: str, account: str, amount: int) -> None:
        """For oneself or for another."""
        refused = self.model.deposit(payer, account, amount)
        self.expect(refused, self.world.escrow, "deposit_for", account, amount, sender=payer)

    @rule(account=accounts, amount=amounts, all_of_it=st.booleans())
    def withdraw(self, account: str, amount: int, all_of_it: bool) -> None:
        """Some, all, or too much."""
        amount = self.model.free.get(account, 0) if all_of_it else amount
        refused = self.model.withdraw(account, amount)
        self.expect(refused, self.world.escrow, "withdraw", amount, account, sender=account)

    @rule(party=parties, amount=st.integers(1, 10**6))
    def stray(self, party: str, amount: int) -> None:
        """Tokens sent to the escrow by mistake are nobody's."""
        self.model.stray += amount
        self.expect(None, self.world.token, "mint", self.world.escrow.address, amount, sender=party)

    @rule(
        long=parties, short=parties, name=names, quantity=st.one_of(st.integers(1, 20), st.just(0)),
        price=prices, spot=prices, days=st.integers(26, 62), averaging=st.integers(0, 40),
        seconds=st.integers(0, 2 * DAY),
    )  # fmt: skip
    def propose(
        self,
        long: str,
        short: str,
        name: str,
        quantity: int,
        price: int,
        spot: int,
        days: int,
        averaging: int,
        seconds: int,
    ) -> None:
        """Terms of any kind, most of them not bookable."""
        self.draft(
            Terms(
                long=long, short=short, underlying=name, quantity=quantity, price=price, spot=spot,
                indicative=max(1, spot // 2), maturity=(self.model.today + days) * DAY, averaging_days=averaging,
                deadline=self.model.now + seconds, salt=self.salt(),
            )
        )  # fmt: skip

    @precondition(lambda self: self.drafts)
    @rule(pick=picks, account=parties)
    def approve_terms(self, pick: int, account: str) -> None:
        """On chain, by a side or an outsider."""
        self.approve(*self.pick_terms(pick), account)

    @precondition(lambda self: self.drafts)
    @rule(pick=picks, account=parties)
    def revoke_terms(self, pick: int, account: str) -> None:
        """By a side or an outsider."""
        self.revoke(*self.pick_terms(pick), account)

    def pick_terms(self, pick: int) -> tuple[bytes, Terms]:
        """Mostly such as are not booked."""
        unbooked = [draft for draft in self.drafts if draft[0] not in self.model.forwards]
        known = unbooked if unbooked and pick % 4 else self.drafts
        return known[pick % len(known)]

    @precondition(lambda self: self.drafts)
    @rule(pick=picks, signed=st.sets(parties))
    def book(self, pick: int, signed: set[str]) -> None:
        """Any draft, with any signatures: expired, replayed, revoked, unfunded or good."""
        self.book_draft(*self.drafts[pick % len(self.drafts)], signed)

    def book_draft(self, id_: bytes, terms: Terms, signed: set[str]) -> None:
        """Book with the signatures of `signed`; the other sides send nothing, or what is no signature of theirs."""
        refused = self.model.book(id_, terms, signed)
        approvals = self.approvals(id_, terms, signed)
        self.expect(refused, self.world.escrow, "book", terms.as_tuple(), *approvals, sender=self.world.desk)

    @rule(**TRADE)
    def trade_more(self, **trade: Any) -> None:
        """The same: most of what happens on a market is trading."""
        self.trade_all(**trade)

    @rule(**TRADE)
    def trade(self, **trade: Any) -> None:
        """Two sides do everything right: only a pause or the token's fee can be in their way."""
        self.trade_all(**trade)

    def trade_all(
        self,
        long: str,
        other: int,
        name: str,
        quantity: int,
        spot: int,
        ratio: int,
        days: int,
        averaging: int,
        from_free: bool,
        on_chain: int,
    ) -> None:
        """Fix the spot, fund, approve and book; bit i of `on_chain` has a side approve on chain."""
        if self.model.today not in self.model.fixings(name):
            self.post_by_quorum(name, spot)
        if self.model.lots[name] != 1:
            self.relist(name, 1)
        spot = self.model.fixings(name)[self.model.today]
        if spot == 0 or spot >= 2**39:
            return
        short = PARTIES[(PARTIES.index(long) + other) % len(PARTIES)]
        terms = Terms(
            long=long, short=short, underlying=name, quantity=quantity, price=max(1, spot * ratio // 100), spot=spot,
            indicative=max(1, spot * 93 // 100), maturity=(self.model.today + days) * DAY, averaging_days=averaging,
            deadline=self.model.now + 60, salt=self.salt(),
        )  # fmt: skip
        needs = payoff.deposit_required(spot=spot, indicative=terms.indicative, quantity=quantity)
        for side, need in zip((long, short), needs, strict=True):
            self.top_up(side, need)
            if from_free:
                self.deposit(side, side, need // 2 + 1)
        id_ = self.draft(terms)
        self.book_draft(id_, terms, self.approve_by(id_, terms, on_chain))

    def open_forward(self, pick: int) -> bytes | None:
        """One that has not come to its maturity, booked now where there is none; None where it could not be booked."""
        if not self.open:
            self.trade_all(
                long=PARTIES[pick % 5], other=1 + pick % 4, name=NAMES[pick % 2], quantity=1 + pick % 1_000,
                spot=1 + pick * 7 % 50_000_000, ratio=1 + pick % 200, days=28 + pick % 33, averaging=1 + pick % 28,
                from_free=pick % 3 == 0, on_chain=pick % 4,
            )  # fmt: skip
        found = self.open
        return found[pick % len(found)] if found else None

    @property
    def open(self) -> list[bytes]:
        """The forwards that can still be ended or moved."""
        forwards = self.model.forwards
        return [id_ for id_ in self.model.active if self.model.now < forwards[id_].terms.maturity]

    @rule(pick=picks, caller=accounts)
    def settle(self, pick: int, caller: str) -> None:
        """Too early, in time, twice, or a forward that there is not."""
        known = [*self.model.forwards, NOWHERE]
        id_ = known[pick % len(known)]
        can_be = self.world.escrow.is_settleable(id_)
        assert self.settle_one(id_, caller) is can_be

    def settle_one(self, id_: bytes, caller: str) -> bool:
        """By anyone; answers whether it could be."""
        refused = self.model.settle(id_)
        self.expect(refused, self.world.escrow, "settle", id_, sender=caller)
        return refused is None

    @precondition(lambda self: self.model.active)
    @rule(pick=picks, price=prices, silent=st.integers(0, 3), caller=accounts)
    def mature(self, pick: int, price: int, silent: int, caller: str) -> None:
        """A maturity comes, the oracle posts then or some days later or never, and someone tries to settle each day."""
        id_ = self.model.active[pick % len(self.model.active)]
        terms = self.model.forwards[id_].terms
        for late in range(4):
            self.to(max(self.model.now, terms.maturity + late * DAY))
            if late == silent and self.model.today not in self.model.fixings(terms.underlying):
                self.post_by_quorum(terms.underlying, price)
            self.settle_one(id_, caller)

    @rule(picked=st.lists(picks, max_size=12), caller=parties)
    def settle_many(self, picked: list[int], caller: str) -> None:
        """Any ids, known or not, twice or not: it never reverts."""
        known = [*self.model.forwards, *(id_ for id_, _ in self.drafts), *(id_ for id_, _ in self.endings), NOWHERE]
        ids = [known[pick % len(known)] for pick in picked]
        for id_ in ids:
            self.model.settle(id_)
        self.expect(None, self.world.escrow, "settle_many", ids, sender=caller)

    def newcomer(self, id_: bytes, pick: int) -> str:
        """Someone who was never a side of this forward; somebody who was, where nobody else is left."""
        booked = self.model.forwards.get(id_)
        known = (*booked.sides, *booked.departed) if booked else ()
        fresh = [account for account in ACCOUNTS if account not in known] or list(ACCOUNTS)
        return fresh[pick % len(fresh)]

    def stranger(self, id_: bytes, pick: int) -> str:
        """Someone who is no side of this forward now."""
        others = [account for account in ACCOUNTS if account not in self.model.forwards[id_].sides]
        return others[pick % len(others)]
