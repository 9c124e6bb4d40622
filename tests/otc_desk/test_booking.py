"""From approved by both to the chain: whole checks first, then once, whoever is killed and whatever is lost."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from support.booking import (
    LONG,
    SHORT,
    UNLIMITED,
    ToldPage,
    approve,
    approved,
    bookings,
    details,
    fund,
    message_in,
    opened,
    party,
    rounds,
    row,
    signature,
    terms_of,
    told,
    working,
)
from support.chain import DAY, GPT
from support.desk import OPERATOR, Participant
from support.desk_market import checked, confirmed
from support.pools import automine, forget, mine

from ifx_sdk import artifacts, devnet
from ifx_sdk.chain import Call
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import LongHasNotApproved, NotTheDesk, ShortHasNotApproved
from ifx_sdk.terms import Terms
from otc_desk.desk import Desk

DESK = devnet.DESK


def test_what_both_approved_is_booked_once_and_final(desk: Desk, client: TestClient) -> None:
    """Sent, done, final, each told once; more rounds change nothing."""
    fund(desk.ifx, LONG, SHORT)
    terms = terms_of(desk)
    id = approved(desk, client, terms)
    worker = working(desk, page=ToldPage(desk))
    rounds(worker, 5)
    found = row(desk, id)
    assert (found.state, found.reason) == ("done", "")
    assert found.final_at is not None
    (forward,) = desk.ifx.escrow.forwards()
    assert forward.record.id == desk.ifx.escrow.terms_id(terms)
    assert found.tx_hash == forward.tx_hash
    assert told(desk, id) == [
        "sent",
        "approved by one",
        "approved by one",
        "approved",
        "sent to the chain",
        "done",
        "final",
    ]


def test_requests_follow_their_terms_until_they_are_booked(desk: Desk, client: TestClient) -> None:
    """Two requests, a match, two signatures: booked, with its forward among both sides' positions."""
    fund(desk.ifx, LONG, SHORT)
    operator, long, short = (Participant(client, index) for index in (OPERATOR, LONG, SHORT))
    requests = (checked(desk, operator, long, "long"), checked(desk, operator, short, "short"))
    id = confirmed(operator)
    assert approve(desk, long, id, LONG).json()["state"] == "sent"
    assert long.get(f"/api/requests/{requests[0]}").json()["state"] == "approved_by_one"
    assert approve(desk, short, id, SHORT).json()["state"] == "approved"
    assert short.get(f"/api/requests/{requests[1]}").json()["state"] == "approved_by_both"
    rounds(working(desk))
    for side, asked in ((long, requests[0]), (short, requests[1])):
        assert side.get(f"/api/requests/{asked}").json()["state"] == "booked"
        (position,) = side.get("/api/positions").json()["items"]
        assert position["id"] == row(desk, id).forward
    assert bookings(desk.ifx) == [bytes.fromhex(row(desk, id).forward[2:])]


def test_without_the_second_approval_nothing_is_sent(desk: Desk, client: TestClient) -> None:
    """One signature books nothing, however often the desk looks."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk), LONG)
    rounds(working(desk))
    assert row(desk, id).state == "sent"
    assert (bookings(desk.ifx), desk.ifx.chain.node.nonce(dev_address(DESK))) == ([], 0)


def test_the_desks_key_can_only_book_what_both_approved(desk: Desk, client: TestClient) -> None:
    """With the key in hand and the database forged: the escrow asks for both approvals itself (invariant 3)."""
    fund(desk.ifx, LONG, SHORT)
    terms, stolen = terms_of(desk), desk.ifx.as_signer(devnet.signer(DESK))
    good = {index: bytes.fromhex(signature(desk, terms, index)[2:]) for index in (LONG, SHORT, DESK)}
    for long, short, refused in (
        (good[DESK], good[SHORT], LongHasNotApproved),
        (good[LONG], b"", ShortHasNotApproved),
        (b"", b"", LongHasNotApproved),
    ):
        with pytest.raises(refused):
            stolen.escrow.send(stolen.escrow.prepare("book", terms.as_tuple(), long, short))
    assert bookings(desk.ifx) == []
    outsider = desk.ifx.as_signer(devnet.signer(devnet.OUTSIDER))
    with pytest.raises(NotTheDesk):
        outsider.escrow.book(terms, good[LONG], good[SHORT])
    stolen.escrow.book(terms, good[LONG], good[SHORT]).confirmed()
    assert bookings(desk.ifx) == [desk.ifx.escrow.terms_id(terms)]


# ------------------------------------------------------------------------------------------- what stands against it


def codes(desk: Desk, id: str) -> list[tuple[str, str]]:
    """Kind and who of the newest problems that were told."""
    return [(each["code"], each["who"]) for each in details(desk, id, "waits")[-1]["problems"]]


def test_every_problem_is_told_at_once_and_goes_away_one_by_one(desk: Desk, client: TestClient) -> None:
    """Money of both, allowance of both, a pause: one event, all names; booked once all is mended."""
    desk.ifx.as_signer(devnet.signer(devnet.DEPLOYER)).escrow.pause_booking().confirmed()
    id = approved(desk, client, terms_of(desk))
    worker = working(desk)
    rounds(worker)
    assert codes(desk, id) == [
        ("pause", "guardian"),
        ("funds", "long"),
        ("allowance", "long"),
        ("funds", "short"),
        ("allowance", "short"),
    ]
    assert "ifx allow 803" in row(desk, id).reason
    assert told(desk, id).count("waits") == 1
    fund(desk.ifx, LONG, SHORT, allowance=UNLIMITED)
    rounds(worker)
    assert codes(desk, id) == [("pause", "guardian")]
    assert bookings(desk.ifx) == []
    shown = Participant(client, LONG).get(f"/api/agreements/{id}/preflight").json()
    assert [each["code"] for each in shown["problems"]] == ["pause"]
    assert [each["role"] for each in shown["needs"]] == ["long", "short"]


@pytest.mark.parametrize(
    ("function", "args", "undone"),
    [
        ("set_blacklisted", (dev_address(SHORT), True), (dev_address(SHORT), False)),
        ("set_paused", (True,), (False,)),
    ],
)
def test_a_token_that_does_not_move_is_told_by_whom(
    desk: Desk, client: TestClient, function: str, args: tuple[object, ...], undone: tuple[object, ...]
) -> None:
    """USDT blocks an account, or stops altogether: no transaction is wasted; booked once it moves again."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))

    def say(*given: object) -> None:
        data = artifacts.codec("TestUSDT").encode_call(function, list(given))
        call = Call(name=function, to=desk.ifx.token.address, data=data)
        desk.ifx.chain.send(call, devnet.signer(devnet.DEPLOYER)).confirmed()

    say(*args)
    worker = working(desk)
    rounds(worker)
    assert ("token", "short") in codes(desk, id)
    assert desk.ifx.chain.node.nonce(dev_address(DESK)) == 0
    say(*undone)
    rounds(worker)
    assert row(desk, id).state == "done"


def test_a_chain_that_asks_too_much_is_the_desks_problem(desk: Desk, client: TestClient) -> None:
    """Above the cap nothing is sent; the desk waits and says why."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    poor = desk.settings.chain.model_copy(update={"fee_cap_gwei": 0})
    thrifty = replace(desk, settings=desk.settings.model_copy(update={"chain": poor}))
    rounds(working(thrifty))
    assert codes(desk, id) == [("gas", "desk")]
    assert desk.ifx.chain.node.nonce(dev_address(DESK)) == 0
    rounds(working(desk))
    assert row(desk, id).state == "done"


def test_what_waits_in_the_pool_past_its_deadline_never_books(desk: Desk, client: TestClient) -> None:
    """Its nonce is filled, the agreement expires, both can ask anew."""
    fund(desk.ifx, LONG, SHORT)
    terms = terms_of(desk)
    id = approved(desk, client, terms)
    worker = working(desk, stuck_after=0)
    automine(desk.ifx.chain, False)
    rounds(worker, 1)
    assert "waits to be mined" in row(desk, id).reason
    forget(desk.ifx.chain, row(desk, id).reason.split()[2].rstrip(","))
    devnet.travel(desk.ifx, terms.deadline + 1)
    rounds(worker, 2)
    mine(desk.ifx.chain)
    automine(desk.ifx.chain, True)
    rounds(worker)
    assert (row(desk, id).state, bookings(desk.ifx)) == ("expired", [])
    assert desk.ifx.chain.node.nonce(dev_address(DESK)) == 1


def test_a_pause_only_delays(desk: Desk, client: TestClient) -> None:
    """Over, and the fixing of the day is still the spot: booked."""
    fund(desk.ifx, LONG, SHORT)
    desk.ifx.as_signer(devnet.signer(devnet.DEPLOYER)).escrow.pause_booking().confirmed()
    id = approved(desk, client, terms_of(desk, deadline=desk.now() + 5 * DAY))
    worker = working(desk)
    rounds(worker)
    assert codes(desk, id) == [("pause", "guardian")]
    devnet.travel(desk.ifx, desk.ifx.escrow.paused_until() + 60)
    rounds(worker)
    assert codes(desk, id) == [("fixing", "oracle")]
    devnet.post(desk.ifx, {GPT: 8_000_000})
    rounds(worker)
    assert row(desk, id).state == "done"


def test_another_days_fixing_ends_the_terms(desk: Desk, client: TestClient) -> None:
    """The next day fixes another price: told as the problem that it is, never booked, over."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    devnet.travel(desk.ifx, (desk.now() // DAY + 1) * DAY)
    devnet.post(desk.ifx, {GPT: 7_900_000})
    rounds(working(desk))
    assert codes(desk, id)[0] == ("spot", "nobody")
    assert row(desk, id).state == "failed"
    assert "today's fixing is 7.90 USD/Mtok" in row(desk, id).reason
    assert bookings(desk.ifx) == []


@pytest.mark.parametrize(
    ("price", "changes", "said"),
    [
        (7_000_000, [], "the page says 7.00 USD/Mtok now and the spot is 8.00 USD/Mtok"),
        (8_000_000, [{"from": "2026-09-01", "price": 9_000_000, "why": ""}], "a change to 9.00 USD/Mtok on 2026-09-01"),
        (8_000_000, [{"from": "2026-08-01", "price": None, "why": "retired"}], "a change to no price on 2026-08-01"),
    ],
)
def test_a_live_page_that_differs_or_dates_a_change_holds_the_booking_back(
    desk: Desk, client: TestClient, price: int, changes: list[dict[str, object]], said: str
) -> None:
    """Nothing is sent while it says so; booked once it says the spot again."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    page = ToldPage(desk, price=price, changes=changes)
    worker = working(desk, page=page)
    rounds(worker)
    assert codes(desk, id) == [("live", "oracle")]
    assert said in row(desk, id).reason
    assert desk.ifx.chain.node.nonce(dev_address(DESK)) == 0
    page.price, page.changes = 8_000_000, [{"from": "2027-09-01", "price": 9_000_000, "why": "after the maturity"}]
    rounds(worker)
    assert row(desk, id).state == "done"


def test_revoked_on_the_chain_between_approval_and_booking(desk: Desk, client: TestClient) -> None:
    """Revocation is final: declined, by whom is told, nothing is sent."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    desk.ifx.as_signer(devnet.signer(SHORT)).escrow.revoke(message_in(desk, id)).confirmed()
    rounds(working(desk))
    assert row(desk, id).state == "declined"
    assert row(desk, id).reason == f"revoked on the chain by {dev_address(SHORT)}"
    assert desk.ifx.chain.node.nonce(dev_address(DESK)) == 0


def test_what_the_operator_booked_by_hand_is_recognised(desk: Desk, client: TestClient) -> None:
    """The same terms by the desk's key from a command line: done by that transaction, and not sent again."""
    fund(desk.ifx, LONG, SHORT)
    terms = terms_of(desk)
    id = approved(desk, client, terms)
    by_hand = desk.ifx.as_signer(devnet.signer(DESK)).escrow.book(
        terms, *(bytes.fromhex(signature(desk, terms, index)[2:]) for index in (LONG, SHORT))
    )
    rounds(working(desk))
    assert (row(desk, id).state, row(desk, id).tx_hash) == ("done", by_hand.tx_hash)
    assert desk.ifx.chain.node.nonce(dev_address(DESK)) == 1


def test_an_empty_desk_account_is_the_desks_problem(desk: Desk, client: TestClient) -> None:
    """No coin for gas: told as the desk's; nothing else is lost."""
    from ifx_sdk.signers import KeySigner

    fund(desk.ifx, LONG, SHORT)
    poor = KeySigner.from_key(b"\7" * 32)
    id = approved(desk, client, terms_of(desk))
    rounds(working(desk, signer=poor))
    assert codes(desk, id) == [("desk", "desk")]
    assert party(desk, id, "long").approved_at is not None


def test_terms_that_nobody_approves_expire(desk: Desk) -> None:
    """At the deadline they still stand, a second later they are over."""
    terms = terms_of(desk)
    id = opened(desk, terms)
    worker = working(desk)
    devnet.travel(desk.ifx, terms.deadline)
    rounds(worker, 1)
    assert row(desk, id).state == "sent"
    devnet.travel(desk.ifx, terms.deadline + 1)
    rounds(worker, 1)
    assert (row(desk, id).state, row(desk, id).reason) == ("expired", "its deadline is over")


def test_several_agreements_are_booked_in_one_round(desk: Desk, client: TestClient) -> None:
    """Each with a nonce of its own; one that waits does not hold the others up."""
    fund(desk.ifx, LONG, SHORT)
    made: list[Terms] = [terms_of(desk) for _ in range(2)]
    poor = terms_of(desk, long=dev_address(devnet.OUTSIDER))
    waits = approved(desk, client, poor, devnet.OUTSIDER, SHORT)
    ids = [approved(desk, client, each) for each in made]
    rounds(working(desk))
    assert [row(desk, each).state for each in ids] == ["done", "done"]
    assert row(desk, waits).state == "approved"
    assert sorted(bookings(desk.ifx)) == sorted(desk.ifx.escrow.terms_id(each) for each in made)
