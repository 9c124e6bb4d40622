# pragma version 0.4.3
"""
@title A contract wallet that answers ERC-1271 as it is told to
@license AGPL-3.0-only
@notice Its question is answered without `view`, so that it can also try what a static call forbids.
"""


MAGIC: constant(bytes4) = 0x1626ba7e

answer: Bytes[10_240]  # the raw bytes of its answer
refuses: bool
fails: bool  # reverts with its answer
spins: bool
writes: uint256
is_writing: bool
is_picky: bool
expected_digest: bytes32
expected_signature: bytes32  # keccak256
asked: address
question: Bytes[2048]


@deploy
def __init__():
    self.answer = concat(MAGIC, empty(bytes28))


@external
def set_answer(answer: Bytes[10_240]):
    self.answer = answer


@external
def set_refuses(refuses: bool):
    self.refuses = refuses


@external
def set_fails(fails: bool):
    self.fails = fails


@external
def set_spins(spins: bool):
    self.spins = spins


@external
def set_writing(is_writing: bool):
    self.is_writing = is_writing


@external
def expect(digest: bytes32, signature: Bytes[2048]):
    """
    @notice From now on refuse anything but this signature over this digest.
    """
    self.is_picky = True
    self.expected_digest = digest
    self.expected_signature = keccak256(signature)


@external
def ask(target: address, question: Bytes[2048]):
    """
    @notice From now on call `target` before answering, and pass on its revert.
    """
    self.asked = target
    self.question = question


@external
def execute(target: address, data: Bytes[4096]):
    """
    @notice Let the wallet act.
    """
    raw_call(target, data)


@external
@raw_return
def isValidSignature(digest: bytes32, signature: Bytes[2048]) -> Bytes[10_240]:
    assert not self.refuses, "wallet: no"
    if self.spins:
        for i: uint256 in range(2**64):
            self._burn(i)
    if self.is_writing:
        self.writes += 1
    if self.is_picky:
        assert digest == self.expected_digest, "wallet: another digest"
        assert keccak256(signature) == self.expected_signature, "wallet: another signature"
    if self.asked != empty(address):
        raw_call(self.asked, self.question, is_static_call=True)
    if self.fails:
        raw_revert(self.answer)
    return self.answer


@internal
@pure
def _burn(i: uint256) -> bytes32:
    return keccak256(abi_encode(i))
