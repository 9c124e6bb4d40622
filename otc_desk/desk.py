"""One desk put together from its settings: where every part learns of the others, and nothing is decided."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ifx_sdk.client import IFX
from otc_desk.db.engine import Database
from otc_desk.positions import Positions
from otc_desk.sessions import Sessions
from otc_desk.settings import Settings
from otc_desk.standing import Standings
from otc_desk.wallets import Wallets


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every route and worker is given."""

    settings: Settings
    """As read from the file."""
    database: Database
    """Requests, agreements, the trail."""
    ifx: IFX
    """The deployment, without a signer: reads only."""
    sessions: Sessions
    """Who is asking."""
    wallets: Wallets
    """Whether an account signed something."""
    standings: Standings
    """What holds for a request that is handed in."""
    positions: Positions
    """Booked forwards of an account."""
    clock: Callable[[], int]
    """Unix seconds UTC."""

    def now(self) -> int:
        """Unix seconds UTC."""
        return self.clock()

    def is_operator(self, account: str) -> bool:
        """Whether an account may check requests and confirm matches."""
        return account in self.settings.operators


def system_clock() -> int:
    """The machine's clock, unix seconds UTC."""
    return int(time.time())


@contextmanager
def opened(settings: Settings, *, ifx: IFX | None = None, clock: Callable[[], int] = system_clock) -> Iterator[Desk]:
    """A desk while the block runs. The database must be migrated. Raises as `IFX.connect`."""
    database = Database(settings.database)
    try:
        connected = ifx or IFX.connect(settings.chain.rpc, settings.chain.deployment)
        wallets = Wallets(connected.chain)
        sessions = Sessions(
            database,
            domain=settings.domain,
            url=settings.url,
            chain_id=connected.deployment.chain_id,
            check=wallets.signed,
        )
        yield Desk(
            settings=settings,
            database=database,
            ifx=connected,
            sessions=sessions,
            wallets=wallets,
            standings=Standings(connected),
            positions=Positions(connected),
            clock=clock,
        )
    finally:
        database.close()
