"""`ifx admin propose`: one command for each call of the owner, and what they have in common."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ifx_sdk.cli.session import WRITES, Session, command

if TYPE_CHECKING:
    from ifx_sdk.client import IFX
    from ifx_sdk.contract import Contract
    from ifx_sdk.proposals import Proposal

    Built: TypeAlias = tuple[Contract, str, tuple[object, ...]]

CalldataOption = Annotated[
    bool, typer.Option("--calldata", help="Send nothing; print the batch file for a Safe's Transaction Builder.")
]
_Name = Annotated[str, typer.Argument(metavar="NAME", help="provider/model-id, or index/...")]
_Account = Annotated[str, typer.Argument(metavar="ADDRESS", help="0x and 40 hexadecimal digits.")]
_SHARED = {
    "after": Annotated[
        str | None, typer.Option("--after", metavar="ID", help="An operation that must be executed before this one.")
    ],
    "salt": Annotated[str | None, typer.Option("--salt", metavar="HEX", help="32 bytes; else derived.")],
    "again": Annotated[bool, typer.Option("--again", help="Propose what was proposed before once more.")],
    "dry_run": Annotated[bool, typer.Option("--dry-run", help="Show the operation and send nothing; needs no key.")],
    "calldata": CalldataOption,
}


class Owned(StrEnum):
    """What the timelock owns."""

    oracle = "oracle"
    escrow = "escrow"


class Role(StrEnum):
    """What the timelock can grant."""

    proposer = "proposer"
    canceller = "canceller"
    executor = "executor"


def list_underlying(
    ifx: IFX,
    name: _Name,
    lot: Annotated[int, typer.Option("--lot", metavar="MTOK", help="Trades are multiples of it.")] = 100_000,
) -> Built:
    """Allow booking on an underlying, or change its lot."""
    from ifx_sdk.plan import Listing

    listing = Listing(name=name, lot=lot, review_required=name.startswith("index/"))
    return ifx.escrow, "list_underlying", (listing.name, listing.lot)


def delist_underlying(ifx: IFX, name: _Name) -> Built:
    """Stop new bookings on an underlying."""
    from ifx_sdk.terms import parse_underlying

    return ifx.escrow, "delist_underlying", (parse_underlying(name),)


def set_desk(ifx: IFX, who: _Account) -> Built:
    """Name the account that books; zero stops booking."""
    return ifx.escrow, "set_desk", (_address(who),)


def set_guardian(ifx: IFX, who: _Account) -> Built:
    """Name the account that can pause booking."""
    return ifx.escrow, "set_guardian", (_address(who),)


def set_fee_recipient(ifx: IFX, who: _Account) -> Built:
    """Name the account that receives fees from then on."""
    return ifx.escrow, "set_fee_recipient", (_address(who),)


def add_underlying(
    ifx: IFX,
    name: _Name,
    review: Annotated[bool, typer.Option("--review", help="The reviewer alone may post it; indices need it.")] = False,
) -> Built:
    """Append a name to the oracle's list, for ever."""
    from ifx_sdk.plan import Listing

    listing = Listing(name=name, review_required=review)
    return ifx.oracle, "add_underlying", (listing.name, listing.review_required)


def schedule_signers(
    ifx: IFX,
    signers: Annotated[list[str], typer.Argument(metavar="ADDRESS", help="The nodes' accounts, up to 27.")],
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="Its first day (UTC), 15 days ahead or more.")],
    quorum: Annotated[int | None, typer.Option("--quorum", metavar="N", help="Else floor(2n/3) + 1.")] = None,
) -> Built:
    """Announce the oracle's signers from a day on."""
    from ifx_sdk.calendar import day_number, parse_date
    from ifx_sdk.reports import quorum_of

    accounts = [_address(each) for each in signers]
    needed = quorum_of(len(accounts)) if quorum is None else quorum
    return ifx.oracle, "schedule_signers", (accounts, needed, day_number(parse_date(first)))


def cancel_signers(ifx: IFX) -> Built:
    """Withdraw the announced signers before their first day."""
    return ifx.oracle, "cancel_signers", ()


def set_reviewer(ifx: IFX, who: _Account) -> Built:
    """Name who posts what needs review; zero: nobody."""
    return ifx.oracle, "set_reviewer", (_address(who),)


def transfer_ownership(ifx: IFX, contract: Owned, who: _Account) -> Built:
    """Offer oracle or escrow to another owner."""
    return _owned(ifx, contract), "transfer_ownership", (_address(who),)


def accept_ownership(ifx: IFX, contract: Owned) -> Built:
    """Take back what was offered to the timelock."""
    return _owned(ifx, contract), "accept_ownership", ()


def grant_role(ifx: IFX, role: Role, who: _Account) -> Built:
    """Let an account propose, cancel or execute."""
    from ifx_sdk.proposals import role_arguments

    return ifx.timelock, "grantRole", role_arguments(role.value, _address(who))


def revoke_role(ifx: IFX, role: Role, who: _Account) -> Built:
    """Take a role of the timelock from an account."""
    from ifx_sdk.proposals import role_arguments

    return ifx.timelock, "revokeRole", role_arguments(role.value, _address(who))


CALLS: tuple[Callable[..., Built], ...] = (
    list_underlying,
    delist_underlying,
    set_desk,
    set_guardian,
    set_fee_recipient,
    add_underlying,
    schedule_signers,
    cancel_signers,
    set_reviewer,
    transfer_ownership,
    accept_ownership,
    grant_role,
    revoke_role,
)
"""Every call of the owner; `set_role_admin` and `update_delay` are not among what the timelock exports."""


def register(group: typer.Typer, build: Callable[..., Built]) -> None:
    """Make a command of `group` that proposes what `build` says, with the options that all of them have."""

    def run(session: Session, /, **arguments: object) -> None:
        shared = {name: arguments.pop(name) for name in _SHARED}
        _propose(session, lambda ifx: build(ifx, **arguments), **shared)  # type: ignore[arg-type]  # by the signature

    # Importing the SDK's client costs time, and help needs none of it.
    signature = inspect.signature(build, eval_str=True, locals={"IFX": object, "Built": object})
    own = list(signature.parameters.values())[1:]
    session = inspect.Parameter("session", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Session)
    keyword = inspect.Parameter.KEYWORD_ONLY
    shared = [
        inspect.Parameter(name, keyword, default=None if name in ("after", "salt") else False, annotation=annotation)
        for name, annotation in _SHARED.items()
    ]
    parameters = [session, *(each.replace(kind=keyword) for each in own), *shared]
    run.__signature__ = inspect.Signature(parameters, return_annotation=None)  # type: ignore[attr-defined]
    run.__name__, run.__doc__, run.__module__ = build.__name__, build.__doc__, build.__module__
    group.command(build.__name__)(command(WRITES)(run))


def _propose(
    session: Session,
    build: Callable[[IFX], Built],
    *,
    after: str | None,
    salt: str | None,
    again: bool,
    dry_run: bool,
    calldata: bool,
) -> None:
    from ifx_sdk.cli import operations
    from ifx_sdk.cli.reading import parse_hash
    from ifx_sdk.proposals import propose
    from ifx_sdk.timelock import NOTHING

    following = NOTHING if after is None else parse_hash(after, "operation's id")
    chosen = None if salt is None else parse_hash(salt, "salt")
    ifx = session.ifx() if dry_run or calldata else session.signing_ifx()
    contract, function, arguments = build(ifx)
    found = propose(ifx, contract, function, *arguments, salt=chosen, again=again, after=following)
    for note in operations.notes(found):
        session.output.note(note)
    if calldata:
        operations.answer_batch(session, ifx, ifx.timelock.prepare_schedule(found.operation), _title(found))
        return
    if dry_run:
        document = operations.proposal_document(ifx, found) | {"status": "not sent"}
        session.output.answer(document, f"{operations.proposal_text(ifx, found)}\nnothing was sent")
        return
    ifx.timelock.schedule(found.operation).confirmed()
    scheduled = ifx.timelock.operation(found.operation.id)
    sent = {"transactions": session.announcer.transactions(ifx.chain)}
    document = operations.proposal_document(ifx, found) | operations.document(scheduled) | sent
    session.output.answer(document, operations.text(scheduled))


def _title(found: Proposal) -> str:
    return f"propose {found.what.contract}.{found.what.function}"


def _owned(ifx: IFX, contract: Owned) -> Contract:
    return ifx.oracle if contract is Owned.oracle else ifx.escrow


def _address(text: str) -> str:
    from ifx_sdk.terms import parse_address

    return parse_address(text)
