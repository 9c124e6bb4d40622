"""Terms as both sides see them before they approve, and the approvals that they hand to the desk."""

from __future__ import annotations

from ifx_sdk import payoff
from ifx_sdk.calendar import format_time
from ifx_sdk.cli.errors import BadApproval
from ifx_sdk.cli.output import aligned
from ifx_sdk.cli.quotes import settles_on
from ifx_sdk.cli.reading import hex_bytes, read_file
from ifx_sdk.errors import BadValue, NotASide, WrongSigner
from ifx_sdk.money import format_amount, format_price, format_quantity
from ifx_sdk.signing import FORWARD_FIELDS, domain_separator, struct_hash, terms_digest
from ifx_sdk.strict_json import loads
from ifx_sdk.terms import Domain, Terms, parse_address

MAX_APPROVAL = 2048
"""Bytes of a contract wallet's signature that the escrow takes."""


def document(terms: Terms, domain: Domain) -> dict[str, object]:
    """Terms for programs: every field, the hashes that wallets show, and the worst cases."""
    figures = {"price": terms.price, "spot": terms.spot, "indicative": terms.indicative, "quantity": terms.quantity}
    needs = payoff.deposit_required(spot=terms.spot, indicative=terms.indicative, quantity=terms.quantity)
    values = dict(zip((name for _, name in FORWARD_FIELDS), terms.as_tuple(), strict=True))
    return {
        "id": terms_digest(terms, domain),
        "domain_hash": domain_separator(domain),
        "message_hash": struct_hash("Forward", FORWARD_FIELDS, values),
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


def check_side(terms: Terms, account: str) -> None:
    """Raise NotASide where the account is neither the long nor the short."""
    if account not in (terms.long, terms.short):
        raise NotASide(what=f"{account} is neither the long {terms.long} nor the short {terms.short}")


def read_approval(given: str | None, account: str, id: bytes) -> bytes:
    """A side's approval: hexadecimal as it is, or the file that `ifx sign` wrote; empty for one made on chain.

    Raises BadApproval, BadValue, and WrongSigner for an approval of other terms or by another account than `account`.
    """
    if given is None:
        return b""
    raw = hex_bytes(given)
    if raw is None:
        raw = _from_file(given, account, id)
    if len(raw) > MAX_APPROVAL:
        raise BadValue(f"{len(raw)} bytes", f"an approval has at most {MAX_APPROVAL}", cure="Give the signature alone.")
    return raw


def _from_file(path: str, account: str, id: bytes) -> bytes:
    found = loads(read_file(path, BadApproval), path, BadApproval)
    if not isinstance(found, dict) or not {"id", "account", "signature"} <= found.keys():
        raise BadApproval(path, "it lacks id, account or signature")
    raw = {key: hex_bytes(value) if isinstance(value, str) else None for key, value in found.items()}
    if raw["id"] is None or raw["signature"] is None:
        raise BadApproval(path, "id and signature must be 0x and hexadecimal digits")
    if raw["id"] != id:
        raise BadApproval(path, f"it approves other terms: 0x{raw['id'].hex()}")
    signed_by = parse_address(found["account"])
    if signed_by != account:
        raise WrongSigner(account, signed_by)
    return raw["signature"]
