# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A forward in two storage words, and back
@license AGPL-3.0-only
@notice The only code that knows the layout. From the lowest bit up:
        first:  long 160 | quantity 40 | price 40 | underlying index 16
        second: short 160 | spot 40 | maturity day 24 | averaging days 16 | status 8
"""


from ..interfaces import IForwardEscrow


struct Words:
    first: uint256
    second: uint256


# What a payout depends on.
struct Stake:
    price: uint256
    spot: uint256
    quantity: uint256


ABSENT: constant(uint256) = 0
REVOKED: constant(uint256) = 1
ACTIVE: constant(uint256) = 2
SETTLED: constant(uint256) = 3
TERMINATED: constant(uint256) = 4

MASK_160: constant(uint256) = 2**160 - 1
MASK_40: constant(uint256) = 2**40 - 1
MASK_24: constant(uint256) = 2**24 - 1
MASK_16: constant(uint256) = 2**16 - 1
STATUS_AT: constant(uint256) = 240
AVERAGING_AT: constant(uint256) = 40  # in a fixing

# XOR one of them into the second word of an active forward to end it.
SETTLING: constant(uint256) = (ACTIVE ^ SETTLED) << STATUS_AT
TERMINATING: constant(uint256) = (ACTIVE ^ TERMINATED) << STATUS_AT


@internal
@pure
def _pack(forward: IForwardEscrow.Forward) -> Words:
    """
    @notice The two words of `forward`.
    """
    assert (
        forward.quantity <= MASK_40
        and forward.price <= MASK_40
        and forward.underlying <= MASK_16
        and forward.spot <= MASK_40
        and forward.maturity_day <= MASK_24
        and forward.averaging_days <= MASK_16
        and forward.status <= TERMINATED
    ), "packed: a field is too wide"

    return Words(
        first=convert(forward.long, uint256)
        | (forward.quantity << 160)
        | (forward.price << 200)
        | (forward.underlying << 240),
        second=convert(forward.short, uint256)
        | (forward.spot << 160)
        | (forward.maturity_day << 200)
        | (forward.averaging_days << 224)
        | (forward.status << STATUS_AT),
    )


@internal
@pure
def _unpack(words: Words) -> IForwardEscrow.Forward:
    """
    @notice The forward that `words` hold.
    """
    return IForwardEscrow.Forward(
        long=convert(words.first & MASK_160, address),
        short=convert(words.second & MASK_160, address),
        underlying=words.first >> 240,
        quantity=(words.first >> 160) & MASK_40,
        price=(words.first >> 200) & MASK_40,
        spot=(words.second >> 160) & MASK_40,
        maturity_day=(words.second >> 200) & MASK_24,
        averaging_days=(words.second >> 224) & MASK_16,
        status=words.second >> STATUS_AT,
    )


@internal
@pure
def _account(word: uint256) -> address:
    """
    @notice The side that a word holds: the long in the first, the short in the second.
    """
    return convert(word & MASK_160, address)


@internal
@pure
def _with_account(word: uint256, account: address) -> uint256:
    """
    @notice The same word with another side.
    """
    return (word >> 160 << 160) | convert(account, uint256)


@internal
@pure
def _stake(words: Words) -> Stake:
    """
    @notice The fields that a payout depends on, without the cost of unpacking all.
    """
    return Stake(
        price=(words.first >> 200) & MASK_40,
        spot=(words.second >> 160) & MASK_40,
        quantity=(words.first >> 160) & MASK_40,
    )


@internal
@pure
def _fixing(words: Words) -> uint256:
    """
    @notice What forwards that settle at one price have in common, as one integer: underlying 16 | maturity day 24 | averaging days 16.
    """
    return (words.first >> 240) | (((words.second >> 200) & MASK_40) << 16)


@internal
@pure
def _maturity_day(fixing: uint256) -> uint256:
    """
    @notice The day that a fixing settles.
    """
    return (fixing >> 16) & MASK_24
