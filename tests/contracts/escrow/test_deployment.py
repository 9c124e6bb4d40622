"""The escrow's constructor."""

from typing import Any

import boa
import pytest
from support.protocol import ZERO, Party, Protocol, contract, mock, party, refused

ARGUMENTS = ("token", "oracle", "owner", "desk", "guardian", "fee_recipient")


def deploy(protocol: Protocol, **changes: Any) -> Any:
    values = {name: getattr(protocol, name).address for name in ARGUMENTS} | changes
    return contract("contracts/ForwardEscrow.vy").deploy(*values.values(), sender=party("deployer").address)


def test_deployment_logs_every_role(protocol: Protocol) -> None:
    """An indexer knows desk, guardian, fee recipient and owner from the first transaction on."""
    escrow = deploy(protocol)
    logs = [(type(log).__name__, log._asdict()) for log in escrow.get_logs()]
    deployer: Party = party("deployer")
    moved = [(ZERO, deployer.address), (deployer.address, protocol.owner.address)]
    owners = [("OwnershipTransferred", {"previous_owner": old, "new_owner": new}) for old, new in moved]
    expected = [
        owners[0],
        ("DeskSet", {"previous": ZERO, "desk": protocol.desk.address}),
        ("GuardianSet", {"previous": ZERO, "guardian": protocol.guardian.address}),
        ("FeeRecipientSet", {"previous": ZERO, "fee_recipient": protocol.fee_recipient.address}),
        owners[1],
    ]
    assert [(name, fields) for name, fields in logs] == [
        (name, {"address": escrow.address} | fields) for name, fields in expected
    ]


@pytest.mark.parametrize("decimals", [0, 5, 7, 18])
def test_a_token_without_6_decimals_reverts(protocol: Protocol, decimals: int) -> None:
    """Amounts would mean something else; 6 are taken."""
    with refused("ledger: token decimals are not 6"):
        deploy(protocol, token=mock("hostile_token").deploy(decimals).address)
    deploy(protocol, token=mock("hostile_token").deploy(6).address)


def test_a_token_that_is_no_contract_reverts(protocol: Protocol) -> None:
    """An account without code has no decimals."""
    with refused(None):
        deploy(protocol, token=protocol.outsider.address)


@pytest.mark.parametrize("oracle", [ZERO, party("outsider").address])
def test_an_oracle_that_is_no_contract_reverts(protocol: Protocol, oracle: str) -> None:
    """Nothing would ever settle; a contract is taken."""
    with refused("escrow: oracle is no contract"):
        deploy(protocol, oracle=oracle)
    deploy(protocol)


def test_no_fee_recipient_reverts(protocol: Protocol) -> None:
    """Neither the zero address nor the escrow's own future one."""
    with refused("escrow: no fee recipient"):
        deploy(protocol, fee_recipient=ZERO)
    deployer = party("deployer").address
    # Ask for the next address on a copy of the state: generating it counts the deployer's nonce up.
    with boa.env.anchor():
        upcoming = boa.env.evm.generate_create_address(boa.env._get_sender(deployer))
    with refused("escrow: no fee recipient"):
        deploy(protocol, fee_recipient=upcoming)
    deploy(protocol)


def test_no_owner_reverts(protocol: Protocol) -> None:
    """Nobody could ever list an underlying."""
    with refused("escrow: no owner"):
        deploy(protocol, owner=ZERO)
    deploy(protocol)


def test_desk_and_guardian_may_be_nobody_at_first(protocol: Protocol) -> None:
    """The owner names them later."""
    escrow = deploy(protocol, desk=ZERO, guardian=ZERO)
    assert (escrow.desk(), escrow.guardian()) == (ZERO, ZERO)
