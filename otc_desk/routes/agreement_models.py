"""An agreement as one of its parties reads it."""

import json
from typing import Literal, Self

from eth_utils.crypto import keccak
from pydantic import Field
from sqlalchemy.orm import Session

from ifx_sdk.signing import domain_separator, message_hash, message_typed_data
from ifx_sdk.terms import Domain, Terms
from otc_desk.agreements import forward_terms, message_of, parties_of
from otc_desk.db.tables import Agreement, Party
from otc_desk.meaning import meaning
from otc_desk.routes.models import (
    Identifier,
    Output,
    PriceText,
    SideName,
    UnderlyingName,
    amount_text,
    price_text,
    utc_text,
)
from otc_desk.states import AgreementState

Kind = Literal["terms", "termination", "novation"]
_SAFE_DOMAIN = keccak(text="EIP712Domain(uint256 chainId,address verifyingContract)")
_SAFE_MESSAGE = keccak(text="SafeMessage(bytes message)")


class PartyOut(Output):
    """One account that an agreement concerns."""

    role: Literal["long", "short", "outgoing", "incoming", "remaining"]
    account: str = Field(description="Checksummed.")
    name: str = Field(description="Legal name, as it was when the parties were told it; may be empty.")
    approved: bool
    method: Literal["", "signature", "onchain"] = Field(description="How it approved; empty while it has not.")
    approved_at: int | None = Field(description="Unix seconds UTC.")


class TypedDataField(Output):
    """One field of an EIP-712 type."""

    name: str
    type: str


class TypedDataDomain(Output):
    """An EIP-712 domain."""

    name: str
    version: str
    chainId: int  # noqa: N815 - EIP-712's own name
    verifyingContract: str  # noqa: N815


class TypedData(Output):
    """What `eth_signTypedData_v4` takes."""

    types: dict[str, list[TypedDataField]]
    primaryType: str  # noqa: N815
    domain: TypedDataDomain
    message: dict[str, int | str]


class Digests(Output):
    """What a wallet shows: compare it on a second device. Each is 0x and 64 digits."""

    id: str = Field(description="The digest that is signed; for terms the forward's id.")
    domain_separator: str = Field(description="Of the escrow's EIP-712 domain.")
    message_hash: str = Field(description="EIP-712 hashStruct of the message.")
    safe_message_hash: str = Field(description="What the owners sign where the caller's account is a Safe.")


class PayoffPointOut(Output):
    """What the caller gets at one settlement price."""

    settlement: PriceText
    payoff: str = Field(description="USDT; a loss is negative.")
    payout: str = Field(description="USDT that settlement pays: prefunding and payoff.")


class TermsOut(Output):
    """Final terms, and what they mean for the caller's side."""

    side: SideName = Field(description="The caller's.")
    underlying: UnderlyingName
    quantity: int = Field(description="N, Mtok.")
    price: PriceText = Field(description="F.")
    spot: PriceText = Field(description="S0: the fixing of the day that they were sent on.")
    indicative: PriceText = Field(description="F_ind, on which the fee is charged.")
    averaging_days: int
    maturity: int = Field(description="Unix seconds UTC.")
    maturity_utc: str = Field(description="The same as ISO 8601.")
    prefunding: str = Field(description="B = S0 x N, USDT: what each side locks.")
    fee: str = Field(description="The caller's half, USDT.")
    needed: str = Field(description="What booking collects from the caller, USDT.")
    worst_case: str = Field(description="The most that the caller can lose, its fee included, USDT.")
    payoffs: list[PayoffPointOut] = Field(description="By settlement price, rising.")
    warnings: list[str] = Field(description="To be read before approving.")


class AgreementSummary(Output):
    """An agreement in a list."""

    id: Identifier
    kind: Kind
    state: AgreementState
    reason: str = Field(description="Why it came to nothing, or what it waits for; else empty.")
    digest: str = Field(description="What is signed.")
    forward: str = Field(description="Id of the forward that it books or ends.")
    deadline: int = Field(description="Last second at which it can be executed, unix seconds UTC.")
    deadline_utc: str = Field(description="The same as ISO 8601.")
    tx_hash: str = Field(description="The transaction that executed it; else empty.")
    final_at: int | None = Field(description="When the chain's finalized block was seen to have it.")
    created_at: int = Field(description="Unix seconds UTC.")
    updated_at: int = Field(description="Unix seconds UTC.")

    @classmethod
    def of(cls, row: Agreement) -> Self:
        """From the row."""
        return cls.model_validate(_fields(row))


class AgreementPage(Output):
    """A page of agreements, newest first."""

    items: list[AgreementSummary]
    next: Identifier | None = Field(description="Give it as `after` for the next page; null on the last one.")


class AgreementOut(AgreementSummary):
    """An agreement whole."""

    role: Literal["long", "short", "outgoing", "incoming", "remaining"] = Field(description="The caller's.")
    parties: list[PartyOut]
    message: dict[str, int | str] = Field(description="As signed, with the SDK's field names: integers, micro-USDT.")
    typed_data: TypedData
    digests: Digests
    terms: TermsOut | None = Field(description="In money, for the caller; null for a termination or a novation.")
    forward_terms: dict[str, int | str] | None = Field(
        description="For a termination or novation: the forward's terms as signed, whose digest is `forward`; null for"
        " terms, and where another desk made them."
    )

    @classmethod
    def whole(cls, session: Session, row: Agreement, account: str, domain: Domain) -> Self:
        """As `account`, one of its parties, reads it; `domain` is the escrow's."""
        message, parties, about = message_of(row), parties_of(session, row), forward_terms(session, row)
        own = next(party.role for party in parties if party.account == account)
        return cls.model_validate(
            _fields(row)
            | {
                "role": own,
                "parties": [_party(party) for party in parties],
                "message": json.loads(row.message),
                "typed_data": message_typed_data(message, domain),
                "digests": {
                    "id": row.digest,
                    "domain_separator": "0x" + domain_separator(domain).hex(),
                    "message_hash": "0x" + message_hash(message).hex(),
                    "safe_message_hash": "0x" + safe_message_hash(row.digest, account, domain.chain_id).hex(),
                },
                "terms": terms_out(message, "long" if own == "long" else "short")
                if isinstance(message, Terms)
                else None,
                "forward_terms": None if about is None else json.loads(about),
            }
        )


def terms_out(terms: Terms, side: SideName) -> TermsOut:
    """Terms in money, for one side."""
    found = meaning(terms, side)
    return TermsOut(
        side=side,
        underlying=terms.underlying,
        quantity=terms.quantity,
        price=price_text(terms.price),
        spot=price_text(terms.spot),
        indicative=price_text(terms.indicative),
        averaging_days=terms.averaging_days,
        maturity=terms.maturity,
        maturity_utc=utc_text(terms.maturity),
        prefunding=amount_text(found.prefunding),
        fee=amount_text(found.fee),
        needed=amount_text(found.needed),
        worst_case=amount_text(found.worst_case),
        payoffs=[
            PayoffPointOut(
                settlement=price_text(each.settlement),
                payoff=amount_text(each.payoff),
                payout=amount_text(each.payout),
            )
            for each in found.points
        ],
        warnings=list(found.warnings),
    )


def safe_message_hash(digest: str, safe: str, chain_id: int) -> bytes:
    """What the owners of the Safe at `safe` sign so that it approves `digest` (its EIP-712 type SafeMessage)."""
    domain = keccak(_SAFE_DOMAIN + chain_id.to_bytes(32, "big") + bytes.fromhex(safe[2:]).rjust(32, b"\0"))
    return keccak(b"\x19\x01" + domain + keccak(_SAFE_MESSAGE + keccak(bytes.fromhex(digest[2:]))))


def _fields(row: Agreement) -> dict[str, object]:
    kept = {name: getattr(row, name) for name in AgreementSummary.model_fields if name != "deadline_utc"}
    return kept | {"state": AgreementState(row.state), "deadline_utc": utc_text(row.deadline)}


def _party(party: Party) -> dict[str, object]:
    return {
        "role": party.role,
        "account": party.account,
        "name": party.name,
        "approved": party.approved_at is not None,
        "method": party.method,
        "approved_at": party.approved_at,
    }
