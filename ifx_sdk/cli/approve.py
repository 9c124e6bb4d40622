"""`ifx sign`, `ifx approve`, `ifx revoke`: for terms, terminations and novations alike, told apart by their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import WRITES, Session, command

if TYPE_CHECKING:
    from ifx_sdk.client import IFX
    from ifx_sdk.records import ForwardRecord
    from ifx_sdk.signing import Message

MessageFile = Annotated[
    str, typer.Argument(metavar="FILE", help="What `ifx terms`, `ifx termination` or `ifx novation` wrote.")
]


@command(("rpc", "deployment", "key_file", "password_file", "account"))
def sign(
    session: Session,
    file: MessageFile,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="Write the approval here.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Sign what a file holds, as one whom it names; needs no node.

    The approval is JSON on stdout, or in the file of --out, for whoever books or executes. What is expired is refused,
    by the time of the node where one is named, else by this machine's; with a node, a termination or a novation is
    held against its forward, and what it pays is shown.
    """
    from ifx_sdk.cli import messages
    from ifx_sdk.cli.approvals import check_party
    from ifx_sdk.cli.output import as_json
    from ifx_sdk.cli.reading import write_new
    from ifx_sdk.signing import message_digest

    message, domain = messages.read_message(file), session.domain()
    record = _held(session, message)
    signer = session.signer()
    check_party(message, signer.address)
    id = message_digest(message, domain)
    approval = {"id": id, "account": signer.address, "signature": signer.sign_digest(id)}
    session.output.note(messages.text(message, domain, record))
    if out is None:
        print(as_json(approval))
        return
    write_new(out, as_json(approval) + "\n", overwrite=force)
    session.output.answer(approval | {"file": out}, f"signed by {signer.address}\nwritten to {out}")


def _held(session: Session, message: Message) -> ForwardRecord | None:
    """Hold a message against what is known here; the record of its forward, where it has one and a node is reached."""
    from ifx_sdk.terms import Terms

    if isinstance(message, Terms):
        message.validate(1, session.now(), escrow=session.domain().contract)
        return None
    ifx = session.ifx_where_reached()
    if ifx is not None:
        return ifx.escrow.check_ending(message)
    now = session.clock()
    if now is not None:
        message.check_deadline(now)
    return None


@command((*WRITES, "desk_url"))
def approve(
    session: Session,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="What `ifx terms`, `ifx termination` or `ifx novation` wrote."),
    ] = None,
    desk: Annotated[
        str | None, typer.Option("--desk", metavar="ID", help="What a desk sent, instead of a file; signed, not sent.")
    ] = None,
    on_chain: Annotated[
        bool, typer.Option("--on-chain", help="With --desk: approve by a transaction, then tell the desk.")
    ] = False,
    signature: Annotated[
        str | None, typer.Option("--signature", metavar="HEX", help="With --desk: what a Safe's owners signed; 0x.")
    ] = None,
    safe_batch: Annotated[
        str | None,
        typer.Option("--safe-batch", metavar="FILE", help="With --desk: write a Safe's batch and approve nothing."),
    ] = None,
) -> None:
    """Approve what a file holds, or what a desk sent.

    A file's message is approved on chain, a desk's by signature, as one whom it names.
    What a desk says is computed again here from the message alone; what differs is not signed. A Safe: --safe-batch
    shows what its owners sign and writes a file for its Transaction Builder.
    """
    from ifx_sdk.cli import messages
    from ifx_sdk.cli.errors import MissingOption
    from ifx_sdk.terms import Terms

    if desk is not None:
        from ifx_sdk.cli.approving import approve_at_desk

        approve_at_desk(session, desk, on_chain=on_chain, signature=signature, safe_batch=safe_batch)
        return
    if file is None:
        raise MissingOption("file", "FILE, or --desk ID")

    ifx, message = _opened(session, file)
    record = None
    if isinstance(message, Terms):
        message.validate(1, ifx.chain.now(), escrow=ifx.escrow.address)
    else:
        record = ifx.escrow.check_ending(message)
    session.output.note(messages.text(message, ifx.escrow.domain(), record))
    ifx.escrow.approve(message).confirmed()
    _answer(session, ifx, message, "approved")


@command(WRITES)
def revoke(session: Session, file: MessageFile) -> None:
    """Withdraw from what is not booked or executed yet, for ever.

    Every approval of it is void then, whoever gave it.
    """
    ifx, message = _opened(session, file)
    ifx.escrow.revoke(message).confirmed()
    _answer(session, ifx, message, "revoked")


def _opened(session: Session, path: str) -> tuple[IFX, Message]:
    from ifx_sdk.cli.approvals import check_party
    from ifx_sdk.cli.messages import read_message

    message = read_message(path)
    ifx = session.signing_ifx()
    check_party(message, ifx.account)
    return ifx, message


def _answer(session: Session, ifx: IFX, message: Message, what: str) -> None:
    from ifx_sdk.cli import messages

    document = messages.document(message, ifx.escrow.domain())
    document |= {"status": what, "transactions": session.announcer.transactions(ifx.chain)}
    session.output.answer(document, f"{what} 0x{ifx.escrow.message_id(message).hex()}")
