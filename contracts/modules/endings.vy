# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What can end or move a forward before its maturity
@license AGPL-3.0-only
@notice Every check of `terminate` and `novate` that needs the message, the record and the time alone, in the order that the
        interface states.
"""


from ..interfaces import IForwardEscrow
from . import packed_forward
from . import payoff
from . import terms_rules


@internal
@view
def _check_open(words: packed_forward.Words, deadline: uint256):
    """
    @notice Refuse a message that is too late, or whose forward is not there to end or move.
    """
    assert block.timestamp <= deadline, "escrow: message expired"
    assert words.second >> packed_forward.STATUS_AT == packed_forward.ACTIVE, "escrow: forward not active"
    maturity_day: uint256 = packed_forward._maturity_day(packed_forward._fixing(words))
    assert block.timestamp < maturity_day * terms_rules.DAY, "escrow: maturity has come"


@internal
@view
def _check_termination(termination: IForwardEscrow.Termination, words: packed_forward.Words):
    """
    @notice Refuse what cannot end the forward of `words` now.
    """
    self._check_open(words, termination.deadline)
    assert termination.long == packed_forward._account(words.first), "escrow: not its long"
    assert termination.short == packed_forward._account(words.second), "escrow: not its short"
    assert termination.price <= packed_forward.MASK_40, "escrow: agreed price too large"


@internal
@view
def _check_novation(novation: IForwardEscrow.Novation, words: packed_forward.Words) -> bool:
    """
    @notice Refuse what cannot move the forward of `words` now, and return whether its long leaves.
    """
    self._check_open(words, novation.deadline)
    long: address = packed_forward._account(words.first)
    short: address = packed_forward._account(words.second)
    long_leaves: bool = novation.outgoing == long
    assert long_leaves or novation.outgoing == short, "escrow: outgoing is no side"
    assert novation.remaining == (short if long_leaves else long), "escrow: remaining is no side"
    assert novation.incoming not in [empty(address), self], "escrow: bad incoming"
    assert novation.incoming not in [long, short], "escrow: incoming is a side"
    stake: packed_forward.Stake = packed_forward._stake(words)
    assert novation.payment <= 2 * payoff._prefunding(stake.spot, stake.quantity), "escrow: payment too large"
    return long_leaves
