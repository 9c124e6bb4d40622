"""`ifx approve --desk ID`: what a desk sent, held against its digest here, shown, and approved in one of four ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ifx_sdk.cli.output import aligned

if TYPE_CHECKING:
    from ifx_sdk.cli.session import Session
    from ifx_sdk.desk import Desk


def approve_at_desk(
    session: Session, id: str, *, on_chain: bool, signature: str | None, safe_batch: str | None
) -> None:
    """Approve by the key's signature, by `signature`, by a transaction, or write a Safe's papers instead."""
    from ifx_sdk.cli import messages
    from ifx_sdk.cli.errors import MissingOption
    from ifx_sdk.cli.reading import hex_bytes
    from ifx_sdk.desk.client import ONCHAIN
    from ifx_sdk.errors import BadSignature

    if sum((on_chain, signature is not None, safe_batch is not None)) > 1:
        raise MissingOption("single way to approve", "one of --on-chain, --signature and --safe-batch")
    domain = session.domain()
    with session.desk() as desk:
        message = desk.message(id)
        session.output.note(messages.text(message, domain))
        if safe_batch is not None:
            _papers(session, desk, id, safe_batch)
            return
        if on_chain:
            session.signing_ifx().escrow.approve(message).confirmed()
            found = desk.approve_with(id, ONCHAIN)
        elif signature is not None:
            given = hex_bytes(signature)
            if given is None:
                raise BadSignature("it is not 0x and whole bytes in hexadecimal")
            found = desk.approve_with(id, given)
        else:
            found = desk.approve(id)
    document = {
        "id": id,
        "digest": found.digest,
        "state": found.state,
        "account": desk.account,
        "approved": [each.role for each in found.parties if each.approved],
    }
    missing = ", ".join(each.role for each in found.parties if not each.approved)
    rest = f"; {missing} still to approve by {found.deadline_utc}" if missing else "; all approved"
    session.output.answer(document, f"approved {found.digest} as {found.role}{rest}")


def _papers(session: Session, desk: Desk, id: str, path: str) -> None:
    from ifx_sdk.cli.reading import write_new

    papers = desk.safe_papers(id)
    write_new(path, papers.to_json())
    digest, owners = "0x" + papers.digest.hex(), "0x" + papers.message_hash.hex()
    rows = [("Safe", papers.safe), ("digest", digest), ("each owner signs", owners), ("batch file", path)]
    document = {"safe": papers.safe, "digest": digest, "safe_message_hash": owners, "file": path}
    session.output.answer(document, aligned(rows))
