"""The signer that the options name: a key or a keystore in a file, or an account that the node has unlocked."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ifx_sdk.cli.errors import MissingOption, WrongAccount
from ifx_sdk.errors import BadKeystore
from ifx_sdk.terms import parse_address

if TYPE_CHECKING:
    from ifx_sdk.signers import Signer

PASSWORD_VARIABLE = "IFX_PASSWORD"  # noqa: S105 - a variable's name


def open_signer(key_file: str | None, password_file: str | None, account: str | None) -> Signer:
    """The signer of a key file, or of an account of the node where there is none.

    Raises MissingOption, BadFile, BadKeystore, BadKeystorePassword, KeyFileOpenToOthers, WrongAccount, BadAddress.
    """
    from ifx_sdk.keyfiles import signer_from_file
    from ifx_sdk.signers import NodeSigner

    named = None if account is None else parse_address(account)
    if key_file is None:
        if named is None:
            raise MissingOption("signer", "--key-file FILE, or --account ADDRESS of an account that the node signs for")
        return NodeSigner(named)
    signer = signer_from_file(key_file, lambda: _password(key_file, password_file))
    if named is not None and named != signer.address:
        raise WrongAccount(named, signer.address)
    return signer


def _password(keystore: str, password_file: str | None) -> str:
    from ifx_sdk.keyfiles import password_from_file

    if password_file is not None:
        return password_from_file(password_file)
    if PASSWORD_VARIABLE in os.environ:
        return os.environ[PASSWORD_VARIABLE]
    if not sys.stdin.isatty():
        raise MissingOption(f"password for {keystore}", "--password-file", PASSWORD_VARIABLE, "...")
    import getpass

    try:
        return getpass.getpass(f"password for {keystore}: ")
    except EOFError as error:
        raise BadKeystore(keystore, "no password was entered") from error
