"""One event when a cause begins and one when it ends, in their order, whatever the webhook does or who restarts."""

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families
from support.nodes import GPT, LUNA, MIDNIGHT

from oracle_node import alerts as module
from oracle_node.alerts import Alerts, Cause, Webhook
from oracle_node.metrics import Metrics
from oracle_node.serving import serving
from oracle_node.store import Store

TOKEN = "T0K3N-of-the-webhook"
AT = MIDNIGHT + 1_800


@dataclass
class Hook:
    """A webhook on the loopback: what came, and what it answers."""

    came: "queue.Queue[dict[str, Any]]" = field(default_factory=queue.Queue)
    answer: Callable[[dict[str, Any], int], int] = field(default=lambda notice, number: HTTPStatus.NO_CONTENT)
    tries: int = 0
    url: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)

    def next(self) -> tuple[str, str, str]:
        """The next notice that was taken: status, cause, about."""
        found = self.came.get(timeout=20)
        return found["status"], found["cause"], found["about"]

    def log(self) -> structlog.stdlib.BoundLogger:
        """A log whose lines are kept."""

        def keep(logger: object, method: str, line: dict[str, Any]) -> Any:
            self.lines.append(line | {"level": method})
            raise structlog.DropEvent

        found: structlog.stdlib.BoundLogger = structlog.wrap_logger(None, processors=[keep])
        return found


@pytest.fixture
def hook() -> Iterator[Hook]:
    """One that takes everything."""
    found = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            notice = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["Content-Type"] == "application/json"
            found.tries += 1
            status = found.answer(notice, found.tries)
            if status < 400:
                found.came.put(notice)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    with serving(Handler) as url:
        found.url = f"{url}/services/{TOKEN}"
        yield found


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    """What is closed at the end."""
    with ExitStack() as found:
        yield found


def alerts_of(hook: Hook, closing: ExitStack, store: Store | None = None, pauses: tuple[int, ...] = (0, 0)) -> Alerts:
    """A node's alerts, told to the hook."""
    webhook = Webhook(hook.url, hook.log(), pauses=pauses)
    closing.callback(webhook.close, 1)
    book = (store or Store(None)).alerts
    return Alerts(book, hook.log(), Metrics(), node="0xNode", webhook=webhook)


def number(alerts: Alerts, name: str, cause: Cause) -> float:
    """A number about a cause at GPT, as it is scraped."""
    (found,) = (
        sample.value
        for family in text_string_to_metric_families(alerts._metrics.text().decode())
        for sample in family.samples
        if sample.name == f"ifx_oracle_{name}" and sample.labels == {"cause": str(cause), "about": GPT}
    )
    return float(found)


# ------------------------------------------------------------------------------------------------ one event a cause


def test_a_cause_is_told_when_it_begins_and_when_it_ends(hook: Hook, closing: ExitStack) -> None:
    """However often it is found meanwhile; a cause of two things is two events."""
    alerts = alerts_of(hook, closing)
    for at in range(5):
        alerts.begin(Cause.SLOTS_MISSING, GPT, f"{3 + at} of 13", AT + at)
        alerts.begin(Cause.SLOTS_MISSING, LUNA, "4 of 13", AT + at)
    alerts.end(Cause.SLOTS_MISSING, GPT, AT + 60)
    alerts.end(Cause.SLOTS_MISSING, GPT, AT + 61)
    alerts.end(Cause.NO_REPORT, GPT, AT + 61)
    alerts.begin(Cause.SLOTS_MISSING, GPT, "anew", AT + 90)
    assert [hook.next() for _ in range(4)] == [
        ("firing", "slots_missing", GPT),
        ("firing", "slots_missing", LUNA),
        ("resolved", "slots_missing", GPT),
        ("firing", "slots_missing", GPT),
    ]
    closing.close()
    assert hook.came.empty()
    told = [(line["event"], line["about"]) for line in hook.lines]
    assert told == [("alert", GPT), ("alert", LUNA), ("alert is over", GPT), ("alert", GPT)]


def test_a_notice_holds_what_its_reader_needs(hook: Hook, closing: ExitStack) -> None:
    """Which node, what, when in both forms, and the page of the runbook."""
    alerts_of(hook, closing).begin(Cause.PRICE_JUMPED, GPT, "8.00 USD/Mtok became 3.00 USD/Mtok\n- $8.00\n+ $3.00", AT)
    assert hook.came.get(timeout=20) == {
        "status": "firing",
        "cause": "price_jumped",
        "about": GPT,
        "text": "8.00 USD/Mtok became 3.00 USD/Mtok\n- $8.00\n+ $3.00",
        "at": AT,
        "time": "2026-07-15T00:30:00+00:00",
        "node": "0xNode",
        "runbook": "docs/runbook/price_jumped.md",
    }


def test_what_is_over_at_once_is_told_each_time(hook: Hook, closing: ExitStack) -> None:
    """A jump is an event, not a state; and when it was last is a metric, for who scrapes too late."""
    alerts = alerts_of(hook, closing)
    for at in (AT, AT + 86_400):
        alerts.once(Cause.PRICE_JUMPED, GPT, "", at)
    assert [hook.next()[0] for _ in range(4)] == ["firing", "resolved"] * 2
    assert number(alerts, "alert_open", Cause.PRICE_JUMPED) == 0
    assert number(alerts, "alert_last_seconds", Cause.PRICE_JUMPED) == AT + 86_400


def test_set_begins_with_a_text_and_ends_without(hook: Hook, closing: ExitStack) -> None:
    """For what is looked at again and again."""
    alerts = alerts_of(hook, closing)
    for text in (None, "low", "low", None, None):
        alerts.set(Cause.BALANCE_LOW, "account", text, AT)
    assert [hook.next()[0] for _ in range(2)] == ["firing", "resolved"]


def test_an_open_alert_survives_a_restart(hook: Hook, closing: ExitStack, tmp_path: Path) -> None:
    """The new process does not tell of it anew, shows it in its metrics, and tells when it is over."""
    with Store(tmp_path / "node.db") as store:
        alerts_of(hook, closing, store).begin(Cause.NO_QUORUM, GPT, "2 of 3", AT)
        assert hook.next() == ("firing", "no_quorum", GPT)
    closing.close()
    with Store(tmp_path / "node.db") as store:
        later = alerts_of(hook, closing, store)
        assert number(later, "alert_open", Cause.NO_QUORUM) == 1
        later.begin(Cause.NO_QUORUM, GPT, "2 of 3", AT + 60)
        later.end(Cause.NO_QUORUM, GPT, AT + 120)
        assert hook.next() == ("resolved", "no_quorum", GPT)
        assert store.alerts.open() == ()
        closing.close()
    assert hook.came.empty()


def test_threads_that_find_the_same_tell_it_once(hook: Hook, closing: ExitStack) -> None:
    """Both loops see a clock that is wrong: beginnings and ends alternate, however they meet."""
    alerts = alerts_of(hook, closing)
    start = threading.Barrier(4)

    def both() -> None:
        start.wait()
        for at in range(25):
            alerts.begin(Cause.CLOCK_WRONG, "clock", "", at)
            alerts.end(Cause.CLOCK_WRONG, "clock", at)

    threads = [threading.Thread(target=both) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    closing.close()
    told = [hook.came.get_nowait()["status"] for _ in range(hook.came.qsize())]
    assert told
    # A slow machine delivers as many as fit into the patience at the end: those, in their order.
    assert told == [("firing", "resolved")[number % 2] for number in range(len(told))]


# ------------------------------------------------------------------------------------------------ the webhook fails


def test_a_notice_is_tried_again_and_the_order_stays(hook: Hook, closing: ExitStack) -> None:
    """Twice refused, then taken; the ones behind it wait, so that no end comes before its beginning."""
    hook.answer = lambda notice, number: HTTPStatus.SERVICE_UNAVAILABLE if number < 3 else HTTPStatus.OK
    alerts = alerts_of(hook, closing)
    alerts.begin(Cause.NO_REPORT, GPT, "", AT)
    alerts.end(Cause.NO_REPORT, GPT, AT)
    assert [hook.next()[0] for _ in range(2)] == ["firing", "resolved"]
    assert hook.tries == 4
    failures = [line for line in hook.lines if line["event"] == "webhook failed"]
    assert [(line["why"], line["level"]) for line in failures] == [("HTTP 503", "warning")] * 2


def test_a_notice_that_nobody_takes_is_given_up_and_the_next_one_is_tried(hook: Hook, closing: ExitStack) -> None:
    """Three tries here; the log says so as an error, and has the notice itself."""
    hook.answer = lambda notice, number: HTTPStatus.NOT_FOUND if notice["about"] == GPT else HTTPStatus.OK
    alerts = alerts_of(hook, closing)
    alerts.begin(Cause.NO_REPORT, GPT, "", AT)
    alerts.begin(Cause.NO_REPORT, LUNA, "", AT)
    assert hook.next() == ("firing", "no_report", LUNA)
    assert hook.tries == 4
    levels = [line["level"] for line in hook.lines if line["event"] == "webhook failed"]
    assert levels == ["warning", "warning", "error"]


def test_the_address_of_the_webhook_is_in_no_line(hook: Hook, closing: ExitStack) -> None:
    """It is a secret of most services: neither an answer's error nor a connection's shows it."""
    hook.answer = lambda notice, number: HTTPStatus.FORBIDDEN
    alerts_of(hook, closing).begin(Cause.NO_REPORT, GPT, "", AT)
    closing.close()
    hook.url = f"http://127.0.0.1:1/services/{TOKEN}"
    alerts_of(hook, closing).begin(Cause.NO_REPORT, GPT, "", AT)
    closing.close()
    failures = [line["why"] for line in hook.lines if line["event"] == "webhook failed"]
    assert set(failures) == {"HTTP 403", "ConnectError"}
    assert TOKEN not in repr(hook.lines)


def test_a_redirect_is_a_failure(hook: Hook, closing: ExitStack) -> None:
    """What a node found is told to nobody but whom its operator named."""
    hook.answer = lambda notice, number: HTTPStatus.FOUND
    alerts_of(hook, closing, pauses=()).begin(Cause.NO_REPORT, GPT, "", AT)
    closing.close()
    assert [line["why"] for line in hook.lines if line["event"] == "webhook failed"] == ["HTTP 302"]


def test_a_webhook_that_hangs_delays_nobody(hook: Hook, closing: ExitStack) -> None:
    """A hundred alerts are told, logged and stored while the first one hangs; closing waits as long as it is told."""
    released = threading.Event()

    def hang(notice: dict[str, Any], number: int) -> int:
        released.wait(30)
        return HTTPStatus.OK

    hook.answer = hang
    store = Store(None)
    webhook = Webhook(hook.url, hook.log(), pauses=())
    alerts = Alerts(store.alerts, hook.log(), Metrics(), webhook=webhook)
    began = time.monotonic()
    for number in range(100):
        alerts.begin(Cause.PEER_FAULTY, str(number), "", AT)
    assert time.monotonic() - began < 5
    assert len(store.alerts.open()) == 100
    assert [line["about"] for line in hook.lines if line["event"] == "alert"] == [str(n) for n in range(100)]
    began = time.monotonic()
    webhook.close(patience_seconds=1)
    assert time.monotonic() - began < 5
    released.set()


def test_a_queue_that_is_full_is_told_to_the_log(
    hook: Hook, closing: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node goes on; what found no room stands in the log with its cause, and closing does not hang."""
    monkeypatch.setattr(module, "_WAITING", 2)
    heard, released = threading.Event(), threading.Event()

    def hang(notice: dict[str, Any], number: int) -> int:
        heard.set()
        released.wait(30)
        return HTTPStatus.OK

    hook.answer = hang
    webhook = Webhook(hook.url, hook.log(), pauses=())
    alerts = Alerts(Store(None).alerts, hook.log(), Metrics(), webhook=webhook)
    alerts.begin(Cause.PEER_FAULTY, "0", "", AT)
    assert heard.wait(30)  # the first one left the queue: from here on nothing else does
    for number in range(1, 6):
        alerts.begin(Cause.PEER_FAULTY, str(number), "", AT)
    lost = [line["about"] for line in hook.lines if line["event"] == "webhook queue is full"]
    assert lost == ["3", "4", "5"]
    webhook.close(patience_seconds=1)
    released.set()


def test_what_waits_is_delivered_before_the_end(hook: Hook, closing: ExitStack) -> None:
    """A node that is stopped tells what it knew."""
    alerts = alerts_of(hook, closing)
    for number in range(20):
        alerts.begin(Cause.PEER_FAULTY, str(number), "", AT)
    closing.close()
    assert [hook.next()[2] for _ in range(20)] == [str(number) for number in range(20)]
