"""Contract and SDK agree bit for bit: artifacts, ids, domains and constants."""

import pytest
from eth_account.messages import encode_typed_data
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st
from support.protocol import TODAY, Party, Protocol, contract, party, refused

from ifx_sdk import reports
from ifx_sdk.artifacts import NAMES, artifact
from ifx_sdk.signing import domain_separator, report_digest, report_typed_data, terms_digest, terms_typed_data
from ifx_sdk.terms import Domain, Terms

SOURCES = {
    "FixingFeed": "contracts/FixingFeed.vy",
    "FixingOracle": "contracts/FixingOracle.vy",
    "ForwardEscrow": "contracts/ForwardEscrow.vy",
    "TestUSDT": "contracts/testing/TestUSDT.vy",
    "Timelock": "contracts/Timelock.vy",
}

words = st.integers(0, 2**256 - 1)
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789./:_-", min_size=3, max_size=64)
addresses = st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex())
salts = st.binary(min_size=32, max_size=32)
any_terms = st.builds(
    Terms,
    long=addresses,
    short=addresses,
    underlying=names,
    quantity=words,
    price=words,
    spot=words,
    indicative=words,
    maturity=words,
    averaging_days=words,
    deadline=words,
    salt=salts,
)


def test_the_packaged_contracts_are_the_tested_ones() -> None:
    """What the SDK deploys is what these sources compile to, byte for byte."""
    assert set(SOURCES) == set(NAMES)
    for name, path in SOURCES.items():
        assert contract(path).compiler_data.bytecode == artifact(name).bytecode, f"{name} is stale: run `make abi`"


@given(terms=any_terms)
def test_the_id_of_terms_is_their_digest(deployed: Protocol, terms: Terms) -> None:
    """For any terms: the contract's hash, the SDK's digest and what a wallet hashes from typed data are one."""
    digest = terms_digest(terms, deployed.escrow_domain)
    assert bytes(deployed.escrow.terms_hash(terms.as_tuple())) == digest
    assert wallets_digest(terms_typed_data(terms, deployed.escrow_domain)) == digest


@given(underlying=names, day=words, price=words, evidence=salts)
def test_the_hash_of_a_report_is_its_digest(
    deployed: Protocol, underlying: str, day: int, price: int, evidence: bytes
) -> None:
    """For any report, as for terms."""
    digest = report_digest(underlying, day, price, evidence, deployed.oracle_domain)
    assert bytes(deployed.oracle.report_hash(underlying, day, price, evidence)) == digest
    assert wallets_digest(report_typed_data(underlying, day, price, evidence, deployed.oracle_domain)) == digest


def wallets_digest(typed_data: dict[str, object]) -> bytes:
    """What eth-account, which knows nothing of us, would sign."""
    message = encode_typed_data(full_message=typed_data)
    return bytes(keccak(b"\x19" + message.version + message.header + message.body))


@pytest.mark.parametrize("which", ["escrow", "oracle"])
def test_the_published_domain_is_the_sdks(protocol: Protocol, which: str) -> None:
    """ERC-5267 names exactly the fields that the separator is made of."""
    fields, name, version, chain_id, address, salt, extensions = getattr(protocol, which).eip712Domain()
    published = Domain(name=name, version=version, chain_id=chain_id, contract=address)
    expected = getattr(protocol, f"{which}_domain")
    assert (fields, salt, extensions) == (b"\x0f", b"\0" * 32, [])
    assert published == expected
    assert domain_separator(published) == domain_separator(expected)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 10, 30, 31])
def test_the_sdks_quorum_is_the_smallest_the_oracle_takes(protocol: Protocol, count: int) -> None:
    """One less is refused, so the SDK never asks for more signatures than needed."""
    signers = [party(f"fresh {i}").address for i in range(count)]
    quorum = reports.quorum_of(count)
    with refused("oracle: quorum too small" if quorum > 1 else "oracle: bad quorum"):
        schedule(protocol, signers, quorum - 1)
    schedule(protocol, signers, quorum)
    assert protocol.oracle.signers_on(TODAY + 8).quorum == quorum


def schedule(protocol: Protocol, signers: list[str], quorum: int) -> None:
    owner: Party = protocol.owner
    protocol.oracle.schedule_signers(signers, quorum, TODAY + 8, sender=owner.address)
