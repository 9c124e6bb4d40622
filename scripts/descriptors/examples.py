"""Messages and calls to look at: the worked example of docs/protocol.md, signed, ended, handed over and paid out.

The contracts are where a first deployment from a test account puts them; nothing is deployed or asked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eth_utils.crypto import keccak

from ifx_sdk.artifacts import codec
from ifx_sdk.calendar import day_number, maturity_timestamp, midnight
from ifx_sdk.deployment import Deployment
from ifx_sdk.devkeys import dev_address
from ifx_sdk.devnet import DESK, LONG, NODES, OUTSIDER, SHORT
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.money import MICRO
from ifx_sdk.payoff import deposit_required, payouts
from ifx_sdk.signing import message_typed_data, report_typed_data, terms_digest
from ifx_sdk.terms import Terms, escrow_domain, oracle_domain
from scripts.descriptors.render import Screen, Wallet

TRADE_DATE = date(2026, 7, 15)
SPOT, PRICE, END_PRICE, NO_CHANGE = 8_000_000, 7_450_000, 7_200_000, 8_000_000
"""micro-USDT per Mtok."""
QUANTITY = 1_000_000
"""Mtok: 1T tokens."""
DAY = 86_400

DEPLOYMENT = Deployment(
    network="example",
    chain_id=1,
    token="0xdAC17F958D2ee523a2206206994597C13D831ec7",  # noqa: S106 - an address: USDT on Ethereum
    oracle="0x5FbDB2315678afecb367f032d93F642f64180aa3",
    escrow="0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
    timelock="0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0",
    block=0,
)
"""A deployment to look at, not one that exists."""

TERMS = Terms(
    long=dev_address(LONG),
    short=dev_address(SHORT),
    underlying="openai/gpt-4.1",
    quantity=QUANTITY,
    price=PRICE,
    spot=SPOT,
    indicative=PRICE,
    maturity=maturity_timestamp(TRADE_DATE, 6),
    averaging_days=5,
    deadline=midnight(day_number(TRADE_DATE)) + 18 * 3600,
    salt=keccak(text="ifx example"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """Something to sign, and what is shown for it."""

    name: str
    """What happens, for people."""
    screen: Screen
    """What the wallet shows."""


def examples() -> Iterator[Example]:
    """Every example, in the order of a forward's life, then those of nodes and owners."""
    wallet = Wallet(DEPLOYMENT)
    escrow, oracle = codec("ForwardEscrow"), codec("FixingOracle")
    domain = escrow_domain(DEPLOYMENT.chain_id, DEPLOYMENT.escrow)
    forward_id = terms_digest(TERMS, domain)
    ending = Termination(
        forward=forward_id,
        long=TERMS.long,
        short=TERMS.short,
        price=END_PRICE,
        deadline=TERMS.deadline + 60 * DAY,
        salt=TERMS.salt,
    )
    handover = Novation(
        forward=forward_id,
        outgoing=TERMS.short,
        incoming=dev_address(OUTSIDER),
        remaining=TERMS.long,
        payment=250_000 * MICRO,
        deadline=TERMS.deadline + 60 * DAY,
        salt=TERMS.salt,
    )
    needed, _ = deposit_required(spot=SPOT, indicative=PRICE, quantity=QUANTITY)
    paid, _ = payouts(price=PRICE, spot=SPOT, quantity=QUANTITY, settlement=NO_CHANGE)

    def call(name: str, function: str, *args: object) -> Example:
        return Example(name=name, screen=wallet.call(DEPLOYMENT.escrow, escrow.encode_call(function, args)))

    yield Example(name="Sign the terms", screen=wallet.message(message_typed_data(TERMS, domain)))
    yield Example(name="Agree to an early end", screen=wallet.message(message_typed_data(ending, domain)))
    yield Example(name="Agree to a change of side", screen=wallet.message(message_typed_data(handover, domain)))
    yield call("Deposit prefunding and half fee", "deposit", needed)
    yield call("Approve the terms on chain", "approve_terms", TERMS.as_tuple())
    yield call("Revoke the terms", "revoke_terms", TERMS.as_tuple())
    yield call("Settle", "settle", forward_id)
    yield call("Withdraw the payout", "withdraw", paid, TERMS.long)

    report = report_typed_data(
        TERMS.underlying,
        day_number(TRADE_DATE),
        SPOT,
        keccak(text="evidence"),
        oracle_domain(DEPLOYMENT.chain_id, DEPLOYMENT.oracle),
    )
    yield Example(name="Report a price, as a node", screen=wallet.message(report))
    signers = [dev_address(index) for index in NODES]
    schedule = oracle.encode_call("schedule_signers", (signers, 3, day_number(TRADE_DATE) + 16))
    announced = codec("Timelock").encode_call(
        "schedule", (DEPLOYMENT.oracle, 0, schedule, b"\0" * 32, TERMS.salt, 7 * DAY)
    )
    yield Example(name="Announce new signers, as the owner", screen=wallet.call(DEPLOYMENT.timelock, announced))
    another = escrow.encode_call("set_desk", (dev_address(DESK),))
    announced = codec("Timelock").encode_call(
        "schedule", (DEPLOYMENT.escrow, 0, another, b"\0" * 32, TERMS.salt, 7 * DAY)
    )
    yield Example(name="Announce another desk, as the owner", screen=wallet.call(DEPLOYMENT.timelock, announced))
    yield Example(
        name="Pause, as the guardian", screen=wallet.call(DEPLOYMENT.escrow, escrow.encode_call("pause_booking", ()))
    )
