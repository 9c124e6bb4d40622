"""Settings: whole before the first socket, unknown keys refused, key files and never keys."""

import json
from pathlib import Path

import pytest
from support.nodes import GPT, LUNA, SIGNERS, write_settings

from ifx_sdk.devkeys import dev_key
from ifx_sdk.errors import BadFile, BadKeystorePassword, InputError, KeyFileOpenToOthers
from oracle_node.errors import BadSettings
from oracle_node.settings import KeyFile, read_settings, read_signer
from oracle_node.sources import SOURCES

PEER = '[[peers]]\nurl = "http://127.0.0.1:{port}"\naddress = "{address}"\n'


def test_settings_are_read_whole(tmp_path: Path) -> None:
    """Names, pages, peers and paths, the latter relative to the file."""
    extra = PEER.format(port=1, address=SIGNERS[1].address.lower())
    found = read_settings(write_settings(tmp_path, extra=extra))
    assert [(each.name, each.model) for each in found.underlyings] == [(GPT, "gpt-4.1"), (LUNA, "GPT-5.6 Luna")]
    assert found.peers[0].address == SIGNERS[1].address
    assert found.key.file == str(tmp_path / "node.key")
    assert found.chain.deployment == str(tmp_path / "local.toml")
    assert found.state == str(tmp_path / "state")
    assert found.folder == tmp_path
    assert found.reading.max_bytes == 10_000_000


def test_the_canonical_page_is_taken_where_none_is_named(tmp_path: Path) -> None:
    """The listing's page decides unless the operator names another."""
    path = write_settings(tmp_path, page_url="https://pages.example/x")
    path.write_text(path.read_text().replace('page = "https://pages.example/x"\n', ""))
    assert read_settings(path).underlyings[0].page == SOURCES["openai"].url


def test_the_signer_is_read_from_its_file(tmp_path: Path) -> None:
    """A key file holds 64 hexadecimal digits."""
    assert read_signer(read_settings(write_settings(tmp_path)).key).address == SIGNERS[0].address


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        ("colour = 1", "peers|colour|underlyings"),
        ("[slots]\nnumber = 5", "slots: no such key"),
        ("[[peers]]\nurl = 'ftp://x'\naddress = '0x" + "11" * 20 + "'", "no http or https URL"),
        ("[[peers]]\nurl = 'http://user:secret@x'\naddress = '0x" + "11" * 20 + "'", "keep secrets in key files"),
        ("[[peers]]\nurl = 'http://x/a b'\naddress = '0x" + "11" * 20 + "'", "no blank and nothing unprintable"),
        ("[[peers]]\nurl = 'http://x'\naddress = '0x12'", "peers.0.address"),
        (2 * PEER.format(port=1, address="0x" + "11" * 20), "listed twice"),
        ("[[underlyings]]\nname = 'a/b'\nprovider = 'nobody'\nmodel = 'b'", "unknown provider"),
        ("[[underlyings]]\nname = 'A B'\nprovider = 'openai'\nmodel = 'b'", "underlyings.2.name"),
        (f"[[underlyings]]\nname = '{GPT}'\nprovider = 'openai'\nmodel = 'b'", "listed twice"),
        ("[[underlyings]]\nname = 'a/b'\nprovider = 'openai'", "underlyings.2.model: it is missing"),
        ("[more]\nat = 2026-07-15", "date"),
        ("[more", "not TOML"),
    ],
)
def test_bad_settings_name_the_key(tmp_path: Path, extra: str, why: str) -> None:
    """What is wrong and where, before anything is fetched."""
    with pytest.raises(BadSettings, match=why) as refused:
        read_settings(write_settings(tmp_path, extra=extra))
    assert isinstance(refused.value, InputError)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """No file, no defaults."""
    with pytest.raises(BadSettings, match=r"none\.toml"):
        read_settings(tmp_path / "none.toml")


def test_a_key_in_the_settings_is_refused_and_not_shown(tmp_path: Path) -> None:
    """A key put where its file belongs does not reach the error's text, nor a log."""
    path = write_settings(tmp_path)
    key = dev_key(4).hex()
    path.write_text(path.read_text().replace('file = "node.key"', f'file = "node.key"\nkey = "{key}"'))
    with pytest.raises(BadSettings, match=r"key\.key: no such key") as refused:
        read_settings(path)
    assert key not in str(refused.value)


def test_a_key_file_without_a_key_is_refused_and_not_shown(tmp_path: Path) -> None:
    """One wrong digit of a key must not print the others."""
    (tmp_path / "bad.key").touch(mode=0o600)
    (tmp_path / "bad.key").write_text(dev_key(4).hex()[:-1] + "g")
    with pytest.raises(BadFile, match="neither 64 hexadecimal digits") as refused:
        read_signer(KeyFile(file=str(tmp_path / "bad.key")))
    assert dev_key(4).hex()[:20] not in str(refused.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """A node's key is kept as strictly as a key at the prompt; its twin of mode 0600 is read."""
    key, path = read_settings(write_settings(tmp_path)).key, tmp_path / "node.key"
    path.chmod(mode)
    with pytest.raises(KeyFileOpenToOthers, match=f"mode {mode:04o}") as refused:
        read_signer(key)
    assert refused.value.cure.startswith(f"Run `chmod 600 {path}`")
    path.chmod(0o600)
    assert read_signer(key).address == SIGNERS[0].address


def test_a_password_is_the_first_line_as_it_stands(tmp_path: Path) -> None:
    """The same rule as at the prompt: spaces count, later lines and a carriage return do not."""
    from eth_account import Account

    store, password = tmp_path / "node.json", tmp_path / "password"
    password.touch(mode=0o600)
    store.write_text(json.dumps(Account.encrypt(dev_key(4), " two words ", kdf="pbkdf2", iterations=2)))
    password.write_bytes(b" two words \r\na note\n")
    assert read_signer(KeyFile(file=str(store), password_file=str(password))).address == SIGNERS[0].address
    password.write_bytes(b"\xff\xfe")
    with pytest.raises(BadFile, match="not text"):
        read_signer(KeyFile(file=str(store), password_file=str(password)))


def test_a_keystore_opens_with_its_password_file(tmp_path: Path) -> None:
    """The password is a file too; a wrong one is said."""
    from eth_account import Account

    (tmp_path / "node.json").write_text(json.dumps(Account.encrypt(dev_key(4), "right", kdf="pbkdf2", iterations=2)))
    for word in ("right", "wrong"):
        (tmp_path / word).touch(mode=0o600)
        (tmp_path / word).write_text(f"{word}\n")
    store = str(tmp_path / "node.json")
    assert read_signer(KeyFile(file=store, password_file=str(tmp_path / "right"))).address == SIGNERS[0].address
    with pytest.raises(BadKeystorePassword):
        read_signer(KeyFile(file=store, password_file=str(tmp_path / "wrong")))
    with pytest.raises(BadFile, match="no password file is named"):
        read_signer(KeyFile(file=store))
