"""What stands between an approved agreement and the chain: every problem at once, and who must do what about it.

Nothing here books; the escrow checks all of it again. What it finds is shown to the parties, so that they need not
learn one refusal after the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ifx_sdk.calendar import day_of, format_time
from ifx_sdk.client import IFX
from ifx_sdk.codec import Codec
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.errors import (
    BadEnding,
    BadTerms,
    IncomingLeftBefore,
    MessageRevoked,
    NotListed,
    Reverted,
    SpotNotTodaysFixing,
)
from ifx_sdk.money import decimal_text, format_amount, format_price
from ifx_sdk.payoff import deposit_required
from ifx_sdk.signing import Message
from ifx_sdk.terms import Terms
from otc_desk.states import fitting

_PAYMENT: Final = (("sender", "address"), ("receiver", "address"), ("amount", "uint256"))
_TRANSFER_FROM: Final = Codec(
    "Token",
    [
        {
            "type": "function",
            "name": "transferFrom",
            "stateMutability": "nonpayable",
            "inputs": [{"name": name, "type": kind} for name, kind in _PAYMENT],
            "outputs": [],
        }
    ],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that must change."""

    code: str
    """Its kind, for programs: `deadline`, `spot`, `funds`, `allowance`, `approval`, ..."""
    who: str
    """Who must act: a role such as `long`, or `desk`, `oracle`, `guardian`, `owner`, `nobody`."""
    what: str
    """What is wrong."""
    cure: str
    """What to do."""

    def text(self) -> str:
        """One line for people."""
        return f"{self.who}: {self.what.rstrip('.')}. {self.cure}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What executing takes from one account: free balance first, the rest from its wallet's allowance."""

    role: str
    """Its role in the message."""
    account: str
    """Checksummed."""
    amount: int
    """micro-USDT."""


def needs(message: Message) -> tuple[Need, ...]:
    """What executing a message collects, by role. Pure."""
    if isinstance(message, Terms):
        long, short = deposit_required(spot=message.spot, indicative=message.indicative, quantity=message.quantity)
        return (
            Need(role="long", account=message.long, amount=long),
            Need(role="short", account=message.short, amount=short),
        )
    if isinstance(message, Novation):
        return (Need(role="incoming", account=message.incoming, amount=message.payment),)
    return ()


def chain_problems(ifx: IFX, message: Message, desk: str | None) -> tuple[Problem, ...]:
    """Everything on the chain that `book`, `terminate` or `novate` would refuse now, but for the approvals.

    `desk` is the account that sends; None leaves out whether it may. Raises `NodeDown`, `RpcError`.
    """
    found = list(_booking(ifx, message, desk) if isinstance(message, Terms) else _ending(ifx, message))
    for need in needs(message):
        found += _money(ifx, need)
    return tuple(found)


def reason_of(problems: Sequence[Problem]) -> str:
    """What an agreement waits for, in one text that fits."""
    return fitting(" ".join(each.text() for each in problems))


def _booking(ifx: IFX, terms: Terms, desk: str | None) -> Iterator[Problem]:
    now = ifx.chain.now()
    try:
        terms.validate(ifx.escrow.lot_of(terms.underlying), now, escrow=ifx.escrow.address)
    except NotListed as error:
        yield Problem(code="listing", who="owner", what=error.what, cure="New bookings wait until it is listed again.")
    except BadTerms as error:
        yield Problem(
            code="terms", who="nobody", what=error.what, cure="These terms can not be booked: ask for new ones."
        )
    fixing = ifx.oracle.fixing(terms.underlying, day_of(now))
    if fixing is None:
        what = f"{terms.underlying} has no fixing of today yet"
        yield Problem(code="fixing", who="oracle", what=what, cure="It is posted some minutes after 00:00 UTC; wait.")
    else:
        try:
            terms.check_spot(fixing.price)
        except SpotNotTodaysFixing as error:
            cure = "Terms are booked on the fixing of their day alone: ask for new ones."
            yield Problem(code="spot", who="nobody", what=error.what, cure=cure)
    paused = ifx.escrow.paused_until()
    if paused > now:
        what = f"new bookings are paused until {format_time(paused)}"
        yield Problem(code="pause", who="guardian", what=what, cure="The pause ends by itself; wait.")
    if desk is not None and ifx.escrow.desk() != desk:
        what = f"{desk} is not the account that books; that is {ifx.escrow.desk()}"
        yield Problem(code="desk", who="desk", what=what, cure="The desk's operator gives it the right key.")


def _ending(ifx: IFX, message: Termination | Novation) -> Iterator[Problem]:
    try:
        ifx.escrow.check_ending(message)
    except (BadEnding, IncomingLeftBefore, MessageRevoked) as error:
        yield Problem(code="ending", who="nobody", what=error.what, cure="It can not be executed: propose a new one.")


def _money(ifx: IFX, need: Need) -> Iterator[Problem]:
    free = ifx.escrow.balance_of(need.account)
    pulled = max(0, need.amount - free)
    wallet, allowance = ifx.token.balance(need.account), ifx.token.allowance(need.account)
    beside = f", of which {format_amount(free)} are its free balance" if free else ""
    takes = f"{need.account} needs {format_amount(need.amount)}{beside}"
    if wallet < pulled:
        missing = format_amount(pulled - wallet)
        what = f"{takes}; its wallet holds {format_amount(wallet)}, {missing} too little"
        yield Problem(code="funds", who=need.role, what=what, cure=f"Put {missing} more into the wallet.")
    if allowance < pulled:
        what = f"{takes}; the escrow may collect {format_amount(allowance)} of the {format_amount(pulled)}"
        cure = f"Allow it from that wallet: `ifx allow {decimal_text(pulled)}`."
        yield Problem(code="allowance", who=need.role, what=what, cure=cure)
    if 0 < pulled <= min(wallet, allowance) and (why := _refusal(ifx, need.account, pulled)):
        what = f"the token does not let the escrow collect from {need.account}: {why}"
        cure = "It is paused, or its issuer has blocked this account; nobody else can change that."
        yield Problem(code="token", who=need.role, what=what, cure=cure)


def _refusal(ifx: IFX, account: str, amount: int) -> str:
    """Why the token would not pay the escrow, tried without sending anything: blocked, paused. Empty where it would."""
    data = _TRANSFER_FROM.encode_call("transferFrom", [account, ifx.escrow.address, amount])
    try:
        answer = ifx.chain.node.call({"from": ifx.escrow.address, "to": ifx.token.address, "data": data})
    except Reverted as error:
        return error.reason or "it gives no reason"
    return "" if not answer or any(answer) else "it answers no"


def live_problem(what: str, spot: int) -> Problem:
    """The page speaks against booking on a spot."""
    cure = f"Nothing is booked on {format_price(spot)} while that is so; new terms follow the next fixing."
    return Problem(code="live", who="oracle", what=what, cure=cure)
