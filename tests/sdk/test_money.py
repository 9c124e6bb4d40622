"""Units, the grammar of what is read, and what is printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.errors import BadAmount, BadPrice, BadQuantity, InputError
from ifx_sdk.money import (
    AMOUNT_LIMIT,
    PRICE_LIMIT,
    QUANTITY_LIMIT,
    decimal_text,
    format_amount,
    format_price,
    format_quantity,
    parse_amount,
    parse_price,
    parse_quantity,
)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("8.00", 8_000_000),
        ("8", 8_000_000),
        ("$8", 8_000_000),
        ("$8/Mtok", 8_000_000),
        ("7.45 USD/Mtok", 7_450_000),
        ("7.45USDT/Mtok", 7_450_000),
        ("7.45 usd/mtok", 7_450_000),
        ("1,099.50", 1_099_500_000),
        ("0.000001", 1),
        ("0", 0),
        (" 8.00 ", 8_000_000),
        ("1,099,511.627775", PRICE_LIMIT - 1),
    ],
)
def test_price_is_read_as_micro_usdt_per_mtok(text: str, price: int) -> None:
    """Every form of the grammar gives the exact integer."""
    assert parse_price(text) == price


@pytest.mark.parametrize(
    "text",
    [
        "",
        "eight",
        "-8",
        "$-8",
        "+8",
        "8.1234567",
        "8,5",
        "8,00",
        "1,0000",
        "1000,000",
        ".5",
        "5.",
        "08",
        "1e3",
        "8 USD",
        "8 USDT",
        "8 EUR/Mtok",
        "8 USD/Ktok",
        "$8 USD/Mtok",
        "8$",
        "8 8",
        "8\n",
        "\uff18",
        "\u0668",
        "NaN",
        "Infinity",
        "0x8",
        "1_000",
        "7450000",
        "1,099,511.627776",
        "9" * 5_000,
    ],
)
def test_price_of_another_form_is_refused(text: str) -> None:
    """What could mean something else, or nothing, names the right form."""
    with pytest.raises(BadPrice) as refusal:
        parse_price(text)
    assert refusal.value.given == text
    assert '"7.45 USD/Mtok"' in str(refusal.value)
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("100B", 100_000),
        ("1T", 1_000_000),
        ("0.5T", 500_000),
        ("500B tokens", 500_000),
        ("250M", 250),
        ("250M tokens", 250),
        ("100000 Mtok", 100_000),
        ("100,000 Mtok", 100_000),
        ("100000Mtok", 100_000),
        ("1.5B", 1_500),
        ("0.001B", 1),
        ("1000000 tokens", 1),
        ("1,000,000,000,000 tokens", 1_000_000),
    ],
)
def test_quantity_is_read_as_mtok(text: str, quantity: int) -> None:
    """Tokens and millions of tokens both give whole Mtok."""
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize(
    "text",
    [
        "100000",
        "100b",
        "1t",
        "100K",
        "100 Mtokens",
        "100 USDT",
        "0B",
        "0 Mtok",
        "-1B",
        "0.0005B",
        "1500000 tokens",
        "999999 tokens",
        "0.5 Mtok",
        "1.0000001T",
        "1099512T",
        "1,00B",
        "B",
    ],
)
def test_quantity_of_another_form_is_refused(text: str) -> None:
    """A bare number, another unit, a part of a Mtok: each names the right form."""
    with pytest.raises(BadQuantity) as refusal:
        parse_quantity(text)
    assert refusal.value.given == text
    assert '"100B"' in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("4870000", 4_870_000_000_000),
        ("9,243,090 USDT", 9_243_090_000_000),
        ("9,243,090.000000 USDT", 9_243_090_000_000),
        ("0.000001", 1),
        ("0", 0),
        ("5USDT", 5_000_000),
    ],
)
def test_amount_is_read_as_micro_usdt(text: str, amount: int) -> None:
    """A bare number is USDT, not micro-USDT."""
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    "text",
    ["", "$5", "5 USD", "5 usdt", "5 micro", "5 ETH", "-5", "1.0000001", "9243,090", "1,000,00", "9" * 78, "1e6", "5,"],
)
def test_amount_of_another_form_is_refused(text: str) -> None:
    """A wrong unit or a misplaced comma names the right form."""
    with pytest.raises(BadAmount) as refusal:
        parse_amount(text)
    assert refusal.value.given == text
    assert '"4,870,000 USDT"' in str(refusal.value)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (4_870_000_000_000, "4,870,000.000000 USDT"),
        (-3_130_000_000_000, "-3,130,000.000000 USDT"),
        (209_260_800_000, "209,260.800000 USDT"),
        (-1, "-0.000001 USDT"),
        (0, "0.000000 USDT"),
    ],
)
def test_amount_prints_all_six_decimals(amount: int, text: str) -> None:
    """An amount is never shortened, so that two of them can be compared by eye."""
    assert format_amount(amount) == text


@pytest.mark.parametrize(
    ("price", "text"),
    [
        (7_450_000, "7.45 USD/Mtok"),
        (8_000_000, "8.00 USD/Mtok"),
        (372_500, "0.3725 USD/Mtok"),
        (1_982_608, "1.982608 USD/Mtok"),
        (0, "0.00 USD/Mtok"),
        (1_099_511_627_775, "1,099,511.627775 USD/Mtok"),
    ],
)
def test_price_prints_two_decimals_or_all_that_count(price: int, text: str) -> None:
    """No digit of a price is lost."""
    assert format_price(price) == text


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (1_000_000, "1T tokens"),
        (100_000, "100B tokens"),
        (1_500_000, "1.5T tokens"),
        (1_234_567_000, "1,234.567T tokens"),
        (1_000_100, "1,000,100 Mtok"),
        (7, "7 Mtok"),
        (0, "0 Mtok"),
    ],
)
def test_quantity_prints_in_the_largest_unit_that_divides_it(quantity: int, text: str) -> None:
    """People trade in billions and trillions of tokens."""
    assert format_quantity(quantity) == text


@pytest.mark.parametrize(("micro", "text"), [(15_000_000, "15"), (372_500, "0.3725"), (-1_500_000, "-1.5"), (0, "0")])
def test_decimal_text_has_no_trailing_zeros(micro: int, text: str) -> None:
    """The shortest decimal that is exact."""
    assert decimal_text(micro) == text


@given(st.integers(0, PRICE_LIMIT - 1))
def test_a_printed_price_reads_back(price: int) -> None:
    """Printing and reading are inverse."""
    assert parse_price(format_price(price)) == price
    assert parse_price(decimal_text(price)) == price


@given(st.integers(1, QUANTITY_LIMIT - 1))
def test_a_printed_quantity_reads_back(quantity: int) -> None:
    """Printing and reading are inverse."""
    assert parse_quantity(format_quantity(quantity)) == quantity


@given(st.integers(0, AMOUNT_LIMIT - 1))
def test_a_printed_amount_reads_back(amount: int) -> None:
    """Printing and reading are inverse, up to the largest balance."""
    assert parse_amount(format_amount(amount)) == amount


@given(st.text(max_size=40) | st.text("0123456789.,$-+ TBMUSDtok/e", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text escapes the error tree."""
    for parse, limit in ((parse_price, PRICE_LIMIT), (parse_quantity, QUANTITY_LIMIT), (parse_amount, AMOUNT_LIMIT)):
        try:
            value = parse(text)
        except InputError:
            continue
        assert type(value) is int
        assert 0 <= value < limit
