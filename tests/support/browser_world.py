"""A sandbox in which much has happened: one state of each kind that a page shows.

It is `make sandbox` at a date of its own, with two treasuries that have drafts, requests, terms in every state,
positions that run, ended early and were settled, and an operator with work to do. Everything goes through the desk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.chain import START, anvil_binary

from ifx_sdk import devnet
from ifx_sdk.calendar import SECONDS_PER_DAY, day_of, midnight
from ifx_sdk.client import IFX
from ifx_sdk.desk import Desk
from ifx_sdk.devkeys import dev_address
from scripts import sandbox
from scripts.anvil import free_port
from scripts.demonstration.scenario import GPT41, LUNA
from scripts.trial.oracle import AFTER_MIDNIGHT
from scripts.trial.people import LOT

PATIENCE, LOOK = 60, 0.1
"""Seconds until something that the desk does by itself has failed to come, and between two looks."""


@dataclass(kw_only=True)
class World:
    """The sandbox, and what to open in it."""

    ifx: IFX
    """The deployment, without a signer."""
    url: str
    """The desk's."""
    ids: dict[str, str] = field(default_factory=dict)
    """Requests, agreements and forwards by what they show; the long's, unless the name says otherwise."""

    @property
    def long(self) -> Desk:
        """Whose pages are looked at."""
        return self.program(devnet.LONG)

    @property
    def short(self) -> Desk:
        """The other side."""
        return self.program(devnet.SHORT)

    def program(self, role: int) -> Desk:
        """A client for one of the well-known accounts."""
        return Desk(self.url, devnet.signer(role), domain=self.ifx.escrow.domain())

    def over(self, id: str) -> str:
        """Wait for an agreement's end; its forward."""
        with self.long as desk:
            found = desk.wait_until_over(id, seconds=PATIENCE, every=LOOK)
        assert found.state == "done", found
        return str(found.forward)

    # ----------------------------------------------------------------------------------------------- what happens

    def ask(self, desk: Desk, side: str, **wish: Any) -> str:
        """A request handed in, or a draft; its id."""
        wanted = {"underlying": GPT41, "quantity": LOT, "months": 3, "limit_price": 7_700_000} | wish
        wanted["valid_until"] = self.ifx.chain.now() + 7 * SECONDS_PER_DAY
        return desk.request("long" if side == "long" else "short", wanted.pop("underlying"), **wanted).id

    def meet(self, **wish: Any) -> str:
        """Both ask, the operator checks and confirms; the agreement's id."""
        with self.long as long, self.short as short, self.program(devnet.DEPLOYER) as operator:
            asked = self.ask(long, "long", **wish), self.ask(short, "short", **wish)
            for each in asked:
                operator.operator.check(each)
            for pair in operator.operator.matches().items:
                if (pair.long.id, pair.short.id) == asked:
                    return str(operator.operator.confirm(pair).agreement)
        raise AssertionError(f"{asked} do not match")

    def book(self, **wish: Any) -> str:
        """Both agree, allow exactly what is needed and approve; the forward."""
        agreement = self.meet(**wish)
        for role in (devnet.LONG, devnet.SHORT):
            with self.program(role) as desk:
                terms = desk.terms(agreement).terms
                assert terms is not None
                for outcome in self.ifx.as_signer(devnet.signer(role)).token.allow(terms.needed):
                    outcome.confirmed()
                desk.approve(agreement)
        return self.over(agreement)

    def live(self) -> None:
        """Two weeks of trading in a minute."""
        ids = self.ids
        ids["position"] = self.book(quantity=3 * LOT, months=6, limit_price=7_430_000)
        ids["to settle"] = self.book(quantity=2 * LOT)
        ids["average"] = self.book(quantity=LOT, months=3, averaging_days=5, limit_price=7_690_000)
        ids["ended early"] = self.book(underlying=LUNA, quantity=10 * LOT, limit_price=1_160_000)
        with self.long as long, self.short as short:
            end = long.propose_termination(ids["ended early"], price=1_100_000).agreement.id
            for desk in (long, short):
                desk.approve(end)
            self.over(end)
            ids["termination"] = short.propose_termination(ids["position"], price=7_900_000).agreement.id
            short.approve(ids["termination"])
        ids["terms"] = self.meet(quantity=2 * LOT, limit_price=7_720_000)
        ids["signed"] = self.meet(quantity=LOT, months=6, limit_price=7_440_000)
        with self.long as long, self.short as short:
            long.approve(ids["signed"])
            short.approve(ids["terms"])
            ids["draft"] = self.ask(long, "long", quantity=5 * LOT, months=12, limit_price=7_000_000, submit=False)
            ids["request"] = self.ask(long, "long", quantity=4 * LOT, months=9, limit_price=7_200_000)
            met = self.ask(short, "short", quantity=4 * LOT, months=9, limit_price=7_150_000)
            ids["to check"] = self.ask(short, "short", underlying=LUNA, quantity=6 * LOT, limit_price=1_190_000)
            rejected = self.ask(long, "long", quantity=50 * LOT, limit_price=7_600_000)
        with self.program(devnet.DEPLOYER) as operator:
            operator.operator.check(ids["request"])
            operator.operator.check(met)
            operator.operator.reject(rejected, "Above what we match in one piece: ask for 20 lots at most.")
        ids["rejected"] = rejected

    def mature(self, *, daily: bool) -> None:
        """To the maturity of what is to be settled, with a fixing on every day or on its own alone; and settle it."""
        id = bytes.fromhex(self.ids["to settle"][2:])
        last = day_of(self.ifx.escrow.forward(id).maturity)
        with Desk(self.url) as anybody:
            for day in range(day_of(self.ifx.chain.now()) + 1 if daily else last, last + 1):
                devnet.travel(self.ifx, midnight(day) + AFTER_MIDNIGHT)
                anybody.wait_for(
                    lambda day=day: self.ifx.oracle.fixing(LUNA, day),  # type: ignore[misc]
                    lambda found: found is not None,
                    seconds=PATIENCE,
                    every=LOOK,
                    what="a day's fixing",
                )
            devnet.travel(self.ifx, midnight(last) + 600)
            self.ifx.as_signer(devnet.signer(devnet.DESK)).escrow.settle(id).confirmed()
            anybody.wait_for(
                lambda: anybody.market.settlements(GPT41).items,
                bool,
                seconds=PATIENCE,
                every=LOOK,
                what="the settlement among the market's",
            )


@contextmanager
def sandbox_world(folder: Path, *, days: int) -> Iterator[World]:
    """The sandbox with so many days of history (13 at least), while the block runs."""
    folder.chmod(0o700)
    port, told = free_port(), sandbox.Told()
    now = midnight(day_of(START)) + 43_200
    with ExitStack() as closing:
        node_port = free_port()
        sandbox.start(closing, told, folder, anvil_binary(), port=port, node_port=node_port, now=now, days=days)
        ifx = IFX.connect(f"http://127.0.0.1:{node_port}", folder / "local.toml")
        found = World(ifx=ifx, url=f"http://127.0.0.1:{port}")
        found.live()
        yield found


WHO = {
    "long": dev_address(devnet.LONG),
    "operator": dev_address(devnet.DEPLOYER),
    "newcomer": dev_address(devnet.OUTSIDER),
}
"""Accounts that the node signs for, by who looks at a page."""
