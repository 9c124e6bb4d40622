"""What an archive lacks, fetched from another node's /archive: bounded, and hashed before it is kept.

Manifests and pages are asked for by their hash, so that it does not matter who gives them. A fixing's record is never
taken from a node: only the chain can tell what it has.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import httpx

from ifx_sdk.evidence import manifest as evidence
from ifx_sdk.evidence.manifest import MAX_MANIFEST_BYTES, read_manifest
from ifx_sdk.evidence.posted import posted_report, read_transaction
from oracle_node.archive import Archive, manifest_day
from oracle_node.archive_http import MAX_PAGE_FILE, PREFIX
from oracle_node.errors import DamagedArchive, NotArchived
from oracle_node.fetch import Unfetched, fetch

_TIMEOUT_SECONDS: Final = 30
_AGENT: Final = "ifx-oracle verify"


class Mirror:
    """Fills one archive from other nodes'."""

    def __init__(self, archive: Archive, client: httpx.Client, urls: tuple[str, ...]) -> None:
        """`urls` are the nodes' bases, asked in their order."""
        self._archive = archive
        self._client = client
        self._urls = urls

    def fill(self, underlying: str, day: int) -> tuple[str, ...]:
        """Fetch what the fixing of an underlying and UTC day number rests on; why something could not be had.

        Does nothing where no fixing is archived. Raises `BadReport` where its transaction cannot be read,
        `DamagedArchive`, `BadFile`.
        """
        record = self._archive.fixing(underlying, day)
        if record is None:
            return ()
        report = posted_report(read_transaction(record.transaction), record.oracle, underlying, day)
        return tuple(why for each in report.attestations for why in self._evidence(each.evidence, day))

    def _evidence(self, root: bytes, day: int) -> Iterator[str]:
        try:
            data = self._archive.manifest(root, day)
        except NotArchived:
            why = self._first(f"manifests/{root.hex()}", MAX_MANIFEST_BYTES, lambda got: self._keep(got, root, day))
            if why is not None:
                yield why
                return
            data = self._archive.manifest(root, day)
        try:
            manifest = read_manifest(data, root.hex())
        except DamagedArchive:
            return  # an index value's, which has no pages; of anything else the verification tells
        for sha256 in sorted({each.sha256 for each in manifest.slots if each is not None}):
            if not self._archive.page_path(sha256).exists():
                keep = partial(self._archive.add_page_file, sha256)
                why = self._first(f"pages/{sha256}", MAX_PAGE_FILE, keep)
                if why is not None:
                    yield why

    def _keep(self, data: bytes, root: bytes, day: int) -> None:
        if evidence.root(data) != root:
            raise DamagedArchive(root.hex(), "what came has another SHA-256")
        named = manifest_day(data, root.hex())
        if named != day:
            raise DamagedArchive(root.hex(), f"it is of day {named}, not {day}")
        self._archive.add_manifest(data)

    def _first(self, path: str, max_bytes: int, keep: Callable[[bytes], None]) -> str | None:
        """Keep what the first node gives that has it; why none did, where none did."""
        whys = []
        for url in self._urls:
            where = f"{url.rstrip('/')}{PREFIX}{path}"
            got = fetch(self._client, where, max_bytes=max_bytes, timeout_seconds=_TIMEOUT_SECONDS, agent=_AGENT)
            if isinstance(got, Unfetched):
                whys.append(f"{url}: {got.why}")
                continue
            try:
                keep(got.body)
            except DamagedArchive as error:
                whys.append(f"{url}: {error.why}")
            else:
                return None
        return f"{path}: {'; '.join(whys)}"
