"""Terms: their shape, their file, and the checks of `book` made beforehand."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.calendar import SECONDS_PER_DAY, maturity_timestamp
from ifx_sdk.errors import (
    REVERTS,
    AveragingOutOfRange,
    BadAddress,
    BadLong,
    BadShort,
    BadTenor,
    BadTerms,
    BadTermsFile,
    BadUnderlying,
    BadValue,
    IndicativeOutOfRange,
    MaturityNotAtMidnight,
    NotListed,
    OneAccountOnBothSides,
    PriceOutOfRange,
    QuantityNotInLots,
    QuantityTooLarge,
    Reverted,
    SpotNotTodaysFixing,
    SpotOutOfRange,
    TenorOutOfRange,
    TermsExpired,
    revert_error,
)
from ifx_sdk.money import LOT
from ifx_sdk.terms import ZERO_ADDRESS, Domain, Terms, escrow_domain, oracle_domain, parse_address

LONG = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
SHORT = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
ESCROW = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
TRADE_DATE = date(2026, 7, 15)
NOW = 1_784_073_600  # 2026-07-15 00:00:00 UTC
TERMS = Terms(
    long=LONG,
    short=SHORT,
    underlying="openai/gpt-4.1",
    quantity=1_000_000,
    price=7_450_000,
    spot=8_000_000,
    indicative=7_450_000,
    maturity=maturity_timestamp(TRADE_DATE, 6),
    averaging_days=1,
    deadline=NOW + SECONDS_PER_DAY,
    salt=bytes(range(32)),
)
DAYS = TERMS.maturity // SECONDS_PER_DAY - NOW // SECONDS_PER_DAY  # 184


def test_terms_that_can_be_booked_pass() -> None:
    """The positive twin of every refusal below."""
    TERMS.validate(LOT, NOW, escrow=ESCROW)
    TERMS.validate(LOT)
    TERMS.check_spot(8_000_000)
    assert TERMS.check_tenor(TRADE_DATE) == 6


@pytest.mark.parametrize(
    ("leaf", "change"),
    [
        (TermsExpired, {"deadline": NOW - 1}),
        (BadLong, {"long": ZERO_ADDRESS}),
        (BadLong, {"long": ESCROW}),
        (BadShort, {"short": ZERO_ADDRESS}),
        (BadShort, {"short": ESCROW.lower()}),
        (OneAccountOnBothSides, {"short": LONG}),
        (QuantityNotInLots, {"quantity": 0}),
        (QuantityNotInLots, {"quantity": 250_000}),
        (QuantityTooLarge, {"quantity": -(-(2**40) // LOT) * LOT}),
        (SpotOutOfRange, {"spot": 0}),
        (SpotOutOfRange, {"spot": 2**39}),
        (PriceOutOfRange, {"price": 0}),
        (PriceOutOfRange, {"price": 16_000_001}),
        (IndicativeOutOfRange, {"indicative": 0}),
        (IndicativeOutOfRange, {"indicative": 8_000_001}),
        (MaturityNotAtMidnight, {"maturity": TERMS.maturity + 1}),
        (TenorOutOfRange, {"maturity": NOW + 27 * SECONDS_PER_DAY}),
        (TenorOutOfRange, {"maturity": NOW + 401 * SECONDS_PER_DAY}),
        (TenorOutOfRange, {"maturity": NOW - SECONDS_PER_DAY}),
        (AveragingOutOfRange, {"averaging_days": 0}),
        (AveragingOutOfRange, {"averaging_days": DAYS + 1}),
    ],
)
def test_each_check_of_book_has_its_own_refusal(leaf: type[BadTerms], change: dict[str, object]) -> None:
    """The same class as for the contract's revert, with the field and the value at fault."""
    terms = replace(TERMS, **change)
    with pytest.raises(leaf) as refusal:
        terms.validate(LOT, NOW, escrow=ESCROW)
    error = refusal.value
    assert type(error) is leaf is REVERTS[error.reason]
    assert error.field in change
    assert error.value == getattr(terms, error.field)
    assert error.tx_hash is None
    assert error.reason in str(error)
    assert str(error).endswith(error.cure)


@pytest.mark.parametrize(
    "change",
    [
        {"deadline": NOW},
        {"quantity": 2**40 // LOT * LOT},
        {"spot": 2**39 - 1},
        {"spot": 1, "price": 2, "indicative": 1},
        {"price": 16_000_000},
        {"price": 1, "indicative": 1},
        {"indicative": 8_000_000},
        {"maturity": NOW + 28 * SECONDS_PER_DAY},
        {"maturity": NOW + 400 * SECONDS_PER_DAY, "averaging_days": 400},
        {"averaging_days": DAYS},
    ],
)
def test_the_edge_of_each_range_passes(change: dict[str, object]) -> None:
    """The last value that is allowed, beside the first that is not."""
    replace(TERMS, **change).validate(LOT, NOW, escrow=ESCROW)


def test_checks_stand_in_the_contracts_order() -> None:
    """Terms with every fault are refused for the first; as each is cured, for the next."""
    broken = replace(
        TERMS,
        deadline=0,
        long=ZERO_ADDRESS,
        short=ZERO_ADDRESS,
        quantity=1,
        spot=0,
        price=0,
        indicative=0,
        maturity=1,
        averaging_days=0,
    )
    order = []
    for field in ("deadline", "long", "short", "quantity", "spot", "price", "indicative", "maturity", "averaging_days"):
        with pytest.raises(BadTerms) as refusal:
            broken.validate(LOT, NOW)
        order.append(refusal.value.field)
        broken = replace(broken, **{field: getattr(TERMS, field)})
    broken.validate(LOT, NOW)
    assert order == [
        "deadline",
        "long",
        "short",
        "quantity",
        "spot",
        "price",
        "indicative",
        "maturity",
        "averaging_days",
    ]


def test_an_underlying_that_is_not_listed_is_refused() -> None:
    """A lot of 0 is what the escrow answers for a name that it does not list."""
    with pytest.raises(NotListed) as refusal:
        TERMS.validate(0, NOW)
    assert refusal.value.value == "openai/gpt-4.1"


def test_one_except_catches_the_refusal_of_sdk_and_contract() -> None:
    """A caller need not know who noticed."""
    with pytest.raises(QuantityNotInLots):
        replace(TERMS, quantity=1).validate(LOT)
    with pytest.raises(QuantityNotInLots):
        raise revert_error("escrow: quantity not in lots", "0xabc")
    assert issubclass(QuantityNotInLots, Reverted)


@pytest.mark.parametrize("fixing", [None, 7_999_999])
def test_a_spot_other_than_todays_fixing_is_refused(fixing: int | None) -> None:
    """Also while today's is not posted yet."""
    with pytest.raises(SpotNotTodaysFixing):
        TERMS.check_spot(fixing)


def test_a_maturity_off_the_tenor_list_is_refused() -> None:
    """The escrow would take 4 months; the product does not offer them."""
    terms = replace(TERMS, maturity=maturity_timestamp(TRADE_DATE, 4))
    terms.validate(LOT, NOW)
    with pytest.raises(BadTenor):
        terms.check_tenor(TRADE_DATE)


@pytest.mark.parametrize(
    ("error", "change"),
    [
        (BadAddress, {"long": "0x1"}),
        (BadAddress, {"long": SHORT.replace("3C44", "3c44")}),
        (BadAddress, {"short": None}),
        (BadUnderlying, {"underlying": "ab"}),
        (BadUnderlying, {"underlying": "a" * 65}),
        (BadUnderlying, {"underlying": "OpenAI/gpt"}),
        (BadUnderlying, {"underlying": "openai/gpt\n"}),
        (BadUnderlying, {"underlying": "öpenai/gpt"}),
        (BadValue, {"quantity": -1}),
        (BadValue, {"price": 2**256}),
        (BadValue, {"price": True}),
        (BadValue, {"spot": "8000000"}),
        (BadValue, {"salt": bytes(31)}),
        (BadValue, {"salt": "0x" + "00" * 32}),
    ],
)
def test_terms_of_another_shape_cannot_be_made(error: type[BadValue], change: dict[str, object]) -> None:
    """What cannot be encoded for signing is no terms at all."""
    with pytest.raises(error):
        replace(TERMS, **change)


def test_addresses_are_kept_checksummed() -> None:
    """Equal terms compare equal however their addresses were written."""
    assert replace(TERMS, long=LONG.lower(), short="0x" + SHORT[2:].upper()) == TERMS
    assert parse_address(LONG.lower()) == LONG


def test_the_file_is_canonical() -> None:
    """Integers as integers, addresses checksummed, the salt in hex, one key a line in the message's order."""
    document = json.loads(TERMS.to_json())
    assert list(document) == [
        "long",
        "short",
        "underlying",
        "quantity",
        "price",
        "spot",
        "indicative",
        "maturity",
        "averaging_days",
        "deadline",
        "salt",
    ]
    assert document["long"] == LONG
    assert document["price"] == 7_450_000
    assert document["salt"] == "0x" + bytes(range(32)).hex()
    assert tuple(document.values())[:-1] == TERMS.as_tuple()[:-1]
    assert len(TERMS.to_json().splitlines()) == 13


uint256 = st.integers(0, 2**256 - 1)


@given(
    st.builds(
        Terms,
        long=st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex()),
        short=st.just(SHORT),
        underlying=st.text("abcdefghijklmnopqrstuvwxyz0123456789./:_-", min_size=3, max_size=64),
        quantity=uint256,
        price=uint256,
        spot=uint256,
        indicative=uint256,
        maturity=uint256,
        averaging_days=uint256,
        deadline=uint256,
        salt=st.binary(min_size=32, max_size=32),
    )
)
def test_a_written_file_reads_back(terms: Terms) -> None:
    """Writing and reading are inverse, and writing is canonical."""
    assert Terms.from_json(terms.to_json()) == terms
    assert Terms.from_json(terms.to_json().encode()).to_json() == terms.to_json()


def changed(**change: object) -> str:
    return json.dumps(json.loads(TERMS.to_json()) | change)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "one object"),
        ("null", "one object"),
        ("[" * 100_000, "nests deeper"),
        ('{"long":' * 100_000, "nests deeper"),
        ("9" * 5_000, "not JSON"),
        (changed(colour="red"), "unknown key 'colour'"),
        (TERMS.to_json().replace('"price"', '"prize"'), "unknown key 'prize'"),
        (json.dumps({k: v for k, v in json.loads(TERMS.to_json()).items() if k != "spot"}), "missing key 'spot'"),
        (TERMS.to_json().replace("{", '{"price": 1,', 1), "'price' appears twice"),
        (changed(price=7.45), "'price'"),
        (TERMS.to_json().replace("7450000", "7.45e6", 1), "'price'"),
        (changed(quantity=True), "'quantity'"),
        (changed(quantity="1000000"), "'quantity'"),
        (changed(spot=None), "'spot'"),
        (changed(deadline=-1), "'deadline'"),
        (changed(deadline=2**256), "'deadline'"),
        (changed(salt="0x00"), "'salt'"),
        (changed(salt=0), "'salt'"),
        (changed(long="0x00"), "'long'"),
        (changed(short=SHORT.swapcase()), "'short'"),
        (changed(underlying=["openai"]), "'underlying'"),
        (TERMS.to_json().replace("8000000", "NaN"), "NaN"),
        (TERMS.to_json().replace("8000000", "-Infinity"), "Infinity"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_its_key(text: str, named: str) -> None:
    """Nothing is guessed: the error names the file, the key and the cure."""
    with pytest.raises(BadTermsFile) as refusal:
        Terms.from_json(text, "trade.json")
    assert "trade.json" in str(refusal.value)
    assert named in str(refusal.value)
    assert refusal.value.path == "trade.json"


def test_a_file_that_is_not_text_is_refused() -> None:
    """Any bytes give terms or a refusal."""
    with pytest.raises(BadTermsFile):
        Terms.from_json(b"\xff\xfe\xfd")


def test_domains_name_their_contract() -> None:
    """Escrow and oracle sign under different names, each bound to one chain and one contract."""
    assert escrow_domain(31337, ESCROW.lower()) == Domain(
        name="IFX Forward Escrow", version="1", chain_id=31337, contract=ESCROW
    )
    assert oracle_domain(1, ESCROW) == Domain(name="IFX Fixing Oracle", version="1", chain_id=1, contract=ESCROW)


@pytest.mark.parametrize("chain_id", [0, -1, True, 2**256])
def test_a_domain_needs_a_chain(chain_id: int) -> None:
    """A signature for no chain would be one for every chain."""
    with pytest.raises(BadValue):
        escrow_domain(chain_id, ESCROW)
