"""Ending and moving a forward by command: what is shown, what is let through, and what is refused beside it.

`end` and `move` are files of a termination and of a novation of one booked forward, `id_`: see conftest.py.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.chain import DAY, GPT, START
from support.commands import Ran, Shell, refused

from ifx_sdk import devnet
from ifx_sdk.cli.output import as_json
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.endings import Termination
from ifx_sdk.signing import message_digest
from ifx_sdk.tracking import Tracker

LONG, SHORT, OUTSIDER, DESK = (
    dev_address(index) for index in (devnet.LONG, devnet.SHORT, devnet.OUTSIDER, devnet.DESK)
)
NOTHING = "0x" + "11" * 32
LOT_B = 800_000 * 10**6  # the prefunding of 100B tokens at 8.00


def to_outsider(side: str) -> tuple[str, ...]:
    return "--outgoing", side, "--incoming", OUTSIDER


def signed(shells: dict[str, Shell], role: str, file: str) -> str:
    """The file of a role's approval."""
    path = f"{file}.{role}"
    shells[role].run("sign", file, "--out", path, "--force").ok()
    return path


def approvals(shells: dict[str, Shell], file: str, **roles: str) -> list[str]:
    """The options with everybody's signature: what the message calls it -> who that is."""
    return [each for name, role in roles.items() for each in (f"--{name}-approval", signed(shells, role, file))]


def moved(shells: dict[str, Shell], move: str) -> Ran:
    """The novation, executed with three signatures, or refused."""
    given = approvals(shells, move, outgoing="long", incoming="outsider", remaining="short")
    return shells["desk"].run("novate", move, *given, "--json")


# ---------------------------------------------------------------------------------------------------- writing them


def test_a_termination_shows_what_each_gets_back(shells: dict[str, Shell], id_: str, tmp_path: Path) -> None:
    """The hashes of a wallet, both payouts and their gain; the file is the message alone."""
    path = str(tmp_path / "x.json")
    shown = shells["outsider"].json("termination", id_, "--price", "4.32", "--out", path)
    assert (shown["kind"], shown["forward"], shown["long"], shown["short"]) == ("termination", id_, LONG, SHORT)
    assert (shown["long_payout"], shown["short_payout"]) == (487_000 * 10**6, 1_113_000 * 10**6)
    assert (shown["long_gain"], shown["short_gain"]) == (-313_000 * 10**6, 313_000 * 10**6)
    assert len({shown["id"], shown["domain_hash"], shown["message_hash"]}) == 3
    assert shown["deadline"] - START in range(DAY, DAY + 60)
    written = json.loads(Path(path).read_text())
    assert list(written) == ["forward", "long", "short", "price", "deadline", "salt"]
    assert written.items() <= shown.items()
    text = shells["outsider"].run(
        "termination", id_, "--price", "9", "--deadline", "3d", "--out", path, "--force"
    ).ok().out  # fmt: skip
    assert "long gets back         955,000.000000 USDT, 155,000.000000 USDT more than it locked\n" in text
    assert "short gets back        645,000.000000 USDT, 155,000.000000 USDT less than it locked\n" in text
    assert "execute until          2026-07-18 00:0" in text
    assert "option until the deadline" in text
    assert text.endswith(f"written to {path}\n")


def test_a_novation_shows_what_the_incoming_can_lose(shells: dict[str, Shell], id_: str, tmp_path: Path) -> None:
    """Bounds of the side that moves, the payment included; that the prefunding stays; that leaving is for ever."""
    path = str(tmp_path / "x.json")
    novation = ("novation", id_, *to_outsider("long"), "--out", path, "--force", "--payment")
    shown = shells["desk"].json(*novation, "125000.00")
    assert (shown["side"], shown["remaining"], shown["prefunding"]) == ("long", SHORT, LOT_B)
    assert (shown["least_payout"], shown["most_payout"]) == (55_000 * 10**6, 2 * LOT_B)
    assert (shown["incoming_worst"], shown["incoming_best"]) == (-70_000 * 10**6, 1_475_000 * 10**6)
    text = shells["desk"].run(*novation, "0").ok().out
    assert "worst case, incoming       55,000.000000 USDT gained, the payment included" in text
    assert "prefunding that stays     800,000.000000 USDT locked" in text
    assert f"Leaving is for ever: {LONG} can never be a side of this forward again." in text
    text = shells["desk"].run(*novation, "1,600,000 USDT").ok().out
    assert "best case, incoming             0.000000 USDT gained, the payment included" in text
    shown = shells["desk"].json("novation", id_, *to_outsider(SHORT), "--payment", "0", "--out", path, "--force")
    assert (shown["side"], shown["outgoing"], shown["remaining"]) == ("short", SHORT, LONG)
    assert (shown["least_payout"], shown["most_payout"]) == (0, 1_545_000 * 10**6)


BAD_OPTIONS = [
    (2, "BadPrice", ("--price", "4,32")),
    (2, "BadPrice", ("--price", "-1")),
    (2, "BadPrice", ("--price", "1099511.627776")),
    (2, "BadPrice", ("--price", "\udcff")),
    (2, "BadValue", ("--price", "1", "--deadline", "soon")),
    (2, "BadValue", ("--price", "1", "--deadline", "0h")),
    (2, "UsageError", ()),
]


@pytest.mark.parametrize(("code", "kind", "options"), BAD_OPTIONS)
def test_a_termination_of_bad_options_writes_nothing(
    shells: dict[str, Shell], id_: str, tmp_path: Path, code: int, kind: str, options: tuple[str, ...]
) -> None:
    """The option is told with its form."""
    path = tmp_path / "x.json"
    refused(shells["long"].run("termination", id_, *options, "--out", str(path), "--json"), code, kind)
    assert not path.exists()


@pytest.mark.parametrize(
    ("code", "kind", "options"),
    [
        (2, "BadAddress", ("both", OUTSIDER, "0")),
        (2, "BadAddress", (LONG.swapcase(), OUTSIDER, "0")),
        (2, "BadAddress", ("long", "short", "0")),
        (2, "BadAddress", ("long", "0x" + "0" * 39, "0")),
        (2, "BadAmount", ("long", OUTSIDER, "1 USD")),
        (2, "BadAmount", ("long", OUTSIDER, "-1")),
        (2, "BadAmount", ("long", OUTSIDER, "0.0000001")),
        (1, "PaymentTooLarge", ("long", OUTSIDER, "1600000.000001")),
        (1, "OutgoingIsNoSide", (DESK, OUTSIDER, "0")),
        (1, "IncomingIsASide", ("long", SHORT, "0")),
        (1, "IncomingIsASide", ("long", LONG, "0")),
        (1, "BadIncoming", ("long", "0x" + "0" * 40, "0")),
    ],
)
def test_a_novation_of_bad_options_writes_nothing(
    shells: dict[str, Shell], id_: str, tmp_path: Path, code: int, kind: str, options: tuple[str, str, str]
) -> None:
    """As for a termination; what the contract would refuse is refused by its reason."""
    path = tmp_path / "x.json"
    outgoing, incoming, payment = options
    given = ("--outgoing", outgoing, "--incoming", incoming, "--payment", payment, "--out", str(path))
    refused(shells["long"].run("novation", id_, *given, "--json"), code, kind)
    assert not path.exists()


@pytest.mark.parametrize("command", ["termination", "novation"])
def test_a_message_is_written_for_an_active_forward_alone(
    fresh_ifx: IFX, shells: dict[str, Shell], id_: str, tmp_path: Path, command: str
) -> None:
    """Not over another file, not of an id that is none or nobody's, not from maturity on."""
    own = ("--price", "1") if command == "termination" else (*to_outsider("long"), "--payment", "0")
    path = str(tmp_path / "x.json")
    shell = shells["long"]
    shell.json(command, id_, *own, "--out", path)
    assert path in refused(shell.run(command, id_, *own, "--out", path, "--json"), 2, "BadFile")
    for bad in ("0x12", "x.json", ""):
        assert "64 hexadecimal digits" in refused(shell.run(command, bad, *own, "--json"), 2, "BadValue")
    other = ("--out", str(tmp_path / "y.json"), "--json")
    assert NOTHING in refused(shell.run(command, NOTHING, *own, *other), 1, "ForwardNotActive")
    devnet.travel(fresh_ifx, fresh_ifx.escrow.forward(bytes.fromhex(id_[2:])).maturity)
    refused(shell.run(command, id_, *own, *other), 1, "MaturityHasCome")
    assert not Path(other[1]).exists()


# ----------------------------------------------------------------------------------------------- signing, executing


def test_an_early_end_by_files_and_hex(fresh_ifx: IFX, shells: dict[str, Shell], id_: str, end: str) -> None:
    """A file, a bare signature; then the forward shows it and nothing of it can be done again."""
    long = signed(shells, "long", end)
    short = json.loads(shells["short"].run("sign", end).ok().out)
    terminate = ("terminate", end, "--long-approval", long, "--short-approval", short["signature"])
    done = shells["outsider"].json(*terminate)
    assert (done["id"], done["status"], done["forward"]["status"]) == (short["id"], "terminated", "terminated")
    assert [each["call"] for each in done["transactions"]] == ["ForwardEscrow.terminate"]
    shown = shells["long"].json("forward", id_)
    assert shown == done["forward"]
    assert (shown["termination"]["price"], shown["termination"]["termination"]) == (4_320_000, short["id"])
    assert (shown["settlement"], shown["settles_at"]) == (None, None)
    text = shells["long"].run("forward", id_).ok().out
    assert "status                 terminated\n" in text
    assert "agreed price           4.32 USD/Mtok\n" in text
    assert "short receives         1,113,000.000000 USDT\n" in text
    line = shells["long"].run("forwards", "--account", LONG).ok().out.splitlines()[1]
    assert line.endswith("4.32 USD/Mtok  487,000.000000 USDT")
    refused(shells["outsider"].run(*terminate, "--json"), 1, "ForwardNotActive")
    refused(shells["outsider"].run("settle", id_, "--json"), 1, "NotActive")
    refused(shells["long"].run("revoke", end, "--json"), 1, "RevocationTooLate")


def test_a_side_that_left_still_finds_its_forward(shells: dict[str, Shell], id_: str, move: str) -> None:
    """Both of them list it: one marked as entered with its payout to come, one as left with what it was paid."""
    shells["outsider"].json("allow", "125000")
    done = moved(shells, move).ok().json
    assert (done["status"], done["forward"]["long"]) == ("novated", OUTSIDER)
    (change,) = done["forward"]["novations"]
    assert (change["side"], change["outgoing"], change["incoming"]) == ("long", LONG, OUTSIDER)
    assert (change["payment"], change["novation"]) == (125_000 * 10**6, done["id"])
    lines = {
        account: shells["desk"].run("forwards", "--account", account).ok().out.splitlines()[1]
        for account in (LONG, SHORT, OUTSIDER)
    }
    assert "  long (left)  " in lines[LONG]
    assert lines[LONG].endswith("  125,000.000000 USDT")
    assert "  long (entered)  " in lines[OUTSIDER]
    assert "  short  " in lines[SHORT]
    assert f"{LONG} left, {OUTSIDER} came and paid 125,000.000000 USDT" in shells["desk"].run("forward", id_).ok().out
    for account, part in ((LONG, "long (left)"), (OUTSIDER, "long (entered)"), (SHORT, "short"), (DESK, "none")):
        text = shells["desk"].run("forward", id_, "--account", account).ok().out
        assert f"account's part         {part}: {account}\n" in text
    assert shells["desk"].json("forward", id_, "--account", LONG)["part"]["left"] == change["tx_hash"]
    assert shells["desk"].json("forward", id_, "--account", DESK)["part"] is None
    back = ("--outgoing", "long", "--incoming", LONG, "--payment", "0", "--out", f"{move}.back", "--json")
    assert LONG in refused(shells["desk"].run("novation", id_, *back), 1, "IncomingLeftBefore")
    assert shells["desk"].json("forwards")["forwards"][0].keys() & {"part"} == set()


def test_a_novation_without_money_names_the_incoming_and_the_command(shells: dict[str, Shell], move: str) -> None:
    """What it has of it in its balance, what its wallet may give; the command that is named mends it."""
    shells["outsider"].json("allow", "100")
    shells["outsider"].json("deposit", "100")
    ran = moved(shells, move)
    why = refused(ran, 1, "AllowanceTooLow")
    assert "sending" not in ran.err
    for told in (f"the incoming {OUTSIDER}", "has 100.000000 USDT", "`ifx allow 124900`"):
        assert told in why
    shells["outsider"].json("allow", "124900")
    assert moved(shells, move).ok().json["status"] == "novated"
    assert shells["outsider"].json("balance")["free"] == 0


def test_signing_needs_no_node_and_says_what_it_does_not_know(
    shells: dict[str, Shell], end: str, move: str, tmp_path: Path
) -> None:
    """The signature is the same; with a node the money is shown, without one that it is not known."""
    for file in (end, move):
        seen = shells["short"].run("sign", file).ok()
        assert "(100,000 Mtok)" in seen.err
        lone = Shell(env={name: value for name, value in shells["short"].env.items() if name != "IFX_RPC"})
        blind = lone.run("sign", file).ok()
        assert blind.out == seen.out
        assert "No node was asked" in blind.err
        dead = shells["short"].run("sign", file, "--rpc", "http://127.0.0.1:1").ok()
        assert "nothing is held against the chain" in dead.err


def test_only_those_named_sign_approve_and_revoke(shells: dict[str, Shell], end: str, move: str) -> None:
    """A stranger is told whom the message names; every one of them can."""
    for file, named in ((end, (LONG, SHORT)), (move, (LONG, OUTSIDER, SHORT))):
        for command in ("sign", "approve", "revoke"):
            why = refused(shells["desk"].run(command, file, "--json"), 1, "NotASide")
            assert all(each in why for each in (DESK, *named))
    refused(shells["outsider"].run("approve", end, "--json"), 1, "NotASide")
    for role in ("long", "outsider", "short"):
        assert shells[role].json("approve", move)["status"] == "approved"
    assert shells["outsider"].json("revoke", move)["status"] == "revoked"


def test_what_was_revoked_is_neither_signed_nor_executed(shells: dict[str, Shell], end: str, move: str) -> None:
    """By one, for all: told before anything is sent."""
    for file, command in ((end, "terminate"), (move, "novate")):
        assert shells["short"].json("revoke", file)["status"] == "revoked"
        for role, verb in (("long", "sign"), ("long", "approve"), ("desk", command)):
            ran = shells[role].run(verb, file, "--json")
            refused(ran, 1, "MessageRevoked")
            assert "sending" not in ran.err


def test_what_is_expired_is_neither_signed_nor_executed(
    fresh_ifx: IFX, shells: dict[str, Shell], end: str, move: str
) -> None:
    """By the node's time; revoking stays possible."""
    given = approvals(shells, end, long="long", short="short")
    devnet.travel(fresh_ifx, START + 2 * DAY)
    refused(shells["desk"].run("terminate", end, *given, "--json"), 1, "MessageExpired")
    refused(shells["desk"].run("novate", move, "--json"), 1, "MessageExpired")
    for file in (end, move):
        for command in ("sign", "approve"):
            refused(shells["long"].run(command, file, "--json"), 1, "MessageExpired")
        assert shells["long"].json("revoke", file)["status"] == "revoked"


def test_an_expired_message_is_refused_by_this_machines_clock(
    shells: dict[str, Shell], end: str, tmp_path: Path
) -> None:
    """Where no node is named, on a chain whose time a clock knows."""
    mainnet = tmp_path / "mainnet.toml"
    mainnet.write_text(Path(shells["long"].env["IFX_DEPLOYMENT"]).read_text().replace("31337", "1"))
    lone = Shell(env={"IFX_DEPLOYMENT": str(mainnet), "IFX_KEY_FILE": shells["long"].env["IFX_KEY_FILE"]})
    file = Path(end)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"deadline": START}))
    refused(lone.run("sign", end, "--json"), 1, "MessageExpired")
    file.write_text(json.dumps(json.loads(file.read_text()) | {"deadline": 2**40}))
    lone.run("sign", end).ok()


def test_an_approval_of_something_else_or_by_another_is_refused(
    fresh_ifx: IFX, shells: dict[str, Shell], id_: str, end: str, move: str, tmp_path: Path
) -> None:
    """Swapped, of another message or chain, a stranger's, absent, too long, none: each by name, nothing sent."""
    long, short = signed(shells, "long", end), signed(shells, "short", end)

    def terminate(*approvals: str) -> Ran:
        return shells["desk"].run("terminate", end, *approvals, "--json")

    def both(first: str, second: str) -> Ran:
        return terminate("--long-approval", first, "--short-approval", second)

    refused(both(short, long), 2, "WrongSigner")
    other = str(tmp_path / "other.json")
    shells["long"].json("termination", id_, "--price", "4.33", "--out", other)
    foreign = json.loads(Path(signed(shells, "long", other)).read_text())
    assert foreign["id"] in refused(both(f"{other}.long", short), 2, "BadApproval")
    refused(both(foreign["signature"], short), 2, "WrongSigner")
    refused(both(signed(shells, "long", move), short), 2, "BadApproval")
    refused(both(end, short), 2, "BadApproval")
    refused(both(str(tmp_path / "absent"), short), 2, "BadApproval")
    refused(both("0x" + "00" * 2049, short), 2, "BadValue")
    refused(terminate("--short-approval", short), 1, "LongHasNotAgreed")
    refused(terminate("--long-approval", long), 1, "ShortHasNotAgreed")

    message = Termination.from_json(Path(end).read_bytes())
    id_there = message_digest(message, replace(fresh_ifx.escrow.domain(), chain_id=1))
    there = {"id": id_there, "account": LONG, "signature": devnet.signer(devnet.LONG).sign_digest(id_there)}
    Path(other).write_text(as_json(there))
    refused(both(other, short), 2, "BadApproval")
    assert both(long, short).code == 0


def test_a_message_of_another_escrow_is_refused(
    fresh_ifx: IFX, shells: dict[str, Shell], end: str, tmp_path: Path
) -> None:
    """Its forward is not known there: nothing is signed or sent, and the deployment is named as the likely cause."""
    elsewhere = str(tmp_path / "elsewhere.toml")
    devnet.start(fresh_ifx.chain, [GPT], elsewhere)
    for role, command in (("long", "sign"), ("long", "approve"), ("desk", "terminate")):
        ran = shells[role].run(command, end, "--deployment", elsewhere, "--json")
        assert "another chain or escrow" in refused(ran, 1, "ForwardNotActive")
        assert "sending" not in ran.err


def test_an_interrupted_end_is_unknown(shells: dict[str, Shell], end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted while it waits: exit 3 with the hash; sent again it says that it was mined all the same."""
    ends = ("terminate", end, *approvals(shells, end, long="long", short="short"), "--json")

    def interrupt(*arguments: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Tracker, "wait", interrupt)
        assert "ifx reconcile 0x" in refused(shells["desk"].run(*ends), 3, "OutcomeUnknown")
    refused(shells["desk"].run(*ends), 1, "ForwardNotActive")
