"""Models lists and endpoints tables: every shape they have had, and every trap that real ones hold."""

import json
from datetime import date
from fractions import Fraction

import pytest
from support.index_files import DAY, endpoints_table, price_list

from ifx_index.errors import BadInput
from ifx_index.ingest import read_endpoints, read_models, read_price_source
from ifx_index.model import Model

A, B = "openai/gpt-a", "google/gemini-b"


def model(slug: str, variant: str = "standard") -> Model:
    """A model in a variant."""
    return Model(slug, variant)


@pytest.mark.parametrize("bare", [True, False])
def test_both_envelopes_are_read(bare: bool) -> None:
    """The answer itself, and the bare list that other recorders keep."""
    found = read_models(price_list({A: "0.000008"}, bare=bare), "2026-07-20.json")
    assert dict(found.prices) == {model(A): 8_000_000}
    assert found.date == DAY


def test_the_shape_without_canonical_slugs_joins_by_id() -> None:
    """Lists of 2025 name a model by its id alone."""
    data = json.dumps({"data": [{"id": f"{A}:thinking", "pricing": {"completion": "0.00001"}}]}).encode()
    assert dict(read_models(data, "2025-05-23.json").prices) == {model(A, "thinking"): 10_000_000}


def test_the_canonical_slug_is_the_join_key_and_the_suffix_the_variant() -> None:
    """A free variant shares its slug with the paid model and must not price it at zero."""
    data = price_list({"x/gpt": "0.000008", "x/gpt:free": "0"}, canonical={"x/gpt": A, "x/gpt:free": A})
    assert dict(read_models(data, "m.json").prices) == {model(A): 8_000_000, model(A, "free"): 0}


def test_a_repeated_slug_with_one_price_counts_once() -> None:
    """Two ids of one model and variant that agree are one price."""
    data = price_list({"x/a": "0.000008", "x/b": "0.0000080000000000000001"}, canonical={"x/a": A, "x/b": A})
    assert dict(read_models(data, "m.json").prices) == {model(A): 8_000_000}


def test_a_repeated_slug_with_two_prices_counts_for_nothing() -> None:
    """Nothing says which of the two is meant."""
    data = price_list({"x/a": "0.000008", "x/b": "0.000009"}, canonical={"x/a": A, "x/b": A})
    found = read_models(data, "m.json")
    assert not found.prices
    assert found.notes == (f"m.json, row 2: {A} stands there twice with two prices; neither counts",)


def test_an_alias_is_no_model() -> None:
    """It carries a price, jumps when it is re-pointed, and would count twice."""
    data = price_list({f"~{A}": "0.000099", A: "0.000008"})
    assert dict(read_models(data, "m.json").prices) == {model(A): 8_000_000}


def test_zero_and_negative_prices_stay_as_recorded() -> None:
    """What they mean is decided when the day is priced."""
    found = read_models(price_list({A: "0", "openrouter/auto": "-1"}), "m.json")
    assert dict(found.prices) == {model(A): 0, model("openrouter/auto"): -(10**12)}


def test_a_free_variant_with_a_price_counts_as_free() -> None:
    """Lists have shown a price on a free variant for single days."""
    found = read_models(price_list({f"{B}:free": "0.0000004"}), "2026-01-24.json")
    assert dict(found.prices) == {model(B, "free"): 0}
    assert found.notes == (f"2026-01-24.json, row 1: {B}:free is free and shows a price; it counts as free",)


@pytest.mark.parametrize("price", ["", "n/a", None, True, [], "1", "2.5"])
def test_an_unreadable_price_is_set_aside_with_a_note(price: object) -> None:
    """One model's slip, or a price per million in place of one per token, does not cost the day its list."""
    found = read_models(price_list({A: price, B: "0.000001"}), "m.json")
    assert dict(found.prices) == {model(B): 1_000_000}
    assert found.notes == (f"m.json, row 1: {A} has no output price in USD per token; set aside",)


def test_unknown_keys_of_a_model_are_no_matter() -> None:
    """The list grows keys every month; long-context tiers are other prices."""
    row = {"id": A, "canonical_slug": A, "new": 1, "pricing": {"completion": "0.000008", "overrides": [{"x": 1}]}}
    assert dict(read_models(json.dumps({"data": [row]}).encode(), "m.json").prices) == {model(A): 8_000_000}


def test_a_whole_list_with_its_count_is_taken() -> None:
    """The positive twin of the refusals below."""
    found = read_models(price_list({A: "0.000008"}, total_count=1, links={"next": None}), "m.json")
    assert dict(found.prices) == {model(A): 8_000_000}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (price_list({A: "0.000008"})[:-5], "not whole JSON"),
        (price_list({A: "0.000008"}, total_count=2), "it holds 1 models of 2"),
        (price_list({A: "0.000008"}, links={"next": "/p2"}), "one page of several"),
        (b"", "not whole JSON"),
        (b"[]", "no list of models"),
        (b'{"data": []}', "no list of models"),
        (b'{"error": "rate limited"}', "no list of models"),
        (b"<!doctype html>", "not whole JSON"),
        (b"[NaN]", "not whole JSON"),
        (b"\xff\xfe", "not whole JSON"),
        (b"[" * 100_000, "not whole JSON"),
        (b'[{"id": 7}]', "row 1: it is no model"),
        (b'[{"id": "a/b", "canonical_slug": 7}]', "row 1: a/b has the canonical slug 7"),
    ],
)
def test_what_is_no_whole_list_is_refused_with_its_cure(data: bytes, why: str) -> None:
    """The refusal names the file, the row where there is one, and what to do."""
    with pytest.raises(BadInput, match=why) as refused:
        read_models(data, "2026-07-20.json")
    assert str(refused.value).startswith("2026-07-20.json")
    assert refused.value.cure


@pytest.mark.parametrize("bare", [True, False])
def test_a_list_cut_short_anywhere_is_refused(bare: bool) -> None:
    """No beginning of one is a list."""
    whole = price_list({A: "0.000008", B: "0.000001"}, bare=bare)
    for cut in range(len(whole)):
        with pytest.raises(BadInput):
            read_models(whole[:cut], "m.json")


@pytest.mark.parametrize(
    ("name", "day"),
    [("2026-07-20.json", DAY), ("models_2026-07-20T0022.json", DAY), ("m.json", None), ("2026-13-40.json", None)],
)
def test_a_list_is_of_the_one_date_in_its_name(name: str, day: date | None) -> None:
    """The list itself does not say when it was recorded."""
    assert read_models(price_list({A: "0.000008"}), name).date == day


def test_the_busiest_offer_prices_a_model() -> None:
    """Not the cheapest, not the first: what most requests were asked for; of two as busy, the cheaper."""
    rows = [(A, "standard", "P1", "0.000001", 5), (A, "standard", "P2", "0.000003", 9)]
    rows += [(B, "standard", "P1", "0.000007", 4), (B, "standard", "P2", "0.000006", 4)]
    found = read_endpoints(endpoints_table(rows), "e.csv")
    assert dict(found.prices) == {model(A): 3_000_000, model(B): 6_000_000}
    assert found.date == DAY


def test_an_offers_price_is_taken_after_its_discount() -> None:
    """As the models list states it: undoing the discount would price another thing."""
    data = endpoints_table([(A, "standard", "P", "0.0000065", 5)]).replace(b",0,False,", b",0.35,False,")
    assert dict(read_endpoints(data, "e.csv").prices) == {model(A): 6_500_000}


def test_a_disabled_offer_prices_nothing() -> None:
    """Nobody can buy it."""
    rows = [(A, "standard", "P1", "0.000001", 5)]
    assert dict(read_endpoints(endpoints_table(rows), "e.csv").prices) == {model(A): 1_000_000}
    assert not read_endpoints(endpoints_table(rows, disabled=True), "e.csv").prices


def test_an_offer_without_a_readable_price_is_set_aside_with_a_note() -> None:
    """The model's other offers still count."""
    rows = [(A, "standard", "P1", "?", 50), (A, "standard", "P2", "0.000002", 5)]
    found = read_endpoints(endpoints_table(rows), "e.csv")
    assert dict(found.prices) == {model(A): 2_000_000}
    assert found.notes == (f"e.csv, row 1: {A} at P1 has no readable price; set aside",)


def test_endpoints_of_two_days_are_refused() -> None:
    """A table that is of no one day is a source for none."""
    one, two = (endpoints_table([(A, "standard", "P", "0.000001", 1)], day=day) for day in (DAY, date(2026, 7, 21)))
    assert read_endpoints(one, "e.csv").date == DAY
    with pytest.raises(BadInput, match="offers of 2 days"):
        read_endpoints(one + two.split(b"\n", 1)[1], "e.csv")


def test_a_price_source_is_told_by_its_contents() -> None:
    """Both kinds serve as a fallback."""
    table = endpoints_table([(A, "standard", "P", "0.000001", 1)])
    assert read_price_source(table, "any").prices == {model(A): Fraction(1_000_000)}
    assert read_price_source(price_list({A: "0.000002"}), "any").prices == {model(A): Fraction(2_000_000)}
