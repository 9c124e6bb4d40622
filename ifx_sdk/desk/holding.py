"""Nothing is signed on a desk's word: what it sends is computed again here, from the message alone. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ifx_sdk import payoff
from ifx_sdk.artifacts import codec
from ifx_sdk.chain import Call
from ifx_sdk.desk.agreements import Agreement
from ifx_sdk.desk.errors import Untrue
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.safe_batch import batch
from ifx_sdk.safe_message import safe_message_hash
from ifx_sdk.signing import Message, domain_separator, message_digest, message_hash, message_typed_data
from ifx_sdk.terms import Domain, Terms

KINDS: Final[Mapping[str, type[Message]]] = MappingProxyType(
    {"terms": Terms, "termination": Termination, "novation": Novation}
)
"""What a desk calls an agreement -> its message."""
_APPROVE: Final = MappingProxyType(
    {"terms": "approve_terms", "termination": "approve_termination", "novation": "approve_novation"}
)


def held(agreement: Agreement, domain: Domain, account: str) -> Message:
    """The message of an agreement, after everything that the desk says of it was held against it.

    `domain` is the escrow's as it is known here, `account` the one that would approve. Raises `Untrue`, and
    `BadTermsFile` or `BadMessageFile` for a message that is none.
    """
    message = KINDS[agreement.kind].from_json(json.dumps(agreement.message), f"agreement {agreement.id}")
    digest = "0x" + message_digest(message, domain).hex()
    shown = agreement.digests
    facts: dict[str, tuple[object, object]] = {
        "the digest": (agreement.digest, digest),
        "the digest to compare": (shown.id, digest),
        "the domain": (shown.domain_separator, "0x" + domain_separator(domain).hex()),
        "the message's hash": (shown.message_hash, "0x" + message_hash(message).hex()),
        "the typed data": (agreement.typed_data.model_dump(mode="json"), message_typed_data(message, domain)),
        "the deadline": (agreement.deadline, message.deadline),
        "the parties": ({each.role: each.account for each in agreement.parties}, dict(message.parties)),
        f"who is {agreement.role}": (account, message.parties.get(agreement.role)),
        "what a Safe's owners sign": (
            shown.safe_message_hash,
            "0x" + safe_message_hash(bytes.fromhex(digest[2:]), account, domain.chain_id).hex(),
        ),
    }
    if isinstance(message, Terms):
        facts |= _money(agreement, message)
    else:
        facts["the forward"] = (agreement.forward, "0x" + message.forward.hex())
        if agreement.forward_terms is not None:
            about = Terms.from_json(json.dumps(agreement.forward_terms), f"the forward of agreement {agreement.id}")
            facts["the forward's terms"] = ("0x" + message_digest(about, domain).hex(), agreement.forward)
    for what, (said, found) in facts.items():
        if said != found:
            raise Untrue(what, said, found)
    return message


def _money(agreement: Agreement, terms: Terms) -> dict[str, tuple[object, object]]:
    """What the desk says that terms cost and risk, and what they do."""
    said = agreement.terms
    if said is None:
        return {"what the terms mean": (None, "something")}
    long, short = payoff.fee_split(payoff.fee(indicative=terms.indicative, quantity=terms.quantity))
    side: payoff.Side = "long" if agreement.role == "long" else "short"
    locked = payoff.prefunding(spot=terms.spot, quantity=terms.quantity)
    fee = long if side == "long" else short
    worst = payoff.worst_case(
        side, price=terms.price, spot=terms.spot, indicative=terms.indicative, quantity=terms.quantity
    )
    names = ("underlying", "quantity", "price", "spot", "indicative", "averaging_days", "maturity")
    found = {f"the {name}": (getattr(said, name), getattr(terms, name)) for name in names}
    return found | {
        "the side": (said.side, side),
        "the forward": (agreement.forward, agreement.digest),
        "the prefunding": (said.prefunding, locked),
        "the fee": (said.fee, fee),
        "what booking collects": (said.needed, locked + fee),
        "the worst case": (said.worst_case, worst),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SafePapers:
    """What the owners of a Safe need to approve an agreement, over days if they like."""

    safe: str
    """The Safe, checksummed."""
    digest: bytes
    """What is approved, 32 bytes."""
    message_hash: bytes
    """What each owner signs where the Safe approves by ERC-1271: the hash of its SafeMessage, 32 bytes."""
    batch: Mapping[str, object]
    """A file for Safe's Transaction Builder: the call that approves on the chain instead."""

    def to_json(self) -> str:
        """The file's text."""
        return json.dumps(self.batch, indent=2) + "\n"


def safe_papers(agreement: Agreement, message: Message, domain: Domain, safe: str, *, now: int) -> SafePapers:
    """Papers for a message that `held` gave; `now` is written into the file, unix seconds."""
    digest = message_digest(message, domain)
    data = codec("ForwardEscrow").encode_call(_APPROVE[agreement.kind], [message.as_tuple()])
    call = Call(name=_APPROVE[agreement.kind], to=domain.contract, data=data)
    text = f"Approves {agreement.kind} {agreement.digest} until {agreement.deadline_utc}. Moves no money by itself."
    return SafePapers(
        safe=safe,
        digest=digest,
        message_hash=safe_message_hash(digest, safe, domain.chain_id),
        batch=batch([call], chain_id=domain.chain_id, created_at=now, name=f"Approve {agreement.id}", description=text),
    )
