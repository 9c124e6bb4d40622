"""A year of four nodes: outages of nodes, pages and the chain at random; every fixing that a quorum allowed, once.

Its first 60 days where somebody waits for the answer, all 365 by night (`YEAR_DAYS`).
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from support.net import PAGES_HOST, Net, net
from support.year import DAY, Model, Plan, plan, within

from ifx_sdk.money import format_price
from oracle_node import rounds
from oracle_node.archive import Archive
from oracle_node.observe import Release
from oracle_node.verify import Verdict, Verifier

FIRST_DAY = 20_649
"""2026-07-15."""
DAYS = int(os.environ.get("YEAR_DAYS", "60"))
"""How much of the year is lived."""
SEED = int(os.environ.get("YEAR_SEED", "1"))
"""Of everything that happens."""
NODES = range(4)
GPT, LUNA, NANO = "openai/gpt-4.1", "openai/gpt-5.6-luna", "openai/gpt-4.1-nano"
PAGES = {GPT: "models", LUNA: "models", NANO: "small"}
START = {GPT: 8_000_000, LUNA: 6_000_000, NANO: 400_000}
PAUSE = 3_600


@dataclass
class Year:
    """A year as it was lived."""

    plan: Plan
    model: Model
    net: Net


def page_text(plan: Plan, page: str, at: int) -> str:
    """A vendor's page at a time."""
    shown = [
        (name.partition("/")[2], dollars(plan.price(name, at))) for name in plan.names if plan.page_of[name] == page
    ]
    rows = "".join(f"<tr><td>{model}</td><td>$1.00</td><td>$0.10</td><td>{price}</td></tr>" for model, price in shown)
    return (
        "<html lang=en><body><h1>OpenAI API pricing</h1><h3>Standard</h3><p>Prices per 1M tokens.</p><table>"
        f"<tr><th>Model</th><th>Input</th><th>Cached input</th><th>Output</th></tr>{rows}</table></body></html>"
    )


def dollars(price: int) -> str:
    """As a page writes it."""
    return f"${price // 1_000_000:,}.{price % 1_000_000 // 10_000:02}"


@pytest.fixture(scope="module")
def year() -> Iterator[Year]:
    """Lived once. A node looks a minute apart at first and an hour apart later while a day is open, not every quarter
    of a minute and every five: nothing else differs from production, but for a disk in memory.
    """
    told = plan(SEED, FIRST_DAY, DAYS, PAGES, START)
    with pytest.MonkeyPatch.context() as patch:
        for name, seconds in (("ROUND_SECONDS", 60), ("SLOW_ROUND_SECONDS", 900), ("IDLE_ROUND_SECONDS", PAUSE)):
            patch.setattr(rounds, name, seconds)
        models = {name: name.partition("/")[2] for name in PAGES}
        with net(
            FIRST_DAY * DAY - 3_950, models, url=lambda name: f"https://{PAGES_HOST}/{PAGES[name]}", posted=START
        ) as found:
            found.quiet = True
            found.on_page = lambda request: answer(told, found, request)
            for node in NODES:
                found.chains[node].is_down = lambda node=node: within(told.rpc_down[node], found.clock.now())
            live(told, found)
            yield Year(plan=told, model=Model(plan=told, longest_pause=PAUSE + 120), net=found)


def answer(told: Plan, found: Net, request: httpx.Request) -> httpx.Response:
    """What a page answers a node; where it gives no price, in one of the ways in which pages do."""
    page, now = request.url.path.strip("/"), found.clock.now()
    if within(told.page_down[page, found.asking], now):
        kind = (now // 300 + found.asking) % 4
        if kind == 0:
            raise httpx.ReadTimeout("no answer", request=request)
        return (
            httpx.Response(503),
            httpx.Response(200, text="<html><body><h1>Just a moment...</h1></body></html>"),
            httpx.Response(200, text=page_text(told, page, now).replace("gpt", "gtp")),
        )[kind - 1]
    text = page_text(told, page, now - told.lag[found.asking])
    etag = f'"{hash(text)}"'
    if request.headers.get("If-None-Match") == etag:
        return httpx.Response(304, headers={"ETag": etag})
    return httpx.Response(200, text=text, headers={"ETag": etag})


def live(told: Plan, found: Net) -> None:
    """Nodes go up and down and operators release, as planned."""
    events = [(begin, "start", node) for node in NODES for begin, _ in told.up[node]]
    events += [(end, "stop", node) for node in NODES for _, end in told.up[node]]
    events += [(at, "release", place) for place, (at, _, _) in enumerate(told.releases)]
    for at, what, number in sorted(events):
        found.run_until(at)
        if what == "start":
            found.start(number)
        elif what == "stop":
            found.stop(number)
        else:
            _, name, price = told.releases[number]
            for node in NODES:
                found.release(node, Release(underlying=name, price=price))


def test_every_report_is_what_its_node_could_know(year: Year) -> None:
    """Each node signed what the model says of it, underlying by underlying and day by day, and nothing else."""
    signed = {}
    for node in NODES:
        with year.net.store_of(node) as store:
            signed |= {(node, *each.key): each.attestation.price for each in store.book.all()}
    assert signed == year.model.reports


def test_every_fixing_that_a_quorum_allowed_was_posted_and_none_wrong(year: Year) -> None:
    """Where some node surely heard a quorum there is the fixing; where none could there is none."""
    days = range(FIRST_DAY, FIRST_DAY + DAYS)
    wrong, open_ended, fixed = [], 0, 0
    for key in [(name, day) for name in PAGES for day in days]:
        price, may, must = year.net.price(*key), year.model.may(*key), year.model.must(*key)
        open_ended += may != must
        if price not in (may, must):
            wrong.append((key, price, may, must))
        fixed += price is not None
    assert wrong == []
    assert open_ended <= len(days) * len(PAGES) // 50
    assert len(days) * len(PAGES) // 2 < fixed < len(days) * len(PAGES)


def test_nothing_was_posted_twice(year: Year) -> None:
    """One event for each fixing, and no transaction that posted nothing."""
    oracle = year.net.ifx.oracle
    events = year.net.ifx.chain.events(oracle.codec, oracle.address, "FixingPosted")
    posted = Counter((each.args["underlying"], each.args["day"]) for each in events)
    assert set(posted.values()) == {1}
    posting = list(dict.fromkeys(each.tx_hash for each in events))
    sent = year.net.sent()
    assert sent[sent.index(posting[0]) :] == posting


def test_every_fixing_is_verified_from_its_raw_bytes(year: Year) -> None:
    """From the posting transaction to the pages, in the archive of a node whose signature is in it."""
    archives = [Archive(Path(each.state) / "archive") for each in year.net.settings]
    verifiers = [Verifier(archive) for archive in archives]
    verdicts: Counter[Verdict | None] = Counter()
    for day in range(FIRST_DAY, FIRST_DAY + DAYS):
        for place, name in enumerate(PAGES):
            if year.net.price(name, day) is None:
                continue
            turn = [(day + place + step) % 4 for step in NODES]
            kept = [node for node in turn if archives[node].fixing_path(name, day).exists()]
            results = (verifiers[node].day(name, day) for node in kept)
            proven = next((each for each in results if each.verdict is Verdict.PASS), None)
            verdicts[None if proven is None else proven.verdict] += 1
            assert proven is not None, f"{name} {day} {format_price(year.net.price(name, day) or 0)}"
            assert proven.price == year.net.price(name, day)
    assert set(verdicts) == {Verdict.PASS}
