"""The doctor's own looks: at the key, the pages and the peers. Those at disk and chain are oracle_node.checks."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import httpx

from ifx_sdk.calendar import day_of
from ifx_sdk.errors import IFXError, NodeDown
from ifx_sdk.money import format_price
from ifx_sdk.oracle import Oracle
from ifx_sdk.signing import verify_digest_signature
from oracle_node.checks import unseen
from oracle_node.clocks import REFUSE_SECONDS, WARN_SECONDS, Clock, skew
from oracle_node.health import Check
from oracle_node.observe import FailedReading, Observer, PageReading, Pages, publishers_times
from oracle_node.peers import hear
from oracle_node.settings import Settings, read_signer

_PEER_SECONDS: Final = 10
_TRIAL: Final = b"ifx-oracle doctor: not a report\n"
"""32 bytes that are no digest of anything: who signs them has signed nothing."""


def key(settings: Settings) -> Check:
    """The key is there, for its owner alone, and signs."""
    try:
        signer = read_signer(settings.key)
        verify_digest_signature(_TRIAL, signer.address, signer.sign_digest(_TRIAL))
    except IFXError as error:
        return Check(name="key", ok=False, says=error.what, cure=error.cure or "See what it says.")
    return Check(name="key", ok=True, says=f"{signer.address} from {settings.key.place}")


def pages(observer: Observer, oracle: Oracle | None, clock: Clock) -> tuple[Check, ...]:
    """Each page is fetched once and gives every price; beside it, for information, the newest fixing."""
    found = observer.fetch(clock)
    readings = observer.read(found)
    newest = _Newest(oracle)
    checks = [_reading(each, newest) for each in readings]
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


class _Newest:
    """The newest fixings, asked for until the chain fails once: a chain that is down is told elsewhere, and slow."""

    def __init__(self, oracle: Oracle | None) -> None:
        self._oracle = oracle

    def beside(self, name: str, price: int) -> str:
        if self._oracle is None:
            return ""
        try:
            found = self._oracle.latest(name)
        except IFXError:
            self._oracle = None
            return ""
        if found is None:
            return "; nothing is fixed yet"
        on = datetime.fromtimestamp(found[0] * 86_400, UTC).date()
        same = "as is the fixing" if found[1] == price else f"{format_price(found[1])} is the fixing"
        return f"; {same} of {on}"


def _reading(reading: PageReading | FailedReading, newest: _Newest) -> Check:
    name = f"page {reading.underlying}"
    if isinstance(reading, PageReading):
        says = f"{format_price(reading.price)}{newest.beside(reading.underlying, reading.price)}"
        return Check(name=name, ok=True, says=says)
    if reading.sha256 is None:
        cure = "See whether this machine reaches it, and `page` under [[underlyings]]: a bot wall answers 403 or 429."
    else:
        cure = "Save the page and ask `ifx-oracle parse` what is read; `model` is its name as the page has it."
    return Check(name=name, ok=False, says=f"{reading.why} ({reading.page})", cure=cure)


def publishers_clock(found: Pages, now: int) -> Check:
    """The clock agrees with the `Date` of the pages' publishers."""
    off = skew(now, publishers_times(found, now))
    if off is None:
        return Check(name="clock of the pages", ok=True, says="no page tells its time", gates=False)
    cure = f"Set the machine's clock by NTP (timedatectl set-ntp true): above {REFUSE_SECONDS} s nothing is signed."
    beside = f"{abs(off)} s {'ahead of' if off > 0 else 'behind'}" if off else "that of"
    return Check(
        name="clock of the pages", ok=abs(off) <= WARN_SECONDS, says=f"the clock is {beside} the publishers'", cure=cure
    )


def peers(
    settings: Settings, oracle: Oracle | None, client: httpx.Client, clock: Clock, own: str | None
) -> tuple[Check, ...]:
    """Each peer answers, and those that do are enough for a quorum together with this node."""
    today = day_of(clock.now())
    name = settings.underlyings[0].name
    heard = hear(client, settings.peers, (name,), today, timeout_seconds=_PEER_SECONDS)
    checks = [
        Check(
            name=f"peer {each.peer.url}",
            ok=each.fault is None or each.has_nothing_yet,
            says=each.why or f"it has a report of today's {name}",
            cure="Ask its operator, or mend its `url` under [[peers]]; a quorum without it is enough.",
            gates=False,
        )
        for each in heard
    ]
    there = {each.peer.address for each in heard if each.fault is None or each.has_nothing_yet}
    if oracle is None:
        return tuple(checks)
    return (*checks, _quorum(oracle, today, there | ({own} if own is not None else set())))


def _quorum(oracle: Oracle, today: int, there: Iterable[str]) -> Check:
    cure = "Add the missing nodes under [[peers]], or wait for them: below a quorum nothing is ever posted."
    try:
        registered = oracle.signers_on(today)
    except IFXError as error:
        if type(error) is NodeDown:
            return unseen("quorum")
        return Check(name="quorum", ok=False, says=error.what, cure=error.cure)
    have = len(set(there) & set(registered.signers))
    says = f"{have} of {len(registered.signers)} registered nodes answer, {registered.quorum} make a fixing"
    return Check(name="quorum", ok=have >= registered.quorum, says=says, cure=cure)


def failed(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Those that do not hold."""
    return tuple(each for each in checks if not each.ok)
