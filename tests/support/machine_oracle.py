"""What the roles, the oracle's nodes, the token's owner and the clock may do."""

from eth_account import Account
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from support.machine import Machine, sign
from support.model import DAY
from support.plays import names, picks, prices, spans
from support.world import NAMES, NODE_KEYS, NODES, PARTIES

from ifx_sdk import payoff, signing


class OracleRules(Machine):
    """Fixings, signer sets, pauses, lots, the token's fee, and time."""

    def attest(self, name: str, day: int, price: int, signers: list[int]) -> list[tuple[bytes, int, int]]:
        """Attestations of the nodes at these positions."""
        attestations = []
        for signer in signers:
            evidence = bytes([signer + 1]) * 32
            digest = signing.report_digest(name, day, price, evidence, self.reports)
            attestations.append((evidence, *signing.to_compact(sign(digest, NODE_KEYS[signer]))))
        return attestations

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

    @rule(really=st.integers(0, 2))
    def cancel_signers(self, really: int) -> None:
        """The owner withdraws what it announced. Rarely: Hypothesis likes the shortest rule best."""
        if really:
            return
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

    @rule(name=names, back=st.integers(-3, 80), averaging=spans, really=st.integers(0, 3))
    def ask(self, name: str, back: int, averaging: int, really: int) -> None:
        """Invariant 6: the settlement price equals the reference, and never changes once certain.

        Not each time: through a long silence the contract searches long, and there is a test of a million answers.
        """
        if really:
            return
        day = self.model.today - back
        price, certain = self.world.oracle.settlement_price(NAMES.index(name) + 1, day, averaging)
        expected, sure = payoff.settlement_price(self.model.fixings(name), day, averaging, self.model.now)
        assert (price, certain) == (expected or 0, sure)
        if certain:
            assert self.answers.setdefault((name, day, averaging), price) == price
