# pragma version 0.4.3
"""
@title What an account may delegate to (EIP-7702) that knows nothing of ERC-1271: it makes several calls at once
@license AGPL-3.0-only
"""


struct Step:
    target: address
    data: Bytes[4096]


@external
@payable
def __default__():
    pass


@external
def execute(steps: DynArray[Step, 8]):
    assert msg.sender == self, "delegate: not the account itself"
    for step: Step in steps:
        raw_call(step.target, step.data)
