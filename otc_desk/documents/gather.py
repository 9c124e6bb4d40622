"""The one place where documents read: the desk's database and the chain become `Facts`. Everything else is pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ifx_sdk.artifacts import codec
from ifx_sdk.calendar import day_of
from ifx_sdk.client import IFX
from ifx_sdk.contract import integer, text
from ifx_sdk.records import BookedForward
from ifx_sdk.terms import Terms
from otc_desk.agreements import message_of
from otc_desk.db.tables import Agreement, Party
from otc_desk.desk import Desk
from otc_desk.documents.facts import Agreed, Approval, Contracts, Facts, Method, Posted
from otc_desk.documents.ledger import Moved
from otc_desk.errors import NotFound

_METHODS: Mapping[str, Method] = {"": "", "signature": "signature", "onchain": "onchain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What the database has about a forward, for one account."""

    terms: Agreed
    """The terms with their approvals."""
    sent_at: int
    """When they were sent, unix seconds UTC."""
    endings: Mapping[bytes, Agreed]
    """Digest -> termination or novation."""
    names: Mapping[str, str]
    """Account -> legal name as it was told, of whom the account has agreements with."""


def gather(desk: Desk, account: str, forward: str, zone: str = "UTC", *, fixings: bool = False) -> Facts:
    """Everything that `account` may read about a forward (0x and 64 digits, lower case). `fixings` reads them too.

    Raises `NotFound` for what is unknown here or somebody else's, `NotNow`, `NodeDown`, `RpcError`.
    """
    booked = _booked(desk, account, bytes.fromhex(forward[2:]))
    with desk.database.reading() as session:
        stored = _stored(session, account, forward, booked)
    facts = Facts(
        terms=stored.terms,
        contracts=_contracts(desk.ifx),
        viewer=account,
        names=stored.names,
        zone=zone,
        sent_at=stored.sent_at,
        endings=stored.endings,
    )
    if booked is None:
        return facts
    facts = _timed(desk.ifx, facts, booked)
    return replace(facts, fixings=_fixings(desk.ifx, facts)) if fixings and not facts.has_left else facts


def with_wallet(ifx: IFX, facts: Facts) -> Facts:
    """The facts with what the viewer's wallet paid when it entered. Raises `NodeDown`, `RpcError`."""
    if facts.booked is None:
        return facts
    part = facts.part
    entered = facts.booked if part is None or part.entered is None else part.entered
    block, token = entered.block_number, codec("TestUSDT")
    topics = [_topic(facts.viewer), _topic(facts.contracts.domain.contract)]
    found = ifx.chain.events(token, ifx.deployment.token, "Transfer", topics=topics, from_block=block, to_block=block)
    paid = [integer(each.args[_AMOUNT]) for each in found if each.tx_hash == entered.tx_hash]
    return replace(facts, from_wallet=sum(paid))


def moved(ifx: IFX, account: str) -> tuple[Moved, ...]:
    """Every deposit and withdrawal of an account, by block. Raises `NodeDown`, `RpcError`."""
    escrow, times = ifx.escrow, _Times(ifx)
    found = []
    for name, other in (("Deposited", "payer"), ("Withdrawn", "receiver")):
        listed = ifx.chain.events(
            escrow.codec, escrow.address, name, topics=[_topic(account)], from_block=escrow.first_block
        )
        found += [
            Moved(
                is_deposit=name == "Deposited",
                other=text(each.args[other]),
                amount=integer(each.args["amount"]),
                at=times.of(each.block_number),
                block=each.block_number,
                log=each.log_index,
                tx=each.tx_hash,
            )
            for each in listed
        ]
    return tuple(sorted(found, key=lambda each: (each.block, each.log)))


def forwards_of(desk: Desk, account: str) -> tuple[str, ...]:
    """Ids of the booked forwards of an account whose terms this desk has, oldest first. Raises `NotNow`."""
    ids = ["0x" + each.forward.record.id.hex() for each in reversed(desk.positions.of(account))]
    with desk.database.reading() as session:
        known = set(session.scalars(select(Agreement.digest).where(Agreement.kind == "terms")))
    return tuple(each for each in ids if each in known)


_AMOUNT = "amount"


class _Times:
    """Blocks' times, each asked once."""

    def __init__(self, ifx: IFX) -> None:
        self._ifx = ifx
        self._known: dict[int, int] = {}

    def of(self, block: int) -> int:
        """Unix seconds UTC."""
        if block not in self._known:
            self._known[block] = self._ifx.chain.timestamp(block)
        return self._known[block]


def _stored(session: Session, account: str, forward: str, booked: BookedForward | None) -> _Stored:
    asked = select(Agreement).where(Agreement.forward == forward).order_by(Agreement.id)
    if booked is None:  # only a side of the terms reads them; one question, so that those of others are like none
        own = asked.join(Party, Party.agreement == Agreement.id).where(Party.account == account)
        if session.scalars(own.where(Agreement.kind == "terms")).first() is None:
            raise NotFound("document")
    rows = session.scalars(asked).all()
    terms = next((each for each in rows if each.kind == "terms"), None)
    if terms is None:
        raise NotFound("document")
    parties: dict[str, list[Party]] = {each.id: [] for each in rows}
    for party in session.scalars(select(Party).where(Party.agreement.in_(parties))):
        parties[party.agreement].append(party)
    agreed = {each.id: _agreed(each, parties[each.id]) for each in rows}
    executed = [parties[terms.id], *(parties[each.id] for each in rows if each.digest in _executed(booked))]
    return _Stored(
        terms=agreed[terms.id],
        sent_at=terms.created_at,
        endings={bytes.fromhex(each.digest[2:]): agreed[each.id] for each in rows if each.kind != "terms"},
        names=_names(account, executed),
    )


def _executed(booked: BookedForward | None) -> frozenset[str]:
    """Digests of the novations and the termination of a forward's life."""
    if booked is None:
        return frozenset()
    found = [each.novation for each in booked.novations]
    found += [] if booked.termination is None else [booked.termination.termination]
    return frozenset("0x" + each.hex() for each in found)


def _names(account: str, agreed: Sequence[Sequence[Party]]) -> Mapping[str, str]:
    """Whom the account agreed with, each by the name that it had first: what comes later changes no paper."""
    found: dict[str, str] = {}
    for parties in agreed:
        if account in {each.account for each in parties}:
            for each in parties:
                found.setdefault(each.account, each.name)
    return {each: name for each, name in found.items() if name}


def _agreed(row: Agreement, parties: Sequence[Party]) -> Agreed:
    message = message_of(row)
    by_role = {each.role: each for each in parties}
    approvals = tuple(
        Approval(
            role=role,
            account=account,
            method=_METHODS[by_role[role].method],
            approval=by_role[role].approval,
            at=by_role[role].approved_at,
        )
        for role, account in message.parties.items()
    )
    return Agreed(message=message, approvals=approvals)


def _booked(desk: Desk, account: str, id: bytes) -> BookedForward | None:
    """The forward's life as far as it is this account's: for who left, up to then."""
    try:
        position = desk.positions.one(account, id)
    except NotFound:
        return None
    booked, left = position.forward, position.part.left
    if left is None:
        return booked
    own = booked.novations[: booked.novations.index(left) + 1]
    return replace(booked, novations=own, settlement=None, termination=None)


def _timed(ifx: IFX, facts: Facts, booked: BookedForward) -> Facts:
    """Times of the blocks, and whether the last one is final."""
    times, finalized = _Times(ifx), ifx.chain.finalized_block()
    blocks = [booked.block_number, *(each.block_number for each in booked.novations)]
    ending = booked.ending
    if ending is not None:
        blocks.append(ending.block_number)
    return replace(
        facts,
        booked=booked,
        booked_at=times.of(booked.block_number),
        moved_at=tuple(times.of(each.block_number) for each in booked.novations),
        ended_at=0 if ending is None else times.of(ending.block_number),
        final=finalized is not None and max(blocks) <= finalized,
    )


def _fixings(ifx: IFX, facts: Facts) -> dict[int, Posted]:
    """Every fixing from the booking's day on: that day's own was posted before it."""
    terms, booked = facts.first, facts.booked
    assert booked is not None  # noqa: S101 - asked by the caller
    assert isinstance(terms, Terms)  # noqa: S101 - of the facts
    first = ifx.oracle.fixing(terms.underlying, day_of(facts.booked_at))
    found = {}
    if first is not None:
        found[day_of(facts.booked_at)] = Posted(price=first.price, signers=first.signers.bit_count())
    topic = "0x" + ifx.oracle.index_of(terms.underlying).to_bytes(32, "big").hex()
    for event in ifx.chain.events(
        ifx.oracle.codec, ifx.oracle.address, "FixingPosted", topics=[topic], from_block=booked.block_number
    ):
        signers = integer(event.args["signers"]).bit_count()
        found[integer(event.args["day"])] = Posted(price=integer(event.args["price"]), signers=signers)
    return found


def _contracts(ifx: IFX) -> Contracts:
    made = {each.name: each.code_hash for each in ifx.deployment.contracts}
    return Contracts(
        network=ifx.deployment.network,
        domain=ifx.escrow.domain(),
        oracle=ifx.deployment.oracle,
        token=ifx.deployment.token,
        oracle_code=made.get("FixingOracle", ""),
        commit=ifx.deployment.commit or "",
    )


def _topic(account: str) -> str:
    return "0x" + bytes.fromhex(account[2:]).rjust(32, b"\0").hex()
