"""One page as one WARC/1.1 record in a gzip member of its own. Pure: the same page gives the same record.

What is not exactly as it would be written here is refused, so that no byte of a file can change unnoticed: the page is
held by its SHA-256, the record's header by writing it again, the compressed bytes by a SHA-256 in the gzip header
(an extra field, RFC 1952, which every reader of gzip skips).
"""

import hashlib
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from ifx_sdk.errors import BadValue
from ifx_sdk.evidence.errors import DamagedArchive

MAX_BODY: Final = 100_000_000
"""Bytes of a page that is read back; the settings allow a node to fetch no longer one."""

_MAX_HEAD: Final = 16_384
_END: Final = b"\r\n\r\n"
_GZIP: Final = bytes.fromhex("1f8b08040000000002ff")
"""Deflate, an extra field, no time, best compression, unknown system."""
_SEAL: Final = b"IX"
_EXTRA: Final = struct.Struct("<H2sH32s")
_LEVEL: Final = 9


def record(body: bytes, url: str, at: int) -> bytes:
    """The record of a page that was fetched from `url` at `at`, unix seconds UTC, uncompressed. Raises `BadValue`."""
    if not url.isprintable() or " " in url:
        raise BadValue(url, "a URL in a record's header has no blank and nothing unprintable")
    digest = hashlib.sha256(body).hexdigest()
    date = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
    lines = (
        "WARC/1.1",
        "WARC-Type: resource",
        f"WARC-Record-ID: <urn:uuid:{uuid5(NAMESPACE_URL, f'{date} {digest} {url}')}>",
        f"WARC-Date: {date}",
        f"WARC-Target-URI: {url}",
        f"WARC-Block-Digest: sha256:{digest}",
        f"WARC-Payload-Digest: sha256:{digest}",
        "Content-Type: application/octet-stream",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + _END + body + _END


def pack(body: bytes, url: str, at: int) -> bytes:
    """A whole file: the record, compressed and sealed."""
    plain = record(body, url, at)
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    stream = compressor.compress(plain) + compressor.flush()
    stream += struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
    return _header(stream) + stream


def unpack(data: bytes, path: Path) -> bytes:
    """The page in the bytes of a file that `pack` wrote. Raises `DamagedArchive` naming `path`."""
    head = len(_GZIP) + _EXTRA.size
    stream = data[head:]
    if data[:head] != _header(stream):
        raise DamagedArchive(path, "its seal is broken: the compressed bytes are not those that were written")
    plain = _inflate(data, path)
    header, found, _ = plain[:_MAX_HEAD].partition(_END)
    body = plain[len(header) + len(_END) : -len(_END)]
    fields = dict(line.partition(": ")[::2] for line in header.decode("utf-8", "replace").split("\r\n"))
    try:
        at = int(datetime.fromisoformat(fields["WARC-Date"]).timestamp())
        again = record(body, fields["WARC-Target-URI"], at)
    except (KeyError, ValueError, OverflowError, OSError, BadValue) as error:
        raise DamagedArchive(path, "it holds no record of a page") from error
    if not found or again != plain:
        raise DamagedArchive(path, "its record is not as it is written here")
    return body


def unpack_page(data: bytes, path: Path, sha256: str) -> bytes:
    """The same, which must be the page with this SHA-256. Raises `DamagedArchive`."""
    body = unpack(data, path)
    found = hashlib.sha256(body).hexdigest()
    if found != sha256:
        raise DamagedArchive(path, f"the page in it has SHA-256 {found}, expected {sha256}")
    return body


def _header(stream: bytes) -> bytes:
    seal = hashlib.sha256(stream).digest()
    return _GZIP + _EXTRA.pack(_EXTRA.size - 2, _SEAL, len(seal), seal)


def _inflate(data: bytes, path: Path) -> bytes:
    bound = MAX_BODY + _MAX_HEAD
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = reader.decompress(data, bound)
    except zlib.error as error:
        raise DamagedArchive(path, f"it does not decompress: {error}") from error
    if not reader.eof or reader.unused_data:
        raise DamagedArchive(path, f"it is no single gzip member of at most {bound} bytes")
    return plain
