"""`ifx hedge`: plans from usage files, examples, the maker, the margin."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from support.commands import Shell, environment, refused

SHELL = Shell()
AT = ("--spot", "8.00", "--on", "2026-07-15")
FEW = ("--paths", "20000")


@pytest.fixture(scope="module")
def usage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100 days up to the trade date, 1T tokens a year."""
    path = tmp_path_factory.mktemp("usage") / "usage.csv"
    first = date(2026, 4, 6)
    rows = [f"{first + timedelta(days=n)},openai/gpt-4.1,{10**12 // 365}" for n in range(100)]
    path.write_text("\n".join(["date,model,output_tokens", *rows]) + "\n")
    return path


def test_a_plan_proposes_ladder_and_average(usage: Path) -> None:
    """Sizes in lots, money to the micro, the naive hedge beside them, effectiveness of all three."""
    found = SHELL.json("hedge", "plan", str(usage), *AT, *FEW)
    hedges = {each["name"]: each for each in found["hedges"]}
    assert list(hedges) == ["naive", "ladder", "average-price", "average-price-strip"]
    assert hedges["ladder"]["legs"] == [
        {"tenor_months": 3, "averaging_days": 1, "quantity": 300_000, "indicative": 7_710_000},
        {"tenor_months": 6, "averaging_days": 1, "quantity": 300_000, "indicative": 7_450_000},
        {"tenor_months": 12, "averaging_days": 1, "quantity": 300_000, "indicative": 6_980_000},
    ]
    assert hedges["ladder"]["prefunding"] == 7_200_000_000_000
    assert hedges["ladder"]["locked_after"] == {
        "3": 4_800_000_000_000,
        "6": 2_400_000_000_000,
        "9": 2_400_000_000_000,
        "12": 0,
    }
    assert (hedges["ladder"]["fee"], hedges["ladder"]["worst_case"]) == (33_210_000_000, 6_675_210_000_000)
    removed = {
        name: each["effectiveness"]["unit cost"]["falling"]["effectiveness_ppm"] for name, each in hedges.items()
    }
    assert removed["naive"] < 100_000 < 750_000 < removed["ladder"] < removed["average-price"]
    for each in hedges.values():
        rising = each["effectiveness"]["unit cost"]["rising"]["effectiveness_ppm"]
        responds = each["effectiveness"]["spend, use responds"]["falling"]["effectiveness_ppm"]
        assert responds < 0 < rising < 400_000
    assert found["process"] == {
        "own_table": False,
        "lambda_per_month": "1/37",
        "factors": ["3/4", "33/100"],
        "evidence": "very weak",
    }


def test_a_plan_says_what_a_treasury_should_be_told(usage: Path) -> None:
    """Weak evidence, the list-price basis, rises and the cap, the promotion, what the lots cost."""
    text = SHELL.run("hedge", "plan", str(usage), *AT, *FEW).ok().out
    for words in ("very weak evidence", "list price", "capped at the prefunding", "promotion", "rounding to lots"):
        assert words in text
    assert "naive: all of it at the end" in text
    blocks = [block.splitlines() for block in text.split("\n\n")]
    tables = [block[1:] for block in blocks if len(block) > 2 and block[1].startswith("hedge ")]
    assert len(tables) == 4
    for rows in tables[1:]:
        assert {len(row) for row in rows} == {len(rows[0])}


def test_the_same_seed_gives_the_same_plan(usage: Path) -> None:
    """Figure for figure."""
    first = SHELL.json("hedge", "plan", str(usage), *AT, *FEW)
    assert SHELL.json("hedge", "plan", str(usage), *AT, *FEW) == first
    assert SHELL.json("hedge", "plan", str(usage), *AT, *FEW, "--seed", "2") != first


def test_a_seller_is_planned_short(usage: Path) -> None:
    """Worst case S0 x N and half the fee; the legs are the same."""
    found = SHELL.json("hedge", "plan", str(usage), *AT, *FEW, "--short")
    naive = found["hedges"][0]
    assert found["side"] == "short"
    assert naive["worst_case"] == naive["prefunding"] + naive["fee"]
    assert "revenue" in SHELL.run("hedge", "plan", str(usage), *AT, *FEW, "--short").ok().out


def test_options_reach_the_plan(usage: Path, tmp_path: Path) -> None:
    """Horizon, rungs, shape, spread of the volume, elasticity, an own table."""
    table = tmp_path / "table.csv"
    table.write_text("date,model,old_price,new_price,mid_cycle\n2026-02-01,c,75,25,yes\n2026-03-01,d,1,1.1,yes\n")
    options = ("--months", "3", "--tenors", "3M", "--shape", "repeat", "--volume-sd", "12.5%", "--elasticity", "-0.5")
    own = ("--repricings", str(table), "--watched", "40")
    found = SHELL.json("hedge", "plan", str(usage), *AT, *FEW, *options, *own)
    assert (len(found["monthly_mtok"]), found["shape"]) == (3, "repeat")
    assert [each["tenor_months"] for each in found["hedges"][1]["legs"]] == [3]
    assert [(each["elasticity"], each["volume_sd"]) for each in found["demands"]] == [
        ("0", "0"),
        ("0", "0.125"),
        ("-0.5", "0"),
    ]
    assert found["process"]["factors"] == ["1/3", "11/10"]


def test_a_small_user_is_told_that_no_lot_fits(tmp_path: Path) -> None:
    """No forward, no figures that pretend otherwise; a picture all the same."""
    path = tmp_path / "small.csv"
    path.write_text("date,model,output_tokens\n2026-07-01,m,1000000\n2026-07-03,m,40000000\n")
    picture = tmp_path / "small.png"
    text = SHELL.run("hedge", "plan", str(path), *AT, *FEW, "--out", str(picture)).ok().out
    assert text.count("not one lot fits") == 4
    assert "1 day without a row counts" in text
    assert picture.read_bytes()[:4] == b"\x89PNG"


def test_a_picture_is_drawn(usage: Path, tmp_path: Path) -> None:
    """A PNG, for a buyer and for a seller; an existing file is kept unless forced."""
    path = tmp_path / "plan.png"
    found = SHELL.json("hedge", "plan", str(usage), *AT, *FEW, "--out", str(path))
    assert found["file"] == str(path)
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert refused(SHELL.run("hedge", "plan", str(usage), *AT, "--out", str(path), "--json"), 2, "BadFile")
    SHELL.run("hedge", "plan", str(usage), *AT, *FEW, "--short", "--out", str(path), "--force").ok()


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (("--months", "24"), "BadPlan"),
        (("--tenors", "4M"), "BadTenor"),
        (("--tenors", ""), "BadTenor"),
        (("--months", "3", "--tenors", "6M"), "BadPlan"),
        (("--shape", "wild"), "BadPlan"),
        (("--shape", "repeat"), "BadPlan"),
        (("--model", "absent"), "BadPlan"),
        (("--elasticity", "steep"), "BadValue"),
        (("--volume-sd", "0.2"), "BadValue"),
        (("--paths", "10"), "BadValue"),
        (("--seed", "-1"), "BadValue"),
        (("--watched", "10"), "MissingOption"),
        (("--out", "plan.jpg"), "BadFile"),
        (("--out", "absent/plan.png"), "BadFile"),
    ],
)
def test_what_cannot_be_planned_is_refused(usage: Path, options: tuple[str, ...], kind: str) -> None:
    """Exit 2, the type and a cure."""
    assert refused(SHELL.run("hedge", "plan", str(usage), *AT, *options, "--json"), 2, kind)


@pytest.mark.parametrize("model", ["a$b$", "$\\frac{", "m" * 128, "\u6a21\u578b"])
def test_any_models_name_can_be_drawn(model: str, tmp_path: Path) -> None:
    """Dollar signs, what looks like a formula, a long name, letters that the font lacks."""
    path, picture = tmp_path / "usage.csv", tmp_path / "plan.png"
    path.write_text(f"date,model,output_tokens\n2026-07-01,{model},2740000000\n")
    found = SHELL.json("hedge", "plan", str(path), *AT, "--paths", "1000", "--months", "3", "--out", str(picture))
    assert found["model"] == model
    assert picture.exists()


def test_a_volume_that_no_forward_can_hold_is_refused(tmp_path: Path) -> None:
    """Tokens typed as if they were a day's of the whole world; a tenth of the limit is planned."""
    path = tmp_path / "usage.csv"
    path.write_text(f"date,model,output_tokens\n2026-07-01,m,{10**17}\n")
    assert "Mtok" in refused(SHELL.run("hedge", "plan", str(path), *AT, "--json"), 2, "BadPlan")
    path.write_text(f"date,model,output_tokens\n2026-07-01,m,{2 * 10**14}\n")
    assert SHELL.json("hedge", "plan", str(path), *AT, "--paths", "1000")["hedges"][0]["quantity"] > 10**10


def test_a_hostile_file_is_refused_by_line(tmp_path: Path) -> None:
    """Exit 2; line and cure."""
    path = tmp_path / "usage.csv"
    path.write_text("date,model,output_tokens\n2026-07-01,m,12\n2026-07-02,m,-5\n")
    assert "line 3" in refused(SHELL.run("hedge", "plan", str(path), *AT, "--json"), 2, "BadUsageFile")


def test_the_seven_participants_are_shown() -> None:
    """Each with the paper's position and three hedges; the average never removes less than the naive one."""
    found = SHELL.json("hedge", "examples", *FEW)["participants"]
    assert [each["key"] for each in found] == [
        "saas",
        "startup",
        "lab",
        "biotech",
        "reseller",
        "physical-ai",
        "gpu-cloud",
    ]
    for each in found:
        naive, ladder, average, _ = (hedge["unit_cost_ppm"] for hedge in each["hedges"])
        assert naive < ladder < average + 20_000
    text = SHELL.run("hedge", "examples", *FEW).ok().out
    assert text.count("the paper: ") == 7
    assert "errata, row 15" in text


def test_the_maker_is_told_the_truth() -> None:
    """A locked loss if credits were tokens, an open short as they are."""
    found = SHELL.json("hedge", "maker")
    assert (found["price"], found["as_the_paper_says"]) == (7_450_000, -550_000_000_000)
    assert found["scenarios"][1]["credits"] == 3_130_000_000_000 - 37_250_000_000
    text = SHELL.run("hedge", "maker", "--price", "8.10").ok().out
    assert "do not hedge F_ref" in text
    assert "payoff is capped" in text
    assert refused(SHELL.run("hedge", "maker", "--price", "17", "--json"), 2, "BadPrice")


def test_the_margin_says_what_it_covers() -> None:
    """69% pays for a cut of 67% and for no rise to 4.2 times; a floor binds; no half basis points."""
    found = SHELL.json("hedge", "margin")
    assert (found["initial_margin"], found["pct_of_notional_bps"]) == (5_520_000_000_000, "6900")
    assert found["covered"] == {
        "cut 67%": True,
        "cut 46%": True,
        "cut 25%": True,
        "rise 33%": True,
        "rise to 4.2x": False,
    }
    assert SHELL.json("hedge", "margin", "--floor", "6,000,000 USDT")["pct_of_notional_bps"] is None
    small = SHELL.run("hedge", "margin", "--alpha", "1", "--delta", "15%").ok().out
    assert small.count("NOT covered") == 5
    for wrong in (("--alpha", "x"), ("--delta", "0.00001"), ("--delta", "-5%"), ("--delta", "100.01%")):
        assert refused(SHELL.run("hedge", "margin", *wrong, "--json"), 2, "BadValue")


def without(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`ifx` in a process in which a module is not installed."""
    code = f"import sys; sys.modules[{module!r}] = None\nfrom ifx_sdk.cli import main\nmain()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment())


def test_without_the_extra_it_is_named(usage: Path, tmp_path: Path) -> None:
    """Plans need numpy, pictures matplotlib; the curve, the maker and the margin need neither."""
    plan = without("numpy", "hedge", "plan", str(usage), *AT)
    picture = without("matplotlib", "curve", *AT, "--out", str(tmp_path / "curve.png"))
    for ran in (plan, picture):
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "[hedging]" in ran.stderr
        assert "Traceback" not in ran.stderr
    for command in (("curve", *AT), ("hedge", "maker"), ("hedge", "margin")):
        assert without("numpy", *command).returncode == 0
