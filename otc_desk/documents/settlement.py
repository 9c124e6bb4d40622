"""The statement of settlement: how a forward was paid out, line by line. Pure."""

from ifx_sdk import payoff
from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.money import format_price
from ifx_sdk.records import EarlyEnd, Settlement
from otc_desk.documents import shared
from otc_desk.documents.facts import Facts
from otc_desk.documents.fixings import DayPrice, day_prices, mean
from otc_desk.documents.model import Block, Document, Grid, Note, PayoffChart, Row, Rows, Section
from otc_desk.documents.words import amount, day, plain, usdt, when
from otc_desk.errors import Contradiction


def statement(facts: Facts, ending: Settlement | EarlyEnd) -> Document:
    """How it ended. Raises `Contradiction` where fixings, record and payouts do not agree to the last micro."""
    averaged = () if isinstance(ending, EarlyEnd) else _averaged(facts, ending)
    _hold_payouts(facts, ending)
    early = isinstance(ending, EarlyEnd)
    return Document(
        kind="settlement",
        title="Statement of early termination" if early else "Statement of settlement",
        subtitle=shared.subtitle(facts),
        forward="0x" + facts.id.hex(),
        dated=facts.ended_at,
        data=_data(facts, ending, averaged),
        sections=(
            Section(heading="Parties", blocks=(shared.parties(facts),)),
            Section(heading="Result", blocks=(_result(facts, ending), _chart(facts, ending))),
            _price(facts, ending, averaged),
            Section(heading="Computation", blocks=(computation(facts, ending.price),)),
            *_agreed(facts, ending),
            *shared.novations(facts),
            shared.contracts(facts),
            Section(heading="About this statement", blocks=(_about(),)),
        ),
    )


def _averaged(facts: Facts, ending: Settlement) -> tuple[DayPrice, ...]:
    """The days of the mean. Fixings that were posted after the settlement cannot have been part of it."""
    posted = {on: each for on, each in facts.fixings.items() if on * SECONDS_PER_DAY <= facts.ended_at}
    terms = facts.first
    found = day_prices(posted, terms.maturity // SECONDS_PER_DAY, terms.averaging_days)
    if mean(found) != ending.price:
        raise Contradiction(
            f"the fixings make {format_price(mean(found))}, and the escrow settled at {format_price(ending.price)}"
        )
    return found


def _hold_payouts(facts: Facts, ending: Settlement | EarlyEnd) -> None:
    terms = facts.first
    paid = payoff.payouts(price=terms.price, spot=terms.spot, quantity=terms.quantity, settlement=ending.price)
    if paid != (ending.long_payout, ending.short_payout):
        raise Contradiction("the payouts on record are not those of the payoff formula")


def _result(facts: Facts, ending: Settlement | EarlyEnd) -> Rows:
    what = "Agreed price" if isinstance(ending, EarlyEnd) else "Settlement price F_ref"
    own = ending.long_payout if facts.side == "long" else ending.short_payout
    prefunding = payoff.prefunding(spot=facts.first.spot, quantity=facts.first.quantity)
    return Rows(
        rows=(
            Row(label=what, value=format_price(ending.price)),
            Row(label="Paid to the long", value=usdt(ending.long_payout)),
            Row(label="Paid to the short", value=usdt(ending.short_payout)),
            Row(label=f"Result of the {facts.side}", value=f"{usdt(own - prefunding)}, before its half of the fee"),
            Row(label="Credited", value="to each account's free balance in the escrow, from where it withdraws"),
            Row(label="When", value=when(facts.ended_at, facts.zone)),
            Row(label="Transaction", value=ending.tx_hash, code=True),
            Row(label="Finality", value=shared.finality(facts)),
        )
    )


def _chart(facts: Facts, ending: Settlement | EarlyEnd) -> PayoffChart:
    terms = facts.first
    name = "agreed" if isinstance(ending, EarlyEnd) else "F_ref"
    return PayoffChart(
        price=terms.price, spot=terms.spot, quantity=terms.quantity, settled=ending.price, settled_name=name
    )


def _price(facts: Facts, ending: Settlement | EarlyEnd, averaged: tuple[DayPrice, ...]) -> Section:
    if isinstance(ending, EarlyEnd):
        text = "Both sides approved the price of this termination before maturity; no fixing enters it."
        return Section(heading="Price", blocks=(Note(text=text),))
    rows = [(day(each.day), amount(each.price), day(each.source), each.why, str(each.signers)) for each in averaged]
    total = sum(each.price for each in averaged)
    if len(averaged) > 1:
        rows.append(("Sum", amount(total), "", "", ""))
    how = "the one day's price" if len(averaged) == 1 else f"sum / {len(averaged)}, rounded down to a micro-USD"
    rows.append(("F_ref", amount(ending.price), "", how, ""))
    strong = frozenset({len(rows) - 1})
    grid = Grid(
        header=("Day (UTC)", "USD/Mtok", "Fixing of", "Which", "Signers"),
        rows=tuple(rows),
        right=frozenset({1, 4}),
        strong=strong,
    )
    blocks: tuple[Block, ...] = (Rows(rows=(Row(label="Oracle, methodology", value=shared.oracle_name(facts)),)), grid)
    return Section(heading="Days and fixings", blocks=blocks)


def computation(facts: Facts, settlement: int) -> Grid:
    """The payoff formula with this forward's numbers, one operation a line; each line as `ifx_sdk.payoff` has it."""
    terms = facts.first
    money = {"price": terms.price, "spot": terms.spot, "quantity": terms.quantity, "settlement": settlement}
    locked = payoff.prefunding(spot=terms.spot, quantity=terms.quantity)
    raw = payoff.raw_payoff(price=terms.price, quantity=terms.quantity, settlement=settlement)
    gain, (long, short) = payoff.payoff(**money), payoff.payouts(**money)
    n = f"{terms.quantity:,}"
    rows = (
        ("B = S0 x N", f"{amount(terms.spot)} x {n}", amount(locked)),
        ("F_ref - F", f"{amount(settlement)} - {amount(terms.price)}", amount(settlement - terms.price)),
        ("(F_ref - F) x N", f"{amount(settlement - terms.price)} x {n}", amount(raw)),
        (
            "clamped to -B ... +B",
            {"none": "no cap binds", "upper": "the cap +B binds", "lower": "the cap -B binds"}[
                payoff.cap_binding(**money)
            ],
            amount(gain),
        ),
        ("Paid to the long", "B + payoff", amount(long)),
        ("Paid to the short", "B - payoff", amount(short)),
        ("Together", "2B", amount(long + short)),
    )
    return Grid(header=("Line", "With the numbers", "USDT"), rows=rows, right=frozenset({2}), strong=frozenset({4, 5}))


def _agreed(facts: Facts, ending: Settlement | EarlyEnd) -> tuple[Section, ...]:
    if not isinstance(ending, EarlyEnd):
        return ()
    agreed = facts.endings.get(ending.termination)
    if agreed is None:
        row = Row(label="Digest", value="0x" + ending.termination.hex(), code=True)
        return (Section(heading="Approvals of the termination", blocks=(Rows(rows=(row,)),)),)
    blocks = (shared.approvals(agreed, facts), shared.digest_rows(agreed, facts, "Digest that both sides approved"))
    return (Section(heading="Approvals of the termination", blocks=blocks),)


def _about() -> Note:
    return Note(
        text="The escrow's record governs; this statement was computed from it and from the posted fixings, and is "
        "issued only where both agree to the last millionth of a USDT. Anyone can repeat it from the chain alone."
    )


def _data(facts: Facts, ending: Settlement | EarlyEnd, averaged: tuple[DayPrice, ...]) -> dict[str, object]:
    terms = facts.first
    money = {"price": terms.price, "spot": terms.spot, "quantity": terms.quantity, "settlement": ending.price}
    agreed = facts.endings.get(ending.termination) if isinstance(ending, EarlyEnd) else None
    return {
        "how": "termination" if isinstance(ending, EarlyEnd) else "settlement",
        "parties": shared.parties_data(facts),
        "terms": shared.terms_data(facts),
        "settlement_price": plain(ending.price),
        "days": [
            {"day": day(each.day), "fixing_of": day(each.source), "price": plain(each.price), "signers": each.signers}
            for each in averaged
        ],
        "prefunding": plain(payoff.prefunding(spot=terms.spot, quantity=terms.quantity)),
        "raw_payoff": plain(payoff.raw_payoff(price=terms.price, quantity=terms.quantity, settlement=ending.price)),
        "long_payoff": plain(payoff.payoff(**money)),
        "cap": payoff.cap_binding(**money),
        "long_payout": plain(ending.long_payout),
        "short_payout": plain(ending.short_payout),
        "ended_at": facts.ended_at,
        "tx": ending.tx_hash,
        "block": ending.block_number,
        "final": facts.final,
        "signed": None if agreed is None else shared.approvals_data(agreed, facts),
        "novations": shared.novations_data(facts),
        "contracts": shared.contracts_data(facts),
    }
