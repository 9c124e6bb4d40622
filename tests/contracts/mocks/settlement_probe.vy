# pragma version 0.4.3
"""
@title Many questions about settlement prices in one call
@license AGPL-3.0-only
"""


from ....contracts.interfaces import IFixingOracle


@external
@view
def ask(oracle: address, index: uint256, questions: DynArray[uint256, 256]) -> DynArray[uint256, 256]:
    """
    @param questions Each `day << 16 | averaging_days`.
    @return Each `price << 1 | certain`.
    """
    answers: DynArray[uint256, 256] = []
    for question: uint256 in questions:
        price: uint256 = 0
        certain: bool = False
        price, certain = staticcall IFixingOracle(oracle).settlement_price(index, question >> 16, question & (2**16 - 1))
        answers.append((price << 1) | convert(certain, uint256))
    return answers
