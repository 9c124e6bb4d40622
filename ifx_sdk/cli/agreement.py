"""Terms as both sides see them before they approve: the hashes that wallets show, and both worst cases. Pure."""

from __future__ import annotations

from ifx_sdk import payoff
from ifx_sdk.calendar import format_time
from ifx_sdk.cli.output import aligned
from ifx_sdk.cli.quotes import settles_on
from ifx_sdk.errors import BadValue
from ifx_sdk.money import format_amount, format_price, format_quantity
from ifx_sdk.signing import domain_separator, message_hash, terms_digest
from ifx_sdk.terms import Domain, Terms


def document(terms: Terms, domain: Domain) -> dict[str, object]:
    """Terms for programs: every field, the hashes that wallets show, and the worst cases."""
    figures = {"price": terms.price, "spot": terms.spot, "indicative": terms.indicative, "quantity": terms.quantity}
    needs = payoff.deposit_required(spot=terms.spot, indicative=terms.indicative, quantity=terms.quantity)
    return {
        "id": terms_digest(terms, domain),
        "domain_hash": domain_separator(domain),
        "message_hash": message_hash(terms),
        "chain_id": domain.chain_id,
        "escrow": domain.contract,
        **{name: getattr(terms, name) for name in terms.__slots__},
        "prefunding": payoff.prefunding(spot=terms.spot, quantity=terms.quantity),
        "fee": payoff.fee(indicative=terms.indicative, quantity=terms.quantity),
        "long_needs": needs[0],
        "short_needs": needs[1],
        "long_worst": payoff.worst_case("long", **figures),
        "short_worst": payoff.worst_case("short", **figures),
    }


def text(terms: Terms, domain: Domain) -> str:
    """Terms for people."""
    shown = document(terms, domain)
    amount = {name: format_amount(int(str(shown[name]))) for name in ("prefunding", "fee", "long_worst", "short_worst")}
    width = max(map(len, amount.values()))
    rows = [
        ("id", terms_digest(terms, domain)),
        ("domain hash", domain_separator(domain)),
        ("message hash", shown["message_hash"]),
        ("escrow", f"{domain.contract} on chain {domain.chain_id}"),
        ("long", terms.long),
        ("short", terms.short),
        ("underlying", terms.underlying),
        ("size", f"{format_quantity(terms.quantity)} ({terms.quantity:,} Mtok)"),
        ("price F", format_price(terms.price)),
        ("spot S0", format_price(terms.spot)),
        ("indicative F_ind", format_price(terms.indicative)),
        ("maturity", format_time(terms.maturity)),
        ("settles on", settles_on(terms.averaging_days)),
        ("book until", _time(terms.deadline)),
        ("prefunding, each side", amount["prefunding"].rjust(width)),
        ("fee, both sides", amount["fee"].rjust(width)),
        ("worst case, long", f"{amount['long_worst'].rjust(width)} half fee included"),
        ("worst case, short", f"{amount['short_worst'].rjust(width)} half fee included"),
    ]
    return aligned((name, f"0x{value.hex()}" if isinstance(value, bytes) else str(value)) for name, value in rows)


def _time(timestamp: int) -> str:
    try:
        return format_time(timestamp)
    except BadValue:
        return f"{timestamp} (unix seconds)"
