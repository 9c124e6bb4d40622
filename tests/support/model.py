"""What the protocol's prose says must happen, as a plain ledger: the reference that the contracts are held against.

Written from docs/protocol.md. Every operation answers the reason for which it must be refused, or moves the books and
answers None.
"""

from dataclasses import dataclass, field

from ifx_sdk import payoff
from ifx_sdk.terms import Terms

DAY = 86_400
PAUSE = 3 * DAY
UNLIMITED = 2**256 - 1
ACTIVE, SETTLED = "active", "settled"


@dataclass(kw_only=True)
class Booked:
    """A forward in the books."""

    terms: Terms
    status: str = ACTIVE

    @property
    def locked(self) -> int:
        """2B, micro-USDT."""
        return 2 * payoff.prefunding(spot=self.terms.spot, quantity=self.terms.quantity)


@dataclass(kw_only=True)
class Model:
    """The books of one escrow, its oracle and its token."""

    now: int
    escrow: str
    fee_recipient: str
    lots: dict[str, int]
    wallets: dict[str, int] = field(default_factory=dict)
    allowances: dict[str, int] = field(default_factory=dict)
    free: dict[str, int] = field(default_factory=dict)
    stray: int = 0
    token_fee_bps: int = 0
    paused_until: int = 0
    posted: dict[str, dict[int, int]] = field(default_factory=dict)
    forwards: dict[bytes, Booked] = field(default_factory=dict)
    approved: set[tuple[bytes, str]] = field(default_factory=set)
    revoked: set[bytes] = field(default_factory=set)
    signers: list[int]
    quorum: int
    announced: tuple[int, list[int], int] | None = None

    @property
    def today(self) -> int:
        """The UTC day."""
        return self.now // DAY

    @property
    def active(self) -> list[bytes]:
        """Ids of the forwards that wait for their settlement."""
        return [id_ for id_, booked in self.forwards.items() if booked.status == ACTIVE]

    @property
    def owed(self) -> int:
        """What the escrow must be able to pay: free balances, and 2B for each active forward."""
        return sum(self.free.values()) + sum(self.forwards[id_].locked for id_ in self.active)

    def fixings(self, underlying: str) -> dict[int, int]:
        """Posted day -> price."""
        return self.posted.setdefault(underlying, {})

    # Tokens.

    def deposit(self, payer: str, account: str, amount: int) -> str | None:
        """Wallet to free balance."""
        if amount == 0:
            return "escrow: amount is zero"
        refused = self._pull({payer: amount})
        if refused is None:
            self.free[account] = self.free.get(account, 0) + amount
        return refused

    def withdraw(self, account: str, amount: int) -> str | None:
        """Free balance to wallet; the token keeps its fee."""
        if amount == 0:
            return "escrow: nothing to withdraw"
        if amount > self.free.get(account, 0):
            return "ledger: balance too low"
        self.free[account] -= amount
        self.wallets[account] = self.wallets.get(account, 0) + amount - amount * self.token_fee_bps // 10_000
        return None

    def _pull(self, amounts: dict[str, int]) -> str | None:
        """Both pulls happen, or neither."""
        for payer, amount in amounts.items():
            if amount and self.allowances.get(payer, 0) < amount:
                return "usdt: allowance too low"
            if amount and self.wallets.get(payer, 0) < amount:
                return "usdt: balance too low"
        if any(amount * self.token_fee_bps // 10_000 for amount in amounts.values()):
            return "ledger: token did not deliver"
        for payer, amount in amounts.items():
            if not amount:
                continue
            self.wallets[payer] -= amount
            if self.allowances[payer] != UNLIMITED:
                self.allowances[payer] -= amount
        return None

    # Approvals.

    def approve(self, account: str, id_: bytes, terms: Terms) -> str | None:
        """On chain."""
        if account not in (terms.long, terms.short):
            return "escrow: not a side"
        if id_ in self.forwards or id_ in self.revoked:
            return "escrow: approval too late"
        self.approved.add((id_, account))
        return None

    def revoke(self, account: str, id_: bytes, terms: Terms) -> str | None:
        """For ever."""
        if account not in (terms.long, terms.short):
            return "escrow: only a side revokes"
        if id_ in self.forwards or id_ in self.revoked:
            return "escrow: revocation too late"
        self.revoked.add(id_)
        return None

    # Booking and settlement.

    def book(self, id_: bytes, terms: Terms, signed: set[str]) -> str | None:
        """By the desk, with signatures of the accounts in `signed`."""
        refused = self._refuse_terms(terms) or self._refuse_approvals(id_, terms, signed)
        if refused is not None:
            return refused
        needs = dict(
            zip(
                (terms.long, terms.short),
                payoff.deposit_required(spot=terms.spot, indicative=terms.indicative, quantity=terms.quantity),
                strict=True,
            )
        )
        from_free = {side: min(need, self.free.get(side, 0)) for side, need in needs.items()}
        refused = self._pull({side: needs[side] - from_free[side] for side in needs})
        if refused is not None:
            return refused
        for side, amount in from_free.items():
            self.free[side] = self.free.get(side, 0) - amount
        fee = payoff.fee(indicative=terms.indicative, quantity=terms.quantity)
        self.free[self.fee_recipient] = self.free.get(self.fee_recipient, 0) + fee
        self.forwards[id_] = Booked(terms=terms)
        return None

    def _refuse_terms(self, terms: Terms) -> str | None:
        tenor = terms.maturity // DAY - self.today
        lot = self.lots.get(terms.underlying, 0)
        checks = (
            (self.now < self.paused_until, "escrow: booking is paused"),
            (self.now > terms.deadline, "escrow: terms expired"),
            (terms.long == terms.short, "escrow: one account on both sides"),
            (lot == 0, "escrow: not listed"),
            (terms.quantity == 0 or terms.quantity % (lot or 1) != 0, "escrow: quantity not in lots"),
            (not 0 < terms.spot < 2**39, "escrow: spot out of range"),
            (not 0 < terms.price <= 2 * terms.spot, "escrow: price out of range"),
            (not 0 < terms.indicative <= terms.spot, "escrow: indicative out of range"),
            (terms.maturity % DAY != 0, "escrow: maturity not at midnight"),
            (not 28 <= tenor <= 400, "escrow: tenor out of range"),
            (not 1 <= terms.averaging_days <= tenor, "escrow: averaging out of range"),
            (self.fixings(terms.underlying).get(self.today) != terms.spot, "escrow: spot is not today's fixing"),
        )
        return next((reason for broken, reason in checks if broken), None)

    def _refuse_approvals(self, id_: bytes, terms: Terms, signed: set[str]) -> str | None:
        if id_ in self.revoked:
            return "escrow: terms revoked"
        if id_ in self.forwards:
            return "escrow: already booked"
        if terms.long not in signed and (id_, terms.long) not in self.approved:
            return "escrow: long has not approved"
        if terms.short not in signed and (id_, terms.short) not in self.approved:
            return "escrow: short has not approved"
        return None

    def price_of(self, terms: Terms) -> tuple[int | None, bool]:
        """F_ref and its certainty."""
        return payoff.settlement_price(
            self.fixings(terms.underlying), terms.maturity // DAY, terms.averaging_days, self.now
        )

    def settle(self, id_: bytes) -> str | None:
        """By anyone."""
        booked = self.forwards.get(id_)
        if booked is None:
            return "escrow: unknown forward"
        if booked.status != ACTIVE:
            return "escrow: not active"
        terms = booked.terms
        if self.now < terms.maturity:
            return "escrow: before maturity"
        price, certain = self.price_of(terms)
        if not certain or price is None:
            return "escrow: price not certain yet"
        long_payout, short_payout = payoff.payouts(
            price=terms.price, spot=terms.spot, quantity=terms.quantity, settlement=price
        )
        self.free[terms.long] = self.free.get(terms.long, 0) + long_payout
        self.free[terms.short] = self.free.get(terms.short, 0) + short_payout
        booked.status = SETTLED
        return None

    # Roles and the oracle.

    def pause(self) -> str | None:
        """By the guardian."""
        if self.now < self.paused_until + PAUSE:
            return "escrow: pause not re-armed yet"
        self.paused_until = self.now + PAUSE
        return None

    def in_force(self) -> tuple[list[int], int]:
        """Today's signers and their quorum; an announced set takes over by itself on its day."""
        if self.announced is not None and self.today >= self.announced[0]:
            _, self.signers, self.quorum = self.announced
            self.announced = None
        return self.signers, self.quorum

    def schedule(self, signers: list[int], quorum: int, from_day: int) -> str | None:
        """By the oracle's owner."""
        self.in_force()
        checks = (
            (from_day < self.today + 8, "oracle: less than 8 days ahead"),
            (not 1 <= quorum <= len(signers), "oracle: bad quorum"),
            (3 * quorum <= 2 * len(signers), "oracle: quorum too small"),
            (len(set(signers)) < len(signers), "oracle: signer listed twice"),
        )
        refused = next((reason for broken, reason in checks if broken), None)
        if refused is None:
            self.announced = (from_day, signers, quorum)
        return refused

    def cancel(self) -> str | None:
        """By the oracle's owner, while the announced set is not in force."""
        self.in_force()
        if self.announced is None:
            return "oracle: nothing scheduled"
        self.announced = None
        return None

    def post(self, underlying: str, day: int, price: int, signers: list[int]) -> str | None:
        """By anyone, with signatures of these nodes."""
        registered, quorum = self.in_force()
        if day != self.today:
            return "oracle: another day"
        if day in self.fixings(underlying):
            return "oracle: already posted"
        if len(signers) < quorum:
            return "oracle: quorum not reached"
        for i, signer in enumerate(signers):
            if signer not in registered:
                return "oracle: not a signer"
            if signer in signers[:i]:
                return "oracle: signer twice"
        self.fixings(underlying)[day] = price
        return None
