# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title What is kept for ever: forwards, who left them, and which messages are void
@license AGPL-3.0-only
@notice A message's digest is its id. The digest of terms is the forward's own, so one mapping holds forwards and revocations, and booking
        reads one place for both.
"""


from ..interfaces import IForwardEscrow
from . import approvals
from . import packed_forward


uses: approvals


forwards: HashMap[bytes32, packed_forward.Words]  # id -> record, or REVOKED for the digest of any message; never deleted
departed: HashMap[bytes32, HashMap[address, bool]]  # id -> account -> a novation replaced it; only ever set


@internal
def _approve(id: bytes32, is_named: bool, is_over: bool):
    """
    @notice Keep the caller's approval of a message.
    @param is_named Whether the message names the caller.
    @param is_over Whether it can never be executed any more.
    """
    assert is_named, "escrow: not a side"
    assert self.forwards[id].second == 0 and not is_over, "escrow: approval too late"

    approvals._approve(id, msg.sender)

    log IForwardEscrow.Approved(id=id, account=msg.sender)


@internal
def _revoke(id: bytes32, is_named: bool, is_over: bool):
    """
    @notice Make a message void, for everyone and for ever. The parameters are those of `_approve`.
    """
    assert is_named, "escrow: only a side revokes"
    assert self.forwards[id].second == 0 and not is_over, "escrow: revocation too late"

    self.forwards[id].second = packed_forward.REVOKED << packed_forward.STATUS_AT

    log IForwardEscrow.Revoked(id=id, account=msg.sender)


@internal
@view
def _has_ended(id: bytes32) -> bool:
    """
    @notice Whether a forward was settled or terminated.
    """
    return self.forwards[id].second >> packed_forward.STATUS_AT > packed_forward.ACTIVE


@internal
@view
def _is_named(novation: IForwardEscrow.Novation) -> bool:
    """
    @notice Whether the caller is one of the three.
    """
    return msg.sender in [novation.outgoing, novation.incoming, novation.remaining]


@internal
@view
def _is_over(novation: IForwardEscrow.Novation) -> bool:
    """
    @notice Whether it was executed, or can never be any more.
    """
    return self._has_ended(novation.forward) or self.departed[novation.forward][novation.outgoing]
