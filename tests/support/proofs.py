"""Forwards with everything that proves them: a chain in this process, nodes that sign real windows of the demo's pages.

Four nodes are registered; three sign each day. Each keeps its own archive: its manifests and the pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from support.nodes import PAGE
from support.safe import Safe

from ifx_sdk import devnet
from ifx_sdk.bundle import BadBundleFile, Bundle, Mismatch, gather, unpack, verify
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
from oracle_node.rereading import read_again
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Forwards of every kind, from booking to their end."""

    world: World
    """Where they were played."""
    ids: Mapping[str, bytes]
    """By name: point, average, on_chain, novated, terminated and active; or safe and safe_on_chain."""


def play(world: World) -> Story:
    """Book one forward of each kind on 2026-07-15 and see them to their end on 2026-10-16.

    A new signer set takes effect on the way. Fixings of October: 9th at 8.00, 14th and 16th at 4.32, no others, so
    that the 11th falls back to the 9th, the 12th and 13th are postponed to the 14th, the 15th to the 16th.
    """
    ids = {name: world.book() for name in ("point", "novated", "terminated", "active")}
    ids["average"] = world.book(world.terms(averaging_days=5))
    ids["on_chain"] = _booked_on_chain(world)
    _novate(world, ids["novated"])
    _terminate(world, ids["terminated"])
    nodes = [devnet.signer(index).address for index in reversed(devnet.NODES)]
    from_day = day_of(world.chain.now()) + 20
    devnet.by_owner(world.ifx, world.ifx.oracle.prepare("schedule_signers", nodes, 3, from_day))
    maturity = world.ifx.escrow.forward(ids["point"]).maturity
    for days, shown in ((-6, BEFORE), (-1, AFTER), (1, AFTER)):
        world.travel(maturity + days * 86_400 + 60)
        world.post(shown)
    world.settle(ids["point"])
    world.settle(ids["average"])
    world.settle(ids["novated"], ids["on_chain"])
    return Story(world=world, ids=ids)


def play_safes(world: World, safes: Sequence[Safe]) -> Story:
    """A Safe that signs and one that approves on chain, each the long of a forward; both settle in one batch."""
    ids = {
        name: _booked_by_safe(world, safe, signed=name == "safe")
        for safe, name in zip(safes, ("safe", "safe_on_chain"), strict=True)
    }
    world.travel(world.ifx.escrow.forward(ids["safe"]).maturity + 60)
    world.post(AFTER)
    world.settle(*ids.values())
    return Story(world=world, ids=ids)


def _booked_on_chain(world: World) -> bytes:
    terms = world.terms()
    world.party(devnet.LONG).escrow.approve(terms).confirmed()
    return world.book(terms, {"long": b"", "short": world.party(devnet.SHORT).sign(terms)})


def _booked_by_safe(world: World, safe: Safe, *, signed: bool) -> bytes:
    terms = world.terms(long=safe.address)
    digest = world.ifx.escrow.terms_id(terms)
    if signed:
        given = safe.sign(digest)
    else:
        safe.act(world.ifx.escrow.prepare("approve_terms", terms.as_tuple())).confirmed()
        given = b""
    return world.book(terms, {"long": given, "short": world.party(devnet.SHORT).sign(terms)})


def _novate(world: World, id: bytes) -> None:
    """The fee recipient's account takes the long's place; it approves on chain, the others sign."""
    newcomer = world.party(devnet.FEE_RECIPIENT)
    leaving, staying = world.party(devnet.LONG), world.party(devnet.SHORT)
    made = world.ifx.novation(id, outgoing="long", incoming=newcomer.account, payment=0, salt=world.salt())
    newcomer.escrow.approve(made).confirmed()
    anyone = world.party(devnet.OUTSIDER).escrow
    anyone.novate(made, leaving.sign(made), b"", staying.sign(made)).confirmed()


def _terminate(world: World, id: bytes) -> None:
    made = world.ifx.termination(id, price=7_000_000, salt=world.salt())
    signatures = (world.party(index).sign(made) for index in (devnet.LONG, devnet.SHORT))
    world.party(devnet.OUTSIDER).escrow.terminate(made, *signatures).confirmed()


def forged(bundle: Bundle, changes: Mapping[str, bytes | None] | None = None, **fields: object) -> Bundle:
    """The same bundle with other parts (None takes one out) or fields, its `bundle.json` written anew."""
    parts = {**bundle.parts, **(changes or {})}
    kept = {name: data for name, data in parts.items() if data is not None}
    return replace(bundle, parts=kept, **fields)  # type: ignore[arg-type]  # as the test says


@cache
def read_once(provider: str, body: bytes, model: str, on: date) -> int | str:
    """The nodes' reader, which remembers: the same page is verified again and again here."""
    return read_again(provider, body, model, on)


def found_in(bundle: Bundle) -> Mismatch | BadBundleFile | None:
    """What is wrong with a bundle that was packed and read again; None where it passes."""
    try:
        return verify(unpack(bundle.pack()), reader=read_once).mismatch
    except (Mismatch, BadBundleFile) as error:
        return error
