# pragma version 0.4.3
"""
@title A protocol that reads a price feed as such protocols do
@license AGPL-3.0-only
@notice Written by us against the interface alone: it knows nothing of days, fixings or of who posts them.
"""


interface Feed:
    def decimals() -> uint8: view
    def getRoundData(roundId: uint80) -> (uint80, int256, uint256, uint256, uint80): view
    def latestRoundData() -> (uint80, int256, uint256, uint256, uint80): view


WAD_DECIMALS: constant(uint256) = 18


feed: immutable(Feed)
max_age: immutable(uint256)  # seconds


@deploy
def __init__(_feed: address, _max_age: uint256):
    feed = Feed(_feed)
    max_age = _max_age


@external
@view
def price_wad() -> uint256:
    """
    @notice The newest price with 18 decimals, refused where it is not positive, unfinished or stale.
    """
    return self._checked_wad()


@external
@view
def collateral_value(units: uint256) -> uint256:
    """
    @notice The worth of `units` with 18 decimals, in dollars with 18 decimals.
    """
    return units * self._checked_wad() // 10**WAD_DECIMALS


@external
@view
def is_open() -> bool:
    """
    @notice Whether there is a price at all, found out by calling and looking at what a failure says.
    """
    success: bool = False
    answer: Bytes[160] = b""
    success, answer = raw_call(
        feed.address, method_id("latestRoundData()"), max_outsize=160, is_static_call=True, revert_on_failure=False
    )
    return success


@external
@view
def mean_wad(rounds: uint256) -> uint256:
    """
    @notice The mean of the `rounds` newest rounds with 18 decimals, found by counting ids down and passing over the gaps.
    """
    id: uint80 = 0
    answer: int256 = 0
    started: uint256 = 0
    updated: uint256 = 0
    answered_in: uint80 = 0
    id, answer, started, updated, answered_in = staticcall feed.latestRoundData()
    total: uint256 = convert(answer, uint256)
    found: uint256 = 1
    for i: uint256 in range(64):
        if found == rounds:
            break
        id -= 1
        success: bool = False
        data: Bytes[160] = b""
        success, data = raw_call(
            feed.address,
            abi_encode(id, method_id=method_id("getRoundData(uint80)")),
            max_outsize=160,
            is_static_call=True,
            revert_on_failure=False,
        )
        if success:
            id, answer, started, updated, answered_in = abi_decode(data, (uint80, int256, uint256, uint256, uint80))
            total += convert(answer, uint256)
            found += 1
    assert found == rounds, "consumer: not enough rounds"
    return total * self._scale() // found


@internal
@view
def _checked_wad() -> uint256:
    id: uint80 = 0
    answer: int256 = 0
    started: uint256 = 0
    updated: uint256 = 0
    answered_in: uint80 = 0
    id, answer, started, updated, answered_in = staticcall feed.latestRoundData()
    assert answer > 0, "consumer: no positive price"
    assert updated != 0, "consumer: unfinished round"
    assert answered_in >= id, "consumer: answered in an earlier round"
    assert block.timestamp - updated <= max_age, "consumer: stale price"
    return convert(answer, uint256) * self._scale()


@internal
@view
def _scale() -> uint256:
    return 10 ** (WAD_DECIMALS - convert(staticcall feed.decimals(), uint256))
