"""docs/paper-check.md: fresh, complete, in its own words, and its verdicts those of the arithmetic."""

import csv
import json
import re
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from support.tree import ROOT, text

sys.path.insert(0, str(ROOT))

from ifx_sdk.errors import BadValue
from ifx_sdk.hedging import BASE, Demand, Hedge, Sample, effectiveness, leg, simulate
from scripts import paper
from scripts.papercheck import claim, forward, ledger, recorded, scan
from scripts.papercheck.ledger import Verdict
from scripts.papercheck.page import FIGURE_4, VOLATILITY
from scripts.papercheck.page import ledger as whole_ledger

SEEDS = ROOT.parent / "shared" / "seeds"
DATA = ROOT.parent / "shared" / "data" / "openrouter"
needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the paper is not beside this checkout (../shared/seeds)")
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no recordings beside this checkout (../shared/data)")

SECTIONS = whole_ledger()
ROWS = [row for section in SECTIONS for row in section.rows]
QUOTED = 9
"""So many words in a row that stand in the paper would be a quotation."""


@pytest.fixture(scope="module")
def documents() -> dict[str, str]:
    """What `make paper` writes."""
    return paper.documents()


def seed(number: str) -> str:
    """The text of one seed."""
    return next(SEEDS.glob(f"{number}_*.txt")).read_text(encoding="utf-8")


def test_the_committed_document_and_figures_are_fresh(documents: dict[str, str]) -> None:
    """Byte for byte what the calculators give."""
    assert paper.stale(documents) == []


def test_a_changed_or_missing_file_is_told(documents: dict[str, str], tmp_path: Path) -> None:
    """`--check` compares each file; what is written as it should be is not told."""
    assert paper.stale(documents, tmp_path) == list(documents)
    for name, content in documents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert paper.stale(documents, tmp_path) == []
    (tmp_path / FIGURE_4).write_text(documents[FIGURE_4].replace("0.843", "0.851"), encoding="utf-8")
    assert paper.stale(documents, tmp_path) == [FIGURE_4]


def test_check_fails_where_a_file_differs(
    documents: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 and the file's name; 0 and nothing where all are fresh."""
    monkeypatch.setattr(paper, "documents", lambda: documents)
    assert paper.main(["--check"]) == paper.OK
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(paper, "documents", lambda: documents | {VOLATILITY: "another drawing"})
    assert paper.main(["--check"]) == paper.DIFFERS
    assert capsys.readouterr().err.startswith(VOLATILITY)


# ---------------------------------------------------------------------------------------------------- completeness


@needs_seeds
def test_every_number_of_the_paper_is_accounted_for() -> None:
    """Section by section, each numeral and number word as often as the paper states it, and none that it does not."""
    stated = {name: scan.numbers(body) for name, body in scan.sections(seed("001")).items()}
    have = {section.number: section.marks for section in SECTIONS if section.number != "Press"}
    assert set(have) <= set(stated)
    missing = {name: +(counted - have.get(name, counted - counted)) for name, counted in stated.items()}
    invented = {name: +(marks - stated[name]) for name, marks in have.items()}
    assert {name: dict(found) for name, found in missing.items() if found} == {}
    assert {name: dict(found) for name, found in invented.items() if found} == {}


@needs_seeds
def test_every_number_of_the_press_text_is_accounted_for() -> None:
    """The index's announcement and the market's, which states none."""
    press = next(section for section in SECTIONS if section.number == "Press")
    assert press.marks == scan.numbers(seed("002")) + scan.numbers(seed("000"))


@needs_seeds
def test_the_document_quotes_no_sentence(documents: dict[str, str]) -> None:
    """Facts and figures carry over, sentences do not."""

    def runs(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[at : at + QUOTED]) for at in range(len(words) - QUOTED + 1)}

    said = runs(re.findall(r"[a-z]+", seed("001").lower()))
    assert [run for run in runs(re.findall(r"[a-z]+", documents[paper.DOCUMENT].lower())) if run in said] == []


def test_the_scan_counts_numbers_and_not_names() -> None:
    """Years, amounts, words and fractions count; citations, model names and numbers of tables do not."""
    stated = scan.numbers(
        "GPT-4.1 and H100 [7, 12] in Table 2 cost \\$8.00, twice 1,000 in 2026: $\\frac{1}{37}$ of one million."
    )
    assert dict(stated) == {"8.00": 1, "twice": 1, "1,000": 1, "2026": 1, "1": 1, "37": 1, "one million": 1}


def test_the_scan_finds_sections_by_their_headings() -> None:
    """A row of a table that begins with a digit is no heading."""
    found = scan.sections("Title\nAbstract. 8\n1 One\n1.1 Part\n12M\t27.9%\n1\tNow\nReferences\n2026\n")
    assert list(found) == ["Title", "Abstract", "1", "1.1", "References"]
    assert found["1.1"] == "12M\t27.9%\n1\tNow"
    assert found["Abstract"].strip() == ". 8"


# --------------------------------------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("stated", "exact", "verdict"),
    [
        ("7.45", Fraction("7.45"), Verdict.HOLDS),
        ("74,500", 74_500, Verdict.HOLDS),
        ("15.0", Decimal("14.97"), Verdict.ROUNDING),
        ("0.5", Fraction(11, 20), Verdict.ROUNDING),
        ("0.5", Fraction(551, 1_000), Verdict.WRONG),
        ("27.9", Decimal("27.7"), Verdict.WRONG),
        ("3.13", Fraction("-3.13"), Verdict.WRONG),
    ],
)
def test_a_verdict_is_the_arithmetics(stated: str, exact: Fraction | Decimal | int, verdict: Verdict) -> None:
    """Exactly half a unit of the last printed digit is still rounding, more is not, and a sign counts."""
    assert ledger.judged(stated, exact) is verdict


def test_every_erratum_is_linked_from_the_check() -> None:
    """Each row of docs/errata.md governs at least one row here, and no link leads nowhere."""
    errata = {int(number) for number in re.findall(r"^\| (\d+) \|", text("docs/errata.md"), re.MULTILINE)}
    assert {row.erratum for row in ROWS if row.erratum} == errata


def figures(cell: str) -> set[str]:
    """The figures of two digits and more in a cell."""
    return {each for each in re.findall(r"\d[\d,]*(?:\.\d+)?", cell) if len(each) > 1}


# Whose correction is a name, a rule or a sentence, not a figure.
WITHOUT_FIGURE = {4, 16, 17}


def test_each_erratum_and_its_rows_share_a_recomputed_figure() -> None:
    """The errata's arithmetic stands apart from the calculators, and both come to the same."""
    for number, cell in re.findall(r"^\| (\d+) \|[^|]*\|[^|]*\|([^|]*)\|", text("docs/errata.md"), re.MULTILINE):
        said = set().union(*(figures(row.found) for row in ROWS if row.erratum == int(number)))
        assert int(number) in WITHOUT_FIGURE or said & figures(cell) or _small(int(number), cell), number


def _small(number: int, cell: str) -> bool:
    """Counts below ten, as words of the row."""
    small = set(re.findall(r"\b\d\b", cell))
    return bool(small & {each for row in ROWS if row.erratum == number for each in re.findall(r"\b\d\b", row.found)})


def test_every_wrong_row_says_what_is_right() -> None:
    """A correction is never empty, and a computed one names its equation or function."""
    assert [row.says for row in ROWS if row.verdict is Verdict.WRONG and not (row.found and row.by)] == []


def test_table_1_is_held_against_the_recorded_lists() -> None:
    """Of its eight rows the recordings contradict four, and bear the three launches out."""
    rows = {row.says.split(",")[1].split(":")[0].strip(): row for row in ROWS if row.says.startswith("Table 1, ")}
    contradicted = {"GPT-4 Turbo", "GPT-4o", "GPT-4o (rev.)", "Claude Opus 4.6"}
    assert {name for name, row in rows.items() if row.verdict is Verdict.WRONG} == contradicted
    assert {name for name, row in rows.items() if row.by.startswith("recorded list of")} == {
        "GPT-4o mini",
        "GPT-4.5",
        "GPT-4.1",
    }
    assert len(rows) == 8


def test_table_2_and_figure_4_show_the_right_values(documents: dict[str, str]) -> None:
    """Each wrong value is struck through with the right one beside it, and Figure 4 names every right one."""
    right = ("0.964", "0.931", "0.873", "0.843", "0.760", "0.695", "7.8%", "15.0%", "27.7%", "47.7%", "72.7%", "92.5%")
    assert [each for each in right if f">{each}<" not in documents[FIGURE_4]] == []
    page = documents[paper.DOCUMENT]
    printed = [(p, m) for _, column in forward.TABLE_2 for p, m in column]
    struck = set(re.findall(r"~~([\d.]+)%?~~", page))
    assert struck == {"27.9", "0.872"} | {value for pair in printed[3:] for value in pair}


def test_the_zone_of_a_probability() -> None:
    """Figure 4's zones, their ends among the moderate ones."""
    zones = [forward.risk_zone(Fraction(each, 1_000)) for each in (299, 300, 700, 701)]
    assert zones == ["low", "moderate", "moderate", "elevated"]


# -------------------------------------------------------------------------------------------------------- the claim


@pytest.fixture(scope="module")
def drawn() -> claim.Simulated:
    """The simulated part."""
    told: list[str] = []
    found = claim.simulated(told.append)
    assert len(told) == claim.STEPS
    return found


@pytest.mark.parametrize(
    ("hedge", "ratio", "cell"),
    [
        ("one 12M forward", "1", "4.8"),
        ("one 12M forward", "0.5", "48.0"),
        ("ladder 25/25/50", "1", "61.7"),
        ("ladder 25/37.5/25", "1", "79.1"),
        ("average-price 12M", "1", "100"),
    ],
)
def test_the_claims_simulation_reproduces_the_published_cells(
    drawn: claim.Simulated, hedge: str, ratio: str, cell: str
) -> None:
    """Within 1.5 points, and the closed form within 1.5 of it too."""
    simulated = drawn.ratios[hedge][Fraction(ratio)]
    closed = claim.removed(claim.EVEN, claim.HEDGES[hedge], Fraction(ratio))
    assert abs(simulated - Fraction(cell) / 100) <= Fraction(15, 1_000)
    assert abs(simulated - closed) <= Fraction(15, 1_000)


def test_without_basis_a_matching_hedge_removes_its_ratio() -> None:
    """Tokens of one date with its forward, and even use with an average: 62% removes 62%, 78% removes 78%."""
    for use, hedge in (("all at the end", "one 12M forward"), ("even over the year", "average-price 12M")):
        for ratio in claim.RATIOS:
            assert claim.removed(claim.SHAPES[use], claim.HEDGES[hedge], ratio) == ratio


def test_one_12m_forward_is_never_within_the_claim() -> None:
    """No hedge ratio of it removes 62-78% of an even user's spread; of a ladder some do."""
    naive, ladder = claim.HEDGES["one 12M forward"], claim.HEDGES["ladder 25/37.5/25"]
    assert claim.ratios_within(claim.EVEN, naive, Fraction(0)) is None
    assert claim.ratios_within(claim.EVEN, ladder, Fraction(0)) == (Fraction(68, 100), Fraction(132, 100))
    assert claim.best(claim.EVEN, naive, Fraction(0))[0] == Fraction(52, 100)


def test_a_basis_is_what_no_hedge_on_the_list_price_removes() -> None:
    """The closed form against a simulated spend that is off by as much; less than 0 is no spread."""
    use = [Sample(time, weight * claim.VOLUME) for time, weight in claim.EVEN]
    forward_year = leg(12, claim.VOLUME, spot=8_000_000, trade_date=claim.TRADE_DATE, since=0)
    hedge = Hedge(name="average", side="long", legs=(forward_year,))
    for basis in (Fraction(5, 100), Fraction(20, 100)):
        off = Demand(name="off", volume_sd=basis)
        found = simulate(BASE, 8_000_000, use, [hedge], demands=(off,), paths=60_000, grid=1).hedged["average"]["off"]
        closed = effectiveness(BASE, use, hedge.samples(1), basis)
        assert closed is not None
        assert abs((found.effectiveness or 0) - closed) < 10_000
    assert effectiveness(BASE, use, hedge.samples(1), Fraction(0)) == effectiveness(BASE, use, hedge.samples(1))
    with pytest.raises(BadValue):
        effectiveness(BASE, use, hedge.samples(1), Fraction(-1, 100))


def test_where_prices_explode_the_cap_binds(drawn: claim.Simulated) -> None:
    """An average-price forward lands inside the claimed band there, and nowhere near where a rise of 317% is drawn."""
    by_title = {title.split(",")[0].split(":")[0]: found for title, found in drawn.scenarios.items()}
    assert claim.BAND[0] <= by_title["demand explodes"]["average-price 12M"] <= claim.BAND[1]
    assert max(by_title["the same and one rise on record (0.60 to 2.50)"].values()) < Fraction(13, 100)


# ------------------------------------------------------------------------------------------------------- recordings


@needs_data
@pytest.mark.parametrize("listed", recorded.LISTED, ids=lambda each: f"{each.model} {each.on}")
def test_a_recorded_price_is_that_of_the_recording(listed: recorded.Listed) -> None:
    """Output and input as the list of that date has them."""
    body = json.loads((DATA / "models" / f"{listed.on}.json").read_text(encoding="utf-8"), parse_float=Decimal)
    pricing = next(each["pricing"] for each in body["data"] if each["id"] == listed.model)
    exact = [(Decimal(pricing[key]) * 10**6).quantize(Decimal("1e-9")) for key in ("completion", "prompt")]
    assert exact == [listed.output, listed.input]


@needs_data
def test_the_list_of_december_has_as_many_models() -> None:
    """Models and makers, and no Gemini Ultra on the list of June."""
    body = json.loads((DATA / "models" / "2025-12-18.json").read_text(encoding="utf-8"))["data"]
    assert (len(body), len({each["id"].split("/")[0] for each in body})) == recorded.MODELS_IN_DECEMBER
    june = json.loads((DATA / "models" / f"{recorded.JUNE}.json").read_text(encoding="utf-8"))["data"]
    assert [each["id"] for each in june if re.search(r"gemini.*ultra", each["id"])] == []


@needs_data
def test_the_share_of_output_is_that_of_the_recorded_days() -> None:
    """Completion tokens over all tokens of every recorded day."""
    total = output = 0
    days = sorted((DATA / "activity" / "daily").glob("*.csv"))
    for day in days:
        with day.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                output += int(row["total_completion_tokens"])
                total += int(row["total_prompt_tokens"]) + int(row["total_completion_tokens"])
    assert len(days) == 39
    assert round(Fraction(output, total), 4) == recorded.OUTPUT_SHARE
