"""`ifx keeper`: settle what is settleable, under a cap of gas, for as long as it is let."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from ifx_sdk.cli.session import READS, Session, command

if TYPE_CHECKING:
    from ifx_sdk.keeper import Keeper, Round

_GWEI = 10**9
_FIRST_PAUSE, _LAST_PAUSE = 60, 3_600


@command(READS)
def keeper(
    session: Session,
    state: Annotated[str, typer.Option("--state", metavar="FILE", help="What it remembers; of this keeper alone.")],
    gas_price: Annotated[int, typer.Option("--gas-price", metavar="GWEI", min=1, help="Never pay more per gas.")],
    gas_per_day: Annotated[int, typer.Option("--gas-per-day", metavar="GAS", min=1, help="Of one UTC day at most.")],
    least: Annotated[int, typer.Option("--least", min=1, max=100, help="Forwards that are worth a transaction.")] = 1,
    patience_hours: Annotated[
        int, typer.Option("--patience-hours", min=0, help="After a maturity fewer are settled too.")
    ] = 24,
    settle: Annotated[bool, typer.Option("--settle", help="Send; without it nothing is sent or signed.")] = False,
    once: Annotated[bool, typer.Option("--once", help="One round, and its answer.")] = False,
) -> None:
    """Settle what can be settled, in batches, until it is stopped.

    Without --settle it only says what it would. Its account must be the keeper's alone.
    """
    from ifx_sdk.keeper import Keeper, KeeperStore, Limits

    limits = Limits(gas_price=gas_price * _GWEI, gas_per_day=gas_per_day, least=least, patience=patience_hours * 3_600)
    signer = session.signer() if settle else None
    ifx, store = session.ifx(), KeeperStore(state)
    try:
        made = Keeper(ifx.escrow, store, limits, now=ifx.chain.now, signer=signer)
        if once:
            session.output.answer(_document(round := made.round()), "\n".join(_lines(round)) or "nothing to settle")
        else:
            _run(session, made)
    finally:
        store.close()


def _run(session: Session, keeper: Keeper) -> None:
    """Round after round. What the chain refuses is told and tried again, later each time."""
    from ifx_sdk.errors import ChainError, TransactionError

    failures, told = 0, ""
    while True:
        try:
            round = keeper.round()
            pause, failures, now = keeper.pause(round), 0, "\n".join(_lines(round))
        except (ChainError, TransactionError) as error:
            pause, now = min(_LAST_PAUSE, _FIRST_PAUSE << min(failures, 10)), str(error)
            failures += 1
        if now and now != told:
            session.output.note(now)
        told = now
        time.sleep(pause)


def _lines(round: Round) -> list[str]:
    lines = []
    if round.settled:
        lines.append(f"settled {len(round.settled)}, {round.gas_used:,} gas: {_ids(round.settled)}")
    if round.failed:
        lines.append(round.failed)
    if round.would:
        lines.append(f"would settle {len(round.would)} of {round.ready}: {_ids(round.would)}")
    if round.sent:
        lines.append(f"sent {round.tx_hash} with {len(round.sent)} of {round.ready}")
    if round.waits:
        lines.append(f"{round.ready} can be settled; waiting: {round.waits}")
    return lines


def _ids(ids: tuple[bytes, ...]) -> str:
    return ", ".join("0x" + each.hex() for each in ids)


def _document(round: Round) -> dict[str, object]:
    return {
        "open": round.open,
        "ready": round.ready,
        "oldest": round.oldest,
        "would": ["0x" + each.hex() for each in round.would],
        "sent": ["0x" + each.hex() for each in round.sent],
        "transaction": round.tx_hash,
        "settled": ["0x" + each.hex() for each in round.settled],
        "gas_used": round.gas_used,
        "gas_left": round.gas_left,
        "waits": round.waits,
        "failed": round.failed,
    }
