"""Append-only rows over content-addressed inputs: revisions, reasons, and every change that must not go unseen."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from support.index_files import DAY, activity_table, back, files, price_list

from ifx_index.day import InputFile, Role, compute_day
from ifx_index.decomposition import Decomposition
from ifx_index.errors import BadInput, BadStore, NeedsReason, NoRecord, TooEarly
from ifx_index.history import history
from ifx_index.recompute import LPI, Outcome, day_outcomes, inputs_hash
from ifx_index.record import Record, canonical
from ifx_index.relatives import compute as compute_relative
from ifx_index.store import Store, SuspectStore
from ifx_index.verify import verify

A, B = "openai/gpt-a", "openai/gpt-b"
PUBLISHED = datetime(2026, 7, 21, 6, tzinfo=UTC)
USED = activity_table([(A, "standard", 5 * 10**9, 10**9), (B, "standard", 10**9, 3 * 10**9)])
LISTED = price_list({A: "0.000008", B: "0.000015"})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store of which nothing is there yet."""
    return Store(tmp_path / "store")


def put(store: Store, inputs: list[InputFile], reason: str | None = None, now: datetime = PUBLISHED) -> list[Record]:
    """Compute and record the usual day."""
    return store.append(LPI, DAY, inputs, day_outcomes(compute_day(DAY, inputs)), now=now, reason=reason)


def faults(store: Store) -> list[str]:
    """What does not follow from its inputs."""
    return [verdict.fault for verdict in verify(store) if verdict.fault is not None]


def test_a_record_has_the_keys_of_the_methodology(store: Store) -> None:
    """And its inputs hash is the manifest's."""
    inputs = files(USED, LISTED)
    new = put(store, inputs)
    assert len(new) == 12
    row = new[0].row()
    assert row.pop("diagnostics") == compute_day(DAY, inputs).series["LPI-openai"].measure.diagnostics()
    assert row == {
        "series": "LPI-openai",
        "date": "2026-07-20",
        "methodology": "1.0",
        "revision": 1,
        "inputs_hash": inputs_hash(LPI, DAY, inputs),
        "value": 10_800_000,
        "published_at": "2026-07-21T06:00:00Z",
        "reason": None,
    }
    assert Store(store.folder).records == tuple(new)


def test_what_stands_already_is_not_written_again(store: Store) -> None:
    """The same inputs, in any order, add nothing; nor do other inputs that change no figure."""
    put(store, files(USED, LISTED))
    assert put(store, list(reversed(files(USED, LISTED)))) == []
    assert put(store, files(USED, LISTED, previous=(f"{back(1)}.json", LISTED))) == []


def test_a_correction_is_a_new_revision_with_a_reason_and_the_old_row_stays(store: Store) -> None:
    """Without a reason nothing is written."""
    put(store, files(USED, LISTED))
    before = (store.folder / "records.jsonl").read_bytes()
    dearer = files(USED, price_list({A: "0.000009", B: "0.000015"}))
    with pytest.raises(NeedsReason, match="LPI-openai for 2026-07-20"):
        put(store, dearer)
    assert (store.folder / "records.jsonl").read_bytes() == before
    new = put(store, dearer, reason="the list was recorded late")
    assert [(r.series, r.revision, r.reason) for r in new] == [
        ("LPI-openai", 2, "the list was recorded late"),
        ("LPI-openai-O", 2, "the list was recorded late"),
    ]
    assert (store.folder / "records.jsonl").read_bytes().startswith(before)
    assert store.record("LPI-openai", DAY).value == 11_400_000
    assert faults(store) == []


def test_only_a_good_first_revision_settles(store: Store) -> None:
    """A later revision is a mark and never a fixing; a value of less quality is neither."""
    (first, *_), _ = put(store, files(USED, LISTED)), None
    dearer = files(USED, price_list({A: "0.000009", B: "0.000015"}))
    (second, *_) = put(store, dearer, reason="late list")
    (poor, *_) = put(store, files(USED, price_list({A: "0.000009"})), reason="a part of the list")
    assert [(r.good, r.settles) for r in (first, second, poor)] == [(True, True), (True, False), (False, False)]


def test_a_day_is_published_at_six_of_the_next(store: Store) -> None:
    """Not a second before."""
    with pytest.raises(TooEarly, match="2026-07-20"):
        put(store, files(USED, LISTED), now=PUBLISHED - timedelta(seconds=1))
    assert not store.folder.exists()
    assert len(put(store, files(USED, LISTED), now=PUBLISHED)) == 12


def test_a_record_that_is_not_there_is_named(store: Store) -> None:
    """With what to do about it."""
    put(store, files(USED, LISTED))
    assert store.record("LPI-qwen", DAY).value is None
    with pytest.raises(NoRecord, match="LPI-qwen for 2026-07-19"):
        store.record("LPI-qwen", back(1))


def test_two_writers_do_not_undo_each_other(store: Store) -> None:
    """A store that was opened earlier sees what another one wrote before it writes."""
    other = Store(store.folder)
    put(store, files(USED, LISTED))
    assert put(other, files(USED, LISTED)) == []
    assert len(other.records) == 12


def test_every_record_follows_from_its_inputs(store: Store) -> None:
    """Computed again from what the store holds, and nothing else."""
    put(store, files(USED, LISTED, previous=(f"{back(1)}.json", LISTED), second=("2026-07-20.json", LISTED)))
    assert [verdict.fault for verdict in verify(Store(store.folder))] == [None] * 12


def change_rows(store: Store, old: bytes, new: bytes) -> None:
    """Do what must never be done."""
    path = store.folder / "records.jsonl"
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def test_a_changed_value_or_diagnostic_is_found(store: Store) -> None:
    """A row that says another figure than its inputs; such a store is opened by nobody but who verifies it."""
    put(store, files(USED, LISTED))
    change_rows(store, b'"value":10800000', b'"value":10800001')
    change_rows(store, b'"quality_status":"GOOD"', b'"quality_status":"POOR"')
    with pytest.raises(BadStore, match="it was changed: its seal says another hash"):
        Store(store.folder)
    found = faults(SuspectStore(store.folder))
    assert len(found) in (1, 2)
    assert any("its inputs give 10800000, not 10800001" in fault for fault in found)


def test_a_changed_diagnostic_alone_is_found(store: Store) -> None:
    """It is named."""
    put(store, files(USED, LISTED))
    change_rows(store, b'"n_models":2', b'"n_models":3')
    assert faults(SuspectStore(store.folder)) == ["its inputs give other diagnostics: n_models"]


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"2026-07-21T06:00:00Z", b"2026-07-21T06:00:01Z"), (b"rows are late", b"rows were bad")],
    ids=["published_at", "reason"],
)
def test_a_changed_byte_that_no_input_tells_of_breaks_the_seal(store: Store, old: bytes, new: bytes) -> None:
    """When a row was published decides whether it fixes anything, and nothing but the seal holds it."""
    put(store, files(USED, LISTED))
    put(store, files(USED, price_list({A: "0.000009", B: "0.000015"})), reason="rows are late")
    assert SuspectStore(store.folder).faults == {}
    change_rows(store, old, new)
    with pytest.raises(BadStore, match=r"records\.jsonl: it was changed"):
        put(Store(store.folder), files(USED, LISTED), reason="another")
    assert SuspectStore(store.folder).faults == {"records.jsonl": "it was changed: its seal says another hash"}


def test_rows_that_were_cut_off_are_missed(store: Store) -> None:
    """Whole ones too: what was published cannot be taken back."""
    put(store, files(USED, LISTED))
    path = store.folder / "records.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(BadStore, match="it was cut short"):
        Store(store.folder)
    path.unlink()
    with pytest.raises(BadStore, match="it is gone"):
        Store(store.folder)


@pytest.mark.parametrize("left", [b'{"series": "LPI-op', b'{"series":"LPI-openai"}\n'], ids=["torn", "whole"])
def test_what_a_stopped_writer_left_does_not_count(store: Store, left: bytes) -> None:
    """It was never sealed, so never told; verify tells it, and the next writer cuts it off."""
    put(store, files(USED, LISTED))
    path = store.folder / "records.jsonl"
    before = path.read_bytes()
    path.write_bytes(before + left)
    assert len(Store(store.folder).records) == 12
    assert "bytes after its seal do not count" in SuspectStore(store.folder).faults["records.jsonl"]
    put(Store(store.folder), files(USED, price_list({A: "0.000009", B: "0.000015"})), reason="late list")
    assert path.read_bytes().startswith(before + b'{"date"')
    assert SuspectStore(store.folder).faults == {}


def test_a_first_writer_that_was_stopped_leaves_an_empty_store(store: Store) -> None:
    """Its seal was there before its rows."""
    put(store, files(USED, LISTED))
    (store.folder / "records.seal").write_bytes(canonical({"bytes": 0, "sha256": sha256().hexdigest()}) + b"\n")
    assert Store(store.folder).records == ()
    assert len(put(Store(store.folder), files(USED, LISTED))) == 12


@pytest.mark.parametrize(
    "seal", [None, b"", b"[]", b'{"bytes": -1, "sha256": ""}', b'{"bytes": 1}', b"\xff", b'{"bytes": 1, "sha256": ""}']
)
def test_rows_without_their_seal_are_refused(store: Store, seal: bytes | None) -> None:
    """Lost, or nothing that says what counts."""
    put(store, files(USED, LISTED))
    path = store.folder / "records.seal"
    path.unlink() if seal is None else path.write_bytes(seal)
    for opened in (Store, SuspectStore):
        with pytest.raises(BadStore, match=r"records\.seal"):
            opened(store.folder)


def test_a_row_that_names_another_objects_hash_is_found(store: Store) -> None:
    """An input itself, which is no manifest."""
    inputs = files(USED, LISTED)
    (first, *_) = put(store, inputs)
    change_rows(store, first.inputs_hash.encode(), inputs[0].sha256.encode())
    (fault,) = faults(SuspectStore(store.folder))
    assert "it is no manifest" in fault


def test_a_manifest_of_another_kind_is_found(store: Store) -> None:
    """A day's files are no one document."""
    inputs = files(USED, LISTED)
    outcome = {"TPI": Outcome(1, {})}
    store.append("tpi", DAY, inputs, outcome, now=PUBLISHED)
    (fault,) = faults(store)
    assert "it is computed from one file, not from 2" in fault


def test_a_changed_or_lost_input_is_found(store: Store) -> None:
    """Its name is the hash of its contents."""
    inputs = files(USED, LISTED)
    put(store, inputs)
    path = store.folder / "objects" / inputs[0].sha256[:2] / inputs[0].sha256
    path.write_bytes(path.read_bytes().replace(b"standard", b"free"))
    assert all("it was changed" in fault for fault in faults(store))
    path.unlink()
    assert all("cannot be read" in fault for fault in faults(store))
    assert len(faults(store)) == 12


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'"revision":1', b'"revision":2', "row 1: a first revision has no reason"),
        (b'"reason":null', b'"reason":"because"', "row 1: a first revision has no reason"),
        (b'"reason":null,"revision":1', b'"reason":"x","revision":3', "row 1: revision 3 is out of order"),
        (b'"value":10800000', b'"value":10.8', "row 1: its revision or value is no integer"),
        (b'"methodology":"1.0",', b"", "row 1: it has not the keys"),
        (b'"date":"2026-07-20"', b'"date":"yesterday"', "row 1: Invalid isoformat"),
        (b"\n", b"", "row 1: Extra data"),
    ],
)
def test_a_row_that_cannot_be_is_refused(store: Store, old: bytes, new: bytes, why: str) -> None:
    """When the store is opened, with its number."""
    put(store, files(USED, LISTED))
    change_rows(store, old, new)
    with pytest.raises(BadStore, match=why):
        Store(store.folder)


def test_a_torn_row_is_refused(store: Store) -> None:
    """A writer that was stopped in the middle of a line."""
    put(store, files(USED, LISTED))
    path = store.folder / "records.jsonl"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(BadStore, match="row 12: its last row is torn"):
        Store(store.folder)


def test_what_is_held_is_noted_once(store: Store) -> None:
    """With its reason, beside the records."""
    store.hold(DAY, {"LPI-qwen": "a part of a day"})
    store.hold(DAY, {"LPI-qwen": "a part of a day"})
    assert store.held == [{"date": "2026-07-20", "reason": "a part of a day", "series": "LPI-qwen"}]
    path = store.folder / "held.jsonl"
    path.write_bytes(path.read_bytes().replace(b"a part", b"a tart"))
    with pytest.raises(BadStore, match=r"held\.jsonl: it was changed"):
        store.held  # noqa: B018 - reading is what is refused
    assert list(SuspectStore(store.folder).faults) == ["held.jsonl"]


# ----------------------------------------------------------------------------------------------------- for publication


def test_the_history_tells_each_day_with_its_rows_and_change(store: Store) -> None:
    """Two days and one that is held; contributions and effects are those of the newest revisions."""
    earlier = files(activity_table([(A, "standard", 10**9, 10**9)], day=back(1)), day=back(1))
    earlier += [InputFile(role=Role.MODELS, name=f"{back(1)}.json", data=LISTED)]
    outcome = day_outcomes(compute_day(back(1), earlier))
    store.append(LPI, back(1), earlier, outcome, now=PUBLISHED)
    put(store, files(USED, LISTED))
    store.hold(DAY, {"LPI-qwen": "recorded since, so no longer held"})
    store.hold(DAY + timedelta(days=1), {"LPI-qwen": "a part of a day"})
    first, second, third = history(store)
    assert [day.date for day in (first, second, third)] == [back(1), DAY, DAY + timedelta(days=1)]
    assert first.series["LPI-openai"].change is None
    point = second.series["LPI-openai"]
    assert sum(part.contribution_micro for part in point.contributions) == point.record.value == 10_800_000
    assert point.previous_date == back(1)
    assert point.change == Decomposition(
        previous=8 * 10**6,
        now=108 * 10**5,
        price_effect=0,
        mix_effect=28 * 10**5,  # type: ignore[arg-type]
    )
    assert (second.held, third.held, dict(third.series)) == ({}, {"LPI-qwen": "a part of a day"}, {})


TPI = {
    "kind": "tpi",
    "date": "2026-07-20",
    "constituents": [
        {"model": name, "volume": 10, "price_raw_micro": price, "scores": scores}
        for name, price, scores in [
            ("a", 8_000_000, {"MMLU": "86", "HumanEval": "67", "GSM8K": "92"}),
            ("b", 10_000_000, {"MMLU": "43", "HumanEval": "33.5", "GSM8K": "46"}),
            ("c", 99_000_000, {"MMLU": "86", "HumanEval": None, "GSM8K": "92"}),
            ("d", 12_000_000, {"MMLU": "86", "HumanEval": "67", "GSM8K": "92"}),
            ("e", 16_000_000, {"MMLU": "86", "HumanEval": "67", "GSM8K": "92"}),
        ]
    ],
}
CATI = {
    "kind": "cati",
    "date": "2026-07-20",
    "company": "acme",
    "reliability": {"api": "1", "inv": "0.5"},
    "channel_share": {"direct": {"api": "1", "inv": None}},
    "volume": {"direct": {"a": {"api": 60, "inv": 60}, "b": {"api": 60, "inv": None}}},
    "price_out_micro": {"direct": {"a": 10_000_000, "b": 20_000_000}},
}


CATI_DAYS = {
    "kind": "cati",
    "date": "2026-07-20",
    "company": "acme",
    "days": [
        CATI | {"date": "2026-07-18"},
        CATI | {"date": "2026-07-19", "renamed": {"b": "c"}, "price_out_micro": {"direct": {"a": 10, "b": 20}}},
        CATI | {"date": "2026-07-20", "price_out_micro": {"direct": {"a": 11_000_000, "b": 20_000_000}}},
    ],
}


@pytest.mark.parametrize(
    ("kind", "document", "series", "value"),
    [
        ("tpi", TPI, "TPI", 14_000_000),
        ("cati", CATI, "CATI-acme", 14_000_000),
        ("cati", CATI_DAYS, "CATI-acme", 14_600_000),
    ],
)
def test_relatives_have_records_that_verify(
    store: Store, kind: str, document: dict[str, object], series: str, value: int
) -> None:
    """One document is their whole input."""
    file = InputFile(role=Role.DOCUMENT, name="in.json", data=json.dumps(document).encode())
    found = compute_relative(kind, file.data, file.name)
    assert (found.series, found.value) == (series, value)
    outcome = {found.series: Outcome(found.value, found.diagnostics)}
    (record,) = store.append(kind, DAY, [file], outcome, now=PUBLISHED)
    assert record.value == value
    assert faults(store) == []


def test_relatives_tell_who_is_left_out_and_what_the_mean_says() -> None:
    """A missing benchmark makes ineligible; null cells make the two aggregations differ, which is flagged."""
    tpi = compute_relative("tpi", json.dumps(TPI).encode(), "t.json").diagnostics
    assert (tpi["constituents"], tpi["ineligible"]) == (["a", "b", "c", "d", "e"], ["c"])
    cati = compute_relative("cati", json.dumps(CATI).encode(), "c.json").diagnostics
    mean = cati["mean"]
    assert isinstance(mean, dict)
    assert (cati["index_micro"], mean["index_micro"], cati["mean_differs"]) == (14_000_000, 15_000_000, True)


def test_a_company_index_tells_every_rebalance_with_its_cause() -> None:
    """From the observed days alone, so that the log is the same whenever it is computed."""
    found = compute_relative("cati", json.dumps(CATI_DAYS).encode(), "c.json").diagnostics["rebalances"]
    assert isinstance(found, list)
    assert [(each["date"], each["cause"], each["detail"]) for each in found] == [
        ("2026-07-18", "INITIAL", ""),
        ("2026-07-19", "RENAME", "b -> c"),
    ]


@pytest.mark.parametrize(
    ("kind", "change", "why"),
    [
        ("tpi", {"kind": "cati"}, "no document of kind tpi"),
        ("tpi", {"date": "July"}, "its date is 'July'"),
        ("tpi", {"constituents": {}}, "no list of constituents"),
        ("tpi", {"cap": "x"}, "no list of constituents, or no cap"),
        ("tpi", {"constituents": [{"model": "a"}]}, "row 1: it lacks a model"),
        ("tpi", {"constituents": [TPI["constituents"][0] | {"scores": {"MMLU": "good"}}]}, "row 1: a has a score"),  # type: ignore[index]
        ("cati", {"company": ""}, "names no company"),
        ("cati", {"days": []}, "its days are no list"),
        ("cati", {"days": [7]}, "row 1: the document must be an object"),
        ("cati", {"days": [{"date": "2026-07-19"}]}, "row 1: reliability must be an object"),
        ("cati", {"days": [CATI | {"date": "2026-07-19"}]}, "its last day is 2026-07-19, not 2026-07-20"),
        ("cati", {"days": [CATI | {"date": "x"}]}, "row 1: it has no date"),
    ],
)
def test_a_document_that_cannot_be_read_is_refused_with_its_cure(
    kind: str, change: dict[str, object], why: str
) -> None:
    """The refusal names file, row and where a whole one is shown."""
    document = {"tpi": TPI, "cati": CATI}[kind] | change
    with pytest.raises(BadInput, match=why) as refused:
        compute_relative(kind, json.dumps(document).encode(), "in.json")
    assert "relatives.py" in refused.value.cure
