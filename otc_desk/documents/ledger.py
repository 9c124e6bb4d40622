"""Entries for a general ledger, double: a line has an account to debit, one to credit and one positive amount. Pure.

entry        stable id: importing a line twice is seen
date, time   UTC, of the block
event        booking, fee, novation, settlement, termination, deposit, withdrawal
debit, credit
    wallet             USDT in the participant's own wallet
    escrow-free        its free balance in the escrow, withdrawable at any time
    escrow-locked      prefunding of active forwards
    fees               fees paid
    forward-result     what forwards gained (credit) or lost (debit)
    third-party        who deposited for it, or to whom it withdrew
amount       USDT, plain decimal
account, forward, transaction, block, memo
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ifx_sdk import payoff
from ifx_sdk.records import EarlyEnd
from otc_desk.documents.facts import Facts
from otc_desk.documents.words import plain

COLUMNS = (
    "entry",
    "date",
    "time",
    "event",
    "debit",
    "credit",
    "amount",
    "currency",
    "account",
    "forward",
    "transaction",
    "block",
    "memo",
)
WALLET, FREE, LOCKED = "wallet", "escrow-free", "escrow-locked"
FEES, RESULT, OTHERS = "fees", "forward-result", "third-party"


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A deposit into an account's free balance, or a withdrawal out of it."""

    is_deposit: bool
    """Else a withdrawal."""
    other: str
    """Who paid, or who received, checksummed."""
    amount: int
    """micro-USDT."""
    at: int
    """Unix seconds UTC of its block."""
    block: int
    """The block."""
    log: int
    """Its place in the block: with the block it names the event."""
    tx: str
    """The transaction."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line."""

    entry: str
    """Stable id."""
    at: int
    """Unix seconds UTC."""
    event: str
    """What happened."""
    debit: str
    """Account that the amount goes to."""
    credit: str
    """Account that it comes from."""
    amount: int
    """micro-USDT, above 0."""
    account: str
    """Whose books, checksummed."""
    forward: str
    """Id of the forward; empty for deposits and withdrawals."""
    tx: str
    """The transaction."""
    block: int
    """The block."""
    memo: str
    """A few words."""


Legs = tuple[tuple[str, int], ...]


def entries(facts: Facts) -> tuple[Entry, ...]:
    """What one booked forward did to the viewer's books, oldest first; nothing before it is booked."""
    if facts.booked is None:
        return ()
    found = list(_entered(facts))
    found += _left(facts)
    return tuple(found)


def movements(account: str, moved: Iterable[Moved]) -> tuple[Entry, ...]:
    """Deposits and withdrawals of an account."""
    found = []
    for each in moved:
        outside = WALLET if each.other == account else OTHERS
        debit, credit = (FREE, outside) if each.is_deposit else (outside, FREE)
        event = "deposit" if each.is_deposit else "withdrawal"
        found.append(
            Entry(
                entry=f"{event}-{each.block}-{each.log}",
                at=each.at,
                event=event,
                debit=debit,
                credit=credit,
                amount=each.amount,
                account=account,
                forward="",
                tx=each.tx,
                block=each.block,
                memo=f"{'from' if each.is_deposit else 'to'} {each.other}",
            )
        )
    return tuple(each for each in found if each.amount)


def to_csv(lines: Iterable[Entry]) -> bytes:
    """The file: RFC 4180, UTF-8, a header, then the entries by time."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in sorted(lines, key=lambda line: (line.at, line.block)):
        at = datetime.fromtimestamp(each.at, UTC)
        writer.writerow(
            (
                each.entry,
                f"{at:%Y-%m-%d}",
                f"{at:%H:%M:%S}",
                each.event,
                each.debit,
                each.credit,
                plain(each.amount),
                "USDT",
                each.account,
                each.forward,
                each.tx,
                each.block,
                each.memo,
            )
        )
    return out.getvalue().encode()


def _entered(facts: Facts) -> Iterator[Entry]:
    """The booking, or the novation by which the viewer came."""
    booked, part, terms = facts.booked, facts.part, facts.first
    assert booked is not None  # noqa: S101 - asked by the caller
    locked = payoff.prefunding(spot=terms.spot, quantity=terms.quantity)
    entered = None if part is None else part.entered
    if entered is None:
        halves = payoff.fee_split(payoff.fee(indicative=terms.indicative, quantity=terms.quantity))
        fee = halves[0] if facts.side == "long" else halves[1]
        paid = locked + fee
        targets: Legs = ((LOCKED, locked), (FEES, fee))
        sources: Legs = ((FREE, paid - facts.from_wallet), (WALLET, facts.from_wallet))
        yield from _lines(facts, "booking", facts.booked_at, booked.tx_hash, booked.block_number, targets, sources)
        return
    sources = ((FREE, entered.payment - facts.from_wallet), (WALLET, facts.from_wallet))
    targets = ((LOCKED, locked), (RESULT, max(0, entered.payment - locked)))
    sources += ((RESULT, max(0, locked - entered.payment)),)
    at = dict(facts.changes)[entered]
    yield from _lines(facts, "novation-in", at, entered.tx_hash, entered.block_number, targets, sources)


def _left(facts: Facts) -> Iterator[Entry]:
    """The novation by which the viewer left, or the end of the forward."""
    terms, part, ending = facts.first, facts.part, facts.ending
    locked = payoff.prefunding(spot=terms.spot, quantity=terms.quantity)
    if part is not None and part.left is not None:
        at, change = dict(facts.changes)[part.left], part.left
        what, got, tx, block = "novation-out", change.payment, change.tx_hash, change.block_number
    elif ending is not None:
        what = "termination" if isinstance(ending, EarlyEnd) else "settlement"
        got = ending.long_payout if facts.side == "long" else ending.short_payout
        at, tx, block = facts.ended_at, ending.tx_hash, ending.block_number
    else:
        return
    targets: Legs = ((FREE, got), (RESULT, max(0, locked - got)))
    sources: Legs = ((LOCKED, locked), (RESULT, max(0, got - locked)))
    yield from _lines(facts, what, at, tx, block, targets, sources)


def _lines(facts: Facts, event: str, at: int, tx: str, block: int, targets: Legs, sources: Legs) -> Iterator[Entry]:
    forward = "0x" + facts.id.hex()
    for number, (debit, credit, amount) in enumerate(paired(targets, sources), 1):
        yield Entry(
            entry=f"{event}-{forward[2:18]}-{number}",
            at=at,
            event="fee" if debit == FEES else event,
            debit=debit,
            credit=credit,
            amount=amount,
            account=facts.viewer,
            forward=forward,
            tx=tx,
            block=block,
            memo=f"{facts.side} {facts.first.underlying}",
        )


def paired(targets: Legs, sources: Legs) -> Iterator[tuple[str, str, int]]:
    """(debit, credit, amount) lines that fill every target from the sources in their order; both add up alike."""
    left = [each for each in sources if each[1]]
    for debit, wanted in targets:
        while wanted:
            credit, available = left.pop(0)
            amount = min(wanted, available)
            yield debit, credit, amount
            wanted -= amount
            if available > amount:
                left.insert(0, (credit, available - amount))
