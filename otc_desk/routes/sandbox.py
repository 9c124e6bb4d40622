"""Trying the desk out on a local chain: its accounts and its time. These routes exist in a sandbox alone."""

from typing import Annotated, Any, Literal, Self, TypeAlias

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import Field

from otc_desk.desk import Desk
from otc_desk.errors import BadRequest, NotAllowed
from otc_desk.routes.callers import DeskOf
from otc_desk.routes.models import Input, Output
from otc_desk.sandbox import Journey, NodeWallet, TimeTravel, days_left
from otc_desk.settings import is_loopback


class SandboxAccountOut(Output):
    """An account for which the page has a wallet."""

    name: str = Field(description="Whose it is.")
    address: str = Field(description="Checksummed.")
    operator: bool = Field(description="Whether it may check requests and confirm matches.")


class JourneyOut(Output):
    """Time that passes, or has passed."""

    since: int = Field(description="The chain's time when it began, unix seconds UTC.")
    to: int = Field(description="Where it ends, unix seconds UTC.")
    at: int = Field(description="How far it came, unix seconds UTC.")
    days_left: int = Field(description="Whole days that it has still to go.")
    over: bool = Field(description="Whether it has ended.")
    unfixed: list[str] = Field(description="Days on which the oracle posted nothing in time.")
    failure: str = Field(description="Why it ended early; empty where it did not.")

    @classmethod
    def of(cls, found: Journey) -> Self:
        """From the journey."""
        return cls(
            since=found.since,
            to=found.to,
            at=found.at,
            days_left=days_left(found),
            over=found.over,
            unfixed=list(found.unfixed),
            failure=found.failure,
        )


class SandboxOut(Output):
    """What can be tried out here."""

    now: int = Field(description="The desk's time, unix seconds UTC.")
    rpc: str = Field(description="The local node, for wallets of your own.")
    accounts: list[SandboxAccountOut] = Field(description="Public test accounts.")
    journey: JourneyOut | None = Field(description="Time travel that is under way, or the last one.")


class Destination(Input):
    """Until when time passes."""

    to: Literal["next-day", "maturity"] = Field(description="The next day's fixing, or when a forward can be settled.")
    forward: str | None = Field(default=None, pattern=r"^0x[0-9a-f]{64}$", description="Its id, for its maturity.")


class WalletRequest(Input):
    """A page's request to a wallet, as EIP-1193 has it."""

    account: str = Field(max_length=42, description="Whose wallet.")
    method: str = Field(max_length=64, description="Such as `eth_signTypedData_v4`.")
    params: list[Any] = Field(default=[], max_length=10, description="As the method has them.")


def _at_home(request: Request) -> None:
    """Whoever comes from elsewhere is refused, however the desk came to listen there. Raises `NotAllowed`."""
    if request.client is None or not is_loopback(request.client.host):
        raise NotAllowed("a sandbox is for this machine alone")


router = APIRouter(prefix="/sandbox", tags=["sandbox"], dependencies=[Depends(_at_home)])


def travel_of(request: Request) -> TimeTravel:
    """The application's."""
    found: TimeTravel = request.app.state.time_travel
    return found


def wallet_of(request: Request) -> NodeWallet:
    """The application's."""
    found: NodeWallet = request.app.state.node_wallet
    return found


TravelOf: TypeAlias = Annotated[TimeTravel, Depends(travel_of)]
WalletOf: TypeAlias = Annotated[NodeWallet, Depends(wallet_of)]


def add_sandbox(app: FastAPI, desk: Desk) -> None:
    """Add the routes where the settings have a sandbox; `otc_desk.sandbox.hold` has looked at where."""
    sandbox = desk.settings.sandbox
    if sandbox is None:
        return
    app.state.time_travel = TimeTravel(desk.ifx, patience_seconds=sandbox.patience_seconds)
    app.state.node_wallet = NodeWallet(desk.settings.chain.rpc, [each.address for each in sandbox.accounts])
    app.include_router(router, prefix="/api")


@router.get("", summary="What can be tried out here")
def found(desk: DeskOf, travel: TravelOf) -> SandboxOut:
    """Accounts, time, and how far a journey is."""
    assert desk.settings.sandbox is not None  # noqa: S101 - or the route would not be there
    journey = travel.journey()
    return SandboxOut(
        now=desk.now(),
        rpc=desk.settings.chain.rpc,
        accounts=[
            SandboxAccountOut(name=each.name, address=each.address, operator=desk.is_operator(each.address))
            for each in desk.settings.sandbox.accounts
        ],
        journey=None if journey is None else JourneyOut.of(journey),
    )


@router.post("/time-travel", summary="Let time pass", status_code=202)
def time_travel(travel: TravelOf, body: Destination) -> JourneyOut:
    """The chain goes day by day, and the oracle posts on each; ask GET /api/sandbox how far it is."""
    if body.to == "next-day":
        return JourneyOut.of(travel.next_day())
    if body.forward is None:
        raise BadRequest("forward", "it is missing", "Name the forward to whose maturity time passes.")
    return JourneyOut.of(travel.maturity(bytes.fromhex(body.forward[2:])))


@router.post("/wallet", summary="Ask a wallet of the local node")
def wallet(node: WalletOf, body: WalletRequest) -> dict[str, Any]:
    """`result` or `error`, as JSON-RPC has them."""
    return node.ask(body.account, body.method, body.params)
