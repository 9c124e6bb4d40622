# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title The owner of oracle and escrow: whatever it does was public for 7 days
@license AGPL-3.0-only
@notice Proposers schedule and cancel operations, each with its own delay of 7 days or more; after it, and for 14 days, anyone executes them; then they are void.
        Nobody administers it but itself, by operations of its own, and both times are part of the code: no operation can change them.
@dev Thin around snekmate's `timelock_controller`. Left out on purpose: `update_delay`, the receivers of NFTs, and views that do not know that
     an operation expires. Executing is open to everyone, so that a public operation does not wait for a key; it expires, so that what
     was forgotten cannot be executed at somebody's leisure. Who needs an order names a predecessor.
     An operation's payload holds 1,024 bytes: sets of up to 27 signers.
"""


from snekmate.auth import access_control
from snekmate.governance import timelock_controller


initializes: access_control
initializes: timelock_controller[access_control := access_control]

exports: (
    access_control.DEFAULT_ADMIN_ROLE,
    access_control.hasRole,
    access_control.getRoleAdmin,
    access_control.grantRole,
    access_control.revokeRole,
    access_control.renounceRole,
    timelock_controller.PROPOSER_ROLE,
    timelock_controller.EXECUTOR_ROLE,
    timelock_controller.CANCELLER_ROLE,
    timelock_controller.get_timestamp,
    timelock_controller.get_minimum_delay,
    timelock_controller.is_operation,
    timelock_controller.is_operation_pending,
    timelock_controller.is_operation_done,
    timelock_controller.hash_operation,
    timelock_controller.hash_operation_batch,
    timelock_controller.schedule,
    timelock_controller.schedule_batch,
    timelock_controller.cancel,
)


interface IOwned:
    def accept_ownership(): nonpayable


DELAY: constant(uint256) = 7 * 86_400  # seconds between scheduling an operation and the first moment of its execution
GRACE: constant(uint256) = 14 * 86_400  # seconds from that moment to the last one
MAX_CALLS: constant(uint256) = 255
MAX_PAYLOAD: constant(uint256) = 1_024
MAX_PROPOSERS: constant(uint256) = 16
MAX_OWNED: constant(uint256) = 4


@deploy
def __init__(proposers: DynArray[address, MAX_PROPOSERS], owned: DynArray[address, MAX_OWNED]):
    """
    @param proposers Who may schedule and cancel operations: multisigs, none of them zero.
    @param owned Contracts whose ownership was offered to this address before it had code; they are taken over here, so that no
           7 days pass in which another account owns them.
    """
    access_control.__init__()
    timelock_controller.__init__(DELAY, [], [empty(address)], empty(address))
    assert len(proposers) != 0, "timelock: no proposer"

    for proposer: address in proposers:
        assert proposer != empty(address), "timelock: proposer is zero"
        access_control._grant_role(timelock_controller.PROPOSER_ROLE, proposer)
        access_control._grant_role(timelock_controller.CANCELLER_ROLE, proposer)
    for target: address in owned:
        extcall IOwned(target).accept_ownership()
    assert timelock_controller.get_minimum_delay == DELAY, "timelock: delay is not 7 days"
    assert not access_control.hasRole[access_control.DEFAULT_ADMIN_ROLE][msg.sender], "timelock: outside admin"


@external
@payable
def execute(target: address, amount: uint256, payload: Bytes[MAX_PAYLOAD], predecessor: bytes32, salt: bytes32):
    """
    @notice Execute an operation of one call. Anyone, within 14 days after its delay is over.
    """
    id: bytes32 = timelock_controller._hash_operation(target, amount, payload, predecessor, salt)
    self._check_executable(id, predecessor)

    timelock_controller._execute(target, amount, payload)
    log timelock_controller.CallExecuted(id=id, index=0, target=target, amount=amount, payload=payload)

    timelock_controller._after_call(id)


@external
@payable
def execute_batch(
    targets: DynArray[address, MAX_CALLS],
    amounts: DynArray[uint256, MAX_CALLS],
    payloads: DynArray[Bytes[MAX_PAYLOAD], MAX_CALLS],
    predecessor: bytes32,
    salt: bytes32,
):
    """
    @notice Execute an operation of several calls, all or none. As `execute`.
    @dev Lists of different lengths have no operation: `schedule_batch` refuses them.
    """
    id: bytes32 = timelock_controller._hash_operation_batch(targets, amounts, payloads, predecessor, salt)
    self._check_executable(id, predecessor)

    for i: uint256 in range(len(targets), bound=MAX_CALLS):
        timelock_controller._execute(targets[i], amounts[i], payloads[i])
        log timelock_controller.CallExecuted(id=id, index=i, target=targets[i], amount=amounts[i], payload=payloads[i])

    timelock_controller._after_call(id)


@internal
@view
def _check_executable(id: bytes32, predecessor: bytes32):
    """
    @notice Refuse whoever may not execute, and an operation that is not due, too old, or comes before its predecessor.
    """
    timelock_controller._only_role_or_open_role(timelock_controller.EXECUTOR_ROLE)
    timelock_controller._before_call(id, predecessor)
    assert block.timestamp <= timelock_controller.get_timestamp[id] + GRACE, "timelock: operation expired"
