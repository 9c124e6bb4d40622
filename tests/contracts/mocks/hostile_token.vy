# pragma version 0.4.3
"""
@title A token that answers, delivers and calls back as it is told to
@license AGPL-3.0-only
"""


decimals: public(uint8)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])

answers: bool  # what a transfer returns
withheld: uint256  # of each transfer, what the receiver does not get
added: uint256  # to each transfer, what the receiver gets on top
moves: bool
target: address  # called in each transfer
data: Bytes[4096]
called: public(uint256)  # how often it called back
succeeded: public(bool)  # whether its last call did


@deploy
def __init__(decimals: uint8):
    self.decimals = decimals
    self.answers = True
    self.moves = True


@external
def mint(account: address, amount: uint256):
    self.balanceOf[account] += amount


@external
def set_answers(answers: bool):
    self.answers = answers


@external
def set_moves(moves: bool):
    self.moves = moves


@external
def set_withheld(withheld: uint256):
    self.withheld = withheld


@external
def set_added(added: uint256):
    self.added = added


@external
def set_callback(target: address, data: Bytes[4096]):
    self.target = target
    self.data = data


@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    return True


@external
def transfer(to: address, amount: uint256) -> bool:
    return self._move(msg.sender, to, amount)


@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    self.allowance[sender][msg.sender] -= amount
    return self._move(sender, to, amount)


@internal
def _move(sender: address, to: address, amount: uint256) -> bool:
    if self.target != empty(address):
        self.called += 1
        self.succeeded = raw_call(self.target, self.data, revert_on_failure=False)
    if self.moves:
        self.balanceOf[sender] -= amount
        self.balanceOf[to] += amount - self.withheld + self.added
    return self.answers
