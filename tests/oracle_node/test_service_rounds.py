"""The loop that hears, posts and watches: what it does when peers or the chain fail, and whom it tells."""

from collections.abc import Callable, Iterable, Iterator

import httpx
import pytest
from support.net import Net, metric, net
from support.nodes import DAY, GPT, LUNA, MIDNIGHT, page

from ifx_sdk import devnet
from ifx_sdk.chain import Call
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


@pytest.fixture
def four() -> Iterator[Net]:
    """Four nodes' settings, none of them up, shortly before the window; the evening's fixings are on the chain."""
    with net(EVENING, MODELS, posted=PRICES) as found:
        yield found


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


def honest(four: Net, number: int) -> Callable[[str], httpx.Response]:
    """The report that a node would have made."""
    return lambda path: httpx.Response(
        200, content=signed(four, number, PRICES[asked_for(path)[0]], name=asked_for(path)[0])
    )


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


# ------------------------------------------------------------------------------------------------------- the chain


def test_a_post_that_is_reorganised_away_is_told_and_posted_again(four: Net) -> None:
    """The chain forgets the block; the next round says so, and the same transaction is mined again."""
    begin(four)
    for number in range(4):
        four.chains[number].final_behind = 1_000
    mark = four.local.snapshot()
    four.run_until(MIDNIGHT + 10)
    first = four.said(0, "posted")[0]["tx"]
    assert four.price(GPT, DAY) == 8_000_000
    four.local.revert(mark)
    assert four.price(GPT, DAY) is None
    four.run_until(MIDNIGHT + 1_000)
    assert {name: four.price(name, DAY) for name in MODELS} == PRICES
    assert four.alerts(0)[0] == f"fixing_lost:{GPT}"
    assert {line["tx"] for line in four.said(0, "posted")} == {first}
    assert four.open(0) == set()


def test_a_fixing_is_archived_once_it_is_final(four: Net) -> None:
    """What may still be undone is in no archive; rounds go on until it is."""
    begin(four)
    for number in range(4):
        four.chains[number].final_behind = 1_000
    four.run_until(MIDNIGHT + 1_000)
    assert four.nodes[0].archive.fixing(GPT, DAY) is None
    for number in range(4):
        four.chains[number].final_behind = 0
    four.run_until(MIDNIGHT + 1_100)
    for node in four.nodes.values():
        found = node.archive.fixing(GPT, DAY)
        assert found is not None
        assert found.price == 8_000_000
        assert node.rounds.due() == MIDNIGHT + DAY_SECONDS + 5


def test_what_is_posted_is_archived_beside_what_has_no_quorum(four: Net) -> None:
    """One underlying is fixed and the other one stays open all day: the first one's transaction is kept."""
    begin(four)
    turn: dict[int, int] = {}

    def page_of(request: httpx.Request) -> httpx.Response:
        turn[four.clock.now()] = turn.get(four.clock.now(), -1) + 1
        return httpx.Response(200, text=page(gpt="8.00" if turn[four.clock.now()] < 2 else "7.00"))

    four.on_page = page_of
    four.sleep_until(MIDNIGHT + DAY_SECONDS - 3_900)
    four.run_until(MIDNIGHT + DAY_SECONDS + 100)
    assert four.price(GPT, DAY + 1) is None
    assert all(node.archive.fixing(LUNA, DAY + 1) is not None for node in four.nodes.values())


def test_a_post_of_the_last_minute_is_archived_on_the_next_day(four: Net) -> None:
    """Final after midnight only, and the node was restarted in between: it is kept all the same."""
    late = MIDNIGHT + DAY_SECONDS - 20
    begin(four, range(2))
    four.run_until(MIDNIGHT + 60)
    four.sleep_until(late - 170)
    four.run_until(late)
    four.answers[2] = honest(four, 2)
    for number in range(4):
        four.chains[number].final_behind = 1_000
    four.run_until(MIDNIGHT + DAY_SECONDS + 10)
    assert four.price(GPT, DAY) == 8_000_000
    assert four.nodes[0].archive.fixing(GPT, DAY) is None
    assert not any(each.startswith("not_fixed") for number in range(2) for each in four.alerts(number))
    four.stop(0)
    for number in range(4):
        four.chains[number].final_behind = 0
    four.start(0)
    four.run_until(MIDNIGHT + DAY_SECONDS + 100)
    assert four.nodes[0].archive.fixing(GPT, DAY) is not None


def test_slots_go_on_while_the_chain_is_down(four: Net) -> None:
    """Down from 23:10 to 03:00 for everyone: thirteen valid slots, signed at midnight, posted once it is back."""
    four.start_all()
    four.run_until(MIDNIGHT - 3_000)
    for number in range(4):
        four.chains[number].down = True
    four.run_until(MIDNIGHT + 60)
    four.sleep_until(MIDNIGHT + 3 * 3_600)
    four.run_until(MIDNIGHT + 3 * 3_600 + 60)
    for number, node in four.nodes.items():
        assert metric(node, "valid_slots", underlying=GPT) == 13
        assert node.store.book.get(GPT, DAY) is not None
        assert four.open(number) == {"chain_unusable:in-process"}
        four.chains[number].down = False
    four.run_until(MIDNIGHT + 4 * 3_600)
    assert {name: four.price(name, DAY) for name in MODELS} == PRICES
    assert posts(four) == [2, 0, 0, 0]
    assert all(four.open(number) == set() for number in range(4))


def test_a_node_whose_chain_is_down_at_its_start_observes_and_signs(four: Net) -> None:
    """It starts, says that it knows no price to begin from, and reports; the others post."""
    four.chains[0].down = True
    four.start_all()
    four.run_until(MIDNIGHT + 1_000)
    assert four.said(0, "no price to begin from") != []
    assert four.nodes[0].store.book.get(GPT, DAY) is not None
    assert {name: four.price(name, DAY) for name in MODELS} == PRICES
    assert posts(four) == [0, 2, 0, 0]


def test_a_low_balance_is_told_while_it_still_posts(four: Net) -> None:
    """Coin for fewer than fourteen posts is an alert; it ends when the account is filled."""
    poor, rich = devnet.signer(devnet.NODES[0]), devnet.signer(devnet.DEPLOYER)
    have = four.ifx.chain.balance(poor.address)
    most = Call(name="drain", to=rich.address, data=b"", value=have - 2 * 10**15)
    four.ifx.chain.send(most, poor).confirmed()
    four.start_all()
    four.run_until(MIDNIGHT + 10)
    assert four.price(GPT, DAY) == 8_000_000
    assert four.open(0) == {"balance_low:account"}
    assert (metric(four.nodes[0], "postings_left") or 0) < 14
    assert metric(four.nodes[0], "balance_wei") == four.ifx.chain.balance(poor.address)
    devnet.faucet(four.ifx, poor.address, eth=10**18)
    four.run_until(MIDNIGHT + 1_000)
    assert four.open(0) == set()


def test_a_post_that_fails_is_told_and_the_next_node_posts(four: Net) -> None:
    """An empty account cannot post: the alert says so, and half a minute later the second one's turn comes."""
    poor = devnet.signer(devnet.NODES[0])
    have = four.ifx.chain.balance(poor.address)
    drain = Call(name="drain", to=address(1), data=b"", value=have - 10**14)
    four.ifx.chain.send(drain, poor).confirmed()
    four.start_all()
    four.run_until(MIDNIGHT + 10)
    assert "posting_failing:chain" in four.open(0)
    assert metric(four.nodes[0], "posts_total", result="failed") == 2
    four.run_until(MIDNIGHT + 1_000)
    assert {name: four.price(name, DAY) for name in MODELS} == PRICES
    assert posts(four) == [0, 2, 0, 0]
    assert "posting_failing:chain" not in four.open(0)


def test_a_fixing_that_this_node_did_not_see_is_told(four: Net) -> None:
    """Three nodes read 8.00 and one 7.00: its report has no part in the fixing, and its operator should know why."""
    four.start_all()
    turn = {}

    def page_of(request: httpx.Request) -> httpx.Response:
        now = four.clock.now()
        turn[now] = turn.get(now, -1) + 1
        return httpx.Response(200, text=page(gpt="7.00" if turn[now] == BAD else "8.00"))

    four.on_page = page_of
    four.run_until(MIDNIGHT + 1_000)
    assert four.price(GPT, DAY) == 8_000_000
    assert f"fixing_differs:{GPT}" in four.open(BAD)
    assert four.said(BAD, "alert")[0]["text"] == "the chain says 8.00 USD/Mtok, this node 7.00 USD/Mtok"
    assert four.open(0) == {f"peer_faulty:{address(BAD)}"}


# ------------------------------------------------------------------------------------------------------- the modes


def test_a_shadow_reads_and_hears_and_signs_nothing(four: Net) -> None:
    """Dry run beside three that post: the median in its metrics, no report in its book, no transaction of its own."""
    shadow = four.start(0, Mode.DRY_RUN)
    for number in (1, 2, 3):
        four.start(number)
    four.run_until(MIDNIGHT + 1_000)
    assert metric(shadow, "valid_slots", underlying=GPT) == 13
    assert shadow.store.book.get(GPT, DAY) is None
    assert metric(shadow, "fixing_micro_usd", underlying=GPT) == 8_000_000
    assert shadow.archive.fixing(GPT, DAY) is not None
    assert posts(four) == [0, 2, 0, 0]
    assert four.ifx.chain.node.nonce(address(0)) == 0


def test_nodes_that_only_sign_leave_the_post_to_others(four: Net) -> None:
    """Everyone signs, nobody posts: each says what it would post, and anyone can post it."""
    four.start_all(Mode.SIGN)
    four.run_until(MIDNIGHT + 100)
    assert four.price(GPT, DAY) is None
    assert four.said(0, "would post")[0]["price"] == 8_000_000
    four.stop(2)
    four.start(2, Mode.POST)
    four.run_until(MIDNIGHT + 1_000)
    assert {name: four.price(name, DAY) for name in MODELS} == PRICES
