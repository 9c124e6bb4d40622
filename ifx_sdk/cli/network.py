"""`ifx deploy`, `ifx reconcile`: a new network, and what became of a transaction."""

from __future__ import annotations

from typing import Annotated

import typer

from ifx_sdk.cli.session import WRITES, Session, command

NODE = tuple(name for name in WRITES if name != "deployment")


@command(NODE)
def deploy(
    session: Session,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="A plan file; see docs/operations.md.")],
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Where to write it; else deployments/<network>.toml.")
    ] = None,
    commit: Annotated[str | None, typer.Option("--commit", metavar="HASH", help="The source's commit.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from FILE.partial, where an earlier run stopped.")
    ] = False,
) -> None:
    """Deploy all contracts and write the deployment file.

    Oracle and escrow, and the timelock that owns them, come from the packaged artifacts. Off chain 31337 the
    plan names the token and who proposes to the timelock. Where it stops halfway, FILE.partial holds the addresses so
    far.
    """
    from pathlib import Path

    from ifx_sdk.cli.output import aligned
    from ifx_sdk.cli.reading import refuse_existing
    from ifx_sdk.deploy import DeployPlan, deploy_to
    from ifx_sdk.errors import BadFile

    planned = DeployPlan.from_toml(plan)
    target = Path(out) if out is not None else Path("deployments") / f"{planned.network}.toml"
    refuse_existing(target, overwrite=force)
    if out is not None and not target.parent.is_dir():
        raise BadFile(target, "its folder does not exist", cure="Make the folder first, or leave --out out.")
    signer, chain = session.signer(), session.chain()
    made = deploy_to(
        target, chain, signer, planned, commit=commit, journal=session.announcer, overwrite=force, resume=resume
    )
    addresses = {name: getattr(made, name) for name in ("token", "oracle", "escrow", "timelock")}
    document = {
        "network": made.network,
        "chain_id": made.chain_id,
        "block": made.block,
        **addresses,
        "file": str(target),
    }
    text = aligned([("network", made.network), ("chain", str(made.chain_id)), *addresses.items()])
    session.output.answer(
        document | {"transactions": session.announcer.transactions(chain)}, f"{text}\nwritten to {target}"
    )


@command(("rpc", "deployment", "journal"))
def reconcile(
    session: Session,
    tx_hash: Annotated[
        str | None, typer.Argument(metavar="[HASH]", help="Left out: everything --journal holds open.")
    ] = None,
) -> None:
    """Say what became of a transaction that was left unknown.

    Without a hash: of all that --journal holds open. Exit 3 where it is still unknown.
    """
    from ifx_sdk.cli.errors import MissingOption
    from ifx_sdk.cli.reading import parse_hash
    from ifx_sdk.cli.shell import UNKNOWN
    from ifx_sdk.cli.writes import outcome_document, outcome_text
    from ifx_sdk.outcomes import is_settled

    if tx_hash is None and not session.has_journal:
        raise MissingOption("transaction", "its hash, or the journal with --journal", "IFX_JOURNAL", "FILE")
    wanted = None if tx_hash is None else "0x" + parse_hash(tx_hash, "transaction hash").hex()
    chain = session.chain()
    found = chain.reconcile_journal() if wanted is None else (chain.reconcile(wanted),)
    document = {"transactions": [outcome_document(each) for each in found]}
    session.output.answer(document, "\n\n".join(map(outcome_text, found)) or "the journal holds nothing open")
    if not all(map(is_settled, found)):
        raise typer.Exit(UNKNOWN)
