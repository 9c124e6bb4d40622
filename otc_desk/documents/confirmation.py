"""The confirmation of a booked forward, or of final terms that wait for approval. Pure."""

from ifx_sdk import payoff
from ifx_sdk.money import format_price, format_quantity
from otc_desk.documents import shared
from otc_desk.documents.facts import Facts
from otc_desk.documents.model import Document, Note, PayoffChart, Row, Rows, Section
from otc_desk.documents.words import plain

_FALLBACKS = (
    Row(
        label="A day without a fixing",
        value="takes the first fixing of the next two days; if there is none, the newest earlier one. Its price is "
        "certain when its own fixing or one of the next two is posted, or three days after it began.",
    ),
    Row(
        label="Disagreement",
        value="A fixing is the one price that a quorum of the registered nodes signed. Nodes that disagree make no "
        "fixing; the day then counts as a day without one.",
    ),
    Row(
        label="Retired or renamed model",
        value="The identifier in these terms decides. After retirement the newest fixing from when it was priced "
        "counts. An alias that is pointed elsewhere does not move a pinned snapshot.",
    ),
    Row(
        label="Promotions, announced prices",
        value="A public promotion open to every customer counts while it is in force. A dated future price does not "
        "count before its date.",
    ),
    Row(
        label="No discretion",
        value="There is no calculation agent and no cancellation for want of a price. A posted fixing is not edited.",
    ),
)


def confirmation(facts: Facts) -> Document:
    """What both sides agreed, and what booking made of it."""
    title = "Confirmation" if facts.booked is not None else "Final terms, not booked"
    return Document(
        kind="confirmation",
        title=title,
        subtitle=shared.subtitle(facts),
        forward="0x" + facts.id.hex(),
        dated=facts.booked_at or facts.sent_at,
        data=_data(facts),
        sections=(
            Section(heading="Parties", blocks=(shared.parties(facts),)),
            Section(heading="Terms", blocks=(_terms(facts),)),
            Section(heading="Dates", blocks=(shared.dates(facts),)),
            Section(heading="Money", blocks=(shared.money_rows(facts),)),
            *_settlement(facts),
            Section(
                heading="Price source and what happens if it fails", blocks=(_source(facts), Rows(rows=_FALLBACKS))
            ),
            Section(
                heading="Approvals",
                blocks=(
                    shared.approvals(facts.terms, facts),
                    shared.digest_rows(facts.terms, facts, "Digest signed = id"),
                    Note(text="Compare the three digests with what the wallet or the command line shows."),
                ),
            ),
            *shared.novations(facts),
            shared.contracts(facts),
            Section(heading="What each side should know", blocks=(_warnings(facts),)),
        ),
    )


def _terms(facts: Facts) -> Rows:
    terms = facts.first
    return Rows(
        rows=(
            Row(
                label="Reference",
                value=f"{terms.underlying}: the price that the provider publishes per 1M output tokens, standard tier, "
                "global region, uncached text, lowest context band, without tax",
            ),
            Row(label="Quantity N", value=f"{format_quantity(terms.quantity)} ({terms.quantity:,} Mtok)"),
            Row(label="Forward price F", value=format_price(terms.price)),
            Row(label="Spot S0", value=f"{format_price(terms.spot)}, the fixing of the day of booking"),
            Row(label="Indicative price F_ind", value=f"{format_price(terms.indicative)}, the base of the fee"),
            Row(label="Settles on", value=shared.settles_on(facts)),
            Row(label="Forward id", value="0x" + facts.id.hex(), code=True),
        )
    )


def _settlement(facts: Facts) -> tuple[Section, ...]:
    terms = facts.first
    formula = Rows(
        rows=(
            Row(label="Settlement price", value=f"F_ref = {_mean(facts)}"),
            Row(
                label="Long's payoff",
                value="clamp((F_ref - F) x N, -B, +B), where B = S0 x N; the short's is its negative",
            ),
            Row(label="Each side is paid", value="B plus its payoff; the two payouts add up to 2B"),
            Row(
                label="Who settles", value="anyone, from maturity on, once the price is certain; the desk is not needed"
            ),
        )
    )
    chart = PayoffChart(price=terms.price, spot=terms.spot, quantity=terms.quantity)
    note = Note(
        text="Prices are USD per 1M output tokens (Mtok), amounts USDT; 1 USD counts as 1 USDT. Amounts before the fee."
    )
    return (Section(heading="Settlement", blocks=(formula, chart, shared.worked(facts), note)),)


def _mean(facts: Facts) -> str:
    count = facts.first.averaging_days
    if count == 1:
        return "the fixing of the maturity day"
    return f"the sum of {count} daily prices divided by {count}, rounded down to a millionth of a USD"


def _source(facts: Facts) -> Rows:
    code = facts.contracts.oracle_code
    rows = [
        Row(label="Oracle, methodology", value=shared.oracle_name(facts)),
        Row(
            label="Daily fixing",
            value="each node: the median of its readings in the 60 minutes that end at 00:00:00 UTC (13 slots, at "
            "least 7 valid); posted only during its own UTC day",
        ),
    ]
    if code:
        rows.append(Row(label="Oracle code, keccak-256", value=code, code=True))
    return Rows(rows=tuple(rows))


def _warnings(facts: Facts) -> Note:
    found = [
        "The list price is not what a buyer with discounts, cached tokens or another provider pays: that basis stays.",
        "A dishonest quorum of nodes could state a false price for its own day.",
        "If Tether freezes what the escrow holds, nothing can be withdrawn; a fall of USDT against the dollar is the "
        "holder's.",
        "Both sides warrant that they are neither the provider of the model nor its insider.",
    ]
    if facts.first.averaging_days == 1:
        found.insert(0, "A point forward settles on one day's price: a promotion on the last evening counts.")
    return Note(text=" ".join(found))


def _data(facts: Facts) -> dict[str, object]:
    terms = facts.first
    both = payoff.fee(indicative=terms.indicative, quantity=terms.quantity)
    half_long, half_short = payoff.fee_split(both)
    return {
        "booked": facts.booked is not None,
        "parties": shared.parties_data(facts),
        "terms": shared.terms_data(facts),
        "dates": shared.dates_data(facts),
        "prefunding": plain(payoff.prefunding(spot=terms.spot, quantity=terms.quantity)),
        "fee": {"both": plain(both), "long": plain(half_long), "short": plain(half_short)},
        "payoff_table": shared.worked_data(facts),
        "oracle": shared.oracle_name(facts),
        "signed": shared.approvals_data(facts.terms, facts),
        "novations": shared.novations_data(facts),
        "contracts": shared.contracts_data(facts),
    }
