# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title A test token that behaves, and costs, like mainnet USDT
@license AGPL-3.0-only
@notice For tests and the development network only: anyone may mint.
@dev What it shares with mainnet's: 6 decimals, no return values, `approve` from non-zero to non-zero reverts, an allowance of 2^256 - 1 is
     never lowered, a fee in basis points up to a maximum that its owner can switch on, a blacklist of senders, a pause, a
     deprecation that forwards to another contract, and the same storage reads in the same calls.
"""


from ethereum.ercs import IERC20


interface IUpgradedToken:
    def transferByLegacy(sender: address, to: address, amount: uint256): nonpayable
    def transferFromByLegacy(spender: address, sender: address, to: address, amount: uint256): nonpayable
    def approveByLegacy(holder: address, spender: address, amount: uint256): nonpayable


event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    amount: uint256


event Approval:
    holder: indexed(address)
    spender: indexed(address)
    amount: uint256


name: public(constant(String[10])) = "Tether USD"
symbol: public(constant(String[4])) = "USDT"
decimals: public(constant(uint8)) = 6

MAX_FEE_BPS: constant(uint256) = 20
MAX_FEE: constant(uint256) = 50 * 10**6


owner: public(address)
paused: public(bool)
deprecated: public(bool)
upgraded: public(address)
fee_bps: public(uint256)
maximum_fee: public(uint256)
blacklisted: public(HashMap[address, bool])
total: uint256
balances: HashMap[address, uint256]
allowances: HashMap[address, HashMap[address, uint256]]


@deploy
def __init__():
    self.owner = msg.sender


@external
def mint(account: address, amount: uint256):
    """
    @notice Make tokens from nothing.
    """
    self.total += amount
    self.balances[account] += amount
    log Transfer(sender=empty(address), receiver=account, amount=amount)


@external
def transfer(to: address, amount: uint256):
    assert not self.paused, "usdt: transfers are paused"
    assert not self.blacklisted[msg.sender], "usdt: sender is blacklisted"
    if self.deprecated:
        extcall IUpgradedToken(self.upgraded).transferByLegacy(msg.sender, to, amount)
        return

    self._move(msg.sender, to, amount)


@external
def transferFrom(sender: address, to: address, amount: uint256):
    assert not self.paused, "usdt: pulls are paused"
    assert not self.blacklisted[sender], "usdt: payer is blacklisted"
    if self.deprecated:
        extcall IUpgradedToken(self.upgraded).transferFromByLegacy(msg.sender, sender, to, amount)
        return

    allowed: uint256 = self.allowances[sender][msg.sender]
    assert allowed >= amount, "usdt: allowance too low"
    if allowed < max_value(uint256):
        self.allowances[sender][msg.sender] = allowed - amount
    self._move(sender, to, amount)


@external
def approve(spender: address, amount: uint256):
    """
    @dev Non-zero to non-zero is refused, as on mainnet: set it to zero first.
    """
    if self.deprecated:
        extcall IUpgradedToken(self.upgraded).approveByLegacy(msg.sender, spender, amount)
        return

    assert amount == 0 or self.allowances[msg.sender][spender] == 0, "usdt: set the allowance to zero first"
    self.allowances[msg.sender][spender] = amount
    log Approval(holder=msg.sender, spender=spender, amount=amount)


@external
def set_fee(fee_bps: uint256, maximum_fee: uint256):
    self._check_owner()
    assert fee_bps <= MAX_FEE_BPS, "usdt: fee too high"
    assert maximum_fee <= MAX_FEE, "usdt: maximum fee too high"
    self.fee_bps = fee_bps
    self.maximum_fee = maximum_fee


@external
def set_paused(paused: bool):
    self._check_owner()
    self.paused = paused


@external
def set_blacklisted(account: address, blacklisted: bool):
    self._check_owner()
    self.blacklisted[account] = blacklisted


@external
def destroy_black_funds(account: address):
    """
    @notice Burn what a blacklisted account holds, as mainnet's owner can.
    """
    self._check_owner()
    assert self.blacklisted[account], "usdt: account is not blacklisted"
    amount: uint256 = self.balances[account]
    self.total -= amount
    self.balances[account] = 0
    log Transfer(sender=account, receiver=empty(address), amount=amount)


@external
def deprecate(upgraded: address):
    """
    @notice Forward every call to another contract from now on.
    """
    self._check_owner()
    self.upgraded = upgraded
    self.deprecated = True


@external
@view
def balanceOf(account: address) -> uint256:
    if self.deprecated:
        return staticcall IERC20(self.upgraded).balanceOf(account)
    return self.balances[account]


@external
@view
def allowance(holder: address, spender: address) -> uint256:
    if self.deprecated:
        return staticcall IERC20(self.upgraded).allowance(holder, spender)
    return self.allowances[holder][spender]


@external
@view
def totalSupply() -> uint256:
    if self.deprecated:
        return staticcall IERC20(self.upgraded).totalSupply()
    return self.total


@internal
def _check_owner():
    assert msg.sender == self.owner, "usdt: caller is not the owner"


@internal
def _move(sender: address, to: address, amount: uint256):
    """
    @dev The fee comes out of what the receiver gets, and goes to the owner.
    """
    fee: uint256 = min(amount * self.fee_bps // 10_000, self.maximum_fee)
    assert self.balances[sender] >= amount, "usdt: balance too low"

    self.balances[sender] -= amount
    self.balances[to] += amount - fee
    if fee != 0:
        self.balances[self.owner] += fee
        log Transfer(sender=sender, receiver=self.owner, amount=fee)
    log Transfer(sender=sender, receiver=to, amount=amount - fee)
