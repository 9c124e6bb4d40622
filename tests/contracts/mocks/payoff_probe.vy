# pragma version 0.4.3
"""
@title The internals of payoff, for tests to call
@license AGPL-3.0-only
"""


from ....contracts.modules import payoff


@external
@pure
def prefunding(spot: uint256, quantity: uint256) -> uint256:
    return payoff._prefunding(spot, quantity)


@external
@pure
def fee(indicative: uint256, quantity: uint256) -> uint256:
    return payoff._fee(indicative, quantity)


@external
@pure
def long_payout(price: uint256, spot: uint256, quantity: uint256, settlement: uint256) -> uint256:
    return payoff._long_payout(price, spot, quantity, settlement)


@external
@pure
def fee_rule() -> (uint256, uint256):
    return payoff.FEE_BPS, payoff.BPS
