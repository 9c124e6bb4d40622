"""Two claims of the paper beside what holds: the market maker's backstop, and the margin. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from ifx_sdk.cli.hedge_words import SCENARIOS, points, usdt
from ifx_sdk.cli.output import aligned, table
from ifx_sdk.errors import BadValue
from ifx_sdk.hedging.margin import Margin, rate_text
from ifx_sdk.hedging.market_maker import MakerBook
from ifx_sdk.hedging.process import PPM
from ifx_sdk.money import format_amount, format_price, format_quantity
from ifx_sdk.payoff import BPS

CREDITS: Final = (
    "prepaid credits are dollars: they buy what the price of the day lets them, so they do not hedge F_ref; "
    "this is not offered as a hedge"
)
TOKENS: Final = (
    "only credits that were a fixed number of tokens would lock (F - S0) x N, a loss wherever F is below S0; beyond a "
    "rise of S0 the forward's payoff is capped while such tokens would go on gaining"
)
PAPER_MARGIN: Final = "the paper's 8-15% of notional covers none of its own cuts (errata, row 20)"
_NUMBER: Final = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})?)(%?)", re.ASCII)


def parse_bps(text: str) -> int:
    """`1.5` or `46%` as basis points. Raises BadValue for what is no whole number of them."""
    match = _NUMBER.fullmatch(text.strip())
    value = None if match is None else Fraction(match[1]) * (100 if match[2] else BPS)
    if value is None or value.denominator != 1:
        raise BadValue(text, "it is no number with at most 4 decimals", cure='Write "1.5" or "46%".')
    return int(value)


def parse_cut(text: str) -> int:
    """A cut as basis points of the price, at most all of it. Raises BadValue."""
    cut = parse_bps(text)
    if cut > BPS:
        raise BadValue(text, "no cut takes away more than 100%", cure='Write it such as "46%" or "0.46".')
    return cut


def maker_document(book: MakerBook) -> dict[str, object]:
    """A maker's result for programs, micro-USDT."""
    return {
        "spot": book.spot,
        "price": book.price,
        "indicative": book.indicative,
        "quantity": book.quantity,
        "fee": book.fee,
        "capital": book.capital,
        "as_the_paper_says": book.as_the_paper_says,
        "break_even": int(-(-book.break_even // 1)),
        "scenarios": [
            {
                "name": name,
                "settlement": at,
                "forward": book.forward(at),
                "credits": book.with_credits(at),
                "if_credits_were_tokens": book.with_tokens(at),
            }
            for name, at in _settlements(book.spot).items()
        ],
        "notes": [CREDITS, TOKENS],
    }


def _settlements(spot: int) -> Mapping[str, int]:
    return {name: int(spot * factor) for name, factor in SCENARIOS}


def maker_text(book: MakerBook) -> str:
    """The same for people."""
    head = [
        ("short", f"{format_quantity(book.quantity)} at {format_price(book.price)}"),
        ("credits bought", f"{format_amount(book.spot * book.quantity)} at {format_price(book.spot)}"),
        ("tied up", f"{format_amount(book.capital)}: prefunding, credits, half fee"),
        ("the paper says", f"earns {format_amount(book.as_the_paper_says)} whatever happens, before the fee"),
        ("break-even F", f"{format_price(int(-(-book.break_even // 1)))}, if credits were tokens"),
    ]
    rows = [
        (name, format_price(at).partition(" ")[0], *map(usdt, (book.with_credits(at), book.with_tokens(at))))
        for name, at in _settlements(book.spot).items()
    ]
    header = ("if the price", "F_ref", "earned with credits, USDT", "if they were tokens, USDT")
    return "\n\n".join([aligned(head), table(header, rows, right=(1, 2, 3)), f"note: {CREDITS}\nnote: {TOKENS}"])


def margin_document(margin: Margin) -> dict[str, object]:
    """A margin for programs, micro-USDT."""
    return {
        "initial_margin": margin.amount,
        "notional": margin.notional,
        "pct_of_notional_bps": rate_text(margin.rate_bps),
        "covers_ppm": int(margin.covers * PPM),
        "covered": {name: margin.covered(factor) for name, factor in SCENARIOS if factor != 1},
        "notes": [PAPER_MARGIN],
    }


def margin_text(margin: Margin) -> str:
    """The same for people."""
    rate = rate_text(margin.rate_bps)
    head = [
        ("initial margin", format_amount(margin.amount)),
        ("notional", format_amount(margin.notional)),
        ("rate", "the floor binds" if rate is None else f"{points(int(Fraction(rate) * 100))} of notional (Eq. 7)"),
        ("covers", f"one move of up to {points(int(margin.covers * PPM))} of the price"),
    ]
    rows = [
        (name, "long" if factor < 1 else "short", "covered" if margin.covered(factor) else "NOT covered")
        for name, factor in SCENARIOS
        if factor != 1
    ]
    return "\n\n".join([aligned(head), table(("one repricing", "who pays", ""), rows), f"note: {PAPER_MARGIN}"])
