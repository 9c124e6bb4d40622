"""Forwards with everything that proves them: a chain in this process, nodes that sign real windows of the demo's pages.

Four nodes are registered; three sign each day. Each keeps its own archive: its manifests and the pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.nodes import PAGE

from ifx_sdk import devnet
from ifx_sdk.bundle import Bundle, gather
from ifx_sdk.bundle.archives import Folder, Source
from ifx_sdk.calendar import day_of, midnight, window_slots
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.deploy import DEVNET_CHAIN_ID
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.reports import Report, attest
from ifx_sdk.terms import Terms
from oracle_node.archive import Archive
from oracle_node.fetch import Page
from oracle_node.observe import PageReading
from oracle_node.settings import UnderlyingSettings
from oracle_node.window import fix_window
from scripts.demonstration.scenario import page as sample

GPT, LUNA = "openai/gpt-4.1", "openai/gpt-5.6-luna"
START = 1_784_073_600 + 43_200
"""2026-07-15, noon."""
BEFORE, AFTER = "2026-07-01", "2026-10-01"
"""The demo's pages with 8.00 and with 4.32 for GPT-4.1."""
PRICES = {BEFORE: {GPT: 8_000_000, LUNA: 6_000_000}, AFTER: {GPT: 4_320_000, LUNA: 1_200_000}}
QUANTITY = 100_000
SIGNING = 3
FUNDS = 10**13


@dataclass(slots=True)
class World:
    """A deployment, its nodes' archives, and two funded sides."""

    ifx: IFX
    """Without a signer."""
    folder: Path
    """Holds an archive for each node."""
    salts: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))
    """One for each message."""

    @property
    def chain(self) -> Chain:
        """The node."""
        return self.ifx.chain

    def party(self, index: int) -> IFX:
        """As one of the well-known accounts."""
        return self.ifx.as_signer(devnet.signer(index))

    def salt(self) -> bytes:
        """Never the same."""
        return next(self.salts).to_bytes(32, "big")

    def archive(self, node: int) -> Archive:
        """The archive of node 0, 1 or 2."""
        return Archive(self.folder / f"node-{node}")

    def sources(self) -> list[Source]:
        """All of them, as folders."""
        return [Folder(self.archive(node).folder) for node in range(SIGNING)]

    def bundle(self, id: bytes) -> Bundle:
        """Everything about a forward."""
        return gather(self.ifx, id, self.sources()).bundle

    def post(self, shown: str = BEFORE, name: str = GPT) -> None:
        """Observe today's window on a page, sign and post it."""
        day = day_of(self.chain.now())
        price = PRICES[shown][name]
        attestations = []
        for node in range(SIGNING):
            manifest = self._window(node, day, shown, name, price)
            signer = devnet.signer(devnet.NODES[node])
            evidence = hashlib.sha256(manifest).digest()
            attestations.append(
                attest(signer, self.ifx.oracle.domain(), underlying=name, day=day, price=price, evidence=evidence)
            )
        report = Report.of(attestations)
        self.party(devnet.OUTSIDER).oracle.post(report).confirmed()

    def _window(self, node: int, day: int, shown: str, name: str, price: int) -> bytes:
        body = sample(shown).body
        page = Page(body=body, sha256=hashlib.sha256(body).hexdigest())
        archive = self.archive(node)
        readings = []
        for slot in window_slots(midnight(day)):
            at = slot - 30 - node
            archive.add_page(page, url=PAGE, at=at)
            readings.append(PageReading(at=at, price=price, underlying=name, page=PAGE, sha256=page.sha256))
        asked = UnderlyingSettings(name=name, provider="openai", model=name.partition("/")[2], page=PAGE)
        manifest = fix_window(readings, asked, day).manifest
        archive.add_manifest(manifest)
        return manifest

    def travel(self, to: int) -> None:
        """Be at a time, unix seconds."""
        devnet.travel(self.ifx, to=to)

    def terms(self, **changes: object) -> Terms:
        """Terms of one lot over 3 months that can be booked now."""
        days = changes.pop("averaging_days", 1)
        long = changes.pop("long", devnet.signer(devnet.LONG).address)
        short = changes.pop("short", devnet.signer(devnet.SHORT).address)
        assert not changes
        quote = self.ifx.quote(GPT, QUANTITY, 3, days)  # type: ignore[arg-type]  # an integer
        return self.ifx.terms(quote, long=str(long), short=str(short), salt=self.salt())

    def book(self, terms: Terms | None = None, approvals: Mapping[str, bytes] | None = None) -> bytes:
        """Book terms, both sides signing unless `approvals` say otherwise; the id."""
        made = self.terms() if terms is None else terms
        given = approvals or {
            "long": self.party(devnet.LONG).sign(made),
            "short": self.party(devnet.SHORT).sign(made),
        }
        self.party(devnet.DESK).escrow.book(made, given["long"], given["short"]).confirmed()
        return self.ifx.escrow.terms_id(made)

    def settle(self, *ids: bytes) -> None:
        """As anyone."""
        escrow = self.party(devnet.OUTSIDER).escrow
        (escrow.settle(ids[0]) if len(ids) == 1 else escrow.settle_many(ids)).confirmed()


def open_world(folder: Path, chain: Chain | None = None) -> World:
    """Deploy, fund both sides, post today's fixing at 8.00."""
    local = chain or Chain(LocalChain(timestamp=START).web3, chain_id=DEVNET_CHAIN_ID)
    world = World(devnet.start(local, [GPT, LUNA]), folder)
    for index in (devnet.LONG, devnet.SHORT):
        party = world.party(index)
        devnet.faucet(world.ifx, party.account, usdt=FUNDS)
        for outcome in party.token.allow(FUNDS):
            outcome.confirmed()
    world.post()
    return world


def repacked(bundle: Bundle, **parts: bytes | None) -> Bundle:
    """The same with other parts: a forger writes `bundle.json` anew. Names use `__` for `/` nowhere: give a mapping."""
    changed = {**bundle.parts, **parts}
    return Bundle(
        chain_id=bundle.chain_id,
        escrow=bundle.escrow,
        oracle=bundle.oracle,
        id=bundle.id,
        state=bundle.state,
        parts={name: data for name, data in changed.items() if data is not None},
    )
