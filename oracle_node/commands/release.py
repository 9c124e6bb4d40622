"""`ifx-oracle release`: the operator's word that a price on another scale is right."""

from collections.abc import Sequence

from oracle_node.clocks import Clock, SystemClock
from oracle_node.commands.observe import parse_release
from oracle_node.settings import read_settings
from oracle_node.store import open_store


def run(prices: Sequence[str], *, config: str, clock: Clock | None = None) -> int:
    """Write releases (`NAME=USD`) into the node's store; exit 0. Raises `BadValue` for one that is none."""
    settings = read_settings(config)
    releases = [parse_release(each, settings) for each in prices]
    with open_store(settings) as store:
        for each in releases:
            store.release(each, (clock or SystemClock()).now())
            print(f"{each.underlying} may become {each.price} micro-USD/Mtok")
    return 0
