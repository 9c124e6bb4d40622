"""Golden vectors through the compiled contracts: on any days, in any order, with any figures that can be booked."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.tree import ROOT

from ifx_sdk import vectors, vectors_onchain
from ifx_sdk.errors import IFXError
from ifx_sdk.terms import Terms

GOLDEN = json.loads((ROOT / "tests/agreement/vectors.json").read_text())
SHARED = ROOT.parent / "shared" / "vectors" / "vectors.json"


def forward(id: str, trade_date: str, months: int = 6, **figures: int) -> dict[str, Any]:
    """An entry that expects what the SDK computes, so that the contracts are held against it."""
    inputs = {
        "model_id": "gpt-4.1-2025-04-14",
        "s0": 8_000_000,
        "f": 7_450_000,
        "f_ind_published": 7_450_000,
        "n_mtok": 1_000_000,
        "tenor_months": months,
        "trade_date": trade_date,
        "fee_bps": 100,
        "f_ref": 4_320_000,
    } | figures
    entry: dict[str, Any] = {"id": id, "inputs": inputs, "expected": {}}
    return entry | {"expected": vectors.forward_outcome(vectors.forward_inputs(entry))}


def refused(id: str, **figures: int) -> dict[str, Any]:
    """An entry of `invalid_terms`."""
    inputs = {"s0": 8_000_000, "f": 7_450_000, "n_mtok": 1_000_000, "tenor_months": 6, "fee_bps": 100} | figures
    return {"id": id, "inputs": inputs, "expected": "reject"}


def test_every_golden_forward_agrees_with_the_contracts() -> None:
    """Each is booked, settled and withdrawn, and nothing differs."""
    told: list[str] = []
    found = vectors_onchain.check_forwards(GOLDEN["forwards"], told.append)
    assert found == {entry["id"]: [] for entry in GOLDEN["forwards"]}
    assert sorted(told) == sorted(found)


def test_every_wrong_figure_of_every_forward_is_named() -> None:
    """With every expected value changed, the contracts contradict each one of them by its key."""
    changed = copy.deepcopy(GOLDEN["forwards"])
    for entry in changed:
        for key, value in entry["expected"].items():
            entry["expected"][key] = value + 1 if isinstance(value, int) else value + "?"
    found = vectors_onchain.check_forwards(changed)
    for before, entry in zip(GOLDEN["forwards"], changed, strict=True):
        assert [(each.key, each.got) for each in found[entry["id"]]] == [
            (f"{key} (contract)", before["expected"][key]) for key in entry["expected"]
        ]


def test_days_and_figures_of_any_file_play() -> None:
    """Any order, two prices on one day, a trade on another's maturity, decades ahead, and the widest figures."""
    widest = {"s0": 2**39 - 1, "f": 2**40 - 2, "f_ind_published": 2**39 - 1, "n_mtok": 2**40 - 1}
    entries = [
        forward("late", "2091-08-31", 6),
        forward("the second day of the epoch", "1970-01-02", 3),
        forward("early", "2026-07-15", 12, f_ref=2**40 - 1),
        forward("same day, other spot", "2026-07-15", 3, s0=400_000, f=370_000, f_ind_published=372_500, f_ref=0),
        forward("same day again", "2026-07-15", 3, f_ref=16_000_000),
        forward("trades on a maturity", "2026-10-15", 9, n_mtok=7, f_ind_published=7_449_117),
        forward("widest", "2027-01-01", 3, **widest, f_ref=2**40 - 1),
        forward("widest down", "2027-01-01", 3, **widest, f_ref=0),
        forward("smallest", "2028-02-29", 12, s0=1, f=2, f_ind_published=1, n_mtok=1, f_ref=1),
        forward("last year of the calendar", "9999-01-31", 9),
    ]
    assert vectors_onchain.check_forwards(entries) == {entry["id"]: [] for entry in entries}


def test_a_forward_that_cannot_be_booked_is_left_to_the_sdk() -> None:
    """Its refusal is reported once, by the SDK; the contracts are not asked."""
    entry = forward("too dear", "2026-07-15")
    entry["inputs"]["f"] = 2 * entry["inputs"]["s0"] + 1
    assert vectors_onchain.check_forwards([entry]) == {"too dear": []}
    assert vectors.check_forward(entry)[0].key == "inputs"


def test_what_the_contracts_refuse_is_a_mismatch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that reverts names the contract's reason beside what was expected."""

    def elsewhere(self: vectors_onchain.Stage, forward: vectors.ForwardInputs) -> Terms:
        made = original(self, forward)
        return Terms(**{name: getattr(made, name) for name in made.__slots__} | {"spot": made.spot + 1})

    original = vectors_onchain.Stage.terms
    monkeypatch.setattr(vectors_onchain.Stage, "terms", elsewhere)
    (mismatch,) = vectors_onchain.check_forwards([forward("one", "2026-07-15")])["one"]
    assert mismatch.key == "contract"
    assert "escrow: spot is not today's fixing" in str(mismatch.got)


INVALID = [
    refused("price zero", f=0),
    refused("price above twice the spot", f=16_000_001),
    refused("no quantity", n_mtok=0),
    refused("not in lots", n_mtok=250_001),
    refused("too large", n_mtok=2**40 - 2**40 % 100_000 + 100_000),
    refused("spot zero", s0=0),
    refused("spot too large", s0=2**39, f=1),
    refused("spot no fixing can have", s0=2**40, f=1),
    refused("indicative zero", f_ind_published=0),
    refused("indicative above the spot", f_ind_published=8_000_001),
    refused("fee of another product", fee_bps=50),
    refused("tenor that is not offered", tenor_months=4),
    refused("negative", f=-1),
    refused("beyond 256 bits", f=2**256),
]


def test_contracts_refuse_what_the_sdk_refuses() -> None:
    """By the same reason, wherever the contract has the check; terms that can be booked are booked."""
    good = refused("nothing wrong") | {"expected": "accept"}
    entries = [*INVALID, *GOLDEN["invalid_terms"], good]
    assert vectors_onchain.check_invalid_terms(entries) == {entry["id"]: [] for entry in entries}
    assert {entry["id"]: vectors.check_invalid_terms(entry) for entry in entries} == {e["id"]: [] for e in entries}


def test_a_refusal_that_only_one_of_the_two_makes_is_a_mismatch(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the SDK's own rules switched off, the contract's reason stands alone and is named."""
    monkeypatch.setattr(Terms, "validate", lambda *arguments, **more: None)
    (mismatch,) = vectors_onchain.check_invalid_terms([refused("price zero", f=0)])["price zero"]
    assert mismatch == ("expected (contract)", "accept", "escrow: price out of range")


def test_a_malformed_entry_is_refused_before_any_chain() -> None:
    """The entry and the key are named."""
    entry = forward("broken", "2026-07-15")
    entry["inputs"]["trade_date"] = "15.07.2026"
    with pytest.raises(IFXError, match=r"broken.*trade_date"):
        vectors_onchain.check_forwards([entry])


def test_the_shared_file_is_the_one_kept_here() -> None:
    """Where the shared vectors are at hand, ours are the same."""
    if not SHARED.exists():
        pytest.skip("../shared/vectors is not there")
    assert json.loads(Path(SHARED).read_text()) == GOLDEN


def test_the_stage_deploys_once_for_all_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every entry starts from one deployment, at the earliest trade date."""
    starts: list[int] = []
    original = vectors_onchain.Stage.__init__

    def counted(self: vectors_onchain.Stage, *, start: int, lot: int) -> None:
        starts.append(start)
        original(self, start=start, lot=lot)

    monkeypatch.setattr(vectors_onchain.Stage, "__init__", counted)
    vectors_onchain.check_forwards([forward("b", "2026-07-16", 3), forward("a", "2026-07-15", 3)])
    assert starts == [(date(2026, 7, 15) - date(1970, 1, 1)).days * 86_400]
