"""Trades on a deployment with the well-known accounts: fund, book, settle, end, replace; and what a count of the raw
logs says of it all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from support.indexer import Indexer, LogReader

from ifx_sdk import artifacts, devnet
from ifx_sdk.calendar import SECONDS_PER_DAY, date_of, day_of, maturity_timestamp
from ifx_sdk.client import IFX
from ifx_sdk.terms import Terms

UNLIMITED = 2**256 - 1
FUNDS = 10**18
"""micro-USDT that each party has: enough for a thousand forwards."""


@dataclass(kw_only=True)
class Trading:
    """The roles of a deployment whose parties are funded."""

    ifx: IFX
    """Without a signer."""
    salts: Iterator[int] = field(default_factory=lambda: count(1))
    """One for each message."""

    def as_role(self, index: int) -> IFX:
        """The deployment as a well-known account."""
        return self.ifx.as_signer(devnet.signer(index))

    def salt(self) -> bytes:
        """Never the same."""
        return next(self.salts).to_bytes(32, "big")

    def terms(
        self, underlying: str, *, months: int = 3, price: int = 7_700_000, lots: int = 1, averaging_days: int = 1
    ) -> Terms:
        """Terms between long and short on today's fixing."""
        long, short = self.as_role(devnet.LONG), self.as_role(devnet.SHORT)
        quote = self.ifx.quote(underlying, lots * 100_000, months, averaging_days)
        return self.ifx.terms(quote, long=long.account, short=short.account, price=price, salt=self.salt())

    def book(self, terms: Terms) -> bytes:
        """Book terms with both signatures; their id."""
        long, short = self.as_role(devnet.LONG), self.as_role(devnet.SHORT)
        self.as_role(devnet.DESK).escrow.book(terms, long.sign(terms), short.sign(terms)).confirmed()
        return self.ifx.escrow.terms_id(terms)

    def terminate(self, forward: bytes, price: int) -> None:
        """End a forward before its maturity."""
        message = self.ifx.termination(forward, price=price, salt=self.salt())
        long, short = self.as_role(devnet.LONG), self.as_role(devnet.SHORT)
        self.as_role(devnet.OUTSIDER).escrow.terminate(message, long.sign(message), short.sign(message)).confirmed()

    def novate(self, forward: bytes, payment: int) -> None:
        """Put the outsider in the long's place."""
        out, into, stays = (self.as_role(index) for index in (devnet.LONG, devnet.OUTSIDER, devnet.SHORT))
        message = self.ifx.novation(forward, outgoing="long", incoming=into.account, payment=payment, salt=self.salt())
        stays.escrow.novate(message, out.sign(message), into.sign(message), stays.sign(message)).confirmed()

    def fix(self, prices: dict[str, int]) -> None:
        """Post today's fixings."""
        for outcome in devnet.post(self.ifx, prices):
            outcome.confirmed()

    def go_to(self, time: int) -> None:
        """Let time pass."""
        devnet.travel(self.ifx, time)

    def next_day(self) -> None:
        """The next UTC day, an hour after midnight."""
        today = self.ifx.chain.now() // SECONDS_PER_DAY
        self.go_to((today + 1) * SECONDS_PER_DAY + 3_600)

    def maturity(self, months: int) -> int:
        """Where a tenor of today leads."""
        return maturity_timestamp(date_of(day_of(self.ifx.chain.now())), months)


def open_trading(ifx: IFX, funded: Sequence[int] = (devnet.LONG, devnet.SHORT, devnet.OUTSIDER)) -> Trading:
    """Fund accounts, and have them allow the escrow everything."""
    trading = Trading(ifx=ifx)
    for index in funded:
        party = trading.as_role(index)
        devnet.faucet(ifx, party.account, usdt=FUNDS)
        for outcome in party.token.allow(UNLIMITED):
            outcome.confirmed()
    return trading


def counted(ifx: IFX, last: int | None = None) -> Indexer:
    """What the raw logs of oracle and escrow say up to a block, by an indexer that shares no code with the desk."""
    deployment = ifx.deployment
    abi = [entry for name in ("FixingOracle", "ForwardEscrow") for entry in artifacts.artifact(name).abi]
    reader, index = LogReader(abi), Indexer()
    query = {
        "address": [deployment.oracle, deployment.escrow],
        "fromBlock": deployment.block,
        "toBlock": "latest" if last is None else last,
    }
    for log in ifx.chain.web3.eth.get_logs(query):  # type: ignore[arg-type]  # a filter
        topics = [int.from_bytes(bytes(topic), "big") for topic in log["topics"]]
        name, fields = reader.read(topics, bytes(log["data"]))
        index.feed(name, fields)
    return index
