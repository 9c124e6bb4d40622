"""The loop that hears, posts and watches: what it does when peers or the quorum fail, and whom it tells."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from support.eve import (
    BAD,
    DAY_SECONDS,
    EVENING,
    LAST_ROUND,
    MODELS,
    OUTSIDER,
    PRICES,
    address,
    asked_for,
    begin,
    honest,
    posts,
    signed,
)
from support.net import Net, metric, net
from support.nodes import DAY, GPT, LUNA, MIDNIGHT, page


@pytest.fixture
def four() -> Iterator[Net]:
    """Four nodes' settings, none of them up, shortly before the window; the evening's fixings are on the chain."""
    with net(EVENING, MODELS, posted=PRICES) as found:
        yield found


# ------------------------------------------------------------------------------------------------------- the peers


def endless(four: Net) -> Callable[[str], httpx.Response]:
    """A stream of a gigabyte; whoever reads all of it fails the test."""

    def stream() -> Iterator[bytes]:
        for _ in range(16):
            yield bytes(1 << 16)
        pytest.fail("a megabyte of an answer was read")

    return lambda path: httpx.Response(200, content=stream())


def of_yesterday(four: Net) -> Callable[[str], httpx.Response]:
    """Yesterday's report, whatever day is asked for."""
    return lambda path: httpx.Response(200, content=signed(four, BAD, 8_000_000, name=asked_for(path)[0], day=DAY - 1))


def anothers(four: Net) -> Callable[[str], httpx.Response]:
    """The report of a fourth party, passed off as its own."""
    return lambda path: httpx.Response(200, content=signed(four, OUTSIDER, 8_000_000, name=asked_for(path)[0]))


def wrong(four: Net) -> Callable[[str], httpx.Response]:
    """Half the price."""
    return lambda path: httpx.Response(200, content=signed(four, BAD, 4_000_000, name=asked_for(path)[0]))


def broken(four: Net) -> Callable[[str], httpx.Response]:
    """A report whose price was changed after it was signed."""
    return lambda path: httpx.Response(
        200, content=signed(four, BAD, 8_000_000, name=asked_for(path)[0]).replace(b"8000000", b"8000001")
    )


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (lambda four: lambda path: httpx.Response(200, text="<html>"), "garbage"),
        (lambda four: lambda path: httpx.Response(500), "garbage"),
        (broken, "garbage"),
        (endless, "garbage"),
        (of_yesterday, "another_day"),
        (anothers, "not_its_own"),
        (wrong, "wrong_price"),
    ],
    ids=["html", "500", "broken", "gigabyte", "yesterday", "anothers", "wrong"],
)
def test_a_faulty_peer_is_named_and_the_others_post_the_honest_price(
    four: Net, answer: Callable[[Net], Callable[[str], httpx.Response]], fault: str
) -> None:
    """Each fault is in the log, the metrics and one alert of every honest node; the day is fixed, once."""
    begin(four, range(3))
    four.answers[BAD] = answer(four)
    four.run_until(MIDNIGHT + 1_000)
    assert {name: four.price(name, DAY) for name in MODELS} == PRICES
    assert posts(four) == [2, 0, 0]
    for number, node in four.nodes.items():
        assert {line["fault"] for line in four.said(number, "peer") if line["peer"] == address(BAD)} == {fault}
        assert metric(node, "peer_faults_total", peer=address(BAD), fault=fault) == 2
        assert four.alerts(number) == [f"peer_faulty:{address(BAD)}"]
        assert f"peer_faulty:{address(BAD)}" in four.open(number)


def test_a_peer_that_signs_two_prices_is_named_with_both(four: Net) -> None:
    """The right one first and the wrong one later: who heard both keeps both, which is a proof against it."""

    def said(path: str) -> httpx.Response:
        name = asked_for(path)[0]
        price = 4_000_000 if name == GPT and four.clock.now() > MIDNIGHT + 600 else PRICES[name]
        return httpx.Response(200, content=signed(four, BAD, price, name=name))

    begin(four, range(3))
    four.answers[BAD] = said
    four.run_until(MIDNIGHT + 1_000)
    assert {name: four.price(name, DAY) for name in MODELS} == PRICES
    told = {number: [(line["fault"], line["why"]) for line in four.said(number, "peer")] for number in range(3)}
    late = [("wrong_price", "it signed 4.00 USD/Mtok, the quorum 8.00 USD/Mtok")]
    assert told == {0: [("two_prices", "it signed 8.00 USD/Mtok and 4.00 USD/Mtok")], 1: late, 2: late}
    signers = [each.signer for each in four.nodes[0].archive.reports(GPT, DAY)]
    assert signers.count(address(BAD)) == 2
    assert metric(four.nodes[0], "peer_faults_total", peer=address(BAD), fault="two_prices") == 1
    assert all(four.open(number) == {f"peer_faulty:{address(BAD)}"} for number in range(3))


def test_a_peer_that_signs_anew_at_every_request_fills_no_disk(four: Net) -> None:
    """A new price each time it is asked, for hours without a quorum: the first is kept, and one as the proof."""
    asked = iter(range(1_000_000))
    begin(four, [0])
    four.answers[BAD] = lambda path: httpx.Response(
        200, content=signed(four, BAD, 4_000_000 + next(asked), name=asked_for(path)[0])
    )
    four.run_until(MIDNIGHT + 7_200)
    assert next(asked) > 100
    assert {each.signer for each in four.nodes[0].archive.reports(GPT, DAY)} == {address(0), address(BAD)}
    assert len(four.nodes[0].archive.reports(GPT, DAY)) == 3
    assert {line["fault"] for line in four.said(0, "peer") if line["peer"] == address(BAD)} == {"two_prices"}


def test_a_silent_peer_is_counted_and_nobody_is_woken(four: Net) -> None:
    """Withholding is a node's right: a line in the log, a number, no alert."""
    begin(four, range(3))
    four.run_until(MIDNIGHT + 1_000)
    assert {name: four.price(name, DAY) for name in MODELS} == PRICES
    for number, node in four.nodes.items():
        told = [line["underlying"] for line in four.said(number, "peer")]
        assert told == [GPT, LUNA]
        assert metric(node, "peer_faults_total", peer=address(BAD), fault="silent") == 4  # and on the evening before
        assert four.alerts(number) == []


def test_the_alert_of_a_peer_ends_with_its_first_good_day(four: Net) -> None:
    """Garbage on one day, a report on the next."""
    four.answers[BAD] = lambda path: httpx.Response(200, text="<html>")
    four.start_all()
    four.run_until(MIDNIGHT + 1_000)
    assert four.open(0) == {f"peer_faulty:{address(BAD)}"}
    del four.answers[BAD]
    four.run_until(MIDNIGHT + DAY_SECONDS + 1_000)
    assert four.open(0) == set()


def test_the_first_in_turn_is_down_and_the_second_posts(four: Net) -> None:
    """Node k waits k times 30 s: with the first one down the second posts, half a minute later."""
    for number in (1, 2, 3):
        four.start(number)
    four.run_until(MIDNIGHT + 29)
    assert four.price(GPT, DAY) is None
    four.run_until(MIDNIGHT + 1_000)
    assert {name: four.price(name, DAY) for name in MODELS} == PRICES
    assert posts(four) == [2, 0, 0]


# ------------------------------------------------------------------------------------------------------ the quorum


def test_a_day_without_a_quorum_is_told_and_stays_open(four: Net) -> None:
    """Two of four report: an alert after half an hour, nothing posted, and at midnight the day is given up."""
    begin(four, range(2))
    four.run_until(MIDNIGHT + 60)
    four.sleep_until(MIDNIGHT + 1_750)
    four.run_until(MIDNIGHT + 1_790)
    assert four.alerts(0) == []
    four.run_until(MIDNIGHT + 2_000)
    assert four.alerts(0) == [f"no_quorum:{GPT}", f"no_quorum:{LUNA}"]
    assert "2 of 3 signatures on one price on 2026-07-15" in four.said(0, "alert")[0]["text"]
    assert metric(four.nodes[0], "agreeing_nodes", underlying=GPT) == 2
    assert metric(four.nodes[0], "quorum") == 3
    four.sleep_until(MIDNIGHT + DAY_SECONDS - 300)
    four.run_until(MIDNIGHT + DAY_SECONDS + 10)
    assert four.price(GPT, DAY) is None
    told = [each for each in four.alerts(0)[2:] if not each.startswith(("slots_missing", "no_report"))]
    assert told == [f"not_fixed:{GPT}", f"not_fixed:{LUNA}"]
    assert not any(each.startswith(("no_quorum", "not_fixed")) for each in four.open(0))


def test_a_quorum_that_comes_at_the_last_minute_posts(four: Net) -> None:
    """The third report is there at 23:59:40: the last round of the day posts, and the day is fixed."""
    late = MIDNIGHT + DAY_SECONDS - 20
    agreed = honest(four, 2)
    four.answers[2] = lambda path: agreed(path) if four.clock.now() >= late else httpx.Response(404)
    begin(four, range(2))
    four.run_until(MIDNIGHT + 60)
    four.sleep_until(late - 170)
    four.run_until(late)
    assert four.price(GPT, DAY) is None
    four.run_until(LAST_ROUND)
    assert {name: four.price(name, DAY) for name in MODELS} == PRICES
    assert four.ifx.chain.timestamp() < MIDNIGHT + DAY_SECONDS
    four.run_until(MIDNIGHT + DAY_SECONDS + 10)
    assert not any(each.startswith("not_fixed") for each in four.alerts(0))


def test_the_first_round_of_a_day_is_five_seconds_in_also_after_an_open_one(four: Net) -> None:
    """A day that stayed open to its end does not delay the next one."""
    begin(four, range(2))
    four.sleep_until(LAST_ROUND - 60)
    four.run_until(LAST_ROUND)
    assert four.nodes[0].rounds.due() == MIDNIGHT + DAY_SECONDS + 5


def test_nodes_that_disagree_fix_nothing(four: Net) -> None:
    """A repricing in the middle of the window, seen by two of four: no price has three signatures."""
    four.start_all()
    four.run_until(EVENING + 60)
    seen = {}

    def page_of(request: httpx.Request) -> httpx.Response:
        turn = seen[four.clock.now()] = seen.get(four.clock.now(), -1) + 1
        return httpx.Response(200, text=page(gpt="8.00" if turn < 2 else "7.00"))

    four.on_page = page_of
    four.run_until(MIDNIGHT + 60)
    four.sleep_until(MIDNIGHT + 1_800)
    four.run_until(MIDNIGHT + 1_870)
    assert four.price(GPT, DAY) is None
    assert four.price(LUNA, DAY) == 6_000_000
    assert all(f"no_quorum:{GPT}" in four.open(number) for number in range(4))
    assert metric(four.nodes[0], "agreeing_nodes", underlying=GPT) == 2
