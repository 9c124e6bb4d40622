"""What oracle nodes sign, and what of it makes a fixing. Pure but for the signer it is handed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ifx_sdk.errors import AttestationsDisagree, BadSignature, BadValue, NotASigner, QuorumNotReached, SignerTwice
from ifx_sdk.signers import Signer
from ifx_sdk.signing import from_compact, recover, report_digest, to_compact
from ifx_sdk.terms import Domain

MAX_SIGNERS = 31
"""Nodes in a signer set: their bitmap stands in a fixing's word."""


def quorum_of(nodes: int) -> int:
    """floor(2n/3) + 1 of n nodes: with fewer than a third faulty, two prices cannot both reach it."""
    if not 1 <= nodes <= MAX_SIGNERS:
        raise BadValue(nodes, f"a signer set has 1 to {MAX_SIGNERS} nodes", cure="Register 1, 4, 7 or 10 nodes.")
    return 2 * nodes // 3 + 1


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


def attest(signer: Signer, domain: Domain, *, underlying: str, day: int, price: int, evidence: bytes) -> Attestation:
    """Sign a report as an oracle node. `domain` is the oracle's, `price` micro-USDT per Mtok, `evidence` 32 bytes."""
    signature = signer.sign_digest(report_digest(underlying, day, price, evidence, domain))
    return Attestation(underlying=underlying, day=day, price=price, evidence=evidence, signature=signature)


def attestation_from_compact(*, underlying: str, day: int, price: int, evidence: bytes, r: int, vs: int) -> Attestation:
    """An attestation as the chain and compact JSON carry it. Raises `BadSignature`."""
    return Attestation(underlying=underlying, day=day, price=price, evidence=evidence, signature=from_compact(r, vs))
