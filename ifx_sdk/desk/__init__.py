"""A desk from a program: requests, terms, approvals, positions and papers over HTTP.

    from ifx_sdk import KeySigner, escrow_domain
    from ifx_sdk.desk import Desk

    desk = Desk("https://desk.example", signer, domain=escrow_domain(chain_id, escrow))
    mine = desk.request("long", "openai/gpt-4.1", 100_000, months=6, limit_price=7_450_000)
    terms = desk.wait_for_terms(mine.id, seconds=3_600)
    desk.approve(terms.id)

Prices are micro-USDT per Mtok, quantities Mtok, amounts micro-USDT, times unix seconds UTC. Construction does no I/O;
the first call signs in, and later ones again where the session is over. Every write has an idempotency key: whatever is
sent again has one effect. What is approved is held against its digest, computed here, before anything is signed.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ifx_sdk.desk.client import Desk
    from ifx_sdk.desk.holding import SafePapers, held
    from ifx_sdk.desk.inbox import Waiting, waiting

__all__ = ["Desk", "SafePapers", "Waiting", "held", "waiting"]

_ON_DEMAND = {
    "Desk": "ifx_sdk.desk.client",
    "SafePapers": "ifx_sdk.desk.holding",
    "held": "ifx_sdk.desk.holding",
    "Waiting": "ifx_sdk.desk.inbox",
    "waiting": "ifx_sdk.desk.inbox",
}


def __getattr__(name: str) -> object:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ON_DEMAND[name]), name)
