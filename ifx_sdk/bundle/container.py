"""The file: a zip whose bytes follow from its parts, and `bundle.json`, which names each part with its SHA-256. Pure.

Parts are stored, not compressed, in the order of their names, with one time and no comments: the same parts give the
same file, nothing unpacks to more than it is, and a file that is written in any other way is refused. Names follow one
grammar, which knows no folder above and no link.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ifx_sdk.bundle.errors import BadBundleFile, Mismatch
from ifx_sdk.errors import IFXError
from ifx_sdk.evidence.manifest import canonical_json
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import parse_address

FORMAT: Final = "ifx-bundle-1"
"""Names the file's shape; another shape gets another name."""
MANIFEST: Final = "bundle.json"
"""The part that names the others."""
MAX_BUNDLE: Final = 256_000_000
"""Bytes of a file that is read."""
MAX_PARTS: Final = 20_000
"""Parts of a file; 400 days of ten nodes have about 5,000."""

_KINDS: Final[tuple[tuple[re.Pattern[str], int], ...]] = tuple(
    (re.compile(pattern, re.ASCII), longest)
    for pattern, longest in (
        (r"bundle\.json", 4_000_000),
        (r"terms\.json", 4_096),
        (r"state\.json", 64_000_000),
        (r"blocks/(0|[1-9][0-9]{0,11})\.rlp", 4_096),
        (r"mined/(0|[1-9][0-9]{0,11})-(0|[1-9][0-9]{0,5})\.json", 8_000_000),
        (r"manifests/[0-9a-f]{64}\.json", 65_536),
        (r"pages/[0-9a-f]{64}\.warc\.gz", 20_000_000),
    )
)
_TIME: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_MODE: Final = 0o100644 << 16
_ID: Final = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_KEYS: Final = {"format", "chain_id", "escrow", "oracle", "id", "state", "parts"}
_PART_KEYS: Final = {"name", "bytes", "sha256"}
# What the reader of zips raises on bytes of any kind.
_NO_ZIP: Final = (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, OSError, struct.error)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """Everything about one forward, as the file says itself: nothing of it is believed yet."""

    chain_id: int
    """The chain that it is about."""
    escrow: str
    """The ForwardEscrow, checksummed."""
    oracle: str
    """The FixingOracle, checksummed."""
    id: bytes
    """The forward, 32 bytes."""
    state: int
    """Height of the block whose state `state.json` proves."""
    parts: Mapping[str, bytes]
    """Every part but `bundle.json`, by name."""

    def part(self, name: str) -> bytes:
        """A part. Raises `BadBundleFile` where it is missing."""
        if name not in self.parts:
            raise BadBundleFile(f"part {name}", "it is missing")
        return self.parts[name]

    def pack(self) -> bytes:
        """The file."""
        return _zip({**self.parts, MANIFEST: self._manifest()})

    def _manifest(self) -> bytes:
        listed = [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(self.parts.items())
        ]
        about = {"format": FORMAT, "chain_id": self.chain_id, "escrow": self.escrow, "oracle": self.oracle}
        return canonical_json(about | {"id": "0x" + self.id.hex(), "state": self.state, "parts": listed})


def unpack(data: bytes, path: object = "bundle") -> Bundle:
    """Read a file's bytes and hold each part against its SHA-256; `path` names the file in errors.

    Raises `BadBundleFile` for what is no bundle, `Mismatch` for the first part that is not what `bundle.json` says.
    """
    members = _unzip(data, path)
    if MANIFEST not in members:
        raise BadBundleFile(path, f"it has no part {MANIFEST}")
    about = loads(members.pop(MANIFEST), f"{path}, part {MANIFEST}", BadBundleFile)
    where = f"{path}, part {MANIFEST}"
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise BadBundleFile(where, f"it is no manifest of the format {FORMAT}")
    _hold_keys(about, _KEYS, where)
    _hold_parts(about["parts"], members, where)
    try:
        bundle = Bundle(
            chain_id=_whole(about["chain_id"], "chain_id", where),
            escrow=parse_address(about["escrow"]),
            oracle=parse_address(about["oracle"]),
            id=_id(about["id"], where),
            state=_whole(about["state"], "state", where),
            parts=dict(sorted(members.items())),
        )
    except BadBundleFile:
        raise
    except IFXError as error:
        raise BadBundleFile(where, error.what) from error
    if bundle.chain_id == 0:
        raise BadBundleFile(where, "'chain_id' must be above 0")
    if bundle.pack() != data:
        raise BadBundleFile(path, "it is not written as `ifx bundle` writes it: it was re-zipped, or added to")
    return bundle


def _zip(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system = _UNIX
            info.external_attr = _MODE
            file.writestr(info, members[name])
    return out.getvalue()


def _unzip(data: bytes, path: object) -> dict[str, bytes]:
    """The parts of a zip, each within its bounds. Raises `BadBundleFile`."""
    if len(data) > MAX_BUNDLE:
        raise BadBundleFile(path, f"it is longer than {MAX_BUNDLE} bytes")
    try:
        file = zipfile.ZipFile(io.BytesIO(data))
    except _NO_ZIP as error:
        raise BadBundleFile(path, f"it is no zip: {error}") from error
    listed = file.infolist()
    if len(listed) > MAX_PARTS:
        raise BadBundleFile(path, f"it has {len(listed)} parts, more than {MAX_PARTS}")
    found: dict[str, bytes] = {}
    for info in listed:
        where = f"{path}, part {info.filename[:100]!r}"
        _hold_member(info, where)
        if info.filename in found:
            raise BadBundleFile(where, "it is there twice")
        try:
            found[info.filename] = file.read(info)
        except _NO_ZIP as error:
            raise BadBundleFile(where, f"it cannot be read: {error}") from error
    return found


def _hold_member(info: zipfile.ZipInfo, where: str) -> None:
    longest = next((most for pattern, most in _KINDS if pattern.fullmatch(info.filename)), None)
    if longest is None:
        raise BadBundleFile(where, "no part of a bundle has such a name")
    if info.external_attr != _MODE:
        raise BadBundleFile(where, "it is no plain file: a bundle has no folders and no links")
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size or info.flag_bits & 1:
        raise BadBundleFile(where, "it is compressed or encrypted; the parts of a bundle are stored as they are")
    if info.file_size > longest:
        raise BadBundleFile(where, f"it has {info.file_size} bytes, more than {longest}")


def _hold_parts(listed: object, members: Mapping[str, bytes], where: str) -> None:
    """Hold that `bundle.json` names every part, once, with its length and hash."""
    if not isinstance(listed, list):
        raise BadBundleFile(where, "'parts' must be a list")
    names = set()
    for each in listed:
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            raise BadBundleFile(where, "'parts' must be a list of objects with a name")
        _hold_keys(each, _PART_KEYS, where)
        name = each["name"]
        names.add(name)
        if name not in members:
            raise BadBundleFile(f"{where[: where.rfind(',')]}, part {name[:100]!r}", "it is missing")
        found = hashlib.sha256(members[name]).hexdigest()
        if found != each["sha256"]:
            raise Mismatch("SHA-256", f"part {name}", expected=each["sha256"], found=found)
        if len(members[name]) != each["bytes"]:
            raise Mismatch("length", f"part {name}", expected=f"{each['bytes']} bytes", found=len(members[name]))
    for name in sorted(members.keys() - names):
        raise BadBundleFile(where, f"it does not name the part {name}")


def _hold_keys(found: Mapping[str, object], keys: set[str], where: str) -> None:
    for key in sorted(found.keys() ^ keys):
        raise BadBundleFile(where, f"{'unknown' if key in found else 'missing'} key {key[:40]!r}")


def _whole(value: object, key: str, where: str) -> int:
    if type(value) is not int or not 0 <= value < 2**63:  # bool is an int to isinstance
        raise BadBundleFile(where, f"{key!r} must be an integer of 0 or more")
    return value


def _id(value: object, where: str) -> bytes:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadBundleFile(where, "'id' must be 0x and 64 lower-case hexadecimal digits")
    return bytes.fromhex(value[2:])
