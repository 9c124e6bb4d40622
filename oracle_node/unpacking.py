"""An answer's body as it comes out of decompression, never longer than was allowed, whatever was compressed.

httpx unpacks what it was sent whole: 64 kB can be 66 MB, and 64 kB compressed twice would be 60 GB.
"""

import zlib
from collections.abc import Iterator

import httpx

_PLAIN = ("", "identity")
_GZIP = ("gzip", "x-gzip")


class BadBody(Exception):  # noqa: N818 - never leaves oracle_node.fetch
    """A body that is of no use; `why` in one line."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def unpacked(answer: httpx.Response, max_bytes: int) -> Iterator[bytes]:
    """The chunks of a body. Raises `BadBody` where it is longer, cut short, or encoded as nobody asked for.

    Raises what httpx raises where the connection fails.
    """
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _PLAIN + _GZIP:
        raise BadBody(f"it is encoded as {encoding[:40]!r}, and gzip was asked for")
    assert isinstance(answer.stream, httpx.SyncByteStream)  # noqa: S101 - the client is no asynchronous one
    chunks = _plain(answer.stream) if encoding in _PLAIN else _gunzipped(answer.stream, max_bytes)
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_bytes:
            raise BadBody(f"longer than {max_bytes} bytes")
        yield chunk


def _plain(stream: httpx.SyncByteStream) -> Iterator[bytes]:
    yield from stream


def _gunzipped(stream: httpx.SyncByteStream, max_bytes: int) -> Iterator[bytes]:
    """Each step gives one byte more than is allowed at most: enough to know that it is too long."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for chunk in stream:
        try:
            yield unpacker.decompress(chunk, max_bytes + 1)
        except zlib.error as error:
            raise BadBody(f"its gzip is damaged: {error}") from error
        if unpacker.unused_data:
            raise BadBody("something follows its gzip")
        if unpacker.unconsumed_tail:
            raise BadBody(f"longer than {max_bytes} bytes")
    if not unpacker.eof:
        raise BadBody("its gzip is cut short")
