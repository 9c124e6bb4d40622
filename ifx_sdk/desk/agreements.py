"""What a desk says of terms, terminations and novations."""

from __future__ import annotations

from typing import Final, Literal

from ifx_sdk.desk.shapes import Amount, Kind, Model, Price, Role, Side

AgreementState = Literal["sent", "approved", "done", "expired", "declined", "failed"]
"""Where terms, a termination or a novation stand."""
OVER: Final = frozenset({"done", "expired", "declined", "failed"})
"""States in which nobody is asked for anything."""


class Party(Model):
    """One account that an agreement concerns."""

    schema_name = "PartyOut"
    role: Role
    """Its role."""
    account: str
    """Checksummed."""
    name: str
    """Legal name; may be empty."""
    approved: bool
    """Whether it approved."""
    method: Literal["", "signature", "onchain"]
    """How; empty while it has not."""
    approved_at: int | None
    """Unix seconds UTC."""


class TypedDataField(Model):
    """One field of an EIP-712 type."""

    schema_name = "TypedDataField"
    name: str
    """Its name."""
    type: str
    """Its Solidity type."""


class TypedDataDomain(Model):
    """An EIP-712 domain."""

    schema_name = "TypedDataDomain"
    name: str
    """The contract's name."""
    version: str
    """Its version."""
    chainId: int  # noqa: N815 - EIP-712's own name
    """The chain."""
    verifyingContract: str  # noqa: N815
    """The escrow."""


class TypedData(Model):
    """What `eth_signTypedData_v4` takes."""

    schema_name = "TypedData"
    types: dict[str, tuple[TypedDataField, ...]]
    """Type name -> fields."""
    primaryType: str  # noqa: N815
    """The message's type."""
    domain: TypedDataDomain
    """The escrow's."""
    message: dict[str, int | str]
    """Its values."""


class Digests(Model):
    """What a wallet shows; each 0x and 64 digits."""

    schema_name = "Digests"
    id: str
    """What is signed; for terms the forward's id."""
    domain_separator: str
    """Of the escrow's domain."""
    message_hash: str
    """EIP-712 hashStruct of the message."""
    safe_message_hash: str
    """What the owners sign where the account is a Safe."""


class PayoffPoint(Model):
    """What a side gets at one settlement price."""

    schema_name = "PayoffPointOut"
    settlement: Price
    """F_ref, micro-USDT per Mtok."""
    payoff: Amount
    """micro-USDT; a loss is negative."""
    payout: Amount
    """micro-USDT that settlement pays."""


class TermsMeaning(Model):
    """Final terms, and what they mean for one side."""

    schema_name = "TermsOut"
    side: Side
    """The caller's."""
    underlying: str
    """`provider/model-id`."""
    quantity: int
    """N, Mtok."""
    price: Price
    """F."""
    spot: Price
    """S0."""
    indicative: Price
    """F_ind."""
    averaging_days: int
    """Days in the settlement price's mean."""
    maturity: int
    """Unix seconds UTC."""
    maturity_utc: str
    """The same, ISO 8601."""
    prefunding: Amount
    """B, what each side locks."""
    fee: Amount
    """The caller's half."""
    needed: Amount
    """What booking collects from the caller."""
    worst_case: Amount
    """The most that the caller can lose, its fee included."""
    payoffs: tuple[PayoffPoint, ...]
    """By settlement price, rising."""
    warnings: tuple[str, ...]
    """To be read before approving."""


class AgreementSummary(Model):
    """An agreement in a list."""

    schema_name = "AgreementSummary"
    id: str
    """26 characters."""
    kind: Kind
    """What it is."""
    state: AgreementState
    """Where it stands."""
    reason: str
    """Why it came to nothing, or what it waits for."""
    digest: str
    """What is signed, 0x and 64 digits."""
    forward: str
    """Id of the forward that it books or ends."""
    deadline: int
    """Last second at which it can be executed, unix seconds UTC."""
    deadline_utc: str
    """The same, ISO 8601."""
    tx_hash: str
    """The transaction that executed it; else empty."""
    final_at: int | None
    """When the chain's finalized block was seen to have it."""
    created_at: int
    """Unix seconds UTC."""
    updated_at: int
    """Unix seconds UTC."""


class AgreementPage(Model):
    """A page of agreements, newest first."""

    schema_name = "AgreementPage"
    items: tuple[AgreementSummary, ...]
    """The agreements."""
    next: str | None
    """`after` of the next page; None on the last one."""


class Agreement(AgreementSummary):
    """An agreement whole, as one of its parties reads it."""

    schema_name = "AgreementOut"
    role: Role
    """The caller's."""
    parties: tuple[Party, ...]
    """Whom it concerns."""
    message: dict[str, int | str]
    """As signed: integers, micro-USDT; `ifx_sdk.desk.held` makes it a message."""
    typed_data: TypedData
    """What a wallet is asked to sign."""
    digests: Digests
    """To compare on a second device."""
    terms: TermsMeaning | None
    """In money, for the caller; None for a termination or a novation."""
    forward_terms: dict[str, int | str] | None
    """The forward's terms as signed, for a termination or a novation; None for terms, and where others made them."""

    @property
    def is_mine_to_approve(self) -> bool:
        """Whether the caller has not approved what waits for approvals."""
        return self.state == "sent" and any(each.role == self.role and not each.approved for each in self.parties)


class Need(Model):
    """What executing takes from one account."""

    schema_name = "NeedOut"
    role: str
    """Its role."""
    account: str
    """Checksummed."""
    amount: Amount
    """micro-USDT, free balance first."""


class Problem(Model):
    """One thing that must change before an agreement can be executed."""

    schema_name = "ProblemOut"
    code: str
    """Its kind."""
    who: str
    """Who must act."""
    what: str
    """What is wrong."""
    cure: str
    """What to do."""


class Preflight(Model):
    """What stands between an agreement and the chain."""

    schema_name = "PreflightOut"
    problems: tuple[Problem, ...]
    """Empty where nothing but approvals is missing."""
    needs: tuple[Need, ...]
    """What executing collects."""
    effects: dict[str, Amount]
    """For a termination or novation, micro-USDT."""
