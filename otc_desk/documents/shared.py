"""Parts that several documents have in common. Pure."""

from collections.abc import Mapping

from ifx_sdk import payoff
from ifx_sdk.calendar import SECONDS_PER_DAY
from ifx_sdk.money import format_quantity
from ifx_sdk.signing import domain_separator, message_digest, message_hash
from otc_desk.documents.facts import Agreed, Facts, method_of
from otc_desk.documents.model import Grid, Note, Row, Rows, Section
from otc_desk.documents.words import amount, plain, usdt, when

SHARES = (0, 25, 50, 75, 90, 100, 110, 125, 150, 175, 200, 250)
"""Settlement prices of the worked table, in per cent of the spot: from -100% over the caps to +150%."""


def subtitle(facts: Facts) -> str:
    """The forward in one line."""
    terms = facts.first
    return f"{terms.underlying}, {format_quantity(terms.quantity)} at {amount(terms.price)} USD per 1M output tokens"


def settles_on(facts: Facts) -> str:
    """Point or average, in words."""
    terms = facts.first
    if terms.averaging_days == 1:
        return "the fixing of the maturity day alone (point forward)"
    return f"the mean of the fixings of the last {terms.averaging_days} calendar days, the maturity day included"


def averaging_start(facts: Facts) -> int:
    """00:00:00 UTC of the first averaging day, unix seconds."""
    return facts.first.maturity - (facts.first.averaging_days - 1) * SECONDS_PER_DAY


def state_of(facts: Facts) -> str:
    """Where the forward stands, as far as the viewer may see."""
    if facts.booked is None:
        return "final terms, not booked"
    if facts.has_left:
        return "booked; the reader's side was novated to another party"
    if facts.booked.settlement is not None:
        return "settled"
    return "booked, active" if facts.booked.termination is None else "terminated early"


def finality(facts: Facts) -> str:
    """Whether the chain can still undo it."""
    if facts.final:
        return "final: in a block that the chain reports as finalized"
    return "not yet final: the chain does not report its block as finalized"


def parties(facts: Facts) -> Grid:
    """Who stood on which side at first, and who stands there now."""
    first = {"long": facts.first.long, "short": facts.first.short}
    rows = [(f"{side}, {_does(side)}", facts.named(account), account) for side, account in first.items()]
    for side, account in zip(("long", "short"), facts.sides, strict=True):
        if account != first[side]:
            rows.append((f"{side}, since the novation", facts.named(account), account))
    return Grid(header=("Side", "Legal name", "Wallet"), rows=tuple(rows))


def _does(side: str) -> str:
    return "receives if the price rises" if side == "long" else "receives if the price falls"


def parties_data(facts: Facts) -> dict[str, object]:
    """The same for programs."""
    long, short = facts.sides
    return {
        "long": _party(facts, facts.first.long),
        "short": _party(facts, facts.first.short),
        "long_now": _party(facts, long),
        "short_now": _party(facts, short),
    }


def _party(facts: Facts, account: str) -> dict[str, object]:
    return {"account": account, "name": facts.names.get(account) or None}


def terms_data(facts: Facts) -> dict[str, object]:
    """All terms for programs."""
    terms = facts.first
    return {
        "underlying": terms.underlying,
        "quantity": terms.quantity,
        "price": plain(terms.price),
        "spot": plain(terms.spot),
        "indicative": plain(terms.indicative),
        "maturity": terms.maturity,
        "averaging_days": terms.averaging_days,
        "deadline": terms.deadline,
        "salt": "0x" + terms.salt.hex(),
    }


def digests(agreed: Agreed, facts: Facts) -> dict[str, str]:
    """Domain separator, message hash and digest, as wallet and command line show them."""
    domain = facts.contracts.domain
    return {
        "domain_separator": "0x" + domain_separator(domain).hex(),
        "message_hash": "0x" + message_hash(agreed.message).hex(),
        "digest": "0x" + message_digest(agreed.message, domain).hex(),
    }


def digest_rows(agreed: Agreed, facts: Facts, name: str) -> Rows:
    """The same for people; `name` says what the digest is."""
    found = digests(agreed, facts)
    labels = {"domain_separator": "Domain separator", "message_hash": "Message hash", "digest": name}
    return Rows(rows=tuple(Row(label=labels[key], value=value, code=True) for key, value in found.items()))


def approvals(agreed: Agreed, facts: Facts) -> Grid:
    """Who approved, how and when."""
    digest = message_digest(agreed.message, facts.contracts.domain)
    rows = tuple(
        (
            each.role,
            facts.named(each.account),
            method_of(each, digest),
            "-" if each.at is None else when(each.at, facts.zone),
        )
        for each in agreed.approvals
    )
    return Grid(header=("Side", "Who", "How", "When the desk had it"), rows=rows)


def approvals_data(agreed: Agreed, facts: Facts) -> dict[str, object]:
    """The same for programs, with the signatures themselves."""
    digest = message_digest(agreed.message, facts.contracts.domain)
    listed = [
        {
            "role": each.role,
            "account": each.account,
            "method": method_of(each, digest),
            "signature": "0x" + each.approval.hex(),
            "at": each.at,
        }
        for each in agreed.approvals
    ]
    return {**digests(agreed, facts), "approvals": listed}


def contracts(facts: Facts) -> Section:
    """Where it all stands."""
    found = facts.contracts
    rows = [
        Row(label="Network", value=f"{found.network}, chain id {found.domain.chain_id}"),
        Row(label="Escrow", value=found.domain.contract, code=True),
        Row(label="Oracle", value=found.oracle, code=True),
        Row(label="USDT", value=found.token, code=True),
    ]
    if facts.booked is not None:
        rows.append(Row(label="Booked by", value=facts.booked.tx_hash, code=True))
        rows.append(Row(label="Block", value=f"{facts.booked.block_number:,}, {when(facts.booked_at, facts.zone)}"))
        rows.append(Row(label="Finality", value=finality(facts)))
    if found.commit:
        rows.append(Row(label="Source commit", value=found.commit, code=True))
    return Section(heading="Contracts", blocks=(Rows(rows=tuple(rows)),))


def contracts_data(facts: Facts) -> dict[str, object]:
    """The same for programs."""
    found, booked = facts.contracts, facts.booked
    return {
        "network": found.network,
        "chain_id": found.domain.chain_id,
        "escrow": found.domain.contract,
        "oracle": found.oracle,
        "oracle_code_hash": found.oracle_code or None,
        "token": found.token,
        "commit": found.commit or None,
        "booked_tx": None if booked is None else booked.tx_hash,
        "booked_block": None if booked is None else booked.block_number,
        "booked_at": facts.booked_at or None,
        "final": facts.final,
    }


def oracle_name(facts: Facts) -> str:
    """The rules by which fixings are made, by the version under which nodes sign."""
    return f"IFX Fixing Oracle, version 1 (EIP-712 domain of {facts.contracts.oracle})"


def worked(facts: Facts) -> Grid:
    """The payoff at twelve settlement prices, caps included."""
    terms = facts.first
    rows = []
    for share in SHARES:
        settlement = terms.spot * share // 100
        money = {"price": terms.price, "spot": terms.spot, "quantity": terms.quantity, "settlement": settlement}
        long, short = payoff.payouts(**money)
        gain = payoff.payoff(**money)
        cap = {"none": "", "upper": "cap +B", "lower": "cap -B"}[payoff.cap_binding(**money)]
        moved = "spot" if share == 100 else f"{share - 100:+d}%"
        rows.append((moved, amount(settlement), amount(gain), amount(long), amount(short), cap))
    header = ("From spot", "F_ref", "Long's payoff, USDT", "Paid to the long", "Paid to the short", "Cap")
    strong = frozenset({SHARES.index(100)})
    return Grid(header=header, rows=tuple(rows), right=frozenset({0, 1, 2, 3, 4}), strong=strong)


def worked_data(facts: Facts) -> list[dict[str, object]]:
    """The same for programs."""
    terms = facts.first
    found: list[dict[str, object]] = []
    for share in SHARES:
        settlement = terms.spot * share // 100
        money = {"price": terms.price, "spot": terms.spot, "quantity": terms.quantity, "settlement": settlement}
        long, short = payoff.payouts(**money)
        found.append(
            {
                "per_cent_of_spot": share,
                "settlement_price": plain(settlement),
                "long_payoff": plain(payoff.payoff(**money)),
                "long_payout": plain(long),
                "short_payout": plain(short),
                "cap": payoff.cap_binding(**money),
            }
        )
    return found


def money_rows(facts: Facts) -> Rows:
    """What is locked, what it costs, and the most that each side can lose."""
    terms = facts.first
    sized = {"spot": terms.spot, "quantity": terms.quantity}
    both = payoff.fee(indicative=terms.indicative, quantity=terms.quantity)
    half_long, half_short = payoff.fee_split(both)
    worst = {
        side: payoff.worst_case(side, price=terms.price, indicative=terms.indicative, **sized)
        for side in ("long", "short")
    }
    collected = payoff.deposit_required(indicative=terms.indicative, **sized)
    return Rows(
        rows=(
            Row(label="Prefunding of each side", value=f"B = S0 x N = {usdt(payoff.prefunding(**sized))}"),
            Row(label="Fee", value=f"1% of F_ind x N = {usdt(both)}, charged at booking"),
            Row(label="Of it the long pays", value=usdt(half_long)),
            Row(label="Of it the short pays", value=usdt(half_short)),
            Row(label="Booking collects", value=f"{usdt(collected[0])} (long), {usdt(collected[1])} (short)"),
            Row(label="Long can lose at most", value=f"{usdt(worst['long'])}: min(F, S0) x N and its half of the fee"),
            Row(label="Short can lose at most", value=f"{usdt(worst['short'])}: S0 x N and its half of the fee"),
        )
    )


def dates(facts: Facts) -> Rows:
    """Every date, in UTC and the viewer's zone."""
    terms, zone = facts.first, facts.zone
    rows = []
    if facts.booked is not None:
        rows.append(Row(label="Booked", value=when(facts.booked_at, zone)))
    else:
        rows.append(Row(label="Approvals until", value=when(terms.deadline, zone)))
    if terms.averaging_days > 1:
        rows.append(Row(label="First averaging day", value=when(averaging_start(facts), zone)))
    rows.append(Row(label="Maturity", value=when(terms.maturity, zone)))
    latest = terms.maturity + 3 * SECONDS_PER_DAY
    rows.append(Row(label="Price certain at the latest", value=when(latest, zone)))
    return Rows(rows=tuple(rows))


def dates_data(facts: Facts) -> dict[str, object]:
    """The same for programs."""
    terms = facts.first
    return {
        "deadline": terms.deadline,
        "averaging_start": averaging_start(facts),
        "maturity": terms.maturity,
        "certain_at_latest": terms.maturity + 3 * SECONDS_PER_DAY,
        "zone": facts.zone,
    }


def novations(facts: Facts) -> tuple[Section, ...]:
    """Each change of a side, with its approvals where the desk has them; none where there was none."""
    blocks: list[Rows | Grid | Note] = []
    for change, at in facts.changes:
        rows = [
            Row(label="Side", value=change.side),
            Row(label="Leaving", value=facts.named(change.outgoing)),
            Row(label="", value=change.outgoing, code=True),
            Row(label="Entering", value=facts.named(change.incoming)),
            Row(label="", value=change.incoming, code=True),
            Row(label="Paid to who left", value=usdt(change.payment)),
            Row(label="When", value=when(at, facts.zone)),
            Row(label="Transaction", value=change.tx_hash, code=True),
        ]
        blocks.append(Rows(rows=tuple(rows)))
        agreed = facts.endings.get(change.novation)
        if agreed is not None:
            blocks += [approvals(agreed, facts), digest_rows(agreed, facts, "Digest that all three approved")]
        else:
            blocks.append(Rows(rows=(Row(label="Digest", value="0x" + change.novation.hex(), code=True),)))
    return (Section(heading="Novation", blocks=tuple(blocks)),) if blocks else ()


def novations_data(facts: Facts) -> list[Mapping[str, object]]:
    """The same for programs."""
    return [
        {
            "side": change.side,
            "outgoing": change.outgoing,
            "incoming": change.incoming,
            "payment": plain(change.payment),
            "at": at,
            "tx": change.tx_hash,
            "digest": "0x" + change.novation.hex(),
        }
        for change, at in facts.changes
    ]
