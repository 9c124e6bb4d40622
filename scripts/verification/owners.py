"""Who owns, who holds which role, what is listed: at the handover as recorded, since then only through the timelock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ifx_sdk.calendar import date_of, day_of
from ifx_sdk.client import IFX
from ifx_sdk.codec import Event
from ifx_sdk.contract import Contract, integer, text
from ifx_sdk.deployment import Argument, Deployment
from ifx_sdk.terms import ZERO_ADDRESS
from ifx_sdk.timelock import DELAY, ROLES
from scripts.verification.history import Change, History, SignerPlan, Timeline, replay_signers
from scripts.verification.rows import Row, Verdict, compared, traced

_ROLES_OF_ESCROW = {"desk": "DeskSet", "guardian": "GuardianSet", "fee_recipient": "FeeRecipientSet"}


def owner_rows(contract: Contract, name: str, timeline: Timeline, timelock: str) -> Iterator[Row]:
    """Owner and pending owner of the oracle or the escrow."""
    owner = text(contract.chain.call(contract.codec, contract.address, "owner"))
    pending = text(contract.chain.call(contract.codec, contract.address, "pending_owner"))
    history = timeline.history(contract, "OwnershipTransferStarted", "OwnershipTransferred")
    expected, offered, offer = timelock, ZERO_ADDRESS, None
    moves: list[Change] = []
    offers: list[Change] = []
    for each in history.after:
        to = text(each.event.args["new_owner"])
        if each.event.name == "OwnershipTransferStarted":
            offered, offer = to, each
            offers.append(each)
            continue
        # Whoever it was offered to accepts in a transaction of its own: what makes it lawful is the offer.
        lawful = offer is not None and offered == to
        moves.append(offer if lawful and offer is not None else Change(event=each.event, operation=None))
        expected, offered, offer = to, ZERO_ADDRESS, None
    yield traced(f"{name}: owner", timelock, timelock, moves, expected, owner)
    yield traced(f"{name}: pending owner", ZERO_ADDRESS, ZERO_ADDRESS, offers, offered, pending)


def role_rows(ifx: IFX, timeline: Timeline) -> Iterator[Row]:
    """Desk, guardian, fee recipient and reviewer."""
    escrow, oracle = _arguments(ifx.deployment, "ForwardEscrow"), _arguments(ifx.deployment, "FixingOracle")
    for role, event in _ROLES_OF_ESCROW.items():
        found = getattr(ifx.escrow, role)()
        yield _single(
            f"escrow: {role.replace('_', ' ')}", escrow[role], timeline.history(ifx.escrow, event), role, found
        )
    history = timeline.history(ifx.oracle, "ReviewerSet")
    yield _single("oracle: reviewer", oracle["reviewer"], history, "reviewer", ifx.oracle.reviewer())


def _single(item: str, recorded: Argument, history: History, key: str, found: str) -> Row:
    handed = text(history.before[-1].args[key]) if history.before else ZERO_ADDRESS
    expected = text(history.after[-1].event.args[key]) if history.after else handed
    return traced(item, recorded, handed, history.after, expected, found)


def signer_rows(ifx: IFX, timeline: Timeline) -> Iterator[Row]:
    """Signers and quorum in effect today, and the announced set."""
    arguments, today = _arguments(ifx.deployment, "FixingOracle"), day_of(ifx.chain.now())
    history = timeline.history(ifx.oracle, "SignersScheduled", "SignersCancelled")
    first, _ = replay_signers([(each, _day(ifx, each.block_number)) for each in history.before], today)
    events = [*history.before, *(each.event for each in history.after)]
    active, announced = replay_signers([(each, _day(ifx, each.block_number)) for each in events], today)
    now = ifx.oracle.signers_on(today)
    found = SignerPlan(signers=now.signers, quorum=now.quorum, from_day=now.from_day)
    # An announced set changes nothing yet; one that came into effect did.
    causes = [each for each in history.after if _foreign(each) or _began(each, active)]
    recorded = (arguments["signers"], f"quorum {arguments['quorum']}")
    yield traced("oracle: signers, quorum", recorded, _set(first), causes, _set(active), _set(found))
    known = None
    if announced is not None:
        upcoming = ifx.oracle.signers_on(announced.from_day)
        known = SignerPlan(signers=upcoming.signers, quorum=upcoming.quorum, from_day=upcoming.from_day)
    pending = [each for each in history.after if announced is not None and _began(each, announced)]
    yield traced("oracle: announced signers", None, None, pending, _dated(announced), _dated(known))


def _foreign(change: Change) -> bool:
    return change.operation is None


def _began(change: Change, plan: SignerPlan | None) -> bool:
    args = change.event.args
    return plan is not None and change.event.name == "SignersScheduled" and args["from_day"] == plan.from_day


def _set(plan: SignerPlan | None) -> tuple[object, ...] | None:
    return None if plan is None else (plan.signers, f"quorum {plan.quorum}")


def _dated(plan: SignerPlan | None) -> tuple[object, ...] | None:
    return None if plan is None else (plan.signers, f"quorum {plan.quorum}", f"from {date_of(plan.from_day)}")


def _day(ifx: IFX, block: int) -> int:
    return day_of(ifx.chain.timestamp(block))


def underlying_rows(ifx: IFX, timeline: Timeline) -> Iterator[Row]:
    """Each name of the oracle's list with its review and its lot, in the oracle's order."""
    added = timeline.history(ifx.oracle, "UnderlyingAdded")
    listed = timeline.history(ifx.escrow, "UnderlyingListed")
    recorded = {each.name: (at, each) for at, each in enumerate(ifx.deployment.underlyings, 1)}
    names = {integer(each.args["index"]): text(each.args["name"]) for each in added.before}
    lots = {integer(each.args["index"]): integer(each.args["lot"]) for each in listed.before}
    found = {each.index: each for each in ifx.oracle.underlyings()}
    changes = {integer(each.event.args["index"]): each for each in added.after}
    for index in sorted({*found, *names, *(at for at, _ in recorded.values())}):
        name = found[index].name if index in found else names.get(index, "")
        at, listing = recorded.get(name, (0, None))
        own = [each for each in listed.after if each.event.args["index"] == index]
        causes = ([changes[index]] if index in changes else []) + own
        lot = integer(own[-1].event.args["lot"]) if own else lots.get(index, 0)
        review = index in found and found[index].review_required
        now = _listing(index, ifx.escrow.lot_of(name) if name else 0, review)
        expected = _listing(index, lot, listing.review_required if listing is not None else review)
        if index in changes:
            yield traced(f"underlying: {name}", "", "", causes, expected, now)
            continue
        record = _listing(at, listing.lot, listing.review_required) if listing is not None else "nothing"
        yield traced(f"underlying: {name}", record, _listing(index, lots.get(index, 0), review), causes, expected, now)
    for name in (each for each in recorded if each not in {one.name for one in found.values()}):
        yield compared(f"underlying: {name}", "listed", "not on the oracle's list")


def _listing(index: int, lot: int, review: bool) -> str:
    return f"index {index}, {f'lot {lot} Mtok' if lot else 'not listed'}{', with review' if review else ''}"


def timelock_rows(ifx: IFX, timeline: Timeline) -> Iterator[Row]:
    """The delay, and every holder of every role from the events."""
    proposers = _arguments(ifx.deployment, "Timelock")["proposers"]
    creation = next(each.tx_hash for each in ifx.deployment.contracts if each.name == "Timelock")
    yield compared("timelock: delay", f"{DELAY} seconds", f"{ifx.timelock.delay()} seconds")
    wanted = {
        "admin": (ifx.timelock.address,),
        "proposer": proposers,
        "canceller": proposers,
        "executor": (ZERO_ADDRESS,),
    }
    held = ifx.timelock.holders()
    events = ifx.timelock.role_events()
    for role, accounts in held.items():
        if role not in wanted:
            yield compared(f"timelock: role {role}", (), accounts)
            continue
        mine = [each for each in events if each.args["role"] == ROLES[role]]
        first = _holders([each for each in mine if each.tx_hash == creation])
        later = [timeline.change(ifx.timelock, each) for each in mine if each.tx_hash != creation]
        # An account may give up its own role without the timelock.
        causes = [each for each in later if not _renounced(each)]
        answers = tuple(each for each in sorted(accounts) if ifx.timelock.has_role(role, each))
        row = traced(f"timelock: {role}", _sorted(wanted[role]), first, causes, _sorted(accounts), answers)
        if row.verdict is Verdict.PASS and later:
            tx = later[-1].event.tx_hash
            row = replace(row, verdict=Verdict.CHANGED, why=f"given up in transaction {tx}")
        yield replace(row, found=row.found.replace(ZERO_ADDRESS, "anyone"))
    for role, id in ROLES.items():
        admin = ifx.chain.call(ifx.timelock.codec, ifx.timelock.address, "getRoleAdmin", id)
        yield compared(f"timelock: who grants {role}", "admin", "admin" if admin == ROLES["admin"] else admin)


def _renounced(change: Change) -> bool:
    args = change.event.args
    return change.event.name == "RoleRevoked" and args["sender"] == args["account"]


def _holders(events: list[Event]) -> tuple[str, ...]:
    found: set[str] = set()
    for event in events:
        account = text(event.args["account"])
        found = found | {account} if event.name == "RoleGranted" else found - {account}
    return tuple(sorted(found))


def _sorted(accounts: Argument) -> tuple[str, ...]:
    return tuple(sorted(accounts)) if isinstance(accounts, tuple) else ()


def _arguments(record: Deployment, name: str) -> dict[str, Argument]:
    return dict(next(each for each in record.contracts if each.name == name).arguments)
