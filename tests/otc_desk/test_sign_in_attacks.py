"""Attacks on signing in: messages from elsewhere, used twice or at once, contract wallets that say what they like."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import func, select
from support.desk import URL, client_of
from support.wallet_code import HUGE, REVERTS, SPINS, TRUE, YES, deploy_code

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.sign_in import SignIn
from otc_desk.db.tables import Nonce, Participant, Session
from otc_desk.desk import Desk

LONG, SHORT = devnet.LONG, devnet.SHORT


def begun(client: TestClient, account: str) -> str:
    """A new message for an account."""
    found: str = client.get("/api/session/message", params={"account": account}).json()["message"]
    return found


def signature_of(text: str, index: int = LONG) -> str:
    """A dev key's, as a wallet gives it."""
    return "0x" + Account.sign_message(encode_defunct(text=text), dev_key(index)).signature.hex()


def sign_in(client: TestClient, text: str, signature: str) -> Response:
    """Ask for a session."""
    answer: Response = client.post("/api/session", json={"message": text, "signature": signature})
    return answer


def rows(desk: Desk, table: type[Session] | type[Nonce] | type[Participant]) -> int:
    """How many a table has."""
    with desk.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


Change = Callable[[str], str]
CHANGES: dict[str, Change] = {
    "another domain": lambda text: replace(SignIn.parse(text), domain="desk.example.evil.example").text(),
    "the domain with a port": lambda text: replace(SignIn.parse(text), domain="desk.example:443").text(),
    "another site's URI": lambda text: replace(SignIn.parse(text), uri="https://evil.example").text(),
    "the URI with a path": lambda text: replace(SignIn.parse(text), uri=URL + "/more").text(),
    "https for http": lambda text: replace(SignIn.parse(text), uri=URL.replace("http:", "https:")).text(),
    "another chain": lambda text: replace(SignIn.parse(text), chain_id=1).text(),
    "an old one": lambda text: replace(SignIn.parse(text), expires_at=SignIn.parse(text).issued_at).text(),
    "one of tomorrow": lambda text: replace(SignIn.parse(text), issued_at=SignIn.parse(text).issued_at + 86_400).text(),
    "a nonce of its own": lambda text: replace(SignIn.parse(text), nonce="f" * 32).text(),
    "another account": lambda text: replace(SignIn.parse(text), account=dev_address(SHORT)).text(),
    "lower case": lambda text: text.replace(dev_address(LONG), dev_address(LONG).lower()),
    "a line behind it": lambda text: text + "\n",
    "resources": lambda text: text + "\nResources:\n- https://desk.example",
    "a request id": lambda text: text + "\nRequest ID: 1",
    "a scheme": lambda text: "https://" + text,
    "another statement": lambda text: text.replace("This books nothing", "This books"),
    "no statement": lambda text: text.replace("Sign in to the desk. This books nothing and moves no money.\n\n", ""),
    "Windows lines": lambda text: text.replace("\n", "\r\n"),
    "Arabic digits": lambda text: text.replace("Chain ID: 31337", "Chain ID: ٣١٣٣٧"),
    "a zero in front": lambda text: text.replace("Chain ID: 31337", "Chain ID: 031337"),
    "a version of its own": lambda text: text.replace("Version: 1", "Version: 2"),
    "a Cyrillic letter": lambda text: text.replace("desk.example wants", "dеsk.example wants"),  # noqa: RUF001
    "nothing": lambda _: "",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_other_message_signs_in(client: TestClient, desk: Desk, change: Change) -> None:
    """Well signed by the long, and not the message of this desk; the message itself then signs in."""
    text = begun(client, dev_address(LONG))
    other = change(text)
    assert other != text
    assert sign_in(client, other, signature_of(other)).status_code in {401, 422}
    assert rows(desk, Session) == rows(desk, Participant) == 0
    assert sign_in(client, text, signature_of(text)).status_code == 201


def test_no_other_signature_signs_in(client: TestClient, desk: Desk) -> None:
    """Cut, lengthened, of high s, of another digest, of another key, zero, too long, no hexadecimal."""
    text = begun(client, dev_address(LONG))
    good = signature_of(text)
    r, s, v = good[2:66], int(good[66:130], 16), int(good[130:], 16)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    high = f"0x{r}{order - s:064x}{55 - v:02x}"
    as_typed = encode_typed_data({"name": "x"}, {"Note": [{"name": "text", "type": "string"}]}, {"text": text})
    typed = "0x" + Account.sign_message(as_typed, dev_key(LONG)).signature.hex()
    bad = [good[:-2], good + "00", high, typed, signature_of(text + " "), signature_of(text, SHORT)]
    bad += ["0x" + "00" * 65, "0x", "0x" + "11" * 2_049, good[2:], "0X" + good[2:], good + "\n", " " + good, "0xzz"]
    for each in bad:
        assert sign_in(client, text, each).status_code in {401, 422}, each
    assert rows(desk, Session) == 0
    assert sign_in(client, text, good).status_code == 201


def test_a_nonce_signs_in_once_however_many_come_at_the_same_time(desk: Desk) -> None:
    """Twelve at once with one message: one session."""
    text = begun(client_of(desk), dev_address(LONG))
    signature = signature_of(text)
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda _: sign_in(client_of(desk), text, signature).status_code, range(12)))
    assert sorted(found) == [201] + [401] * 11
    assert rows(desk, Session) == 1


def test_a_message_that_lay_too_long_signs_in_nobody(client: TestClient, desk: Desk) -> None:
    """Ten minutes later it is over, and its nonce goes with the next message that is asked for."""
    text = begun(client, dev_address(LONG))
    devnet.travel(desk.ifx, desk.ifx.chain.timestamp() + 600)
    assert sign_in(client, text, signature_of(text)).status_code == 422
    devnet.travel(desk.ifx, desk.ifx.chain.timestamp() + 1)
    begun(client, dev_address(LONG))
    assert rows(desk, Nonce) == 1


def test_a_wallet_that_says_yes_to_everything_harms_only_itself(client: TestClient, desk: Desk) -> None:
    """Whoever asks is in as the wallet; as nobody else, also with the wallet's signature under another's message."""
    wallet = deploy_code(desk.ifx.chain, YES)
    text = begun(client, wallet)
    answer = sign_in(client, text, "0x00")
    assert answer.status_code == 201
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    csrf = answer.json()["csrf"]
    assert client.get("/api/session", headers=headers).json() == {"account": wallet, "operator": False, "csrf": csrf}
    for account in (dev_address(LONG), dev_address(devnet.DEPLOYER)):
        assert sign_in(client, begun(client, account), "0x00").status_code == 401
    assert sign_in(client, text, "0x00").status_code == 401


@pytest.mark.parametrize("code", [TRUE, REVERTS, SPINS, HUGE], ids=["true", "reverts", "spins", "huge"])
def test_a_wallet_that_does_not_say_yes_is_not_let_in(client: TestClient, desk: Desk, code: bytes) -> None:
    """Neither by a word that is none, nor by looping or flooding, which it soon has no gas for."""
    wallet = deploy_code(desk.ifx.chain, code)
    assert sign_in(client, begun(client, wallet), "0x00").status_code == 401
    assert rows(desk, Session) == 0


def test_a_wallet_is_not_asked_for_a_nonce_that_is_none(client: TestClient, desk: Desk) -> None:
    """An attacker cannot make the desk's node work without a message of the desk's."""
    wallet = deploy_code(desk.ifx.chain, SPINS)
    text = replace(SignIn.parse(begun(client, wallet)), nonce="f" * 32).text()
    asked: list[str] = []
    sessions = desk.sessions
    sessions._check = lambda account, _digest, _signature: bool(asked.append(account))
    assert sign_in(client, text, "0x00").status_code == 401
    assert asked == []


@pytest.mark.parametrize("code", [YES, REVERTS], ids=["yes", "reverts"])
def test_an_account_that_delegates_signs_in_with_its_key(client: TestClient, desk: Desk, code: bytes) -> None:
    """EIP-7702: the key's signature counts whatever its code says; else the code does, as for any wallet."""
    delegate(desk, deploy_code(desk.ifx.chain, code))
    text = begun(client, dev_address(LONG))
    assert sign_in(client, text, signature_of(text)).status_code == 201
    other = begun(client, dev_address(LONG))
    assert sign_in(client, other, signature_of(other, SHORT)).status_code == (201 if code == YES else 401)


def delegate(desk: Desk, target: str) -> None:
    """Have the long's account delegate to `target`."""
    chain, key = desk.ifx.chain, dev_key(LONG)
    payer = devnet.signer(devnet.DEPLOYER)
    authorization = Account.from_key(key).sign_authorization(
        {"chainId": chain.chain_id, "address": target, "nonce": chain.node.nonce(dev_address(LONG))}
    )
    transaction = {
        "type": 4,
        "chainId": chain.chain_id,
        "nonce": chain.node.nonce(payer.address),
        "to": "0x" + "0" * 40,
        "value": 0,
        "data": b"",
        "gas": 200_000,
        "maxFeePerGas": 10**10,
        "maxPriorityFeePerGas": 10**9,
        "authorizationList": [authorization],
    }
    chain.node.send_raw(payer.sign_transaction(transaction).raw)
    assert chain.code(dev_address(LONG)) == bytes.fromhex("ef0100") + bytes.fromhex(target[2:])
