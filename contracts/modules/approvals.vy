# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Who approved a digest: by signature, on chain, or through ERC-1271
@license AGPL-3.0-only
@notice Digests are message ids: whatever is approved here is approved for that one message.
@dev A malleable signature does no harm: nothing is keyed by signatures.
"""


MAGIC: constant(bytes4) = 0x1626ba7e  # ERC-1271: the selector of isValidSignature(bytes32,bytes), and its answer for yes
MAX_APPROVAL: constant(uint256) = 2048  # bytes; a 3-of-5 Safe needs 195
SIGNATURE: constant(uint256) = 65  # bytes: r, s, v


approved: HashMap[bytes32, HashMap[address, bool]]  # digest -> account -> approved on chain; only ever set


@internal
def _approve(digest: bytes32, account: address):
    """
    @notice Record that `account`, which the caller has authenticated, approves `digest`.
    """
    self.approved[digest][account] = True


@internal
@view
def _has_approved(account: address, digest: bytes32, approval: Bytes[MAX_APPROVAL]) -> bool:
    """
    @notice Whether `account` (not zero) approved `digest`, the cheapest proof first.
    @dev A signature by the account's own key counts whatever code the account has: right for EOAs and for EIP-7702.
    """
    if len(approval) == SIGNATURE:
        r: uint256 = extract32(approval, 0, output_type=uint256)
        s: uint256 = extract32(approval, 32, output_type=uint256)
        v: uint256 = convert(slice(approval, 64, 1), uint256)
        if ecrecover(digest, v, r, s) == account:
            return True

    if self.approved[digest][account]:
        return True

    return account.is_contract and self._accepts(account, digest, approval)


@internal
@view
def _accepts(wallet: address, digest: bytes32, approval: Bytes[MAX_APPROVAL]) -> bool:
    """
    @notice Whether the contract `wallet` accepts `approval` under ERC-1271.
    @dev A wallet that reverts, or answers anything but exactly the padded magic value, does not accept. The copy of its answer is
         bounded, so it cannot make the caller pay for a long one.
    """
    success: bool = False
    answer: Bytes[33] = b""
    success, answer = raw_call(
        wallet,
        abi_encode(digest, approval, method_id=MAGIC),
        max_outsize=33,
        is_static_call=True,
        revert_on_failure=False,
    )
    return success and len(answer) == 32 and extract32(answer, 0) == convert(MAGIC, bytes32)
