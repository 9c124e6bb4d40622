"""Visits of the page's chain layer before a market's node: each is a process of its own, and the store outlives it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from support.market import Market
from support.page_scripts import Script

from ifx_sdk.endings import Novation, Termination
from ifx_sdk.signing import Message
from ifx_sdk.terms import Terms

KINDS = {Terms: "terms", Termination: "termination", Novation: "novation"}


class Browser:
    """One browser: what it remembers, and the wallet in it."""

    def __init__(self, script: Script, market: Market, url: str) -> None:
        """`url` is the market's node."""
        self._script = script
        self._market = market
        self._url = url
        self.store: dict[str, str] = {}
        self.asked: list[str] = []

    def visit(self, *orders: dict[str, object], **wallet: object) -> list[Any]:
        """Open the page, carry out the orders one after the other, and close it; the answers."""
        deployed = self._market.ifx.deployment
        places = {name: getattr(deployed, name) for name in ("escrow", "token", "oracle")}
        deployment = places | {"chainId": self._market.chain.chain_id, "block": deployed.block}
        found = self._script(
            {"url": self._url, "deployment": deployment, "store": self.store, "wallet": wallet, "do": list(orders)}
        )
        self.store, self.asked = found["store"], found["asked"]
        done: list[Any] = found["done"]
        return done

    def one(self, order: dict[str, object], **wallet: object) -> Any:
        """A visit for one thing."""
        return self.visit(order, **wallet)[0]


def order(op: str, **fields: object) -> dict[str, object]:
    """Something to do; messages are written as the desk writes them, integers as text."""
    return {"op": op} | {name: _plain(value) for name, value in fields.items()}


def message(found: Message) -> dict[str, object]:
    """The fields of a message for an order."""
    document = json.loads(found.to_json())
    return {"kind": KINDS[type(found)], "message": document}


def states(funding: Any) -> dict[str, str]:
    """A checklist as step -> state."""
    assert funding["ok"], funding
    return {step["name"]: step["state"] for step in funding["value"]["steps"]}


def _plain(value: object) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Iterable) and not isinstance(value, str | dict):
        return [_plain(each) for each in value]
    return value
