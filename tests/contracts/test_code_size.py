"""Every contract fits the chain, with room: EIP-170 allows 24,576 bytes of code."""

import boa
from support.protocol import GPT, Protocol, contract

LIMIT = 24_576
ROOM = LIMIT // 10


def test_every_contracts_code_leaves_a_tenth_of_the_limit_free(protocol: Protocol) -> None:
    """As it stands on the chain, immutables included."""
    timelock = contract("contracts/Timelock.vy").deploy([protocol.owner.address], [])
    feed = contract("contracts/FixingFeed.vy").deploy(protocol.oracle.address, GPT)
    sizes = {
        each.compiler_data.contract_path: len(boa.env.get_code(each.address))
        for each in (protocol.escrow, protocol.oracle, timelock, feed)
    }
    assert len(sizes) == 4
    assert {name: size for name, size in sizes.items() if size > LIMIT - ROOM} == {}
