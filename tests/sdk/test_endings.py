"""Terminations and novations: their shape, their files, and every check of `terminate` and `novate` beside its twin."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.endings import Ending, Novation, Termination
from ifx_sdk.errors import (
    AgreedPriceTooLarge,
    BadAddress,
    BadEnding,
    BadIncoming,
    BadMessageFile,
    BadValue,
    ForwardNotActive,
    IncomingIsASide,
    MaturityHasCome,
    MessageExpired,
    NotItsLong,
    NotItsShort,
    OutgoingIsNoSide,
    PaymentTooLarge,
    RemainingIsNoSide,
)
from ifx_sdk.records import ForwardRecord, Status
from ifx_sdk.terms import ZERO_ADDRESS

LONG, SHORT, NEWCOMER, OUTSIDER, ESCROW = (
    "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
    "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
    "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
    "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
    "0x5FbDB2315678afecb367f032d93F642f64180aa3",
)
NOW = 1_784_077_200  # 2026-07-15 01:00 UTC
MATURITY = 1_799_971_200  # 2027-01-15
B = 8_000_000 * 1_000_000
RECORD = ForwardRecord(
    id=bytes(range(32)),
    long=LONG,
    short=SHORT,
    underlying="openai/gpt-4.1",
    quantity=1_000_000,
    price=7_450_000,
    spot=8_000_000,
    maturity=MATURITY,
    averaging_days=1,
    status=Status.ACTIVE,
)
TERMINATION = Termination(
    forward=RECORD.id, long=LONG, short=SHORT, price=4_320_000, deadline=NOW + 86_400, salt=bytes(32)
)
NOVATION = Novation(
    forward=RECORD.id,
    outgoing=LONG,
    incoming=NEWCOMER,
    remaining=SHORT,
    payment=1_250_000 * 10**6,
    deadline=NOW + 86_400,
    salt=bytes(32),
)
BOTH = pytest.mark.parametrize("message", [TERMINATION, NOVATION], ids=["termination", "novation"])


def refused(leaf: type[BadEnding], message: Ending, record: ForwardRecord = RECORD, now: int = NOW) -> BadEnding:
    """The one refusal of a message, with the field and value that it names."""
    with pytest.raises(BadEnding) as caught:
        validate(message, record, now)
    assert type(caught.value) is leaf
    assert caught.value.field is not None
    assert caught.value.value == getattr(message, caught.value.field)
    assert caught.value.tx_hash is None
    assert caught.value.cure
    return caught.value


def validate(message: Ending, record: ForwardRecord = RECORD, now: int = NOW) -> None:
    if isinstance(message, Novation):
        message.validate(record, now, escrow=ESCROW)
    else:
        message.validate(record, now)


# --------------------------------------------------------------------------------------------------------- checks


@BOTH
def test_a_fitting_message_passes(message: Ending) -> None:
    """Up to the last second of its deadline and the last before maturity."""
    validate(message)
    validate(message, now=message.deadline)
    validate(replace(message, deadline=2**256 - 1), now=MATURITY - 1)


@BOTH
def test_a_message_past_its_deadline_is_refused(message: Ending) -> None:
    """From the second after it, and by `check_deadline` alone where no record is known."""
    late = message.deadline + 1
    assert "2026-07-16 01:00:00 UTC" in str(refused(MessageExpired, message, now=late))
    message.check_deadline(message.deadline)
    with pytest.raises(MessageExpired):
        message.check_deadline(late)
    endless = replace(message, deadline=2**255)
    endless.check_deadline(late)


@BOTH
@pytest.mark.parametrize("status", [each for each in Status if each is not Status.ACTIVE])
def test_a_forward_that_is_not_active_is_refused(message: Ending, status: Status) -> None:
    """Never booked, revoked, settled or terminated: its id is named."""
    found = refused(ForwardNotActive, message, replace(RECORD, status=status))
    assert "0x" + RECORD.id.hex() in found.what


@BOTH
def test_from_maturity_on_nothing_is_ended_or_moved(message: Ending) -> None:
    """At its very second already."""
    endless = replace(message, deadline=2**255)
    refused(MaturityHasCome, endless, now=MATURITY)
    validate(endless, now=MATURITY - 1)


@BOTH
def test_checks_come_in_the_contracts_order(message: Ending) -> None:
    """With everything wrong the deadline is told first, then the status, then the maturity, then the sides."""
    wrong = replace(message, deadline=NOW - 1, **{next(iter(message.parties)): OUTSIDER})
    ended = replace(RECORD, status=Status.SETTLED, maturity=NOW)
    refused(MessageExpired, wrong, ended)
    wrong = replace(wrong, deadline=NOW)
    refused(ForwardNotActive, wrong, ended)
    refused(MaturityHasCome, wrong, replace(ended, status=Status.ACTIVE))
    refused(NotItsLong if isinstance(message, Termination) else OutgoingIsNoSide, wrong)


@pytest.mark.parametrize(
    ("leaf", "change"),
    [
        (NotItsLong, {"long": NEWCOMER}),
        (NotItsLong, {"long": SHORT, "short": LONG}),
        (NotItsShort, {"short": NEWCOMER}),
        (NotItsShort, {"short": LONG}),
        (AgreedPriceTooLarge, {"price": 2**40}),
        (AgreedPriceTooLarge, {"price": 2**256 - 1}),
    ],
)
def test_a_termination_of_other_sides_or_too_high_a_price_is_refused(
    leaf: type[BadEnding], change: dict[str, Any]
) -> None:
    """Both sides are those of today; the price is below 2^40, and zero is one."""
    refused(leaf, replace(TERMINATION, **change))
    validate(replace(TERMINATION, price=2**40 - 1))
    validate(replace(TERMINATION, price=0))


@pytest.mark.parametrize(
    ("leaf", "change"),
    [
        (OutgoingIsNoSide, {"outgoing": OUTSIDER}),
        (OutgoingIsNoSide, {"outgoing": NEWCOMER}),
        (RemainingIsNoSide, {"remaining": OUTSIDER}),
        (RemainingIsNoSide, {"remaining": LONG}),
        (RemainingIsNoSide, {"outgoing": SHORT}),
        (BadIncoming, {"incoming": ZERO_ADDRESS}),
        (BadIncoming, {"incoming": ESCROW}),
        (IncomingIsASide, {"incoming": SHORT}),
        (IncomingIsASide, {"incoming": LONG}),
        (PaymentTooLarge, {"payment": 2 * B + 1}),
        (PaymentTooLarge, {"payment": 2**256 - 1}),
    ],
)
def test_a_novation_that_does_not_fit_is_refused(leaf: type[BadEnding], change: dict[str, Any]) -> None:
    """Each field alone is told with its value."""
    refused(leaf, replace(NOVATION, **change))


@pytest.mark.parametrize(
    "change", [{"payment": 0}, {"payment": 2 * B}, {"incoming": OUTSIDER}, {"outgoing": SHORT, "remaining": LONG}]
)
def test_either_side_leaves_for_any_payment_up_to_2b(change: dict[str, Any]) -> None:
    """The twins of the refusals above."""
    validate(replace(NOVATION, **change))


def test_the_escrow_is_known_however_it_is_written() -> None:
    """Lower case too; without it only zero is refused."""
    own = replace(NOVATION, incoming=ESCROW)
    with pytest.raises(BadIncoming):
        own.validate(RECORD, NOW, escrow=ESCROW.lower())
    own.validate(RECORD, NOW)


# ---------------------------------------------------------------------------------------------------------- shape


@BOTH
def test_addresses_are_kept_checksummed(message: Ending) -> None:
    """Equal messages compare equal however their addresses were written; they are whom it names."""
    assert replace(message, **{role: each.lower() for role, each in message.parties.items()}) == message
    assert [getattr(message, role) for role in message.parties] == list(message.parties.values())


@BOTH
@pytest.mark.parametrize(
    ("error", "kind", "value"),
    [
        (BadAddress, str, "0x00"),
        (BadAddress, str, SHORT.swapcase()),
        (BadAddress, str, None),
        (BadValue, int, -1),
        (BadValue, int, 2**256),
        (BadValue, int, True),
        (BadValue, int, "1"),
        (BadValue, bytes, bytes(31)),
        (BadValue, bytes, "0x" + "00" * 32),
    ],
)
def test_a_message_of_another_shape_cannot_be_made(
    message: Ending, error: type[BadValue], kind: type, value: object
) -> None:
    """Every field of a kind holds its range: what cannot be encoded for signing is no message."""
    for field in (each.name for each in fields(message) if each.type is kind):
        with pytest.raises(error):
            replace(message, **{field: value})


# ---------------------------------------------------------------------------------------------------------- files


@BOTH
def test_the_file_is_canonical(message: Ending) -> None:
    """One key a line in the type's order, integers, addresses checksummed, hashes in hex."""
    document = json.loads(message.to_json())
    assert list(document) == [field.name for field in fields(message)]
    assert document["forward"] == "0x" + RECORD.id.hex()
    assert len(message.to_json().splitlines()) == len(fields(message)) + 2


words = st.integers(0, 2**256 - 1)
by_type: dict[object, st.SearchStrategy[Any]] = {
    str: st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex()),
    int: words,
    bytes: st.binary(min_size=32, max_size=32),
}


@pytest.mark.parametrize("kind", [Termination, Novation])
@given(data=st.data())
def test_a_written_file_reads_back(kind: type[Ending], data: st.DataObject) -> None:
    """Writing and reading are inverse, and writing is canonical."""
    message = kind(**{field.name: data.draw(by_type[field.type]) for field in fields(kind)})
    assert kind.from_json(message.to_json()) == message
    assert kind.from_json(message.to_json().encode()).to_json() == message.to_json()


def changed(message: Ending, **change: object) -> str:
    return json.dumps(json.loads(message.to_json()) | change)


@BOTH
def test_a_file_of_another_shape_is_refused_with_its_key(message: Ending) -> None:
    """Nothing is guessed: the error names the file, what is wrong there and the cure."""
    number = "price" if isinstance(message, Termination) else "payment"
    account = next(iter(message.parties))
    shapes = [
        ("", "not JSON"),
        ("[]", "one object"),
        ("null", "one object"),
        ("[" * 100_000, "nests deeper"),
        (changed(message, colour="red"), "unknown key 'colour'"),
        (message.to_json().replace('"deadline"', '"deadlime"'), "unknown key 'deadlime'"),
        (json.dumps({k: v for k, v in json.loads(message.to_json()).items() if k != "salt"}), "missing key 'salt'"),
        (message.to_json().replace("{", '{"salt": 1,', 1), "'salt' appears twice"),
        *((changed(message, **{number: value}), f"'{number}'") for value in (4.32, "1", None, True, -1, 2**256, [])),
        *((changed(message, forward=value), "'forward'") for value in ("0x00", 0, "0x" + "g" * 64, "00" * 32)),
        *((changed(message, **{account: value}), f"'{account}'") for value in ("0x00", 1, None, SHORT.swapcase())),
        (message.to_json().replace(str(message.deadline), "NaN"), "NaN"),
    ]
    for text, named in shapes:
        with pytest.raises(BadMessageFile) as refusal:
            type(message).from_json(text, "deal.json")
        assert named in refusal.value.what
        assert "deal.json" in refusal.value.what
        assert (refusal.value.path, bool(refusal.value.cure)) == ("deal.json", True)


@pytest.mark.parametrize("kind", [Termination, Novation])
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_a_message_or_refused(kind: type[Ending], content: bytes) -> None:
    """Nothing else comes out of the reader."""
    with pytest.raises(BadMessageFile):
        kind.from_json(content)


# -------------------------------------------------------------------------------------------------- what a record says


def test_a_record_knows_its_sides_and_what_they_can_be_paid() -> None:
    """The worked example at 4.32 and unchanged, and the bounds of each side: together 2B at either end."""
    assert (RECORD.side_of(LONG), RECORD.side_of(SHORT), RECORD.side_of(NEWCOMER)) == ("long", "short", None)
    assert RECORD.payouts(4_320_000) == (4_870_000 * 10**6, 11_130_000 * 10**6)
    assert RECORD.payouts(8_000_000) == (8_550_000 * 10**6, 7_450_000 * 10**6)
    assert RECORD.payout_bounds("long") == (550_000 * 10**6, 2 * B)
    assert RECORD.payout_bounds("short") == (0, 2 * B - 550_000 * 10**6)


@given(spot=st.integers(1, 2**39 - 1), quantity=st.integers(1, 2**40 - 1), data=st.data())
def test_no_price_pays_a_side_outside_its_bounds(spot: int, quantity: int, data: st.DataObject) -> None:
    """Whatever the terms: every price that can be fixed or agreed lies within, and the bounds are reached."""
    price = data.draw(st.integers(1, min(2 * spot, 2**40 - 1)))
    record = replace(RECORD, spot=spot, quantity=quantity, price=price)
    bounds = record.payout_bounds("long"), record.payout_bounds("short")
    for payouts in (record.payouts(data.draw(st.integers(0, 2**40 - 1))), record.payouts(0), record.payouts(2**40 - 1)):
        for (least, most), paid in zip(bounds, payouts, strict=True):
            assert 0 <= least <= paid <= most <= 2 * record.prefunding
        assert sum(payouts) == 2 * record.prefunding
    assert bounds[0][0] + bounds[1][1] == bounds[0][1] + bounds[1][0] == 2 * record.prefunding
