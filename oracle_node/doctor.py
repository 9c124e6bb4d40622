"""The doctor's own looks: at the key, the pages and the peers. Those at disk and chain are oracle_node.checks."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import httpx

from ifx_sdk.calendar import day_of
from ifx_sdk.errors import IFXError
from ifx_sdk.money import format_price
from ifx_sdk.oracle import Oracle
from oracle_node.clocks import REFUSE_SECONDS, WARN_SECONDS, Clock, http_date, skew
from oracle_node.fetch import Page
from oracle_node.health import Check
from oracle_node.observe import FailedReading, Observer, PageReading, Pages
from oracle_node.peers import hear
from oracle_node.settings import Settings, read_signer

_PEER_SECONDS: Final = 10


def key(settings: Settings) -> Check:
    """The key file can be read, by its owner alone."""
    cure = "See what it says: a key file or a password file is 0600, and a keystore needs its password file."
    try:
        signer = read_signer(settings.key)
    except IFXError as error:
        return Check(name="key", ok=False, says=str(error), cure=cure)
    return Check(name="key", ok=True, says=f"{signer.address} from {settings.key.file}", cure=cure)


def pages(observer: Observer, oracle: Oracle, clock: Clock) -> tuple[Check, ...]:
    """Each page is fetched once and gives every price; beside it, for information, the newest fixing."""
    found = observer.fetch(clock)
    readings = observer.read(found)
    checks = [_reading(each, _newest(oracle, each.underlying)) for each in readings]
    second = [
        Check(
            name=f"check {each.underlying}",
            ok=False,
            says=f"{format_price(each.price)} on the page that decides, and {each.check} says {each.says}",
            cure="Look at both pages: the first one decides, whatever the second one says.",
            gates=False,
        )
        for each in observer.disagreements(found, readings)
    ]
    return (*checks, *second, publishers_clock(found, clock.now()))


def _reading(reading: PageReading | FailedReading, newest: str) -> Check:
    name = f"page {reading.underlying}"
    if isinstance(reading, PageReading):
        return Check(name=name, ok=True, says=f"{format_price(reading.price)} USD per Mtok{newest}")
    cure = "Open the page: `ifx-oracle parse` on its saved bytes says what is read and why not."
    return Check(name=name, ok=False, says=f"{reading.why} ({reading.page})", cure=cure)


def _newest(oracle: Oracle, name: str) -> str:
    try:
        found = oracle.latest(name)
    except IFXError:
        return ""
    if found is None:
        return ", nothing fixed yet"
    on = datetime.fromtimestamp(found[0] * 86_400, UTC).date()
    return f", the fixing of {on} is {format_price(found[1])}"


def publishers_clock(found: Pages, now: int) -> Check:
    """The clock agrees with the `Date` of the pages' publishers."""
    said = [
        date + (now - each.at)
        for each in found.values()
        if isinstance(each.page, Page) and (date := http_date(each.page.date, each.page.age)) is not None
    ]
    off = skew(now, said)
    if off is None:
        return Check(name="clock of the pages", ok=True, says="no page tells its time", gates=False)
    cure = f"Set the machine's clock by NTP: above {REFUSE_SECONDS} s nothing is signed."
    ok = abs(off) <= WARN_SECONDS
    return Check(name="clock of the pages", ok=ok, says=f"{off:+d} s beside the publishers", cure=cure)


def peers(settings: Settings, oracle: Oracle, client: httpx.Client, clock: Clock, own: str | None) -> tuple[Check, ...]:
    """Each peer answers, and those that do are enough for a quorum together with this node."""
    today = day_of(clock.now())
    name = settings.underlyings[0].name
    heard = hear(client, settings.peers, (name,), today, timeout_seconds=_PEER_SECONDS)
    checks = [
        Check(
            name=f"peer {each.peer.url}",
            ok=each.fault is None or each.has_nothing_yet,
            says=each.why or "it has a report of today",
            cure="Ask its operator; this node can do nothing about it.",
            gates=False,
        )
        for each in heard
    ]
    there = {each.peer.address for each in heard if each.fault is None or each.has_nothing_yet}
    return (*checks, _quorum(oracle, today, there | ({own} if own is not None else set())))


def _quorum(oracle: Oracle, today: int, there: Iterable[str]) -> Check:
    cure = "Add the missing nodes under [[peers]], or wait for them: below a quorum nothing is ever posted."
    try:
        registered = oracle.signers_on(today)
    except IFXError as error:
        return Check(name="quorum", ok=False, says=str(error), cure=cure)
    have = len(set(there) & set(registered.signers))
    says = f"{have} of {len(registered.signers)} registered nodes answer, {registered.quorum} make a fixing"
    return Check(name="quorum", ok=have >= registered.quorum, says=says, cure=cure)


def failed(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Those that do not hold."""
    return tuple(each for each in checks if not each.ok)
