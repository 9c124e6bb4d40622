"""Bytes to documents: how deep brackets nest, and what a name, a header and a time say."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_index.errors import BadInput
from ifx_index.ingest.documents import DEEPEST, date_in_name, header_of, moment, read_json

TEXT = st.text(alphabet='ab"\\[]{}:, é\n', max_size=8)
JSON = st.recursive(
    TEXT | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(JSON)
def test_every_document_comes_back_whatever_its_texts_hold(document: object) -> None:
    """Brackets, quotes and backslashes inside texts are no structure."""
    for ascii_only in (True, False):
        assert read_json(json.dumps(document, ensure_ascii=ascii_only).encode(), "x.json") == document


def nested(levels: int, text: str = "") -> bytes:
    """Lists in lists around a text."""
    return ("[" * levels + json.dumps(text) + "]" * levels).encode()


@pytest.mark.parametrize("text", ["", "[[[", '"]', "\\"])
def test_a_document_nests_sixty_four_levels_and_never_twice_as_many(text: str) -> None:
    """That is refused before anything recurses, and so is what never closes."""
    assert read_json(nested(DEEPEST, text), "x.json")
    for data in (nested(2 * DEEPEST, text), b"[" * 10**6, b'{"a":' * 10**5):
        with pytest.raises(BadInput, match="at most 64 levels"):
            read_json(data, "x.json")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"completion": "0.00001", "completion": "0.9"}', "the key 'completion' twice"),
        (b'[{"a": {"b": 1, "c": 2, "b": 1}}]', "the key 'b' twice"),
        (b'{"id": "openai/\\ud800"}', "surrogates not allowed"),
        (b'{"price": NaN}', "NaN is no number"),
        (b'{"price": -Infinity}', "-Infinity is no number"),
    ],
)
def test_json_that_readers_do_not_agree_on_is_refused(data: bytes, why: str) -> None:
    """Beside its twin: a whole pair is one character."""
    with pytest.raises(BadInput, match=why):
        read_json(data, "x.json")
    assert read_json(b'{"id": "\\ud83d\\ude00", "b": {"id": 1}}', "x.json") == {"id": "\U0001f600", "b": {"id": 1}}


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2026-07-20.json", date(2026, 7, 20)),
        ("2026-07-20_again_2026-07-20.json", date(2026, 7, 20)),
        ("models/2026-07-19/2026-07-20.json", date(2026, 7, 20)),
        ("2026-07-19_2026-07-20.json", None),
        ("2026-07-19/list.json", None),
        ("12026-07-20.json", None),
        ("2026-02-30.json", None),
    ],
)
def test_a_name_says_one_date_or_none(name: str, day: date | None) -> None:
    """Folders do not count, two dates say nothing."""
    assert date_in_name(name) == day


def test_a_header_is_the_first_line() -> None:
    """With or without a mark of its encoding; what is no table has none."""
    assert header_of(b"\xef\xbb\xbfa,b\r\n1,2\r\n") == {"a", "b"}
    assert header_of(b"") == frozenset()
    assert header_of(b"a,b\rc,d\re,f") == frozenset()


def test_a_time_has_an_offset() -> None:
    """Without one it is not known when it was."""
    assert moment("2026-07-21T06:00:00Z") == moment("2026-07-21T08:00:00+02:00")
    assert moment("2026-07-21T06:00:00") is None
    assert moment("soon") is None
