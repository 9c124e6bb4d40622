"""What a node says of a revert, as the contract's reason: read where it can be, never an error of its own."""

import pytest
from eth_abi.abi import encode

from ifx_sdk.rpc_errors import revert_reason

REASON = "0x08c379a0" + encode(["string"], ["escrow: not the desk"]).hex()


@pytest.mark.parametrize("data", [REASON, "0x" + REASON[2:].upper(), REASON.replace("0x", "0X")])
def test_the_reason_is_read_from_the_returned_data(data: str) -> None:
    """Whatever the case of its digits, and before the node's own words."""
    assert revert_reason(data, "execution reverted: something else") == "escrow: not the desk"


@pytest.mark.parametrize(
    "data", ["0x08c379a", REASON[:-1], REASON[:-32], "0x08c379a0", "0xzz", "0x", "", "08", None, 7, {"0x": "0x1"}]
)
def test_damaged_data_gives_no_reason(data: object) -> None:
    """An odd number of digits, other characters, a text that is cut short: the reason is unknown, not an exception."""
    assert revert_reason(data, "execution reverted") is None


def test_without_data_the_nodes_words_are_read() -> None:
    """As nodes put them."""
    assert revert_reason(None, "execution reverted: escrow: not the desk") == "escrow: not the desk"
    assert revert_reason("0x123", "execution reverted: escrow: not the desk") == "escrow: not the desk"
