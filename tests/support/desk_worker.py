"""A desk's worker as a process of its own, which ends itself by SIGKILL at a named point: `python -c` runs `main`."""

import os
import signal
import sys
from pathlib import Path

from support.booking import working
from support.desk import settings
from support.pools import SeamNode, Seams, SeamSigner

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.deployment import Deployment
from otc_desk.booking import Booker
from otc_desk.desk import opened
from otc_desk.journal import DeskJournal
from otc_desk.worker import only_worker


class Points(Seams):
    """At the named point the process is gone, and nothing of it runs any more."""

    def at(self, point: str) -> None:
        """End here, where it was asked for."""
        if point == self.point:
            os.kill(os.getpid(), signal.SIGKILL)


def main(database: str, url: str, deployment: str, point: str, count: str) -> None:
    """Some rounds on a database, against the node at `url`."""
    points = Points(point)
    _arm(points)
    found = Deployment.read(Path(deployment))
    node = SeamNode(Chain(url, chain_id=found.chain_id).web3, points)
    ifx = IFX.connect(Chain(node.web3, chain_id=found.chain_id), found)
    with opened(settings(database), ifx=ifx, clock=ifx.chain.now) as desk, only_worker(desk.database):
        worker = working(desk, signer=SeamSigner(devnet.signer(devnet.DESK), points))
        for _ in range(int(count)):
            worker.act()
    print("ended")


def _arm(points: Points) -> None:
    """Put the points around what has no seam of its own."""
    record, sent = DeskJournal.record, Booker._sent

    def recording(self: DeskJournal, attempt: object) -> None:
        points.at("before the journal")
        record(self, attempt)  # type: ignore[arg-type]  # an attempt
        points.at("after the journal")

    def noting(self: Booker, agreement_id: str, outcome: object) -> None:
        points.at("before the note")
        sent(self, agreement_id, outcome)  # type: ignore[arg-type]  # an outcome
        points.at("after the note")

    DeskJournal.record, Booker._sent = recording, noting  # type: ignore[method-assign]  # this process is for that


if __name__ == "__main__":
    main(*sys.argv[1:])
