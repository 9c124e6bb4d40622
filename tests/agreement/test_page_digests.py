"""The desk's page computes what the SDK computes, bit for bit: digests, typed data, calls, money and Safe files.

The page's TypeScript runs in Node.js over hundreds of messages and figures of a fixed seed, extremes among them.
"""

import json
from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from support.page_scripts import Script, page_script

from ifx_sdk import payoff
from ifx_sdk.artifacts import codec
from ifx_sdk.chain import Call
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.money import PRICE_LIMIT, QUANTITY_LIMIT, SPOT_LIMIT
from ifx_sdk.safe_batch import batch
from ifx_sdk.safe_message import safe_message_hash
from ifx_sdk.signing import Message, domain_separator, message_digest, message_hash, message_typed_data
from ifx_sdk.terms import Domain, Terms, escrow_domain, parse_address
from scripts.export_page import stale

MESSAGES, FIGURES = 300, 400
KINDS = {Terms: "terms", Termination: "termination", Novation: "novation"}
SIDES: Sequence[payoff.Side] = ("long", "short")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Script:
    """The page's computations."""
    return page_script("agree", tmp_path_factory.mktemp("page"))


def test_the_pages_abi_and_refusals_are_those_of_the_sdk() -> None:
    """What `scripts/export_page.py` wrote is what it would write now."""
    assert stale() == []


def test_digests_typed_data_and_calls_agree(page: Script) -> None:
    """Of every kind of message: the id, its halves, a Safe's hash, what the wallet is asked, and the calls on chain."""
    random = Random(2026_07)
    cases = [(_message(random, place), _domain(random), _address(random)) for place in range(MESSAGES)]
    asked = [
        {
            "kind": KINDS[type(message)],
            "message": _as_text(message),
            "chain_id": domain.chain_id,
            "escrow": domain.contract,
            "account": account,
        }
        for message, domain, account in cases
    ]
    found = page({"messages": asked, "figures": [], "batches": []})["messages"]
    assert len(found) == MESSAGES
    for (message, domain, account), answer in zip(cases, found, strict=True):
        kind, digest = KINDS[type(message)], message_digest(message, domain)
        assert answer.pop("typed_data") == _in_decimals(message_typed_data(message, domain))
        assert answer == {
            "id": _hex(digest),
            "domain_separator": _hex(domain_separator(domain)),
            "message_hash": _hex(message_hash(message)),
            "safe_message_hash": _hex(safe_message_hash(digest, account, domain.chain_id)),
            "parties": dict(message.parties),
            "approve": _hex(codec("ForwardEscrow").encode_call(f"approve_{kind}", [message.as_tuple()])),
            "revoke": _hex(codec("ForwardEscrow").encode_call(f"revoke_{kind}", [message.as_tuple()])),
        }


def test_money_agrees_to_the_micro_usdt(page: Script) -> None:
    """Prefunding, fee, worst case, payoffs and payouts of both sides, at prices around every corner."""
    random = Random(2026_08)
    cases = [_figures(random, place) for place in range(FIGURES)]
    asked = [{name: _texts(value) for name, value in case.items()} for case in cases]
    for case, answer in zip(cases, page({"messages": [], "figures": asked, "batches": []})["figures"], strict=True):
        at = case.pop("at")
        price, spot, indicative, quantity = (case[name] for name in ("price", "spot", "indicative", "quantity"))
        total = payoff.fee(indicative=indicative, quantity=quantity)
        assert answer["prefunding"] == str(payoff.prefunding(spot=spot, quantity=quantity))
        assert answer["fee"] == str(total)
        required = payoff.deposit_required(spot=spot, indicative=indicative, quantity=quantity)
        won = [payoff.payoff(price=price, spot=spot, quantity=quantity, settlement=each) for each in at]
        paid = [payoff.payouts(price=price, spot=spot, quantity=quantity, settlement=each) for each in at]
        for place, side in enumerate(SIDES):
            said = answer[side]
            assert said["fee"] == str(payoff.fee_split(total)[place])
            assert said["needed"] == str(required[place])
            worst = payoff.worst_case(side, price=price, spot=spot, indicative=indicative, quantity=quantity)
            assert said["worst_case"] == str(worst)
            assert said["payoffs"] == [str(each if side == "long" else -each) for each in won]
            assert said["payouts"] == [str(each[place]) for each in paid]
            _check_break_even(said, case, side)


def test_a_safes_file_has_the_bytes_of_the_command_line(page: Script) -> None:
    """Names, checksum, escapes and line ends: also for names with quotes, accents, emoji and control characters."""
    random = Random(2026_09)
    labels = ["Approve 01J", 'a "quoted" \\ name', "Émile — 🦄", "tab\there\u2028and\x7fthere", ""]
    asked, expected = [], []
    for place, label in enumerate(labels):
        calls = [Call(name="x", to=_address(random), data=random.randbytes(68)) for _ in range(place)]
        how = {"chain_id": place + 1, "created_at": 1_784_073_600 + place, "name": label, "description": label[::-1]}
        document = batch(calls, **how)  # type: ignore[arg-type]  # each by its own type
        expected.append(json.dumps(document, indent=2) + "\n")
        named = {"chainId": how["chain_id"], "createdAt": how["created_at"], "name": label, "description": label[::-1]}
        asked.append({"calls": [{"to": each.to, "data": _hex(each.data)} for each in calls], "label": named})
    assert page({"messages": [], "figures": [], "batches": asked})["batches"] == expected


def _check_break_even(said: dict[str, Any], case: dict[str, int], side: payoff.Side) -> None:
    """The page's break-even is the last micro at which the side has not won: the exact one lies between it and the
    next."""
    price, spot, quantity = case["price"], case["spot"], case["quantity"]
    fee = payoff.fee_split(payoff.fee(indicative=case["indicative"], quantity=quantity))[SIDES.index(side)]
    highest = min(spot, PRICE_LIMIT - 1 - price)  # no fixing, hence no mean of them, reaches the limit
    best = (highest if side == "long" else min(price, spot)) * quantity - fee
    assert said["best_case"] == str(best)
    if best < 0:
        assert said["break_even"] is None
        return
    exact = price + Fraction(fee, quantity) * (1 if side == "long" else -1)
    settlement = int(said["break_even"]["settlement"])
    assert 0 <= (exact - settlement if side == "long" else settlement - exact) < 1
    won = payoff.payoff(price=price, spot=spot, quantity=quantity, settlement=settlement)
    assert int(said["break_even"]["net"]) == (won if side == "long" else -won) - fee <= 0


# ------------------------------------------------------------------------------------------------------------- cases


def _message(random: Random, place: int) -> Message:
    """One of the three kinds in turn."""
    forward, deadline, salt = random.randbytes(32), _uint(random), random.randbytes(32)
    first, second, third = _address(random), _address(random), _address(random)
    if place % 3 == 0:
        return Terms(
            long=first,
            short=second,
            underlying="".join(random.choices("abcxyz0189./:_-", k=random.randint(3, 64))),
            quantity=_uint(random),
            price=_uint(random),
            spot=_uint(random),
            indicative=_uint(random),
            maturity=_uint(random),
            averaging_days=_uint(random),
            deadline=deadline,
            salt=salt,
        )
    if place % 3 == 1:
        return Termination(forward=forward, long=first, short=second, price=_uint(random), deadline=deadline, salt=salt)
    return Novation(
        forward=forward,
        outgoing=first,
        incoming=second,
        remaining=third,
        payment=_uint(random),
        deadline=deadline,
        salt=salt,
    )


def _figures(random: Random, place: int) -> dict[str, Any]:
    """Terms that could be booked, and prices around the corners of their payoff."""
    spot = random.choice([1, 2, 99, 8_000_000, SPOT_LIMIT - 1, random.randrange(1, SPOT_LIMIT)])
    price = random.choice([1, spot, 2 * spot, random.randint(1, 2 * spot)])
    quantity = random.choice([1, 7, 100_000, QUANTITY_LIMIT - 1, random.randrange(1, QUANTITY_LIMIT)])
    corners = [0, 1, price - spot, price - 1, price, price + 1, price + spot, PRICE_LIMIT - 1]
    at = [each for each in (*corners, random.randrange(PRICE_LIMIT)) if 0 <= each < PRICE_LIMIT]
    indicative = spot if place % 5 == 0 else random.randint(1, spot)
    return {"spot": spot, "price": price, "quantity": quantity, "indicative": indicative, "at": at}


def _uint(random: Random) -> int:
    return random.choice([0, 1, 2**53, 2**256 - 1, random.randrange(2**40), random.randrange(2**256)])


def _address(random: Random) -> str:
    return parse_address("0x" + random.randbytes(20).hex())


def _domain(random: Random) -> Domain:
    return escrow_domain(random.choice([1, 31_337, 42_161, random.randrange(1, 2**53)]), _address(random))


def _as_text(message: Message) -> dict[str, object]:
    """The message as the desk's JSON, its numbers as text, which a browser does not round."""
    return {
        name: str(value) if isinstance(value, int) else value for name, value in json.loads(message.to_json()).items()
    }


def _in_decimals(typed: dict[str, Any]) -> dict[str, Any]:
    message = {key: str(value) if isinstance(value, int) else value for key, value in typed["message"].items()}
    return typed | {"message": message}


def _texts(value: int | list[int]) -> object:
    return [str(each) for each in value] if isinstance(value, list) else str(value)


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
