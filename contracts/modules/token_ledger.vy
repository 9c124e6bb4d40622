# pragma version 0.4.3
# pragma nonreentrancy off
"""
@title Free balances, and the only code that moves tokens
@license AGPL-3.0-only
@notice The token is USDT as it is: no return values, an owner that can switch on a transfer fee, pause, blacklist or deprecate it.
@dev A pull counts only if the ledger's own token balance rose by exactly the amount; nothing is ever computed from that balance alone, so
     tokens sent here by mistake belong to nobody and tokens taken by the token's owner are noticed by nobody but the last to withdraw.
     With a fee switched on every pull that it touches reverts; withdrawing and crediting go on.
"""


from ethereum.ercs import IERC20
from ethereum.ercs import IERC20Detailed


TOKEN: immutable(IERC20)

DECIMALS: constant(uint8) = 6


balances: HashMap[address, uint256]  # micro-USDT, withdrawable at any time


@deploy
def __init__(token: address):
    """
    @param token USDT, or a token that behaves as it does.
    """
    assert staticcall IERC20Detailed(token).decimals() == DECIMALS, "ledger: token decimals are not 6"
    TOKEN = IERC20(token)


@internal
def _credit(account: address, amount: uint256):
    """
    @notice Raise a free balance.
    """
    self.balances[account] += amount


@internal
def _debit(account: address, amount: uint256):
    """
    @notice Lower a free balance by `amount`, all of which must be there.
    """
    balance: uint256 = self.balances[account]
    assert amount <= balance, "ledger: balance too low"
    self.balances[account] = unsafe_sub(balance, amount)


@internal
def _debit_up_to(account: address, amount: uint256) -> uint256:
    """
    @notice Lower a free balance by `amount`, or by all of it, and return what is missing.
    """
    balance: uint256 = self.balances[account]
    if balance == 0:
        return amount

    taken: uint256 = min(balance, amount)
    self.balances[account] = unsafe_sub(balance, taken)
    return unsafe_sub(amount, taken)


@internal
def _pull(payer: address, amount: uint256):
    """
    @notice Take `amount` from a wallet that allowed it.
    """
    self._pull_both(payer, amount, empty(address), 0)


@internal
def _pull_both(first: address, first_amount: uint256, second: address, second_amount: uint256):
    """
    @notice Take from two wallets, measuring once. An amount of zero takes nothing.
    """
    if first_amount == 0 and second_amount == 0:
        return

    held: uint256 = staticcall TOKEN.balanceOf(self)
    if first_amount != 0:
        assert extcall TOKEN.transferFrom(first, self, first_amount, default_return_value=True), "ledger: token refused the pull"
    if second_amount != 0:
        assert extcall TOKEN.transferFrom(second, self, second_amount, default_return_value=True), "ledger: token refused a pull"
    assert staticcall TOKEN.balanceOf(self) == held + first_amount + second_amount, "ledger: token did not deliver"


@internal
def _send(receiver: address, amount: uint256):
    """
    @notice Send tokens that were debited before.
    """
    assert extcall TOKEN.transfer(receiver, amount, default_return_value=True), "ledger: token refused the transfer"
