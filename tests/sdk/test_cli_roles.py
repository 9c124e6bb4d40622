"""Approving, booking and deploying by command: what is let through, and what is refused beside it."""

import json
import os
from pathlib import Path

import pytest
from support.chain import DAY, GPT, START
from support.commands import Ran, Shell, refused

from ifx_sdk import devnet
from ifx_sdk.artifacts import codec
from ifx_sdk.chain import Call
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.money import decimal_text, format_amount

LONG, SHORT = dev_address(devnet.LONG), dev_address(devnet.SHORT)


@pytest.fixture
def ifx(fresh_ifx: IFX) -> IFX:
    """The deployment that the prompts speak to."""
    return fresh_ifx


# ------------------------------------------------------------------------------------------------ signing, booking


@pytest.fixture
def terms(ifx: IFX, shells: dict[str, Shell], tmp_path: Path) -> str:
    """A file of terms on today's fixing."""
    devnet.post(ifx, {GPT: 8_000_000})
    path = str(tmp_path / "terms.json")
    shells["long"].json("terms", GPT, "100B", "3M", "--long", LONG, "--short", SHORT, "--out", path)
    return path


def signed(shells: dict[str, Shell], role: str, terms: str) -> str:
    """The file of a side's approval."""
    path = str(Path(terms).with_name(f"{role}.json"))
    shells[role].run("sign", terms, "--out", path, "--force").ok()
    return path


def test_an_approval_is_booked_as_a_file_or_in_hex(ifx: IFX, shells: dict[str, Shell], terms: str) -> None:
    """One side's file and the other's bare signature."""
    long = signed(shells, "long", terms)
    short = json.loads(shells["short"].run("sign", terms).ok().out)
    assert sorted(short) == ["account", "id", "signature"]
    booked = shells["desk"].json("book", terms, "--long-approval", long, "--short-approval", short["signature"])
    assert ifx.escrow.forward(bytes.fromhex(booked["id"][2:])).long == LONG
    again = shells["desk"].run("book", terms, "--long-approval", long, "--short-approval", short["signature"], "--json")
    refused(again, 1, "AlreadyBooked")


def test_only_the_two_sides_sign_and_approve(shells: dict[str, Shell], terms: str) -> None:
    """An outsider is named and nothing is signed or sent."""
    for command in ("sign", "approve", "revoke"):
        why = refused(shells["outsider"].run(command, terms, "--json"), 1, "NotASide")
        assert dev_address(devnet.OUTSIDER) in why
    assert shells["short"].json("approve", terms)["status"] == "approved"


def test_an_account_of_the_node_cannot_sign_terms(shells: dict[str, Shell], terms: str) -> None:
    """A node signs no bare digest; the cure names what does, and approving on chain works."""
    nobody = Shell(env={name: value for name, value in shells["long"].env.items() if name != "IFX_KEY_FILE"})
    refused(nobody.run("sign", terms, "--account", LONG, "--json"), 2, "NoSigner")
    assert nobody.json("approve", terms, "--account", LONG)["status"] == "approved"


def test_an_approval_of_other_terms_or_by_another_side_is_refused(shells: dict[str, Shell], terms: str) -> None:
    """Swapped sides, other terms, an absent file, bare hex by another key, and no approval at all."""
    long, short = signed(shells, "long", terms), signed(shells, "short", terms)
    other = str(Path(terms).with_name("other.json"))
    shells["long"].json("terms", GPT, "100B", "3M", "--long", LONG, "--short", SHORT, "--out", other)
    foreign = json.loads(shells["long"].run("sign", other).ok().out)

    def book(*approvals: str) -> Ran:
        return shells["desk"].run("book", terms, *approvals, "--json")

    refused(book("--long-approval", short, "--short-approval", long), 2, "WrongSigner")
    path = Path(terms).with_name("foreign.json")
    path.write_text(json.dumps(foreign))
    assert foreign["id"] in refused(book("--long-approval", str(path), "--short-approval", short), 2, "BadApproval")
    refused(book("--long-approval", foreign["signature"], "--short-approval", short), 2, "WrongSigner")
    refused(book("--long-approval", "nowhere.json", "--short-approval", short), 2, "BadApproval")
    refused(book("--long-approval", "0x" + "00" * 2049, "--short-approval", short), 2, "BadValue")
    refused(book("--short-approval", short), 1, "LongHasNotApproved")
    refused(book("--long-approval", long), 1, "ShortHasNotApproved")
    assert book("--long-approval", long, "--short-approval", short).code == 0


def test_only_the_desk_books(shells: dict[str, Shell], terms: str) -> None:
    """Whoever else tries is refused by the contract's reason."""
    approvals = ("--long-approval", signed(shells, "long", terms), "--short-approval", signed(shells, "short", terms))
    refused(shells["long"].run("book", terms, *approvals, "--json"), 1, "NotTheDesk")
    shells["desk"].run("book", terms, *approvals).ok()


def test_terms_of_yesterday_are_not_booked(ifx: IFX, shells: dict[str, Shell], terms: str) -> None:
    """The deadline is over a day later, and a longer one finds another fixing."""
    longer = str(Path(terms).with_name("longer.json"))
    sides = ("--long", LONG, "--short", SHORT)
    shells["long"].json("terms", GPT, "100B", "3M", *sides, "--deadline", "3d", "--out", longer)
    devnet.travel(ifx, START + 2 * DAY)
    devnet.post(ifx, {GPT: 7_000_000})
    refused(shells["desk"].run("book", terms, "--json"), 1, "TermsExpired")
    refused(shells["desk"].run("book", longer, "--json"), 1, "SpotNotTodaysFixing")


def test_expired_terms_are_neither_signed_nor_approved(ifx: IFX, shells: dict[str, Shell], terms: str) -> None:
    """By the node's time; revoking them is still possible, and a dead node leaves signing on a local chain open."""
    approvals = [signed(shells, role, terms) for role in ("long", "short")]
    assert len(approvals) == 2
    devnet.travel(ifx, START + 2 * DAY)
    refused(shells["long"].run("sign", terms, "--json"), 1, "TermsExpired")
    ran = shells["long"].run("approve", terms, "--json")
    refused(ran, 1, "TermsExpired")
    assert "sending" not in ran.err
    assert shells["long"].json("revoke", terms)["status"] == "revoked"
    dead = shells["short"].run("sign", terms, "--rpc", "http://127.0.0.1:1").ok()
    assert "this machine's clock" in dead.err


def set_allowance(ifx: IFX, index: int, amount: int) -> None:
    """Have a side allow exactly that much."""
    for outcome in ifx.as_signer(devnet.signer(index)).token.allow(amount):
        outcome.confirmed()


def test_a_booking_without_money_names_the_side_the_sum_and_the_command(
    ifx: IFX, shells: dict[str, Shell], terms: str
) -> None:
    """Each side alone and both; the command that is named mends it, and nothing is sent before."""
    approvals = ("--long-approval", signed(shells, "long", terms), "--short-approval", signed(shells, "short", terms))
    book = ("book", terms, *approvals, "--json")
    long_needs = shells["long"].json("quote", GPT, "100B", "3M")["long_needs"]
    set_allowance(ifx, devnet.LONG, 0)
    set_allowance(ifx, devnet.SHORT, 5 * 10**6)
    ran = shells["desk"].run(*book)
    why = refused(ran, 1, "AllowanceTooLow")
    assert "sending" not in ran.err
    amount = decimal_text(long_needs)
    for told in (f"the long {LONG}", f"the short {SHORT}", f"`ifx allow {amount}`", "collect 5.000000 USDT"):
        assert told in why
    shells["long"].json("allow", amount)
    why = refused(shells["desk"].run(*book), 1, "AllowanceTooLow")
    assert LONG not in why
    shells["short"].json("allow", amount)
    short = ifx.as_signer(devnet.signer(devnet.SHORT))
    shells["short"].json("allow", "20000000")
    shells["short"].json("deposit", "100")
    short.token.transfer(LONG, short.token.balance() - 700 * 10**6).confirmed()
    why = refused(shells["desk"].run(*book), 1, "TokenBalanceTooLow")
    missing = format_amount(long_needs - 800 * 10**6)
    for told in (SHORT, "has 100.000000 USDT of it as its free balance", "wallet holds 700.000000 USDT", missing):
        assert told in why
    assert "ifx allow" not in why
    devnet.faucet(ifx, SHORT, usdt=long_needs - 800 * 10**6)
    assert shells["desk"].run(*book).code == 0


def test_a_deposit_without_money_names_what_is_missing(ifx: IFX, shells: dict[str, Shell]) -> None:
    """The allowance and the command that sets it; the wallet and how much it lacks."""
    long = shells["long"]
    long.json("allow", "1")
    why = refused(long.run("deposit", "10", "--json"), 1, "AllowanceTooLow")
    assert "the escrow may collect 1.000000 USDT of the 10.000000 USDT" in why
    assert "`ifx allow 10`" in why
    long.json("allow", "10000010")
    why = refused(long.run("deposit", "10000010", "--json"), 1, "TokenBalanceTooLow")
    assert "holds 10,000,000.000000 USDT, 10.000000 USDT too little" in why
    assert long.json("deposit", "10")["free"] == 10 * 10**6
    why = refused(long.run("withdraw", "10.5", "--json"), 1, "BalanceTooLow")
    assert f"10.500000 USDT is more than the free balance of {LONG}, 10.000000 USDT" in why
    assert "ifx withdraw all" in why


@pytest.mark.parametrize("command", ["sign", "approve", "book"])
@pytest.mark.parametrize("content", ["", "{}", "[]", '{"long": 1}', "\udcff"])
def test_a_broken_terms_file_is_refused(shells: dict[str, Shell], tmp_path: Path, command: str, content: str) -> None:
    """Exit 2, naming the file; one that is not there too."""
    path = tmp_path / "broken.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    kind = "BadTermsFile" if command == "book" else "NotAMessage"  # the others take three kinds of file
    for given in (str(path), str(tmp_path / "absent.json")):
        assert given in refused(shells["long"].run(command, given, "--json"), 2, kind)


@pytest.mark.parametrize("given", ["0x12", "terms.json", "0x" + "g" * 64])
def test_an_id_has_its_form(shells: dict[str, Shell], given: str) -> None:
    """Anything but 0x and 64 digits is refused with the form; an id of nothing by the chain."""
    for command in ("forward", "settle"):
        assert "it is not 0x and 64 hexadecimal digits" in refused(
            shells["long"].run(command, given, "--json"), 2, "BadValue"
        )
    nothing = "0x" + "00" * 32
    refused(shells["long"].run("forward", nothing, "--json"), 1, "NoSuchForward")
    refused(shells["long"].run("settle", nothing, "--json"), 1, "UnknownForward")


def test_what_is_withdrawn_is_there_and_goes_where_it_may(shells: dict[str, Shell]) -> None:
    """Not more than the free balance, not nothing, not to the escrow."""
    long = shells["long"]
    refused(long.run("withdraw", "all", "--json"), 1, "NothingToWithdraw")
    long.json("deposit", "10", "--for", SHORT)
    refused(long.run("withdraw", "10", "--json"), 1, "BalanceTooLow")
    refused(shells["short"].run("withdraw", "10", "--to", "0x" + "0" * 40, "--json"), 1, "BadReceiver")
    assert shells["short"].json("withdraw", "10", "--to", LONG)["free"] == 0


def set_fee(ifx: IFX, points: int) -> None:
    """Have the token take so many basis points of a transfer, at most 10 USDT."""
    data = codec("TestUSDT").encode_call("set_fee", [points, 10 * 10**6])
    call = Call(name="TestUSDT.set_fee", to=ifx.deployment.token, data=data)
    ifx.chain.send(call, devnet.signer(devnet.DEPLOYER)).confirmed()


def test_a_token_that_takes_a_fee_is_not_deposited(ifx: IFX, shells: dict[str, Shell]) -> None:
    """Nothing is collected while Tether charges; withdrawing goes on, and so do deposits once it stops."""
    shells["long"].json("deposit", "10")
    set_fee(ifx, 10)
    refused(shells["long"].run("deposit", "10", "--json"), 1, "TokenDidNotDeliver")
    assert shells["long"].json("withdraw", "all")["free"] == 0
    set_fee(ifx, 0)
    assert shells["long"].json("deposit", "10")["free"] == 10 * 10**6


# ---------------------------------------------------------------------------------------------------- deployment


@pytest.fixture
def plan(tmp_path: Path) -> str:
    """A plan file in which one account plays every role."""
    path = tmp_path / "plan.toml"
    path.write_text(
        f'network = "local"\ndesk = "{LONG}"\nguardian = "{LONG}"\nfee_recipient = "{LONG}"\nreviewer = "{LONG}"\n'
        f'signers = ["{LONG}"]\n'
    )
    return str(path)


def test_a_deployment_that_is_published_is_not_written_over(
    shells: dict[str, Shell], tmp_path: Path, plan: str
) -> None:
    """Refused before anything is deployed, and so is a folder that is not there."""
    (tmp_path / "local.toml").write_text("published")
    for out in ("local.toml", "absent/local.toml"):
        ran = shells["outsider"].run("deploy", plan, "--out", str(tmp_path / out), "--json")
        refused(ran, 2, "BadFile")
        assert "sending" not in ran.err
    assert (tmp_path / "local.toml").read_text() == "published"
    assert shells["outsider"].json("deploy", plan, "--out", str(tmp_path / "new.toml"))["network"] == "local"


def test_a_deployment_is_written_through_a_link_and_over_no_device(
    shells: dict[str, Shell], tmp_path: Path, plan: str
) -> None:
    """With --force too: a pipe is refused before anything is deployed, a link stays one."""
    pipe, held, link = tmp_path / "pipe", tmp_path / "held.toml", tmp_path / "link.toml"
    os.mkfifo(pipe)
    held.write_text("published")
    link.symlink_to(held)
    ran = shells["outsider"].run("deploy", plan, "--out", str(pipe), "--force", "--json")
    assert "no regular file" in refused(ran, 2, "BadFile")
    assert "sending" not in ran.err
    assert pipe.is_fifo()
    made = shells["outsider"].json("deploy", plan, "--out", str(link), "--force")
    assert link.readlink() == held
    assert made["escrow"] in held.read_text()


@pytest.mark.parametrize("line", ['network = "../local"', "network = 3", "quorum = 0", 'quorum = "1"', "quorum = 2"])
def test_a_plan_of_impossible_values_deploys_nothing(shells: dict[str, Shell], tmp_path: Path, line: str) -> None:
    """A name that is no file's, and a quorum that these nodes cannot be."""
    key = line.split()[0]
    lines = {name: f'{name} = "{LONG}"' for name in ("desk", "guardian", "fee_recipient", "reviewer")}
    lines |= {"network": 'network = "n"', "signers": f'signers = ["{LONG}"]'} | {key: line}
    path = tmp_path / "plan.toml"
    path.write_text("\n".join(lines.values()) + "\n")
    ran = shells["outsider"].run("deploy", str(path), "--out", str(tmp_path / "n.toml"), "--json")
    refused(ran, 2, "BadValue")
    assert "sending" not in ran.err
    assert not (tmp_path / "n.toml").exists()


@pytest.mark.parametrize("content", ["", "network = 3", "not toml [", 'network = "x"\nunknown = 1'])
def test_a_broken_plan_is_refused(shells: dict[str, Shell], tmp_path: Path, content: str) -> None:
    """Exit 2, naming the file and where its keys are listed."""
    path = tmp_path / "plan.toml"
    path.write_text(content)
    assert str(path) in refused(shells["outsider"].run("deploy", str(path), "--json"), 2, "BadFile")
