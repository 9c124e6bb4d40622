"""The demo on a few recordings of our own: gaps, a node that is down, one that is stale, and the verdict."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ifx_sdk.errors import BadFile
from scripts import demo
from scripts.demonstration.checks import check
from scripts.demonstration.market import Play, play
from scripts.demonstration.recordings import Recordings
from scripts.demonstration.scenario import LUNA, number
from scripts.demonstration.statement import show

PRICES = {"2026-07-14": "6", "2026-07-15": "6", "2026-07-16": "6", "2026-07-17": "6", "2026-07-20": "6"}
CUT = {"2026-08-21": "1.2"}


def record(folder: Path, prices: dict[str, str], *, model: str = LUNA) -> Path:
    """Write models lists as OpenRouter gives them: USD per token."""
    (folder / "openrouter" / "models").mkdir(parents=True, exist_ok=True)
    for date, usd in prices.items():
        listed = [{"id": model, "canonical_slug": f"{model}-1", "pricing": {"completion": f"{usd}e-6"}}]
        (folder / "openrouter" / "models" / f"{date}.json").write_text(json.dumps({"data": listed}))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five days at 6.00, one at 1.20 a month later, and nothing between."""
    return record(tmp_path_factory.mktemp("data"), PRICES | CUT)


@pytest.fixture(scope="module")
def played(folder: Path) -> Play:
    """One play, from booking to withdrawal."""
    return play(Recordings(folder), lambda *_: None)


def test_the_play_holds_against_its_own_arithmetic(played: Play) -> None:
    """Every payout, fixing and wallet is as the plain reference has it."""
    assert check(played, table=False) == []


def test_postponement_and_fallback_decide_the_average(played: Play) -> None:
    """34 days at 6.00, the two before the cut's recording and the 56 after it at 1.20: the mean, rounded down."""
    point, average = (trade.settlement for trade in played.trades)
    assert point is not None
    assert average is not None
    assert point.price == 1_200_000
    assert average.price == (34 * 6_000_000 + 58 * 1_200_000) // 92


def test_a_forward_without_a_fixing_at_maturity_settles_three_days_later(played: Play) -> None:
    """Only then is it certain that no fixing of the next two days comes."""
    assert {trade.settled_at // 86_400 for trade in played.trades} == {number("2026-10-18")}


def test_only_recorded_days_have_a_fixing(played: Play) -> None:
    """The other days have no page: no node reports, nobody posts."""
    posted = {day.day for day in played.days if day.fixings}
    assert posted == {number(date) for date in (PRICES | CUT) if date >= "2026-07-15"}
    assert all(day.poster is None and day.gas == 0 for day in played.days if not day.fixings)


def test_the_quorum_is_seen_at_work(played: Play) -> None:
    """A node that is down and one that reads an old page leave three signatures, and no wrong fixing."""
    counts = {day.day: fixing.signers.bit_count() for day in played.days for fixing in day.fixings.values()}
    assert counts[number("2026-08-21")] == counts[number("2026-07-20")] == 3
    assert counts[number("2026-07-15")] == 4
    assert {day.day: day.poster for day in played.days if day.poster == "east"} == {number("2026-07-20"): "east"}


Damage = Callable[[Play], None]


def _payout(play: Play) -> None:
    settled = play.trades[0].settlement
    assert settled is not None
    play.trades[0] = replace(play.trades[0], settlement=replace(settled, long_payout=settled.long_payout + 1))


def _wallet(play: Play) -> None:
    play.wallets.after["short"] -= 1


def _fixing(play: Play) -> None:
    day = play.days[0]
    day.fixings[LUNA] = replace(day.fixings[LUNA], price=6_000_001)


def _escrow(play: Play) -> None:
    play.escrow_left = 1


@pytest.mark.parametrize("damage", [_payout, _wallet, _fixing, _escrow])
def test_one_micro_fails_the_demo(
    played: Play, folder: Path, damage: Damage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A difference of one micro-USDT anywhere: WRONG, and exit 1."""
    copy = replace(
        played,
        trades=list(played.trades),
        days=[replace(day, fixings=dict(day.fixings)) for day in played.days],
        wallets=replace(played.wallets, after=dict(played.wallets.after)),
    )
    damage(copy)
    monkeypatch.setattr(demo, "play", lambda *_: copy)
    assert demo.main(["--data", str(folder)]) == 1
    assert "WRONG" in capsys.readouterr().out


def test_the_statement_is_complete_when_it_is_no_terminal(
    played: Play, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Amounts in full, on one line, and the verdict; exit 0."""
    monkeypatch.setattr(demo, "play", lambda *_: played)
    assert demo.main(["--data", str(folder)]) == 0
    out = capsys.readouterr().out
    average = played.trades[1].settlement
    assert average is not None
    assert average.long_payout == 308_391_300_000
    for text in ("308,391.300000", "891,608.700000", "1,205,840.000000", "11,680.000000", "Checked"):
        assert text in out
    for text in ("postponed to 2026-08-21", "fallback to 2026-07-20", "north was down", "south read a stale mirror"):
        assert text in out
    assert "…" not in out


def test_a_narrow_terminal_cuts_no_amount(played: Play) -> None:
    """At forty characters every amount is still there."""
    import io

    from rich.console import Console

    stream = io.StringIO()
    show(played, Console(file=stream, width=40, soft_wrap=True, force_terminal=True, color_system=None))
    for text in ("308,391.300000", "891,608.700000", "1,205,840.000000"):
        assert text in stream.getvalue()


def test_a_folder_without_the_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is missing is said, with the cure; exit 2."""
    record(tmp_path, CUT, model="openai/gpt-4.1")
    with pytest.raises(BadFile, match="no recording in it carries"):
        Recordings(tmp_path)
    assert demo.main(["--data", str(tmp_path)]) == 2
    assert "demo: file" in capsys.readouterr().err


def test_the_booking_day_is_the_first_recorded_one_from_the_wanted_on(tmp_path: Path) -> None:
    """Booking needs that day's fixing: without 2026-07-15 the next recorded day is taken, and the statement says so."""
    found = Recordings(record(tmp_path, {"2026-07-14": "6", "2026-07-18": "6"}))
    assert found.trade_day == number("2026-07-18")
    assert any("booked on 2026-07-18" in each for each in found.notes)


def test_the_newest_earlier_day_is_taken_where_nothing_is_later(tmp_path: Path) -> None:
    """Recordings that end before 2026-07-15 book on their last day."""
    assert Recordings(record(tmp_path, {"2026-07-10": "6", "2026-07-12": "6"})).trade_day == number("2026-07-12")


def test_the_vendors_page_decides_where_both_were_recorded(tmp_path: Path) -> None:
    """One page decides a day: the vendor's own."""
    record(tmp_path, {"2026-07-15": "5"})
    (tmp_path / "pricing_pages" / "openai").mkdir(parents=True)
    sample = Path(demo.__file__).parent / "demonstration" / "pages" / "2026-07-01.html"
    (tmp_path / "pricing_pages" / "openai" / "2026-07-15.html").write_bytes(sample.read_bytes())
    found = Recordings(tmp_path)
    assert found.price(LUNA, number("2026-07-15")) == 6_000_000
    assert found.source(number("2026-07-15")) == "OpenAI pricing page"
