"""A notice as a signed POST (Standard Webhooks), and never to where a stranger's URL should not lead us.

The host's name is resolved once, every address of it must be public, and the connection goes to that very address with
the name in TLS and Host: a name that changes its mind between check and connection leads nowhere. No redirects, no
proxy of the environment, nothing of the answer's body is read. A receiver has ten seconds for all of it: one that says
a letter now and then would otherwise hold everybody's notices up.
"""

import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx
from standardwebhooks import Webhook

from otc_desk.outgoing import exchange

TIMEOUT_SECONDS: Final = 10
"""From the first packet to the status of the answer."""
GONE: Final = 410
"""The receiver wants no more, ever (Standard Webhooks)."""
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_UNICAST: Final = ipaddress.ip_network("2000::/3")
"""What of IPv6 is given to anybody; the library counts more as global, such as fec0::/10 and ::127.0.0.1."""
_RESERVED: Final = (
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("192.88.99.0/24"),
    ipaddress.ip_network("3fff::/20"),
)
"""More that no public host has (IANA's registries of special-purpose addresses)."""
_HOST: Final = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?", re.ASCII)
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""Host and port -> addresses as text."""


class WebhookFailed(Exception):  # noqa: N818 - never leaves the notifier
    """It was not taken; the text names no URL."""

    def __init__(self, why: str, *, is_gone: bool = False) -> None:
        """`is_gone` where the receiver wants no more."""
        super().__init__(why)
        self.is_gone = is_gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a POST goes."""

    url: httpx.URL
    """The URL with the address in the host's place."""
    host: str
    """The host's name, for TLS."""
    authority: str
    """The same with its port, for the Host header."""


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a host, by the machine's resolver. Raises `WebhookFailed`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise WebhookFailed("its host has no address") from error
    return tuple(str(each[4][0]) for each in found)


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet, through every wrapping of IPv4 in IPv6."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if address not in _UNICAST:
            return False
    reserved = any(address in each for each in _RESERVED if each.version == address.version)
    return address.is_global and not address.is_multicast and not reserved


def parsed(url: str) -> httpx.URL:
    """An http or https URL that leads somewhere, without a password or a fragment. Raises `WebhookFailed`."""
    try:
        found = httpx.URL(url)
        host, port = found.host, found.port
    except (httpx.InvalidURL, ValueError) as error:  # also an xn-- name that stands for nothing
        raise WebhookFailed("it is no URL") from error
    if found.scheme not in ("https", "http") or found.userinfo or found.fragment or not _is_host(host):
        raise WebhookFailed("it is no https URL without a password")
    if port is not None and not 0 < port < 65_536:
        raise WebhookFailed("it has no such port")
    return found


def _is_host(host: str) -> bool:
    """A name, or an address; `host` is decoded where it was an xn-- name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return len(host) <= 253 and (not host.isascii() or _HOST.fullmatch(host) is not None)
    return "%" not in host  # no interface of this machine


def target_of(url: str, look_up: Resolve = resolve, *, allow_loopback: bool = False) -> Target:
    """Where a URL leads, checked. `allow_loopback` is for rehearsals: then 127.0.0.1 is fine, also without TLS.

    Raises `WebhookFailed`.
    """
    wanted = parsed(url)
    # In the letters of the net, as DNS and TLS take them: `host` of an xn-- name is decoded.
    host, port = wanted.raw_host.decode("ascii"), wanted.port or (443 if wanted.scheme == "https" else 80)
    found = look_up(host, port)
    if not found:
        raise WebhookFailed("its host has no address")
    loopback = allow_loopback and all(ipaddress.ip_address(each.partition("%")[0]).is_loopback for each in found)
    if not loopback and wanted.scheme != "https":
        raise WebhookFailed("it is not https")
    if not loopback and not all(is_public(each) for each in found):
        raise WebhookFailed("its host has an address that is not public")
    return Target(url=wanted.copy_with(host=found[0]), host=host, authority=wanted.netloc.decode("ascii"))


def post(
    target: Target, secret: str, notice: str, body: str, now: int, *, authorities: ssl.SSLContext | None = None
) -> None:
    """Sign and send. `notice` is its id, the same for every try; `now` unix seconds. Raises `WebhookFailed`.

    `authorities` says whose certificates count; None: those that the public web trusts.
    """
    signature = Webhook(secret).sign(notice, datetime.fromtimestamp(now, UTC), body)
    headers = {
        "Host": target.authority,
        "Content-Type": "application/json",
        "User-Agent": "IFX-desk",
        "webhook-id": notice,
        "webhook-timestamp": str(now),
        "webhook-signature": signature,
    }
    try:
        status = exchange(
            "POST",
            target.url,
            seconds=TIMEOUT_SECONDS,
            content=body.encode(),
            headers=headers,
            server_name=target.host,
            authorities=authorities,
        ).status
    except TimeoutError as error:
        raise WebhookFailed(f"it did not answer within {TIMEOUT_SECONDS} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise WebhookFailed(f"it was not reached ({type(error).__name__})") from error
    if not 200 <= status < 300:
        raise WebhookFailed(f"it answered {status}", is_gone=status == GONE)
