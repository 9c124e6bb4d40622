"""The clear-signing descriptors describe every call and message there is, truly, and wallets show what was meant."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from support.tree import ROOT, text

from ifx_sdk.artifacts import artifact, codec
from ifx_sdk.errors import BadFile
from ifx_sdk.signing import message_typed_data
from ifx_sdk.terms import escrow_domain
from scripts import clear_signing
from scripts.descriptors import templates
from scripts.descriptors.examples import DEPLOYMENT, TERMS, examples
from scripts.descriptors.fit import faults
from scripts.descriptors.model import Descriptor, HiddenField, RawField
from scripts.descriptors.render import Wallet
from scripts.descriptors.templates import TEMPLATES, Template

PACKAGED = sorted(path.stem for path in (ROOT / "ifx_sdk" / "abi").glob("*.json"))
ERC7730 = ROOT / ".tools" / "erc7730" / "bin" / "python"
MISSING = "the erc7730 package not found: run scripts/erc7730.sh, which needs a Python 3.12"

# What no screen shows, and why it may be left out.
HIDDEN = {
    "salt": "random; makes otherwise equal messages differ",
    "long_approval": "a signature, which the contract checks against the account",
    "short_approval": "as above",
    "outgoing_approval": "as above",
    "incoming_approval": "as above",
    "remaining_approval": "as above",
    "evidence": "of a node's report, which the contract checks with its signature",
    "r": "as above",
    "vs": "as above",
}

by_file = pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.file)


def shown(template: Template) -> dict[str, Any]:
    """The filled descriptor as JSON."""
    return template.filled(DEPLOYMENT)


def read(document: dict[str, Any]) -> Descriptor:
    return Descriptor.model_validate_json(json.dumps(document))


@by_file
def test_a_descriptor_fits_what_it_describes(template: Template) -> None:
    """Every function that changes state, or every message, is there; every field of it is shown or hidden, once."""
    assert faults(template.descriptor(DEPLOYMENT), template.schema()) == []


def test_every_contract_that_takes_transactions_has_a_descriptor() -> None:
    """A new contract needs a file as a new function needs a form; the token is not ours."""
    writable = {name for name in PACKAGED if list(templates.writing(artifact(name).abi))}
    assert {template.contract for template in TEMPLATES if not template.messages} == writable - {"TestUSDT"}
    assert {"ForwardEscrow", "TestUSDT"} <= writable
    assert "FixingFeed" in set(PACKAGED) - writable


def test_every_message_of_the_contracts_has_a_form() -> None:
    """The keys are the very strings that the contracts hash into their type hashes."""
    sources = text("contracts/modules/signed_messages.vy") + text("contracts/FixingOracle.vy")
    hashed = set(re.findall(r'keccak256\(\s*"([A-Z]\w+\([^"]+\))"', sources))
    assert len(hashed) == 4
    assert {
        key for template in TEMPLATES if template.messages for key in shown(template)["display"]["formats"]
    } == hashed


@by_file
def test_only_what_says_nothing_to_people_is_hidden(template: Template) -> None:
    """Each hidden field stands in the table of reasons above."""
    descriptor = template.descriptor(DEPLOYMENT)
    for key in descriptor.display.formats:
        hidden = {f.path.split(".")[-1] for f in descriptor.fields(key) if isinstance(f, HiddenField)}
        assert hidden <= set(HIDDEN), key


def test_every_reason_to_hide_is_used() -> None:
    """A field that is gone takes its reason with it."""
    paths = {leaf.path.split(".")[-1] for t in TEMPLATES for leaves in t.schema().values() for leaf in leaves}
    assert set(HIDDEN) <= paths


def test_a_message_and_its_approval_on_chain_are_shown_alike() -> None:
    """Whoever signs and whoever approves by transaction read the same labels in the same order."""
    messages, calls = (shown(TEMPLATES[index])["display"] for index in (0, 2))
    for name, function in (
        ("Forward", "approve_terms"),
        ("Termination", "approve_termination"),
        ("Novation", "approve_novation"),
    ):
        (message,) = (form for key, form in messages["formats"].items() if key.startswith(f"{name}("))
        (call,) = (form for key, form in calls["formats"].items() if key.startswith(f"{function}("))
        definitions = calls["definitions"]
        labels = [
            definitions[f["$ref"].split(".")[-1]]["label"] if "$ref" in f else f["label"]
            for f in call["fields"]
            if "value" not in f
        ]
        assert labels == [f["label"] for f in message["fields"]]


# --------------------------------------------------------------------------------------- that the checks can fail


def drop_form(formats: dict[str, Any]) -> None:
    formats.popitem()


def add_form(formats: dict[str, Any]) -> None:
    formats["steal(uint256 amount)"] = next(iter(formats.values()))


def rename_parameter(formats: dict[str, Any]) -> None:
    key = next(key for key in formats if "string underlying" in key)
    formats[key.replace("string underlying", "string name")] = formats.pop(key)


def drop_field(formats: dict[str, Any]) -> None:
    next(iter(formats.values()))["fields"].pop()


def show_twice(formats: dict[str, Any]) -> None:
    fields = next(iter(formats.values()))["fields"]
    fields.append(fields[0])


def misread_type(formats: dict[str, Any]) -> None:
    fields = next(iter(formats.values()))["fields"]
    field = next(field for field in fields if field["path"] == "underlying")
    field |= {"format": "date", "params": {"encoding": "timestamp"}}


SPOILED = {
    drop_form: "no form for ",
    add_form: "a form for what does not exist: steal(uint256 amount)",
    rename_parameter: "no form for ",
    drop_field: " is not accounted for",
    show_twice: "underlying twice",
    misread_type: "underlying: date cannot show string",
}
CALLS, MESSAGES = TEMPLATES[3], TEMPLATES[0]


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("template", [CALLS, MESSAGES], ids=["calls", "messages"])
def test_a_descriptor_that_does_not_fit_is_found(template: Template, spoil: Callable[[dict[str, Any]], None]) -> None:
    """A form or a field too few or too many, another name, another type: each is named; as it was there is none."""
    document = shown(template)
    assert faults(read(document), template.schema()) == []
    spoil(document["display"]["formats"])
    found = faults(read(document), template.schema())
    assert any(SPOILED[spoil] in fault for fault in found), found


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("$schema",), "https://eips.ethereum.org/assets/eip-7730/erc7730-v1.schema.json"),
        (("extra",), 1),
        (("context", "contract", "deployments"), []),
        (("context", "contract", "deployments", 0, "chainId"), "1"),
        (("context", "contract", "deployments", 0, "address"), "0x" + "ab" * 20),
        (("display", "formats", "deposit(uint256 amount)", "intent"), "x" * 31),
        (("display", "formats", "deposit(uint256 amount)", "fields"), []),
        (("display", "formats", "deposit(uint256 amount)", "fields", 0, "label"), "x" * 21),
        (("display", "formats", "deposit(uint256 amount)", "fields", 0, "format"), "number"),
        (("display", "formats", "deposit(uint256 amount)", "fields", 0, "params"), {"tokenPath": "@.to"}),
        (("display", "formats", "deposit(uint256 amount)", "fields", 0, "visible"), "sometimes"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_what_the_format_does_not_allow_is_refused(where: tuple[str | int, ...], value: object) -> None:
    """The models are strict: no key, type, length or format beside those that were thought about."""
    document: Any = shown(TEMPLATES[2])
    read(document)
    place = document
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = value
    with pytest.raises(ValidationError):
        read(document)


def test_an_unknown_reference_is_found() -> None:
    """To a definition, and to a constant."""
    template = TEMPLATES[2]
    document = shown(template)
    document["display"]["formats"]["settle(bytes32 id)"]["fields"][0]["$ref"] = "$.display.definitions.nothing"
    assert "settle: no definition $.display.definitions.nothing" in faults(read(document), template.schema())
    document = shown(template)
    document["metadata"]["constants"] = {}
    assert "deposit: amount: no constant $.metadata.constants.usdt" in faults(read(document), template.schema())


# --------------------------------------------------------------------------------------------- what a wallet shows


def test_the_worked_example_is_shown_in_full() -> None:
    """Every term of the forward in its unit: nothing to convert in the head, and nothing left out but the salt."""
    screen = Wallet(DEPLOYMENT).message(message_typed_data(TERMS, escrow_domain(1, DEPLOYMENT.escrow)))
    assert (screen.kind, screen.contract, screen.intent) == (
        "message",
        "IFX Forward Escrow",
        "Forward: lock spot x quantity",
    )
    assert screen.rows == (
        ("Underlying", "openai/gpt-4.1"),
        ("Quantity (M tokens)", "1000000 Mtok"),
        ("Price per 1M tokens", "7.45 USDT"),
        ("Locked per 1M (spot)", "8 USDT"),
        ("Fee base, 0.5% each", "7.45 USDT"),
        ("Maturity", "2027-01-15 00:00:00 UTC"),
        ("Days averaged", "5"),
        ("Long: gains on rise", TERMS.long),
        ("Short: gains on fall", TERMS.short),
        ("Bookable until", "2026-07-15 18:00:00 UTC"),
    )


def test_a_call_within_a_call_is_shown() -> None:
    """What the timelock is told to do stands on the screen in words, with the other contract's own labels."""
    (screen,) = (each.screen for each in examples() if each.name == "Announce another desk, as the owner")
    assert ("Call", "Name the desk (IFX Forward Escrow)") in screen.rows
    assert [label for label, _ in screen.rows].count("Desk") == 1


def test_a_batch_is_shown_report_by_report() -> None:
    """Values within arrays are numbered."""
    reports = [("openai/gpt-4.1", 20_649, 8_000_000, []), ("openai/gpt-5.6-luna", 20_649, 6_000_000, [])]
    data = codec("FixingOracle").encode_call("post_many", (reports,))
    assert Wallet(DEPLOYMENT).call(DEPLOYMENT.oracle, data).rows == (
        ("Underlying 1", "openai/gpt-4.1"),
        ("Underlying 2", "openai/gpt-5.6-luna"),
        ("UTC day since 1970 1", "20649"),
        ("UTC day since 1970 2", "20649"),
        ("Price per 1M tokens 1", "8 USDT"),
        ("Price per 1M tokens 2", "6 USDT"),
    )


def test_a_message_for_another_contract_or_chain_is_not_shown_as_ours() -> None:
    """A descriptor is bound: a look-alike contract gets no friendly screen."""
    wallet = Wallet(DEPLOYMENT)
    for chain_id, contract in ((1, DEPLOYMENT.oracle), (10, DEPLOYMENT.escrow)):
        with pytest.raises(BadFile, match="none is bound"):
            wallet.message(message_typed_data(TERMS, escrow_domain(chain_id, contract)))
    deposit = codec("ForwardEscrow").encode_call("deposit", (1,))
    for to in (DEPLOYMENT.oracle, DEPLOYMENT.token):
        with pytest.raises(BadFile, match="none is bound"):
            wallet.call(to, deposit)
    assert wallet.call(DEPLOYMENT.escrow, deposit).rows == (("Amount", "0.000001 USDT"),)


def test_every_sentence_of_ours_fits_a_small_screen() -> None:
    """Sentences stand where nothing of the message does; three lines of a device hold them."""
    for template in TEMPLATES:
        descriptor = template.descriptor(DEPLOYMENT)
        for key in descriptor.display.formats:
            for field in descriptor.fields(key):
                if isinstance(field, RawField) and field.value is not None:
                    assert len(field.value) <= 80, field.value


def test_the_picture_is_fresh() -> None:
    """Draw it again with `scripts/clear_signing.py --draw docs/clear-signing.svg`."""
    assert text("docs/clear-signing.svg") == clear_signing.picture()


# ------------------------------------------------------------------------------------------------------- the files


def test_the_files_of_a_deployment_are_bound_to_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Chain, contract and token are those of its file, and each file is read back as a descriptor."""
    DEPLOYMENT.write(tmp_path / "example.toml")
    out = tmp_path / "out"
    assert clear_signing.main(["--deployment", str(tmp_path / "example.toml"), "--out", str(out)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(TEMPLATES)
    addresses = {
        "ForwardEscrow": DEPLOYMENT.escrow,
        "FixingOracle": DEPLOYMENT.oracle,
        "Timelock": DEPLOYMENT.timelock,
    }
    for template in TEMPLATES:
        document = json.loads((out / template.file).read_text(encoding="utf-8"))
        read(document)
        context = document["context"]["eip712" if template.messages else "contract"]
        assert context["deployments"] == [{"chainId": 1, "address": addresses[template.contract]}]
    escrow = json.loads((out / "calldata-ForwardEscrow.json").read_text(encoding="utf-8"))
    assert escrow["metadata"]["constants"] == {"usdt": DEPLOYMENT.token}


def test_the_command_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A template that misses a function is named, and nothing is written; the templates as they are pass."""
    assert clear_signing.main([]) == 0
    for template in TEMPLATES:
        (tmp_path / template.file).write_text((templates.FOLDER / template.file).read_text(encoding="utf-8"))
    spoiled = json.loads((tmp_path / "calldata-FixingOracle.json").read_text(encoding="utf-8"))
    del spoiled["display"]["formats"]["cancel_signers()"]
    (tmp_path / "calldata-FixingOracle.json").write_text(json.dumps(spoiled))
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    capsys.readouterr()
    assert clear_signing.main(["--draw", str(tmp_path / "picture.svg")]) == 1
    assert capsys.readouterr().err == "calldata-FixingOracle.json: no form for cancel_signers()\n"
    assert not (tmp_path / "picture.svg").exists()


def test_the_erc7730_package_has_no_complaint(tmp_path: Path) -> None:
    """It reads, resolves and lints every file, and converts every call and message to what hardware wallets take."""
    if not ERC7730.exists():
        pytest.skip(MISSING)
    files = clear_signing.write(DEPLOYMENT, tmp_path)
    script = ROOT / "scripts" / "descriptors" / "by_erc7730.py"
    done = subprocess.run([ERC7730, "-P", script, *files], capture_output=True, text=True)
    counts = [sum(len(t.schema()) for t in TEMPLATES if t.messages is messages) for messages in (False, True)]
    assert (done.stdout, done.returncode) == (f"{counts[0]} calls and {counts[1]} messages converted\n", 0), done.stderr


def test_the_erc7730_package_does_complain(tmp_path: Path) -> None:
    """A label that no device holds is found, so that silence above means something."""
    if not ERC7730.exists():
        pytest.skip(MISSING)
    document = shown(TEMPLATES[1])
    next(iter(document["display"]["formats"].values()))["fields"][0]["label"] = "x" * 21
    (tmp_path / "eip712-long.json").write_text(json.dumps(document))
    script = ROOT / "scripts" / "descriptors" / "by_erc7730.py"
    done = subprocess.run([ERC7730, "-P", script, tmp_path / "eip712-long.json"], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout.startswith("eip712-long.json: warning: Display label too long: ")
