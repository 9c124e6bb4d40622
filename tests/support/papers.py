"""Facts of a forward for the tests of documents: the paper's example unless told otherwise, or the longest values."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from support.chain import DAY, START

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.records import BookedForward, EarlyEnd, ForwardRecord, Settlement, SideChange, Status
from ifx_sdk.signing import sign_digest, terms_digest
from ifx_sdk.terms import Terms, escrow_domain
from otc_desk.documents.confirmation import confirmation
from otc_desk.documents.dates import calendar_file
from otc_desk.documents.facts import Agreed, Approval, Contracts, Facts, Posted
from otc_desk.documents.fixings import day_prices, mean
from otc_desk.documents.ledger import entries, to_csv
from otc_desk.documents.mark import mark
from otc_desk.documents.memo import memo
from otc_desk.documents.model import Document, to_json
from otc_desk.documents.pdf import to_pdf
from otc_desk.documents.settlement import statement

LONG, SHORT, NEWCOMER = (dev_address(index) for index in (devnet.LONG, devnet.SHORT, devnet.OUTSIDER))
DAYS = 184
"""From 2026-07-15 to 2027-01-15."""
MATURITY = START + DAYS * DAY
NAMES = {LONG: "Long Treasury Ltd", SHORT: "Short Capital GmbH"}
LONGEST: dict[str, Any] = {
    "quantity": 2**40 - 2**40 % 100_000 - 100_000,
    "spot": 2**39 - 1,
    "price": 2**40 - 2,
    "indicative": 2**39 - 1,
    "averaging_days": DAYS,
}
"""What the escrow still takes: a prefunding of almost 2^79 micro-USDT, payouts of almost 2^80."""
SCRIPTS = (
    "東京証券取引所株式会社",
    "삼성전자 주식회사",
    "شركة الاستثمار القابضة",
    "חברת השקעות בע״מ",
    "हिन्दी कंपनी लिमिटेड",
    "บริษัท ทดสอบ จำกัด",
    "Ελληνική Εταιρεία",
    "Публичное общество «Ромашка»",
    "საქართველო",
    "Հայաստան",
    "Łódź Çağ Ñandú Đặng",
)


def facts(
    *,
    posted: Mapping[int, int] | None = None,
    names: Mapping[str, str] | None = None,
    viewer: str = LONG,
    zone: str = "Europe/Berlin",
    **changes: Any,
) -> Facts:
    """Settled; `posted` maps days after the booking's to prices: the paper's cut of 46% on day 100 if none."""
    given: dict[str, Any] = {
        "quantity": 1_000_000,
        "price": 7_450_000,
        "spot": 8_000_000,
        "indicative": 7_450_000,
        "averaging_days": 1,
    } | changes
    terms = Terms(
        long=LONG,
        short=SHORT,
        underlying="openai/gpt-4.1",
        maturity=MATURITY,
        deadline=START + DAY,
        salt=bytes(32),
        **given,
    )
    domain = escrow_domain(31337, dev_address(9))
    prices = dict(posted) if posted is not None else {each: _price(terms.spot, each) for each in range(DAYS + 4)}
    fixings = {START // DAY + each: Posted(price=price, signers=3) for each, price in prices.items()}
    return Facts(
        terms=Agreed(message=terms, approvals=_approvals(terms_digest(terms, domain))),
        contracts=Contracts(
            network="local",
            domain=domain,
            oracle=dev_address(8),
            token=dev_address(7),
            oracle_code="0x" + "12" * 32,
            commit="0123456789abcdef",
        ),
        viewer=viewer,
        names=NAMES if names is None else names,
        zone=zone,
        sent_at=START + 100,
        booked=_booked(terms, terms_digest(terms, domain), fixings),
        booked_at=START + 7_200,
        ended_at=MATURITY + 30 * 3_600,
        final=True,
        fixings=fixings,
        from_wallet=terms.spot * terms.quantity,
    )


def active(found: Facts) -> Facts:
    """The same before it was settled."""
    assert found.booked is not None
    return replace(found, booked=replace(found.booked, settlement=None), ended_at=0)


def novated(found: Facts, payment: int) -> Facts:
    """The same, the long having left for a newcomer a month after the booking."""
    assert found.booked is not None
    change = SideChange(
        novation=b"\2" * 32,
        side="long",
        outgoing=LONG,
        incoming=NEWCOMER,
        payment=payment,
        block_number=50,
        tx_hash="0x" + "ef" * 32,
    )
    booked = replace(found.booked, novations=(change,))
    return replace(found, booked=booked, moved_at=(START + 30 * DAY,))


def terminated(found: Facts, price: int) -> Facts:
    """The same, ended early at a price."""
    assert found.booked is not None
    long, short = found.booked.record.payouts(price)
    end = EarlyEnd(
        termination=b"\1" * 32,
        price=price,
        long_payout=long,
        short_payout=short,
        block_number=60,
        tx_hash="0x" + "aa" * 32,
    )
    return replace(found, booked=replace(found.booked, settlement=None, termination=end), ended_at=START + 60 * DAY)


def documents(found: Facts) -> tuple[Document, ...]:
    """Every document of a settled forward."""
    assert found.ending is not None
    return confirmation(found), statement(found, found.ending), mark(found), memo(found)


def digests() -> str:
    """SHA-256 of every file of two forwards, one with the longest values in many scripts; a line each."""
    mixed = {LONG: " ".join(SCRIPTS)[:200], SHORT: "\U0001f600 " + " ".join(reversed(SCRIPTS))[:190]}
    files = []
    for found in (facts(), facts(names=mixed, zone="Asia/Kathmandu", **(LONGEST | {"averaging_days": 5}))):
        for document in documents(found):
            files += [to_pdf(document), to_json(document)]
        files += [to_csv(entries(found)), calendar_file(found)]
    return "\n".join(hashlib.sha256(each).hexdigest() for each in files)


def _price(spot: int, day: int) -> int:
    return spot if day < 100 else spot * 54 // 100


def _approvals(digest: bytes) -> tuple[Approval, ...]:
    """The long by its key, the short by what only a contract wallet takes."""
    signed = sign_digest(digest, dev_key(devnet.LONG))
    return (
        Approval(role="long", account=LONG, method="signature", approval=signed, at=START + 3_600),
        Approval(role="short", account=SHORT, method="signature", approval=b"\1" * 195, at=START + 5_000),
    )


def _booked(terms: Terms, id: bytes, fixings: Mapping[int, Posted]) -> BookedForward:
    record = ForwardRecord(
        id=id,
        long=LONG,
        short=SHORT,
        underlying=terms.underlying,
        quantity=terms.quantity,
        price=terms.price,
        spot=terms.spot,
        maturity=terms.maturity,
        averaging_days=terms.averaging_days,
        status=Status.SETTLED,
    )
    price = mean(day_prices(fixings, MATURITY // DAY, terms.averaging_days))
    long, short = record.payouts(price)
    settlement = Settlement(
        price=price, long_payout=long, short_payout=short, block_number=99, tx_hash="0x" + "ab" * 32
    )
    return BookedForward(
        record=record,
        first_long=LONG,
        first_short=SHORT,
        indicative=terms.indicative,
        block_number=12,
        tx_hash="0x" + "cd" * 32,
        novations=(),
        settlement=settlement,
        termination=None,
    )
