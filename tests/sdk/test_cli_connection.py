"""What commands do where node, deployment, key or outcome are not what they should be."""

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_account import Account
from support.chain import GPT, START
from support.commands import Shell, key_file, refused
from support.faults import BROADCASTS, answering, serving

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.tracking import Tracker

LONG, SHORT = dev_address(devnet.LONG), dev_address(devnet.SHORT)
MICRO = 10**6


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalChain, str]:
    """A chain and its deployment file; today's fixing is posted, and the escrow may collect what the long has."""
    local, path = LocalChain(timestamp=START), tmp_path_factory.mktemp("deployment") / "local.toml"
    ifx = devnet.start(Chain(local.web3), [GPT], path)
    devnet.post(ifx, {GPT: 8_000_000})
    devnet.faucet(ifx, LONG, usdt=1_000 * MICRO)
    for outcome in ifx.as_signer(devnet.signer(devnet.LONG)).token.allow(1_000 * MICRO):
        outcome.confirmed()
    return local, str(path)


@pytest.fixture
def local(deployed: tuple[LocalChain, str]) -> Iterator[LocalChain]:
    """The chain as it was deployed."""
    chain, _ = deployed
    mark = chain.snapshot()
    yield chain
    chain.revert(mark)


@pytest.fixture
def url(local: LocalChain) -> Iterator[str]:
    """The chain at a URL."""
    with serving(answering(local.web3)) as address:
        yield address


@pytest.fixture
def deployment(deployed: tuple[LocalChain, str]) -> str:
    """The deployment file."""
    return deployed[1]


@pytest.fixture
def long(url: str, deployment: str, tmp_path: Path) -> Shell:
    """The long's prompt."""
    return Shell(env={"IFX_RPC": url, "IFX_DEPLOYMENT": deployment, "IFX_KEY_FILE": key_file(tmp_path, devnet.LONG)})


@pytest.fixture
def keystore(tmp_path: Path) -> str:
    """The long's keystore; few rounds, so that tests are quick."""
    path = tmp_path / "keystore.json"
    path.write_text(json.dumps(Account.encrypt(dev_key(devnet.LONG), "open sesame", iterations=2)))
    return str(path)


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


# --------------------------------------------------------------------------------------------- node and deployment


@pytest.mark.parametrize(
    ("missing", "forms"),
    [
        ("IFX_RPC", ("--rpc", "IFX_RPC")),
        ("IFX_DEPLOYMENT", ("--deployment", "IFX_DEPLOYMENT")),
    ],
)
def test_there_is_no_default_network(long: Shell, missing: str, forms: tuple[str, str]) -> None:
    """Without a node or a deployment the error names the option and the variable."""
    some = Shell(env={name: value for name, value in long.env.items() if name != missing})
    why = refused(some.run("balance", "--json"), 2, "MissingOption")
    assert all(form in why for form in forms)
    neither = Shell(env={"IFX_ACCOUNT": LONG})
    why = refused(neither.run("balance", "--json"), 2, "MissingOption")
    assert "--rpc" in why
    assert "--deployment" in why


def test_options_stand_before_variables(long: Shell, url: str, deployment: str) -> None:
    """What is typed counts: a dead URL in the environment does no harm."""
    dead = long.having(IFX_RPC="http://127.0.0.1:1", IFX_DEPLOYMENT="nowhere.toml")
    assert dead.json("balance", "--rpc", url, "--deployment", deployment)["account"] == LONG


def test_a_node_that_is_down_is_named(long: Shell) -> None:
    """Exit 1; the URL is told without what may be secret in it, and nothing was sent."""
    address = f"http://user:secret@127.0.0.1:{free_port()}/v3/secret"
    ran = long.run("deposit", "1", "--rpc", address, "--json")
    why = refused(ran, 1, "NodeDown")
    assert "nothing was sent" in why
    assert "secret" not in ran.out + ran.err


@pytest.mark.parametrize("address", ["localhost", "ws://127.0.0.1:8545", "http://"])
def test_an_address_of_no_node_is_refused(long: Shell, address: str) -> None:
    """Exit 2 with the form to write."""
    assert "http://127.0.0.1:8545" in refused(long.run("balance", "--rpc", address, "--json"), 2, "BadValue")


def test_another_chain_than_the_deployments_is_refused(long: Shell, deployment: str, tmp_path: Path) -> None:
    """Both chain ids are named; the right one is let through."""
    other = tmp_path / "other.toml"
    other.write_text(Path(deployment).read_text().replace("chain_id = 31337", "chain_id = 10"))
    ran = long.run("balance", "--deployment", str(other), "--json")
    why = refused(ran, 1, "WrongChain")
    assert "10" in why
    assert "31337" in why
    assert (ran.error["expected"], ran.error["actual"]) == (10, 31337)
    long.run("balance").ok()


def test_a_deployment_without_code_is_refused(long: Shell, deployment: str, tmp_path: Path) -> None:
    """An address of nobody is named."""
    other = tmp_path / "other.toml"
    text = Path(deployment).read_text()
    other.write_text(text.replace(next(x for x in text.split('"') if x.startswith("0x")), dev_address(40)))
    assert dev_address(40) in refused(long.run("balance", "--deployment", str(other), "--json"), 1, "NoContract")


@pytest.mark.parametrize("content", ["", "not toml [", 'network = "x"\nchain_id = "31337"\n'])
def test_a_broken_deployment_file_is_refused(long: Shell, tmp_path: Path, content: str) -> None:
    """The file is named, and how to get one."""
    path = tmp_path / "broken.toml"
    path.write_text(content)
    assert str(path) in refused(long.run("balance", "--deployment", str(path), "--json"), 2, "BadDeployment")
    absent = str(tmp_path / "absent.toml")
    assert absent in refused(long.run("balance", "--deployment", absent, "--json"), 2, "BadDeployment")


# ------------------------------------------------------------------------------------------------------------ keys


def test_a_keystore_opens_with_a_password_from_a_file_or_the_environment(
    long: Shell, keystore: str, tmp_path: Path
) -> None:
    """Never from the command line; the newline that ends the file is not part of it."""
    words = tmp_path / "password"
    words.write_text("open sesame\n")
    words.chmod(0o600)
    held = long.having(IFX_KEY_FILE=keystore)
    assert held.json("balance", "--password-file", str(words))["account"] == LONG
    assert held.having(IFX_PASSWORD="open sesame").json("balance")["account"] == LONG


def test_a_password_that_others_can_read_is_refused(long: Shell, keystore: str, tmp_path: Path) -> None:
    """As a key is: exit 2, with the command that mends it."""
    words = tmp_path / "password"
    words.write_text("open sesame\n")
    words.chmod(0o644)
    held = long.having(IFX_KEY_FILE=keystore)
    ran = held.run("balance", "--password-file", str(words), "--json")
    assert f"chmod 600 {words}" in refused(ran, 2, "PasswordFileOpenToOthers")


def test_a_wrong_password_is_refused_without_showing_it(long: Shell, keystore: str) -> None:
    """Exit 2, by type; neither the password nor the key is told, and nothing is sent."""
    ran = long.having(IFX_KEY_FILE=keystore, IFX_PASSWORD="open barley").run("deposit", "1", "--json")
    refused(ran, 2, "BadKeystorePassword")
    assert "barley" not in ran.out + ran.err
    assert long.json("balance")["free"] == 0


def test_without_a_terminal_nobody_is_asked_for_a_password(long: Shell, keystore: str) -> None:
    """A program gets the two other ways named instead of a prompt that waits for ever."""
    why = refused(long.having(IFX_KEY_FILE=keystore).run("deposit", "1", "--json"), 2, "MissingOption")
    assert "--password-file" in why
    assert "IFX_PASSWORD" in why


@pytest.mark.parametrize("content", ["{}", '{"version": 3}', '{"long": 1', "{" * 9, '{"a":' * 100_000], ids=range(5))
def test_what_is_no_keystore_is_refused_before_a_password_is_asked(long: Shell, tmp_path: Path, content: str) -> None:
    """No password was given: a keystore would be asked for one, other JSON is named at once with what to give."""
    path = tmp_path / "terms.json"
    path.write_text(content)
    why = refused(long.having(IFX_KEY_FILE=str(path)).run("deposit", "1", "--json"), 2, "BadKeystore")
    assert str(path) in why
    assert "version 3" in why


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_plain_key_that_others_can_read_is_refused(long: Shell, tmp_path: Path, mode: int) -> None:
    """With the command that mends it; the same file works once its owner alone reads it."""
    path = tmp_path / "open"
    path.write_text(dev_key(devnet.LONG).hex())
    path.chmod(mode)
    held = long.having(IFX_KEY_FILE=str(path))
    assert f"chmod 600 {path}" in refused(held.run("deposit", "1", "--json"), 2, "KeyFileOpenToOthers")
    path.chmod(0o600)
    held.run("deposit", "1").ok()


@pytest.mark.parametrize("content", [b"", b"0x12", b"\xff\xfe", b"{}", b"{", dev_key(2).hex().encode() + b"0"])
def test_what_is_no_key_is_refused_without_showing_it(long: Shell, tmp_path: Path, content: bytes) -> None:
    """Empty, short, binary, a digit too many, and JSON that is no keystore."""
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    ran = long.having(IFX_KEY_FILE=str(path), IFX_PASSWORD="x").run("deposit", "1", "--json")
    assert ran.code == 2
    assert ran.error["type"] in {"BadValue", "BadKeystore", "BadFile"}
    assert dev_key(2).hex() not in ran.out + ran.err


KEY = dev_key(2).hex()
WORDS = "test test test test test test test test test test test junk"


@pytest.mark.parametrize(
    "secret", [KEY, "0x" + KEY, "0X" + KEY.upper(), f" 0x{KEY}\n", "0x" + KEY[:-1], KEY[0] + KEY, WORDS]
)
@pytest.mark.parametrize(
    "arguments",
    [
        ("balance", "--key-file"),
        ("balance", "--password-file"),
        ("balance", "--account"),
        ("balance", "--rpc"),
        ("balance", "--deployment"),
        ("deposit", "1", "--journal"),
        ("deposit",),
        ("book", "terms.json", "--long-approval"),
        ("sign",),
        ("sign", "terms.json", "--out"),
        ("post",),
        ("deploy",),
        ("vectors",),
        ("quote", GPT, "1T", "6M", "--average"),
        ("sign", "terms.json"),
        (),
    ],
)
def test_a_key_on_the_command_line_is_hidden(long: Shell, arguments: tuple[str, ...], secret: str) -> None:
    """Wherever a key or its words stand by mistake, no output repeats them, and nothing is done."""
    for json_too in ((), ("--json",)):
        ran = long.run(*arguments, secret, *json_too)
        assert ran.code == 2
        assert secret.strip() not in ran.out + ran.err
        assert secret.strip()[4:40] not in ran.out + ran.err


def test_a_key_given_as_a_file_is_told_so(long: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the option and the variable, with the cure; a file that has such a name is still a file."""
    ran = long.having(IFX_KEY_FILE="0x" + KEY).run("balance", "--json")
    told = refused(ran, 2, "KeyInTheOpen")
    assert "--key-file (or IFX_KEY_FILE) is a key, not a file" in told
    assert "chmod 600" in told
    assert "the words of a key" in refused(long.run("balance", "--key-file", WORDS, "--json"), 2, "KeyInTheOpen")
    monkeypatch.chdir(tmp_path)
    Path(key_file(tmp_path, devnet.LONG)).rename(KEY)
    assert long.json("balance", "--key-file", KEY)["account"] == LONG


def test_ids_and_hashes_are_no_keys(long: Shell) -> None:
    """Where 32 bytes in hex belong they are read as what they are."""
    unheard_of = "0x" + "ab" * 32
    refused(long.run("forward", unheard_of, "--json"), 1, "NoSuchForward")
    refused(long.run("settle", unheard_of, "--json"), 1, "UnknownForward")
    assert long.run("reconcile", unheard_of, "--json").json["transactions"][0]["tx_hash"] == unheard_of
    assert "words" in refused(long.run("forward", WORDS, "--json"), 2, "KeyInTheOpen")


def test_a_signer_is_needed_to_write_and_only_then(long: Shell) -> None:
    """Both ways to name one stand in the error; reading about a named account needs none."""
    nobody = Shell(env={name: value for name, value in long.env.items() if name != "IFX_KEY_FILE"})
    why = refused(nobody.run("deposit", "1", "--json"), 2, "MissingOption")
    assert "--key-file" in why
    assert "--account" in why
    assert nobody.json("balance", "--account", LONG.lower())["account"] == LONG


def test_a_key_of_another_account_than_the_named_one_is_refused(long: Shell) -> None:
    """Both accounts are named; the account's own key is let through."""
    assert SHORT in refused(long.run("deposit", "1", "--account", SHORT, "--json"), 2, "WrongAccount")
    long.run("deposit", "1", "--account", LONG).ok()


def test_an_account_of_the_node_sends_without_a_key(long: Shell) -> None:
    """The node signs; its hash is told before the wait and the outcome after it."""
    nobody = Shell(env={name: value for name, value in long.env.items() if name != "IFX_KEY_FILE"})
    lines = nobody.run("deposit", "2.5", "--account", LONG).ok().out.splitlines()
    assert lines[0].startswith("sent ForwardEscrow.deposit  0x")
    assert lines[1].startswith("confirmed in block ")
    assert nobody.json("balance", "--account", LONG)["free"] == 2_500_000


# --------------------------------------------------------------------------------------------------- outcomes


def test_a_refusal_of_the_contract_has_its_reason_and_cure(long: Shell) -> None:
    """Exit 1, before anything is sent: no hash was told."""
    ran = long.run("withdraw", "1", "--json")
    assert "prefunding is locked" in refused(ran, 1, "BalanceTooLow")
    assert ran.error["reason"] == "ledger: balance too low"
    assert "sending" not in ran.err
    assert f"more than the free balance of {LONG}, 0.000000 USDT" in ran.error["message"]
    assert long.json("deposit", "1")["free"] == MICRO


@pytest.mark.parametrize("amount", ["1 ETH", "1e3", "-1", "1.0000001", "1,00", ""])
def test_a_wrong_amount_is_refused_with_the_right_form(long: Shell, amount: str) -> None:
    """Exit 2 and nothing is sent."""
    assert "4,870,000 USDT" in refused(long.run("deposit", "--json", "--", amount), 2, "BadAmount")
    assert long.json("balance")["free"] == 0


def test_an_allowance_changes_through_zero(long: Shell) -> None:
    """USDT insists on it; an allowance that is so already sends nothing."""
    changed = long.json("allow", "5 USDT")
    assert (changed["allowance"], len(changed["transactions"])) == (5 * MICRO, 2)
    assert long.json("allow", "5")["transactions"] == []


def lossy(local: LocalChain, swallow: bool) -> Iterator[str]:
    """The chain at a URL whose answers to broadcasts are lost, and the broadcasts too where they are swallowed."""
    good = answering(local.web3)

    def answer(asked: bytes) -> bytes:
        if json.loads(asked)["method"] not in BROADCASTS:
            return good(asked)
        if not swallow:
            good(asked)
        return b"lost"

    with serving(answer) as address:
        yield address


def test_a_lost_broadcast_is_unknown_and_can_be_reconciled(long: Shell, local: LocalChain, tmp_path: Path) -> None:
    """Exit 3; the hash is told beforehand and with the command that finds out, and the journal keeps it."""
    journal = str(tmp_path / "journal.jsonl")
    for address in lossy(local, swallow=True):
        ran = long.run("deposit", "1", "--rpc", address, "--journal", journal, "--json")
    why = refused(ran, 3, "OutcomeUnknown")
    tx_hash = ran.error["tx_hash"]
    assert f"ifx reconcile {tx_hash}" in why
    assert f"sending ForwardEscrow.deposit  {tx_hash}" in ran.err
    still = long.run("reconcile", tx_hash, "--json")
    assert (still.code, still.json["transactions"][0]["status"]) == (3, "unknown")
    assert long.run("reconcile", "--journal", journal, "--json").code == 3
    long.run("deposit", "2").ok()  # takes the nonce: the first one can never be mined now
    gone = long.run("reconcile", "--journal", journal, "--json").ok()
    assert [each["status"] for each in gone.json["transactions"]] == ["dropped"]
    assert long.run("reconcile", "--journal", journal).ok().out == "the journal holds nothing open\n"


def test_a_lost_answer_is_found_on_the_chain(long: Shell, local: LocalChain) -> None:
    """The broadcast arrived: the chain is asked, and nothing is sent twice."""
    for address in lossy(local, swallow=False):
        ran = long.run("deposit", "1", "--rpc", address, "--json").ok()
    tx_hash = ran.json["transactions"][0]["tx_hash"]
    assert long.json("balance")["free"] == MICRO
    found = long.json("reconcile", tx_hash)["transactions"][0]
    assert (found["status"], found["tx_hash"]) == ("confirmed", tx_hash)


def test_an_interrupted_wait_is_an_unknown_outcome(long: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while waiting: exit 3 with the hash; before anything is sent: exit 1. Never a traceback."""

    def interrupt(*arguments: object, **more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Tracker, "wait", interrupt)
        ran = long.run("deposit", "1", "--json")
    assert "ifx reconcile 0x" in refused(ran, 3, "OutcomeUnknown")
    assert long.json("reconcile", ran.error["tx_hash"])["transactions"][0]["status"] == "confirmed"
    with monkeypatch.context() as patched:
        patched.setattr(Chain, "send", interrupt)
        refused(long.run("deposit", "1", "--json"), 1, "Interrupted")


@pytest.mark.parametrize("given", ["0x12", "deposit", "0x" + "g" * 64])
def test_reconcile_takes_a_whole_hash(long: Shell, given: str) -> None:
    """Anything else is refused with the form; so is nothing at all without a journal."""
    assert "0x and 64" in refused(long.run("reconcile", given, "--json"), 2, "BadValue")
    assert "--journal" in refused(long.run("reconcile", "--json"), 2, "MissingOption")


def test_a_journal_in_no_folder_is_refused_before_anything_is_sent(long: Shell, tmp_path: Path) -> None:
    """The hash must be kept before the broadcast, or there is none."""
    for given in (tmp_path / "no" / "journal", tmp_path):
        refused(long.run("deposit", "1", "--journal", str(given), "--json"), 2, "BadFile")
    assert long.json("balance")["free"] == 0
