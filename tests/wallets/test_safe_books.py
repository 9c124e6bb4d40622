"""A Safe takes a side: its owners sign, or it approves on chain, and it is booked like anyone else."""

import pytest
from support.market import FUNDS, Market, booked_told, needs, told
from support.safe import Safe

SIZES = {"2-of-3": 130, "3-of-5": 195}


@pytest.mark.parametrize("size", SIZES)
def test_a_safe_books_as_long_by_its_owners_signatures(market: Market, safes: dict[str, Safe], size: str) -> None:
    """65 bytes for each deciding owner."""
    safe = safes[size]
    terms = market.terms(safe, market.short)
    digest = market.ifx.escrow.terms_id(terms)
    approval = safe.sign(digest)
    assert len(approval) == SIZES[size]
    assert told(market.book(terms, approval, market.short.sign(digest))) == booked_told(market, terms)
    long_needs, short_needs = needs(terms)
    assert market.money(safe, market.short) == [(0, FUNDS - long_needs), (0, FUNDS - short_needs)]
