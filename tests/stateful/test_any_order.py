"""Anything, by anyone, in any order: after every step the contracts equal the model and the invariants hold.

Invariant numbers are those of docs/invariants.md. Every call's outcome is predicted first, so no revert is swallowed:
a call that should go through must, and one that should not must give exactly its reason.
"""

import os
import warnings
from typing import Any

import pytest
from eth_abi import decode
from eth_account import Account
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from support.indexer import Indexer
from support.model import DAY, UNLIMITED, Model
from support.plays import TRADE, amounts, names, parties, picks, prices
from support.world import KEYS, NAMES, NODE_KEYS, NODES, PARTIES, QUORUM, START, deployed

from ifx_sdk import payoff, signing
from ifx_sdk.terms import Terms, escrow_domain, oracle_domain

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import boa

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
ERROR = bytes.fromhex("08c379a0")  # the selector of Error(string)
STEPS = 100
EXAMPLES = 2_000 if NIGHTLY else 100  # x STEPS = 10,000 steps in CI


class AnyOrder(RuleBasedStateMachine):
    """Parties, a desk, a guardian and oracle nodes, doing what they like."""

    @initialize()
    def deploy(self) -> None:
        """Start from the same deployment, with two listed underlyings."""
        self.world = deployed()
        boa.env.timestamp = START
        world = self.world
        self.index = Indexer()
        self.index.fee_recipient, self.index.desk, self.index.guardian = world.fees, world.desk, world.guardian
        for name in NAMES:
            self.call(world.oracle, "add_underlying", name, False, sender=world.owner)
            self.call(world.escrow, "list_underlying", name, 1, sender=world.owner)
        self.model = Model(
            now=START,
            escrow=world.escrow.address,
            fee_recipient=world.fees,
            lots=dict.fromkeys(NAMES, 1),
            signers=list(range(NODES)),
            quorum=QUORUM,
        )
        self.drafts: list[tuple[bytes, Terms]] = []
        self.answers: dict[tuple[str, int, int], int] = {}
        self.domain = escrow_domain(31337, world.escrow.address)
        self.reports = oracle_domain(31337, world.oracle.address)

    def teardown(self) -> None:
        """Invariant 5: whatever happened, everything can be settled and withdrawn; nothing stays but strays."""
        if hasattr(self, "model"):
            self.wind_up()

    def wind_up(self) -> None:
        """Three days after the last maturity, with no role's help."""
        last = max((self.model.forwards[id_].terms.maturity for id_ in self.model.active), default=0)
        self.to(max(self.model.now, last + 3 * DAY))
        for id_ in self.model.active:
            self.expect(self.model.settle(id_), self.world.escrow, "settle", id_, sender=PARTIES[0])
        if self.model.token_fee_bps:
            self.switch_fee(0)
        for account, amount in list(self.model.free.items()):
            if amount:
                refused = self.model.withdraw(account, amount)
                self.expect(refused, self.world.escrow, "withdraw", amount, account, sender=account)
        assert self.model.owed == 0
        assert self.world.token.balanceOf(self.world.escrow.address) == self.model.stray

    # Machinery.

    def call(self, contract: Any, method: str, *args: object, sender: str) -> str | None:
        """Call, feed the indexer, and answer the revert reason or None."""
        try:
            getattr(contract, method)(*args, sender=sender)
        except boa.BoaError:
            output = contract._computation.output
            assert output[:4] == ERROR, f"{method} reverted without a reason: {output.hex()}"
            return str(decode(["string"], output[4:])[0])
        for event in contract.get_logs():
            fields = {name: value for name, value in event._asdict().items() if name != "address"}
            self.index.feed(type(event).__name__, fields)
        return None

    def expect(self, reason: str | None, contract: Any, method: str, *args: object, sender: str) -> None:
        """Call and hold the outcome against the model's."""
        assert self.call(contract, method, *args, sender=sender) == reason

    def to(self, timestamp: int) -> None:
        """Move time forward."""
        self.model.now = boa.env.timestamp = timestamp

    def switch_fee(self, bps: int) -> None:
        """The token's owner sets its transfer fee."""
        self.model.token_fee_bps = bps
        self.call(self.world.token, "set_fee", bps, 50 * 10**6, sender=boa.env.eoa)

    def draft(self, terms: Terms) -> bytes:
        """Remember terms under their id, which the contract computes too (invariant 9)."""
        id_ = signing.terms_digest(terms, self.domain)
        assert self.world.escrow.terms_hash(terms.as_tuple()) == id_
        self.drafts.append((id_, terms))
        return id_

    def attest(self, name: str, day: int, price: int, signers: list[int]) -> list[tuple[bytes, int, int]]:
        """Attestations of the nodes at these positions."""
        attestations = []
        for signer in signers:
            evidence = bytes([signer + 1]) * 32
            digest = signing.report_digest(name, day, price, evidence, self.reports)
            attestations.append((evidence, *signing.to_compact(signing.sign_digest(digest, NODE_KEYS[signer]))))
        return attestations

    # What anyone may do.

    @rule(party=parties, amount=amounts, allowance=st.sampled_from([0, 10**9, UNLIMITED]))
    def fund(self, party: str, amount: int, allowance: int) -> None:
        """A wallet gets tokens and allows the escrow some, zero first as USDT wants it."""
        self.model.wallets[party] = self.model.wallets.get(party, 0) + amount
        self.model.allowances[party] = allowance
        token, escrow = self.world.token, self.world.escrow.address
        self.expect(None, token, "mint", party, amount, sender=party)
        self.expect(None, token, "approve", escrow, 0, sender=party)
        self.expect(None, token, "approve", escrow, allowance, sender=party)

    @rule(payer=parties, account=parties, amount=amounts)
    def deposit(self, payer: str, account: str, amount: int) -> None:
        """For oneself or for another."""
        refused = self.model.deposit(payer, account, amount)
        self.expect(refused, self.world.escrow, "deposit_for", account, amount, sender=payer)

    @rule(account=parties, amount=amounts, all_of_it=st.booleans())
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
                deadline=self.model.now + seconds, salt=len(self.drafts).to_bytes(32, "big"),
            )
        )  # fmt: skip

    @precondition(lambda self: self.drafts)
    @rule(pick=picks, account=parties)
    def approve(self, pick: int, account: str) -> None:
        """On chain, by a side or an outsider."""
        id_, terms = self.drafts[pick % len(self.drafts)]
        refused = self.model.approve(account, id_, terms)
        self.expect(refused, self.world.escrow, "approve_terms", terms.as_tuple(), sender=account)

    @precondition(lambda self: self.drafts)
    @rule(pick=picks, account=parties)
    def revoke(self, pick: int, account: str) -> None:
        """By a side or an outsider."""
        id_, terms = self.drafts[pick % len(self.drafts)]
        refused = self.model.revoke(account, id_, terms)
        self.expect(refused, self.world.escrow, "revoke_terms", terms.as_tuple(), sender=account)

    @precondition(lambda self: self.drafts)
    @rule(pick=picks, signed=st.sets(parties))
    def book(self, pick: int, signed: set[str]) -> None:
        """Any draft, with any signatures: expired, replayed, revoked, unfunded or good."""
        self.book_draft(*self.drafts[pick % len(self.drafts)], signed)

    def book_draft(self, id_: bytes, terms: Terms, signed: set[str]) -> None:
        """Book with the signatures of `signed`; the other sides send nothing."""
        refused = self.model.book(id_, terms, signed)
        approvals = [
            signing.sign_digest(id_, KEYS[side]) if side in signed else b"" for side in (terms.long, terms.short)
        ]
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
    ) -> None:
        """Fix the spot, fund, sign and book."""
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
            deadline=self.model.now + 60, salt=len(self.drafts).to_bytes(32, "big"),
        )  # fmt: skip
        needs = payoff.deposit_required(spot=spot, indicative=terms.indicative, quantity=quantity)
        for side, need in zip((long, short), needs, strict=True):
            self.fund(side, need, UNLIMITED)
            if from_free:
                self.deposit(side, side, need // 2 + 1)
        self.book_draft(self.draft(terms), terms, {long, short})

    @rule(pick=picks, caller=parties)
    def settle(self, pick: int, caller: str) -> None:
        """Too early, in time, twice, or a forward that there is not."""
        known = [*self.model.forwards, b"\xff" * 32]
        id_ = known[pick % len(known)]
        self.expect(self.model.settle(id_), self.world.escrow, "settle", id_, sender=caller)

    @precondition(lambda self: self.model.active)
    @rule(pick=picks, price=prices, silent=st.integers(0, 3), caller=parties)
    def mature(self, pick: int, price: int, silent: int, caller: str) -> None:
        """A maturity comes, the oracle posts then or some days later or never, and someone tries to settle each day."""
        id_ = self.model.active[pick % len(self.model.active)]
        terms = self.model.forwards[id_].terms
        for late in range(4):
            self.to(max(self.model.now, terms.maturity + late * DAY))
            if late == silent and self.model.today not in self.model.fixings(terms.underlying):
                self.post_by_quorum(terms.underlying, price)
            self.expect(self.model.settle(id_), self.world.escrow, "settle", id_, sender=caller)

    @rule(picked=st.lists(picks, max_size=12), caller=parties)
    def settle_many(self, picked: list[int], caller: str) -> None:
        """Any ids, known or not, twice or not: it never reverts."""
        known = [*self.model.forwards, *(id_ for id_, _ in self.drafts), b"\xff" * 32]
        ids = [known[pick % len(known)] for pick in picked]
        for id_ in ids:
            self.model.settle(id_)
        self.expect(None, self.world.escrow, "settle_many", ids, sender=caller)

    # What the roles and the world do.

    @rule(
        name=names,
        price=prices,
        signers=st.lists(st.integers(0, NODES), max_size=NODES + 1),
        ago=st.sampled_from([0, 0, 0, 1]),
    )
    def post(self, name: str, price: int, signers: list[int], ago: int) -> None:
        """By any signers, registered or not, in any order."""
        day = self.model.today - ago
        refused = self.model.post(name, day, price, signers)
        attestations = self.attest(name, day, price, signers)
        self.expect(refused, self.world.oracle, "post", name, day, price, attestations, sender=PARTIES[0])

    @rule(
        signers=st.lists(st.integers(0, NODES), max_size=NODES + 1),
        quorum=st.integers(0, NODES),
        ahead=st.integers(7, 12),
    )
    def announce_signers(self, signers: list[int], quorum: int, ahead: int) -> None:
        """The oracle's owner announces a set: public for 8 days or more before its first one."""
        before = self.model.in_force()
        day = self.model.today + ahead
        refused = self.model.schedule(signers, quorum, day)
        accounts = [Account.from_key(NODE_KEYS[signer]).address for signer in signers]
        self.expect(refused, self.world.oracle, "schedule_signers", accounts, quorum, day, sender=self.world.owner)
        if refused is None:
            for today in (self.model.today, day - 1):
                assert self.world.oracle.signers_on(today).quorum == before[1]

    @rule()
    def cancel_signers(self) -> None:
        """The owner withdraws what it announced."""
        self.expect(self.model.cancel(), self.world.oracle, "cancel_signers", sender=self.world.owner)

    @rule(name=names, price=prices)
    def post_by_quorum(self, name: str, price: int) -> None:
        """As on a good day."""
        registered, quorum = self.model.in_force()
        self.post(name, price, registered[::-1][:quorum], 0)

    @rule(seconds=st.one_of(st.integers(1, DAY), st.integers(1, 9).map(lambda days: days * DAY)))
    def wait(self, seconds: int) -> None:
        """Time passes; days without a post are days on which the oracle was silent."""
        self.to(self.model.now + seconds)

    @precondition(lambda self: self.model.active)
    @rule(pick=picks, late=st.integers(0, 4 * DAY))
    def wait_for_maturity(self, pick: int, late: int) -> None:
        """Up to a maturity, or a little later."""
        active = self.model.active
        maturity = self.model.forwards[active[pick % len(active)]].terms.maturity
        self.to(max(self.model.now, maturity + late))

    @rule(really=st.integers(0, 5))
    def pause(self, really: int) -> None:
        """Stops booking, nothing else. Rarely, or nothing would be booked."""
        if really:
            return
        self.expect(self.model.pause(), self.world.escrow, "pause_booking", sender=self.world.guardian)

    @rule(bps=st.sampled_from([0, 0, 0, 0, 1, 20]))
    def token_fee(self, bps: int) -> None:
        """The token's owner switches its transfer fee."""
        self.switch_fee(bps)

    @rule(name=names, lot=st.sampled_from([1, 1, 1, 7, 0]))
    def relist(self, name: str, lot: int) -> None:
        """The owner changes a lot, or delists; booked forwards go on."""
        escrow, owner = self.world.escrow, self.world.owner
        if lot:
            self.expect(None, escrow, "list_underlying", name, lot, sender=owner)
        else:
            refused = None if self.model.lots[name] else "escrow: nothing to delist"
            self.expect(refused, escrow, "delist_underlying", name, sender=owner)
        self.model.lots[name] = lot

    @rule(name=names, back=st.integers(-3, 80), averaging=st.integers(1, 45))
    def ask(self, name: str, back: int, averaging: int) -> None:
        """Invariant 6: the settlement price equals the reference, and never changes once certain."""
        day = self.model.today - back
        price, certain = self.world.oracle.settlement_price(NAMES.index(name) + 1, day, averaging)
        expected, sure = payoff.settlement_price(self.model.fixings(name), day, averaging, self.model.now)
        assert (price, certain) == (expected or 0, sure)
        if certain:
            assert self.answers.setdefault((name, day, averaging), price) == price

    # What must hold after every step.

    @invariant()
    def balances_are_the_models(self) -> None:
        """Invariants 3 and 9: no balance moved but by what the model did."""
        if not hasattr(self, "model"):
            return
        for account in (*PARTIES, self.world.fees):
            assert self.world.escrow.balance_of(account) == self.model.free.get(account, 0)

    @invariant()
    def escrow_is_solvent(self) -> None:
        """Invariant 1: the tokens cover all free balances and all locked prefundings, and only strays are over."""
        if hasattr(self, "model"):
            held = self.world.token.balanceOf(self.world.escrow.address)
            assert held == self.model.owed + self.model.stray

    @invariant()
    def payouts_add_up(self) -> None:
        """Invariant 2: at any price the two payouts are within bounds and add up to 2B."""
        if not hasattr(self, "model") or not self.model.forwards:
            return
        id_, booked = list(self.model.forwards.items())[-1]
        price = self.model.now * 2_654_435_761 % 2**40  # another one each second; the extremes are tested by themselves
        long_payout, short_payout = self.world.escrow.payouts(id_, price)
        assert min(long_payout, short_payout) >= 0
        assert long_payout + short_payout == booked.locked

    @invariant()
    def events_rebuild_the_state(self) -> None:
        """Invariant 8: an indexer that saw only the events knows every balance, record, fixing and approval."""
        if not hasattr(self, "model"):
            return
        index, model = self.index, self.model
        for account, amount in model.free.items():
            assert index.free.get(account, 0) == amount
        statuses = {"active": 2, "settled": 3}
        records = {id_: statuses[booked.status] for id_, booked in model.forwards.items()}
        assert {id_: record["status"] for id_, record in index.forwards.items()} == records | dict.fromkeys(
            model.revoked, 1
        )
        assert index.approved == model.approved
        assert index.paused_until == model.paused_until
        posted = {(NAMES.index(name) + 1, day): p for name, days in model.posted.items() for day, p in days.items()}
        assert index.fixings == posted
        assert {NAMES[i - 1]: lot for i, lot in index.lots.items()} == model.lots

    @invariant()
    def records_are_the_chains(self) -> None:
        """Invariants 4 and 7: a record holds what both sides approved, once, whatever the roles do."""
        if not hasattr(self, "model") or not self.model.forwards:
            return
        id_, booked = next(reversed(self.model.forwards.items()))
        record = self.world.escrow.forward(id_)
        terms = booked.terms
        assert (record.long, record.short, record.quantity) == (terms.long, terms.short, terms.quantity)
        assert (record.price, record.spot, record.averaging_days) == (terms.price, terms.spot, terms.averaging_days)
        assert (record.maturity_day * DAY, record.underlying) == (terms.maturity, NAMES.index(terms.underlying) + 1)
        assert record.status == (2 if booked.status == "active" else 3)


@pytest.mark.filterwarnings("ignore")
class TestAnyOrder(AnyOrder.TestCase):
    """10,000 steps in CI."""

    @classmethod
    def setUpClass(cls) -> None:
        """Deploy outside of the examples: boa's plugin rolls each of them back."""
        deployed()

    settings = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
