"""What a participant has, as the chain tells it: so that a page without a wallet, such as a Safe's, can show it."""

from fastapi import APIRouter
from pydantic import Field

from ifx_sdk.errors import NodeDown, RpcError
from otc_desk.errors import NotNow
from otc_desk.routes.callers import CallerOf, DeskOf
from otc_desk.routes.models import Output, amount_text

router = APIRouter(prefix="/funds", tags=["funds"])


class FundsOut(Output):
    """The caller's USDT as of a block: free on the escrow, in its wallet, locked in forwards."""

    block: int = Field(description="The block that it was read at.")
    free: str = Field(description="Free balance on the escrow, USDT: withdrawable at any time.")
    wallet: str = Field(description="In its own wallet, USDT.")
    allowed: str = Field(description="What the escrow may collect from that wallet, USDT.")
    locked: str = Field(description="Prefunding of its active forwards, USDT.")
    is_contract: bool = Field(description="Whether code stands at the account: a Safe, or a key that delegates.")


@router.get("", summary="Your money")
def found(desk: DeskOf, caller: CallerOf) -> FundsOut:
    """Read anew each time."""
    ifx, account = desk.ifx, caller.account
    open_ones = [
        each for each in desk.positions.of(account) if each.part.left is None and each.forward.record.is_active
    ]
    try:
        block = ifx.chain.block_number()
        return FundsOut(
            block=block,
            free=amount_text(ifx.escrow.balance_of(account)),
            wallet=amount_text(ifx.token.balance(account)),
            allowed=amount_text(ifx.token.allowance(account)),
            locked=amount_text(sum(each.forward.record.prefunding for each in open_ones)),
            is_contract=desk.wallets.has_code(account),
        )
    except (NodeDown, RpcError) as error:
        raise NotNow("the chain does not answer") from error
