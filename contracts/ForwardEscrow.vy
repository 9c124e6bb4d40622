# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title A fully prefunded forward from approval to payout; holds all USDT
@license AGPL-3.0-only
@notice Read `interfaces/IForwardEscrow.vyi` first.
        The desk books what both sides approved. Before maturity all who are concerned can end a forward early or move one side of it.
        Anyone settles from maturity on, at the oracle's settlement price. Every account withdraws its own free balance.
        What owner and guardian can do stands in `modules/roles.vy`; no role can touch a booked forward or a free balance.
@dev Assumes of the token: what `modules/token_ledger.vy` says. Assumes of the oracle: that its view never reverts, and that a price it calls
     certain never changes. Token and oracle are fixed for ever.
"""


from snekmate.auth import ownable
from snekmate.auth import ownable_2step
from snekmate.utils import eip712_domain_separator

from .interfaces import IForwardEscrow
from .modules import approvals
from .modules import endings
from .modules import packed_forward
from .modules import payoff
from .modules import records
from .modules import roles
from .modules import signed_messages
from .modules import terms_rules
from .modules import token_ledger as ledger


implements: IForwardEscrow

initializes: ownable
initializes: ownable_2step[ownable := ownable]
initializes: eip712_domain_separator
initializes: approvals
initializes: records[approvals := approvals]
initializes: roles[ownable := ownable]
initializes: ledger

exports: (
    ownable_2step.owner,
    ownable_2step.pending_owner,
    ownable_2step.transfer_ownership,
    ownable_2step.accept_ownership,
    eip712_domain_separator.eip712Domain,
    roles.__interface__,
)


MAX_BATCH: constant(uint256) = 100


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

    roles.__init__(oracle, desk, guardian, fee_recipient)
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
    id: bytes32 = self._terms_id(terms, keccak256(terms.underlying))
    records._approve(id, msg.sender in [terms.long, terms.short], False)


@external
def revoke_terms(terms: IForwardEscrow.Terms):
    id: bytes32 = self._terms_id(terms, keccak256(terms.underlying))
    records._revoke(id, msg.sender in [terms.long, terms.short], False)


@external
def book(terms: IForwardEscrow.Terms, long_approval: Bytes[2048], short_approval: Bytes[2048]):
    roles._check_booking_open()
    underlying_hash: bytes32 = keccak256(terms.underlying)
    index: uint256 = 0
    lot: uint256 = 0
    index, lot = roles._listing(underlying_hash)
    terms_rules._check(terms, lot)
    fixing: uint256 = 0
    posted: bool = False
    # A price of today is certain only if it was posted today.
    fixing, posted = staticcall roles.ORACLE.settlement_price(index, block.timestamp // terms_rules.DAY, 1)
    assert posted and fixing == terms.spot, "escrow: spot is not today's fixing"
    id: bytes32 = self._terms_id(terms, underlying_hash)
    status: uint256 = records.forwards[id].second >> packed_forward.STATUS_AT
    assert status != packed_forward.REVOKED, "escrow: terms revoked"
    assert status == packed_forward.ABSENT, "escrow: already booked"
    assert approvals._has_approved(terms.long, id, long_approval), "escrow: long has not approved"
    assert approvals._has_approved(terms.short, id, short_approval), "escrow: short has not approved"

    prefunding: uint256 = payoff._prefunding(terms.spot, terms.quantity)
    fee: uint256 = payoff._fee(terms.indicative, terms.quantity)
    long_fee: uint256 = fee // 2  # the odd micro falls to the short side

    records.forwards[id] = packed_forward._pack(
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
    ledger._credit(roles.fee_recipient, fee)

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
def approve_termination(termination: IForwardEscrow.Termination):
    id: bytes32 = self._id(signed_messages._termination_hash(termination))
    records._approve(id, msg.sender in [termination.long, termination.short], records._has_ended(termination.forward))


@external
def revoke_termination(termination: IForwardEscrow.Termination):
    id: bytes32 = self._id(signed_messages._termination_hash(termination))
    records._revoke(id, msg.sender in [termination.long, termination.short], records._has_ended(termination.forward))


@external
def terminate(termination: IForwardEscrow.Termination, long_approval: Bytes[2048], short_approval: Bytes[2048]):
    words: packed_forward.Words = records.forwards[termination.forward]
    endings._check_termination(termination, words)
    id: bytes32 = self._live_id(signed_messages._termination_hash(termination))
    assert approvals._has_approved(termination.long, id, long_approval), "escrow: long has not agreed"
    assert approvals._has_approved(termination.short, id, short_approval), "escrow: short has not agreed"

    records.forwards[termination.forward].second = words.second ^ packed_forward.TERMINATING
    long_payout: uint256 = 0
    short_payout: uint256 = 0
    long_payout, short_payout = self._pay(words, termination.price)

    log IForwardEscrow.ForwardTerminated(
        id=termination.forward,
        termination=id,
        price=termination.price,
        long_payout=long_payout,
        short_payout=short_payout,
    )


@external
def approve_novation(novation: IForwardEscrow.Novation):
    id: bytes32 = self._id(signed_messages._novation_hash(novation))
    records._approve(id, records._is_named(novation), records._is_over(novation))


@external
def revoke_novation(novation: IForwardEscrow.Novation):
    id: bytes32 = self._id(signed_messages._novation_hash(novation))
    records._revoke(id, records._is_named(novation), records._is_over(novation))


@external
def novate(
    novation: IForwardEscrow.Novation,
    outgoing_approval: Bytes[2048],
    incoming_approval: Bytes[2048],
    remaining_approval: Bytes[2048],
):
    words: packed_forward.Words = records.forwards[novation.forward]
    long_leaves: bool = endings._check_novation(novation, words)
    # With a way back, what was approved before leaving would count again.
    assert not records.departed[novation.forward][novation.incoming], "escrow: incoming left before"
    id: bytes32 = self._live_id(signed_messages._novation_hash(novation))
    assert approvals._has_approved(novation.outgoing, id, outgoing_approval), "escrow: outgoing has not agreed"
    assert approvals._has_approved(novation.incoming, id, incoming_approval), "escrow: incoming has not agreed"
    assert approvals._has_approved(novation.remaining, id, remaining_approval), "escrow: remaining has not agreed"

    if long_leaves:
        records.forwards[novation.forward].first = packed_forward._with_account(words.first, novation.incoming)
    else:
        records.forwards[novation.forward].second = packed_forward._with_account(words.second, novation.incoming)
    records.departed[novation.forward][novation.outgoing] = True
    pull: uint256 = ledger._debit_up_to(novation.incoming, novation.payment)
    ledger._credit(novation.outgoing, novation.payment)

    log IForwardEscrow.ForwardNovated(
        id=novation.forward,
        outgoing=novation.outgoing,
        incoming=novation.incoming,
        novation=id,
        payment=novation.payment,
    )

    ledger._pull(novation.incoming, pull)


@external
def settle(id: bytes32):
    words: packed_forward.Words = records.forwards[id]
    status: uint256 = words.second >> packed_forward.STATUS_AT
    assert status > packed_forward.REVOKED, "escrow: unknown forward"
    assert status == packed_forward.ACTIVE, "escrow: not active"
    fixing: uint256 = packed_forward._fixing(words)
    assert block.timestamp >= packed_forward._maturity_day(fixing) * terms_rules.DAY, "escrow: before maturity"
    price: uint256 = 0
    certain: bool = False
    price, certain = self._certain_price(fixing)
    assert certain, "escrow: price not certain yet"

    records.forwards[id].second = words.second ^ packed_forward.SETTLING
    long_payout: uint256 = 0
    short_payout: uint256 = 0
    long_payout, short_payout = self._pay(words, price)

    log IForwardEscrow.ForwardSettled(id=id, price=price, long_payout=long_payout, short_payout=short_payout)


@external
def settle_many(ids: DynArray[bytes32, MAX_BATCH]):
    # A run of forwards that settle at one price reads it once and logs one event.
    fixing: uint256 = 0
    price: uint256 = 0
    certain: bool = False
    settled: DynArray[bytes32, MAX_BATCH] = []
    for id: bytes32 in ids:
        words: packed_forward.Words = records.forwards[id]
        if words.second >> packed_forward.STATUS_AT != packed_forward.ACTIVE:
            continue
        its_fixing: uint256 = packed_forward._fixing(words)
        if fixing != its_fixing:
            self._log_settled(fixing, price, settled)
            settled = []
            fixing = its_fixing
            price, certain = self._certain_price(fixing)
        if certain:
            records.forwards[id].second = words.second ^ packed_forward.SETTLING
            self._pay(words, price)
            settled.append(id)
    self._log_settled(fixing, price, settled)


# Getters stay locked while a call runs, so that nobody reads a balance between its debit and its tokens' arrival;
# only what a half-done call cannot have changed is open.


@external
@view
def forward(id: bytes32) -> IForwardEscrow.Forward:
    return packed_forward._unpack(records.forwards[id])


@external
@view
@reentrant  # pure: wallets may ask for it while they verify a signature
def terms_hash(terms: IForwardEscrow.Terms) -> bytes32:
    return self._terms_id(terms, keccak256(terms.underlying))


@external
@view
@reentrant  # as above
def termination_hash(termination: IForwardEscrow.Termination) -> bytes32:
    return self._id(signed_messages._termination_hash(termination))


@external
@view
@reentrant  # as above
def novation_hash(novation: IForwardEscrow.Novation) -> bytes32:
    return self._id(signed_messages._novation_hash(novation))


@external
@view
def payouts(id: bytes32, price: uint256) -> (uint256, uint256):
    words: packed_forward.Words = records.forwards[id]
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
    words: packed_forward.Words = records.forwards[id]
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
def has_left(id: bytes32, account: address) -> bool:
    return records.departed[id][account]


@external
@view
@reentrant  # an immutable
def token() -> address:
    return ledger.TOKEN.address


@internal
def _deposit(account: address, amount: uint256):
    """
    @notice All of `deposit_for`.
    """
    assert amount != 0, "escrow: amount is zero"
    # No token has that much. One that lies could otherwise fill a balance so that crediting a payout overflows.
    assert amount < 2**128, "escrow: amount too large"
    ledger._credit(account, amount)
    log IForwardEscrow.Deposited(account=account, payer=msg.sender, amount=amount)
    ledger._pull(msg.sender, amount)


@internal
@view
def _id(struct_hash: bytes32) -> bytes32:
    """
    @notice The EIP-712 digest of a message.
    """
    return eip712_domain_separator._hash_typed_data_v4(struct_hash)


@internal
@view
def _live_id(struct_hash: bytes32) -> bytes32:
    """
    @notice The EIP-712 digest of a message that nobody revoked.
    """
    id: bytes32 = self._id(struct_hash)
    assert records.forwards[id].second == 0, "escrow: message revoked"
    return id


@internal
@view
def _terms_id(terms: IForwardEscrow.Terms, underlying_hash: bytes32) -> bytes32:
    """
    @notice The EIP-712 digest of the terms.
    """
    return self._id(signed_messages._forward_hash(terms, underlying_hash))


@internal
@view
def _certain_price(fixing: uint256) -> (uint256, bool):
    """
    @notice F_ref of the forwards of a packed `fixing`, and whether they are mature and it is certain.
    """
    maturity_day: uint256 = packed_forward._maturity_day(fixing)
    if block.timestamp < maturity_day * terms_rules.DAY:
        return 0, False
    return staticcall roles.ORACLE.settlement_price(fixing & packed_forward.MASK_16, maturity_day, fixing >> packed_forward.AVERAGING_AT)


@internal
def _pay(words: packed_forward.Words, price: uint256) -> (uint256, uint256):
    """
    @notice Pay out a forward that has just been closed, at `price`, and return the two payouts.
    """
    stake: packed_forward.Stake = packed_forward._stake(words)
    long_payout: uint256 = payoff._long_payout(stake.price, stake.spot, stake.quantity, price)
    short_payout: uint256 = unsafe_sub(unsafe_mul(unsafe_mul(2, stake.spot), stake.quantity), long_payout)

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
