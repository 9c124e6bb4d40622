"""Contract wallets that answer badly, and a seat in which a contract wallet has to approve: on boa's chain.

`seat` puts a wallet in one of `support.deeds.ALL_SEATS`; the plain accounts around it sign.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from support.deeds import SEATS
from support.protocol import Protocol, Receipt, mock

from ifx_sdk.endings import Novation, Termination
from ifx_sdk.signing import Message, message_digest

MAGIC = bytes.fromhex("1626ba7e")
YES = MAGIC + b"\0" * 28
"""The one answer that is a yes."""
ANSWERS = {
    "nothing": b"",
    "four bytes": MAGIC,
    "31 bytes": MAGIC + b"\0" * 27,
    "33 bytes": MAGIC + b"\0" * 29,
    "64 bytes": MAGIC + b"\0" * 60,
    "10,000 bytes": MAGIC + b"\0" * 9_996,
    "another selector": bytes.fromhex("ffffffff") + b"\0" * 28,
    "dirty padding": MAGIC + b"\0" * 27 + b"\1",
    "right-aligned": b"\0" * 28 + MAGIC,
    "the word for true": b"\0" * 31 + b"\1",
    "zeros": b"\0" * 32,
}
"""Answers that are none."""
VICES = ("set_refuses", "set_fails", "set_spins", "set_writing")
"""What a wallet can be told to do instead of answering; to fail is to revert with the bytes that would be a yes."""
GAS = 1_000_000
"""Enough for any call with a wallet that answers 10,000 bytes from its storage."""

Turn = Callable[[Any], None]


def _answering(answer: bytes) -> Turn:
    return lambda wallet: wallet.set_answer(answer)


def _taking_to(vice: str) -> Turn:
    return lambda wallet: getattr(wallet, vice)(True)


TURNS: dict[str, Turn] = {f"answers {name}": _answering(answer) for name, answer in ANSWERS.items()}
TURNS |= {vice.removeprefix("set_"): _taking_to(vice) for vice in VICES}
"""Every way in which a wallet that said yes to everything can turn."""


def gas_for(turn: str) -> int:
    """What to give a call: a wallet that loops burns 63 parts in 64 of what is left when it is asked, and our time."""
    return 300_000 if turn == "spins" else GAS


def reform(wallet: Any) -> None:
    """Make it say yes to everything again."""
    wallet.set_answer(YES)
    for vice in VICES:
        getattr(wallet, vice)(False)


def wallet_with_funds(protocol: Protocol) -> Any:
    """A contract wallet that says yes to everything, with tokens and an allowance."""
    wallet = mock("wallet").deploy()
    protocol.fund(wallet.address)
    return wallet


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """A message that a contract wallet has to approve beside plain accounts."""

    protocol: Protocol
    """Where it happens."""
    function: str
    """The call that executes it."""
    role: str
    """The wallet's."""
    message: Message
    """What is approved."""

    @property
    def digest(self) -> bytes:
        """Its id."""
        return message_digest(self.message, self.protocol.escrow_domain)

    @property
    def reason(self) -> str:
        """Why the call refuses where the wallet has not approved."""
        return f"escrow: {self.role} has not {'approved' if self.function == 'book' else 'agreed'}"

    def execute(self, approval: bytes, gas: int | None = GAS) -> Receipt:
        """Execute it with `approval` for the wallet and everybody else's signature."""
        keys = {who.address: who for who in (self.protocol.long, self.protocol.short, self.protocol.outsider)}
        approvals = [
            approval if role == self.role else keys[self.message.parties[role]].sign(self.digest)
            for role in SEATS[self.function]
        ]
        by = self.protocol.desk if self.function == "book" else self.protocol.issuer
        call = getattr(self.protocol.escrow, self.function)
        return self.protocol.send(call, self.message.as_tuple(), *approvals, by=by, gas=gas)


def seat(protocol: Protocol, name: str, wallet: Any) -> Seat:
    """`wallet`, which says yes, in the seat `name`; what has to be booked before is booked."""
    function, role = name.split()
    long = wallet.address if role in ("long", "outgoing") else protocol.long.address
    short = wallet.address if role in ("short", "remaining") else protocol.short.address
    terms = protocol.terms(long=long, short=short)
    booked = Seat(protocol=protocol, function="book", role="long" if long == wallet.address else "short", message=terms)
    if function == "book":
        return booked
    if role == "incoming":
        protocol.book(terms)
    else:
        booked.execute(b"any")
    rest: dict[str, Any] = {"forward": booked.digest, "deadline": terms.deadline, "salt": b"\5" * 32}
    if function == "terminate":
        message: Message = Termination(long=long, short=short, price=6_999_999, **rest)
    else:
        incoming = wallet.address if role == "incoming" else protocol.outsider.address
        message = Novation(outgoing=long, incoming=incoming, remaining=short, payment=1_000_001, **rest)
    return Seat(protocol=protocol, function=function, role=role, message=message)
