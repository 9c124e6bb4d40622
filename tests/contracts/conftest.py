"""The protocol on boa's chain, for every test of the contracts."""

from support.protocol import _chain, deployed, open_day, protocol

__all__ = ["_chain", "deployed", "open_day", "protocol"]
