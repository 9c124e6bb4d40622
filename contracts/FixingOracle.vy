# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title One immutable daily fixing per underlying, signed by a quorum of nodes
@license AGPL-3.0-only
@notice Read `interfaces/IFixingOracle.vyi` first. Holds no money.
        The owner (a timelock) appends names and announces signer sets 8 days ahead; the reviewer may withhold underlyings that require
        review; anyone posts what a quorum signed. A hostile quorum can set a price of its own day; nobody can change one.
@dev Assumes that fewer than a third of the signers are faulty, for then two prices of one day cannot both reach the quorum.
     It cannot be stopped: without posts it falls silent, and settlement takes the newest fixing.
"""


from snekmate.auth import ownable
from snekmate.auth import ownable_2step
from snekmate.utils import eip712_domain_separator

from .interfaces import IFixingOracle


implements: IFixingOracle

initializes: ownable
initializes: ownable_2step[ownable := ownable]
initializes: eip712_domain_separator

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

# The signer schedule in one word: set 16 | quorum 8 | next set 16 | next quorum 8 | next set's first day 24 | sets ever 16.
NEXT_AT: constant(uint256) = 24
FROM_DAY_AT: constant(uint256) = 48
SETS_AT: constant(uint256) = 72

MASK_8: constant(uint256) = 2**8 - 1
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
schedule: uint256  # packed, set by the owner
signer_bits: HashMap[uint256, uint256]  # set << 160 | signer -> that signer's bit, written once
signer_sets: HashMap[uint256, DynArray[address, 31]]  # set -> its signers, written once


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

    self._announce(signers, quorum, block.timestamp // DAY)
    self.reviewer = reviewer
    log IFixingOracle.ReviewerSet(previous=empty(address), reviewer=reviewer)
    ownable_2step._transfer_ownership(owner)


@external
def post(underlying: String[64], day: uint256, price: uint256, attestations: DynArray[IFixingOracle.Attestation, 31]):
    self._post(keccak256(underlying), day, price, attestations)


@external
def post_many(reports: DynArray[IFixingOracle.Report, 8]):
    for report: IFixingOracle.Report in reports:
        name_hash: bytes32 = keccak256(report.underlying)
        if report.day != (self.underlyings[name_hash] >> LAST_DAY_AT) & MASK_24:
            self._post(name_hash, report.day, report.price, report.attestations)


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
    assert from_day >= block.timestamp // DAY + NOTICE_DAYS, "oracle: less than 8 days ahead"
    assert from_day <= MASK_24, "oracle: day too far"

    self._announce(signers, quorum, from_day)


@external
def cancel_signers():
    ownable._check_owner()
    schedule: uint256 = self.schedule
    from_day: uint256 = (schedule >> FROM_DAY_AT) & MASK_24
    assert from_day > block.timestamp // DAY, "oracle: nothing scheduled"

    # The set in effect stays; the announced one and its day go.
    self.schedule = (schedule & (2**NEXT_AT - 1)) | (schedule >> SETS_AT << SETS_AT)

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
    set_id: uint256 = 0
    quorum: uint256 = 0
    set_id, quorum = self._set_in_effect(day)
    from_day: uint256 = (self.schedule >> FROM_DAY_AT) & MASK_24
    return IFixingOracle.SignerSet(
        signers=self.signer_sets[set_id], quorum=quorum, from_day=from_day if day >= from_day else 0
    )


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
    signers: uint256 = 0
    evidence: DynArray[bytes32, 31] = []
    signers, evidence = self._check_quorum(name_hash, day, price, attestations)

    # Of the days without a fixing since the last one, the newest two take this price, the rest the last price.
    cumulative: uint256 = price
    if last_day != 0:
        gap: uint256 = unsafe_sub(unsafe_sub(day, last_day), 1)
        postponed: uint256 = min(gap, POSTPONEMENT)
        cumulative = unsafe_add(
            unsafe_add(underlying >> LAST_CUMULATIVE_AT, (gap - postponed) * ((underlying >> LAST_PRICE_AT) & MASK_40)),
            unsafe_mul(postponed + 1, price),
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
def _check_quorum(
    name_hash: bytes32, day: uint256, price: uint256, attestations: DynArray[IFixingOracle.Attestation, 31]
) -> (uint256, DynArray[bytes32, 31]):
    """
    @notice Who signed, as a bitmap, and their evidence roots; reverts unless a quorum of distinct signers did.
    """
    set_id: uint256 = 0
    quorum: uint256 = 0
    set_id, quorum = self._set_in_effect(day)

    signers: uint256 = 0
    evidence: DynArray[bytes32, 31] = []
    for attestation: IFixingOracle.Attestation in attestations:
        digest: bytes32 = self._report_hash(name_hash, day, price, attestation.evidence)
        v: uint256 = 27 + (attestation.vs >> 255)
        signer: address = ecrecover(digest, v, attestation.r, attestation.vs & MASK_255)
        bit: uint256 = self.signer_bits[(set_id << 160) | convert(signer, uint256)]
        assert bit != 0, "oracle: not a signer"
        assert signers & bit == 0, "oracle: signer twice"
        signers |= bit
        evidence.append(attestation.evidence)
    assert len(attestations) >= quorum, "oracle: quorum not reached"
    return signers, evidence


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
def _set_in_effect(day: uint256) -> (uint256, uint256):
    """
    @notice The number and the quorum of the signer set of `day`, today or later.
    """
    schedule: uint256 = self.schedule
    from_day: uint256 = (schedule >> FROM_DAY_AT) & MASK_24
    if from_day != 0 and day >= from_day:
        schedule = schedule >> NEXT_AT
    return schedule & MASK_16, (schedule >> 16) & MASK_8


@internal
def _announce(signers: DynArray[address, 31], quorum: uint256, from_day: uint256):
    """
    @notice Store a signer set that takes effect on `from_day`; a set already in effect stays until then.
    """
    count: uint256 = len(signers)
    assert quorum != 0 and quorum <= count, "oracle: bad quorum"
    assert 3 * quorum > 2 * count, "oracle: quorum too small"
    set_in_effect: uint256 = 0
    its_quorum: uint256 = 0
    set_in_effect, its_quorum = self._set_in_effect(block.timestamp // DAY)
    set_id: uint256 = (self.schedule >> SETS_AT) + 1
    assert set_id <= MASK_16, "oracle: too many signer sets"

    bit: uint256 = 1
    for signer: address in signers:
        assert signer != empty(address), "oracle: signer is zero"
        key: uint256 = (set_id << 160) | convert(signer, uint256)
        assert self.signer_bits[key] == 0, "oracle: signer listed twice"
        self.signer_bits[key] = bit
        bit = bit << 1
    self.signer_sets[set_id] = signers
    self.schedule = (
        set_in_effect
        | (its_quorum << 16)
        | (set_id << NEXT_AT)
        | (quorum << (NEXT_AT + 16))
        | (from_day << FROM_DAY_AT)
        | (set_id << SETS_AT)
    )

    log IFixingOracle.SignersScheduled(signers=signers, quorum=quorum, from_day=from_day)


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
