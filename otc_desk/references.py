"""What the chain says about an underlying: its lot and newest fixing. Asked before a transaction, never within one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ifx_sdk.client import IFX
from ifx_sdk.errors import NodeDown, RpcError
from otc_desk.errors import NotNow


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An underlying as of now."""

    underlying: str
    """`provider/model-id`."""
    lot: int
    """Mtok; 0 where it is not listed."""
    day: int
    """UTC day number of its newest fixing; 0 where there is none."""
    spot: int
    """That fixing, micro-USDT per Mtok; 0 where there is none."""


def read_reference(ifx: IFX, underlying: str) -> Reference:
    """Ask the chain. Raises `NotNow`, `BadUnderlying`."""
    try:
        lot = ifx.escrow.lot_of(underlying)
        day, spot = ifx.oracle.latest(underlying) or (0, 0)
    except (NodeDown, RpcError) as error:
        raise NotNow("the chain does not answer") from error
    return Reference(underlying=underlying, lot=lot, day=day, spot=spot)


def read_references(ifx: IFX, underlyings: Iterable[str]) -> Mapping[str, Reference]:
    """The same for several, by name."""
    return {name: read_reference(ifx, name) for name in sorted(set(underlyings))}


def insiders(ifx: IFX, day: int) -> frozenset[str]:
    """Who makes the price, books or rules both: they take no side, neither by a request nor as a newcomer.

    The desk's key, the reviewer, the owners of escrow and oracle, and the signers of a UTC day. Raises `NotNow`.
    """
    try:
        owners = {ifx.escrow.owner(), ifx.oracle.owner()}
        return frozenset({ifx.escrow.desk(), ifx.oracle.reviewer(), *ifx.oracle.signers_on(day).signers} | owners)
    except (NodeDown, RpcError) as error:
        raise NotNow("the chain does not answer") from error
