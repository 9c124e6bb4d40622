"""Who signs: keys, keystores and the node; and that a key shows nowhere."""

import json
import pickle
from pathlib import Path

import pytest
from eth_account import Account

from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.errors import BadAddress, BadKeystore, BadKeystorePassword, BadValue, NoSigner
from ifx_sdk.signers import KeySigner, NodeSigner, Signer
from ifx_sdk.signing import recover

KEY = dev_key(0)
ACCOUNT = dev_address(0)
DIGEST = bytes(range(32))


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A keystore of the first test account; few rounds, so that tests are quick."""
    path = tmp_path_factory.mktemp("keys") / "key.json"
    path.write_text(json.dumps(Account.encrypt(KEY, "right", iterations=2)))
    return path


def test_a_key_signs_digests_that_recover_to_its_account() -> None:
    """65 bytes r, s, v over exactly that digest."""
    signer = KeySigner.from_key(KEY)
    assert signer.address == ACCOUNT
    assert recover(DIGEST, signer.sign_digest(DIGEST)) == ACCOUNT


@pytest.mark.parametrize("text", [KEY.hex(), "0x" + KEY.hex(), "  0x" + KEY.hex() + "\n"])
def test_a_key_is_read_as_text_too(text: str) -> None:
    """With and without 0x, and with the newline that a file ends with."""
    assert KeySigner.from_key(text).address == ACCOUNT


@pytest.mark.parametrize("key", ["0x12", KEY.hex()[:-2] + "zz", bytes(32), b"\xff" * 32, "", KEY + b"\0"])
def test_what_is_no_key_is_refused_without_showing_it(key: bytes | str) -> None:
    """A wrong length, a wrong digit, zero and a number above the order: none appears in the message or its cause."""
    with pytest.raises(BadValue) as refused:
        KeySigner.from_key(key)
    shown = key if isinstance(key, str) else key.hex()
    assert not shown or shown not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_keystore_opens_with_its_password(keystore: Path) -> None:
    """The same account as the key's."""
    assert KeySigner.from_keystore(keystore, "right").address == ACCOUNT


def test_a_wrong_password_is_told_as_such(keystore: Path) -> None:
    """And the keystore is unharmed."""
    before = keystore.read_bytes()
    with pytest.raises(BadKeystorePassword, match="wrong password"):
        KeySigner.from_keystore(keystore, "wrong")
    assert keystore.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        "[]",
        "{}",
        '{"version": 3}',
        '{"version": 1, "crypto": {}}',
        '{"version": 3, "crypto": {"cipher": "x", "ciphertext": "", "kdf": "none", "kdfparams": {}, "mac": ""}}',
        '{"version": 3, "crypto": {"cipher": 1, "ciphertext": [], "kdf": "pbkdf2", "kdfparams": {}, "mac": 2}}',
    ],
)
def test_a_file_that_is_no_keystore_is_refused(tmp_path: Path, content: str) -> None:
    """The file is named, whatever is wrong with it."""
    path = tmp_path / "key.json"
    path.write_text(content)
    with pytest.raises(BadKeystore, match=r"key\.json"):
        KeySigner.from_keystore(path, "right")


def test_a_keystore_of_bytes_or_none_at_all_is_refused(tmp_path: Path) -> None:
    """A missing file, a folder and a binary file are no keystores."""
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "missing", tmp_path, binary):
        with pytest.raises(BadKeystore):
            KeySigner.from_keystore(path, "right")


def test_a_signer_shows_its_account_and_never_its_key() -> None:
    """Neither its repr, its attributes nor a pickle hold the key."""
    signer = KeySigner.from_key(KEY)
    shown = repr(signer) + "".join(repr(getattr(signer, name)) for name in dir(signer))
    assert repr(signer) == f"KeySigner({ACCOUNT})"
    assert KEY.hex() not in shown
    assert repr(KEY) not in shown
    with pytest.raises(TypeError, match="not serialised"):
        pickle.dumps(signer)


def test_a_digest_of_another_length_is_not_signed() -> None:
    """32 bytes and nothing else."""
    with pytest.raises(BadValue, match="32 bytes"):
        KeySigner.from_key(KEY).sign_digest(DIGEST[:-1])


def test_a_node_signer_signs_nothing_itself() -> None:
    """The node signs transactions while it sends them, and no bare digest: approve on chain instead."""
    signer = NodeSigner(ACCOUNT.lower())
    assert signer.address == ACCOUNT
    assert not signer.signs_transactions
    with pytest.raises(NoSigner, match=ACCOUNT):
        signer.sign_digest(DIGEST)
    with pytest.raises(NoSigner, match=ACCOUNT):
        signer.sign_transaction({})


def test_a_node_signer_needs_an_address() -> None:
    """A text that is none is refused before any node is asked."""
    with pytest.raises(BadAddress):
        NodeSigner("0x1234")


def test_both_are_signers() -> None:
    """The protocol holds for either."""
    assert isinstance(KeySigner.from_key(KEY), Signer)
    assert isinstance(NodeSigner(ACCOUNT), Signer)
