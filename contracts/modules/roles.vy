# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title What the owner and the guardian of the escrow can do
@license AGPL-3.0-only
@notice Everything they can reach is the storage of this module, and nothing but booking reads it:
        no balance and no forward is in it.
@dev Desk and pause stand in one word, so that booking reads one.
"""


from snekmate.auth import ownable

from ..interfaces import IFixingOracle
from ..interfaces import IForwardEscrow
from . import terms_rules


uses: ownable


PAUSE: constant(uint256) = 3 * 86_400  # seconds: how long a pause lasts, and how long after it none can begin

# The gate in one word, from the lowest bit up: desk 160 | paused until 40.
PAUSED_AT: constant(uint256) = 160
MASK_160: constant(uint256) = 2**160 - 1

# A listing in one word, from the lowest bit up: index 16 | lot 40.
LOT_AT: constant(uint256) = 16
MASK_16: constant(uint256) = 2**16 - 1


ORACLE: immutable(IFixingOracle)

gate: uint256  # packed; the desk by the owner, the pause by the guardian
listings: HashMap[bytes32, uint256]  # keccak256(name) -> packed listing, set by the owner
guardian: public(address)  # set by the owner
fee_recipient: public(address)  # set by the owner


@deploy
def __init__(oracle: address, desk: address, guardian: address, fee_recipient: address):
    """
    @param oracle The FixingOracle that knows the names.
    """
    assert oracle.is_contract, "escrow: oracle is no contract"
    assert fee_recipient not in [empty(address), self], "escrow: no fee recipient"

    ORACLE = IFixingOracle(oracle)
    self.gate = convert(desk, uint256)
    self.guardian = guardian
    self.fee_recipient = fee_recipient
    log IForwardEscrow.DeskSet(previous=empty(address), desk=desk)
    log IForwardEscrow.GuardianSet(previous=empty(address), guardian=guardian)
    log IForwardEscrow.FeeRecipientSet(previous=empty(address), fee_recipient=fee_recipient)


@external
def pause_booking():
    assert msg.sender == self.guardian, "escrow: not the guardian"
    gate: uint256 = self.gate
    assert block.timestamp >= (gate >> PAUSED_AT) + PAUSE, "escrow: pause not re-armed yet"
    until: uint256 = block.timestamp + PAUSE

    self.gate = (gate & MASK_160) | (until << PAUSED_AT)

    log IForwardEscrow.BookingPaused(until=until)


@external
def list_underlying(name: String[64], lot: uint256):
    ownable._check_owner()
    assert lot != 0 and lot <= terms_rules.MAX_QUANTITY, "escrow: bad lot"
    index: uint256 = staticcall ORACLE.underlying_index(name)
    assert index != 0, "escrow: oracle does not know it"
    name_hash: bytes32 = keccak256(name)

    log IForwardEscrow.UnderlyingListed(index=index, previous_lot=self.listings[name_hash] >> LOT_AT, lot=lot)
    self.listings[name_hash] = index | (lot << LOT_AT)


@external
def delist_underlying(name: String[64]):
    ownable._check_owner()
    name_hash: bytes32 = keccak256(name)
    listing: uint256 = self.listings[name_hash]
    assert listing != 0, "escrow: nothing to delist"

    self.listings[name_hash] = 0

    log IForwardEscrow.UnderlyingListed(index=listing & MASK_16, previous_lot=listing >> LOT_AT, lot=0)


@external
def set_desk(desk: address):
    ownable._check_owner()
    gate: uint256 = self.gate

    self.gate = (gate >> PAUSED_AT << PAUSED_AT) | convert(desk, uint256)  # a pause goes on

    log IForwardEscrow.DeskSet(previous=convert(gate & MASK_160, address), desk=desk)


@external
def set_guardian(guardian: address):
    ownable._check_owner()

    log IForwardEscrow.GuardianSet(previous=self.guardian, guardian=guardian)
    self.guardian = guardian


@external
def set_fee_recipient(fee_recipient: address):
    ownable._check_owner()
    assert fee_recipient not in [empty(address), self], "escrow: bad fee recipient"

    log IForwardEscrow.FeeRecipientSet(previous=self.fee_recipient, fee_recipient=fee_recipient)
    self.fee_recipient = fee_recipient


@external
@view
def desk() -> address:
    return convert(self.gate & MASK_160, address)


@external
@view
def paused_until() -> uint256:
    return self.gate >> PAUSED_AT


@external
@view
def lot_of(name: String[64]) -> uint256:
    return self.listings[keccak256(name)] >> LOT_AT


@external
@view
@reentrant  # an immutable
def oracle() -> address:
    return ORACLE.address


@internal
@view
def _check_booking_open():
    """
    @notice Refuse anyone but the desk, and everyone during a pause.
    """
    gate: uint256 = self.gate
    assert convert(gate & MASK_160, address) == msg.sender, "escrow: not the desk"
    assert block.timestamp >= gate >> PAUSED_AT, "escrow: booking is paused"


@internal
@view
def _listing(name_hash: bytes32) -> (uint256, uint256):
    """
    @notice The oracle's index of a name and its lot in Mtok; both zero where it is not listed.
    """
    listing: uint256 = self.listings[name_hash]
    return listing & MASK_16, listing >> LOT_AT
