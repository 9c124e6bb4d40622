"""Digests against eth-account's own encoder, and signatures in their one form."""

import json
from dataclasses import replace
from datetime import date

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys.constants import SECPK1_N
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.calendar import maturity_timestamp
from ifx_sdk.endings import Ending, Novation, Termination
from ifx_sdk.errors import BadAddress, BadSignature, BadUnderlying, BadValue, WrongSigner
from ifx_sdk.signing import (
    Message,
    domain_separator,
    from_compact,
    message_digest,
    message_hash,
    message_typed_data,
    parse_signature,
    recover,
    report_digest,
    report_typed_data,
    sign_digest,
    split_signature,
    terms_digest,
    terms_typed_data,
    to_compact,
    verify_digest_signature,
    verify_terms_signature,
)
from ifx_sdk.terms import Domain, Terms, escrow_domain, oracle_domain

LONG_KEY, SHORT_KEY = keccak(b"long"), keccak(b"short")
LONG, SHORT = (Account.from_key(key).address for key in (LONG_KEY, SHORT_KEY))
CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
ESCROW, ORACLE = escrow_domain(31337, CONTRACT), oracle_domain(31337, CONTRACT)
TERMS = Terms(
    long=LONG,
    short=SHORT,
    underlying="openai/gpt-4.1",
    quantity=1_000_000,
    price=7_450_000,
    spot=8_000_000,
    indicative=7_450_000,
    maturity=maturity_timestamp(date(2026, 7, 15), 6),
    averaging_days=1,
    deadline=1_784_160_000,
    salt=bytes(range(32)),
)
DIGEST = terms_digest(TERMS, ESCROW)
NEWCOMER = Account.from_key(keccak(b"newcomer")).address
TERMINATION = Termination(
    forward=bytes(range(32)),
    long=LONG,
    short=SHORT,
    price=4_320_000,
    deadline=1_784_160_000,
    salt=bytes(range(32, 64)),
)
NOVATION = Novation(
    forward=bytes(range(32)),
    outgoing=LONG,
    incoming=NEWCOMER,
    remaining=SHORT,
    payment=1_250_000 * 10**6,
    deadline=1_784_160_000,
    salt=bytes(range(32, 64)),
)
uint256 = st.integers(0, 2**256 - 1)
bytes32 = st.binary(min_size=32, max_size=32)


def test_forward_type_is_the_contracts() -> None:
    """The type string that hardware wallets show and the contract hashes."""
    (fields,) = (v for k, v in terms_typed_data(TERMS, ESCROW)["types"].items() if k == "Forward")  # type: ignore[attr-defined]
    assert ",".join(f"{field['type']} {field['name']}" for field in fields) == (
        "address long,address short,string underlying,uint256 quantity,uint256 price,uint256 spot,uint256 indicative,"
        "uint256 maturity,uint256 averagingDays,uint256 deadline,bytes32 salt"
    )


def hashed(typed_data: dict[str, object]) -> bytes:
    """The digest by eth-account, which knows nothing of ours."""
    message = encode_typed_data(full_message=typed_data)
    return bytes(keccak(b"\x19" + message.version + message.header + message.body))


@given(uint256, uint256, uint256, uint256, uint256, uint256, uint256, bytes32, st.integers(1, 2**64))
def test_terms_digest_is_that_of_a_wallet(
    quantity: int,
    price: int,
    spot: int,
    indicative: int,
    maturity: int,
    days: int,
    deadline: int,
    salt: bytes,
    chain: int,
) -> None:
    """What a wallet signs from the typed data is the digest that the contract checks."""
    terms = replace(
        TERMS,
        quantity=quantity,
        price=price,
        spot=spot,
        indicative=indicative,
        maturity=maturity,
        averaging_days=days,
        deadline=deadline,
        salt=salt,
    )
    domain = escrow_domain(chain, CONTRACT)
    assert terms_digest(terms, domain) == hashed(terms_typed_data(terms, domain))


@given(uint256, uint256, bytes32)
def test_report_digest_is_that_of_a_wallet(day: int, price: int, evidence: bytes) -> None:
    """A node's report is ordinary typed data."""
    digest = report_digest("openai/gpt-4.1", day, price, evidence, ORACLE)
    assert digest == hashed(report_typed_data("openai/gpt-4.1", day, price, evidence, ORACLE))


@pytest.mark.parametrize(
    "change",
    [
        {"long": SHORT, "short": LONG},
        {"underlying": "openai/gpt-4.2"},
        {"quantity": 1_000_001},
        {"price": 7_450_001},
        {"spot": 8_000_001},
        {"indicative": 7_450_001},
        {"maturity": 0},
        {"averaging_days": 2},
        {"deadline": 0},
        {"salt": bytes(32)},
    ],
)
def test_every_field_of_the_terms_is_signed(change: dict[str, object]) -> None:
    """Terms that differ in anything are another forward."""
    assert terms_digest(replace(TERMS, **change), ESCROW) != DIGEST


@pytest.mark.parametrize(
    "domain",
    [escrow_domain(1, CONTRACT), escrow_domain(31337, LONG), ORACLE, replace(ESCROW, version="2")],
    ids=["chain", "contract", "name", "version"],
)
def test_a_signature_is_for_one_contract_on_one_chain(domain: object) -> None:
    """Nothing signed here counts elsewhere."""
    assert terms_digest(TERMS, domain) != DIGEST  # type: ignore[arg-type]
    assert domain_separator(domain) != domain_separator(ESCROW)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------- terminations, novations


@pytest.mark.parametrize(
    ("message", "golden"),
    [
        (TERMINATION, "551b4b14928f8cd37e731cc40921996a5e5d2ee8a7c78b20c1771135eefb7bb5"),
        (NOVATION, "1fba376314a40fc4a1f5643ce3d7de135331aee8145c0f0f04dffc625cc4a400"),
    ],
    ids=["termination", "novation"],
)
def test_the_digest_of_an_ending_never_changes(message: Ending, golden: str) -> None:
    """A message written today is the same message in every later version; eth-account agrees."""
    assert message_digest(message, ESCROW).hex() == golden
    assert hashed(message_typed_data(message, ESCROW)).hex() == golden


@pytest.mark.parametrize(
    ("message", "types"),
    [
        (TERMINATION, "bytes32 forward,address long,address short,uint256 price,uint256 deadline,bytes32 salt"),
        (
            NOVATION,
            "bytes32 forward,address outgoing,address incoming,address remaining,uint256 payment,uint256 deadline,"
            "bytes32 salt",
        ),
    ],
    ids=["termination", "novation"],
)
def test_the_type_of_an_ending_is_the_contracts(message: Ending, types: str) -> None:
    """The type string that hardware wallets show; the values beside it are plain JSON."""
    data = message_typed_data(message, ESCROW)
    assert data["primaryType"] == type(message).__name__
    found = data["types"][type(message).__name__]  # type: ignore[index]
    assert ",".join(f"{field['type']} {field['name']}" for field in found) == types
    assert data["message"] == json.loads(message.to_json())


@pytest.mark.parametrize("message", [TERMS, TERMINATION, NOVATION], ids=["terms", "termination", "novation"])
def test_the_message_hash_is_what_wallets_show(message: Message) -> None:
    """Domain separator and message hash, shown side by side, are what the digest is made of."""
    typed = encode_typed_data(full_message=message_typed_data(message, ESCROW))
    assert (typed.header, typed.body) == (domain_separator(ESCROW), message_hash(message))


@pytest.mark.parametrize(
    ("message", "change"),
    [
        (TERMINATION, {"forward": bytes(32)}),
        (TERMINATION, {"long": NEWCOMER}),
        (TERMINATION, {"short": LONG}),
        (TERMINATION, {"price": 4_320_001}),
        (TERMINATION, {"deadline": 0}),
        (TERMINATION, {"salt": bytes(32)}),
        (NOVATION, {"forward": bytes(32)}),
        (NOVATION, {"outgoing": SHORT}),
        (NOVATION, {"incoming": LONG}),
        (NOVATION, {"remaining": NEWCOMER}),
        (NOVATION, {"payment": 0}),
        (NOVATION, {"deadline": 0}),
        (NOVATION, {"salt": bytes(32)}),
    ],
)
def test_every_field_of_an_ending_is_signed(message: Ending, change: dict[str, object]) -> None:
    """A message that differs in anything is another one."""
    assert message_digest(replace(message, **change), ESCROW) != message_digest(message, ESCROW)


@pytest.mark.parametrize(
    "domain",
    [escrow_domain(1, CONTRACT), escrow_domain(31337, LONG), ORACLE, replace(ESCROW, version="2")],
    ids=["chain", "contract", "name", "version"],
)
def test_an_ending_is_signed_for_one_contract_on_one_chain(domain: Domain) -> None:
    """As terms are."""
    for message in (TERMINATION, NOVATION):
        assert message_digest(message, domain) != message_digest(message, ESCROW)


def test_signature_is_that_of_eth_account() -> None:
    """Deterministic (RFC 6979), so the bytes agree."""
    theirs = Account.sign_typed_data(LONG_KEY, full_message=terms_typed_data(TERMS, ESCROW))
    ours = sign_digest(DIGEST, LONG_KEY)
    assert ours == bytes(theirs.signature)
    assert recover(DIGEST, ours) == LONG


@given(bytes32.filter(lambda key: 0 < int.from_bytes(key, "big") < SECPK1_N), bytes32)
def test_what_is_signed_recovers(key: bytes, digest: bytes) -> None:
    """Signing, compacting, expanding and recovering lose nothing."""
    signature = sign_digest(digest, key)
    r, vs = to_compact(signature)
    assert from_compact(r, vs) == signature == parse_signature("0x" + signature.hex())
    assert recover(digest, signature) == Account.from_key(key).address


def test_the_sides_signature_verifies() -> None:
    """The positive twin of the refusals below."""
    verify_terms_signature(TERMS, ESCROW, LONG, sign_digest(DIGEST, LONG_KEY))
    verify_digest_signature(DIGEST, SHORT.lower(), sign_digest(DIGEST, SHORT_KEY))


def test_another_keys_signature_is_refused_with_both_accounts() -> None:
    """The error says who should have signed and who did."""
    with pytest.raises(WrongSigner) as refusal:
        verify_terms_signature(TERMS, ESCROW, LONG, sign_digest(DIGEST, SHORT_KEY))
    assert (refusal.value.expected, refusal.value.recovered) == (LONG, SHORT)
    assert LONG in str(refusal.value)
    assert SHORT in str(refusal.value)


def test_a_signature_of_other_terms_is_refused() -> None:
    """One micro-USDT more is another message."""
    with pytest.raises(WrongSigner):
        verify_terms_signature(replace(TERMS, price=7_450_001), ESCROW, LONG, sign_digest(DIGEST, LONG_KEY))


def rebuilt(r: int, s: int, v: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v])


R, S, V = split_signature(sign_digest(DIGEST, LONG_KEY))


@pytest.mark.parametrize(
    ("signature", "why"),
    [
        (b"", "0 bytes"),
        (rebuilt(R, S, V)[:-1], "64 bytes"),
        (rebuilt(R, S, V) + b"\0", "66 bytes"),
        (rebuilt(R, SECPK1_N - S, 55 - V), "higher"),
        (rebuilt(0, S, V), "order"),
        (rebuilt(R, 0, V), "order"),
        (rebuilt(SECPK1_N, S, V), "order"),
        (rebuilt(R, SECPK1_N, V), "order"),
        (rebuilt(R, S, 0), "v is 0"),
        (rebuilt(R, S, 29), "v is 29"),
        (rebuilt(5, S, V), "no key"),
    ],
)
def test_a_signature_of_another_form_is_refused(signature: bytes, why: str) -> None:
    """One form only: 65 bytes, both numbers within the order, the lower s, v 27 or 28, and a key that gives it."""
    with pytest.raises(BadSignature, match=why):
        recover(DIGEST, signature)


@pytest.mark.parametrize("prefix", ["0x", ""])
@pytest.mark.parametrize("shift", [0, 27])
def test_a_wallets_signature_is_read_in_all_its_forms(prefix: str, shift: int) -> None:
    """Some wallets count v from 0; what comes out is the one form."""
    text = prefix + rebuilt(R, S, V - 27 + shift).hex()
    assert parse_signature(text) == rebuilt(R, S, V)


@pytest.mark.parametrize("text", ["", "0x", "0x12", "0x" + "zz" * 65, "0x" + "00" * 65, "0x" + "00" * 64, b"\2" * 65])
def test_what_is_no_signature_is_not_read(text: str | bytes) -> None:
    """The error names the form that is asked for."""
    with pytest.raises(BadSignature) as refusal:
        parse_signature(text)
    assert "65 bytes" in refusal.value.cure


@pytest.mark.parametrize(("r", "vs"), [(-1, 1), (2**256, 1), (1, -1), (1, 2**256), (0, 1), (1, 1 << 255)])
def test_a_compact_signature_out_of_range_is_refused(r: int, vs: int) -> None:
    """EIP-2098 holds the same numbers."""
    with pytest.raises(BadSignature):
        from_compact(r, vs)


@pytest.mark.parametrize("key", [b"", bytes(32), b"\xff" * 32, b"\1" * 31])
def test_a_key_that_is_none_is_refused_and_not_repeated(key: bytes) -> None:
    """A key's bytes never reach a message."""
    with pytest.raises(BadValue) as refusal:
        sign_digest(DIGEST, key)
    assert refusal.value.given == "the key"


@pytest.mark.parametrize("digest", [b"", b"\0" * 31, b"\0" * 33])
def test_a_digest_has_32_bytes(digest: bytes) -> None:
    """Neither more nor less can be signed or recovered."""
    with pytest.raises(BadValue):
        sign_digest(digest, LONG_KEY)
    with pytest.raises(BadValue):
        recover(digest, rebuilt(R, S, V))


def test_a_report_of_another_shape_is_refused() -> None:
    """What the contract cannot hold is not signed."""
    with pytest.raises(BadUnderlying):
        report_digest("GPT", 1, 1, bytes(32), ORACLE)
    with pytest.raises(BadValue):
        report_digest("openai/gpt-4.1", -1, 1, bytes(32), ORACLE)
    with pytest.raises(BadValue):
        report_digest("openai/gpt-4.1", 1, True, bytes(32), ORACLE)
    with pytest.raises(BadValue):
        report_digest("openai/gpt-4.1", 1, 1, bytes(31), ORACLE)


def test_an_account_that_is_none_is_refused() -> None:
    """An address with a wrong checksum may be another's."""
    with pytest.raises(BadAddress):
        verify_digest_signature(DIGEST, LONG.swapcase(), rebuilt(R, S, V))
