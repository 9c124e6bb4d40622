"""`ifx admin`: every call of the owner by command, proposed, shown, cancelled, executed; and what a Safe is given."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
from eth_utils.crypto import keccak
from support.chain import DAY, GPT, LUNA, START
from support.commands import Shell, key_file, refused
from support.tree import text

from ifx_sdk import devnet
from ifx_sdk.artifacts import codec
from ifx_sdk.cli.admin import app, propose
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.safe_batch import checksum
from ifx_sdk.timelock import NOTHING

NINE, ZERO = dev_address(9), "0x" + 40 * "0"
READY = "2026-07-22"


@pytest.fixture
def ifx(fresh_ifx: IFX) -> IFX:
    """The deployment that the prompts speak to."""
    return fresh_ifx


@pytest.fixture
def proposer(shells: dict[str, Shell], tmp_path: Path) -> Shell:
    """The prompt of who may propose."""
    return shells["outsider"].having(IFX_KEY_FILE=key_file(tmp_path, devnet.DEPLOYER))


def admin(shell: Shell, *arguments: str) -> Any:
    """The answer of `ifx admin ...`."""
    return shell.json("admin", *arguments)


CALLS = {
    "list_underlying": ((LUNA, "--lot", "7"), "ForwardEscrow", "list_underlying", {"name": LUNA, "lot": 7}),
    "delist_underlying": ((GPT,), "ForwardEscrow", "delist_underlying", {"name": GPT}),
    "set_desk": ((NINE,), "ForwardEscrow", "set_desk", {"desk": NINE}),
    "set_guardian": ((NINE,), "ForwardEscrow", "set_guardian", {"guardian": NINE}),
    "set_fee_recipient": ((NINE,), "ForwardEscrow", "set_fee_recipient", {"fee_recipient": NINE}),
    "add_underlying": (
        ("index/llm-1", "--review"),
        "FixingOracle",
        "add_underlying",
        {"name": "index/llm-1", "review_required": True},
    ),
    "schedule_signers": (
        (dev_address(4), NINE, "--from", "2026-08-01"),
        "FixingOracle",
        "schedule_signers",
        {"signers": [dev_address(4), NINE], "quorum": 2, "from_day": 20_666},
    ),
    "set_reviewer": ((ZERO,), "FixingOracle", "set_reviewer", {"reviewer": ZERO}),
    "transfer_ownership": (("oracle", NINE), "FixingOracle", "transfer_ownership", {"new_owner": NINE}),
    "grant_role": (("proposer", NINE), "Timelock", "grantRole", {"role": "proposer", "account": NINE}),
    "revoke_role": (("executor", ZERO), "Timelock", "revokeRole", {"role": "executor", "account": ZERO}),
}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_a_call_is_proposed_and_executed(ifx: IFX, proposer: Shell, shells: dict[str, Shell], name: str) -> None:
    """Target, function, arguments and id are told when it is proposed; 7 days later anyone executes it."""
    arguments, contract, function, decoded = CALLS[name]
    made = admin(proposer, "propose", name, *arguments)
    (call,) = made["calls"]
    assert (call["contract"], call["function"], call["arguments"]) == (contract, function, decoded)
    assert call["target"] == ifx.deployment.addresses()[contract]
    assert (made["status"], made["timelock"]) == ("waiting", ifx.deployment.timelock)
    assert made["executable_from"] == ifx.chain.timestamp() + 7 * DAY
    assert [each["call"] for each in made["transactions"]] == ["Timelock.schedule"]
    devnet.travel(ifx, made["executable_from"])
    done = admin(shells["outsider"], "execute", made["operation"])
    assert [each["status"] for each in done["operations"]] == ["done"]
    assert admin(shells["outsider"], "show", made["operation"])["executed_tx"] == done["transactions"][0]["tx_hash"]


def test_announced_signers_are_cancelled_and_ownership_is_taken_back(ifx: IFX, proposer: Shell) -> None:
    """The two calls that need something to be there; without it they are refused before anything is sent."""
    refused(proposer.run("admin", "propose", "cancel_signers", "--json"), 1, "NothingScheduled")
    refused(proposer.run("admin", "propose", "accept_ownership", "escrow", "--json"), 1, "NotTheNewOwner")
    devnet.by_owner(
        ifx,
        ifx.oracle.prepare("schedule_signers", [NINE], 1, START // DAY + 30),
        ifx.escrow.prepare("transfer_ownership", NINE),
    )
    nine = ifx.as_signer(devnet.signer(9))
    nine.escrow.accept_ownership().confirmed()
    nine.escrow.transfer_ownership(ifx.timelock.address).confirmed()
    roles = admin(proposer, "show")["roles"]
    assert roles["oracle"]["announced"] == {"signers": [NINE], "quorum": 1, "from_day": START // DAY + 30}
    assert (roles["escrow"]["owner"], roles["escrow"]["pending_owner"]) == (NINE, ifx.timelock.address)
    shown = proposer.run("admin", "show").ok().out
    assert "from 2026-08-14, quorum 1" in shown
    made = [admin(proposer, "propose", *each) for each in (("cancel_signers",), ("accept_ownership", "escrow"))]
    devnet.travel(ifx, made[1]["executable_from"])
    admin(proposer, "execute", *(each["operation"] for each in made))
    assert ifx.escrow.owner() == ifx.timelock.address
    assert admin(proposer, "show")["roles"]["oracle"]["announced"] is None


def test_every_call_of_the_owner_has_a_command() -> None:
    """Whatever checks the owner in the sources, the two steps of ownership, and the timelock's own two."""
    sources = "".join(text(path) for path in ("contracts/FixingOracle.vy", "contracts/modules/roles.vy"))
    checked = set(re.findall(r"^def (\w+)\([^)]*\)[^:]*:\n    ownable\._check_owner\(\)", sources, re.MULTILINE))
    assert sources.count("ownable._check_owner()") == len(checked)
    commands = set(typer.main.get_command(propose).commands)  # type: ignore[attr-defined]  # a group
    assert commands == checked | {"transfer_ownership", "accept_ownership", "grant_role", "revoke_role"}
    assert commands == {*CALLS, "cancel_signers", "accept_ownership"}
    groups = typer.main.get_command(app)
    assert set(groups.commands) == {"propose", "execute", "cancel", "show"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted({*CALLS, "cancel_signers", "accept_ownership"}))
def test_a_proposal_has_help_and_takes_no_key(name: str) -> None:
    """`--help` works, its line in the list is whole, and no option takes a secret."""
    told = Shell().run("admin", "propose", name, "--help").ok().out
    assert told.startswith(f"Usage: ifx admin propose {name}")
    for option in ("--after", "--salt", "--again", "--dry-run", "--calldata", "--json", "--key-file"):
        assert f"  {option}" in told
    listed = Shell().run("admin", "propose", "--help").ok().out.splitlines()
    line = next(each for each in listed if each.startswith(f"  {name} "))
    assert line.endswith(".")
    assert not line.endswith("...")


# ------------------------------------------------------------------------------------------------------------ text


def test_people_see_what_when_and_by_whom(ifx: IFX, proposer: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contract, function, arguments, id, and the time in UTC and where the reader is."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    import time

    time.tzset()
    try:
        told = proposer.run("admin", "propose", "set_desk", NINE).ok().out
        shown = proposer.run("admin", "show").ok().out
    finally:
        monkeypatch.undo()
        time.tzset()
    (operation,) = ifx.timelock.operations()
    lines = [line.split(maxsplit=1) for line in told.splitlines()]
    assert ["operation", "0x" + operation.id.hex()] in lines
    assert ["contract", f"ForwardEscrow {ifx.escrow.address}"] in lines
    assert ["function", "set_desk"] in lines
    assert ["desk", NINE] in lines
    assert f"executable from  {READY}" in told
    assert " UTC (2026-07-22 " in told
    assert " JST)" in told
    assert f"ForwardEscrow.set_desk({NINE})" in shown
    for wanted in ("(the timelock)", "delay      7 days", "executor   anyone", "proposer   " + dev_address(0)):
        assert wanted in shown


def test_show_names_every_role_of_every_contract(ifx: IFX, proposer: Shell) -> None:
    """As the plan has it, before anything was proposed."""
    found = admin(proposer, "show")
    plan = devnet.plan()
    assert found["operations"] == []
    assert found["roles"] == {
        "oracle": {
            "address": ifx.oracle.address,
            "owner": ifx.timelock.address,
            "pending_owner": ZERO,
            "reviewer": plan.reviewer,
            "signers": list(plan.signers),
            "quorum": 3,
            "announced": None,
        },
        "escrow": {
            "address": ifx.escrow.address,
            "owner": ifx.timelock.address,
            "pending_owner": ZERO,
            "desk": plan.desk,
            "guardian": plan.guardian,
            "fee_recipient": plan.fee_recipient,
            "paused_until": 0,
        },
        "timelock": {
            "address": ifx.timelock.address,
            "delay": 7 * DAY,
            "admin": [ifx.timelock.address],
            "proposer": list(plan.proposers),
            "canceller": list(plan.proposers),
            "executor": [ZERO],
        },
    }
    assert proposer.run("admin", "show").ok().out.startswith("nothing was ever proposed\n")


def test_a_pause_is_shown_while_it_lasts(ifx: IFX, proposer: Shell) -> None:
    """With its end; a pause that is over is no news."""
    ifx.as_signer(devnet.signer(devnet.DEPLOYER)).escrow.pause_booking().confirmed()
    until = ifx.escrow.paused_until()
    assert "paused until   2026-07-18" in proposer.run("admin", "show").ok().out
    devnet.travel(ifx, until)
    assert "paused until" not in proposer.run("admin", "show").ok().out
    assert admin(proposer, "show")["roles"]["escrow"]["paused_until"] == until


def test_an_operation_of_somebody_elses_contract_is_shown_raw(ifx: IFX, proposer: Shell) -> None:
    """Whoever proposes a call of another contract cannot hide it."""
    from ifx_sdk.timelock import Operation

    timelock = ifx.as_signer(devnet.signer(devnet.DEPLOYER)).timelock
    strange = Operation(target=NINE, payload=b"\xab\xcd\xef\x01", salt=bytes(32))
    timelock.schedule(strange).confirmed()
    told = proposer.run("admin", "show", "0x" + strange.id.hex()).ok().out
    assert f"unknown {NINE}" in told
    assert "0xabcdef01" in told
    assert "unknown.unknown()" in proposer.run("admin", "show").ok().out


# -------------------------------------------------------------------------------------------------------- refusals


def test_execute_refuses_what_is_not_ready_unknown_or_done(ifx: IFX, proposer: Shell, shells: dict[str, Shell]) -> None:
    """Here, naming the time; nothing is sent."""
    made = admin(proposer, "propose", "set_desk", NINE)
    ran = shells["outsider"].run("admin", "execute", made["operation"], "--json")
    assert READY in refused(ran, 1, "OperationNotReady")
    assert "sending" not in ran.err
    unknown = shells["outsider"].run("admin", "execute", "0x" + "7" * 64, "--json")
    assert "was ever proposed" in refused(unknown, 1, "OperationNotReady")
    refused(shells["outsider"].run("admin", "show", "0x" + "7" * 64, "--json"), 1, "OperationNotReady")
    refused(shells["outsider"].run("admin", "execute", "0x12", "--json"), 2, "BadValue")
    devnet.travel(ifx, made["executable_from"])
    admin(shells["outsider"], "execute", made["operation"])
    again = shells["outsider"].run("admin", "execute", made["operation"], "--json")
    assert "was executed in 0x" in refused(again, 1, "OperationNotReady")


def test_only_proposers_propose_and_cancel(proposer: Shell, shells: dict[str, Shell]) -> None:
    """An outsider is named; a proposer withdraws what he proposed."""
    outsider = shells["outsider"]
    ran = outsider.run("admin", "propose", "set_desk", NINE, "--json")
    assert dev_address(devnet.OUTSIDER) in refused(ran, 1, "RoleMissing")
    made = admin(proposer, "propose", "set_desk", NINE)
    refused(outsider.run("admin", "cancel", made["operation"], "--json"), 1, "RoleMissing")
    assert admin(proposer, "cancel", made["operation"])["status"] == "cancelled"
    refused(proposer.run("admin", "cancel", made["operation"], "--json"), 1, "NothingToCancel")


def test_a_second_equal_proposal_is_told_of_the_first(proposer: Shell) -> None:
    """With its time, and how to mean it: --again, or a salt of one's own."""
    first = admin(proposer, "propose", "set_desk", NINE)
    why = refused(proposer.run("admin", "propose", "set_desk", NINE, "--json"), 1, "AlreadyProposed")
    assert first["operation"] in why
    assert READY in why
    assert "--again" in why
    second = admin(proposer, "propose", "set_desk", NINE, "--again")
    third = admin(proposer, "propose", "set_desk", NINE, "--salt", "0x" + "5" * 64)
    assert len({each["operation"] for each in (first, second, third)}) == 3
    assert third["salt"] == "0x" + "5" * 64


def test_new_signers_are_told_their_days(proposer: Shell) -> None:
    """The first day is 15 days ahead at least, and until when it must be executed is said."""
    early = proposer.run("admin", "propose", "schedule_signers", NINE, "--from", "2026-07-29", "--json")
    assert "2026-07-30 at the earliest" in refused(early, 1, "TooSoon")
    many = [dev_address(100 + each) for each in range(28)]
    ran = proposer.run("admin", "propose", "schedule_signers", *many, "--from", "2026-08-01", "--json")
    assert "at most 27 signers" in refused(ran, 2, "BadValue")
    ran = proposer.run("admin", "propose", "schedule_signers", NINE, "--from", "2026-07-30", "--json").ok()
    assert "execute it before 2026-07-23 00:00:00 UTC" in ran.err
    assert ran.json["execute_before"] == (START // DAY + 8) * DAY


def test_a_warning_is_told_beside_the_answer(proposer: Shell) -> None:
    """On stderr for people, and in JSON; the proposal is made all the same."""
    ran = proposer.run("admin", "propose", "transfer_ownership", "escrow", NINE, "--json").ok()
    assert "warning: once accepted" in ran.err
    assert ran.json["warning"] in ran.err


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("set_desk", "0x12"), "BadAddress"),
        (("list_underlying", "GPT 4"), "BadUnderlying"),
        (("list_underlying", GPT, "--lot", "0"), "BadValue"),
        (("add_underlying", "index/llm-1"), "BadValue"),
        (("schedule_signers", NINE, "--from", "tomorrow"), "BadDate"),
        (("set_desk", NINE, "--after", "0x12"), "BadValue"),
        (("set_desk", NINE, "--salt", "7"), "BadValue"),
        (("transfer_ownership", "token", NINE), "UsageError"),
        (("grant_role", "admin", NINE), "UsageError"),
        (("list_underlying", GPT, "--lot", "1.5"), "UsageError"),
    ],
)
def test_what_cannot_be_meant_is_refused(ifx: IFX, proposer: Shell, arguments: tuple[str, ...], kind: str) -> None:
    """Exit 2, and nothing was proposed."""
    refused(proposer.run("admin", "propose", *arguments, "--json"), 2, kind)
    assert ifx.timelock.operations() == ()


# ------------------------------------------------------------------------------------------------------- multisigs


def test_a_dry_run_needs_no_key_and_sends_nothing(ifx: IFX, proposer: Shell) -> None:
    """The same id, and the call data that a multisig sends to the timelock."""
    nobody = Shell(env={name: value for name, value in proposer.env.items() if name != "IFX_KEY_FILE"})
    dry = nobody.json("admin", "propose", "set_desk", NINE, "--dry-run")
    assert ifx.timelock.operations() == ()
    assert dry["status"] == "not sent"
    decoded = codec("Timelock").decode_call(bytes.fromhex(dry["calldata"][2:]))
    assert decoded is not None
    assert decoded[0] == "schedule"
    assert decoded[1]["delay"] == 7 * DAY
    printed = nobody.run("admin", "propose", "set_desk", NINE, "--dry-run").ok().out
    for wanted in (
        dry["operation"],
        dry["calldata"],
        ifx.timelock.address,
        "if it is proposed now",
        "nothing was sent",
    ):
        assert wanted in printed
    assert admin(proposer, "propose", "set_desk", NINE)["operation"] == dry["operation"]


def test_a_safe_is_given_a_batch_file(ifx: IFX, proposer: Shell) -> None:
    """One transaction to the timelock that does what the dry run says; the same with and without --json."""
    call = ("propose", "set_desk", NINE)
    printed = proposer.run("admin", *call, "--calldata").ok().out
    batch = json.loads(printed)
    assert batch == admin(proposer, *call, "--calldata")
    assert ifx.timelock.operations() == ()
    dry = admin(proposer, *call, "--dry-run")
    assert batch["chainId"] == "31337"
    assert batch["transactions"] == [
        {
            "to": ifx.timelock.address,
            "value": "0",
            "data": dry["calldata"],
            "contractMethod": None,
            "contractInputsValues": None,
        }
    ]
    assert batch["meta"]["checksum"] == checksum(batch)
    made = admin(proposer, *call)
    cancel = admin(proposer, "cancel", made["operation"], "--calldata")
    decoded = codec("Timelock").decode_call(bytes.fromhex(cancel["transactions"][0]["data"][2:]))
    assert decoded == ("cancel", {"id": bytes.fromhex(made["operation"][2:])})
    assert admin(proposer, "show", made["operation"])["status"] == "waiting"


def test_a_batch_files_checksum_is_the_builders() -> None:
    """Written out by hand from its rule: sorted keys, then values each with a comma, the name left out."""
    batch: dict[str, Any] = {
        "version": "1.0",
        "chainId": "1",
        "createdAt": 1,
        "meta": {"name": "n", "description": "d", "checksum": "0x00"},
        "transactions": [{"to": "0x1", "value": "0", "data": None}],
    }
    meta = '{["description","name"]"d",null,}'
    call = '{["data","to","value"]null,"0x1","0",}'
    whole = f'{{["chainId","createdAt","meta","transactions","version"]"1",1,{meta},[{call}],"1.0",}}'
    assert checksum(batch) == "0x" + keccak(text=whole).hex()
    other = copy.deepcopy(batch)
    other["transactions"][0]["to"] = "0x2"
    assert checksum(other) != checksum(batch)


def test_an_operation_can_follow_another(ifx: IFX, proposer: Shell) -> None:
    """A name is added and listed: the second is proposed with a doubt that the first removes."""
    alone = proposer.run("admin", "propose", "list_underlying", "openai/gpt-5", "--json")
    assert "--after" in refused(alone, 1, "OracleDoesNotKnow")
    adding = admin(proposer, "propose", "add_underlying", "openai/gpt-5")
    assert adding["predecessor"] == "0x" + NOTHING.hex()
    ran = proposer.run("admin", "propose", "list_underlying", "openai/gpt-5", "--after", adding["operation"], "--json")
    listing = ran.ok().json
    assert "today it would be refused (escrow: oracle does not know it)" in ran.err
    assert listing["predecessor"] == adding["operation"]
    devnet.travel(ifx, listing["executable_from"])
    early = proposer.run("admin", "execute", listing["operation"], "--json")
    assert adding["operation"] in refused(early, 1, "EarlierOperationMissing")
    admin(proposer, "execute", adding["operation"], listing["operation"])
    assert ifx.escrow.lot_of("openai/gpt-5") == 100_000
    assert f"after            {adding['operation']}" in proposer.run("admin", "show", listing["operation"]).ok().out
