"""The loop that hears, posts and watches: what it does when the chain fails, and in each mode."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from support.eve import BAD, DAY_SECONDS, EVENING, MODELS, PRICES, address, begin, honest, posts
from support.net import Net, metric, net
from support.nodes import DAY, GPT, LUNA, MIDNIGHT, page

from ifx_sdk import devnet
from ifx_sdk.chain import Call
from oracle_node.assembly import Mode


@pytest.fixture
def four() -> Iterator[Net]:
    """Four nodes' settings, none of them up, shortly before the window; the evening's fixings are on the chain."""
    with net(EVENING, MODELS, posted=PRICES) as found:
        yield found


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


def test_what_a_reviewer_posts_is_signed_and_left_to_him(four: Net) -> None:
    """An underlying that asks for a review is no failure of the node's own posts, which go on beside it."""
    four.start_all()
    for node in four.nodes.values():
        index = node.oracle.index_of(GPT)
        node.oracle._names[index] = replace(node.oracle.underlying(index), review_required=True)
    four.run_until(MIDNIGHT + 1_000)
    assert four.price(LUNA, DAY) == 6_000_000
    assert four.price(GPT, DAY) is None
    assert four.nodes[0].store.book.get(GPT, DAY) is not None
    assert "posting_failing:chain" not in four.open(0)
