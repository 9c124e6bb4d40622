# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What terms can be booked now
@license AGPL-3.0-only
@notice Every check of `book` that needs the terms, the lot and the time alone, in the order that the interface states.
"""


from ..interfaces import IForwardEscrow


DAY: constant(uint256) = 86_400
MIN_TENOR: constant(uint256) = 28  # days
MAX_TENOR: constant(uint256) = 400  # days: as far back as the oracle looks
MAX_QUANTITY: constant(uint256) = 2**40 - 1  # Mtok
MAX_SPOT: constant(uint256) = 2**39 - 1  # so that a price of 2 x spot fits 40 bits


@internal
@view
def _check(terms: IForwardEscrow.Terms, lot: uint256):
    """
    @notice Refuse what the product does not offer; `lot` is zero where the underlying is not listed.
    """
    assert block.timestamp <= terms.deadline, "escrow: terms expired"
    assert terms.long not in [empty(address), self], "escrow: bad long"
    assert terms.short not in [empty(address), self], "escrow: bad short"
    assert terms.long != terms.short, "escrow: one account on both sides"
    assert lot != 0, "escrow: not listed"
    assert terms.quantity != 0 and terms.quantity % lot == 0, "escrow: quantity not in lots"
    assert terms.quantity <= MAX_QUANTITY, "escrow: quantity too large"
    assert terms.spot != 0 and terms.spot <= MAX_SPOT, "escrow: spot out of range"
    assert terms.price != 0 and terms.price <= 2 * terms.spot, "escrow: price out of range"
    assert terms.indicative != 0 and terms.indicative <= terms.spot, "escrow: indicative out of range"
    assert terms.maturity % DAY == 0, "escrow: maturity not at midnight"
    maturity_day: uint256 = terms.maturity // DAY
    spot_day: uint256 = block.timestamp // DAY
    assert maturity_day >= spot_day + MIN_TENOR and maturity_day <= spot_day + MAX_TENOR, "escrow: tenor out of range"
    assert terms.averaging_days != 0 and terms.averaging_days <= maturity_day - spot_day, "escrow: averaging out of range"
