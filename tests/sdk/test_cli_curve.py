"""`ifx curve`: figures to the micro, the evidence beside them, pictures, refusals."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.chain import GPT
from support.commands import Shell, refused

from ifx_sdk import devnet
from ifx_sdk.client import IFX

SHELL = Shell()
AT = ("--spot", "8.00", "--on", "2026-07-15")
TABLE = """date,model,old_price,new_price,mid_cycle
2024-08-01,a,5.00,3.75,yes
2025-06-17,b,0.60,0.90,yes
2026-02-01,c,75,25,yes
"""


def test_the_curve_is_that_of_eq_6() -> None:
    """Point and average of every tenor with its band, the compound mean and the stress curve."""
    found = SHELL.json("curve", GPT, *AT)
    rows = {each["tenor_months"]: each for each in found["curve"]}
    assert [rows[m]["indicative"] for m in (3, 6, 9, 12)] == [7_710_000, 7_450_000, 7_210_000, 6_980_000]
    assert (rows[12]["low"], rows[12]["high"]) == (5_460_000, 7_860_000)
    assert (rows[12]["average_indicative"], rows[12]["averaging_days"]) == (7_460_000, 365)
    assert rows[12]["average_low"] < rows[12]["average_indicative"] < rows[12]["average_high"]
    assert (rows[12]["compound_mean"], rows[12]["stress"]) == (6_891_249, 5_560_000)
    assert rows[12]["probability"].startswith("0.2769")
    assert (found["calibration"], found["lambda_per_month"], found["delta"]) == ("CAL-mid-1", "1/37", "23/50")


def test_the_evidence_is_called_what_it_is() -> None:
    """Two events: very weak, for programs and for people; and prices do rise."""
    evidence = SHELL.json("curve", *AT)["evidence"]
    assert (evidence["strength"], evidence["events"], evidence["months"], evidence["rises"]) == ("very weak", 2, 74, 0)
    assert (evidence["lambda_low"], evidence["lambda_high"]) == ("0.003273", "0.097631")
    text = SHELL.run("curve", *AT).ok().out
    assert "very weak evidence: 2 repricings" in text
    assert "prices do rise" in text
    assert "5.46 to 7.86" in text
    assert "95%, exact Poisson" in text
    assert "moves of -25% to -67% were seen" in text


def test_columns_are_aligned() -> None:
    """Every row of the table is as wide as its header, but for what is cut behind."""
    lines = SHELL.run("curve", *AT).ok().out.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("tenor"))
    assert {len(line) for line in lines[start : start + 5]} == {len(lines[start])}


def test_an_own_table_gives_an_own_curve(tmp_path: Path) -> None:
    """Three events, one of them a rise: another lambda, a smaller delta, a calibration of its own name."""
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    found = SHELL.json("curve", *AT, "--repricings", str(path), "--watched", "60")
    assert (found["calibration"], found["lambda_per_month"], found["delta"]) == ("CAL-own", "1/20", "5/36")
    assert (found["evidence"]["rises"], found["evidence"]["cut_low"]) == (1, "-1/2")


def test_a_cheap_model_has_finer_ticks_and_perhaps_no_price() -> None:
    """Below 1 USD a tick is 0.0001; a price that no tick can show is none."""
    assert SHELL.json("curve", "--spot", "0.40", "--on", "2026-07-15")["curve"][1]["indicative"] == 372_500
    tiny = SHELL.json("curve", "--spot", "0.00004", "--on", "2026-07-15")["curve"][3]
    assert (tiny["indicative"], tiny["low"]) == (None, None)
    assert "none" in SHELL.run("curve", "--spot", "0.00004", "--on", "2026-07-15").ok().out


def test_without_a_date_it_is_todays() -> None:
    """The UTC day of this machine's clock."""
    before = datetime.fromtimestamp(time.time(), UTC).date().isoformat()
    found = SHELL.json("curve", "--spot", "8.00")["trade_date"]
    after = datetime.fromtimestamp(time.time(), UTC).date().isoformat()
    assert before <= found <= after


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    """A PNG of a sensible size, and nothing beside it; one that exists is kept unless forced."""
    path = tmp_path / "curve.png"
    found = SHELL.json("curve", GPT, *AT, "--out", str(path))
    assert found["file"] == str(path)
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(path.read_bytes()[16:20]) == 1_600
    assert list(tmp_path.iterdir()) == [path]
    assert "exists already" in refused(SHELL.run("curve", *AT, "--out", str(path), "--json"), 2, "BadFile")
    SHELL.run("curve", "--spot", "0.00004", "--on", "2026-07-15", "--out", str(path), "--force").ok()


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ((), "MissingOption"),
        (("--on", "2026-07-15"), "MissingOption"),
        ((GPT,), "MissingOption"),
        ((GPT, "--on", "2026-07-15"), "MissingOption"),
        (("--spot", "eight"), "BadPrice"),
        (("--spot", "0"), "BadPrice"),
        (("--spot", "8", "--on", "15.7.2026"), "BadDate"),
        ((*AT, "--watched", "5"), "MissingOption"),
        ((*AT, "--repricings", "absent.csv"), "MissingOption"),
        ((*AT, "--repricings", "absent.csv", "--watched", "5"), "BadRepricingTable"),
        ((*AT, "--out", "curve.pdf"), "BadFile"),
        ((*AT, "--out", "absent/curve.png"), "BadFile"),
        (("GPT-4.1", *AT), "BadUnderlying"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments: tuple[str, ...], kind: str) -> None:
    """Exit 2, the type and a cure."""
    assert refused(SHELL.run("curve", *arguments, "--json"), 2, kind)


def test_with_a_node_the_spot_is_todays_fixing(fresh_ifx: IFX, shells: dict[str, Shell], tmp_path: Path) -> None:
    """For the curve and for a plan; without a fixing both are refused."""
    usage = tmp_path / "usage.csv"
    usage.write_text("date,model,output_tokens\n2026-07-01,m,2740000000\n")
    assert shells["outsider"].run("curve", GPT, "--json").code != 0
    devnet.post(fresh_ifx, {GPT: 7_000_000})
    found = shells["outsider"].json("curve", GPT)
    assert (found["spot"], found["spot_given"], found["underlying"]) == (7_000_000, False, GPT)
    assert found["curve"][0]["indicative"] == 6_750_000
    options = ("--underlying", GPT, "--paths", "2000")
    planned = shells["outsider"].json("hedge", "plan", str(usage), *options)
    assert (planned["spot"], planned["trade_date"]) == (7_000_000, found["trade_date"])
    assert (planned["underlying"], planned["spot_given"]) == (GPT, False)
    assert "the fixing of" in shells["outsider"].run("curve", GPT).ok().out
