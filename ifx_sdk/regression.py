"""What the paper's price regression means for prices and spend (Eq. 2, sections 2.3 and 2.4).

    Eq. 2    log P = beta log(Intelligence) + gamma OpenSource + controls

Both sides are logarithms: an open-weight model costs exp(gamma) of a closed one, and a benchmark that is x times as
high goes with a price x^beta times as high, so beta is percent of price for a percent of benchmark. Nothing that is
paid rests on these figures.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Final

from ifx_sdk.errors import BadValue

BETA: Final = Fraction("0.039")
"""The paper's estimate of beta."""

GAMMA: Final = Fraction("-2.46")
"""The paper's estimate of gamma."""

_CONTEXT: Final = Context(prec=34, rounding=ROUND_HALF_EVEN)


def open_weight_price(gamma: Fraction = GAMMA) -> Decimal:
    """Eq. 2: exp(gamma), an open-weight price as a part of the closed one at the same benchmark, to 34 digits."""
    return _CONTEXT.exp(_decimal(gamma))


def price_ratio(benchmark_ratio: Fraction, beta: Fraction = BETA) -> Decimal:
    """Eq. 2: x^beta, how many times the price for x times the benchmark, to 34 digits. Raises BadValue."""
    if benchmark_ratio <= 0:
        raise BadValue(benchmark_ratio, "a ratio of benchmarks is above 0", cure="Divide the new score by the old.")
    return _CONTEXT.power(_decimal(benchmark_ratio), _decimal(beta))


def spend_ratio(price_factor: Fraction, elasticity: Fraction) -> Decimal:
    """Section 2.4: f^(1 + elasticity), how many times the spend after a price change by f. Raises BadValue."""
    if price_factor <= 0:
        raise BadValue(price_factor, "a price factor is above 0", cure="Divide the new price by the old.")
    return _CONTEXT.power(_decimal(price_factor), _decimal(1 + elasticity))


def _decimal(value: Fraction) -> Decimal:
    return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
