"""A notice as a signed POST (Standard Webhooks), and never to where a stranger's URL should not lead us.

The host's name is resolved once, every address of it must be public, and the connection goes to that very address with
the name in TLS and Host: a name that changes its mind between check and connection leads nowhere. No redirects, no
proxy of the environment, nothing of the answer's body is read.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx
from standardwebhooks import Webhook

TIMEOUT_SECONDS: Final = 10
GONE: Final = 410
"""The receiver wants no more, ever (Standard Webhooks)."""
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
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
    return address.is_global and not address.is_multicast


def target_of(url: str, look_up: Resolve = resolve, *, allow_loopback: bool = False) -> Target:
    """Where a URL leads, checked. `allow_loopback` is for rehearsals: then 127.0.0.1 is fine, also without TLS.

    Raises `WebhookFailed`.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise WebhookFailed("it is no URL") from error
    host, port = parsed.host, parsed.port or (443 if parsed.scheme == "https" else 80)
    if parsed.scheme not in ("https", "http") or not host or parsed.userinfo:
        raise WebhookFailed("it is no https URL without a password")
    found = look_up(host, port)
    if not found:
        raise WebhookFailed("its host has no address")
    loopback = allow_loopback and all(ipaddress.ip_address(each.partition("%")[0]).is_loopback for each in found)
    if not loopback and parsed.scheme != "https":
        raise WebhookFailed("it is not https")
    if not loopback and not all(is_public(each) for each in found):
        raise WebhookFailed("its host has an address that is not public")
    authority = parsed.netloc.decode("ascii")
    return Target(url=parsed.copy_with(host=found[0]), host=host, authority=authority)


def post(target: Target, secret: str, notice: str, body: str, now: int) -> None:
    """Sign and send. `notice` is its id, the same for every try; `now` unix seconds. Raises `WebhookFailed`."""
    signature = Webhook(secret).sign(notice, datetime.fromtimestamp(now, UTC), body)
    headers = {
        "Host": target.authority,
        "Content-Type": "application/json",
        "User-Agent": "IFX-desk",
        "webhook-id": notice,
        "webhook-timestamp": str(now),
        "webhook-signature": signature,
    }
    extensions = {"sni_hostname": target.host}
    try:
        with (
            httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=False) as client,
            client.stream("POST", target.url, content=body.encode(), headers=headers, extensions=extensions) as answer,
        ):
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise WebhookFailed(f"it was not reached ({type(error).__name__})") from error
    if not 200 <= status < 300:
        raise WebhookFailed(f"it answered {status}", is_gone=status == GONE)
