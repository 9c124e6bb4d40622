"""How often somebody may ask: tokens that fill up at an even pace, for each account and for each address."""

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_KNOWN_CALLERS: Final = 10_000
"""Callers whose rate is remembered; who was silent longest is forgotten first."""
_OWN_BITS: Final = 64
"""Of an IPv6 address, one subscriber has all the rest."""


class Rates:
    """At most a minute's worth at once, then at an even pace. Threads share it."""

    def __init__(self, per_minute: int) -> None:
        """`per_minute` for each caller."""
        self._per_minute = per_minute
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, caller: str, now: float) -> int:
        """Take a token: 0 where there was one, else the seconds until there is. `now` in seconds of one clock."""
        with self._lock:
            left, since = self._known.pop(caller, (float(self._per_minute), now))
            left = min(float(self._per_minute), left + max(0.0, now - since) * self._per_minute / 60)
            ok = left >= 1
            self._known[caller] = (left - 1 if ok else left, now)
            if len(self._known) > _KNOWN_CALLERS:
                self._known.popitem(last=False)
        return 0 if ok else max(1, round((1 - left) * 60 / self._per_minute))


def address_of(peer: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> str:
    """Whose rate it is: the peer's, or where that is a trusted proxy the last address that no trusted one added.

    `forwarded` is what stands in the X-Forwarded-For headers, in their order. Whoever is not a proxy of the settings
    can write there what he likes: it is not read.
    """
    found = peer
    for hop in (peer, *reversed(forwarded)):
        parsed = _parsed(hop)
        if parsed is None:
            break  # nothing that a proxy writes: who is before it cannot be known
        found = _subscriber(parsed)
        if not any(parsed in network for network in proxies):
            break
    return found


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _subscriber(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((int(address), _OWN_BITS), strict=False))
