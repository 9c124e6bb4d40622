"""Starts oracle nodes as processes of their own that kill themselves, by SIGKILL, at a point that is named.

    python tests/support/node_runner.py         reads one JSON object a line, answers one a line

    {"config": F, "log": F, "made": F, "kill_at": P, "times": n}   -> {"pid": ...}; `kill_at` null lives on
    {"wait": pid}                                                  -> {"status": ...}, negative for a signal

It has everything imported and forks, so that a node is up in milliseconds. Production knows nothing of the points: they
are the service's own steps, and wrappers around the signer, the journal and the node that transactions are sent to.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import ifx_sdk.resuming  # noqa: F401 - imported before the fork
from ifx_sdk.node import Node
from ifx_sdk.outcomes import Attempt, Confirmed, Outcome
from ifx_sdk.signers import SignedTransaction, Signer
from oracle_node.attempts import StoreJournal
from oracle_node.commands import run
from oracle_node.settings import read_signer
from oracle_node.steps import Step

INNER = (
    "report_signed",
    "transaction_signed",
    "before_journal",
    "after_journal",
    "before_broadcast",
    "after_broadcast",
    "mined",
)
"""Points between the service's steps."""


class Points:
    """Where the process dies."""

    def __init__(self, kill_at: str | None, times: int) -> None:
        self._kill_at, self._left = kill_at, times

    def reached(self, point: str) -> None:
        """Die here, where this is the point and it was reached often enough."""
        if point != self._kill_at:
            return
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def step(self, step: Step) -> None:
        """The same for a step."""
        self.reached(step.value)


class Witnessed:
    """A signer whose every signature of a report is written down, on disk, before anybody else sees it."""

    signs_transactions = True

    def __init__(self, good: Signer, made: Path, points: Points) -> None:
        self._good, self._made, self._points = good, made, points
        self.address = good.address

    def sign_digest(self, digest: bytes) -> bytes:
        """As the wrapped one does."""
        signature = self._good.sign_digest(digest)
        with self._made.open("a") as file:
            file.write(f"{digest.hex()} {signature.hex()}\n")
            file.flush()
            os.fsync(file.fileno())
        self._points.reached("report_signed")
        return signature

    def sign_transaction(self, transaction: Mapping[str, object]) -> SignedTransaction:
        """As the wrapped one does."""
        signed = self._good.sign_transaction(transaction)
        self._points.reached("transaction_signed")
        return signed


def wrap(points: Points) -> None:
    """Put the points around the journal and the broadcast."""
    record: Callable[..., None] = StoreJournal.record
    resolve: Callable[..., None] = StoreJournal.resolve
    send_raw: Callable[..., str] = Node.send_raw

    def recording(journal: StoreJournal, attempt: Attempt) -> None:
        points.reached("before_journal")
        record(journal, attempt)
        points.reached("after_journal")

    def resolving(journal: StoreJournal, attempt: Attempt, outcome: Outcome) -> None:
        if isinstance(outcome, Confirmed):
            points.reached("mined")
        resolve(journal, attempt, outcome)

    def sending(node: Node, raw: bytes) -> str:
        points.reached("before_broadcast")
        answer = send_raw(node, raw)
        points.reached("after_broadcast")
        return answer

    StoreJournal.record = recording  # type: ignore[method-assign, assignment]
    StoreJournal.resolve = resolving  # type: ignore[method-assign, assignment]
    Node.send_raw = sending  # type: ignore[method-assign, assignment]


def node(asked: Mapping[str, Any]) -> NoReturn:
    """Be a node until it ends."""
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 2)
    os.dup2(log, 1)
    sys.stderr = os.fdopen(2, "w", buffering=1)
    points = Points(asked["kill_at"], asked["times"])
    wrap(points)
    code = run.run(
        config=asked["config"],
        post=True,
        rehearse=True,
        on_step=points.step,
        signer_of=lambda settings: Witnessed(read_signer(settings.key), Path(asked["made"]), points),
    )
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Answer until the other side closes."""
    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            _, status = os.waitpid(asked["wait"], 0)
            answer = {"status": os.waitstatus_to_exitcode(status)}
        else:
            sys.stdout.flush()
            pid = os.fork()
            if not pid:
                try:
                    node(asked)
                finally:
                    os._exit(70)
            answer = {"pid": pid}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
