"""Lines that are only ever appended, under a seal that says how many bytes count and what they hash to.

Rows are written first and sealed after: what a stopped writer left behind the seal was never told to anybody, does not
count, and is cut off by the next writer. Whatever else differs from the seal was changed.
"""

import os
from collections.abc import Iterable
from hashlib import sha256
from json import loads
from pathlib import Path
from typing import Final, NamedTuple

from ifx_index.errors import BadStore
from ifx_index.record import canonical
from ifx_index.whole_files import write_durably

_KEYS: Final = frozenset({"bytes", "sha256"})


class Seal(NamedTuple):
    """What counts of a log."""

    bytes: int
    """Its length."""

    sha256: str
    """Hash of that many bytes, 64 hexadecimal digits."""


class SealedLog:
    """One log; opening it reads nothing. Writers must hold a lock."""

    def __init__(self, path: Path) -> None:
        """`path` of the log; its seal stands beside it."""
        self.path = path
        self.seal_path: Path = path.with_suffix(".seal")
        self._read = 0
        self._hash = sha256()

    def fresh(self) -> tuple[bytes, str | None]:
        """What counts and was not read before, and how the log differs from its seal, None where it does not.

        Raises BadStore where either cannot be read.
        """
        seal = self._seal()
        if seal is None:
            return b"", None
        data = b""
        try:
            with self.path.open("rb") as file:
                file.seek(self._read)
                data = file.read(max(seal.bytes - self._read, 0))
        except FileNotFoundError:
            if seal.bytes:
                return b"", "it is gone"
        except OSError as error:
            raise BadStore(self.path, f"it cannot be read: {error.strerror}") from error
        self._hash.update(data)
        self._read += len(data)
        if self._read != seal.bytes:
            return data, f"it has {self._read} bytes where its seal says {seal.bytes}: it was cut short"
        return data, None if self._hash.hexdigest() == seal.sha256 else "it was changed: its seal says another hash"

    @property
    def unsealed(self) -> int:
        """Bytes behind what counts, after `fresh`."""
        return max(self.path.stat().st_size - self._read, 0) if self.path.exists() else 0

    def append(self, rows: Iterable[object]) -> None:
        """Add rows after what counts, and seal them; everything before must have been read."""
        new = b"".join(canonical(row) + b"\n" for row in rows)
        if self._seal() is None:
            self._put_seal(Seal(0, sha256().hexdigest()))
        with self.path.open("ab") as file:
            file.truncate(self._read)
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        sealed = self._hash.copy()
        sealed.update(new)
        self._put_seal(Seal(self._read + len(new), sealed.hexdigest()))

    def _put_seal(self, seal: Seal) -> None:
        write_durably(self.seal_path, canonical(seal._asdict()) + b"\n")

    def _seal(self) -> Seal | None:
        """The seal, None where nothing was written yet. Raises BadStore."""
        there = self.path.exists()  # asked first: a first writer puts the seal before the log
        try:
            data = self.seal_path.read_bytes()
            found = loads(data)
        except FileNotFoundError as error:
            if there:
                raise BadStore(self.seal_path, "the seal of the rows is gone") from error
            return None
        except OSError as error:
            raise BadStore(self.seal_path, f"it cannot be read: {error.strerror}") from error
        except ValueError as error:
            raise BadStore(self.seal_path, "it is no seal") from error
        if not isinstance(found, dict) or set(found) != _KEYS or type(found["bytes"]) is not int or found["bytes"] < 0:
            raise BadStore(self.seal_path, "it is no seal")
        if data != canonical(found) + b"\n":
            raise BadStore(self.seal_path, "it is not as it was written")
        return Seal(found["bytes"], str(found["sha256"]))
