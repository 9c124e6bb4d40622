"""Evidence out of oracle nodes' archives: `GET /archive/...` of a node, or the folder of one on this disk.

Manifests and pages are asked for by their hash, so that it does not matter who gives them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from ifx_sdk.bundle.pages import page_name
from ifx_sdk.errors import BadValue
from ifx_sdk.evidence import warc
from ifx_sdk.evidence.errors import DamagedArchive
from ifx_sdk.evidence.manifest import MAX_MANIFEST_BYTES, read_manifest
from ifx_sdk.rpc_errors import public_url

if TYPE_CHECKING:
    import httpx

_MAX_PAGE: Final = 20_000_000
_SECONDS: Final = 30


class Source(Protocol):
    """Where evidence is asked for."""

    def get(self, kind: str, name: str, longest: int) -> bytes | str:
        """`manifests/<root>` or `pages/<sha-256>`: the bytes, or why they are not to be had."""


class Folder:
    """An archive on this disk, as a node keeps it."""

    def __init__(self, folder: Path) -> None:
        """Reads nothing yet."""
        self._folder = folder

    def get(self, kind: str, name: str, longest: int) -> bytes | str:
        """As `Source.get`."""
        pattern = f"*/{name}.json" if kind == "manifests" else f"{name[:2]}/{name}.warc.gz"
        for path in sorted(self._folder.joinpath(kind).glob(pattern)):
            try:
                if path.stat().st_size <= longest:
                    return path.read_bytes()
            except OSError as error:
                return f"{path}: {error.strerror}"
        return f"{self._folder}: it is not there"


class Node:
    """A node that serves its archive."""

    def __init__(self, url: str, client: httpx.Client) -> None:
        """`url` is the node's base, with or without `/archive`."""
        self._url = url.rstrip("/").removesuffix("/archive")
        self._name = public_url(self._url)
        self._client = client

    def get(self, kind: str, name: str, longest: int) -> bytes | str:
        """As `Source.get`; bounded in bytes and in time, without redirects."""
        import httpx

        ends = time.monotonic() + _SECONDS
        body = bytearray()
        url = f"{self._url}/archive/{kind}/{name}"
        try:
            headers = {"Accept-Encoding": "identity", "User-Agent": "ifx bundle"}
            with self._client.stream("GET", url, headers=headers, timeout=_SECONDS) as answer:
                if answer.status_code != httpx.codes.OK:
                    return f"{self._name}: status {answer.status_code}"
                if answer.headers.get("Content-Encoding", "identity") != "identity":
                    return f"{self._name}: it is compressed, which nobody asked for"
                for chunk in answer.iter_raw():
                    body += chunk
                    if len(body) > longest or time.monotonic() > ends:
                        return f"{self._name}: longer than {longest} bytes or {_SECONDS} s"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"{self._name}: {type(error).__name__}"
        return bytes(body)


def source_of(where: str, client: httpx.Client) -> Source:
    """A node's URL or a folder. Raises `BadValue`."""
    if where.startswith(("http://", "https://")):
        return Node(where, client)
    if Path(where).is_dir():
        return Folder(Path(where))
    raise BadValue(where, "it is neither a node's URL nor a folder", cure="Write it like http://127.0.0.1:8645.")


class Collector:
    """Takes from several sources what each fixing rests on."""

    def __init__(self, sources: Sequence[Source]) -> None:
        """Asked in their order; the first that has it gives it."""
        self._sources = sources
        self.parts: dict[str, bytes] = {}
        self.missing: list[str] = []

    def evidence(self, root: bytes) -> None:
        """Add a manifest and its pages; what no source has is noted in `missing`."""
        name = f"manifests/{root.hex()}.json"
        data = self._first("manifests", root.hex(), MAX_MANIFEST_BYTES, name)
        if data is None:
            return
        try:
            manifest = read_manifest(data, name)
        except DamagedArchive:
            return  # an index value's, which has no pages; of anything else the verification tells
        for sha256 in sorted({each.sha256 for each in manifest.slots if each is not None}):
            self._first("pages", sha256, _MAX_PAGE, page_name(sha256))

    def _first(self, kind: str, digest: str, longest: int, part: str) -> bytes | None:
        if part in self.parts:
            return self.parts[part]
        whys = [f"{part}: no archive was named"] if not self._sources else []
        for data in (each.get(kind, digest, longest) for each in self._sources):
            why = data if isinstance(data, str) else next(_faults(kind, data, digest), None)
            if why is None and isinstance(data, bytes):
                self.parts[part] = data
                return data
            whys.append(f"{part}: {why}")
        self.missing += [each for each in whys if each not in self.missing]
        return None


def _faults(kind: str, data: bytes, digest: str) -> Iterator[str]:
    """Why bytes are not what was asked for."""
    if kind == "manifests":
        if hashlib.sha256(data).hexdigest() != digest:
            yield "what came has another SHA-256"
        return
    try:
        warc.unpack_page(data, Path(digest), digest)
    except DamagedArchive as error:
        yield error.why
