"""What a keeper refuses; leaves of the one tree of `ifx_sdk.errors`.

BadKeeperFile   .path .why     also a BadFile
GasSpent        .left .needed  a ChainError
"""
# ruff: noqa: N818 - an error is named for what is wrong, as in ifx_sdk.errors

from ifx_sdk.errors import BadFile, ChainError


class BadKeeperFile(BadFile):
    """A keeper's file that cannot be read or written."""

    noun = "keeper file"
    cure = "Keep it on a local disk with room. It holds what was sent: settle that (`ifx reconcile`) before a new one."


class GasSpent(ChainError):
    """A transaction that could use more gas than the day has left; nothing was sent."""

    cure = "It goes on at 00:00 UTC; a higher `gas_per_day` lets it go on now."

    def __init__(self, left: int, needed: int) -> None:
        """`left` of the UTC day and what is `needed` at most, both in gas."""
        super().__init__(f"{left:,} gas of the day are left, and {needed:,} may be needed")
        self.left = left
        self.needed = needed
