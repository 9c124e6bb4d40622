"""A fixing walked back: the post, a quorum's signatures under the signer set in force, each node's evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from ifx_sdk.bundle.container import Bundle
from ifx_sdk.bundle.errors import Mismatch
from ifx_sdk.bundle.history import Happened, History
from ifx_sdk.bundle.pages import Pages, page_name
from ifx_sdk.bundle.state import NAME as STATE
from ifx_sdk.bundle.state import State
from ifx_sdk.calendar import date_of, day_of
from ifx_sdk.contract import integer, items, raw, text
from ifx_sdk.errors import BadSignature
from ifx_sdk.evidence.errors import BadReport, DamagedArchive
from ifx_sdk.evidence.manifest import read_manifest, root
from ifx_sdk.evidence.posted import posted_report
from ifx_sdk.evidence.window import Fault, asks_of, page_faults, window_faults
from ifx_sdk.money import format_price
from ifx_sdk.oracle import SignerSet
from ifx_sdk.payoff import LOOK_BACK_DAYS, POSTPONEMENT_DAYS
from ifx_sdk.reports import Report
from ifx_sdk.terms import oracle_domain

INDEX_PREFIX = "index/"
"""Index references have no pages: `ifx-index verify` computes their record again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvenFixing:
    """One fixing, walked back as far as the bundle goes."""

    day: int
    """UTC day number."""
    price: int
    """micro-USDT per Mtok."""
    signers: tuple[str, ...]
    """The nodes that signed, checksummed."""
    registered: SignerSet
    """The set in force on that day."""
    evidence: tuple[bytes, ...]
    """Their evidence roots, in the same order."""
    whole: int
    """Nodes whose evidence is here whole and holds, down to the pages."""
    missing: tuple[str, ...]
    """What of the evidence is not here."""
    slots: int
    """Slots whose page was read again."""


def examined(posted: Callable[[int], bool], first: int, last: int) -> Iterator[int]:
    """The days whose fixing, or want of one, decides the settled prices of `first` to `last`: each day itself and,
    where it has none, the two after it and those before it back to the newest fixing."""
    for day in range(first, last + 1):
        yield day
        if posted(day):
            continue
        yield from range(day + 1, day + POSTPONEMENT_DAYS + 1)
        for earlier in range(day - 1, max(day - LOOK_BACK_DAYS, 0) - 1, -1):
            yield earlier
            if posted(earlier):
                break


def settled_on(posted: Collection[int], day: int) -> int:
    """The day whose fixing a day settles at: its own, else the first of the next two, else the newest earlier one.

    Some fixing stands at or before the day.
    """
    for ahead in range(POSTPONEMENT_DAYS + 1):
        if day + ahead in posted:
            return day + ahead
    return max(earlier for earlier in posted if earlier < day)


class Fixings:
    """The fixings of one underlying in a bundle."""

    def __init__(self, bundle: Bundle, history: History, state: State, pages: Pages, underlying: str) -> None:
        """Holds that the oracle lists the name. Raises `Mismatch`."""
        self._bundle = bundle
        self._history = history
        self._state = state
        self._pages = pages
        self._underlying = underlying
        self.index = state.index_of(underlying)
        if self.index == 0:
            expected = f"the oracle lists {underlying}"
            raise Mismatch("underlying", f"part {STATE}", expected=expected, found="it does not")

    def price(self, day: int) -> int | None:
        """The fixing of a day by the oracle's storage; None where proven that there is none. Raises `Mismatch`."""
        word = self._state.fixing(self.index, day)
        return None if word is None else word.price

    def walk(self, day: int) -> ProvenFixing:
        """Walk one fixing back. Raises `Mismatch` for the first thing that does not hold, `BadBundleFile`."""
        name = f"fixing of {date_of(day)}"
        word = self._state.fixing(self.index, day)
        posted = self._history.only(name, "FixingPosted", underlying=self.index, day=day)
        event, part = posted.event, posted.mined.part
        price, bitmap = integer(event.args["price"]), integer(event.args["signers"])
        _hold(name, f"part {STATE}", (price, bitmap), None if word is None else (word.price, word.signers))
        _hold(f"{name}: its day", part, date_of(day), date_of(day_of(posted.at)))
        try:
            report = posted_report(posted.mined.transaction, self._bundle.oracle, self._underlying, day)
        except BadReport as error:
            raise Mismatch(f"{name}: report", part, expected="a call that posts it", found=error.why) from error
        _hold(f"{name}: reported price", part, format_price(price), format_price(report.price))
        roots = tuple(raw(each) for each in items(event.args["evidence"]))
        told = [each.evidence.hex() for each in report.attestations]
        _hold(f"{name}: evidence roots", part, [each.hex() for each in roots], told)
        registered = self._signer_set(posted, day)
        signers = self._signers(name, part, report, registered, bitmap)
        found = [self._evidence(name, each, day, price) for each in roots]
        return ProvenFixing(
            day=day,
            price=price,
            signers=signers,
            registered=registered,
            evidence=roots,
            whole=sum(1 for missing, _ in found if not missing),
            missing=tuple(each for missing, _ in found for each in missing),
            slots=sum(slots for _, slots in found),
        )

    def _signers(self, name: str, part: str, report: Report, registered: SignerSet, bitmap: int) -> tuple[str, ...]:
        """The accounts that signed, in order: registered, different, a quorum, and those of the bitmap."""
        domain = oracle_domain(self._bundle.chain_id, self._bundle.oracle)
        signers: list[str] = []
        for place, each in enumerate(report.attestations, start=1):
            try:
                account = each.signer(domain)
            except BadSignature as error:
                account = f"nobody ({error.why})"
            if account not in registered.signers or account in signers:
                expected = f"one more of {', '.join(registered.signers)}"
                raise Mismatch(f"{name}: signature {place}", part, expected=expected, found=account)
            signers.append(account)
        if len(signers) < registered.quorum:
            raise Mismatch(f"{name}: quorum", part, expected=f"{registered.quorum} signatures", found=len(signers))
        mask = sum(1 << registered.signers.index(each) for each in signers)
        _hold(f"{name}: who signed", part, f"{bitmap:b}", f"{mask:b}")
        return tuple(signers)

    def _signer_set(self, posted: Happened, day: int) -> SignerSet:
        """The set in force on a day, out of what was announced before the post: a set takes effect by itself, unless
        it is replaced or withdrawn before its day."""
        announced: list[Happened] = []
        changes = [*self._history.all("SignersScheduled"), *self._history.all("SignersCancelled")]
        for each in sorted(changes, key=lambda change: change.place):
            if each.place > posted.place:
                continue
            today = day_of(each.at)
            announced = [one for one in announced if integer(one.event.args["from_day"]) <= today]
            if each.event.name == "SignersScheduled":
                announced.append(each)
            self._history.use(each)
        force = [each for each in announced if integer(each.event.args["from_day"]) <= day]
        if not force:
            expected = f"the signer set in force on {date_of(day)}"
            raise Mismatch("signer set", "mined/", expected=expected, found="no announcement of one")
        args = force[-1].event.args
        accounts = tuple(text(each) for each in items(args["signers"]))
        return SignerSet(signers=accounts, quorum=integer(args["quorum"]), from_day=integer(args["from_day"]))

    def _evidence(self, name: str, evidence: bytes, day: int, price: int) -> tuple[tuple[str, ...], int]:
        """One node's evidence: what of it is not here, and how many slots were read again."""
        part = f"manifests/{evidence.hex()}.json"
        step = f"{name}: evidence"
        if part not in self._bundle.parts:
            return (part,), 0
        self._history.use_part(part)
        data = self._bundle.part(part)
        _hold(step, part, evidence.hex(), root(data).hex())
        if self._underlying.startswith(INDEX_PREFIX):
            return (f"the inputs of the index record {part}",), 0
        try:
            manifest = read_manifest(data, part)
        except DamagedArchive as error:
            raise Mismatch(step, part, expected="a window's manifest", found=error.why) from error
        _hold(f"{step}: underlying", part, self._underlying, manifest.underlying)
        _hold(f"{step}: price", part, price, manifest.price)
        _raise_first(window_faults(manifest, day, part), step)
        asks = tuple(asks_of(manifest))
        answers = self._pages.read(asks, self._history.use_part)
        faults = page_faults(manifest, answers, page_name)
        _raise_first([each for each in faults if not each.absent], step)
        return tuple(dict.fromkeys(each.file for each in faults)), len(asks)


def _raise_first(faults: Sequence[Fault], step: str) -> None:
    for each in faults:
        raise Mismatch(f"{step}: {each.what}", each.file, expected=each.expected, found=each.found)


def _hold(step: str, part: str, expected: object, found: object) -> None:
    if expected != found:
        raise Mismatch(step, part, expected=expected, found=found)
