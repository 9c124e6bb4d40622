"""Golden vectors through the compiled contracts, on the in-process chain: what they collect, pay and refuse.

One deployment stands at the earliest trade date. Every entry starts from it, in the order of trade dates, on its real
days: the chain travels to the trade date, `S0` is posted, the forward booked; it travels to the maturity, `F_ref` is
posted, anyone settles, both sides withdraw; then the chain goes back to the deployment, so that entries with different
prices on one day never meet. Figures are read from balances, records and events, not from this SDK's arithmetic, but
for what no contract knows (the window, the payoff before its cap), which are taken from what the contract recorded.
Needs the extra `[local]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ifx_sdk import calendar, devnet, money
from ifx_sdk.chain import Chain
from ifx_sdk.contract import integer
from ifx_sdk.deploy import Listing
from ifx_sdk.errors import BadTerms, IFXError, InputError, Reverted
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.outcomes import Confirmed
from ifx_sdk.signing import terms_digest
from ifx_sdk.terms import Terms
from ifx_sdk.vectors import Entry, ForwardInputs, Mismatch, compare, forward_inputs, forward_refusal, listed_forward

UNDERLYING: Final = "openai/gpt-4.1"
"""What is listed; an entry's `model_id` is a label."""

Advance = Callable[[str], None]
"""Told the id of the entry that comes next."""

_WALLET: Final = 2**200
"""micro-USDT that each side has: more than any forward takes."""


def check_forwards(entries: Sequence[Entry], advance: Advance = lambda id: None) -> dict[str, list[Mismatch]]:
    """The mismatches of every forward, by entry id, between what it expects and what the contracts did.

    An entry whose terms this SDK refuses is left to it. Raises MalformedVectors, MissingExtra.
    """
    forwards = [(entry, forward_inputs(entry)) for entry in entries]
    playable = [(entry, forward) for entry, forward in forwards if forward_refusal(forward) is None]
    found: dict[str, list[Mismatch]] = {forward.id: [] for _, forward in forwards}
    for stage, (entry, forward) in _in_turn(playable, lot=1):
        advance(forward.id)
        try:
            got = stage.play(forward)
        except IFXError as error:
            found[forward.id] = [Mismatch("contract", "a forward booked, settled and withdrawn", error.what)]
        else:
            found[forward.id] = _by_contract(compare(entry["expected"], got))
    return found


def check_invalid_terms(entries: Sequence[Entry], advance: Advance = lambda id: None) -> dict[str, list[Mismatch]]:
    """The mismatches of terms that this SDK refuses for a reason of the contract and the contract does not, or reverse.

    Rules of the product alone (the tenors offered, the fee) are no contract's: such entries have none here.
    """
    listed = [(entry, listed_forward(entry)) for entry in entries]
    playable = [(entry, forward) for entry, forward in listed if forward is not None]
    found: dict[str, list[Mismatch]] = {str(entry["id"]): [] for entry in entries}
    for stage, (_, forward) in _in_turn(playable, lot=money.LOT):
        advance(forward.id)
        try:
            terms = stage.terms(forward)
        except InputError:
            continue  # no transaction can carry them: a negative number, or one beyond 256 bits
        expected, got = stage.refusals(terms)
        found[forward.id] = _by_contract(compare(expected, got))
    return found


CHECKS: Final[Mapping[str, Callable[[Sequence[Entry], Advance], dict[str, list[Mismatch]]]]] = {
    "forwards": check_forwards,
    "invalid_terms": check_invalid_terms,
}
"""Kind -> its pass through the contracts."""


def _by_contract(mismatches: Iterable[Mismatch]) -> list[Mismatch]:
    return [each._replace(key=f"{each.key} (contract)") for each in mismatches]


def _in_turn(
    playable: Sequence[tuple[Entry, ForwardInputs]], lot: int
) -> Iterator[tuple[Stage, tuple[Entry, ForwardInputs]]]:
    """Each entry with the stage set for it, by trade date."""
    if not playable:
        return
    ordered = sorted(playable, key=lambda each: each[1].trade_date)
    stage = Stage(start=calendar.midnight(calendar.day_number(ordered[0][1].trade_date)), lot=lot)
    for each in ordered:
        stage.reset()
        yield stage, each


@dataclass(frozen=True, kw_only=True, slots=True)
class _Money:
    """Who has what, micro-USDT."""

    long: int
    """In the long's wallet."""
    short: int
    """In the short's wallet."""
    escrow: int
    """In the escrow."""
    fees: int
    """The fee recipient's free balance."""
    long_free: int
    """The long's free balance."""
    short_free: int
    """The short's free balance."""


class Stage:
    """A deployment on a chain of its own, with a long, a short and a desk, to which it returns for every entry."""

    def __init__(self, *, start: int, lot: int) -> None:
        """Deploy at `start` (unix seconds) with `lot` Mtok. Raises MissingExtra."""
        self._local = LocalChain(timestamp=start)
        self._ifx = devnet.start(Chain(self._local.web3), [Listing(name=UNDERLYING, lot=lot)])
        self._lot = lot
        self._keys = {role: devnet.signer(index) for role, index in (("long", devnet.LONG), ("short", devnet.SHORT))}
        self._desk = self._ifx.as_signer(devnet.signer(devnet.DESK))
        self._outsider = self._ifx.as_signer(devnet.signer(devnet.OUTSIDER))
        self._sides = {role: self._ifx.as_signer(signer) for role, signer in self._keys.items()}
        for side in self._sides.values():
            devnet.faucet(self._ifx, side.account, usdt=_WALLET)
            for outcome in side.token.allow(_WALLET):
                outcome.confirmed()
        self._mark = self._local.snapshot()

    def reset(self) -> None:
        """Back to the deployment."""
        self._local.revert(self._mark)

    def terms(self, forward: ForwardInputs) -> Terms:
        """The entry's terms between the stage's long and short. Raises BadValue for what no transaction can carry."""
        trade_day = calendar.day_number(forward.trade_date)
        return Terms(
            long=self._sides["long"].account,
            short=self._sides["short"].account,
            underlying=UNDERLYING,
            quantity=forward.quantity,
            price=forward.price,
            spot=forward.spot,
            indicative=forward.indicative,
            maturity=forward.maturity,
            averaging_days=1,
            deadline=calendar.midnight(trade_day + 1) - 1,
            salt=bytes(32),
        )

    def play(self, forward: ForwardInputs) -> dict[str, object]:
        """A forward's whole life; everything that an entry may expect of it, as the contracts have it.

        Raises Reverted and the like where the contracts refuse a step.
        """
        terms = self.terms(forward)
        self._open_day(calendar.day_number(forward.trade_date), forward.spot)
        id = terms_digest(terms, self._ifx.escrow.domain())
        before = self._money()
        self._book(terms).event("ForwardBooked")
        booked = self._money()
        record = self._ifx.escrow.forward(id)
        locked = self._ifx.escrow.payouts(id, record.price)[0]  # at F_ref = F each side gets back what it locked
        self._open_day(record.maturity_day, forward.settlement)
        event = self._outsider.escrow.settle(id).confirmed().event("ForwardSettled")
        settled = self._money()
        payouts = settled.long_free - booked.long_free, settled.short_free - booked.short_free
        paid = self._withdrawn(settled)
        if (integer(event.args["long_payout"]), integer(event.args["short_payout"])) != payouts or paid != payouts:
            raise Reverted(what=f"the event says {dict(event.args)}, the balances {payouts}, the wallets {paid}")
        raw = (integer(event.args["price"]) - record.price) * record.quantity
        return _collected(before, booked, locked) | {
            "maturity_ts": record.maturity,
            "window_start_ts": calendar.window_start(record.maturity),
            "raw_payoff_long": raw,
            "payoff_long": payouts[0] - locked,
            "cap_binding": _cap(raw, payouts[0] - locked),
            "payout_long": payouts[0],
            "payout_short": payouts[1],
        }

    def refusals(self, terms: Terms) -> tuple[str, str]:
        """Why this SDK and why the contract refuse to book terms: the reasons; `accept` where they do not."""
        day = calendar.day_of(terms.deadline)
        if terms.spot < money.PRICE_LIMIT:
            self._open_day(day, terms.spot)
        expected = got = "accept"
        try:
            terms.validate(self._lot, calendar.midnight(day))
        except BadTerms as error:
            expected = error.reason
        try:
            self._book(terms)
        except Reverted as error:
            got = error.reason
        return expected, got

    def _open_day(self, day: int, price: int) -> None:
        """Be on a UTC day, with its fixing posted."""
        if calendar.day_of(self._local.timestamp) < day:
            self._local.travel(calendar.midnight(day))
        for outcome in devnet.post(self._ifx, {UNDERLYING: price}, day):
            outcome.confirmed()

    def _book(self, terms: Terms) -> Confirmed:
        """Have the contract itself judge the terms, with both sides' signatures."""
        escrow = self._desk.escrow
        id = terms_digest(terms, escrow.domain())
        signatures = [signer.sign_digest(id) for signer in self._keys.values()]
        return escrow.send(escrow.prepare("book", terms.as_tuple(), *signatures)).confirmed()

    def _withdrawn(self, before: _Money) -> tuple[int, int]:
        """Withdraw both free balances; what arrives in the wallets."""
        for role, amount in (("long", before.long_free), ("short", before.short_free)):
            if amount:
                self._sides[role].escrow.withdraw(amount).confirmed()
        after = self._money()
        return after.long - before.long, after.short - before.short

    def _money(self) -> _Money:
        token, escrow = self._ifx.token, self._ifx.escrow
        long, short = (self._sides[role].account for role in ("long", "short"))
        return _Money(
            long=token.balance(long),
            short=token.balance(short),
            escrow=token.balance(escrow.address),
            fees=escrow.balance_of(self._ifx.escrow.fee_recipient()),
            long_free=escrow.balance_of(long),
            short_free=escrow.balance_of(short),
        )


def _collected(before: _Money, booked: _Money, locked: int) -> dict[str, object]:
    """What booking took, from the balances before and after it; `locked` is B."""
    fee, deposits = booked.fees - before.fees, (before.long - booked.long, before.short - booked.short)
    return {
        "prefund_per_side": locked,
        "escrow_total": booked.escrow - before.escrow - fee,
        "fee_total": fee,
        "fee_long": deposits[0] - locked,
        "fee_short": deposits[1] - locked,
        "deposit_long": deposits[0],
        "deposit_short": deposits[1],
    }


def _cap(raw: int, payoff: int) -> str:
    if raw > payoff:
        return "upper"
    return "lower" if raw < payoff else "none"
