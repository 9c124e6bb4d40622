"""The SDK refuses terms before sending exactly as `book` would, and for the same first reason."""

from typing import Any

import boa
import pytest
from boa.util.abi import abi_decode
from hypothesis import given, settings
from hypothesis import strategies as st
from support.protocol import DAY, GPT, LOT, LUNA, SPOT, TODAY, Protocol

from ifx_sdk.errors import REVERTS, BadTerms
from ifx_sdk.terms import Terms


def near(*values: int) -> st.SearchStrategy[int]:
    """Values around edges."""
    return st.sampled_from(sorted({max(0, value + step) for value in values for step in (-1, 0, 1)}))


@st.composite
def wrong_terms(draw: st.DrawFn, protocol: Protocol) -> Terms:
    """Terms with up to three fields at or beside an edge of their range."""
    zero = "0x" + "0" * 40
    sides = st.sampled_from([zero, protocol.escrow.address, protocol.long.address, protocol.short.address])
    wrong: dict[str, st.SearchStrategy[Any]] = {
        "long": sides,
        "short": sides,
        "underlying": st.sampled_from([GPT, LUNA, "openai/gpt-9"]),
        "quantity": near(0, LOT, 2**40, LOT * (2**40 // LOT), LOT * (2**40 // LOT + 1), 2**255),
        "price": near(0, SPOT, 2 * SPOT, 2**40, 2**255),
        "spot": near(0, SPOT, 2**39, 2**255),
        "indicative": near(0, SPOT, 2**255),
        "maturity": st.one_of(
            near(*((TODAY + days) * DAY for days in (0, 27, 28, 400, 401))), st.sampled_from([0, 2**256 - 1])
        ),
        "averaging_days": near(0, 28, 92, 400, 2**255),
        "deadline": near(0, protocol.now, 2**255),
    }
    fields = draw(st.sets(st.sampled_from(sorted(wrong)), max_size=3))
    return protocol.terms(**{field: draw(wrong[field]) for field in sorted(fields)})


@given(data=st.data())
@settings(max_examples=150)
def test_the_sdk_refuses_what_book_refuses_for_the_same_reason(deployed: Protocol, data: st.DataObject) -> None:
    """The first check that fails is the same in both; where the SDK finds none, only the approvals are missing."""
    protocol = deployed
    protocol.post()
    terms = data.draw(wrong_terms(protocol))
    posted = SPOT if terms.underlying == GPT else None
    lot = LOT if terms.underlying in (GPT, LUNA) else 0
    try:
        terms.validate(lot, protocol.now, escrow=protocol.escrow.address)
        terms.check_spot(posted)
    except BadTerms as error:
        leaf: type[Exception] = type(error)
    else:
        leaf = REVERTS["escrow: long has not approved"]
    with pytest.raises(boa.BoaError) as caught:
        protocol.book(terms, b"", b"")
    assert REVERTS[reason_of(caught.value)] is leaf


def reason_of(error: boa.BoaError) -> str:
    """What a revert said."""
    return str(abi_decode("(string)", error.call_trace.computation.output[4:])[0])
