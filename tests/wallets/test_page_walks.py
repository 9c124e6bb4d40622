"""The page's chain layer before a real node: funding, signing, sending, settling and reading back, across reloads."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from support.market import FUNDS, GPT, PREFUNDING, Market, needs
from support.page_scripts import Script, page_script
from support.page_visits import Browser, message, order, states

from ifx_sdk import devnet
from ifx_sdk.calendar import day_of
from ifx_sdk.endings import Novation, Termination

FUND = 1_000 * 10**6
"""micro-USDT that the tests have collected."""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Script:
    """The page's chain layer, bundled once."""
    return page_script("drive", tmp_path_factory.mktemp("page"))


@pytest.fixture
def browser(script: Script, market: Market, anvil_url: str) -> Browser:
    """A browser that has never been here."""
    return Browser(script, market, anvil_url)


@pytest.fixture
def outsider(market: Market) -> str:
    """An account with coin for gas and no USDT, unlocked at the node."""
    return market.payer.address


def test_a_party_is_led_from_nothing_to_ready_across_reloads(browser: Browser, market: Market, outsider: str) -> None:
    """Too little USDT, an old allowance in the way, then exactly what is needed; each step in a visit of its own."""
    asked = order("funding", account=outsider, amount=FUND)
    market.anyone.token.allow(5)[0].confirmed()
    poor = browser.one(asked)
    assert states(poor) == {"chain": "done", "usdt": "failed", "reset": "todo", "allow": "todo", "ready": "todo"}
    assert poor["value"]["missing"] == str(FUND)
    assert poor["value"]["next"]["name"] == "usdt"

    devnet.faucet(market.ifx, outsider, usdt=FUND)
    assert browser.one(asked)["value"]["next"]["name"] == "reset"
    assert browser.one(order("step", step="reset", account=outsider, amount=FUND))["ok"]
    after = browser.one(asked)
    assert states(after) == {"chain": "done", "usdt": "done", "reset": "done", "allow": "todo", "ready": "todo"}
    assert browser.one(order("step", step="allow", account=outsider, amount=FUND))["ok"]
    ready = browser.one(asked)
    assert set(states(ready).values()) == {"done"}
    assert ready["value"]["next"] is None
    assert market.ifx.token.allowance(outsider) == FUND


def test_a_free_balance_is_taken_first(browser: Browser, market: Market) -> None:
    """What lies in the escrow needs no allowance; a party whose free balance is enough has nothing to do."""
    long = market.long.address
    market.long.act(market.ifx.token.prepare("approve", market.ifx.escrow.address, 0)).confirmed()
    market.long.act(market.ifx.token.prepare("approve", market.ifx.escrow.address, FUND)).confirmed()
    market.long.act(market.call("deposit", FUND)).confirmed()
    nothing = browser.one(order("funding", account=long, amount=FUND))
    assert states(nothing) == {"chain": "done", "usdt": "done", "allow": "done", "ready": "done"}
    more = browser.one(order("funding", account=long, amount=FUND + 7))["value"]
    assert (more["free"], more["fromWallet"], more["allowed"]) == (str(FUND), "7", "0")
    assert more["next"]["name"] == "allow"


def test_a_step_on_its_way_is_doing_after_a_reload_and_is_not_sent_twice(
    browser: Browser, market: Market, outsider: str
) -> None:
    """While no block comes the checklist shows it as doing, whoever asks again; then it is done."""
    devnet.faucet(market.ifx, outsider, usdt=FUND)
    asked, step = (order(op, step="allow", account=outsider, amount=FUND) for op in ("funding", "step"))
    market.chain.node.request("evm_setAutomine", False)
    first = browser.one(step)
    assert browser.one(asked)["value"]["next"]["state"] == "doing"
    assert browser.one(step)["value"]["hash"] == first["value"]["hash"]
    assert "eth_sendTransaction" not in browser.asked
    assert [each["state"] for each in browser.one(order("resume", account=outsider))] == ["pending"]
    market.chain.node.request("evm_mine")
    assert set(states(browser.one(asked)).values()) == {"done"}
    (fate,) = browser.one(order("resume", account=outsider))
    assert (fate["state"], fate["hash"]) == ("confirmed", first["value"]["hash"])
    assert browser.one(order("resume", account=outsider)) == []
    market.chain.node.request("evm_setAutomine", True)


def test_a_page_that_was_closed_with_the_wallet_open_finds_what_was_sent(
    browser: Browser, market: Market, outsider: str
) -> None:
    """The wallet sent it, the page never heard: the chain shows it, and nothing is sent again."""
    devnet.faucet(market.ifx, outsider, usdt=FUND)
    asked, step = (order(op, step="allow", account=outsider, amount=FUND) for op in ("funding", "step"))
    assert browser.one(step, loses=["eth_sendTransaction"])["problem"]["kind"] == "disconnected"
    (fate,) = browser.one(order("resume", account=outsider))
    assert fate["state"] == "confirmed"
    assert set(states(browser.one(asked)).values()) == {"done"}


def test_a_declined_step_is_still_to_do(browser: Browser, market: Market, outsider: str) -> None:
    """4001 leaves nothing behind, and the same step can be taken again."""
    devnet.faucet(market.ifx, outsider, usdt=FUND)
    asked, step = (order(op, step="allow", account=outsider, amount=FUND) for op in ("funding", "step"))
    assert browser.one(step, declines=["eth_sendTransaction"])["problem"]["kind"] == "rejected"
    assert browser.one(asked)["value"]["next"]["state"] == "todo"
    assert browser.one(step)["ok"]


def _blacklist(market: Market, account: str) -> None:
    _as_owner(market, "set_blacklisted", account, True)


def _pause(market: Market, account: str) -> None:
    _as_owner(market, "set_paused", True)


def _charge(market: Market, account: str) -> None:
    _as_owner(market, "set_fee", 20, 50 * 10**6)


def _as_owner(market: Market, function: str, *args: object) -> None:
    from ifx_sdk.artifacts import codec
    from ifx_sdk.chain import Call

    data = codec("TestUSDT").encode_call(function, args)
    call = Call(name=function, to=market.ifx.deployment.token, data=data)
    market.chain.send(call, devnet.signer(devnet.DEPLOYER)).confirmed()


@pytest.mark.parametrize(
    ("quirk", "reason"),
    [
        (_blacklist, "usdt: payer is blacklisted"),
        (_pause, "usdt: pulls are paused"),
        (_charge, "ledger: token did not deliver"),
    ],
)
def test_a_token_that_would_not_move_is_found_before_booking(
    browser: Browser, market: Market, quirk: Callable[[Market, str], None], reason: str
) -> None:
    """Balance and allowance are enough, and the collection is tried out all the same."""
    asked = order("funding", account=market.long.address, amount=FUND)
    assert set(states(browser.one(asked)).values()) == {"done"}
    quirk(market, market.long.address)
    found = browser.one(asked)["value"]["next"]
    assert (found["name"], found["state"], found["problem"]["reason"]) == ("ready", "failed", reason)
    assert found["problem"]["cure"]


def test_both_sides_sign_in_the_page_and_the_desk_books(browser: Browser, market: Market) -> None:
    """The id that the page computed is the contract's, its signatures lock both prefundings, and all are paid."""
    long, short = market.long.address, market.short.address
    terms = market.terms(market.long, market.short)
    signed = browser.visit(*(order("sign", account=account, **message(terms)) for account in (long, short)))
    assert [each["value"]["by"] for each in signed] == ["key", "key"]
    id_ = market.ifx.escrow.terms_id(terms)
    hexed = "0x" + id_.hex()
    assert browser.one(order("digest", **message(terms))) == signed[0]["value"]["digest"] == hexed
    market.book(terms, *(bytes.fromhex(each["value"]["signature"][2:]) for each in signed))

    forward, about, parts = browser.visit(
        order("forward", id=id_), order("about", id=id_, account=short), order("forwards", account=short)
    )
    assert (forward["status"], forward["long"], forward["maturity"]) == ("active", long, str(terms.maturity))
    assert about == {
        "side": "short",
        "name": GPT,
        "settleable": False,
        "approved": False,
        "left": False,
        "free": "0",
        "payouts": ["730000000000", "870000000000"],
    }
    assert [(each["id"], each["side"], each["by"], each["left"]) for each in parts] == [
        (hexed, "short", "booking", False)
    ]

    settle = order("send", call="settle", id=id_, account=short)
    early = browser.one(settle)
    assert early["problem"]["reason"] == "escrow: before maturity"
    assert "eth_sendTransaction" not in browser.asked
    devnet.travel(market.ifx, terms.maturity)
    devnet.post(market.ifx, {GPT: 7_000_000})
    assert browser.one(order("price", id=id_)) == {"price": "7000000", "certain": True}
    assert browser.one(settle)["ok"]
    paid = 8 * 10**11 + 7 * 10**10
    withdraw = order("send", call="withdraw", amount=paid, receiver=short, account=short)
    assert (
        browser.one(order("simulate", call="withdraw", amount=paid + 1, receiver=short, account=short))["problem"][
            "reason"
        ]
        == "ledger: balance too low"
    )
    assert browser.one(withdraw)["ok"]
    assert market.ifx.token.balance(short) == FUNDS - needs(terms)[1] + paid
    ending = browser.one(order("ending", id=id_))
    assert {name: ending[name] for name in ("how", "price", "long", "short")} == {
        "how": "settled",
        "price": "7000000",
        "long": "730000000000",
        "short": "870000000000",
    }


def test_a_signature_by_another_account_is_not_passed_on(browser: Browser, market: Market) -> None:
    """The wallet shows one account and signs with another: the page says whose it is."""
    terms = market.terms(market.long, market.short)
    asked = order("sign", account=market.long.address, **message(terms))
    found = browser.one(asked, signs_as=market.short.address)
    assert found["problem"]["kind"] == "wrong account"
    assert market.short.address in found["problem"]["what"]
    assert browser.one(asked, declines=["eth_signTypedData_v4"])["problem"]["kind"] == "rejected"
    assert browser.one(asked)["ok"]


def test_an_account_approves_and_revokes_on_chain(browser: Browser, market: Market) -> None:
    """The page's own calls, of all who cannot sign; a stranger's is refused before the wallet opens."""
    terms = market.terms(market.long, market.short)
    id_, long = market.ifx.escrow.terms_id(terms), market.long.address
    approve = order("send", call="approve", account=long, **message(terms))
    assert browser.one(approve)["ok"]
    assert market.ifx.escrow.is_approved(id_, long)
    assert browser.one(order("by", account=long, signature=b"", **message(terms)))["value"] == "chain"
    strange = browser.one(order("simulate", call="approve", account=market.payer.address, **message(terms)))
    assert strange["problem"]["reason"] == "escrow: not a side"
    assert browser.one(order("send", call="revoke", account=long, **message(terms)))["ok"]
    assert browser.one(order("forward", id=id_))["status"] == "revoked"


def test_a_forward_changes_hands_and_ends_early_as_the_page_tells_it(browser: Browser, market: Market) -> None:
    """The one who left, the one who came, and the agreed end, read from events alone in small ranges."""
    long, short, other = market.long, market.short, market.payer.address
    terms = market.terms(long, short)
    id_ = market.ifx.escrow.terms_id(terms)
    market.book(terms, long.sign(id_), short.sign(id_))
    deadline = market.chain.now() + 3_600
    novation = Novation(
        forward=id_,
        outgoing=long.address,
        incoming=other,
        remaining=short.address,
        payment=0,
        deadline=deadline,
        salt=market.salt(),
    )
    signed = browser.visit(
        *(order("sign", account=account, **message(novation)) for account in novation.parties.values())
    )
    approvals = [each["value"]["signature"] for each in signed]
    novate = order("send", call="novate", account=other, approvals=approvals, **message(novation))
    assert browser.one(novate)["ok"]
    ending = Termination(
        forward=id_, long=other, short=short.address, price=7_500_000, deadline=deadline, salt=market.salt()
    )
    approvals = [
        browser.one(order("sign", account=account, **message(ending)))["value"]["signature"]
        for account in ending.parties.values()
    ]
    stale = replace(ending, long=long.address)
    refused = order("simulate", call="terminate", account=other, approvals=approvals, **message(stale))
    assert browser.one(refused)["problem"]["reason"] == "escrow: not its long"
    assert browser.one(order("send", call="terminate", account=other, approvals=approvals, **message(ending)))["ok"]

    parts = browser.visit(*(order("forwards", account=each) for each in (long.address, other, short.address)), widest=3)
    assert [(each["side"], each["by"], each["left"]) for (each,) in parts] == [
        ("long", "booking", True),
        ("long", "novation", False),
        ("short", "booking", False),
    ]
    assert browser.asked.count("eth_getLogs") > 10
    found = browser.one(order("ending", id=id_))
    assert (found["how"], found["price"], found["long"]) == (
        "terminated",
        "7500000",
        str(PREFUNDING - 200_000 * 100_000),
    )


def test_forwards_settled_together_are_told_apart(browser: Browser, market: Market) -> None:
    """One event for two forwards names the price once; what each was paid follows from its own terms."""
    made = [market.terms(market.long, market.short), market.terms(market.long, market.short, price=7_600_000)]
    ids = [market.ifx.escrow.terms_id(each) for each in made]
    for terms, id_ in zip(made, ids, strict=True):
        market.book(terms, market.long.sign(id_), market.short.sign(id_))
    devnet.travel(market.ifx, made[0].maturity)
    devnet.post(market.ifx, {GPT: 7_000_000})
    assert browser.one(order("send", call="settle_many", ids=ids, account=market.long.address))["ok"]
    endings = browser.visit(*(order("ending", id=id_) for id_ in ids))
    assert [each["long"] for each in endings] == [str(PREFUNDING - 70_000_000_000), str(PREFUNDING - 60_000_000_000)]
    assert browser.one(order("about", id=ids[0], account=market.long.address))["settleable"] is False


def test_fixings_and_the_deployment_are_read(browser: Browser, market: Market) -> None:
    """Today's fixing, yesterday's that is none, and a deployment that says what it is."""
    now = market.chain.now()
    found = browser.one(order("fixings", underlying=GPT, day=day_of(now)))
    assert (found["today"], found["before"]) == ("8000000", None)
    assert found["latest"] == {"day": str(day_of(now)), "price": "8000000"}
    assert (found["deployment"], found["strange"]) == (True, False)
    assert found["now"] == market.chain.timestamp()
