"""The books of one escrow, its oracle and its token, and what moves no forward: deposits, roles, fixings.

Written from docs/protocol.md, as is support/model.py, which adds a forward's life. Every operation answers the reason
for which it must be refused, or moves the books and answers None.
"""

from dataclasses import dataclass, field

from ifx_sdk import payoff
from ifx_sdk.terms import Terms

DAY = 86_400
PAUSE = 3 * DAY
UNLIMITED = 2**256 - 1
TOKEN_FEE_LIMIT = 50 * 10**6
REVOKED, ACTIVE, SETTLED, TERMINATED = 1, 2, 3, 4


@dataclass(kw_only=True)
class Booked:
    """A forward in the books."""

    terms: Terms
    long: str
    short: str
    status: int = ACTIVE
    departed: set[str] = field(default_factory=set)

    @property
    def locked(self) -> int:
        """2B, micro-USDT."""
        return 2 * payoff.prefunding(spot=self.terms.spot, quantity=self.terms.quantity)

    @property
    def sides(self) -> tuple[str, str]:
        """Long and short, as of now."""
        return self.long, self.short


@dataclass(kw_only=True)
class Books:
    """Everything that is known, but what happens to forwards."""

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
        """Ids of the forwards that have not ended."""
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
            self.credit(account, amount)
        return refused

    def withdraw(self, account: str, amount: int) -> str | None:
        """Free balance to wallet; the token keeps its fee."""
        if amount == 0:
            return "escrow: nothing to withdraw"
        if amount > self.free.get(account, 0):
            return "ledger: balance too low"
        self.free[account] -= amount
        self.wallets[account] = self.wallets.get(account, 0) + amount - self.token_fee(amount)
        return None

    def credit(self, account: str, amount: int) -> None:
        """A free balance up."""
        self.free[account] = self.free.get(account, 0) + amount

    def collect(self, needs: dict[str, int]) -> str | None:
        """What each account owes: from its free balance first, the rest from its wallet. All of it, or nothing."""
        from_free = {account: min(need, self.free.get(account, 0)) for account, need in needs.items()}
        refused = self._pull({account: needs[account] - from_free[account] for account in needs})
        if refused is None:
            for account, amount in from_free.items():
                self.credit(account, -amount)
        return refused

    def token_fee(self, amount: int) -> int:
        """What the token keeps of a transfer while its fee is on."""
        return min(amount * self.token_fee_bps // 10_000, TOKEN_FEE_LIMIT)

    def _pull(self, amounts: dict[str, int]) -> str | None:
        """Both pulls happen, or neither."""
        for payer, amount in amounts.items():
            if amount and self.allowances.get(payer, 0) < amount:
                return "usdt: allowance too low"
            if amount and self.wallets.get(payer, 0) < amount:
                return "usdt: balance too low"
        if any(self.token_fee(amount) for amount in amounts.values()):
            return "ledger: token did not deliver"
        for payer, amount in amounts.items():
            if not amount:
                continue
            self.wallets[payer] -= amount
            if self.allowances[payer] != UNLIMITED:
                self.allowances[payer] -= amount
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
