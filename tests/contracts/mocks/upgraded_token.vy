# pragma version 0.4.3
"""
@title What a deprecated USDT forwards to: the same balances in a new contract
@license AGPL-3.0-only
"""


legacy: address
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
totalSupply: public(uint256)


@deploy
def __init__(legacy: address):
    self.legacy = legacy


@external
def migrate(account: address, amount: uint256):
    self.balanceOf[account] = amount
    self.totalSupply += amount


@external
def transferByLegacy(sender: address, to: address, amount: uint256):
    self._move(sender, to, amount)


@external
def transferFromByLegacy(spender: address, sender: address, to: address, amount: uint256):
    self.allowance[sender][spender] -= amount
    self._move(sender, to, amount)


@external
def approveByLegacy(holder: address, spender: address, amount: uint256):
    assert msg.sender == self.legacy, "upgraded: not the legacy token"
    self.allowance[holder][spender] = amount


@internal
def _move(sender: address, to: address, amount: uint256):
    assert msg.sender == self.legacy, "upgraded: not the legacy token"
    self.balanceOf[sender] -= amount
    self.balanceOf[to] += amount
