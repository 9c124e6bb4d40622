"""A constant of the product stands once in Vyper and once in Python, and they are the same."""

import re
from pathlib import Path

import pytest

from ifx_sdk import calendar, escrow, money, payoff, plan, proposals, reports, signing, timelock
from ifx_sdk.terms import escrow_domain, oracle_domain

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
ANY = "0x5FbDB2315678afecb367f032d93F642f64180aa3"


def source(name: str) -> str:
    return (CONTRACTS / name).read_text(encoding="utf-8")


def constant(name: str, file: str) -> int:
    """A uint256 constant written with digits, `_`, `**` and one sum or difference."""
    (text,) = re.findall(rf"^{name}: constant\(uint256\) = ([0-9_*+\- ]+?) *(?:#.*)?$", source(file), re.MULTILINE)
    total = 0
    for sign, base, power in re.findall(r"([+-]?) *([0-9_]+)(?:\*\*([0-9_]+))?", text):
        total += int(f"{sign}1") * int(base) ** int(power or 1)
    return total


@pytest.mark.parametrize(
    ("name", "file", "ours"),
    [
        ("FEE_BPS", "modules/payoff.vy", payoff.FEE_BPS),
        ("BPS", "modules/payoff.vy", payoff.BPS),
        ("DAY", "modules/terms_rules.vy", calendar.SECONDS_PER_DAY),
        ("DAY", "FixingOracle.vy", calendar.SECONDS_PER_DAY),
        ("MIN_TENOR", "modules/terms_rules.vy", calendar.MIN_DAYS_TO_MATURITY),
        ("MAX_TENOR", "modules/terms_rules.vy", calendar.MAX_DAYS_TO_MATURITY),
        ("MAX_QUANTITY", "modules/terms_rules.vy", money.QUANTITY_LIMIT - 1),
        ("MAX_SPOT", "modules/terms_rules.vy", money.SPOT_LIMIT - 1),
        ("MASK_40", "FixingOracle.vy", money.PRICE_LIMIT - 1),
        ("POSTPONEMENT", "FixingOracle.vy", payoff.POSTPONEMENT_DAYS),
        ("LOOK_BACK", "FixingOracle.vy", payoff.LOOK_BACK_DAYS),
        ("MASK_40", "modules/packed_forward.vy", money.PRICE_LIMIT - 1),
        ("MAX_BATCH", "ForwardEscrow.vy", escrow.MAX_BATCH),
        ("MAX_SIGNERS", "modules/signer_sets.vy", reports.MAX_SIGNERS),
        ("SIGNATURE", "modules/approvals.vy", signing.SIGNATURE_BYTES),
        ("MAX_PROPOSERS", "Timelock.vy", plan.MAX_PROPOSERS),
        ("NOTICE_DAYS", "FixingOracle.vy", proposals.NOTICE_DAYS),
    ],
)
def test_a_constant_is_the_same_on_both_sides(name: str, file: str, ours: int) -> None:
    """Changing one side alone is seen here."""
    assert constant(name, file) == ours


def test_the_owner_waits_as_long_on_both_sides() -> None:
    """Days of the timelock, in seconds."""
    for name, ours in (("DELAY", timelock.DELAY), ("GRACE", timelock.GRACE)):
        found = re.findall(rf"^{name}: constant\(uint256\) = ([0-9]+) \* 86_400", source("Timelock.vy"), re.MULTILINE)
        assert [int(days) * calendar.SECONDS_PER_DAY for days in found] == [ours]


def test_the_oracle_looks_back_as_far_as_any_forward_needs() -> None:
    """The longest forward's settlement finds the fixing it was booked on."""
    assert constant("MAX_TENOR", "modules/terms_rules.vy") <= constant("LOOK_BACK", "FixingOracle.vy")


@pytest.mark.parametrize(
    ("name", "fields", "file"),
    [
        ("Forward", signing.FORWARD_FIELDS, "modules/signed_messages.vy"),
        ("Termination", signing.TERMINATION_FIELDS, "modules/signed_messages.vy"),
        ("Novation", signing.NOVATION_FIELDS, "modules/signed_messages.vy"),
        ("Report", signing.REPORT_FIELDS, "FixingOracle.vy"),
    ],
)
def test_a_signed_message_has_the_same_type(name: str, fields: signing.Fields, file: str) -> None:
    """Word for word: its hash is in every id."""
    (theirs,) = re.findall(rf'"({name}\([^"]*\))"', source(file))
    assert theirs == f"{name}({','.join(f'{kind} {field}' for kind, field in fields)})"


@pytest.mark.parametrize(
    ("domain", "file"),
    [(escrow_domain(1, ANY), "ForwardEscrow.vy"), (oracle_domain(1, ANY), "FixingOracle.vy")],
    ids=["escrow", "oracle"],
)
def test_a_contract_signs_under_the_same_name(domain: object, file: str) -> None:
    """Name and version of the EIP-712 domain."""
    (theirs,) = re.findall(r'eip712_domain_separator\.__init__\("([^"]*)", "([^"]*)"\)', source(file))
    assert theirs == (domain.name, domain.version)  # type: ignore[attr-defined]
