"""IFX: forwards on the published price of LLM output tokens.

What is named here is pure (no I/O, no clock, no keys) but for `Chain`, `Deployment`, `IFX` and the signers, which are
loaded when first used, so that the pure part costs little to import. Prices are micro-USDT per 1,000,000 output tokens
(Mtok), quantities Mtok, amounts micro-USDT, times unix seconds UTC; all are integers.

    from ifx_sdk import CAL_MID, Terms, parse_price, payoff, published_indicative
    payoff.payouts(price=7_450_000, spot=8_000_000, quantity=1_000_000, settlement=4_320_000)

    from ifx_sdk import IFX, KeySigner
    ifx = IFX.connect("http://127.0.0.1:8545", "deployments/local.toml", KeySigner.from_keystore(path, password))
"""

from importlib import import_module
from typing import TYPE_CHECKING

from ifx_sdk import calendar, endings, errors, money, payoff, pricing, signing, terms
from ifx_sdk.calendar import TENORS, maturity_date, maturity_timestamp
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.errors import IFXError
from ifx_sdk.money import (
    LOT,
    format_amount,
    format_price,
    format_quantity,
    parse_amount,
    parse_price,
    parse_quantity,
)
from ifx_sdk.pricing import CAL_MID, CAL_SERIES, Calibration, average_indicative, published_indicative
from ifx_sdk.signing import (
    message_digest,
    message_hash,
    message_typed_data,
    report_digest,
    sign_digest,
    terms_digest,
    terms_typed_data,
    verify_digest_signature,
    verify_terms_signature,
)
from ifx_sdk.terms import Domain, Terms, escrow_domain, oracle_domain

if TYPE_CHECKING:
    from ifx_sdk.chain import Chain
    from ifx_sdk.client import IFX
    from ifx_sdk.deployment import Deployment
    from ifx_sdk.signers import KeySigner, NodeSigner

__all__ = [
    "CAL_MID",
    "CAL_SERIES",
    "Calibration",
    "Chain",
    "Deployment",
    "Domain",
    "IFX",
    "IFXError",
    "KeySigner",
    "LOT",
    "NodeSigner",
    "Novation",
    "TENORS",
    "Termination",
    "Terms",
    "average_indicative",
    "calendar",
    "endings",
    "errors",
    "escrow_domain",
    "format_amount",
    "format_price",
    "format_quantity",
    "maturity_date",
    "maturity_timestamp",
    "message_digest",
    "message_hash",
    "message_typed_data",
    "money",
    "oracle_domain",
    "parse_amount",
    "parse_price",
    "parse_quantity",
    "payoff",
    "pricing",
    "published_indicative",
    "report_digest",
    "sign_digest",
    "signing",
    "terms",
    "terms_digest",
    "terms_typed_data",
    "verify_digest_signature",
    "verify_terms_signature",
]

_ON_DEMAND = {
    "Chain": "ifx_sdk.chain",
    "Deployment": "ifx_sdk.deployment",
    "IFX": "ifx_sdk.client",
    "KeySigner": "ifx_sdk.signers",
    "NodeSigner": "ifx_sdk.signers",
}


def __getattr__(name: str) -> object:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
