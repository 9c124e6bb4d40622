"""Four nodes on the eve of a day: what the tests of their rounds share."""

from collections.abc import Callable, Iterable

import httpx
from support.net import Net, metric
from support.nodes import DAY, GPT, LUNA, MIDNIGHT

from ifx_sdk import devnet
from ifx_sdk.reports import attest
from oracle_node.assembly import Mode
from oracle_node.report import SignedReport

DAY_SECONDS = 86_400
EVENING = MIDNIGHT - 3_900
MODELS = {GPT: "gpt-4.1", LUNA: "gpt-5.6-luna"}
PRICES = {GPT: 8_000_000, LUNA: 6_000_000}
LAST_ROUND = MIDNIGHT + DAY_SECONDS - 10
BAD = 3
"""The node that misbehaves."""
OUTSIDER = 9
"""Somebody who is no node."""


def address(number: int) -> str:
    """The account of a node."""
    return devnet.signer(devnet.NODES[number]).address


def signed(four: Net, number: int, price: int, *, name: str = GPT, day: int = DAY) -> bytes:
    """A report as the node with this number signs it."""
    signer = devnet.signer(devnet.OUTSIDER if number == OUTSIDER else devnet.NODES[number])
    made = attest(signer, four.ifx.oracle.domain(), underlying=name, day=day, price=price, evidence=bytes(32))
    return SignedReport(attestation=made, signer=signer.address).canonical()


def asked_for(path: str) -> tuple[str, int]:
    """Underlying and day of a `/reports/...` path."""
    name, _, day = path.removeprefix("/reports/").rpartition("/")
    return name, int(day)


def begin(four: Net, numbers: Iterable[int] = range(4), mode: Mode = Mode.POST) -> None:
    """Bring nodes up before the window and let them work until midnight; what they said until then is forgotten."""
    for number in numbers:
        four.start(number, mode)
    four.run_until(MIDNIGHT)
    four.events.clear()


def posts(four: Net) -> list[float]:
    """What each node that is up counts as posted by itself."""
    return [metric(node, "posts_total", result="posted") or 0 for node in four.nodes.values()]


def honest(four: Net, number: int) -> Callable[[str], httpx.Response]:
    """The report that a node would have made."""
    return lambda path: httpx.Response(
        200, content=signed(four, number, PRICES[asked_for(path)[0]], name=asked_for(path)[0])
    )
