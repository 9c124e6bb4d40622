"""The protocol on boa's chain, for the tests that hold it against the SDK."""

from support.protocol import _chain, deployed, open_day, protocol

__all__ = ["_chain", "deployed", "open_day", "protocol"]
