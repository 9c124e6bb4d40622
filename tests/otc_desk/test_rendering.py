"""Pages for many who ask at once: drawn once, one at a time, and few wait."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from support.papers import facts

from otc_desk.documents import rendering
from otc_desk.documents.confirmation import confirmation
from otc_desk.documents.model import Document
from otc_desk.documents.rendering import MOST, MOST_OF_ONE, Renderer
from otc_desk.errors import NotNow, TooManyRequests


class Pen:
    """Draws nothing until it is let."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self.let, self.began = threading.Event(), threading.Event()

    def draw(self, document: Document) -> bytes:
        """In the place of `to_pdf`."""
        self.drawn.append(document.title)
        self.began.set()
        assert self.let.wait(30)
        return document.title.encode()


@pytest.fixture
def pen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pen]:
    """What the renderer draws with."""
    found = Pen()
    monkeypatch.setattr(rendering, "to_pdf", found.draw)
    yield found
    found.let.set()


def paper(number: int) -> Document:
    """One of many."""
    made = confirmation(facts())
    return Document(
        kind=made.kind,
        title=str(number),
        subtitle="",
        forward=made.forward,
        dated=made.dated,
        data={},
        sections=(),
    )


def waiting(renderer: Renderer, count: int) -> None:
    """Until so many wait or are drawn."""
    for _ in range(3_000):
        with renderer._lock:
            if renderer._waiting.total() == count:
                return
        threading.Event().wait(0.01)
    raise AssertionError("they do not come")


def test_one_reader_holds_few_threads_and_all_readers_together_some(pen: Pen) -> None:
    """The third paper of one reader and the ninth of all are refused at once; both are drawn afterwards."""
    renderer, asked = Renderer(), list[Future[bytes]]()
    with ThreadPoolExecutor(MOST) as pool:
        asked += [pool.submit(renderer.pdf, paper(number), "greedy") for number in range(MOST_OF_ONE)]
        waiting(renderer, MOST_OF_ONE)
        with pytest.raises(TooManyRequests) as refused:
            renderer.pdf(paper(50), "greedy")
        assert refused.value.retry_after == 2
        asked += [pool.submit(renderer.pdf, paper(number), f"reader {number}") for number in range(MOST_OF_ONE, MOST)]
        waiting(renderer, MOST)
        with pytest.raises(NotNow):
            renderer.pdf(paper(51), "another")
        pen.let.set()
        assert [each.result() for each in asked] == [str(number).encode() for number in range(MOST)]
    assert (renderer.pdf(paper(50), "greedy"), renderer.pdf(paper(51), "another")) == (b"50", b"51")
    assert renderer._waiting == {}


def test_what_is_known_is_given_while_others_wait(pen: Pen) -> None:
    """The same paper twice is drawn once, also where both asked at the same time; a known one needs no place."""
    renderer = Renderer()
    pen.let.set()
    assert renderer.pdf(paper(1), "one") == b"1"
    pen.let.clear()
    pen.began.clear()
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(renderer.pdf, paper(2), reader) for reader in ("one", "two")]
        assert pen.began.wait(30)
        waiting(renderer, 2)
        assert renderer.pdf(paper(1), "one") == b"1"
        pen.let.set()
        assert [each.result() for each in both] == [b"2", b"2"]
    assert pen.drawn == ["1", "2"]
