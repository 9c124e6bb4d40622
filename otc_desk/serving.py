"""A desk as one process: its HTTP server, and beside it the worker as a thread, unless another process does its work.

Where the worker ends by a failure that nobody foresaw, the server ends too: whoever supervises the process starts both
anew, and nothing has to be repaired (`otc_desk.booking`).
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn

from ifx_sdk.client import IFX
from ifx_sdk.deploy import DEVNET_CHAIN_ID
from otc_desk import sandbox
from otc_desk.app import create_app
from otc_desk.db import migrate
from otc_desk.db.engine import Database
from otc_desk.desk import Desk, opened, system_clock
from otc_desk.errors import NotMigrated
from otc_desk.logs import fault_of, logger
from otc_desk.notify import notifying
from otc_desk.settings import Settings
from otc_desk.worker import Worker, only_worker, worker

GRACE_SECONDS: Final = 10
"""How long requests that are being answered may take when the process is told to end."""
WORKER_SECONDS: Final = 60
"""How long a worker's round may take then."""


@contextmanager
def desk_of(settings: Settings) -> Iterator[Desk]:
    """A desk on a database of this version. Raises `NotMigrated`, and as `IFX.connect`."""
    hold_migrated(settings)
    ifx = IFX.connect(settings.chain.rpc, settings.chain.deployment)
    with opened(settings, ifx=ifx, clock=clock_of(ifx)) as desk:
        yield desk


def hold_migrated(settings: Settings) -> None:
    """Refuse a database of another version: wrong tables would be found out in the middle of a booking."""
    database = Database(settings.database)
    try:
        have, need = migrate.current(database), migrate.newest()
    finally:
        database.close()
    if have != need:
        raise NotMigrated(f"the database is at revision {have or 'none'}, and this desk needs {need}")


def clock_of(ifx: IFX) -> Callable[[], int]:
    """Unix seconds UTC: the machine's, on a local chain that chain's, whose time moves by command."""
    return ifx.chain.now if ifx.deployment.chain_id == DEVNET_CHAIN_ID else system_clock


def serve(settings: Settings, *, host: str, port: int, with_worker: bool) -> bool:
    """Serve until the process is told to end; whether that was why it ended.

    Raises as `desk_of`, `AlreadyWorking`, `NoSandbox`.
    """
    with desk_of(settings) as desk:
        sandbox.hold(settings, chain_id=desk.ifx.deployment.chain_id, host=host)
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(desk),
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                proxy_headers=False,  # the desk's own settings say whose word counts
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        if not with_worker:
            server.run()
            return server.started
        with only_worker(desk.database) as alive, notifying(desk):
            beside = _Beside(worker(desk), alive, server)
            beside.start()
            try:
                server.run()
            finally:
                beside.stop()
            return server.started and not beside.failed


def work(settings: Settings, stop: threading.Event) -> None:
    """The worker alone, until `stop`. Raises as `desk_of`, `AlreadyWorking`."""
    with desk_of(settings) as desk, only_worker(desk.database) as alive, notifying(desk):
        worker(desk).run(stop, alive)


class _Beside:
    """The worker's thread."""

    def __init__(self, found: Worker, alive: Callable[[], None], server: uvicorn.Server) -> None:
        self._worker, self._alive, self._server = found, alive, server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self.failed = False

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stop.set()
        self._thread.join(WORKER_SECONDS)

    def _run(self) -> None:
        try:
            self._worker.run(self._stop, self._alive)
        except BaseException as error:
            # Whatever it was: a desk that takes requests and books none is worse than one that is started anew.
            logger().critical("the worker failed", fault=fault_of(error))
            self.failed, self._server.should_exit = True, True
            raise SystemExit(1) from error  # ends the thread without a word: what an error says stays out of logs
