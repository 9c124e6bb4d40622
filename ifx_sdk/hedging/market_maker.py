"""What a short earns who bought prepaid credits, honestly (section 5, "market-making backstop").

The paper says that a short who buys credits at S0 and uses them at expiry earns `(F - S0) x N` whatever happens. Two
things are wrong with it (docs/errata.md, row 13). At the published F_ind, which is never above S0, that is a loss:
550,000 for each 1T of GPT-4.1 over six months. And credits are dollars, not tokens: a dollar of credits buys a dollar's
worth at the price of the day, so they keep their value when the price moves and hedge nothing. Both are computed.
"""

from dataclasses import dataclass
from fractions import Fraction

from ifx_sdk import payoff
from ifx_sdk.errors import BadPrice
from ifx_sdk.money import SPOT_LIMIT


@dataclass(frozen=True, kw_only=True, slots=True)
class MakerBook:
    """One short forward and credits of S0 x N. Prices micro-USDT per Mtok, amounts micro-USDT."""

    spot: int
    """S0, at which the credits were bought."""

    price: int
    """F."""

    indicative: int
    """F_ind, the base of the fee."""

    quantity: int
    """N, Mtok."""

    def __post_init__(self) -> None:
        if not 0 < self.spot < SPOT_LIMIT or not 0 < self.price <= 2 * self.spot:
            raise BadPrice(self.price, "a forward needs a spot above 0 and 0 < F <= 2 x S0")

    @property
    def fee(self) -> int:
        """The short's half of the fee."""
        return payoff.fee_split(payoff.fee(indicative=self.indicative, quantity=self.quantity))[1]

    @property
    def capital(self) -> int:
        """What is tied up: the prefunding, the credits and the fee."""
        return 2 * payoff.prefunding(spot=self.spot, quantity=self.quantity) + self.fee

    @property
    def as_the_paper_says(self) -> int:
        """(F - S0) x N: if the credits were tokens, sold at F_ref, and before the fee."""
        return (self.price - self.spot) * self.quantity

    @property
    def break_even(self) -> Fraction:
        """The F at which a book of tokens earns its fee back, micro-USDT per Mtok: above S0."""
        return self.spot + Fraction(self.fee, self.quantity)

    def forward(self, settlement: int) -> int:
        """The short's payoff alone: what stays open, for the credits do not move."""
        return -payoff.payoff(price=self.price, spot=self.spot, quantity=self.quantity, settlement=settlement)

    def with_tokens(self, settlement: int) -> int:
        """The result if the credits were N of tokens, worth F_ref each: the payoff, their gain, less the fee."""
        return self.forward(settlement) + (settlement - self.spot) * self.quantity - self.fee

    def with_credits(self, settlement: int) -> int:
        """The result with credits as they are sold, dollars used at their face value: the payoff less the fee."""
        return self.forward(settlement) - self.fee
