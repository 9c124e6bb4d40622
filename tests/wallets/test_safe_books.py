"""A Safe takes a side of a forward: what its owners sign, what the desk books, and what each wallet is left with."""

import pytest
from support.market import FUNDS, Market, booked_told, needs, told
from support.safe import Safe

from ifx_sdk.errors import LongHasNotApproved

SIZES = {"2-of-3": 130, "3-of-5": 195}
"""Bytes of its owners' signatures."""


@pytest.mark.parametrize("size", SIZES)
def test_a_safe_books_as_long_by_its_owners_signatures(market: Market, safes: dict[str, Safe], size: str) -> None:
    """65 bytes for each deciding owner; one owner too few is refused before anything is sent."""
    safe = safes[size]
    terms = market.terms(safe, market.short)
    digest = market.ifx.escrow.terms_id(terms)
    approval, too_few = safe.sign(digest), safe.sign(digest, safe.deciding[1:])
    assert (len(approval), len(too_few)) == (SIZES[size], SIZES[size] - 65)
    with pytest.raises(LongHasNotApproved):
        market.book(terms, too_few, market.short.sign(digest))
    assert told(market.book(terms, approval, market.short.sign(digest))) == booked_told(market, terms)
    long_needs, short_needs = needs(terms)
    assert market.money(safe, market.short) == [(0, FUNDS - long_needs), (0, FUNDS - short_needs)]


def test_two_safes_book_with_each_other(market: Market, safes: dict[str, Safe]) -> None:
    """One by its owners' signatures, the other by a transaction of its own."""
    long, short = safes["2-of-3"], safes["3-of-5"]
    terms = market.terms(long, short)
    digest = market.ifx.escrow.terms_id(terms)
    short.act(market.call("approve_terms", terms.as_tuple())).confirmed()
    assert told(market.book(terms, long.sign(digest), b"")) == booked_told(market, terms)
    long_needs, short_needs = needs(terms)
    assert market.money(long, short) == [(0, FUNDS - long_needs), (0, FUNDS - short_needs)]
