"""The one deployment of the stateful tests outlives no rollback: whoever asks for it finds it on the chain."""

import boa
import pytest
from support.world import deployed, free_balance, wallet_balance


@pytest.mark.filterwarnings("ignore")
def test_a_deployment_that_was_rolled_back_is_made_again() -> None:
    """boa's plugin undoes what a test did; the next test of the same process starts from a deployment all the same."""
    with boa.env.anchor():
        before = deployed()
        account = before.fees
        before.token.mint(account, 5)
        assert wallet_balance(account) == 5
    after = deployed()
    assert boa.env.get_code(after.escrow.address)
    assert after.escrow.balance_of(account) == free_balance(account) == 0
    after.token.mint(account, 7)
    assert wallet_balance(account) == after.token.balanceOf(account) == 7
    assert deployed() is after
