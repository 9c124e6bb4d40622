# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Who may sign reports, and how many of them make a quorum
@license AGPL-3.0-only
@notice A set is public before its first day and then takes effect by itself.
@dev A set is written once, as the code of a contract that cannot run: one cold account read gives all its signers, where a storage slot
     for each would cost one cold read a signature. Word i of that code is signer i, zero past the last.
"""


from ..interfaces import IFixingOracle


MAX_SIGNERS: constant(uint256) = 31  # their bitmap stands in a fixing's word
SET_BYTES: constant(uint256) = 32 * MAX_SIGNERS
# Creation code that returns what follows it: 0x03e1 = 993 bytes, of which the first is STOP.
INIT_CODE: constant(Bytes[11]) = x"6103e180600a3d393df300"

# A set in force in one word, from the lowest bit up: its code's address 160 | quorum 8 | first day 24 | the next set's first day 24.
QUORUM_AT: constant(uint256) = 160
FROM_DAY_AT: constant(uint256) = 168
NEXT_DAY_AT: constant(uint256) = 192
MASK_160: constant(uint256) = 2**160 - 1
MASK_8: constant(uint256) = 2**8 - 1
MASK_24: constant(uint256) = 2**24 - 1


current: uint256  # packed; replaced by `next` from its first day on
next: uint256  # packed, without a next day; counts only while `current` names its first day


@internal
def _schedule(signers: DynArray[address, 31], quorum: uint256, from_day: uint256, today: uint256):
    """
    @notice Announce a set; it replaces one announced earlier that is not in effect yet.
    """
    count: uint256 = len(signers)
    assert quorum != 0 and quorum <= count, "oracle: bad quorum"
    assert 3 * quorum > 2 * count, "oracle: quorum too small"
    assert from_day <= MASK_24, "oracle: day too far"
    members: address[MAX_SIGNERS] = empty(address[MAX_SIGNERS])
    position: uint256 = 0
    for signer: address in signers:
        assert signer != empty(address), "oracle: signer is zero"
        assert signer not in members, "oracle: signer listed twice"
        members[position] = signer
        position += 1

    code: address = raw_create(concat(INIT_CODE, abi_encode(members)))
    self._roll(today)
    self.next = convert(code, uint256) | (quorum << QUORUM_AT) | (from_day << FROM_DAY_AT)
    self.current = (self.current & (2**NEXT_DAY_AT - 1)) | (from_day << NEXT_DAY_AT)


@internal
def _cancel(today: uint256) -> uint256:
    """
    @notice Withdraw the announced set and return what would have been its first day.
    """
    current: uint256 = self.current
    from_day: uint256 = current >> NEXT_DAY_AT
    assert from_day > today, "oracle: nothing scheduled"

    self.current = current & (2**NEXT_DAY_AT - 1)
    return from_day


@internal
def _roll(today: uint256) -> uint256:
    """
    @notice The set of `today`, packed; moves the announced set up once its day has come, so that later calls read one word.
    """
    current: uint256 = self.current
    next_day: uint256 = current >> NEXT_DAY_AT
    if next_day == 0 or today < next_day:
        return current

    current = self.next
    self.current = current
    return current


@internal
@view
def _in_effect(day: uint256) -> uint256:
    """
    @notice The set of `day`, today or later, packed.
    """
    current: uint256 = self.current
    next_day: uint256 = current >> NEXT_DAY_AT
    return current if next_day == 0 or day < next_day else self.next


@internal
@pure
def _code(packed: uint256) -> address:
    """
    @notice Where the signers of a packed set stand: after one byte, a word each, zero past the last.
    """
    return convert(packed & MASK_160, address)


@internal
@pure
def _quorum(packed: uint256) -> uint256:
    """
    @notice The quorum of a packed set.
    """
    return (packed >> QUORUM_AT) & MASK_8


@internal
@view
def _describe(packed: uint256) -> IFixingOracle.SignerSet:
    """
    @notice A packed set for people.
    """
    if self._code(packed) == empty(address):
        return empty(IFixingOracle.SignerSet)

    signers: DynArray[address, 31] = []
    members: Bytes[SET_BYTES] = slice(self._code(packed).code, 1, SET_BYTES)
    for position: uint256 in range(MAX_SIGNERS):
        member: address = extract32(members, 32 * position, output_type=address)
        if member == empty(address):
            break
        signers.append(member)
    return IFixingOracle.SignerSet(
        signers=signers, quorum=self._quorum(packed), from_day=(packed >> FROM_DAY_AT) & MASK_24
    )
