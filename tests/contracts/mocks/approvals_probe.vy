# pragma version 0.4.3
"""
@title The internals of approvals, for tests to call
@license AGPL-3.0-only
"""


from ....contracts.modules import approvals


initializes: approvals


@external
def approve(digest: bytes32):
    approvals._approve(digest, msg.sender)


@external
@view
def has_approved(account: address, digest: bytes32, approval: Bytes[2048]) -> bool:
    return approvals._has_approved(account, digest, approval)
