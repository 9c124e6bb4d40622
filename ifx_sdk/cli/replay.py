"""`ifx vectors`: a golden-vectors file through the SDK and, where it holds forwards, through the compiled contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import Session, command

if TYPE_CHECKING:
    from ifx_sdk.vector_files import Replay


@command()
def vectors(
    session: Session,
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON of the shape of tests/agreement/vectors.json.")],
    kinds: Annotated[
        str | None, typer.Option("--kinds", metavar="A,B", help="Only these kinds; else all that can be checked.")
    ] = None,
    sdk_only: Annotated[
        bool, typer.Option("--sdk-only", help="Leave the compiled contracts out; needs no extra [local].")
    ] = False,
) -> None:
    """Replay golden vectors through SDK and contracts.

    Every key under `expected` is compared; the last line counts entries; exit 0 only where none failed.
    """
    from ifx_sdk import vector_files

    named = None if kinds is None else _kinds(kinds)
    replay = vector_files.replay(file, named)
    if not sdk_only:
        replay = _on_chain(file, replay)
    session.output.answer(_document(replay), _text(replay))
    if not replay.ok:
        raise typer.Exit(1)


def _kinds(text: str) -> list[str]:
    from ifx_sdk.errors import UnknownVectorKind

    named = [each.strip() for each in text.split(",")]
    if not all(named):
        raise UnknownVectorKind("", f"{text!r} names an empty one")
    return named


def _on_chain(file: str, replay: Replay) -> Replay:
    """The replay with what the contracts say of the kinds that they know."""
    from ifx_sdk.cli.progress import progress
    from ifx_sdk.errors import MissingExtra
    from ifx_sdk.vector_files import load

    checked = {result.kind for result in replay.results}
    if not checked & {"forwards", "invalid_terms"}:
        return replay
    entries = load(file)
    try:
        from ifx_sdk import vectors_onchain

        passes = {kind: check for kind, check in vectors_onchain.CHECKS.items() if kind in checked}
        with progress("contracts", sum(len(entries[kind]) for kind in passes)) as advance:
            for kind, check in passes.items():
                replay = replay.adding(kind, check(entries[kind], advance))
    except MissingExtra as error:
        error.cure = f"{error.cure}, or leave the contracts out with --sdk-only"
        raise
    return replay


def _document(replay: Replay) -> dict[str, object]:
    failures = [
        {"kind": result.kind, "id": result.id, **mismatch._asdict()}
        for result in replay.failures
        for mismatch in result.mismatches
    ]
    return {"passed": replay.passed, "failed": replay.failed, "skipped": replay.skipped, "failures": failures}


def _text(replay: Replay) -> str:
    lines = [
        f"FAILED {result.kind} {result.id} {each.key}: expected {each.expected}, got {each.got}"
        for result in replay.failures
        for each in result.mismatches
    ]
    return "\n".join([*lines, replay.summary])
