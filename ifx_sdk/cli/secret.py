"""Key material where it does not belong: on the command line, which histories, process lists and logs keep."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ifx_sdk.cli.errors import KeyInTheOpen

HIDDEN: Final = "<hidden>"

PUBLIC: Final = frozenset({"id", "ids", "tx_hash", "commit", "after", "salt", "target", "hashes"})
"""Parameters that are 32 bytes in hex by right."""

_ENVIRONMENT: Final = {"key_file": "IFX_KEY_FILE", "journal": "IFX_JOURNAL", "account": "IFX_ACCOUNT"}
# A key is 64 digits; one that lost or gained a few on the way still gives itself away. An address has 40, a signature
# 130 and more.
_HEX = r"(?<![0-9a-zA-Z])(?:0[xX])?[0-9a-fA-F]{50,99}(?![0-9a-zA-Z])"
_WORDS = r"(?<![a-zA-Z])[a-zA-Z]{3,8}(?:[ \t\r\n,]+[a-zA-Z]{3,8}){11,}(?![a-zA-Z])"
_KEY = re.compile(_HEX)
_MNEMONIC = re.compile(_WORDS)


def hide(text: str) -> str:
    """A text without what could be a key or the words of one."""
    return _MNEMONIC.sub(HIDDEN, _KEY.sub(HIDDEN, text))


def refuse_keys(arguments: Mapping[str, object]) -> None:
    """Raise KeyInTheOpen, which does not show it, where an argument holds a key or the words of one."""
    for name, given in arguments.items():
        for each in given if isinstance(given, list | tuple) else (given,):
            if isinstance(each, str) and (what := _kind(name, each)) and not _is_file(each):
                option = "--" + name.replace("_", "-")
                variable = _ENVIRONMENT.get(name)
                raise KeyInTheOpen(f"{option} (or {variable})" if variable else option, what)


def _kind(name: str, given: str) -> str:
    if _MNEMONIC.search(given):
        return "the words of a key"
    return "a key" if name not in PUBLIC and _KEY.search(given) else ""


def _is_file(given: str) -> bool:
    try:
        return Path(given).is_file()
    except (OSError, ValueError):  # longer than any path, or with a zero byte
        return False
