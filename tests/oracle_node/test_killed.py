"""A node killed (SIGKILL) anywhere in its day ends it as if nothing had happened: real processes, on anvil."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import IO

import pytest
from support.node_runner import INNER
from support.nodes import GPT
from support.rehearsal import Rehearsal, Runner, Running, http_answer, live_until, rehearsal, stand_in

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of, midnight
from oracle_node.archive import Archive
from oracle_node.assembly import ARCHIVE
from oracle_node.steps import Step
from oracle_node.store import DATABASE, Store
from scripts.anvil import free_port

START = 1784070000
"""2026-07-14 23:00:00 UTC."""
NODE = devnet.signer(devnet.NODES[0]).address
KILLED = -9
TIMES = {Step.PAGES_FETCHED: 7, Step.PAGES_ARCHIVED: 3, Step.READINGS_STORED: 3, Step.PEERS_HEARD: 1}
"""Steps that come at every slot: the point is the last slot, at midnight, or one in the middle."""
POINTS = [*(each.value for each in Step), *INNER]
_names = count()


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """Starts the processes."""
    found = Runner()
    yield found
    found.close()


@pytest.fixture(scope="module")
def world() -> Iterator[Rehearsal]:
    """One anvil for all; each test lives through the next day of it."""
    with rehearsal(START) as found:
        yield found


@pytest.fixture
def config(world: Rehearsal) -> Iterator[tuple[Path, int]]:
    """The first node's settings in a folder of its own, and its port; two stand-ins sign what it signs."""

    def signing(number: int) -> Iterator[str]:
        def answer(path: str, out: IO[bytes]) -> None:
            day = int(path.rpartition("/")[2])
            out.write(http_answer(world.signed(number, day)))

        return stand_in(answer)

    port = free_port()
    with signing(1) as second, signing(2) as third:
        yield world.settings(f"node-{next(_names)}", 0, port, [(second, 1), (third, 2)]), port


class Life:
    """One node's day, over however many processes."""

    def __init__(self, world: Rehearsal, runner: Runner, config: Path, port: int) -> None:
        """Travels to half past eleven of the chain's newest day: seven slots are left, which is enough."""
        self.world, self.runner, self.config, self.port = world, runner, config, port
        self.day = day_of(world.chain.timestamp()) + 1
        self.midnight = midnight(self.day)
        world.travel(self.midnight - 1_805)
        self.reports: set[bytes] = set()
        self.first_block = world.chain.block_number()

    def live(self, until: int, kill_at: str | None = None, times: int = 1) -> Running:
        """A process that lives until a time, or until it is killed."""
        node = self.runner.start(self.config, self.port, kill_at=kill_at, times=times)

        def collect() -> None:
            if (found := node.report(self.day)) is not None:
                self.reports.add(found)

        alive = live_until(self.world, [node], min(until, self.midnight + 30), collect)
        if alive and until > self.midnight + 30:
            self.world.chain.node.request("anvil_mine", hex(80))  # what was posted becomes final
            alive = live_until(self.world, [node], until, collect)
        assert alive == (kill_at is None), node.log.read_text()[-2_000:]
        if not alive:
            assert self.runner.wait(node) == KILLED
        return node

    def finish(self) -> None:
        """A last process sees the day to its end, where its post is archived; asked to stop, it does."""
        node = self.live(self.midnight + 1_000)
        node.stop()
        assert self.runner.wait(node) == 0, node.log.read_text()[-2_000:]

    def hold(self) -> None:
        """One report, ever; one transaction; one fixing, at the right price, archived."""
        assert self.world.price(self.day) == 8_000_000
        assert self.world.transactions(self.first_block) == [NODE]
        assert self.world.posts(self.first_block) == 1
        home = self.config.parent / "state"
        with Store(home / DATABASE) as store:
            stored = store.book.get(GPT, self.day)
            assert stored is not None
            assert self.reports == {stored.canonical()}
            assert store.journal.open_attempts() == ()
        signatures = {line.split()[1] for line in self.config.with_name("made").read_text().splitlines()}
        assert signatures == {stored.attestation.signature.hex()}
        archived = Archive(home / ARCHIVE).fixing(GPT, self.day)
        assert archived is not None
        assert archived.price == 8_000_000


@pytest.mark.parametrize("point", POINTS)
def test_a_node_killed_at_a_point_signs_the_same_and_posts_once(
    point: str, world: Rehearsal, runner: Runner, config: tuple[Path, int]
) -> None:
    """After the restart the same report is served, the transaction is found or sent, and nothing is posted twice."""
    life = Life(world, runner, *config)
    life.live(life.midnight + 1_000, point, _times(point))
    life.finish()
    life.hold()


def _times(point: str) -> int:
    return {each.value: times for each, times in TIMES.items()}.get(point, 1)


def test_a_node_killed_while_its_post_waits_in_the_pool_finds_it_there(
    world: Rehearsal, runner: Runner, config: tuple[Path, int]
) -> None:
    """Broadcast and not mined when it dies: the next process leaves it where it is, and it is mined, once."""
    life = Life(world, runner, *config)
    world.chain.node.request("evm_setAutomine", False)
    try:
        life.live(life.midnight + 1_000, "after_broadcast")
        assert world.price(life.day) is None
        assert world.chain.node.nonce(NODE, "pending") == world.chain.node.nonce(NODE) + 1
    finally:
        world.chain.node.request("evm_setAutomine", True)
    life.finish()
    life.hold()


def test_a_node_killed_at_one_point_after_the_other_of_the_same_day_posts_once(
    world: Rehearsal, runner: Runner, config: tuple[Path, int]
) -> None:
    """Each process dies one point later than the one before it: many lives, one report, one transaction."""
    life = Life(world, runner, *config)
    # Broadcast is the last that can be reached again: the next process finds the transaction.
    for point in POINTS[: POINTS.index(Step.PEERS_HEARD) + 1] + list(INNER[1:6]):
        life.live(life.midnight + 1_000, point)
    life.finish()
    life.hold()
