# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title A fully prefunded forward from approval to payout; holds all USDT
@license AGPL-3.0-only
@notice Read `interfaces/IForwardEscrow.vyi` first.
        The desk books what both sides approved. Anyone settles from maturity on, at the oracle's settlement price. Every account withdraws
        its own free balance. The owner (a timelock) lists underlyings and names desk, guardian and fee recipient; the guardian
        stops new bookings for 3 days at a time. No role can touch a booked forward or a free balance.
@dev Assumes of the token: what `modules/token_ledger.vy` says. Assumes of the oracle: that its view never reverts, and that a price it calls
     certain never changes. Token and oracle are fixed for ever.
"""


from snekmate.auth import ownable
from snekmate.auth import ownable_2step
from snekmate.utils import eip712_domain_separator

from .interfaces import IFixingOracle
from .interfaces import IForwardEscrow
from .modules import approvals
from .modules import booking_gate
from .modules import packed_forward
from .modules import payoff
from .modules import signed_messages
from .modules import terms_rules
from .modules import token_ledger as ledger


implements: IForwardEscrow

initializes: ownable
initializes: ownable_2step[ownable := ownable]
initializes: eip712_domain_separator
initializes: approvals
initializes: booking_gate
initializes: ledger

exports: (
    ownable_2step.owner,
    ownable_2step.pending_owner,
    ownable_2step.transfer_ownership,
    ownable_2step.accept_ownership,
    eip712_domain_separator.eip712Domain,
)


MAX_BATCH: constant(uint256) = 100

LOT_AT: constant(uint256) = 16  # a listing in one word: index 16 | lot 40


ORACLE: immutable(IFixingOracle)

forwards: HashMap[bytes32, packed_forward.Words]  # id -> record; written by book, status only by settlement and revocation
listings: HashMap[bytes32, uint256]  # keccak256(name) -> packed listing, set by the owner
guardian: public(address)  # set by the owner
fee_recipient: public(address)  # set by the owner


@deploy
def __init__(token: address, oracle: address, owner: address, desk: address, guardian: address, fee_recipient: address):
    """
    @param token USDT: 6 decimals.
    @param oracle The FixingOracle that names underlyings and settles forwards.
    @param owner A timelock.
    """
    ownable.__init__()
    ownable_2step.__init__()
    eip712_domain_separator.__init__("IFX Forward Escrow", "1")
    ledger.__init__(token)
    assert owner != empty(address), "escrow: no owner"
    assert oracle.is_contract, "escrow: oracle is no contract"
    assert fee_recipient not in [empty(address), self], "escrow: no fee recipient"

    ORACLE = IFixingOracle(oracle)
    self.guardian = guardian
    self.fee_recipient = fee_recipient
    booking_gate._set_desk(desk)
    log IForwardEscrow.DeskSet(previous=empty(address), desk=desk)
    log IForwardEscrow.GuardianSet(previous=empty(address), guardian=guardian)
    log IForwardEscrow.FeeRecipientSet(previous=empty(address), fee_recipient=fee_recipient)
    ownable_2step._transfer_ownership(owner)


@external
def deposit(amount: uint256):
    self._deposit(msg.sender, amount)


@external
def deposit_for(account: address, amount: uint256):
    assert account not in [empty(address), self], "escrow: bad account"
    self._deposit(account, amount)


@external
def withdraw(amount: uint256, receiver: address):
    assert amount != 0, "escrow: nothing to withdraw"
    assert receiver not in [empty(address), self], "escrow: bad receiver"

    ledger._debit(msg.sender, amount)

    log IForwardEscrow.Withdrawn(account=msg.sender, receiver=receiver, amount=amount)

    ledger._send(receiver, amount)


@external
def approve_terms(terms: IForwardEscrow.Terms):
    assert msg.sender in [terms.long, terms.short], "escrow: not a side"
    id: bytes32 = self._id(terms, keccak256(terms.underlying))
    assert self.forwards[id].second == 0, "escrow: approval too late"

    approvals._approve(id, msg.sender)

    log IForwardEscrow.TermsApproved(id=id, account=msg.sender)


@external
def revoke_terms(terms: IForwardEscrow.Terms):
    assert msg.sender in [terms.long, terms.short], "escrow: only a side revokes"
    id: bytes32 = self._id(terms, keccak256(terms.underlying))
    assert self.forwards[id].second == 0, "escrow: revocation too late"

    self.forwards[id].second = packed_forward.REVOKED << packed_forward.STATUS_AT

    log IForwardEscrow.TermsRevoked(id=id, account=msg.sender)


@external
def book(terms: IForwardEscrow.Terms, long_approval: Bytes[2048], short_approval: Bytes[2048]):
    booking_gate._check_open_to(msg.sender)
    underlying_hash: bytes32 = keccak256(terms.underlying)
    listing: uint256 = self.listings[underlying_hash]
    terms_rules._check(terms, listing >> LOT_AT)
    index: uint256 = listing & (2**LOT_AT - 1)
    fixing: uint256 = 0
    posted: bool = False
    # A price of today is certain only if it was posted today.
    fixing, posted = staticcall ORACLE.settlement_price(index, block.timestamp // terms_rules.DAY, 1)
    assert posted and fixing == terms.spot, "escrow: spot is not today's fixing"
    id: bytes32 = self._id(terms, underlying_hash)
    status: uint256 = self.forwards[id].second >> packed_forward.STATUS_AT
    assert status != packed_forward.REVOKED, "escrow: terms revoked"
    assert status == packed_forward.ABSENT, "escrow: already booked"
    assert approvals._has_approved(terms.long, id, long_approval), "escrow: long has not approved"
    assert approvals._has_approved(terms.short, id, short_approval), "escrow: short has not approved"

    prefunding: uint256 = payoff._prefunding(terms.spot, terms.quantity)
    fee: uint256 = payoff._fee(terms.indicative, terms.quantity)
    long_fee: uint256 = fee // 2  # the odd micro falls to the short side

    self.forwards[id] = packed_forward._pack(
        IForwardEscrow.Forward(
            long=terms.long,
            short=terms.short,
            underlying=index,
            quantity=terms.quantity,
            price=terms.price,
            spot=terms.spot,
            maturity_day=terms.maturity // terms_rules.DAY,
            averaging_days=terms.averaging_days,
            status=packed_forward.ACTIVE,
        )
    )
    long_pull: uint256 = ledger._debit_up_to(terms.long, prefunding + long_fee)
    short_pull: uint256 = ledger._debit_up_to(terms.short, prefunding + fee - long_fee)
    ledger._credit(self.fee_recipient, fee)

    log IForwardEscrow.ForwardBooked(
        id=id,
        long=terms.long,
        short=terms.short,
        underlying=index,
        quantity=terms.quantity,
        price=terms.price,
        spot=terms.spot,
        indicative=terms.indicative,
        maturity=terms.maturity,
        averaging_days=terms.averaging_days,
    )

    ledger._pull_both(terms.long, long_pull, terms.short, short_pull)


@external
def settle(id: bytes32):
    words: packed_forward.Words = self.forwards[id]
    status: uint256 = words.second >> packed_forward.STATUS_AT
    assert status > packed_forward.REVOKED, "escrow: unknown forward"
    assert status == packed_forward.ACTIVE, "escrow: not active"
    fixing: uint256 = packed_forward._fixing(words)
    assert block.timestamp >= packed_forward._maturity_day(fixing) * terms_rules.DAY, "escrow: before maturity"
    price: uint256 = 0
    certain: bool = False
    price, certain = self._certain_price(fixing)
    assert certain, "escrow: price not certain yet"

    long_payout: uint256 = 0
    short_payout: uint256 = 0
    long_payout, short_payout = self._pay(id, words, price)

    log IForwardEscrow.ForwardSettled(id=id, price=price, long_payout=long_payout, short_payout=short_payout)


@external
def settle_many(ids: DynArray[bytes32, MAX_BATCH]):
    # A run of forwards that settle at one price reads it once and logs one event.
    fixing: uint256 = 0
    price: uint256 = 0
    certain: bool = False
    settled: DynArray[bytes32, MAX_BATCH] = []
    for id: bytes32 in ids:
        words: packed_forward.Words = self.forwards[id]
        if words.second >> packed_forward.STATUS_AT != packed_forward.ACTIVE:
            continue
        its_fixing: uint256 = packed_forward._fixing(words)
        if fixing != its_fixing:
            self._log_settled(fixing, price, settled)
            settled = []
            fixing = its_fixing
            price, certain = self._certain_price(fixing)
        if certain:
            self._pay(id, words, price)
            settled.append(id)
    self._log_settled(fixing, price, settled)


@external
def pause_booking():
    assert msg.sender == self.guardian, "escrow: not the guardian"

    until: uint256 = booking_gate._pause()

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

    log IForwardEscrow.UnderlyingListed(index=listing & (2**LOT_AT - 1), previous_lot=listing >> LOT_AT, lot=0)


@external
def set_desk(desk: address):
    ownable._check_owner()
    previous: address = booking_gate._desk()

    booking_gate._set_desk(desk)

    log IForwardEscrow.DeskSet(previous=previous, desk=desk)


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


# Getters stay locked while a call runs, so that nobody reads a balance between its debit and its tokens' arrival;
# only what a half-done call cannot have changed is open.


@external
@view
def forward(id: bytes32) -> IForwardEscrow.Forward:
    return packed_forward._unpack(self.forwards[id])


@external
@view
@reentrant  # pure: wallets may ask for it while they verify a signature
def terms_hash(terms: IForwardEscrow.Terms) -> bytes32:
    return self._id(terms, keccak256(terms.underlying))


@external
@view
def payouts(id: bytes32, price: uint256) -> (uint256, uint256):
    words: packed_forward.Words = self.forwards[id]
    assert words.second >> packed_forward.STATUS_AT > packed_forward.REVOKED, "escrow: no such forward"
    assert price < 2**40, "escrow: price too large"
    stake: packed_forward.Stake = packed_forward._stake(words)
    long_payout: uint256 = payoff._long_payout(stake.price, stake.spot, stake.quantity, price)
    return long_payout, 2 * stake.spot * stake.quantity - long_payout


@external
@view
def balance_of(account: address) -> uint256:
    return ledger.balances[account]


@external
@view
def is_settleable(id: bytes32) -> bool:
    words: packed_forward.Words = self.forwards[id]
    price: uint256 = 0
    certain: bool = False
    price, certain = self._certain_price(packed_forward._fixing(words))
    return certain and words.second >> packed_forward.STATUS_AT == packed_forward.ACTIVE


@external
@view
def is_approved(id: bytes32, account: address) -> bool:
    return approvals.approved[id][account]


@external
@view
def lot_of(name: String[64]) -> uint256:
    return self.listings[keccak256(name)] >> LOT_AT


@external
@view
def desk() -> address:
    return booking_gate._desk()


@external
@view
def paused_until() -> uint256:
    return booking_gate._paused_until()


@external
@view
@reentrant  # an immutable
def token() -> address:
    return ledger.TOKEN.address


@external
@view
@reentrant  # an immutable
def oracle() -> address:
    return ORACLE.address


@internal
def _deposit(account: address, amount: uint256):
    """
    @notice All of `deposit_for`.
    """
    assert amount != 0, "escrow: amount is zero"
    ledger._credit(account, amount)
    log IForwardEscrow.Deposited(account=account, payer=msg.sender, amount=amount)
    ledger._pull(msg.sender, amount)


@internal
@view
def _id(terms: IForwardEscrow.Terms, underlying_hash: bytes32) -> bytes32:
    """
    @notice The EIP-712 digest of the terms.
    """
    return eip712_domain_separator._hash_typed_data_v4(signed_messages._forward_hash(terms, underlying_hash))


@internal
@view
def _certain_price(fixing: uint256) -> (uint256, bool):
    """
    @notice F_ref of the forwards of a packed `fixing`, and whether they are mature and it is certain.
    """
    maturity_day: uint256 = packed_forward._maturity_day(fixing)
    if block.timestamp < maturity_day * terms_rules.DAY:
        return 0, False
    return staticcall ORACLE.settlement_price(fixing & packed_forward.MASK_16, maturity_day, fixing >> packed_forward.AVERAGING_AT)


@internal
def _pay(id: bytes32, words: packed_forward.Words, price: uint256) -> (uint256, uint256):
    """
    @notice Close an active forward at its certain settlement price and return the two payouts.
    """
    stake: packed_forward.Stake = packed_forward._stake(words)
    long_payout: uint256 = payoff._long_payout(stake.price, stake.spot, stake.quantity, price)
    short_payout: uint256 = unsafe_sub(unsafe_mul(unsafe_mul(2, stake.spot), stake.quantity), long_payout)

    self.forwards[id].second = words.second ^ packed_forward.SETTLING
    ledger._credit(convert(words.first & packed_forward.MASK_160, address), long_payout)
    ledger._credit(convert(words.second & packed_forward.MASK_160, address), short_payout)
    return long_payout, short_payout


@internal
def _log_settled(fixing: uint256, price: uint256, ids: DynArray[bytes32, MAX_BATCH]):
    """
    @notice One event for all that settled at one price.
    """
    if len(ids) != 0:
        log IForwardEscrow.ForwardsSettled(
            underlying=fixing & packed_forward.MASK_16,
            maturity_day=packed_forward._maturity_day(fixing),
            averaging_days=fixing >> packed_forward.AVERAGING_AT,
            price=price,
            ids=ids,
        )
