"""The whole protocol on boa's chain: contracts, roles, and the steps of a forward's life.

`protocol` is deployed, listed and funded, at 01:00 of 2026-07-15, with nothing posted yet. Boa's own pytest plugin puts
the chain back after every fixture, test and example. `send` answers with all events of a call, decoded, in order.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import boa
import pytest
from boa.contracts.vyper.vyper_contract import VyperContract, VyperDeployer
from boa.util.abi import abi_decode
from eth_account import Account
from eth_utils.crypto import keccak
from support.tree import ROOT

from ifx_sdk.endings import Novation, Termination
from ifx_sdk.payoff import deposit_required
from ifx_sdk.signing import Message, message_digest, report_digest, sign_digest, terms_digest, to_compact
from ifx_sdk.terms import Domain, Terms, escrow_domain, oracle_domain

DAY = 86_400
START = 1784073600 + 3600
"""2026-07-15 01:00:00 UTC."""
TODAY = START // DAY
CHAIN_ID = 31337
GPT = "openai/gpt-4.1"
LUNA = "openai/gpt-5.6-luna"
INDEX = "index/ifx-llm"
"""The one underlying that requires review."""
LOT = 100_000
SPOT = 8_000_000
PRICE = 7_450_000
FUNDS = 100_000_000 * 10**6
"""micro-USDT in the wallet of each side and of the outsider."""
ZERO = "0x" + "0" * 40
UNLIMITED = 2**256 - 1
ROLES = ("owner", "desk", "guardian", "fee_recipient", "reviewer", "long", "short", "outsider")
ERROR = keccak(text="Error(string)")[:4]

Attestation = tuple[bytes, int, int]
Event = tuple[str, str, dict[str, Any]]
"""Who logged it, its name, its fields."""


class Party(NamedTuple):
    """An account and the key that signs for it."""

    name: str
    address: str
    key: bytes

    def sign(self, digest: bytes) -> bytes:
        """65 bytes over a digest."""
        return sign_digest(digest, self.key)


class Receipt(NamedTuple):
    """What a call returned and logged."""

    result: Any
    events: list[Event]


@cache
def party(name: str) -> Party:
    """The account of a role; the same in every run."""
    key = keccak(text=f"ifx test {name}")
    return Party(name, str(Account.from_key(key).address), key)


@cache
def contract(path: str) -> VyperDeployer:
    """The compiled contract at a path from the root, as it is deployed."""
    return boa.load_partial(str(ROOT / path), compiler_args={"evm_version": "cancun"})


def mock(name: str) -> VyperDeployer:
    """A contract that only tests use."""
    return contract(f"tests/contracts/mocks/{name}.vy")


@contextmanager
def refused(reason: str | None) -> Iterator[None]:
    """Hold that the call inside reverts for exactly this reason, None for none at all."""
    try:
        yield
    except boa.BoaError as error:
        output = error.call_trace.computation.output
    else:
        pytest.fail(f"not refused; expected {reason!r}")
    if reason is None:
        assert output == b""
    else:
        assert output[:4] == ERROR, output
        assert abi_decode("(string)", output[4:]) == (reason,)


class Protocol:
    """One deployment and everyone around it."""

    def __init__(
        self,
        *,
        signers: int = 4,
        quorum: int = 3,
        token: VyperContract | None = None,
    ) -> None:
        """Deploy; a `token` of the caller's takes the place of USDT."""
        (
            self.owner,
            self.desk,
            self.guardian,
            self.fee_recipient,
            self.reviewer,
            self.long,
            self.short,
            self.outsider,
        ) = (party(role) for role in ROLES)
        self.nodes = [party(f"node {i}") for i in range(signers)]
        self.issuer = party("issuer")
        with boa.env.prank(self.issuer.address):
            self.token = token or contract("contracts/testing/TestUSDT.vy").deploy()
        with boa.env.prank(party("deployer").address):
            self.oracle = contract("contracts/FixingOracle.vy").deploy(
                self.owner.address, [node.address for node in self.nodes], quorum, self.reviewer.address
            )
            self.escrow = contract("contracts/ForwardEscrow.vy").deploy(
                self.token.address,
                self.oracle.address,
                self.owner.address,
                self.desk.address,
                self.guardian.address,
                self.fee_recipient.address,
            )
        self.salts = 0

    # ------------------------------------------------------------------------------------------------- the chain

    @property
    def now(self) -> int:
        return boa.env.timestamp

    @property
    def today(self) -> int:
        return boa.env.timestamp // DAY

    def travel(self, timestamp: int) -> None:
        """Move on to a time in unix seconds."""
        assert timestamp >= self.now, "time does not run backwards"
        boa.env.timestamp = timestamp

    def travel_to_day(self, day: int) -> None:
        """Move on to 01:00 of a day."""
        self.travel(day * DAY + 3600)

    def send(self, call: Any, *args: Any, by: Party | str, gas: int | None = None) -> Receipt:
        """Call a function of a contract as `by`; everything it logged comes back."""
        sender = by.address if isinstance(by, Party) else by
        result = call(*args, sender=sender, gas=gas)
        names = {self.escrow.address: "escrow", self.oracle.address: "oracle", self.token.address: "usdt"}
        events = []
        for log in call.contract.get_logs():
            fields = dict(zip(log._fields, log, strict=True))
            source = fields.pop("address")
            events.append((names.get(source, source), type(log).__name__, fields))
        return Receipt(result, events)

    # ------------------------------------------------------------------------------------------------- the token

    def fund(self, who: Party | str, amount: int = FUNDS, allowance: int = UNLIMITED) -> None:
        """Put tokens into a wallet and let the escrow take `allowance` of them."""
        address = who.address if isinstance(who, Party) else who
        self.token.mint(address, amount, sender=self.issuer.address)
        self.token.approve(self.escrow.address, 0, sender=address)
        self.token.approve(self.escrow.address, allowance, sender=address)

    def money(self) -> dict[str, tuple[int, int]]:
        """Free balance and wallet of every role, and what the escrow holds (with no free balance of its own)."""
        where = {role: getattr(self, role).address for role in ROLES} | {"escrow": self.escrow.address}
        return {
            name: (self.escrow.balance_of(address), self.token.balanceOf(address)) for name, address in where.items()
        }

    # ------------------------------------------------------------------------------------------------ the oracle

    @property
    def oracle_domain(self) -> Domain:
        return oracle_domain(CHAIN_ID, self.oracle.address)

    def attest(
        self,
        price: int,
        *,
        underlying: str = GPT,
        day: int | None = None,
        nodes: Sequence[Party] | None = None,
        domain: Domain | None = None,
    ) -> list[Attestation]:
        """Signatures of `nodes` (the first three) over a report, as `post` takes them."""
        day = self.today if day is None else day
        found = []
        for node in self.nodes[:3] if nodes is None else nodes:
            proof = evidence(node, underlying, day)
            digest = report_digest(underlying, day, price, proof, domain or self.oracle_domain)
            found.append((proof, *to_compact(node.sign(digest))))
        return found

    def post(self, price: int = SPOT, *, underlying: str = GPT) -> Receipt:
        """Post today's fixing, signed by a quorum."""
        signers = self.oracle.signers_on(self.today)
        nodes = [node for node in self.nodes if node.address in signers.signers][: signers.quorum]
        attestations = self.attest(price, underlying=underlying, nodes=nodes)
        by = self.reviewer if underlying == INDEX else self.outsider
        return self.send(self.oracle.post, underlying, self.today, price, attestations, by=by)

    # ------------------------------------------------------------------------------------------------ a forward

    @property
    def escrow_domain(self) -> Domain:
        return escrow_domain(CHAIN_ID, self.escrow.address)

    def terms(self, **changes: Any) -> Terms:
        """Terms that can be booked today at a fixing of 8.00: 1T tokens at 7.45, 92 days; each with its own salt."""
        self.salts += 1
        terms = Terms(
            long=self.long.address,
            short=self.short.address,
            underlying=GPT,
            quantity=10 * LOT,
            price=PRICE,
            spot=SPOT,
            indicative=PRICE,
            maturity=(self.today + 92) * DAY,
            averaging_days=1,
            deadline=self.now + DAY,
            salt=self.salts.to_bytes(32, "big"),
        )
        return replace(terms, **changes)

    def id_of(self, terms: Terms) -> bytes:
        """The forward's id."""
        return terms_digest(terms, self.escrow_domain)

    def approvals(self, terms: Terms) -> tuple[bytes, bytes]:
        """Both sides' signatures."""
        digest = self.id_of(terms)
        return self.long.sign(digest), self.short.sign(digest)

    def book(
        self,
        terms: Terms,
        long_approval: bytes | None = None,
        short_approval: bytes | None = None,
        by: Party | None = None,
        gas: int | None = None,
    ) -> Receipt:
        """Book, as the desk, with both signatures where no others are given."""
        signed = self.approvals(terms)
        return self.send(
            self.escrow.book,
            terms.as_tuple(),
            signed[0] if long_approval is None else long_approval,
            signed[1] if short_approval is None else short_approval,
            by=by or self.desk,
            gas=gas,
        )

    def booked(self, **changes: Any) -> tuple[Terms, bytes]:
        """Terms just booked and their id."""
        terms = self.terms(**changes)
        self.book(terms)
        return terms, self.id_of(terms)

    # --------------------------------------------------------------------------------------------- before maturity

    def termination(self, terms: Terms, **changes: Any) -> Termination:
        """An early end of the forward of `terms` at 6.00, a day long; each with its own salt."""
        self.salts += 1
        found = Termination(
            forward=self.id_of(terms),
            long=terms.long,
            short=terms.short,
            price=6_000_000,
            deadline=self.now + DAY,
            salt=self.salts.to_bytes(32, "big"),
        )
        return replace(found, **changes)

    def novation(self, terms: Terms, **changes: Any) -> Novation:
        """The outsider takes the long's place in the forward of `terms` for 1,250,000 USDT."""
        self.salts += 1
        found = Novation(
            forward=self.id_of(terms),
            outgoing=terms.long,
            incoming=self.outsider.address,
            remaining=terms.short,
            payment=1_250_000 * 10**6,
            deadline=self.now + DAY,
            salt=self.salts.to_bytes(32, "big"),
        )
        return replace(found, **changes)

    def digest_of(self, message: Message) -> bytes:
        """The id of any message."""
        return message_digest(message, self.escrow_domain)

    def signatures(self, message: Message) -> dict[str, bytes]:
        """Role -> signature of everyone whom a message names; nothing of an account that has no key here."""
        keys = {who.address: who for who in (party(role) for role in ROLES)}
        digest = self.digest_of(message)
        return {
            role: keys[account].sign(digest) if account in keys else b"" for role, account in message.parties.items()
        }

    def terminate(self, message: Termination, by: Party | None = None, **approvals: bytes) -> Receipt:
        """End a forward early, as the outsider, with everyone's signature but for `approvals` (role -> bytes)."""
        signed = self.signatures(message) | approvals
        return self.send(self.escrow.terminate, message.as_tuple(), *signed.values(), by=by or self.outsider)

    def novate(self, message: Novation, by: Party | None = None, **approvals: bytes) -> Receipt:
        """Move a side, as the outsider, with everyone's signature but for `approvals` (role -> bytes)."""
        signed = self.signatures(message) | approvals
        return self.send(self.escrow.novate, message.as_tuple(), *signed.values(), by=by or self.outsider)

    def mature(self, terms: Terms, price: int | None) -> None:
        """Move on to 01:00 of the maturity day and post its fixing, none where `price` is None."""
        self.travel(terms.maturity + 3600)
        if price is not None:
            self.post(price, underlying=terms.underlying)


def evidence(node: Party, underlying: str, day: int) -> bytes:
    """The evidence root that a node signs beside its price."""
    return keccak(text=f"{node.name} {underlying} {day}")


def required(terms: Terms) -> tuple[int, int]:
    """What booking takes from long and short."""
    return deposit_required(spot=terms.spot, indicative=terms.indicative, quantity=terms.quantity)


def booked_event(terms: Terms, forward_id: bytes, index: int = 1) -> Event:
    """The event of a booking."""
    fields: Mapping[str, Any] = {
        "id": forward_id,
        "long": terms.long,
        "short": terms.short,
        "underlying": index,
        "quantity": terms.quantity,
        "price": terms.price,
        "spot": terms.spot,
        "indicative": terms.indicative,
        "maturity": terms.maturity,
        "averaging_days": terms.averaging_days,
    }
    return "escrow", "ForwardBooked", dict(fields)


def transfer_event(sender: str, receiver: str, amount: int) -> Event:
    """The token's event of a transfer."""
    return "usdt", "Transfer", {"sender": sender, "receiver": receiver, "amount": amount}


@pytest.fixture(scope="session")
def _chain() -> None:
    boa.env.evm.patch.chain_id = CHAIN_ID
    boa.env.timestamp = START


@pytest.fixture(scope="session")
def deployed(_chain: None) -> Protocol:
    """The deployment itself, for properties: each of their examples leaves it as it was."""
    protocol = Protocol()
    for name in (GPT, LUNA, INDEX):
        protocol.oracle.add_underlying(name, name == INDEX, sender=protocol.owner.address)
        protocol.escrow.list_underlying(name, LOT, sender=protocol.owner.address)
    for who in (protocol.long, protocol.short, protocol.outsider):
        protocol.fund(who)
    return protocol


@pytest.fixture
def protocol(deployed: Protocol) -> Protocol:
    """The deployment, with nothing posted yet."""
    deployed.salts = 0
    return deployed


@pytest.fixture
def open_day(protocol: Protocol) -> Protocol:
    """The deployment with today's fixing at 8.00, so that terms can be booked."""
    protocol.post()
    return protocol
