"""`ifx bundle`, `ifx verify`: everything about one forward in one file, and the way back from its end to raw pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import Session, command

if TYPE_CHECKING:
    from pathlib import Path

    from ifx_sdk.bundle import Gathered, Verified
    from ifx_sdk.client import IFX

_NODE = ("rpc", "deployment")
_From = Annotated[
    list[str] | None,
    typer.Option("--from", metavar="URL|DIR", help="An oracle node, or the folder of its archive; repeatable."),
]
_Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


@command(_NODE)
def bundle(
    session: Session,
    id: Annotated[str, typer.Argument(metavar="ID", help="The digest that both sides signed.")],
    sources: _From = None,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="Default ifx-<8 digits of ID>.zip.")] = None,
    force: _Force = False,
) -> None:
    """Gather everything that proves a forward into one file, which `ifx verify FILE` needs no network for.

    What no archive has is named: the file is written without it.
    """
    from pathlib import Path

    from ifx_sdk.cli.reading import parse_hash, refuse_existing
    from ifx_sdk.files import write_whole

    wanted = parse_hash(id)
    path = Path(out or f"ifx-{wanted.hex()[:8]}.zip")
    refuse_existing(path, overwrite=force)
    gathered = _gather(session.ifx(), wanted, sources)
    data = gathered.bundle.pack()
    write_whole(path, data)
    document = {
        "file": str(path),
        "bytes": len(data),
        "parts": len(gathered.bundle.parts),
        "missing": list(gathered.missing),
    }
    lines = [f"{path}: {len(gathered.bundle.parts)} parts, {len(data):,} bytes"]
    lines += [f"not had: {each}" for each in gathered.missing]
    session.output.answer(document, "\n".join(lines))


@command(_NODE)
def verify(
    session: Session,
    target: Annotated[str, typer.Argument(metavar="ID|FILE", help="A forward's id, or a file of `ifx bundle`.")],
    file: Annotated[
        str | None, typer.Option("--bundle", metavar="FILE", help="With ID: verify it by this file.")
    ] = None,
    sources: _From = None,
    hashes: Annotated[
        list[str] | None,
        typer.Option("--block-hash", metavar="HASH", help="With a file: a block's hash that you trust; repeatable."),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="With a file: ask no node, also where IFX_RPC names one.")
    ] = False,
) -> None:
    """Go back from how a forward ended to its terms, approvals, fixings, signatures, raw pages and payoff.

    Every step is computed again. Exit 0 for PASS, 1 for FAIL or NOT PROVEN, 2 for what is no bundle.
    """
    from pathlib import Path

    from ifx_sdk.cli import proven

    wanted = None if file is None and Path(target).is_file() else _id(target)
    found = (
        _verify_online(session, wanted, sources)
        if wanted is not None and file is None
        else _verify_file(session, Path(file or target), wanted, hashes or [], offline=offline)
    )
    session.output.answer(proven.document(found), proven.text(found))
    if found.verdict != "PASS":
        raise typer.Exit(1)


def _id(target: str) -> bytes:
    from ifx_sdk.cli.reading import parse_hash
    from ifx_sdk.errors import BadFile, BadValue

    try:
        return parse_hash(target)
    except BadValue as error:
        cure = "Give a forward's id (0x and 64 hexadecimal digits), or a file that `ifx bundle` wrote."
        raise BadFile(target, "there is no such file, and it is no id", cure=cure) from error


def _gather(ifx: IFX, wanted: bytes, sources: list[str] | None) -> Gathered:
    import httpx

    from ifx_sdk.bundle import gather
    from ifx_sdk.bundle.archives import source_of
    from ifx_sdk.cli.progress import telling

    with httpx.Client() as client, telling("gathering") as tell:
        return gather(ifx, wanted, [source_of(each, client) for each in sources or []], tell)


def _verify_online(session: Session, wanted: bytes, sources: list[str] | None) -> Verified:
    from ifx_sdk.bundle import confirm, verify

    ifx = session.ifx()
    gathered = _gather(ifx, wanted, sources)
    for each in gathered.missing:
        session.output.note(f"not had: {each}")
    found = verify(gathered.bundle, deployment=ifx.deployment)
    # Every header was held against this node's own hash when it was fetched.
    confirm(found, dict(found.blocks).get, ifx.chain.url)
    final, newest = ifx.chain.finalized_block(), max((number for number, _ in found.blocks), default=0)
    if final is None or final < newest:
        found.not_proven.append(f"that block {newest} stays: this node does not call it final yet")
    return found


def _verify_file(session: Session, path: Path, wanted: bytes | None, hashes: list[str], *, offline: bool) -> Verified:
    from ifx_sdk.bundle import BadBundleFile, Mismatch, Verified, confirm, confirm_hashes, unpack, verify
    from ifx_sdk.bundle.container import MAX_BUNDLE
    from ifx_sdk.bundle.proofs import block_hash
    from ifx_sdk.cli.reading import parse_hash, read_file

    data = read_file(path, BadBundleFile, largest=MAX_BUNDLE)
    trusted = ["0x" + parse_hash(each, "block hash").hex() for each in hashes]
    try:
        bundle = unpack(data, path)
    except Mismatch as error:
        return Verified(id=wanted, mismatch=error)
    if wanted is not None and bundle.id != wanted:
        named, held = ("0x" + each.hex() for each in (wanted, bundle.id))
        return Verified(id=wanted, mismatch=Mismatch("forward", "part bundle.json", expected=named, found=held))
    found = verify(bundle, deployment=session.named_deployment())
    confirm_hashes(found, trusted)
    node = None if offline else session.named_chain()
    if node is not None:
        if node.chain_id != bundle.chain_id:
            found.mismatch = Mismatch("chain", "part bundle.json", expected=node.chain_id, found=bundle.chain_id)
        confirm(found, lambda number: block_hash(node, number), node.url)
    return found
