"""A client that knows nothing of us reads the contracts' domains (ERC-5267), and what it signs is accepted.

viem fetches `eip712Domain()`, hashes each of our messages under what it found, and signs; the SDK's digest and the
contracts' views must say the same, and the contracts must take the signatures.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pytest
from support.packages import npm_package
from support.tree import ROOT

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.errors import WrongSigner
from ifx_sdk.reports import Attestation, Report
from ifx_sdk.signing import message_typed_data, report_digest, report_typed_data
from ifx_sdk.terms import Domain, Terms
from scripts.npm import VIEM

GPT, LUNA = "openai/gpt-4.1", "openai/gpt-5.6-luna"
SALT = b"\x05" * 32
EVIDENCE = b"\x07" * 32
FUNDS = 20_000_000 * 10**6
NODE_MISSING = "node not found: install Node.js, which runs viem"

TypedData = Mapping[str, object]


class Signed(NamedTuple):
    """What viem made of one message."""

    hash: bytes
    signatures: list[bytes]


class Answer(NamedTuple):
    """What viem found out of one contract."""

    domain: Mapping[str, Any]
    fields: str
    extensions: list[int]
    messages: list[Signed]


Wallet = Callable[[str, Sequence[tuple[TypedData, Sequence[int]]]], Answer]
"""Asks viem about a contract and messages, each with the test accounts that sign it."""


@pytest.fixture
def market(anvil: Chain) -> IFX:
    """Everything deployed on anvil, today's fixing posted, both sides and the outsider funded."""
    ifx = devnet.start(anvil, [GPT, LUNA])
    devnet.post(ifx, {GPT: 8_000_000})
    for index in (devnet.LONG, devnet.SHORT, devnet.OUTSIDER):
        party = ifx.as_signer(devnet.signer(index))
        devnet.faucet(ifx, party.account, usdt=FUNDS)
        for outcome in party.token.allow(FUNDS):
            outcome.confirmed()
    return ifx


@pytest.fixture
def viem(anvil_url: str) -> Wallet:
    """viem in a process of its own; skips loudly where it or Node.js is missing, and fails in CI."""
    package = npm_package(VIEM)
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NODE_MISSING)
        pytest.skip(NODE_MISSING)

    def ask(contract: str, messages: Sequence[tuple[TypedData, Sequence[int]]]) -> Answer:
        request = {
            "viem": str(package),
            "url": anvil_url,
            "contract": contract,
            "messages": [
                _without_domain(typed) | {"keys": ["0x" + dev_key(index).hex() for index in signers]}
                for typed, signers in messages
            ],
        }
        script = ROOT / "tests" / "agreement" / "domain_by_viem.mjs"
        done = subprocess.run([node, script], input=json.dumps(request, default=str), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        signed = [
            Signed(_bytes(each["hash"]), [_bytes(text) for text in each["signatures"]]) for each in found["messages"]
        ]
        return Answer(found["domain"], found["fields"], found["extensions"], signed)

    return ask


def _without_domain(typed: TypedData) -> dict[str, object]:
    """A message as its type and values: neither our domain nor its type goes along."""
    name = str(typed["primaryType"])
    types: Any = typed["types"]
    return {"primaryType": name, "types": {name: types[name]}, "message": typed["message"]}


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def terms_of(ifx: IFX) -> Terms:
    """Terms that can be booked today."""
    return ifx.terms(ifx.quote(GPT, 1_000_000, 6), long=dev_address(devnet.LONG), short=dev_address(devnet.SHORT))


@pytest.mark.parametrize("which", ["escrow", "oracle"])
def test_viem_reads_the_domain_that_the_sdk_signs_under(market: IFX, viem: Wallet, which: str) -> None:
    """Name, version, chain and contract, no salt and no extension: `fields` says exactly these four."""
    contract = getattr(market, which)
    ours: Domain = contract.domain()
    found = viem(ours.contract, [])
    assert (found.fields, found.extensions) == ("0x0f", [])
    assert found.domain == {
        "name": ours.name,
        "version": ours.version,
        "chainId": ours.chain_id,
        "verifyingContract": ours.contract,
    }


def test_a_forward_signed_by_viem_books(market: IFX, viem: Wallet) -> None:
    """Its hash is the id everywhere, and its two signatures lock both prefundings; one of them alone does not."""
    terms = terms_of(market)
    typed = message_typed_data(terms, market.escrow.domain())
    (signed,) = viem(market.deployment.escrow, [(typed, (devnet.LONG, devnet.SHORT))]).messages
    assert signed.hash == market.escrow.terms_id(terms) == market.escrow.onchain_id(terms)
    desk = market.as_signer(devnet.signer(devnet.DESK))
    with pytest.raises(WrongSigner):
        desk.escrow.book(terms, signed.signatures[1], signed.signatures[1])
    booked = desk.escrow.book(terms, *signed.signatures).confirmed()
    assert booked.event("ForwardBooked").args["id"] == signed.hash
    assert market.escrow.forward(signed.hash).is_active


def test_a_novation_and_then_a_termination_signed_by_viem_execute(market: IFX, viem: Wallet) -> None:
    """The outsider takes the short's place; the two sides of then end it at 7.20."""
    terms = terms_of(market)
    long, short, outsider = (dev_address(index) for index in (devnet.LONG, devnet.SHORT, devnet.OUTSIDER))
    domain, id_ = market.escrow.domain(), market.escrow.terms_id(terms)
    novation = Novation(
        forward=id_,
        outgoing=short,
        incoming=outsider,
        remaining=long,
        payment=250_000 * 10**6,
        deadline=terms.deadline,
        salt=SALT,
    )
    termination = Termination(
        forward=id_, long=long, short=outsider, price=7_200_000, deadline=terms.deadline, salt=SALT
    )
    booking, moving, ending = viem(
        market.deployment.escrow,
        [
            (message_typed_data(terms, domain), (devnet.LONG, devnet.SHORT)),
            (message_typed_data(novation, domain), (devnet.SHORT, devnet.OUTSIDER, devnet.LONG)),
            (message_typed_data(termination, domain), (devnet.LONG, devnet.OUTSIDER)),
        ],
    ).messages
    for message, signed in ((novation, moving), (termination, ending)):
        assert signed.hash == market.escrow.message_id(message) == market.escrow.onchain_id(message)

    desk = market.as_signer(devnet.signer(devnet.DESK)).escrow
    desk.book(terms, *booking.signatures).confirmed()
    desk.novate(novation, *moving.signatures).confirmed()
    assert (market.escrow.forward(id_).long, market.escrow.forward(id_).short) == (long, outsider)
    desk.terminate(termination, *ending.signatures).confirmed()
    assert not market.escrow.forward(id_).is_active
    # (7.20 - 7.45) x 1,000,000 is what the long pays; the short that left was paid 250,000.
    assert market.escrow.balance_of(long) == (8_000_000 - 250_000) * 10**6
    assert market.escrow.balance_of(outsider) == (8_000_000 + 250_000) * 10**6
    assert market.escrow.balance_of(short) == 250_000 * 10**6


def test_a_report_signed_by_viem_posts(market: IFX, viem: Wallet) -> None:
    """Three of the four nodes sign the same report in another client, and it becomes the fixing."""
    today = market.chain.now() // 86_400
    report = (LUNA, today, 6_000_000, EVIDENCE)
    domain = market.oracle.domain()
    signers = devnet.NODES[:3]
    (signed,) = viem(market.deployment.oracle, [(report_typed_data(*report, domain), signers)]).messages
    assert signed.hash == report_digest(*report, domain) == market.oracle.report_hash(*report)
    attestations = [
        Attestation(underlying=LUNA, day=today, price=6_000_000, evidence=EVIDENCE, signature=signature)
        for signature in signed.signatures
    ]
    poster = market.as_signer(devnet.signer(devnet.OUTSIDER))
    poster.oracle.post(Report.of(attestations)).confirmed()
    assert market.oracle.latest(LUNA) == (today, 6_000_000)
