# pragma version 0.4.3
"""
@title What an account may delegate to (EIP-7702) that answers ERC-1271 for a session key beside the account's own
@license AGPL-3.0-only
"""


MAGIC: constant(bytes4) = 0x1626ba7e
NO: constant(bytes4) = 0xffffffff

session_key: public(address)  # in the account's own storage


@external
@payable
def __default__():
    pass


@external
def set_session_key(key: address):
    assert msg.sender == self, "delegate: not the account"
    self.session_key = key


@external
@view
def isValidSignature(digest: bytes32, signature: Bytes[65]) -> bytes4:
    if len(signature) != 65 or self.session_key == empty(address):
        return NO
    r: uint256 = extract32(signature, 0, output_type=uint256)
    s: uint256 = extract32(signature, 32, output_type=uint256)
    v: uint256 = convert(slice(signature, 64, 1), uint256)
    return MAGIC if ecrecover(digest, v, r, s) == self.session_key else NO
