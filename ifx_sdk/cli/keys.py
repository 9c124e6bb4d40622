"""The signer that the options name: a key or a keystore in a file, or an account that the node has unlocked."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ifx_sdk.cli.errors import KeyFileOpenToOthers, MissingOption, WrongAccount
from ifx_sdk.cli.reading import read_file
from ifx_sdk.errors import BadFile, BadKeystore
from ifx_sdk.terms import parse_address

if TYPE_CHECKING:
    from ifx_sdk.signers import KeySigner, Signer

PASSWORD_VARIABLE = "IFX_PASSWORD"  # noqa: S105 - a variable's name


def open_signer(key_file: str | None, password_file: str | None, account: str | None) -> Signer:
    """The signer of a key file, or of an account of the node where there is none.

    Raises MissingOption, BadFile, BadKeystore, BadKeystorePassword, KeyFileOpenToOthers, WrongAccount, BadAddress.
    """
    from ifx_sdk.signers import NodeSigner

    named = None if account is None else parse_address(account)
    if key_file is None:
        if named is None:
            raise MissingOption("signer", "--key-file FILE, or --account ADDRESS of an account that the node signs for")
        return NodeSigner(named)
    signer = _from_file(key_file, password_file)
    if named is not None and named != signer.address:
        raise WrongAccount(named, signer.address)
    return signer


def _from_file(path: str, password_file: str | None) -> KeySigner:
    from ifx_sdk.signers import KeySigner

    cure = "Give a JSON keystore, or a file with the key in hexadecimal."
    content = read_file(path, cure=cure)
    if content.lstrip()[:1] == b"{":
        return KeySigner.from_keystore(path, _password(path, password_file))
    mode = Path(path).stat().st_mode & 0o777
    if os.name == "posix" and mode & 0o077:
        raise KeyFileOpenToOthers(path, mode)
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError:
        # The cause would show a byte of what may be a key.
        raise BadFile(path, "it is neither a keystore nor a key in hexadecimal", cure=cure) from None
    return KeySigner.from_key(text)


def _password(keystore: str, password_file: str | None) -> str:
    if password_file is not None:
        content = read_file(password_file, cure="Name a file whose first line is the password.")
        try:
            return content.decode().split("\n")[0].rstrip("\r")
        except UnicodeDecodeError:
            raise BadFile(password_file, "it is not text", cure="Write the password as UTF-8.") from None
    if PASSWORD_VARIABLE in os.environ:
        return os.environ[PASSWORD_VARIABLE]
    if not sys.stdin.isatty():
        raise MissingOption(f"password for {keystore}", "--password-file", PASSWORD_VARIABLE, "...")
    import getpass

    try:
        return getpass.getpass(f"password for {keystore}: ")
    except EOFError as error:
        raise BadKeystore(keystore, "no password was entered") from error
