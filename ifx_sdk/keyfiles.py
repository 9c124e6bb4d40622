"""Files that hold a key or a password: one way to read them, for the command line and for oracle nodes.

A plain key and a password must be readable by their owner alone; a keystore is safe with its password. No error shows
a key, nor the cause that could.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ifx_sdk.errors import BadFile, BadValue, KeyFileOpenToOthers, PasswordFileOpenToOthers
from ifx_sdk.signers import KeySigner, parse_keystore

_CURE = "Give a JSON keystore of version 3, or a file with the key's 64 hexadecimal digits."


def signer_from_file(path: Path | str, password: Callable[[], str]) -> KeySigner:
    """The signer of a key file or a keystore; `password` is asked for a keystore only.

    Raises `BadFile`, `KeyFileOpenToOthers`, `BadKeystore`, `BadKeystorePassword`, and what `password` raises.
    """
    content, mode = _read(path, _CURE)
    if content.lstrip()[:1] == b"{":
        keystore = parse_keystore(content, path)  # before anybody is asked for a password
        return KeySigner.open_keystore(keystore, path, password())
    if _is_open(path, mode):
        raise KeyFileOpenToOthers(path, mode)
    try:
        return KeySigner.from_key(content.decode("ascii"))
    except (UnicodeDecodeError, BadValue):
        # The cause would show a byte of what may be a key.
        raise BadFile(path, "it is neither 64 hexadecimal digits nor a keystore", cure=_CURE) from None


def password_from_file(path: Path | str) -> str:
    """The first line of a file that its owner alone can read, without its end; spaces count.

    Raises `BadFile`, which does not show it, and `PasswordFileOpenToOthers`.
    """
    cure = "Name a file whose first line is the keystore's password, in UTF-8."
    content, mode = _read(path, cure)
    if _is_open(path, mode):
        raise PasswordFileOpenToOthers(path, mode)
    try:
        return content.decode().split("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        raise BadFile(path, "it is not text", cure=cure) from None


def _read(path: Path | str, cure: str) -> tuple[bytes, int]:
    """Content and permission bits, through one descriptor: what was held is what is read."""
    try:
        with Path(path).open("rb") as file:
            return file.read(), os.fstat(file.fileno()).st_mode & 0o777
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        raise BadFile(path, f"cannot be read: {_reason(error)}", cure=cure) from error


def _is_open(path: Path | str, mode: int) -> bool:
    """Whether others than its owner can read it.

    systemd shows a credential as 0440: the group's bits stand for its access list, and the folder lets nobody else in.
    """
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    credential = given is not None and Path(path).resolve().parent == Path(given).resolve()
    return os.name == "posix" and bool(mode & (0o007 if credential else 0o077))


def _reason(error: OSError | ValueError) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
