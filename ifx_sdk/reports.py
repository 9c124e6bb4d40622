"""What oracle nodes sign, and what of it makes a fixing. Pure but for the signer it is handed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ifx_sdk.errors import (
    AnotherDay,
    AttestationsDisagree,
    BadAttestation,
    BadSignature,
    BadValue,
    NotASigner,
    QuorumNotReached,
    Reverted,
    SignerTwice,
)
from ifx_sdk.signers import Signer
from ifx_sdk.signing import from_compact, recover, report_digest, to_compact
from ifx_sdk.terms import Domain

MAX_SIGNERS = 31
"""Nodes in a signer set: their bitmap stands in a fixing's word."""


def above_two_thirds(nodes: int) -> int:
    """The least whole number above two thirds of `nodes`, however many they are."""
    return 2 * nodes // 3 + 1


def quorum_of(nodes: int) -> int:
    """floor(2n/3) + 1 of n nodes: with fewer than a third faulty, two prices cannot both reach it."""
    if not 1 <= nodes <= MAX_SIGNERS:
        raise BadValue(nodes, f"a signer set has 1 to {MAX_SIGNERS} nodes", cure="Register 1, 4, 7 or 10 nodes.")
    return above_two_thirds(nodes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attestation:
    """One node's signature over an underlying's price of one day."""

    underlying: str
    """`provider/model-id`, as listed."""
    day: int
    """UTC day number, unix seconds // 86400."""
    price: int
    """micro-USDT per Mtok, 0 included, below 2^40."""
    evidence: bytes
    """32 bytes: root of the node's own evidence for this report."""
    signature: bytes
    """65 bytes r, s, v over the report's digest."""

    def signer(self, domain: Domain) -> str:
        """The account that signed it under the oracle's domain, checksummed. Raises `BadSignature`."""
        return recover(report_digest(self.underlying, self.day, self.price, self.evidence, domain), self.signature)

    def to_json(self) -> dict[str, object]:
        """As plain JSON values: integers, and 0x texts for bytes."""
        return {
            "underlying": self.underlying,
            "day": self.day,
            "price": self.price,
            "evidence": "0x" + self.evidence.hex(),
            "signature": "0x" + self.signature.hex(),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The one price that several nodes signed."""

    underlying: str
    """`provider/model-id`, as listed."""
    day: int
    """UTC day number."""
    price: int
    """micro-USDT per Mtok, below 2^40."""
    attestations: tuple[Attestation, ...]
    """All over the same underlying, day and price, by different nodes."""

    @classmethod
    def of(cls, attestations: Iterable[Attestation]) -> Report:
        """Bind them together. Raises `AttestationsDisagree` for two prices, `BadValue` for two underlyings or days."""
        found = tuple(attestations)
        if not found:
            raise BadValue(0, "a report has at least one attestation", cure="Gather the nodes' reports first.")
        for field in ("underlying", "day"):
            values = sorted({str(getattr(each, field)) for each in found})
            if len(values) > 1:
                raise BadValue(
                    ", ".join(values), f"attestations of one report have one {field}", cure="Sort them first."
                )
        prices = sorted({each.price for each in found})
        if len(prices) > 1:
            raise AttestationsDisagree(prices)
        first = found[0]
        return cls(underlying=first.underlying, day=first.day, price=first.price, attestations=found)

    def check(self, domain: Domain, signers: Sequence[str], quorum: int) -> Report:
        """Hold that a quorum of registered nodes signed it, and put them in the set's order, the cheapest to post.

        Raises `NotASigner`, `SignerTwice`, `QuorumNotReached`, the contract's own refusals, before anything is sent.
        """
        placed: dict[int, Attestation] = {}
        for attestation in self.attestations:
            try:
                account = attestation.signer(domain)
            except BadSignature as error:
                raise NotASigner(what=f"a signature is none: {error.why}") from error
            if account not in signers:
                raise NotASigner(what=f"{account} is no registered node, or signed another report")
            position = signers.index(account)
            if position in placed:
                raise SignerTwice(what=f"{account} signed twice")
            placed[position] = attestation
        if len(placed) < quorum:
            raise QuorumNotReached(what=f"{len(placed)} attestations of the {quorum} that the quorum needs")
        ordered = tuple(placed[position] for position in sorted(placed))
        return Report(underlying=self.underlying, day=self.day, price=self.price, attestations=ordered)

    def as_tuple(self) -> tuple[str, int, int, list[tuple[bytes, int, int]]]:
        """In the order of the contract's struct, signatures compact (EIP-2098)."""
        compact = [(each.evidence, *to_compact(each.signature)) for each in self.attestations]
        return self.underlying, self.day, self.price, compact


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """An attestation as somebody handed it in: nothing of it is believed yet."""

    attestation: Attestation
    """What was signed."""
    source: str
    """Who or what it came from, for messages: an account, a URL, a place in a file."""
    signer: str | None = None
    """The account that it names, checksummed; None where it names none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Uncounted:
    """A statement that does not count, or one that never came."""

    source: str
    """Who or what it came from."""
    why: str
    """The reason, in one line."""
    refusal: type[Reverted] = QuorumNotReached
    """The error of a report that fails for want of this statement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """What the nodes said of one underlying and day."""

    underlying: str
    """`provider/model-id`."""
    day: int
    """UTC day number."""
    report: Report | None
    """The price that a quorum signed, with every signature on it in the signer set's order; None without a quorum."""
    needed: int
    """Signatures that make a fixing."""
    prices: tuple[tuple[int, tuple[str, ...]], ...]
    """Every price signed, micro-USDT per Mtok, with its signers in the set's order; the most signed first."""
    uncounted: tuple[Uncounted, ...]
    """What does not count, and why."""

    def agreed(self) -> Report:
        """The report that a quorum signed.

        Without one raises `AttestationsDisagree` for two prices, else the refusal of the first statement that does not
        count (`NotASigner`, `BadAttestation`, `SignerTwice`, `AnotherDay`), else `QuorumNotReached`.
        """
        if self.report is not None:
            return self.report
        if len(self.prices) > 1:
            raise AttestationsDisagree(sorted(price for price, _ in self.prices))
        have = len(self.prices[0][1]) if self.prices else 0
        what = f"{self.underlying}: {have} attestations of the {self.needed} that the quorum needs"
        if not self.uncounted:
            raise QuorumNotReached(what=what)
        first = self.uncounted[0]
        raise first.refusal(what=f"{what}; {first.source}: {first.why}")


def tally(
    statements: Iterable[Statement], underlying: str, day: int, *, domain: Domain, signers: Sequence[str], quorum: int
) -> Tally:
    """Verify each statement on its own, leave out and name what does not count, and find the price of a quorum. Pure.

    `signers` are the nodes registered for `day`, in their order. A node that signed two different prices counts for
    neither: `floor(2n/3) + 1` holds off what is left of it.
    """
    held: dict[str, Statement] = {}
    two_faced: set[str] = set()
    uncounted: list[Uncounted] = []
    for each in statements:
        account = _author(each, underlying, day, domain, signers)
        if isinstance(account, Uncounted):
            uncounted.append(account)
            continue
        if account not in held:
            held[account] = each
            continue
        before = held[account].attestation.price
        if before != each.attestation.price:
            two_faced.add(account)
            why = f"it signed both {before} and {each.attestation.price}"
            uncounted.append(Uncounted(source=account, why=why, refusal=SignerTwice))
        else:
            why = f"{account} signed twice, which counts once"
            uncounted.append(Uncounted(source=each.source, why=why, refusal=SignerTwice))
    counted = {each: held[each] for each in signers if each in held and each not in two_faced}
    prices = _by_price(counted)
    report = None
    if prices and len(prices[0][1]) >= quorum:
        report = Report.of(counted[each].attestation for each in prices[0][1])
        uncounted += [
            Uncounted(source=counted[each].source, why=f"{each} signed another price, {price}")
            for price, names in prices[1:]
            for each in names
        ]
    return Tally(
        underlying=underlying, day=day, report=report, needed=quorum, prices=prices, uncounted=tuple(uncounted)
    )


def _author(statement: Statement, underlying: str, day: int, domain: Domain, signers: Sequence[str]) -> str | Uncounted:
    """The registered node that signed it, or why it does not count."""
    made, source = statement.attestation, statement.source
    if made.underlying != underlying:
        return Uncounted(source=source, why=f"it is over {made.underlying!r}", refusal=NotASigner)
    if made.day != day:
        return Uncounted(source=source, why=f"it is over day {made.day}, not {day}", refusal=AnotherDay)
    try:
        account = made.signer(domain)
    except BadSignature as error:
        return Uncounted(source=source, why=f"its signature is none: {error.why}", refusal=BadAttestation)
    if statement.signer not in (None, account):
        why = f"it names {statement.signer} and was signed by {account}, or over another report"
        return Uncounted(source=source, why=why, refusal=NotASigner)
    if account not in signers:
        why = f"it was signed by {account}, who is no registered node, or over another report"
        return Uncounted(source=source, why=why, refusal=NotASigner)
    return account


def _by_price(counted: Mapping[str, Statement]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    signers: dict[int, list[str]] = {}
    for account, each in counted.items():
        signers.setdefault(each.attestation.price, []).append(account)
    most_first = sorted(signers.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple((price, tuple(names)) for price, names in most_first)


def attest(signer: Signer, domain: Domain, *, underlying: str, day: int, price: int, evidence: bytes) -> Attestation:
    """Sign a report as an oracle node. `domain` is the oracle's, `price` micro-USDT per Mtok, `evidence` 32 bytes."""
    signature = signer.sign_digest(report_digest(underlying, day, price, evidence, domain))
    return Attestation(underlying=underlying, day=day, price=price, evidence=evidence, signature=signature)


def attestation_from_compact(*, underlying: str, day: int, price: int, evidence: bytes, r: int, vs: int) -> Attestation:
    """An attestation as the chain and compact JSON carry it. Raises `BadSignature`."""
    return Attestation(underlying=underlying, day=day, price=price, evidence=evidence, signature=from_compact(r, vs))
