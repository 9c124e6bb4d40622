# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title The money of a forward: prefunding, fee and payout
@license AGPL-3.0-only
@notice Pure. The only clamp in the system is here.
@dev Inputs obey the checks of `book`: quantity < 2^40, spot < 2^39, price <= 2 x spot, indicative <= spot,
     and a settlement price is below 2^40. No product or sum below can overflow: the largest, within the fee, is under 2^86.
"""


FEE_BPS: constant(uint256) = 100  # of indicative x quantity, both sides together
BPS: constant(uint256) = 10_000


@internal
@pure
def _prefunding(spot: uint256, quantity: uint256) -> uint256:
    """
    @notice B: what each side locks.
    """
    return unsafe_mul(spot, quantity)


@internal
@pure
def _fee(indicative: uint256, quantity: uint256) -> uint256:
    """
    @notice The fee of both sides together, rounded down.
    """
    return unsafe_div(unsafe_mul(unsafe_mul(indicative, quantity), FEE_BPS), BPS)


@internal
@pure
def _long_payout(price: uint256, spot: uint256, quantity: uint256, settlement: uint256) -> uint256:
    """
    @notice What the long is paid of the 2B locked: B + clamp((settlement - price) x quantity, -B, +B). The short is paid the rest.
    @dev The clamp is taken per Mtok: settlement + spot - price, held within 0 and 2 x spot. Nothing is rounded.
    """
    reach: uint256 = unsafe_add(settlement, spot)
    if reach <= price:
        return 0
    return unsafe_mul(min(unsafe_sub(reach, price), unsafe_mul(2, spot)), quantity)
