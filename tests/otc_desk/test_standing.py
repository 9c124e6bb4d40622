"""What a request is held against is read once for each block, and is never older than the question."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.chain import DAY, GPT, LUNA
from support.desk import Participant
from support.desk_market import wish
from support.faults import TwistedNode, is_down

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from ifx_sdk.local_chain import LocalChain
from otc_desk.desk import Desk
from otc_desk.errors import NotNow
from otc_desk.references import insiders, read_reference
from otc_desk.standing import Standing, Standings

WAITING = 8
"""Threads that ask while a question is under way."""


class Behind:
    """Standings on a node that can be twisted, and what it was asked."""

    def __init__(self, ifx: IFX, clock: Callable[[], float] | None = None) -> None:
        self.node = TwistedNode(ifx.chain.web3)
        through = IFX(Chain(self.node.web3, chain_id=31337), ifx.deployment)
        self.standings = Standings(through) if clock is None else Standings(through, clock=clock)
        self.day = day_of(ifx.chain.now())

    def of(self, underlying: str = GPT) -> Standing:
        return self.standings.of(underlying, self.day)

    def asked(self, method: str = "eth_call") -> int:
        """How often since the last look at it."""
        found = self.node.asked.count(method)
        self.node.asked = [each for each in self.node.asked if each != method]
        return found


@pytest.fixture
def behind(deployed: IFX) -> Behind:
    """On the in-process deployment."""
    return Behind(deployed)


def truth(ifx: IFX, underlying: str = GPT) -> Standing:
    """Read now, by nobody's memory."""
    day = day_of(ifx.chain.now())
    return Standing(reference=read_reference(ifx, underlying), insiders=insiders(ifx, day))


def test_a_block_is_read_once(deployed: IFX, behind: Behind) -> None:
    """The second to ask costs one question, which block is the newest; another underlying is read for itself."""
    assert behind.of() == truth(deployed)
    assert behind.asked() == 7
    behind.asked("eth_getBlockByNumber")
    assert behind.of() == truth(deployed)
    assert (behind.asked(), behind.asked("eth_getBlockByNumber")) == (0, 1)
    assert behind.of(LUNA) == truth(deployed, LUNA)
    assert behind.asked() == 7


def test_a_new_block_is_seen_at_once(deployed: IFX, behind: Behind) -> None:
    """A fixing, a listing and a reviewer that a block brings count for the next who asks."""
    before = behind.of()
    devnet.travel(deployed, to=(behind.day + 1) * DAY + 60)
    devnet.post(deployed, {GPT: 7_000_000})
    behind.day += 1
    assert behind.of() == truth(deployed)
    assert (before.reference.spot, behind.of().reference.spot) == (8_000_000, 7_000_000)
    outsider = dev_address(devnet.OUTSIDER)
    assert outsider not in behind.of().insiders
    devnet.by_owner(
        deployed,
        deployed.oracle.prepare("set_reviewer", outsider),
        deployed.escrow.prepare("list_underlying", GPT, 7),
    )
    behind.day = day_of(deployed.chain.now())
    assert behind.of() == truth(deployed)
    assert outsider in behind.of().insiders
    assert behind.of().reference.lot == 7


def test_a_block_in_anothers_place_is_read_anew(deployed: IFX, behind: Behind, local: LocalChain) -> None:
    """The chain undoes a fixing and mines as many other blocks: the fixing is gone."""
    devnet.travel(deployed, to=(behind.day + 1) * DAY + 60)
    behind.day += 1
    mark, height = local.snapshot(), deployed.chain.block_number()
    devnet.post(deployed, {GPT: 7_000_000})
    assert behind.of().reference.spot == 7_000_000
    number = deployed.chain.block_number()
    local.revert(mark)
    assert deployed.chain.block_number() == height
    while deployed.chain.block_number() < number:
        local.mine()
    assert behind.of() == truth(deployed)
    assert behind.of().reference.spot == 8_000_000


def test_what_was_read_across_two_blocks_is_not_kept(deployed: IFX, behind: Behind, local: LocalChain) -> None:
    """A block comes between two answers, and the chain goes back: the next reads anew."""
    mark = local.snapshot()

    def mined(params: Any, ask: Callable[[], Any]) -> Any:
        answer = ask()
        local.mine()
        return answer

    behind.node.twists["eth_call"] = mined
    behind.of()
    del behind.node.twists["eth_call"]
    local.revert(mark)
    behind.asked()
    assert behind.of() == truth(deployed)
    assert behind.asked() == 7


def test_a_name_that_is_not_listed_is_not_kept(behind: Behind) -> None:
    """Whoever asks for thousands of names fills nothing; what is listed stays known."""
    behind.of()
    for number in range(3):
        assert behind.of(f"openai/none-{number}").reference.lot == 0
    behind.asked()
    behind.of("openai/none-0")
    assert behind.asked() == 7
    behind.of()
    assert behind.asked() == 0


def test_a_node_that_names_no_block_is_read_each_time(deployed: IFX, behind: Behind) -> None:
    """Without a hash nothing tells two blocks apart."""

    def nameless(params: Any, ask: Callable[[], Any]) -> Any:
        answer = ask()
        return answer | {"result": answer["result"] | {"hash": None}}

    behind.node.twists["eth_getBlockByNumber"] = nameless
    for _ in range(2):
        assert behind.of() == truth(deployed)
        assert behind.asked() == 7


class Crowd:
    """Threads that ask while the first one's question is under way."""

    def __init__(self, ifx: IFX) -> None:
        self.behind = Behind(ifx, clock=self.clock)
        self.found: list[Standing | NotNow] = []
        self._lock, self._ticks = threading.Lock(), 0
        self._all_wait = threading.Event()

    def clock(self) -> float:
        """One more each time; all wait when the first one read it twice and each other one once."""
        with self._lock:
            self._ticks += 1
            if self._ticks == 2 + WAITING:
                self._all_wait.set()
            return float(self._ticks)

    def ask(self) -> None:
        try:
            found: Standing | NotNow = self.behind.of()
        except NotNow as error:
            found = error
        with self._lock:
            self.found.append(found)

    def meet(self, at_first: Callable[[Any, Callable[[], Any]], Any]) -> None:
        """The first question for the newest block ends as told once all others wait."""
        under_way = threading.Event()

        def first(params: Any, ask: Callable[[], Any]) -> Any:
            del self.behind.node.twists["eth_getBlockByNumber"]
            under_way.set()
            assert self._all_wait.wait(30)
            return at_first(params, ask)

        self.behind.node.twists["eth_getBlockByNumber"] = first
        threads = [threading.Thread(target=self.ask) for _ in range(1 + WAITING)]
        threads[0].start()
        assert under_way.wait(30)
        for each in threads[1:]:
            each.start()
        for each in threads:
            each.join(30)


def test_one_answer_serves_all_who_wait_for_it(deployed: IFX) -> None:
    """Who came behind the first question waits for a second one, and no one for a third."""
    crowd = Crowd(deployed)
    crowd.meet(lambda _, ask: ask())
    assert crowd.found == [truth(deployed)] * (1 + WAITING)
    # The first: before and after its reading; all others together: once.
    assert (crowd.behind.asked(), crowd.behind.asked("eth_getBlockByNumber")) == (7, 3)


def test_a_silent_node_is_waited_for_once(deployed: IFX) -> None:
    """All who waited hear of it with the first, and who comes later asks anew."""
    crowd = Crowd(deployed)
    crowd.meet(is_down)
    assert [getattr(each, "what", each) for each in crowd.found] == ["the chain does not answer"] * (1 + WAITING)
    assert crowd.behind.asked("eth_getBlockByNumber") == 1
    assert crowd.behind.of() == truth(deployed)


def test_a_request_is_held_against_the_newest_block(desk: Desk, client: TestClient) -> None:
    """Listed a moment ago: taken; delisted a moment ago: refused."""
    long = Participant(client, devnet.LONG)
    assert long.post("/api/requests", wish(desk, "long")).status_code == 201
    devnet.by_owner(desk.ifx, desk.ifx.escrow.prepare("delist_underlying", GPT))
    long = Participant(client, devnet.LONG)
    answer = long.post("/api/requests", wish(desk, "long"))
    assert (answer.status_code, answer.json()["field"]) == (422, "underlying")
    devnet.by_owner(desk.ifx, desk.ifx.escrow.prepare("list_underlying", GPT, 100_000))
    long = Participant(client, devnet.LONG)
    assert long.post("/api/requests", wish(desk, "long")).status_code == 201


def test_without_the_chain_nothing_is_handed_in(
    desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 though the same was read a moment ago; with the chain the same key is taken."""
    long = Participant(client, devnet.LONG)
    assert long.post("/api/requests", wish(desk, "long")).status_code == 201
    body, node = wish(desk, "long"), TwistedNode(desk.ifx.chain.web3, eth_getBlockByNumber=is_down)
    with monkeypatch.context() as patch:
        patch.setattr(desk.standings, "_ifx", IFX(Chain(node.web3, chain_id=31337), desk.ifx.deployment))
        assert long.post("/api/requests", body, key="one-and-the-same").status_code == 503
    assert long.post("/api/requests", body, key="one-and-the-same").status_code == 201
