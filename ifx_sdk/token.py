"""USDT as the escrow's parties see it: balance, and the allowance from which booking and deposits are collected."""

from __future__ import annotations

from ifx_sdk.artifacts import TOKEN
from ifx_sdk.chain import Chain
from ifx_sdk.contract import Contract
from ifx_sdk.errors import BadAmount
from ifx_sdk.outcomes import Confirmed, Journal, Outcome
from ifx_sdk.signers import Signer
from ifx_sdk.terms import parse_address

UNLIMITED = 2**256 - 1
"""An allowance that USDT never lowers."""


class Token(Contract):
    """A deployment's token. Amounts are micro-USDT."""

    def __init__(
        self, chain: Chain, address: str, escrow: str, signer: Signer | None = None, journal: Journal | None = None
    ) -> None:
        """`escrow` is whom `allow` allows."""
        super().__init__(chain, address, TOKEN, signer, journal)
        self.escrow = parse_address(escrow)

    def decimals(self) -> int:
        """6 for USDT; the escrow accepts no other."""
        return self._read(int, "decimals")

    def balance(self, account: str | None = None) -> int:
        """The account's tokens in its wallet, micro-USDT; the signer's where none is named."""
        return self._read(int, "balanceOf", parse_address(account or self.account))

    def allowance(self, account: str | None = None) -> int:
        """What the escrow may still collect from the account's wallet, micro-USDT."""
        return self._read(int, "allowance", parse_address(account or self.account), self.escrow)

    def allow(self, amount: int) -> tuple[Outcome, ...]:
        """Set the escrow's allowance to `amount` micro-USDT (0 to 2^256 - 1), through zero first, which USDT insists
        on.

        Returns what became of each transaction: none where the allowance is so already, and after one that is not
        confirmed no further one is sent.
        """
        if not 0 <= amount <= UNLIMITED:
            raise BadAmount(amount, "an allowance is from 0 to 2^256 - 1 micro-USDT")
        current = self.allowance()
        if current == amount:
            return ()
        steps = (0, amount) if current and amount else (amount,)
        outcomes: list[Outcome] = []
        for step in steps:
            outcomes.append(self._write("approve", self.escrow, step))
            if not isinstance(outcomes[-1], Confirmed):
                break
        return tuple(outcomes)

    def transfer(self, receiver: str, amount: int) -> Outcome:
        """Send `amount` micro-USDT from the signer's wallet to `receiver`'s."""
        return self._write("transfer", parse_address(receiver), amount)
