"""What documents are made from: plain frozen values that somebody else read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ifx_sdk.errors import BadSignature
from ifx_sdk.payoff import Side
from ifx_sdk.records import BookedForward, EarlyEnd, Part, Settlement, SideChange
from ifx_sdk.signing import Message, message_digest, verify_digest_signature
from ifx_sdk.terms import Domain, Terms

Method = Literal["signature", "onchain", ""]


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """How one party approved a message."""

    role: str
    """`long`, `short`, `outgoing`, `incoming` or `remaining`."""
    account: str
    """Checksummed."""
    method: Method
    """Empty while it has not approved."""
    approval: bytes
    """What was given to the contract; empty for an approval on the chain."""
    at: int | None
    """Unix seconds UTC at which the desk had it; None while it has not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreed:
    """A message with its approvals."""

    message: Message
    """Terms, a termination or a novation."""
    approvals: tuple[Approval, ...]
    """One for each party, in the order of the message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contracts:
    """Where the forward lives."""

    network: str
    """The network's name."""
    domain: Domain
    """The escrow's EIP-712 domain, under which everything was signed."""
    oracle: str
    """The FixingOracle, checksummed."""
    token: str
    """USDT, checksummed."""
    oracle_code: str = field(default="")
    """keccak-256 of the oracle's code as it was deployed, 0x and 64 digits; empty where it is not on record."""
    commit: str = field(default="")
    """The source's commit, where it is known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """One fixing."""

    price: int
    """micro-USDT per Mtok."""
    signers: int
    """How many nodes signed it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything that any document about one forward needs, as one participant may see it."""

    terms: Agreed
    """What both sides approved at first."""
    contracts: Contracts
    """Where."""
    viewer: str
    """Whom the documents are for, checksummed; a side of the forward, or a former one."""
    names: Mapping[str, str]
    """Account -> legal name, of those whom the viewer has agreed anything with; missing where none is on file."""
    zone: str
    """IANA name of the time zone that dates are shown in beside UTC; `UTC` for that alone."""
    sent_at: int
    """Unix seconds UTC at which the final terms were sent."""
    booked: BookedForward | None = field(default=None)
    """Its life on the chain, up to where the viewer left; None before it is booked."""
    booked_at: int = field(default=0)
    """Unix seconds UTC of the booking's block; 0 before."""
    ended_at: int = field(default=0)
    """Unix seconds UTC of the block that settled or ended it; 0 before."""
    moved_at: tuple[int, ...] = field(default=())
    """Unix seconds UTC of each novation's block, in the order of `booked.novations`."""
    endings: Mapping[bytes, Agreed] = field(default_factory=dict)
    """Digest -> termination or novation that was executed through this desk."""
    final: bool = field(default=False)
    """Whether the last of these blocks is one that the chain can no longer undo."""
    fixings: Mapping[int, Posted] = field(default_factory=dict)
    """UTC day number -> fixing, from the booking's day on."""

    from_wallet: int = field(default=0)
    """micro-USDT that the viewer's wallet paid when it entered; the rest came from its free balance."""

    @property
    def id(self) -> bytes:
        """The forward's id: the digest that both sides signed."""
        return message_digest(self.terms.message, self.contracts.domain)

    @property
    def first(self) -> Terms:
        """The terms."""
        assert isinstance(self.terms.message, Terms)  # noqa: S101 - gathered so
        return self.terms.message

    @property
    def part(self) -> Part | None:
        """The viewer's part in the booked forward; None before it is booked."""
        return None if self.booked is None else self.booked.part_of(self.viewer)

    @property
    def side(self) -> Side:
        """The side on which the viewer stands or stood."""
        if self.part is not None:
            return self.part.side
        return "long" if self.viewer == self.first.long else "short"

    @property
    def has_left(self) -> bool:
        """Whether a novation put somebody else in the viewer's place."""
        return self.part is not None and self.part.left is not None

    @property
    def sides(self) -> tuple[str, str]:
        """(long, short) after the novations that the viewer may see."""
        found = {"long": self.first.long, "short": self.first.short}
        for change in () if self.booked is None else self.booked.novations:
            found[change.side] = change.incoming
        return found["long"], found["short"]

    @property
    def ending(self) -> Settlement | EarlyEnd | None:
        """How it was paid out; None while it is active."""
        return None if self.booked is None else self.booked.ending

    @property
    def changes(self) -> tuple[tuple[SideChange, int], ...]:
        """Each novation with the time of its block."""
        return () if self.booked is None else tuple(zip(self.booked.novations, self.moved_at, strict=True))

    def named(self, account: str) -> str:
        """Legal name, or that none is on file."""
        return self.names.get(account) or "(no legal name on file)"


def method_of(approval: Approval, digest: bytes) -> str:
    """How a party approved, in words; told from the signature itself."""
    if not approval.method:
        return "not yet"
    if approval.method == "onchain":
        return "approved on chain by a transaction of the account"
    try:
        verify_digest_signature(digest, approval.account, approval.approval)
    except BadSignature:
        return "signature accepted by the account's contract wallet (ERC-1271)"
    return "EIP-712 signature by the account's key"
