# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title One underlying's daily fixings in the shape of a price feed, for other protocols
@license AGPL-3.0-only
@notice Read-only: holds no money, has no roles, cannot be changed or stopped. Our own settlement never reads it, for the newest fixing
        says nothing of whether a settlement price is certain.
        A round is a UTC day, its answer the fixing in micro-USDT per 1,000,000 output tokens. What a consumer must know:
        - Zero is a valid price. A consumer that requires `answer > 0` refuses it, as it would a missing one.
        - A day without a fixing has no round, so round ids have gaps: `roundId - 1` may not exist.
        - A fixing is of 00:00 UTC of its day but may be posted at any time of that day, so the newest one may be two days
          old with nothing wrong. Once posted it never changes.
        - Fixings of a reviewed underlying (an index) can be withheld by the reviewer. Others need nobody's leave.
        - A hostile quorum of signers can make a false fixing of its own day: bound what one answer can do.
@dev Assumes of the oracle that its views never revert. Stateless, so there is nothing for a reentrant call to see.
"""


from .interfaces import IAggregatorV3
from .interfaces import IFixingOracle


implements: IAggregatorV3


DAY: constant(uint256) = 86_400

decimals: public(constant(uint8)) = 6
version: public(constant(uint256)) = 1

oracle: public(immutable(IFixingOracle))
underlying: public(immutable(String[64]))  # `provider/model-id`


@deploy
def __init__(fixing_oracle: address, name: String[64]):
    """
    @param fixing_oracle The FixingOracle that is read.
    @param name The underlying, on the oracle's list.
    """
    assert staticcall IFixingOracle(fixing_oracle).underlying_index(name) != 0, "feed: unknown underlying"

    oracle = IFixingOracle(fixing_oracle)
    underlying = name


@external
@view
def description() -> String[96]:
    return concat(underlying, " / USDT per 1M output tokens")


@external
@view
def getRoundData(roundId: uint80) -> (uint80, int256, uint256, uint256, uint80):
    day: uint256 = convert(roundId, uint256)
    fixing: IFixingOracle.Fixing = staticcall oracle.fixing(underlying, day)
    return self._round(day, fixing.price, fixing.posted)


@external
@view
def latestRoundData() -> (uint80, int256, uint256, uint256, uint80):
    day: uint256 = 0
    price: uint256 = 0
    day, price = staticcall oracle.latest(underlying)
    return self._round(day, price, day != 0)  # the oracle has no fixing of day 0


@internal
@pure
def _round(day: uint256, price: uint256, posted: bool) -> (uint80, int256, uint256, uint256, uint80):
    """
    @notice A day's fixing as a round.
    @dev `startedAt` and `updatedAt` are the midnight that the price is of. The posting time is not stored, and it is never earlier: an
         age computed from midnight errs towards stale.
    """
    assert posted, "No data present"  # consumers look for these very words

    id: uint80 = convert(day, uint80)
    midnight: uint256 = day * DAY
    return id, convert(price, int256), midnight, midnight, id
