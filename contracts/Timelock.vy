# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title The owner of oracle and escrow: whatever it does was public for 7 days
@license AGPL-3.0-only
@notice Proposers schedule and cancel operations; from 7 days after scheduling on anyone executes them. Nobody administers it but itself, by
        operations of its own, and the delay is part of the code: no operation can shorten it.
@dev Thin around snekmate's `timelock_controller`. Left out on purpose: `update_delay`, and the receivers of NFTs. Executing is open to
     everyone, so that a public operation does not wait for a key. An operation's payload holds 1,024 bytes: sets of
     up to 27 signers.
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
    timelock_controller.supportsInterface,
    timelock_controller.get_timestamp,
    timelock_controller.get_minimum_delay,
    timelock_controller.is_operation,
    timelock_controller.is_operation_pending,
    timelock_controller.is_operation_ready,
    timelock_controller.is_operation_done,
    timelock_controller.get_operation_state,
    timelock_controller.hash_operation,
    timelock_controller.hash_operation_batch,
    timelock_controller.schedule,
    timelock_controller.schedule_batch,
    timelock_controller.cancel,
    timelock_controller.execute,
    timelock_controller.execute_batch,
)


interface IOwned:
    def accept_ownership(): nonpayable


DELAY: constant(uint256) = 7 * 86_400  # seconds between scheduling an operation and the first moment of its execution
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
