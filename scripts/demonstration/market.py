"""The play itself: a chain in this process, four nodes, a long, a short and a desk, from funding to withdrawal."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ifx_sdk import devnet
from ifx_sdk.bundle import Verified, gather, unpack, verify
from ifx_sdk.calendar import SECONDS_PER_DAY, midnight
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX, Quote
from ifx_sdk.deploy import DEVNET_CHAIN_ID
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.oracle import Fixing
from ifx_sdk.outcomes import Confirmed
from ifx_sdk.records import Settlement
from oracle_node.post import Posted
from scripts.demonstration.nodes import DemoNode, NodeDay, in_turn, introduce, observe_together
from scripts.demonstration.scenario import NODES, Kind, Order, Scenario, fault_of
from scripts.demonstration.world import PageServer, SimulatedClock

_HALF_DAY = SECONDS_PER_DAY // 2
_SETTLED_WITHIN = 3  # days after a maturity, at the latest (docs/protocol.md)


@dataclass(slots=True)
class Trade:
    """One booked forward."""

    order: Order
    """What was asked for."""
    quote: Quote
    """What the SDK quoted on the day's fixing."""
    id: bytes
    """The digest that both sides signed."""
    book_gas: int
    """Gas of the booking."""
    settlement: Settlement | None = field(default=None)
    """How it was paid out."""
    settle_gas: int = field(default=0)
    """Gas of the settlement."""
    settled_at: int = field(default=0)
    """Chain time of the settlement, unix seconds."""
    verified: Verified | None = field(default=None)
    """What the way back from the settlement to the raw pages found."""
    bundle_bytes: int = field(default=0)
    """Size of the file that it needed."""


@dataclass(slots=True)
class Day:
    """One day of the oracle."""

    day: int
    """UTC day number."""
    fixings: dict[str, Fixing]
    """What the chain has of it."""
    nodes: tuple[NodeDay, ...]
    """What each node that was up did."""
    poster: str | None
    """The node that posted; None where nothing was posted."""
    gas: int
    """Gas of the posting."""
    second_look: bool
    """Whether the next node in turn found everything posted and sent nothing."""


@dataclass(slots=True)
class Wallets:
    """USDT that each party has in its wallet, micro-USDT, by role."""

    before: dict[str, int]
    """As funded."""
    booked: dict[str, int]
    """After booking."""
    after: dict[str, int]
    """After withdrawal."""


@dataclass(slots=True)
class Play:
    """Everything the statement tells."""

    scenario: Scenario
    """What was played."""
    trades: list[Trade]
    """In the order of booking."""
    days: list[Day]
    """Every day played."""
    wallets: Wallets
    """Balances."""
    withdraw_gas: dict[str, int]
    """Gas of each withdrawal by role."""
    escrow_left: int
    """USDT left in the escrow at the end, micro-USDT."""
    requests: int
    """Requests for pages."""
    unchanged: int
    """How many of them were answered 304, not modified."""


class Market:
    """Chain, deployment, nodes and parties of one play."""

    def __init__(self, scenario: Scenario) -> None:
        """Deploys everything; half a day before the first fixing."""
        self.scenario = scenario
        start = midnight(scenario.trade_day) - _HALF_DAY
        self.clock = SimulatedClock(start)
        self.local = LocalChain(timestamp=start)
        names = sorted({each.underlying for each in scenario.orders})
        self.ifx = devnet.start(Chain(self.local.web3, chain_id=DEVNET_CHAIN_ID), names)
        self.names = names
        self.long, self.short, self.desk, self.fees = (
            self.ifx.as_signer(devnet.signer(index))
            for index in (devnet.LONG, devnet.SHORT, devnet.DESK, devnet.FEE_RECIPIENT)
        )
        signers = [devnet.signer(index) for index in devnet.NODES]
        self.nodes = [
            DemoNode(name, signer, self.ifx.as_signer(signer).oracle)
            for name, signer in zip(NODES, signers, strict=True)
        ]
        self.server = PageServer(scenario.pages, self.clock)

    @contextmanager
    def open(self) -> Iterator[str]:
        """Pages and nodes answer while the block runs; gives the page server's URL."""
        introduce(self.nodes)
        try:
            with self.server.running() as base:
                yield base
        finally:
            for node in self.nodes:
                node.close()

    def travel(self, at: int) -> None:
        """Be at `at` on the clock and on the chain."""
        self.clock.wait_until(at)
        if at > self.local.timestamp:
            self.local.travel(at)

    def play_day(self, day: int, base: str) -> Day:
        """Window, signatures, gathering, posting."""
        down = {each for each in NODES if _is_down(self.scenario, each, day)}
        for node in self.nodes:
            if node.name in down and not _is_down(self.scenario, node.name, day - 1):
                node.stop()
            elif node.name not in down and _is_down(self.scenario, node.name, day - 1):
                node.start()
        up = [node for node in self.nodes if node.name not in down]
        observed = observe_together([(node, self.scenario.asked(node.name, day, base)) for node in up], day, self.clock)
        poster, gas, second_look = None, 0, False
        for seconds, node in in_turn(up, day):
            self.travel(midnight(day) + seconds + 1)
            result = node.post(self.names, day)
            if poster is not None:
                second_look = not result.gathered and not result.posted.outcomes
                break
            if any(isinstance(each, Posted) and each.tx_hash for each in result.posted.answers):
                poster, gas = node.name, result.posted.gas_used
            elif not any(each.prices for each in result.gathered):
                break
        found = {name: self.ifx.oracle.fixing(name, day) for name in self.names}
        fixings = {name: fixing for name, fixing in found.items() if fixing is not None}
        return Day(day=day, fixings=fixings, nodes=tuple(observed), poster=poster, gas=gas, second_look=second_look)

    def fund_and_book(self) -> tuple[list[Trade], dict[str, int]]:
        """Quote on today's fixing, fund each side with exactly what booking takes, approve, book."""
        quotes = [(each, self._quote(each)) for each in self.scenario.orders]
        needs = {"long": sum(q.long_needs for _, q in quotes), "short": sum(q.short_needs for _, q in quotes)}
        for role, party in (("long", self.long), ("short", self.short)):
            devnet.faucet(self.ifx, party.account, usdt=needs[role])
            for outcome in party.token.allow(needs[role]):
                outcome.confirmed()
        before = self.balances()
        return [self._book(order, quote, salt) for salt, (order, quote) in enumerate(quotes)], before

    def settle_due(self, trades: Sequence[Trade]) -> None:
        """Settle what can be settled now; anyone may, here the desk does."""
        for trade in trades:
            if trade.settlement is None and self.ifx.escrow.is_settleable(trade.id):
                outcome = self.desk.escrow.settle(trade.id).confirmed()
                trade.settlement = self.ifx.escrow.settlement(trade.id)
                trade.settle_gas = outcome.gas_used
                trade.settled_at = self.local.timestamp

    def verify(self, trades: Sequence[Trade]) -> None:
        """Gather each forward's proofs from the chain and the nodes, and verify them from the file alone."""
        for trade in trades:
            gathered = gather(self.ifx, trade.id, [node.evidence for node in self.nodes])
            data = gathered.bundle.pack()
            trade.bundle_bytes = len(data)
            trade.verified = verify(unpack(data), deployment=self.ifx.deployment)

    def withdraw_all(self) -> dict[str, int]:
        """Every party takes out what it has; gas by role."""
        gas = {}
        for role, party in self._parties():
            amount = party.escrow.balance_of()
            if amount:
                gas[role] = party.escrow.withdraw(amount).confirmed().gas_used
        return gas

    def balances(self) -> dict[str, int]:
        """USDT in each wallet, micro-USDT."""
        return {role: party.token.balance() for role, party in self._parties()}

    def _parties(self) -> tuple[tuple[str, IFX], ...]:
        return ("long", self.long), ("short", self.short), ("fees", self.fees)

    def _quote(self, order: Order) -> Quote:
        point = self.ifx.quote(order.underlying, order.quantity, order.months)
        days = order.averaging_days or point.maturity // SECONDS_PER_DAY - point.spot_day
        return self.ifx.quote(order.underlying, order.quantity, order.months, days)

    def _book(self, order: Order, quote: Quote, salt: int) -> Trade:
        terms = self.desk.terms(quote, long=self.long.account, short=self.short.account, salt=salt.to_bytes(32, "big"))
        outcome: Confirmed = self.desk.escrow.book(terms, self.long.sign(terms), self.short.sign(terms)).confirmed()
        return Trade(order=order, quote=quote, id=self.ifx.escrow.terms_id(terms), book_gas=outcome.gas_used)


def play(scenario: Scenario, tick: Callable[[int, int, int], None]) -> Play:
    """Play a scenario to its end. `tick(day, done, total)` is called after every day."""
    market = Market(scenario)
    with market.open() as base:
        days = [market.play_day(scenario.trade_day, base)]
        trades, before = market.fund_and_book()
        booked = market.balances()
        last = max(each.quote.maturity for each in trades) // SECONDS_PER_DAY
        total = last - scenario.trade_day + 1
        tick(scenario.trade_day, 1, total)
        day = scenario.trade_day
        while any(each.settlement is None for each in trades):
            day += 1
            if day > last + _SETTLED_WITHIN:
                raise RuntimeError("a forward is not settleable 3 days after its maturity")
            days.append(market.play_day(day, base))
            market.settle_due(trades)
            tick(day, min(day - scenario.trade_day + 1, total), total)
        withdraw_gas = market.withdraw_all()
        market.verify(trades)
        return Play(
            scenario=scenario,
            trades=trades,
            days=days,
            wallets=Wallets(before=before, booked=booked, after=market.balances()),
            withdraw_gas=withdraw_gas,
            escrow_left=market.ifx.token.balance(market.ifx.escrow.address),
            requests=market.server.requests,
            unchanged=market.server.unchanged,
        )


def _is_down(scenario: Scenario, node: str, day: int) -> bool:
    fault = fault_of(scenario.faults, node, day)
    return fault is not None and fault.kind is Kind.DOWN
