"""The front door: one deployment through one node.

ifx = IFX.connect("http://127.0.0.1:8545", "deployments/local.toml", signer)
quote = ifx.quote("openai/gpt-4.1", 1_000_000, 6)
terms = ifx.terms(quote, long=..., short=...)
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ifx_sdk import payoff, pricing
from ifx_sdk.calendar import SECONDS_PER_DAY, TENORS, date_of, day_of, maturity_timestamp
from ifx_sdk.chain import Chain
from ifx_sdk.deployment import Deployment
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.errors import (
    BadDeployment,
    BadTenor,
    NoSigner,
    NotListed,
    QuantityNotInLots,
    SpotNotTodaysFixing,
    WrongChain,
)
from ifx_sdk.escrow import Escrow
from ifx_sdk.money import format_quantity
from ifx_sdk.oracle import Oracle
from ifx_sdk.outcomes import Journal
from ifx_sdk.signers import Signer
from ifx_sdk.signing import Message
from ifx_sdk.terms import SALT_BYTES, Terms, parse_address
from ifx_sdk.timelock import Timelock
from ifx_sdk.token import Token

if TYPE_CHECKING:
    from web3 import Web3

    from ifx_sdk.local_chain import LocalChain

DEADLINE_SECONDS = SECONDS_PER_DAY
"""How long terms can be booked, or another message executed, unless it says otherwise. Who approves first gives the
others an option until then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """What a forward would be, on today's fixing. Binds nobody; prices micro-USDT per Mtok, amounts micro-USDT."""

    underlying: str
    """`provider/model-id`."""
    quantity: int
    """N, Mtok."""
    months: int
    """Tenor in calendar months."""
    averaging_days: int
    """Days in the settlement price's mean; 1 settles on the maturity day alone."""
    spot_day: int
    """UTC day number of the fixing, which is the trade date."""
    spot: int
    """S0: today's fixing."""
    indicative: int
    """F_ind, on the tick."""
    interval: tuple[int, int]
    """Lowest and highest F_ind of a point forward that the evidence leaves possible (95%)."""
    maturity: int
    """00:00:00 UTC of the maturity day, unix seconds."""
    prefunding: int
    """B = S0 x N: what each side locks."""
    fee: int
    """Both sides' fee together."""
    long_needs: int
    """What booking collects from the long: prefunding and half the fee."""
    short_needs: int
    """What booking collects from the short: prefunding and the other half."""
    long_worst: int
    """The most that the long can lose at F = F_ind, its half fee included."""
    short_worst: int
    """The most that the short can lose, its half fee included."""


class IFX:
    """One deployment through one node, with or without a signer. Construction does no I/O; prefer `connect`."""

    def __init__(
        self, chain: Chain, deployment: Deployment, signer: Signer | None = None, journal: Journal | None = None
    ) -> None:
        """Reads need no `signer`; `journal` keeps attempts instead of the chain's own."""
        self.chain = chain
        self.deployment = deployment
        self.signer = signer
        self.journal = journal
        self.oracle = Oracle(chain, deployment.oracle, signer, journal)
        self.escrow = Escrow(
            chain, deployment.escrow, self.oracle, signer, first_block=deployment.block, journal=journal
        )
        self.timelock = Timelock(chain, deployment.timelock, signer, journal, first_block=deployment.block)
        self.token = Token(chain, deployment.token, deployment.escrow, signer, journal)

    def __repr__(self) -> str:
        return f"IFX({self.deployment.network}, {self.chain.url})"

    @classmethod
    def connect(
        cls,
        node: str | Web3 | LocalChain | Chain,
        deployment: Deployment | Path | str,
        signer: Signer | None = None,
        *,
        journal: Journal | None = None,
    ) -> IFX:
        """Connect and check: the node answers, follows the deployment's chain, and its contracts belong together.

        `node` is a URL, an IPC path, a Web3, the in-process chain or a `Chain`; `deployment` a file or what one holds.
        Raises `NodeDown`, `WrongChain`, `NoContract`, `BadDeployment`.
        """
        found = deployment if isinstance(deployment, Deployment) else Deployment.read(deployment)
        if isinstance(node, Chain):
            chain = node
            # What the user insists on is compared, not overwritten; then what the node says.
            insisted = chain.expected_chain_id
            actual = chain.node.chain_id() if insisted is None else insisted
            if actual != found.chain_id:
                raise WrongChain(found.chain_id, actual)
            chain.expected_chain_id = found.chain_id
        else:
            chain = Chain(node if isinstance(node, str) else _web3_of(node), chain_id=found.chain_id)
        chain.connect(found.addresses())
        ifx = cls(chain, found, signer, journal)
        for name in ("token", "oracle"):
            theirs = getattr(ifx.escrow, name + "_address")()
            if theirs != getattr(found, name):
                why = f"its escrow uses the {name} {theirs}, not {getattr(found, name)}"
                raise BadDeployment(deployment if isinstance(deployment, str | Path) else found.network, why)
        return ifx

    def as_signer(self, signer: Signer) -> IFX:
        """The same deployment and node, with another account's signer."""
        return IFX(self.chain, self.deployment, signer, self.journal)

    @property
    def account(self) -> str:
        """The signer's account. Raises `NoSigner`."""
        return self.escrow.account

    def quote(self, underlying: str, quantity: int, months: int, averaging_days: int = 1) -> Quote:
        """What a forward of `quantity` Mtok over `months` would be on today's fixing.

        Raises `NotListed`, `QuantityNotInLots`, `SpotNotTodaysFixing` where today has none yet, `NoQuote`, `BadTenor`.
        """
        lot = self.escrow.lot_of(underlying)
        if lot == 0:
            raise NotListed(what=f"{underlying} is not listed", field="underlying", value=underlying)
        hold_lots(quantity, lot)
        today = day_of(self.chain.now())
        fixing = self.oracle.fixing(underlying, today)
        if fixing is None:
            what = f"{underlying} has no fixing of {date_of(today)} yet"
            raise SpotNotTodaysFixing(what=what, cure="Quote again once it is posted.", field="spot")
        return make_quote(
            underlying, quantity, months, averaging_days=averaging_days, spot=fixing.price, spot_day=today
        )

    def terms(
        self,
        quote: Quote,
        *,
        long: str,
        short: str,
        price: int | None = None,
        deadline: int | None = None,
        salt: bytes | None = None,
    ) -> Terms:
        """Terms on a quote, for both sides to approve.

        `price` is F in micro-USDT per Mtok (F_ind where none is given), `deadline` unix seconds (24 hours from now),
        `salt` 32 bytes (random). Nothing is checked against the chain before `escrow.book`.
        """
        return terms_on(quote, long=long, short=short, price=price, deadline=self._until(deadline), salt=salt)

    def termination(
        self, forward: bytes, *, price: int, deadline: int | None = None, salt: bytes | None = None
    ) -> Termination:
        """An early end of a booked forward, for the two that are its sides now to approve.

        `forward` is its id, `price` the agreed one in micro-USDT per Mtok, `deadline` unix seconds (24 hours from now),
        `salt` 32 bytes (random). Raises as `escrow.check_ending`: nobody is asked to approve what cannot be executed.
        """
        record = self.escrow.forward(forward)
        made = Termination(
            forward=record.id,
            long=record.long,
            short=record.short,
            price=price,
            deadline=self._until(deadline),
            salt=_salt(salt),
        )
        self.escrow.check_ending(made)
        return made

    def novation(
        self,
        forward: bytes,
        *,
        outgoing: str,
        incoming: str,
        payment: int,
        deadline: int | None = None,
        salt: bytes | None = None,
    ) -> Novation:
        """A new party in one side's place, for the one that leaves, the one that enters and the one that stays to
        approve.

        `forward` is its id, `outgoing` "long", "short" or the account of the side that leaves, `payment` micro-USDT
        from `incoming` to it (0 to 2B), `deadline` and `salt` as in `termination`. Raises as `escrow.check_ending`.
        """
        record = self.escrow.forward(forward)
        leaves = {"long": record.long, "short": record.short}.get(outgoing) or parse_address(outgoing)
        made = Novation(
            forward=record.id,
            outgoing=leaves,
            incoming=incoming,
            remaining=record.short if leaves == record.long else record.long,
            payment=payment,
            deadline=self._until(deadline),
            salt=_salt(salt),
        )
        self.escrow.check_ending(made)
        return made

    def sign(self, message: Message) -> bytes:
        """The signer's 65-byte approval of terms, of a termination or of a novation.

        Raises `NoSigner` where the account cannot sign here.
        """
        if self.signer is None:
            raise NoSigner
        return self.signer.sign_digest(self.escrow.message_id(message))

    def _until(self, deadline: int | None) -> int:
        return self.chain.now() + DEADLINE_SECONDS if deadline is None else deadline


def _salt(given: bytes | None) -> bytes:
    return secrets.token_bytes(SALT_BYTES) if given is None else given


def terms_on(
    quote: Quote, *, long: str, short: str, price: int | None, deadline: int, salt: bytes | None = None
) -> Terms:
    """Terms on a quote: `price` is F in micro-USDT per Mtok (None: F_ind), `deadline` unix seconds, `salt` 32 bytes."""
    return Terms(
        long=long,
        short=short,
        underlying=quote.underlying,
        quantity=quote.quantity,
        price=quote.indicative if price is None else price,
        spot=quote.spot,
        indicative=quote.indicative,
        maturity=quote.maturity,
        averaging_days=quote.averaging_days,
        deadline=deadline,
        salt=_salt(salt),
    )


def _web3_of(node: Web3 | LocalChain) -> Web3:
    from ifx_sdk.local_chain import LocalChain

    return node.web3 if isinstance(node, LocalChain) else node


def hold_lots(quantity: int, lot: int) -> None:
    """Refuse a quantity that is no non-zero multiple of the lot, both Mtok. Raises `QuantityNotInLots`."""
    if quantity <= 0 or quantity % lot:
        what = f"{format_quantity(quantity)} is not a multiple of the lot of {format_quantity(lot)}"
        raise QuantityNotInLots(what=what, field="quantity", value=quantity)


def make_quote(
    underlying: str, quantity: int, months: int, *, averaging_days: int = 1, spot: int, spot_day: int
) -> Quote:
    """A quote on a given spot (micro-USDT per Mtok) and trade day. Pure. Raises `NoQuote`, `BadTenor`, `BadPrice`."""
    if months not in TENORS:
        raise BadTenor(months, "it is not offered")
    maturity = maturity_timestamp(date_of(spot_day), months)
    indicative = pricing.average_indicative(
        spot, months, spot_day=spot_day, maturity_day=maturity // SECONDS_PER_DAY, averaging_days=averaging_days
    )
    long_needs, short_needs = payoff.deposit_required(spot=spot, indicative=indicative, quantity=quantity)
    terms = {"price": indicative, "spot": spot, "indicative": indicative, "quantity": quantity}
    return Quote(
        underlying=underlying,
        quantity=quantity,
        months=months,
        averaging_days=averaging_days,
        spot_day=spot_day,
        spot=spot,
        indicative=indicative,
        interval=pricing.indicative_interval(spot, months),
        maturity=maturity,
        prefunding=payoff.prefunding(spot=spot, quantity=quantity),
        fee=payoff.fee(indicative=indicative, quantity=quantity),
        long_needs=long_needs,
        short_needs=short_needs,
        long_worst=payoff.worst_case("long", **terms),
        short_worst=payoff.worst_case("short", **terms),
    )
