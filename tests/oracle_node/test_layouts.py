"""A page whose tables change while it still gives its prices is told once, with what changed; a price alone is not."""

import httpx
from support.net import PRICING, Net, net
from support.nodes import DAY, GPT, LUNA, MIDNIGHT, page

from oracle_node.assembly import Mode

EVENING = MIDNIGHT - 2 * 3_600
MODELS = {GPT: "gpt-4.1", LUNA: "gpt-5.6-luna"}
WIDER = page().replace("<th>Output</th>", "<th>Cache writes</th><th>Output</th>").replace("<td>$8", "<td>-</td><td>$8")
WIDER = WIDER.replace("<td>$6", "<td>-</td><td>$6")


def told(one: Net) -> list[str]:
    """What the alerts of a changed page said, in their order."""
    return [
        str(event["text"])
        for _, event in one.events
        if event.get("event") == "alert" and event.get("cause") == "page_changed" and event.get("about") == PRICING
    ]


def test_a_new_column_is_told_once_with_the_difference() -> None:
    """At 23:20 a column appears; the prices are read on, and one event shows the two headers."""
    with net(EVENING, MODELS) as one:
        one.pages = lambda url, at: httpx.Response(200, text=page() if at < MIDNIGHT - 2_400 else WIDER)
        node = one.start(0, Mode.SIGN)
        one.run_until(MIDNIGHT + 60)
        report = node.store.book.get(GPT, DAY)
        assert report is not None
        assert report.attestation.price == 8_000_000
        (only,) = told(one)
        assert "Cache writes" in only


def test_another_price_is_no_other_layout() -> None:
    """Figures change every week; tables do not."""
    with net(EVENING, MODELS) as one:
        one.pages = lambda url, at: httpx.Response(200, text=page() if at < MIDNIGHT - 2_400 else page(gpt="7.00"))
        one.start(0, Mode.SIGN)
        one.run_until(MIDNIGHT + 60)
        assert told(one) == []


def test_a_restart_forgets_no_layout() -> None:
    """The column appears while the node is down."""
    with net(EVENING, MODELS) as one:
        one.start(0, Mode.SIGN)
        one.run_until(MIDNIGHT - 2_400)
        one.stop(0)
        one.pages = lambda url, at: httpx.Response(200, text=WIDER)
        one.start(0, Mode.SIGN)
        one.run_until(MIDNIGHT - 1_200)
        assert len(told(one)) == 1
