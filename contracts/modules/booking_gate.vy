# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Who may book, and from when
@license AGPL-3.0-only
@notice Desk and pause stand in one word, so that booking reads one: desk 160 | paused until 40, from the lowest bit up.
"""


PAUSE: constant(uint256) = 3 * 86_400  # seconds: how long a pause lasts, and how long after it none can begin
PAUSED_AT: constant(uint256) = 160
MASK_160: constant(uint256) = 2**160 - 1


gate: uint256  # packed; set by the owner (desk) and the guardian (pause)


@internal
@view
def _check_open_to(caller: address):
    """
    @notice Refuse anyone but the desk, and everyone during a pause.
    """
    gate: uint256 = self.gate
    assert convert(gate & MASK_160, address) == caller, "escrow: not the desk"
    assert block.timestamp >= gate >> PAUSED_AT, "escrow: booking is paused"


@internal
def _pause() -> uint256:
    """
    @notice Pause booking and return until when.
    """
    gate: uint256 = self.gate
    assert block.timestamp >= (gate >> PAUSED_AT) + PAUSE, "escrow: pause not re-armed yet"

    until: uint256 = block.timestamp + PAUSE
    self.gate = (gate & MASK_160) | (until << PAUSED_AT)
    return until


@internal
def _set_desk(desk: address) -> address:
    """
    @notice Name the desk and return the previous one; a pause goes on.
    """
    gate: uint256 = self.gate
    self.gate = (gate >> PAUSED_AT << PAUSED_AT) | convert(desk, uint256)
    return convert(gate & MASK_160, address)


@internal
@view
def _desk() -> address:
    """
    @notice Who may book.
    """
    return convert(self.gate & MASK_160, address)


@internal
@view
def _paused_until() -> uint256:
    """
    @notice Booking is paused while the time is below this.
    """
    return self.gate >> PAUSED_AT
