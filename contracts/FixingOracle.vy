# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title One immutable daily fixing per underlying, signed by a quorum of nodes
@license AGPL-3.0-only
@notice Read `interfaces/IFixingOracle.vyi` first. Holds no money.
        The owner (a timelock) appends names and announces signer sets 8 calendar days ahead; the reviewer may withhold underlyings that require
        review; anyone posts what a quorum signed. A hostile quorum can set a price of its own day; nobody can change one.
@dev Assumes that fewer than a third of the signers are faulty, for then two prices of one day cannot both reach the quorum.
     It cannot be stopped: without posts it falls silent, and settlement takes the newest fixing.
"""


from snekmate.auth import ownable
from snekmate.auth import ownable_2step
from snekmate.utils import eip712_domain_separator
from snekmate.utils import message_hash_utils

from .interfaces import IFixingOracle
from .modules import signer_sets


implements: IFixingOracle

initializes: ownable
initializes: ownable_2step[ownable := ownable]
initializes: eip712_domain_separator
initializes: signer_sets

exports: (
    ownable_2step.owner,
    ownable_2step.pending_owner,
    ownable_2step.transfer_ownership,
    ownable_2step.accept_ownership,
    eip712_domain_separator.eip712Domain,
)


REPORT_TYPEHASH: constant(bytes32) = keccak256("Report(string underlying,uint256 day,uint256 price,bytes32 evidence)")

DAY: constant(uint256) = 86_400
NOTICE_DAYS: constant(uint256) = 8  # a signer set is public this long before its first day
POSTPONEMENT: constant(uint256) = 2  # days after a missing one whose fixing it takes
LOOK_BACK: constant(uint256) = 400  # days; the escrow books no forward that needs more

# A fixing in one word, from the lowest bit up: price 40 | cumulative 64 | signers 31 | posted 1.
CUMULATIVE_AT: constant(uint256) = 40
SIGNERS_AT: constant(uint256) = 104
POSTED: constant(uint256) = 2**135

# An underlying in one word: index 16 | review 1 | last day 24 | last price 40 | last cumulative 64.
# It repeats its newest fixing, so that a post reads one word.
REVIEW: constant(uint256) = 2**16
LAST_DAY_AT: constant(uint256) = 17
LAST_PRICE_AT: constant(uint256) = 41
LAST_CUMULATIVE_AT: constant(uint256) = 81

MASK_16: constant(uint256) = 2**16 - 1
MASK_24: constant(uint256) = 2**24 - 1
MASK_31: constant(uint256) = 2**31 - 1
MASK_40: constant(uint256) = 2**40 - 1
MASK_64: constant(uint256) = 2**64 - 1
MASK_255: constant(uint256) = 2**255 - 1


reviewer: public(address)  # set by the owner
underlying_count: public(uint256)  # only grows
names: HashMap[uint256, String[64]]  # index -> name, written once
underlyings: HashMap[bytes32, uint256]  # keccak256(name) -> packed underlying, moved on by each post
fixings: HashMap[uint256, uint256]  # index << 24 | day -> packed fixing, written once


@deploy
def __init__(owner: address, signers: DynArray[address, 31], quorum: uint256, reviewer: address):
    """
    @param owner Who may append names and announce signers: a timelock.
    @param signers The first signers, in effect at once.
    @param quorum How many of them make a fixing.
    @param reviewer Who posts underlyings that require review; may be zero.
    """
    ownable.__init__()
    ownable_2step.__init__()
    eip712_domain_separator.__init__("IFX Fixing Oracle", "1")

    assert owner != empty(address), "oracle: no owner"

    today: uint256 = block.timestamp // DAY
    signer_sets._schedule(signers, quorum, today, today)
    self.reviewer = reviewer
    log IFixingOracle.SignersScheduled(signers=signers, quorum=quorum, from_day=today)
    log IFixingOracle.ReviewerSet(previous=empty(address), reviewer=reviewer)
    ownable_2step._transfer_ownership(owner)


@external
@reentrant  # no call leaves this contract
def post(underlying: String[64], day: uint256, price: uint256, attestations: DynArray[IFixingOracle.Attestation, 31]):
    self._post(keccak256(underlying), day, price, attestations)


@external
@reentrant  # as above
def post_many(reports: DynArray[IFixingOracle.Report, 8]):
    for i: uint256 in range(len(reports), bound=8):
        name_hash: bytes32 = keccak256(reports[i].underlying)
        last_day: uint256 = (self.underlyings[name_hash] >> LAST_DAY_AT) & MASK_24
        if last_day == 0 or last_day != reports[i].day:
            self._post(name_hash, reports[i].day, reports[i].price, reports[i].attestations)


@external
def add_underlying(name: String[64], review_required: bool) -> uint256:
    ownable._check_owner()
    assert len(name) >= 3, "oracle: name too short"
    self._check_characters(name)
    name_hash: bytes32 = keccak256(name)
    assert self.underlyings[name_hash] == 0, "oracle: name taken"
    index: uint256 = self.underlying_count + 1
    assert index <= MASK_16, "oracle: list is full"

    self.underlying_count = index
    self.names[index] = name
    self.underlyings[name_hash] = index | (REVIEW if review_required else 0)

    log IFixingOracle.UnderlyingAdded(index=index, name=name, review_required=review_required)
    return index


@external
def schedule_signers(signers: DynArray[address, 31], quorum: uint256, from_day: uint256):
    ownable._check_owner()
    today: uint256 = block.timestamp // DAY
    assert from_day >= today + NOTICE_DAYS, "oracle: less than 8 days ahead"

    signer_sets._schedule(signers, quorum, from_day, today)

    log IFixingOracle.SignersScheduled(signers=signers, quorum=quorum, from_day=from_day)


@external
def cancel_signers():
    ownable._check_owner()
    from_day: uint256 = signer_sets._cancel(block.timestamp // DAY)
    log IFixingOracle.SignersCancelled(from_day=from_day)


@external
def set_reviewer(reviewer: address):
    ownable._check_owner()

    log IFixingOracle.ReviewerSet(previous=self.reviewer, reviewer=reviewer)
    self.reviewer = reviewer


@external
@view
@reentrant  # no call leaves this contract, so there is no half-written state to see
def settlement_price(index: uint256, day: uint256, averaging_days: uint256) -> (uint256, bool):
    if averaging_days == 0 or averaging_days > day or day > MASK_24 - POSTPONEMENT or index > MASK_16:
        return 0, False

    price: uint256 = 0
    cumulative: uint256 = 0
    found: bool = False
    certain: bool = False
    price, cumulative, found, certain = self._settled(index, day)
    if averaging_days == 1 or not found:
        return price, certain

    first_price: uint256 = 0
    first_cumulative: uint256 = 0
    first_certain: bool = False  # implied by `certain`
    first_price, first_cumulative, found, first_certain = self._settled(index, day - averaging_days + 1)
    if not found:
        return 0, False
    return (cumulative - first_cumulative + first_price) // averaging_days, certain


@external
@view
@reentrant  # as above
def fixing(underlying: String[64], day: uint256) -> IFixingOracle.Fixing:
    if day > MASK_24:
        return empty(IFixingOracle.Fixing)

    index: uint256 = self.underlyings[keccak256(underlying)] & MASK_16
    word: uint256 = self.fixings[(index << 24) | day]
    return IFixingOracle.Fixing(
        price=word & MASK_40,
        cumulative=(word >> CUMULATIVE_AT) & MASK_64,
        signers=(word >> SIGNERS_AT) & MASK_31,
        posted=word != 0,
    )


@external
@view
@reentrant  # as above
def latest(underlying: String[64]) -> (uint256, uint256):
    word: uint256 = self.underlyings[keccak256(underlying)]
    return (word >> LAST_DAY_AT) & MASK_24, (word >> LAST_PRICE_AT) & MASK_40


@external
@view
@reentrant  # as above
def underlying_index(name: String[64]) -> uint256:
    return self.underlyings[keccak256(name)] & MASK_16


@external
@view
@reentrant  # as above
def underlying(index: uint256) -> (String[64], bool):
    name: String[64] = self.names[index]
    return name, self.underlyings[keccak256(name)] & REVIEW != 0


@external
@view
@reentrant  # as above
def signers_on(day: uint256) -> IFixingOracle.SignerSet:
    return signer_sets._describe(signer_sets._in_effect(day))


@external
@view
@reentrant  # as above
def report_hash(underlying: String[64], day: uint256, price: uint256, evidence: bytes32) -> bytes32:
    return self._report_hash(keccak256(underlying), day, price, evidence)


@internal
def _post(name_hash: bytes32, day: uint256, price: uint256, attestations: DynArray[IFixingOracle.Attestation, 31]):
    """
    @notice All of `post`, by the hash of the underlying's name.
    """
    assert day == block.timestamp // DAY, "oracle: another day"
    underlying: uint256 = self.underlyings[name_hash]
    assert underlying != 0, "oracle: unknown underlying"
    assert underlying & REVIEW == 0 or msg.sender == self.reviewer, "oracle: not the reviewer"
    last_day: uint256 = (underlying >> LAST_DAY_AT) & MASK_24
    assert last_day != day, "oracle: already posted"
    assert price <= MASK_40, "oracle: price too large"
    signer_set: uint256 = signer_sets._roll(day)
    assert len(attestations) >= signer_sets._quorum(signer_set), "oracle: quorum not reached"
    members: Bytes[signer_sets.SET_BYTES] = slice(signer_sets._code(signer_set).code, 1, signer_sets.SET_BYTES)

    domain: bytes32 = eip712_domain_separator._domain_separator_v4()
    position: uint256 = 0  # attestations in the order of the set are found at once
    signers: uint256 = 0
    evidence: DynArray[bytes32, 31] = []
    for attestation: IFixingOracle.Attestation in attestations:
        digest: bytes32 = message_hash_utils._to_typed_data_hash(
            domain, keccak256(abi_encode(REPORT_TYPEHASH, name_hash, day, price, attestation.evidence))
        )
        signer: uint256 = convert(
            ecrecover(digest, unsafe_add(27, attestation.vs >> 255), attestation.r, attestation.vs & MASK_255), uint256
        )
        assert signer != 0, "oracle: bad signature"
        bit: uint256 = 0
        for i: uint256 in range(signer_sets.MAX_SIGNERS):
            if extract32(members, unsafe_mul(32, position), output_type=uint256) == signer:
                bit = 1 << position
                break
            position = unsafe_add(position, 1) % signer_sets.MAX_SIGNERS
        assert bit != 0, "oracle: not a signer"
        assert signers & bit == 0, "oracle: signer twice"
        signers |= bit
        evidence.append(attestation.evidence)

    # Of the days without a fixing since the last one, the newest two take this price, the rest the last price.
    cumulative: uint256 = price
    if last_day != 0:
        gap: uint256 = unsafe_sub(unsafe_sub(day, last_day), 1)
        postponed: uint256 = min(gap, POSTPONEMENT)
        cumulative = unsafe_add(
            unsafe_add(underlying >> LAST_CUMULATIVE_AT, unsafe_mul(unsafe_sub(gap, postponed), (underlying >> LAST_PRICE_AT) & MASK_40)),
            unsafe_mul(unsafe_add(postponed, 1), price),
        )

    index: uint256 = underlying & MASK_16
    self.underlyings[name_hash] = (
        (underlying & (2**LAST_DAY_AT - 1))
        | (day << LAST_DAY_AT)
        | (price << LAST_PRICE_AT)
        | (cumulative << LAST_CUMULATIVE_AT)
    )
    self.fixings[(index << 24) | day] = price | (cumulative << CUMULATIVE_AT) | (signers << SIGNERS_AT) | POSTED

    log IFixingOracle.FixingPosted(underlying=index, day=day, price=price, signers=signers, evidence=evidence)


@internal
@view
def _report_hash(name_hash: bytes32, day: uint256, price: uint256, evidence: bytes32) -> bytes32:
    """
    @notice The EIP-712 digest of a report.
    """
    return eip712_domain_separator._hash_typed_data_v4(
        keccak256(abi_encode(REPORT_TYPEHASH, name_hash, day, price, evidence))
    )


@internal
@view
def _settled(index: uint256, day: uint256) -> (uint256, uint256, bool, bool):
    """
    @notice The price that a day settles at, the sum of the settled prices up to it, whether there is one, and whether it is certain.
    """
    key: uint256 = (index << 24) | day
    word: uint256 = self.fixings[key]
    if word != 0:
        return word & MASK_40, (word >> CUMULATIVE_AT) & MASK_64, True, True

    # No fixing of its own: some fixing must stand before it, or there is no price.
    back: uint256 = 0
    for i: uint256 in range(1, LOOK_BACK + 1):
        if i > day:
            break
        word = self.fixings[key - i]
        if word != 0:
            back = i
            break
    if word == 0:
        return 0, 0, False, False

    # Postponed: it and the days up to the next fixing all settle at that fixing.
    for ahead: uint256 in range(1, POSTPONEMENT + 1):
        following: uint256 = self.fixings[key + ahead]
        if following != 0:
            price: uint256 = following & MASK_40
            return price, ((following >> CUMULATIVE_AT) & MASK_64) - ahead * price, True, True

    price: uint256 = word & MASK_40
    return (
        price,
        ((word >> CUMULATIVE_AT) & MASK_64) + back * price,
        True,
        block.timestamp >= (day + POSTPONEMENT + 1) * DAY,
    )


@internal
@pure
def _check_characters(name: String[64]):
    """
    @notice Only `[a-z0-9./:_-]`.
    """
    text: Bytes[64] = convert(name, Bytes[64])
    for i: uint256 in range(len(text), bound=64):
        c: uint256 = convert(slice(text, i, 1), uint256)
        lower: bool = c >= 97 and c <= 122
        digit_or_mark: bool = c >= 45 and c <= 58  # - . / 0 to 9 :
        assert lower or digit_or_mark or c == 95, "oracle: bad character"
