"""Settling what is settleable, for whoever is left waiting: batches under a gas cap, each sent once.

    store = KeeperStore("keeper.db")
    keeper = Keeper(ifx.escrow, store, Limits(gas_price=50 * 10**9, gas_per_day=10_000_000), signer=signer)
    round = keeper.round()          one look, at most one transaction; without a signer none

Anyone may settle a forward and nobody is paid for it. What is known of forwards is a cache of the escrow's events; what
was sent is a journal, on disk before each broadcast. `ifx keeper` and the oracle node both run it.
"""

from ifx_sdk.keeper.choosing import Limits, Round
from ifx_sdk.keeper.errors import BadKeeperFile, GasSpent
from ifx_sdk.keeper.keeper import Keeper
from ifx_sdk.keeper.store import KeeperStore

__all__ = ["BadKeeperFile", "GasSpent", "Keeper", "KeeperStore", "Limits", "Round"]
