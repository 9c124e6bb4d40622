# pragma version 0.4.3
"""
@title What an account may delegate to (EIP-7702) to its own harm: whatever it is asked, it reverts, loops or talks too long
@license AGPL-3.0-only
"""


REVERTS: constant(uint256) = 0
LOOPS: constant(uint256) = 1

VICE: immutable(uint256)  # any other number: answers 10,240 bytes


@deploy
def __init__(vice: uint256):
    VICE = vice


@external
@raw_return
def isValidSignature(digest: bytes32, signature: Bytes[2048]) -> Bytes[10_240]:
    self._misbehave()
    words: bytes32[320] = empty(bytes32[320])
    words[0] = convert(0x1626ba7e, bytes32)  # the right word, and too many after it
    return abi_encode(words)


@external
@payable
def __default__():
    self._misbehave()


@internal
def _misbehave():
    assert VICE != REVERTS, "delegate: no"
    if VICE == LOOPS:
        for i: uint256 in range(2**64):
            self._burn(i)


@internal
@pure
def _burn(i: uint256) -> bytes32:
    return keccak256(abi_encode(i))
