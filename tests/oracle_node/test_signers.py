"""Where a node's key is: in a file of its owner's alone, in a systemd credential, or behind a remote signer.

The remote signer is the one that docs/operations.md shows, with a KMS played by another process.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.faults import serving
from support.net import net
from support.nodes import DAY, DOMAIN, GPT, MIDNIGHT, SIGNERS, report, write_settings
from support.tree import ROOT

from ifx_sdk.devkeys import dev_key
from ifx_sdk.digest_signer import DigestSigner
from ifx_sdk.errors import KeyFileOpenToOthers, PasswordFileOpenToOthers, SignerFailed
from ifx_sdk.keyfiles import password_from_file, signer_from_file
from ifx_sdk.reports import attest
from ifx_sdk.signers import KeySigner
from oracle_node.assembly import Mode
from oracle_node.errors import BadSettings, BadSigner
from oracle_node.report import SignedReport, verify
from oracle_node.settings import KeyFile, read_settings, read_signer
from oracle_node.signers import load_signer

GUIDE = (ROOT / "docs" / "operations.md").read_text().partition("### A key in a KMS")[2].partition("\n## ")[0]
SECRET = KeySigner.from_key(dev_key(4))
ASKED: list[bytes] = []


def kms(asked: bytes) -> bytes:
    """What a KMS answers to 32 bytes: a signature as DER, here with whatever s its key gives."""
    ASKED.append(asked)
    signature = SECRET.sign_digest(asked)
    r, s = (b"\0" * (part[0] > 127) + part for part in (signature[:32], signature[32:64]))
    body = bytes([2, len(r)]) + r + bytes([2, len(s)]) + s
    return bytes([0x30, len(body)]) + body


@contextmanager
def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The guide's package, on the path as an installed one has it."""
    (code,) = re.findall(r"^```python\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    (entry,) = re.findall(r"^my-kms = \"(.*)\"$", GUIDE, re.MULTILINE)
    (folder / f"{entry.partition(':')[0]}.py").write_text(code)
    info = folder / "my_kms-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-kms\nVersion: 1.0\n")
    broken = "gone = nowhere_kms:signer\nnothing = my_kms:nothing\nno-signer = json:dumps\nno-function = os:sep"
    (info / "entry_points.txt").write_text(f"[ifx.signers]\nmy-kms = {entry}\n{broken}\n")
    monkeypatch.syspath_prepend(str(folder))
    yield
    sys.modules.pop(entry.partition(":")[0], None)


def settings_of_a_kms(folder: Path, url: str, address: str = SIGNERS[0].address) -> Path:
    """A node's settings with the guide's lines under [key]."""
    (lines,) = re.findall(r"^```toml\n(\[key\]\n.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    lines = re.sub(r'url = ".*?"', f'url = "{url}"', re.sub(r'address = ".*?"', f'address = "{address}"', lines))
    path = write_settings(folder)
    path.write_text(path.read_text().replace('[key]\nfile = "node.key"\n', lines))
    return path


def test_a_remote_signer_signs_reports_and_transactions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte what its key gives; the settings name the package, and no key is on this machine."""
    ASKED.clear()
    with installed(tmp_path, monkeypatch), serving(kms) as url:
        key = read_settings(settings_of_a_kms(tmp_path, url)).key
        signer = read_signer(key)
        assert (signer.address, key.place, ASKED) == (SECRET.address, "the signer 'my-kms'", [])
        made = attest(signer, DOMAIN, underlying=GPT, day=DAY, price=8_000_000, evidence=bytes(32))
        verify(SignedReport(attestation=made, signer=SECRET.address), DOMAIN, {SECRET.address})
        assert made == report(0).attestation
        transaction = {"type": 2, "chainId": 31337, "nonce": 0, "gas": 21_000, "value": 1, "to": SIGNERS[1].address}
        transaction |= {"maxFeePerGas": 2, "maxPriorityFeePerGas": 1, "data": "0x"}
        assert signer.sign_transaction(transaction) == SECRET.sign_transaction(transaction)
        assert len(ASKED) == 2


def test_the_doctor_finds_a_kms_that_signs_with_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the signer sign something that means nothing; the twin with the right account is well."""
    from oracle_node.doctor import key

    with installed(tmp_path, monkeypatch), serving(kms) as url:
        right = key(read_settings(settings_of_a_kms(tmp_path, url)))
        assert right.ok
        assert right.says == f"{SECRET.address} from the signer 'my-kms'"
        wrong = key(read_settings(settings_of_a_kms(tmp_path, url, SIGNERS[1].address)))
        assert not wrong.ok
        assert SECRET.address in wrong.says
    down = key(read_settings(settings_of_a_kms(tmp_path, "http://127.0.0.1:1")))
    assert not down.ok


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("other", "no installed package brings it; there are: gone, my-kms, no-function, no-signer, nothing"),
        ("gone", "ModuleNotFoundError: No module named 'nowhere_kms'"),
        ("nothing", "AttributeError"),
        ("no-signer", "json:dumps gives no signer"),
        ("no-function", "TypeError"),
        ("my-kms", "KeyError: 'address'"),
    ],
)
def test_a_signer_that_cannot_be_used_is_named(
    name: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with it, before anything is read or signed; its twin with its options is loaded."""
    with installed(tmp_path, monkeypatch):
        with pytest.raises(BadSigner, match=re.escape(why)):
            load_signer(name, {})
        options = {"address": SIGNERS[0].address, "url": "http://127.0.0.1:1"}
        assert load_signer("my-kms", options).address == SIGNERS[0].address


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("", "key: .*name either a file or a signer"),
        ('file = "a"\nsigner = "b"', "name either a file or a signer"),
        ('file = "a"\noptions = { b = "c" }', "options are a signer's"),
        ('signer = "a"\npassword_file = "b"', "a password file is a keystore's"),
        ('signer = "a"\noptions = { b = 1 }', r"key\.options\.b"),
    ],
)
def test_a_key_is_in_one_place(lines: str, why: str, tmp_path: Path) -> None:
    """A file or a signer, each with what belongs to it."""
    path = write_settings(tmp_path)
    assert read_settings(path).key.file
    path.write_text(path.read_text().replace('file = "node.key"', lines))
    with pytest.raises(BadSettings, match=why):
        read_settings(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_password_that_others_can_read_is_refused(mode: int, tmp_path: Path) -> None:
    """As strictly as a key; its twin of mode 0600 is read."""
    path = tmp_path / "password"
    path.touch()
    path.write_text("open sesame\n")
    path.chmod(mode)
    with pytest.raises(PasswordFileOpenToOthers, match=f"mode {mode:04o}") as refused:
        password_from_file(path)
    assert "sesame" not in str(refused.value)
    path.chmod(0o600)
    assert password_from_file(path) == "open sesame"


def test_a_credential_of_systemd_is_its_services_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """0440 in the folder that systemd names is its access list's; anywhere else, or open to all, it is refused."""
    credentials, elsewhere = tmp_path / "credentials", tmp_path / "elsewhere"
    for folder in (credentials, elsewhere):
        folder.mkdir()
        for name, content in (("key", dev_key(4).hex()), ("password", "open sesame")):
            (folder / name).write_text(content)
            (folder / name).chmod(0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert signer_from_file(credentials / "key", str).address == SIGNERS[0].address
    assert password_from_file(credentials / "password") == "open sesame"
    with pytest.raises(KeyFileOpenToOthers):
        signer_from_file(elsewhere / "key", str)
    with pytest.raises(PasswordFileOpenToOthers):
        password_from_file(elsewhere / "password")
    (credentials / "password").chmod(0o444)
    with pytest.raises(PasswordFileOpenToOthers):
        password_from_file(credentials / "password")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(KeyFileOpenToOthers):
        signer_from_file(credentials / "key", str)


def test_the_command_takes_the_remote_signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ifx-oracle doctor` as a process of its own finds the package, and the account stands in its first line."""
    with installed(tmp_path, monkeypatch), serving(kms) as url:
        path = settings_of_a_kms(tmp_path, url)
        asked = [sys.executable, "-m", "oracle_node.cli", "doctor", "--config", str(path), "--json", "--mode", "sign"]
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        ran = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert ran.returncode == 1, ran.stderr  # no chain and no page is there
    assert f'"says": "{SECRET.address} from the signer' in ran.stdout.splitlines()[0]


def test_a_key_file_is_named_by_its_path() -> None:
    """Where the key is, for messages."""
    assert KeyFile(file="node.key").place == "node.key"


def test_a_signer_that_fails_at_midnight_costs_a_restart_and_no_report() -> None:
    """The process ends with the signer's reason; started again, it signs what it had read."""

    def down(digest: bytes) -> bytes:
        raise SignerFailed(SIGNERS[0].address, "the KMS is down")

    with net(MIDNIGHT - 4_000, {GPT: "gpt-4.1"}) as found:
        node = found.start(0, Mode.SIGN)
        node.watcher._signer = DigestSigner(SIGNERS[0].address, down)
        with pytest.raises(SignerFailed, match="the KMS is down"):
            found.run_until(MIDNIGHT + 60)
        assert node.store.book.get(GPT, DAY) is None
        found.stop(0)
        node = found.start(0, Mode.SIGN)
        found.run_until(MIDNIGHT + 120)
        report = node.store.book.get(GPT, DAY)
        assert report is not None
        assert report.attestation.price == 8_000_000
