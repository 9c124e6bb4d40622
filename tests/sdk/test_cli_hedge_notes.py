"""What `ifx hedge plan` tells a treasury of its file, and how fine its figures are."""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from support.commands import Shell, refused

from ifx_sdk.cli.hedge_chart import _title
from ifx_sdk.cli.hedge_words import removed, tokens
from ifx_sdk.hedging.simulation import Spread

SHELL = Shell()
AT = ("--spot", "8.00", "--on", "2026-07-15", "--paths", "2000")
HEADER = "date,model,output_tokens\n"


def saved(folder: Path, first: date, days: int, tokens: int = 2_740_000_000, step: int = 1) -> str:
    rows = [f"{first + timedelta(days=n)},m,{tokens}\n" for n in range(0, days, step)]
    path = folder / "usage.csv"
    path.write_text(HEADER + "".join(rows))
    return str(path)


def told(path: str, *options: str) -> str:
    return " ".join(SHELL.json("hedge", "plan", path, *AT, *options)["notes"])


@pytest.mark.parametrize(
    ("first", "days", "step", "words"),
    [
        (date(2026, 7, 10), 5, 1, "5 days on record are all that 12 months are projected from"),
        (date(2025, 1, 1), 90, 1, "ends 471 days before the trade date"),
        (date(2026, 5, 1), 200, 1, "days after the trade date count as recorded"),
        (date(2026, 1, 1), 180, 30, "145 of 151 days have no row"),
    ],
)
def test_a_doubtful_record_is_told(first: date, days: int, step: int, words: str, tmp_path: Path) -> None:
    """Too short, too old, past the trade date, made of months; of 100 days up to it none of these."""
    assert words in told(saved(tmp_path, first, days, step=step))
    fine = told(saved(tmp_path, date(2026, 4, 6), 100))
    assert not any(each in fine for each in ("on record are all", "record ends", "record runs", "have no row"))


def test_what_the_worst_case_is_depends_on_the_side(tmp_path: Path) -> None:
    """A price of 0 for who pays for tokens, a rise for who sells them."""
    path = saved(tmp_path, date(2026, 4, 6), 100)
    assert "lose if the price falls to 0" in told(path)
    assert "lose if the price rises by the spot" in told(path, "--short")


def test_more_than_is_used_is_called_a_bet(tmp_path: Path) -> None:
    """60B tokens a year and a lot of 100B; where the lots fit nothing is said."""
    assert "a bet on the price" in told(saved(tmp_path, date(2026, 4, 6), 100, 60 * 10**9 // 365))
    assert "a bet on the price" not in told(saved(tmp_path, date(2026, 4, 6), 100))


def spread(effectiveness: int | None, error: int) -> Spread:
    return Spread(mean=1, sd=1, low=1, high=1, effectiveness=effectiveness, error=error)


def test_no_figure_is_finer_than_the_simulation_knows() -> None:
    """Decimals where they hold from seed to seed; else whole percent and two standard errors."""
    shown = [removed(each) for each in (spread(789_038, 865), spread(151_812, 9_488), spread(-11_148_000, 30_000))]
    assert shown == ["78.9%", "15% +-2", "-1,115% +-6"]
    assert (removed(spread(48_058, 2_656)), removed(spread(None, 0))) == ("5% +-1", "-")


def test_volumes_are_written_for_people() -> None:
    """T, B, and M below; never a zero for something."""
    assert [tokens(Fraction(each)) for each in ("1085000", "250000", "500", "0.001")] == [
        "1.085T tokens",
        "250B tokens",
        "500M tokens",
        "under 1M tokens",
    ]


@pytest.mark.parametrize(
    ("ladder", "naive", "words"),
    [
        (793_000, 37_000, "removes 79% of the uncertainty of this cost; one 12M forward removes 4%"),
        (558_000, -1_518_000, "one 12M forward adds 152%"),
        (0, -1_278_000, "No ladder fits"),
        (0, 0, "smaller than half a lot"),
        (None, None, "No repricing was drawn"),
    ],
)
def test_a_picture_says_what_it_shows(ladder: int | None, naive: int | None, words: str) -> None:
    """What adds uncertainty is not called to remove less than nothing."""
    assert words in _title("cost", 12, {"ladder": ladder, "naive": naive})


ROWS = "date,model,old_price,new_price,mid_cycle\n"


def test_a_table_of_rises_is_planned_with(tmp_path: Path) -> None:
    """Eq. 6 has no price for it, but a hedge is what it calls for; the curve is refused."""
    table = tmp_path / "table.csv"
    table.write_text(ROWS + "2025-02-08,deepseek-chat,0.28,1.10,yes\n")
    own = ("--repricings", str(table), "--watched", "40")
    found = SHELL.json("hedge", "plan", saved(tmp_path, date(2026, 4, 6), 100), *AT, *own)
    assert found["process"]["factors"] == ["55/14"]
    assert "rose on average" in refused(SHELL.run("curve", *AT[:4], *own, "--json"), 2, "BadCalibration")


@pytest.mark.parametrize(
    ("row", "kind", "words"),
    [
        ("2026-08-01,a,5,4,yes\n", "BadValue", "after the trade date 2026-07-15"),
        ("2025-08-01,a,5,0,yes\n", "BadCalibration", "went to 0"),
        ("2025-08-01,a,5,4,no\n", "BadCalibration", "mid_cycle yes"),
    ],
)
def test_a_table_that_proves_nothing_is_refused_plainly(row: str, kind: str, words: str, tmp_path: Path) -> None:
    """Announced only, a price of 0, launches only; a past cut is planned with."""
    path, table = saved(tmp_path, date(2026, 4, 6), 100), tmp_path / "table.csv"
    own = ("--repricings", str(table), "--watched", "40")
    table.write_text(ROWS + row)
    assert words in refused(SHELL.run("hedge", "plan", path, *AT, *own, "--json"), 2, kind)
    table.write_text(ROWS + "2025-08-01,a,5,4,yes\n")
    SHELL.run("hedge", "plan", path, *AT, *own).ok()


def test_a_model_that_is_not_in_the_file_is_named_beside_those_that_are(tmp_path: Path) -> None:
    """The cure lists them."""
    path = saved(tmp_path, date(2026, 4, 6), 100)
    assert "--model: m" in refused(SHELL.run("hedge", "plan", path, *AT, "--model", "n", "--json"), 2, "BadPlan")


def test_a_file_of_an_other_model_than_the_underlying_is_told(tmp_path: Path) -> None:
    """A plan for o3 on GPT-4.1's price; a dated name of the same model is none."""
    path = tmp_path / "usage.csv"
    options = ("--underlying", "openai/gpt-4.1")
    for model, expected in (("o3", True), ("gpt-4.1-2025-04-14", False), ("openai/gpt-4.1", False)):
        path.write_text(f"{HEADER}2026-07-01,{model},2740000000\n")
        assert ("is not called gpt-4.1" in told(str(path), *options)) is expected
    assert "is not called" not in told(str(path))
    head = SHELL.run("hedge", "plan", str(path), *AT, *options).ok().out
    assert "8.00 USD/Mtok, as given for openai/gpt-4.1" in head
