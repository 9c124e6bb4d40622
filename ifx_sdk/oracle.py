"""The FixingOracle of one deployment: fixings, settlement prices, and posting what a quorum signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ifx_sdk.artifacts import codec
from ifx_sdk.chain import Chain
from ifx_sdk.contract import Contract, integer, items, raw, text
from ifx_sdk.errors import BadValue, UnknownUnderlying
from ifx_sdk.node import Block
from ifx_sdk.outcomes import Journal, Outcome
from ifx_sdk.reports import Report
from ifx_sdk.signers import Signer
from ifx_sdk.terms import Domain, oracle_domain, parse_address, parse_underlying

MAX_REPORTS = 8
"""Reports in one `post_many`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fixing:
    """One underlying's fixing of one day: final."""

    price: int
    """micro-USDT per Mtok; 0 is a price."""
    cumulative: int
    """Sum of the settled prices of all days from the first fixing to this day, micro-USDT per Mtok."""
    signers: int
    """Bitmap over the signer set of that day: bit i is signer i."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettlementPrice:
    """What a forward settles at, as far as it is known."""

    price: int
    """micro-USDT per Mtok, the mean's floor; 0 where a day has no fixing at or before it."""
    certain: bool
    """Whether it can no longer change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Underlying:
    """One name of the oracle's list."""

    index: int
    """Its index, from 1; never reused."""
    name: str
    """`provider/model-id`."""
    review_required: bool
    """Whether the reviewer alone may post it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SignerSet:
    """Who may sign reports, and how many make a fixing."""

    signers: tuple[str, ...]
    """Accounts, checksummed, in the order of the bitmap."""
    quorum: int
    """Signatures that make a fixing."""
    from_day: int
    """UTC day number from which the set is in effect."""


class Oracle(Contract):
    """Typed view of a `FixingOracle`."""

    def __init__(
        self, chain: Chain, address: str, signer: Signer | None = None, journal: Journal | None = None
    ) -> None:
        """`signer` posts; anyone may, but for underlyings that require review."""
        super().__init__(chain, address, codec("FixingOracle"), signer, journal)
        self._names: dict[int, Underlying] = {}

    def domain(self) -> Domain:
        """The EIP-712 domain under which nodes sign."""
        return oracle_domain(self.chain.chain_id, self.address)

    def fixing(self, name: str, day: int, block: Block = "latest") -> Fixing | None:
        """The fixing of a name on a UTC day number, as of a block; None where none was posted."""
        found = self._read(dict, "fixing", parse_underlying(name), day, block=block)
        if not found["posted"]:
            return None
        price, cumulative, signers = (integer(found[key]) for key in ("price", "cumulative", "signers"))
        return Fixing(price=price, cumulative=cumulative, signers=signers)

    def latest(self, name: str) -> tuple[int, int] | None:
        """(day, price) of the newest fixing, None where there is none. Never settle from it."""
        day, price = self._read(tuple, "latest", parse_underlying(name))
        return (integer(day), integer(price)) if day else None

    def settlement_price(self, underlying: str | int, day: int, averaging_days: int = 1) -> SettlementPrice:
        """The mean of the days that end with `day`, by name or index. Raises `UnknownUnderlying`."""
        index = underlying if isinstance(underlying, int) else self.index_of(underlying)
        price, certain = self._read(tuple, "settlement_price", index, day, averaging_days)
        return SettlementPrice(price=integer(price), certain=bool(certain))

    def index_of(self, name: str) -> int:
        """The index of a name. Raises `UnknownUnderlying`."""
        index = self._read(int, "underlying_index", parse_underlying(name))
        if index == 0:
            raise UnknownUnderlying(what=f"the oracle lists no {name}")
        return index

    def underlying(self, index: int) -> Underlying:
        """The name at an index. Raises `UnknownUnderlying`."""
        if index not in self._names:
            name, review = self._read(tuple, "underlying", index)
            if not name:
                raise UnknownUnderlying(what=f"the oracle lists nothing at index {index}")
            # The list only grows, and an entry never changes: what was read once holds.
            self._names[index] = Underlying(index=index, name=text(name), review_required=bool(review))
        return self._names[index]

    def underlyings(self) -> tuple[Underlying, ...]:
        """The whole list, in order."""
        return tuple(self.underlying(index) for index in range(1, self._read(int, "underlying_count") + 1))

    def signers_on(self, day: int) -> SignerSet:
        """The signer set in effect on a UTC day number, today or later."""
        found = self._read(dict, "signers_on", day)
        return SignerSet(
            signers=tuple(text(each) for each in items(found["signers"])),
            quorum=integer(found["quorum"]),
            from_day=integer(found["from_day"]),
        )

    def reviewer(self) -> str:
        """The account that posts underlyings which require review."""
        return self._read(str, "reviewer")

    def owner(self) -> str:
        """The account that adds underlyings and announces signers."""
        return self._read(str, "owner")

    def pending_owner(self) -> str:
        """The account that was offered the ownership and has not accepted it yet."""
        return self._read(str, "pending_owner")

    def report_hash(self, underlying: str, day: int, price: int, evidence: bytes) -> bytes:
        """The digest that a node signs, by the contract's own computation."""
        return raw(self._read(bytes, "report_hash", parse_underlying(underlying), day, price, evidence))

    def post(self, report: Report) -> Outcome:
        """Post a report, checked first. Raises `NotASigner`, `SignerTwice`, `QuorumNotReached`, or as `Chain.send`."""
        return self._write("post", *self._checked(report).as_tuple())

    def post_many(self, reports: Sequence[Report], *, fee_cap: int | None = None) -> Outcome:
        """Post up to 8 reports in one transaction; what is posted already is skipped. Raises as `post`.

        `fee_cap` is the most that is offered per gas, in wei.
        """
        if not 1 <= len(reports) <= MAX_REPORTS:
            raise BadValue(
                len(reports), f"one transaction posts 1 to {MAX_REPORTS} reports", cure="Post them in parts."
            )
        return self._write("post_many", [self._checked(report).as_tuple() for report in reports], fee_cap=fee_cap)

    def add_underlying(self, name: str, *, review_required: bool = False) -> Outcome:
        """Owner: append a name to the list."""
        return self._write("add_underlying", parse_underlying(name), review_required)

    def schedule_signers(self, signers: Sequence[str], quorum: int, from_day: int) -> Outcome:
        """Owner: announce the signers from `from_day` on, at least 8 days ahead."""
        return self._write("schedule_signers", [parse_address(each) for each in signers], quorum, from_day)

    def cancel_signers(self) -> Outcome:
        """Owner: withdraw the announced set."""
        return self._write("cancel_signers")

    def set_reviewer(self, reviewer: str) -> Outcome:
        """Owner: name who posts underlyings that require review; zero withholds them all."""
        return self._write("set_reviewer", parse_address(reviewer))

    def transfer_ownership(self, owner: str) -> Outcome:
        """Owner: offer the ownership, which the new owner must accept."""
        return self._write("transfer_ownership", parse_address(owner))

    def accept_ownership(self) -> Outcome:
        """The account that was offered the ownership: take it."""
        return self._write("accept_ownership")

    def _checked(self, report: Report) -> Report:
        bound = Report.of(report.attestations)
        if (bound.underlying, bound.day, bound.price) != (report.underlying, report.day, report.price):
            raise BadValue(report.price, "the attestations are over another report", cure="Make it with Report.of.")
        registered = self.signers_on(report.day)
        return report.check(self.domain(), registered.signers, registered.quorum)
