"""The desk's page signs nothing on the desk's word: what a real desk answers is held, and every lie in it is found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from support.booking import fund
from support.chain import GPT
from support.desk_client import Network, program
from support.page_scripts import Script, page_script

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address
from otc_desk.desk import Desk as Server

LOT, PRICE = 100_000, 7_700_000
OTHER_HASH = "0x" + "11" * 32
FIGURES = ("price", "spot", "indicative", "prefunding", "fee", "needed", "worst_case")
DIGESTS = ("id", "domain_separator", "message_hash", "safe_message_hash")

Lie = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Script:
    """The page's computations."""
    return page_script("agree", tmp_path_factory.mktemp("page"))


@pytest.fixture
def answer(client: TestClient, desk: Server) -> dict[str, Any]:
    """Final terms as the desk answers them to the long, byte for byte."""
    fund(desk.ifx, devnet.LONG, devnet.SHORT)
    network = Network(client)
    long, short, operator = (
        program(network, devnet.signer(role), domain=desk.ifx.escrow.domain())
        for role in (devnet.LONG, devnet.SHORT, devnet.DEPLOYER)
    )
    for each, side in ((long, "long"), (short, "short")):
        wanted = {"underlying": GPT, "quantity": LOT, "months": 3, "limit_price": PRICE}
        made = each.request(side=side, valid_until=desk.now() + 86_400, **wanted)  # type: ignore[arg-type]  # literals
        operator.operator.check(made.id)
    [pair] = operator.operator.matches().items
    id_ = operator.operator.confirm(pair).agreement
    seen: list[dict[str, Any]] = []

    def keep(request: httpx.Request, found: dict[str, Any]) -> None:
        if request.url.path.endswith(id_):
            seen.append(copy.deepcopy(found))

    network.changed = keep
    long.terms(id_)
    return seen[-1]


def _set(*path: str, to: Any) -> Lie:
    def change(answer: dict[str, Any]) -> None:
        for name in path[:-1]:
            answer = answer[name]
        assert answer[path[-1]] != to
        answer[path[-1]] = to

    return change


def _another_short(answer: dict[str, Any]) -> None:
    answer["parties"] = [
        each | {"account": dev_address(9)} if each["role"] == "short" else each for each in answer["parties"]
    ]


def _one_more(answer: dict[str, Any]) -> None:
    answer["parties"] = [*answer["parties"], answer["parties"][0] | {"role": "incoming"}]


LIES: dict[str, Lie] = {
    "another price in the message": _set("message", "price", to=7_900_000),
    "another salt": _set("message", "salt", to=OTHER_HASH),
    "one more field": lambda answer: answer["message"].update(note="sign this"),
    "a number that a browser would round": _set("message", "quantity", to=2**53 + 1),
    "no whole number": _set("message", "quantity", to=1.5),
    "a name in capitals": _set("message", "underlying", to="OPENAI/gpt-4.1"),
    "another digest": _set("digest", to=OTHER_HASH),
    "another forward": _set("forward", to=OTHER_HASH),
    "a later deadline": _set("deadline", to=4_000_000_000),
    "the other role": _set("role", to="short"),
    "another counterparty in words": _another_short,
    "one more party": _one_more,
    "the other side": _set("terms", "side", to="short"),
    "another model in words": _set("terms", "underlying", to="openai/gpt-5.6-luna"),
    "more tokens in words": _set("terms", "quantity", to=2 * LOT),
    "another average in words": _set("terms", "averaging_days", to=30),
    "a later maturity in words": _set("terms", "maturity", to=4_000_000_000),
    "no meaning": _set("terms", to=None),
    **{f"another {name} in words": _set("terms", name, to="1.000001") for name in FIGURES},
    **{f"another {name} to compare": _set("digests", name, to=OTHER_HASH) for name in DIGESTS},
}


def test_the_page_holds_what_the_desk_answers_and_finds_every_lie(
    page: Script, answer: dict[str, Any], desk: Server
) -> None:
    """The true answer gives the message and its digests; each change of one thing in it is refused."""
    domain = desk.ifx.escrow.domain()
    where = {"chain_id": domain.chain_id, "escrow": domain.contract, "account": dev_address(devnet.LONG)}
    lied = []
    for lie in LIES.values():
        changed = copy.deepcopy(answer)
        lie(changed)
        lied.append({"answer": changed} | where)
    elsewhere = [
        {"answer": answer} | where | change
        for change in ({"escrow": dev_address(9)}, {"chain_id": 1}, {"account": dev_address(devnet.SHORT)})
    ]
    asked = {
        "messages": [],
        "figures": [],
        "batches": [],
        "agreements": [{"answer": answer} | where, *lied, *elsewhere],
    }
    held, *refused = page(asked)["agreements"]
    assert held["ok"], held
    assert held["value"]["digests"] == answer["digests"]
    assert held["value"]["message"]["price"] == str(PRICE)
    for name, each in zip([*LIES, "another escrow", "another chain", "another account"], refused, strict=True):
        assert not each["ok"], name
        assert each["problem"]["kind"] in ("untrue", "bad value"), name
