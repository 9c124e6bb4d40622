"""One node as a process: it is alone on its folder, and what it cannot work without ends it."""

import threading
from collections.abc import Callable, Iterator

import pytest
from support.net import Net, metric, net
from support.nodes import GPT, MIDNIGHT

from ifx_sdk.errors import BadFile
from oracle_node.assembly import Mode, Node, assembled
from oracle_node.errors import AlreadyRunning, BadStore

START = MIDNIGHT - 4_000


@pytest.fixture
def one() -> Iterator[Net]:
    """One node's settings, and its net's, before the window."""
    with net(START, {GPT: "gpt-4.1"}, posted={GPT: 8_000_000}) as found:
        yield found


def test_a_second_process_on_the_same_folder_is_refused(one: Net) -> None:
    """Two nodes with one key would sign against each other; the folder is free again once the first has ended."""
    one.start(0)
    with pytest.raises(AlreadyRunning, match="another process runs on it"), assembled(one.settings[0]):
        pass
    one.stop(0)
    one.start(0)


def no_store(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store cannot be written."""
    node.store.close()


def no_archive(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive's disk is full."""

    def full(*args: object, **kwargs: object) -> None:
        raise BadFile("archive", "no space left on the disk", cure="Make room.")

    monkeypatch.setattr(node.archive, "add_page", full)


def no_sense(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours, which nobody foresaw."""
    monkeypatch.setattr(node.rounds, "_round", lambda *args: {}["nothing"])


@pytest.mark.parametrize("failure", [no_store, no_archive, no_sense])
def test_what_a_node_cannot_work_without_ends_the_process_with_code_1(
    one: Net, failure: Callable[[Node, pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever watches it starts it again; the log has the whole story."""
    node = one.start(0)
    failure(node, monkeypatch)
    assert node.service.run() == 1
    assert one.said(0, "a loop failed, the process ends") != []


def test_a_node_that_is_asked_to_stop_ends_with_code_0(one: Net) -> None:
    """Stopped while it waits, and nothing was written after it."""
    stop = threading.Event()

    class Patient:
        """A clock that waits until it is to stop."""

        def now(self) -> int:
            """Unix seconds UTC."""
            return START

        def wait_until(self, at: int) -> None:
            """As the machine's clock does."""
            stop.wait(20)

    with assembled(one.settings[0], clock=Patient(), chain=one.ifx.chain, log=one.log(0), stop=stop) as node:
        threading.Timer(0.05, stop.set).start()
        assert node.service.run() == 0
    assert one.said(0, "a loop failed, the process ends") == []


def test_a_failing_journal_ends_the_process_and_sends_nothing(one: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a transaction cannot be kept on disk it is not sent, and the node says that its store is broken."""
    for number in (1, 2, 3):
        one.start(number, Mode.SIGN)
    node = one.start(0)
    one.run_until(MIDNIGHT)

    def broken(*args: object) -> None:
        raise BadStore("node.db", "the disk failed")

    monkeypatch.setattr(type(node.store.journal), "record", broken)
    with pytest.raises(BadStore, match="the disk failed"):
        one.run_until(MIDNIGHT + 60)
    assert one.price(GPT, MIDNIGHT // 86_400) is None
    assert not metric(node, "posts_total", result="posted")
