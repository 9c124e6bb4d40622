"""Every table of the desk.

Times are unix seconds UTC, prices micro-USDT per Mtok, quantities Mtok, accounts checksummed.

A change of a table is a new migration under versions/; a test holds that the migrations give exactly these tables, on
SQLite and on PostgreSQL, up and down.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from otc_desk.states import MAX_REASON

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
ACCOUNT, ID, HASH = String(42), String(26), String(66)


class Table(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {int: BigInteger, bytes: LargeBinary}  # noqa: RUF012 - SQLAlchemy's own way


class Participant(Table):
    """Who signed in at least once."""

    __tablename__ = "participants"

    account: Mapped[str] = mapped_column(ACCOUNT, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    """Legal name, for confirmations: shown to the other side with the final terms, not before."""
    email: Mapped[str] = mapped_column(String(320), default="")
    """Where notices go once it is confirmed; empty for none. Never shown to anybody else, never logged."""
    email_confirmed_at: Mapped[int | None]
    """When its owner sent the code back that was mailed there; NULL: nothing but a code is mailed there."""
    webhook: Mapped[str] = mapped_column(String(2_000), default="")
    """URL that notices are posted to; empty for none."""
    webhook_secret: Mapped[str] = mapped_column(String(100), default="")
    """Standard Webhooks secret, `whsec_...`."""
    webhook_failures: Mapped[int] = mapped_column(default=0)
    """Tries that failed since the last one that did not."""
    webhook_off_at: Mapped[int | None]
    """Since when nothing is posted there any more, because it failed for days; NULL while it is in use."""
    zone: Mapped[str] = mapped_column(String(64), default="")
    """IANA time zone that notices and documents show beside UTC; empty for UTC alone."""
    created_at: Mapped[int]


class Nonce(Table):
    """A sign-in that was begun; each can be used once."""

    __tablename__ = "nonces"

    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[int] = mapped_column(index=True)


class Session(Table):
    """Who is signed in, by the hash of what the client keeps."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("participants.account"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    """What a page must send back beside its cookie."""
    created_at: Mapped[int]
    expires_at: Mapped[int] = mapped_column(index=True)


class Request(Table):
    """A wish for a forward."""

    __tablename__ = "requests"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("participants.account"), index=True)
    side: Mapped[str] = mapped_column(String(5))
    underlying: Mapped[str] = mapped_column(String(64))
    quantity: Mapped[int]
    months: Mapped[int | None]
    """Tenor in calendar months from the day of the final terms; NULL where its author named a day."""
    maturity: Mapped[int]
    """That day; with a tenor, the day it led to when the row was last written."""
    averaging_days: Mapped[int]
    limit_price: Mapped[int | None]
    """The worst price that its author takes; NULL for the indicative price of the day."""
    valid_until: Mapped[int]
    contact: Mapped[str] = mapped_column(String(500), default="")
    """For the operator; never shown to the other side."""
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(MAX_REASON), default="")
    """Why it was rejected, or came back."""
    parent: Mapped[str | None] = mapped_column(ForeignKey("requests.id"))
    """The request whose remainder it is."""
    family: Mapped[str] = mapped_column(ID, index=True)
    """The request that all its kin are remainders of, at last: its own id where it is none."""
    agreement: Mapped[str | None] = mapped_column(ID, index=True)
    """The newest agreement made for it; no foreign key, for agreements lead to matches and those to requests."""
    created_at: Mapped[int]
    updated_at: Mapped[int]

    __table_args__ = (
        CheckConstraint("side IN ('long', 'short')", name="side"),
        CheckConstraint("quantity > 0", name="quantity"),
        Index(None, "state", "underlying", "maturity", "averaging_days"),
    )


class Match(Table):
    """Two requests that fit; the operator confirms it, and final terms are made."""

    __tablename__ = "matches"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    long_request: Mapped[str] = mapped_column(ForeignKey("requests.id"), index=True)
    short_request: Mapped[str] = mapped_column(ForeignKey("requests.id"), index=True)
    quantity: Mapped[int]
    price: Mapped[int]
    confirmed_by: Mapped[str] = mapped_column(ACCOUNT)
    """The operator; the zero address where matching is automatic."""
    created_at: Mapped[int]


class Agreement(Table):
    """A message that parties approve: terms, a termination or a novation. Its text never changes once it is sent."""

    __tablename__ = "agreements"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """`terms`, `termination` or `novation`."""
    digest: Mapped[str] = mapped_column(String(66), unique=True)
    """What a signature signs: the EIP-712 digest, 0x and 64 digits."""
    onchain_id: Mapped[str] = mapped_column(String(66), index=True)
    """What the escrow knows it by: for terms their id, else the message's hash."""
    forward: Mapped[str] = mapped_column(String(66), index=True)
    """Id of the forward that it books or ends."""
    message: Mapped[str]
    """The message as `to_json` writes it, canonical."""
    deadline: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), index=True)
    reason: Mapped[str] = mapped_column(String(MAX_REASON), default="")
    """Why it came to nothing, or what it waits for."""
    match: Mapped[str | None] = mapped_column(ForeignKey("matches.id"))
    tx_hash: Mapped[str] = mapped_column(String(66), default="")
    """The transaction that executed it, whoever sent it."""
    final_at: Mapped[int | None]
    """When the chain's finalized block was seen to have it; NULL until then, and the chain may still undo it."""
    created_at: Mapped[int]
    updated_at: Mapped[int]

    __table_args__ = (CheckConstraint("kind IN ('terms', 'termination', 'novation')", name="kind"),)


class Party(Table):
    """One account that an agreement concerns, and its approval."""

    __tablename__ = "parties"

    agreement: Mapped[str] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(10), primary_key=True)
    account: Mapped[str] = mapped_column(ACCOUNT, index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    """Its legal name as all parties were told it: a name that is changed later changes no agreement and no document."""
    method: Mapped[str] = mapped_column(String(10), default="")
    """`signature`, `onchain`, or empty while it has not approved."""
    approval: Mapped[bytes] = mapped_column(default=b"")
    """The signature; empty for an approval on the chain."""
    approved_at: Mapped[int | None]


class Attempt(Table):
    """A transaction of the desk's key as it stood before it was broadcast: the journal of `ifx_sdk.outcomes`."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    sender: Mapped[str] = mapped_column(ACCOUNT)
    nonce: Mapped[int]
    tx_hash: Mapped[str] = mapped_column(String(66), default="")
    attempt: Mapped[str]
    """All fields as canonical JSON."""
    outcome: Mapped[str] = mapped_column(String(20), default="")
    """How it ended; empty while it is open."""
    created_at: Mapped[int]

    __table_args__ = (Index(None, "sender", "nonce"),)


class Event(Table):
    """The audit trail: one row for every change, in order, each with the hash of the one before. Append-only."""

    __tablename__ = "events"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[int]
    actor: Mapped[str] = mapped_column(ACCOUNT)
    """Who did it; `desk` for the desk itself."""
    object: Mapped[str] = mapped_column(String(12))
    """`request`, `match`, `agreement`, `participant`, `session`."""
    object_id: Mapped[str] = mapped_column(String(66))
    what: Mapped[str] = mapped_column(String(30))
    """The new state, or what was done."""
    detail: Mapped[str]
    """Canonical JSON; holds no contact data."""
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the row and the hash before it."""

    __table_args__ = (Index(None, "object", "object_id"),)


class AddressMail(Table):
    """A mail to an address as such: a code to a new one, or to an old one the word that it is no longer used."""

    __tablename__ = "address_mails"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("participants.account"), index=True)
    kind: Mapped[str] = mapped_column(String(4))
    """`code` or `gone`."""
    address: Mapped[str] = mapped_column(String(320), default="")
    """Of `gone`, until it is sent or given up; a code goes to what the profile says."""
    address_hash: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the mailbox, whatever its spelling: how often anybody had a code sent there."""
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[int | None] = mapped_column(index=True)
    """NULL once it is sent, given up, or of no use any more."""
    tried_at: Mapped[int | None]
    code_hash: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of account, address and code; empty before it is sent and once the code is used, void or guessed at."""
    guesses: Mapped[int] = mapped_column(default=0)
    """Wrong codes that were tried against it."""
    expires_at: Mapped[int | None]
    """Until when the code holds."""
    created_at: Mapped[int]

    __table_args__ = (CheckConstraint("kind IN ('code', 'gone')", name="kind"),)


class Notice(Table):
    """Something to be told to a participant by one channel: made from an event, exactly once, and kept."""

    __tablename__ = "notices"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("participants.account"), index=True)
    channel: Mapped[str] = mapped_column(String(8))
    """`page`, which its reader fetches, `email` or `webhook`."""
    event: Mapped[int] = mapped_column(ForeignKey("events.seq"))
    payload: Mapped[str]
    """Canonical JSON."""
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[int | None]
    """NULL once it is delivered or given up, and for the page."""
    delivered_at: Mapped[int | None]
    failure: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[int]

    __table_args__ = (UniqueConstraint("event", "account", "channel"), Index(None, "next_try_at"))


class NoticeCursor(Table):
    """How far the trail was read for notices: one row."""

    __tablename__ = "notice_cursor"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    seq: Mapped[int]
    """The last event that was read."""


class IdempotentAnswer(Table):
    """What a write was answered, under its key: the same request again gets the same answer and does nothing."""

    __tablename__ = "idempotent_answers"

    account: Mapped[str] = mapped_column(ACCOUNT, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of method, path and body."""
    status: Mapped[int]
    body: Mapped[str]
    created_at: Mapped[int] = mapped_column(index=True)


class OnChain:
    """Where in the chain an event stands. Rows of blocks that are not final yet are read anew until they are."""

    block_number: Mapped[int] = mapped_column(index=True)
    log_index: Mapped[int]
    """Position in the block, from 0."""
    block_hash: Mapped[str] = mapped_column(HASH)
    tx_hash: Mapped[str] = mapped_column(HASH)


class ChainCursor(Table):
    """How far the chain's events are read. One row at most."""

    __tablename__ = "chain_cursors"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    chain_id: Mapped[int]
    oracle: Mapped[str] = mapped_column(ACCOUNT)
    escrow: Mapped[str] = mapped_column(ACCOUNT)
    """With the two above: whose events they are."""
    kept_number: Mapped[int]
    """The last block whose events are not read again."""
    kept_hash: Mapped[str] = mapped_column(HASH)
    head_number: Mapped[int]
    """The last block that is read: everything is as of it."""
    head_hash: Mapped[str] = mapped_column(HASH)
    head_time: Mapped[int]
    final_number: Mapped[int | None]
    """The last of the blocks read that can no longer be undone; NULL where the node does not say."""


class ChainUnderlying(OnChain, Table):
    """A name of the oracle's list."""

    __tablename__ = "chain_underlyings"

    underlying: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The oracle's index."""
    name: Mapped[str] = mapped_column(String(64), unique=True)
    review_required: Mapped[bool]


class ChainListing(OnChain, Table):
    """A change of an underlying's lot."""

    __tablename__ = "chain_listings"

    block_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    log_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    underlying: Mapped[int]
    lot: Mapped[int]
    """Mtok; 0 from where it is not listed any more."""


class ChainFixing(OnChain, Table):
    """A fixing as it was posted."""

    __tablename__ = "chain_fixings"

    underlying: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """UTC day number."""
    price: Mapped[int]
    signers: Mapped[int]
    """How many nodes signed what was posted."""


class ChainForward(OnChain, Table):
    """A forward as it was booked."""

    __tablename__ = "chain_forwards"

    id: Mapped[str] = mapped_column(HASH, primary_key=True)
    long: Mapped[str] = mapped_column(ACCOUNT)
    short: Mapped[str] = mapped_column(ACCOUNT)
    underlying: Mapped[int]
    quantity: Mapped[int]
    price: Mapped[int]
    spot: Mapped[int]
    indicative: Mapped[int]
    maturity: Mapped[int]
    averaging_days: Mapped[int]
    time: Mapped[int]
    """The block's."""


class ChainEnding(OnChain, Table):
    """How a forward ended: at its settlement price, or before its maturity at a price that both sides agreed."""

    __tablename__ = "chain_endings"

    forward: Mapped[str] = mapped_column(HASH, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    """`settled` or `terminated`."""
    price: Mapped[int]
    time: Mapped[int]
    """The block's."""


class ChainNovation(OnChain, Table):
    """A new party in one side's place."""

    __tablename__ = "chain_novations"

    id: Mapped[str] = mapped_column(HASH, primary_key=True)
    """The digest of the novation."""
    forward: Mapped[str] = mapped_column(HASH, index=True)
    outgoing: Mapped[str] = mapped_column(ACCOUNT)
    incoming: Mapped[str] = mapped_column(ACCOUNT)
    payment: Mapped[str] = mapped_column(String(40))
    """micro-USDT as decimal text: it can exceed 64 bits."""
    time: Mapped[int]
    """The block's."""
