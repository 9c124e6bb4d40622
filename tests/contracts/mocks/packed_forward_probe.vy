# pragma version 0.4.3
"""
@title The internals of packed_forward, for tests to call
@license AGPL-3.0-only
"""


from ....contracts.interfaces import IForwardEscrow
from ....contracts.modules import packed_forward


@external
@pure
def pack(forward: IForwardEscrow.Forward) -> (uint256, uint256):
    words: packed_forward.Words = packed_forward._pack(forward)
    return words.first, words.second


@external
@pure
def unpack(first: uint256, second: uint256) -> IForwardEscrow.Forward:
    return packed_forward._unpack(packed_forward.Words(first=first, second=second))


@external
@pure
def stake(first: uint256, second: uint256) -> (uint256, uint256, uint256):
    stake: packed_forward.Stake = packed_forward._stake(packed_forward.Words(first=first, second=second))
    return stake.price, stake.spot, stake.quantity


@external
@pure
def fixing(first: uint256, second: uint256) -> (uint256, uint256, uint256, uint256):
    """
    @return The fixing, then the underlying, the maturity day and the averaging days read out of it as the escrow does.
    """
    fixing: uint256 = packed_forward._fixing(packed_forward.Words(first=first, second=second))
    return (
        fixing,
        fixing & packed_forward.MASK_16,
        packed_forward._maturity_day(fixing),
        fixing >> packed_forward.AVERAGING_AT,
    )


@external
@pure
def settle(second: uint256) -> uint256:
    return second ^ packed_forward.SETTLING


@external
@pure
def terminate(second: uint256) -> uint256:
    return second ^ packed_forward.TERMINATING


@external
@pure
def replace(word: uint256, account: address) -> (uint256, address):
    """
    @return The word with another side, and the side read back.
    """
    replaced: uint256 = packed_forward._with_account(word, account)
    return replaced, packed_forward._account(replaced)
