"""`ifx quote` and `ifx terms` without a node: figures, forms that are refused, and what parties are told."""

import json
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.chain import GPT, LUNA
from support.commands import Shell, key_file

from ifx_sdk.deployment import Deployment
from ifx_sdk.devkeys import dev_address
from ifx_sdk.signing import terms_digest
from ifx_sdk.terms import Terms, escrow_domain

SHELL = Shell(env={"TZ": "UTC"})
OFFLINE = ("--spot", "8.00", "--on", "2026-07-15")
LONG, SHORT = dev_address(2), dev_address(3)


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    """A deployment file on some chain; nobody listens there."""
    made = Deployment(
        network="far",
        chain_id=10,
        token=dev_address(4),
        oracle=dev_address(5),
        escrow=dev_address(6),
        timelock=dev_address(7),
        block=7,
    )
    made.write(tmp_path / "far.toml")
    return made


@pytest.fixture
def placed(deployment: Deployment, tmp_path: Path) -> Shell:
    """A prompt that knows the deployment and no node."""
    return SHELL.having(IFX_DEPLOYMENT=str(tmp_path / "far.toml"))


def test_the_papers_forward_is_quoted_to_the_micro() -> None:
    """GPT-4.1, 1T, 6M at 8.00: every figure, in micro-USDT, Mtok and unix seconds."""
    quote = SHELL.json("quote", GPT, "1T", "6M", *OFFLINE)
    notes = quote.pop("notes")
    assert len(notes) == 1
    assert "promotion" in notes[0]
    assert quote == {
        "underlying": GPT,
        "quantity": 1_000_000,
        "tenor_months": 6,
        "averaging_days": 1,
        "spot_day": 20649,
        "spot_date": "2026-07-15",
        "spot": 8_000_000,
        "indicative": 7_450_000,
        "calibration": "CAL-mid-1",
        "indicative_low": 6_370_000,
        "indicative_high": 7_930_000,
        "stress": 6_080_000,
        "stress_calibration": "CAL-series-1",
        "compound_mean": 7_424_957,
        "maturity": 1799971200,
        "prefunding": 8_000_000_000_000,
        "fee": 74_500_000_000,
        "fee_long": 37_250_000_000,
        "fee_short": 37_250_000_000,
        "long_needs": 8_037_250_000_000,
        "short_needs": 8_037_250_000_000,
        "long_worst": 7_487_250_000_000,
        "short_worst": 8_037_250_000_000,
    }


def test_an_average_price_forward_has_its_own_indicative_and_no_warning() -> None:
    """Luna, 100B, 3M: 5.79 as a point, 5.89 over 92 days, which no evening's promotion decides."""
    at = ("--spot", "6", "--on", "2026-07-15")
    point, average = (SHELL.json("quote", LUNA, "100B", "3M", "--average", days, *at) for days in ("1", "92"))
    assert (point["indicative"], average["indicative"]) == (5_790_000, 5_890_000)
    assert point["notes"]
    assert not average["notes"]
    assert average["indicative_low"] > point["indicative_low"]
    assert point["compound_mean"] < average["compound_mean"] < 6_000_000


def test_a_year_at_one_point_is_told_what_it_hedges() -> None:
    """A 12M point forward names the ladder and the average-price forward instead."""
    notes = SHELL.json("quote", GPT, "1T", "12M", *OFFLINE)["notes"]
    assert any("ladder" in note and "about 5%" in note for note in notes)


def test_people_see_prices_amounts_and_both_worst_cases() -> None:
    """Amounts with 6 decimals and commas, prices with their unit, maturity in UTC, one figure a line."""
    out = SHELL.run("quote", GPT, "1T", "6M", *OFFLINE).ok().out
    lines = [re.sub(r"\s+", " ", line) for line in out.splitlines()]
    for expected in (
        "indicative F_ind 7.45 USD/Mtok (CAL-mid-1; never binding)",
        "prefunding, each side 8,000,000.000000 USDT",
        "fee, both sides 74,500.000000 USDT",
        "worst case, long 7,487,250.000000 USDT at F = F_ind, half fee included",
        "worst case, short 8,037,250.000000 USDT half fee included",
    ):
        assert expected in lines
    assert any(line.startswith("maturity 2027-01-15 00:00:00 UTC") for line in lines)


@pytest.mark.parametrize(
    "spelling",
    [
        ("8", "1T"),
        ("8.00", "1T tokens"),
        ("8.00 USD/Mtok", "1000B"),
        ("$8", "1,000,000 Mtok"),
        ("8 USDT/Mtok", "1000000M"),
    ],
)
def test_prices_and_sizes_are_read_in_every_form_of_their_unit(spelling: tuple[str, str]) -> None:
    """The same quote, however it is spelled."""
    price, size = spelling
    quote = SHELL.json("quote", GPT, size, "6M", "--spot", price, "--on", "2026-07-15")
    assert (quote["spot"], quote["quantity"]) == (8_000_000, 1_000_000)


@pytest.mark.parametrize(
    ("arguments", "kind", "form"),
    [
        ((GPT, "1T", "6M", "--spot", "8.00 EUR", "--on", "2026-07-15"), "BadPrice", "7.45 USD/Mtok"),
        ((GPT, "1T", "6M", "--spot", "8.00 USD/ktok", "--on", "2026-07-15"), "BadPrice", "7.45 USD/Mtok"),
        ((GPT, "1T", "6M", "--spot", "0.0000001", "--on", "2026-07-15"), "BadPrice", "at most 6 decimals"),
        ((GPT, "1000000", "6M", *OFFLINE), "BadQuantity", "100000 Mtok"),
        ((GPT, "1 USDT", "6M", *OFFLINE), "BadQuantity", "100B"),
        ((GPT, "1T", "6", *OFFLINE), "BadTenor", "3M, 6M, 9M or 12M"),
        ((GPT, "1T", "4M", *OFFLINE), "BadTenor", "3M, 6M, 9M or 12M"),
        ((GPT, "1T", "6M", "--spot", "8", "--on", "15.07.2026"), "BadDate", "2026-07-15"),
        (("GPT 4.1", "1T", "6M", *OFFLINE), "BadUnderlying", "openai/gpt-4.1"),
        ((GPT, "1T", "6M", "--spot", "8"), "MissingOption", "--on"),
        ((GPT, "1T", "6M", "--on", "2026-07-15"), "MissingOption", "--spot"),
        ((GPT, "1T", "6M", "--average", "185", *OFFLINE), "BadValue", "within the tenor"),
        ((GPT, "1T", "6M", "--spot", "0", "--on", "2026-07-15"), "BadPrice", "7.45"),
    ],
)
def test_a_wrong_form_is_refused_with_the_right_one(arguments: tuple[str, ...], kind: str, form: str) -> None:
    """Exit 2; the type, the input and the form to write, on stderr for people and in JSON for programs."""
    plain, machine = SHELL.run("quote", *arguments), SHELL.run("quote", *arguments, "--json")
    assert (plain.code, plain.out, machine.code) == (2, "", 2)
    assert form in plain.err
    assert machine.error["type"] == kind
    assert form in machine.error["cure"]


def test_terms_are_written_whole_and_their_hashes_told(placed: Shell, deployment: Deployment, tmp_path: Path) -> None:
    """The file is the terms, the id their digest for the deployment's escrow, the prices as agreed."""
    out = tmp_path / "terms.json"
    sides = ("--long", LONG, "--short", SHORT.lower(), "--price", "7.00")
    told = placed.json("terms", GPT, "1T", "6M", *OFFLINE, *sides, "--deadline", "3d", "--out", str(out))
    written = Terms.from_json(out.read_bytes())
    assert told["id"] == "0x" + terms_digest(written, escrow_domain(10, deployment.escrow)).hex()
    assert (written.long, written.short, written.price, written.indicative) == (LONG, SHORT, 7_000_000, 7_450_000)
    assert written.deadline == 1784073600 + 3 * 86_400
    assert (told["long_worst"], told["short_worst"]) == (7_037_250_000_000, 8_037_250_000_000)
    assert {key: told[key] for key in ("chain_id", "escrow", "file")} == {
        "chain_id": 10,
        "escrow": deployment.escrow,
        "file": str(out),
    }
    assert re.fullmatch("0x[0-9a-f]{64}", told["domain_hash"])
    assert re.fullmatch("0x[0-9a-f]{64}", told["message_hash"])


def test_two_terms_of_the_same_figures_differ(placed: Shell, tmp_path: Path) -> None:
    """The salt is random, so that the same forward can be booked twice."""
    sides = ("--long", LONG, "--short", SHORT)
    ids = {
        placed.json("terms", GPT, "1T", "6M", *OFFLINE, *sides, "--out", str(tmp_path / name))["id"] for name in "ab"
    }
    assert len(ids) == 2


def test_a_terms_file_is_not_written_over(placed: Shell, tmp_path: Path) -> None:
    """What may be signed already stays, unless --force says so."""
    out = tmp_path / "terms.json"
    out.write_text("mine")
    arguments = ("terms", GPT, "1T", "6M", *OFFLINE, "--long", LONG, "--short", SHORT, "--out", str(out))
    refused = placed.run(*arguments)
    assert (refused.code, out.read_text()) == (2, "mine")
    assert "--force" in refused.err
    placed.run(*arguments, "--force").ok()
    assert json.loads(out.read_text())["long"] == LONG


@pytest.mark.parametrize("force", [(), ("--force",)])
@pytest.mark.parametrize("kind", ["folder", "pipe", "circle", "link to a pipe"])
def test_what_is_no_file_is_never_replaced(placed: Shell, tmp_path: Path, kind: str, force: tuple[str, ...]) -> None:
    """A device, a pipe or a folder under the name of --out stays what it is, --force or not."""
    out, pipe = tmp_path / "out", tmp_path / "pipe"
    os.mkfifo(pipe)
    makers: dict[str, Callable[[], None]] = {
        "folder": out.mkdir,
        "pipe": lambda: os.mkfifo(out),
        "circle": lambda: out.symlink_to(out),
        "link to a pipe": lambda: out.symlink_to(pipe),
    }
    makers[kind]()
    before = (out.lstat().st_mode, sorted(tmp_path.iterdir()))
    ran = placed.run(
        "terms", GPT, "1T", "6M", *OFFLINE, "--long", LONG, "--short", SHORT, "--out", str(out), *force, "--json"
    )
    assert (ran.code, ran.error["type"], ran.error["path"]) == (2, "BadFile", str(out))
    assert (out.lstat().st_mode, sorted(tmp_path.iterdir())) == before


def test_a_link_stays_one_and_its_file_is_written(placed: Shell, tmp_path: Path) -> None:
    """Through a link to a file, with --force, and through one to a file that is not there yet; its mode is kept."""
    arguments = ("terms", GPT, "1T", "6M", *OFFLINE, "--long", LONG, "--short", SHORT, "--out")
    held, link, new = tmp_path / "held.json", tmp_path / "link.json", tmp_path / "new.json"
    held.write_text("mine")
    held.chmod(0o600)
    link.symlink_to(held)
    assert placed.run(*arguments, str(link)).code == 2
    assert held.read_text() == "mine"
    placed.run(*arguments, str(link), "--force").ok()
    assert link.readlink() == held
    assert json.loads(held.read_text())["long"] == LONG
    assert held.stat().st_mode & 0o777 == 0o600
    ahead = tmp_path / "ahead.json"
    ahead.symlink_to(new)
    placed.run(*arguments, str(ahead)).ok()
    assert (ahead.readlink(), json.loads(new.read_text())["long"]) == (new, LONG)


@pytest.mark.parametrize(
    ("arguments", "kind", "code"),
    [
        (("--long", LONG, "--short", LONG), "OneAccountOnBothSides", 1),
        (("--long", LONG, "--short", "0x" + "0" * 40), "BadShort", 1),
        (("--long", LONG, "--short", dev_address(6)), "BadShort", 1),
        (("--long", LONG, "--short", SHORT[:-1]), "BadAddress", 2),
        (("--long", LONG, "--short", SHORT.replace("9", "a")), "BadAddress", 2),
        (("--long", LONG, "--short", SHORT, "--price", "16.01"), "PriceOutOfRange", 1),
        (("--long", LONG, "--short", SHORT, "--price", "0"), "PriceOutOfRange", 1),
        (("--long", LONG, "--short", SHORT, "--deadline", "soon"), "BadValue", 2),
        (("--long", LONG, "--short", SHORT, "--deadline", "0h"), "BadValue", 2),
    ],
)
def test_terms_that_could_not_be_booked_are_not_written(
    placed: Shell, tmp_path: Path, arguments: tuple[str, ...], kind: str, code: int
) -> None:
    """By the contract's own reason where it has one; no file appears."""
    out = tmp_path / "terms.json"
    ran = placed.run("terms", GPT, "1T", "6M", *OFFLINE, *arguments, "--out", str(out), "--json")
    assert (ran.code, ran.error["type"]) == (code, kind)
    assert not out.exists()


def test_a_size_off_the_lot_is_refused_with_and_without_a_node(placed: Shell, tmp_path: Path) -> None:
    """Without a node the usual lot of 100B tokens holds, for a quote as for terms."""
    sides = ("--long", LONG, "--short", SHORT, "--out", str(tmp_path / "terms.json"))
    for size, shown in (("150B", "150B tokens"), ("250M", "250 Mtok"), ("1.55T", "1.55T tokens")):
        for arguments in (("quote", GPT, size, "6M", *OFFLINE), ("terms", GPT, size, "6M", *OFFLINE, *sides)):
            ran = placed.run(*arguments, "--json")
            assert (ran.code, ran.error["reason"]) == (1, "escrow: quantity not in lots")
            assert f"{shown} is not a multiple of the lot of 100B tokens" in ran.error["message"]
    assert SHELL.json("quote", GPT, "1.5T", "6M", *OFFLINE)["quantity"] == 1_500_000


def test_a_typed_spot_is_not_called_a_fixing() -> None:
    """It is shown as given; the size in the largest unit."""
    out = SHELL.run("quote", GPT, "1.5T", "6M", *OFFLINE).ok().out
    assert "8.00 USD/Mtok, as given, for a trade on 2026-07-15\n" in out
    assert "the fixing of 2026" not in out
    assert "1.5T tokens (1,500,000 Mtok)\n" in out


def test_refused_terms_speak_in_the_units_that_people_type(placed: Shell, tmp_path: Path) -> None:
    """A price in USD/Mtok with its bound, not in micro."""
    sides = ("--long", LONG, "--short", SHORT, "--out", str(tmp_path / "terms.json"))
    spot = ("--spot", "6.00", "--on", "2026-07-15")
    ran = placed.run("terms", GPT, "1T", "6M", *spot, *sides, "--price", "12.000001", "--json")
    assert "12.000001 USD/Mtok is not above 0 and at most 12.00 USD/Mtok, twice the spot" in ran.error["message"]
    placed.run("terms", GPT, "1T", "6M", *spot, *sides, "--price", "12").ok()


def test_a_price_without_its_quantity_is_told_the_whole_unit() -> None:
    """`8 USD` is asked for how many tokens; with the unit it is read."""
    for given in ("8 USD", "8 usd", "8USDT"):
        ran = SHELL.run("quote", GPT, "1T", "6M", "--spot", given, "--on", "2026-07-15", "--json")
        assert (ran.code, ran.error["type"]) == (2, "BadPrice")
        assert "does not say for how many tokens: the unit is USD/Mtok" in ran.error["message"]
    SHELL.json("quote", GPT, "1T", "6M", "--spot", "8 USD/Mtok", "--on", "2026-07-15")


def test_expired_terms_are_not_signed(placed: Shell, tmp_path: Path) -> None:
    """By this machine's clock where no node is named; terms of today are signed."""
    key = key_file(tmp_path, 2)
    for on, code in (("2020-01-15", 1), (datetime.now(UTC).date().isoformat(), 0)):
        out = str(tmp_path / f"{on}.json")
        sides = ("--long", LONG, "--short", SHORT, "--deadline", "3d", "--out", out)
        placed.json("terms", GPT, "1T", "6M", "--spot", "8.00", "--on", on, *sides)
        ran = placed.run("sign", out, "--key-file", key, "--json")
        assert ran.code == code
        if code:
            assert (ran.error["type"], "2020-01-18 00:00:00 UTC" in ran.error["message"]) == ("TermsExpired", True)
            assert "new terms" in ran.error["cure"]
