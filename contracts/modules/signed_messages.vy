# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title EIP-712 struct hashes of the messages that the sides of a forward sign
@license AGPL-3.0-only
@notice Flat and small, so that a hardware wallet can show every field.
"""


from ..interfaces import IForwardEscrow


FORWARD_TYPEHASH: constant(bytes32) = keccak256(
    "Forward(address long,address short,string underlying,uint256 quantity,uint256 price,uint256 spot,uint256 indicative,uint256 maturity,uint256 averagingDays,uint256 deadline,bytes32 salt)"
)
TERMINATION_TYPEHASH: constant(bytes32) = keccak256(
    "Termination(bytes32 forward,address long,address short,uint256 price,uint256 deadline,bytes32 salt)"
)
NOVATION_TYPEHASH: constant(bytes32) = keccak256(
    "Novation(bytes32 forward,address outgoing,address incoming,address remaining,uint256 payment,uint256 deadline,bytes32 salt)"
)


@internal
@pure
def _forward_hash(terms: IForwardEscrow.Terms, underlying_hash: bytes32) -> bytes32:
    """
    @notice The struct hash of the terms of a forward.
    @param underlying_hash keccak256 of the underlying's name, which the caller needs anyway.
    """
    return keccak256(
        abi_encode(
            FORWARD_TYPEHASH,
            terms.long,
            terms.short,
            underlying_hash,
            terms.quantity,
            terms.price,
            terms.spot,
            terms.indicative,
            terms.maturity,
            terms.averaging_days,
            terms.deadline,
            terms.salt,
        )
    )


@internal
@pure
def _termination_hash(termination: IForwardEscrow.Termination) -> bytes32:
    """
    @notice The struct hash of an early end.
    """
    return keccak256(abi_encode(TERMINATION_TYPEHASH, termination))


@internal
@pure
def _novation_hash(novation: IForwardEscrow.Novation) -> bytes32:
    """
    @notice The struct hash of a change of one side.
    """
    return keccak256(abi_encode(NOVATION_TYPEHASH, novation))
