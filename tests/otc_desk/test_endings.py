"""Early ends and newcomers through the desk: proposed, approved by all, executed once by the desk or by anyone."""

import pytest
from fastapi.testclient import TestClient
from support.booking import (
    LONG,
    OUTSIDER,
    SHORT,
    approve,
    approved,
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
from support.desk import Participant

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address
from ifx_sdk.endings import Novation, Termination
from otc_desk.db.tables import Participant as ParticipantRow
from otc_desk.desk import Desk

WHO = {"long": LONG, "short": SHORT, "other": OUTSIDER}


@pytest.fixture
def sides(client: TestClient) -> dict[str, Participant]:
    """Everybody, signed in."""
    return {name: Participant(client, index) for name, index in WHO.items()}


@pytest.fixture
def forward(desk: Desk, client: TestClient) -> str:
    """A booked forward's id: 100B tokens at 7.70, spot 8.00."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    rounds(working(desk))
    assert row(desk, id).state == "done"
    return row(desk, id).forward


def test_both_sides_end_a_forward_at_an_agreed_price(desk: Desk, sides: dict[str, Participant], forward: str) -> None:
    """What each gets is shown before; executed once, and the position says so."""
    answer = sides["short"].post(f"/api/positions/{forward}/termination", {"price": "7.00"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["effects"] == {
        "long_payout": "730000.000000",
        "short_payout": "870000.000000",
        "long_gain": "-70000.000000",
        "short_gain": "70000.000000",
    }
    id = answer.json()["agreement"]["id"]
    preflight = sides["long"].get(f"/api/agreements/{id}/preflight").json()
    assert (preflight["problems"], preflight["needs"]) == ([], [])
    assert preflight["effects"] == answer.json()["effects"]
    for name in ("long", "short"):
        assert approve(desk, sides[name], id, WHO[name]).status_code == 200
    rounds(working(desk), 4)
    assert told(desk, id)[-2:] == ["done", "final"]
    assert desk.ifx.escrow.balance_of(dev_address(LONG)) == 730_000 * 10**6
    (position,) = sides["long"].get("/api/positions").json()["items"]
    assert (position["status"], position["mark"]) == ("terminated", None)
    assert position["end"] == {
        "kind": "terminated",
        "price": "7.00",
        "long_payout": "730000.000000",
        "short_payout": "870000.000000",
        "tx_hash": row(desk, id).tx_hash,
    }


def test_a_newcomer_takes_a_sides_place(desk: Desk, sides: dict[str, Participant], forward: str) -> None:
    """Its worst case is shown; it is asked for the payment's money; then all three see the change."""
    body = {"incoming": dev_address(OUTSIDER), "payment": "1250.5"}
    answer = sides["short"].post(f"/api/positions/{forward}/novation", body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["effects"] == {
        "payment": "1250.500000",
        "least_payout": "0.000000",
        "most_payout": "1570000.000000",
        "incoming_worst": "-1250.500000",
        "incoming_best": "1568749.500000",
    }
    id = answer.json()["agreement"]["id"]
    for name in ("long", "short", "other"):
        assert approve(desk, sides[name], id, WHO[name]).status_code == 200
    worker = working(desk)
    rounds(worker)
    (waits,) = details(desk, id, "waits")
    assert [(each["code"], each["who"]) for each in waits["problems"]] == [
        ("funds", "incoming"),
        ("allowance", "incoming"),
    ]
    fund(desk.ifx, OUTSIDER)
    rounds(worker)
    assert row(desk, id).state == "done"
    before, after = (sides[name].get("/api/positions").json()["items"][0] for name in ("short", "other"))
    assert (before["left"], after["entered"]) == (row(desk, id).tx_hash, row(desk, id).tx_hash)
    assert (after["side"], after["short"]) == ("short", dev_address(OUTSIDER))
    assert before["mark"] is None
    assert after["mark"]["gain"] == "-30000.000000"


@pytest.mark.parametrize("kind", ["termination", "novation"])
def test_what_an_outsider_executes_is_recognised(
    desk: Desk, sides: dict[str, Participant], forward: str, kind: str
) -> None:
    """Anyone may: the agreement is done by that transaction, and the desk sends none."""
    fund(desk.ifx, OUTSIDER)
    body = {"price": "7.00"} if kind == "termination" else {"incoming": dev_address(OUTSIDER), "payment": "0"}
    id = sides["long"].post(f"/api/positions/{forward}/{kind}", body).json()["agreement"]["id"]
    message = message_in(desk, id)
    assert isinstance(message, Termination | Novation)
    by_account = {dev_address(index): index for index in WHO.values()}
    given = [bytes.fromhex(signature(desk, message, by_account[each])[2:]) for each in message.parties.values()]
    outsider = desk.ifx.as_signer(devnet.signer(devnet.DEPLOYER)).escrow
    nonce = desk.ifx.chain.node.nonce(dev_address(devnet.DESK))
    done = (
        outsider.terminate(message, *given) if isinstance(message, Termination) else outsider.novate(message, *given)
    ).confirmed()
    rounds(working(desk))
    assert (row(desk, id).state, row(desk, id).tx_hash) == ("done", done.tx_hash)
    assert desk.ifx.chain.node.nonce(dev_address(devnet.DESK)) == nonce


def test_another_ending_that_comes_first_makes_the_others_void(
    desk: Desk, sides: dict[str, Participant], forward: str
) -> None:
    """Two proposals, one is executed: the other has failed, with the reason."""
    ids = [
        sides["long"].post(f"/api/positions/{forward}/termination", {"price": price}).json()["agreement"]["id"]
        for price in ("7.00", "7.10")
    ]
    for name in ("long", "short"):
        approve(desk, sides[name], ids[1], WHO[name])
    rounds(working(desk))
    assert [row(desk, id).state for id in ids] == ["failed", "done"]
    assert row(desk, ids[0]).reason == "the forward is terminated already"


def test_an_ending_that_was_revoked_or_declined_is_not_executed(
    desk: Desk, sides: dict[str, Participant], forward: str
) -> None:
    """On the chain or at the desk: the forward goes on."""
    for way in ("desk", "chain"):
        answer = sides["long"].post(f"/api/positions/{forward}/termination", {"price": "7.00"})
        id = answer.json()["agreement"]["id"]
        approve(desk, sides["long"], id, LONG)
        if way == "desk":
            assert sides["short"].post(f"/api/agreements/{id}/decline").status_code == 200
        else:
            desk.ifx.as_signer(devnet.signer(LONG)).escrow.revoke(message_in(desk, id)).confirmed()
        rounds(working(desk))
        assert row(desk, id).state == "declined"
    assert desk.ifx.escrow.forward(bytes.fromhex(forward[2:])).is_active


def test_only_a_side_proposes_and_only_what_can_be_executed(
    desk: Desk, sides: dict[str, Participant], forward: str
) -> None:
    """A stranger finds no position; a newcomer that is a side, a payment above 2B and a settled forward are refused."""
    path = f"/api/positions/{forward}"
    unknown = f"/api/positions/0x{'00' * 32}"
    stranger = [sides["other"].post(f"{each}/termination", {"price": "7.00"}) for each in (path, unknown)]
    assert [each.status_code for each in stranger] == [404, 404]
    assert stranger[0].json() == stranger[1].json()
    assert sides["other"].get(path).json() == sides["other"].get(unknown).json()
    for body in (
        {"incoming": dev_address(SHORT), "payment": "0"},
        {"incoming": dev_address(OUTSIDER), "payment": "1600000.000001"},
    ):
        assert sides["long"].post(f"{path}/novation", body).status_code in (409, 422)
    assert sides["long"].post(f"{path}/novation", {"incoming": dev_address(OUTSIDER), "payment": "0"}).is_success


@pytest.mark.parametrize("role", ["operator", "desk key", "signer", "reviewer", "owner of escrow", "owner of oracle"])
def test_nobody_enters_who_could_not_hand_a_request_in(
    desk: Desk, sides: dict[str, Participant], forward: str, role: str
) -> None:
    """Who operates, books, makes the price or rules the contracts is no newcomer either; an outsider is."""
    escrow, oracle = desk.ifx.escrow, desk.ifx.oracle
    if role == "reviewer":  # not the operator's account, as it is on a local chain
        devnet.by_owner(desk.ifx, oracle.prepare("set_reviewer", dev_address(devnet.FEE_RECIPIENT)))
        sides = {name: Participant(sides[name].client, index) for name, index in WHO.items()}  # a week has passed
    incoming = {
        "operator": desk.settings.operators[0],
        "desk key": escrow.desk(),
        "signer": dev_address(devnet.NODES[-1]),
        "reviewer": oracle.reviewer(),
        "owner of escrow": escrow.owner(),
        "owner of oracle": oracle.owner(),
    }[role]
    path = f"/api/positions/{forward}/novation"
    answer = sides["long"].post(path, {"incoming": incoming, "payment": "0"})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:ifx:desk:not-allowed")
    assert sides["other"].post(path, {"incoming": incoming, "payment": "0"}).status_code == 404
    assert sides["long"].post(path, {"incoming": dev_address(OUTSIDER), "payment": "0"}).status_code == 201


def test_a_proposal_ends_before_the_maturity_and_expires_by_itself(
    desk: Desk, client: TestClient, forward: str
) -> None:
    """A week's time an hour before maturity is an hour; past it the proposal is over."""
    record = desk.ifx.escrow.forward(bytes.fromhex(forward[2:]))
    devnet.travel(desk.ifx, record.maturity - 3_600)
    body = {"price": "7.00", "hours": 168}
    found = Participant(client, LONG).post(f"/api/positions/{forward}/termination", body).json()["agreement"]
    assert found["deadline"] == record.maturity - 1
    devnet.travel(desk.ifx, record.maturity)
    rounds(working(desk))
    assert row(desk, found["id"]).state == "expired"


def test_a_repeated_proposal_is_one(desk: Desk, sides: dict[str, Participant], forward: str) -> None:
    """The same key: the same agreement. Ten open ones are enough for one forward."""
    path, body = f"/api/positions/{forward}/termination", {"price": "7.00"}
    first, again = (sides["long"].post(path, body, key="one-proposal-0001") for _ in range(2))
    assert first.json() == again.json()
    for _ in range(9):
        assert sides["long"].post(path, body).status_code == 201
    assert sides["short"].post(path, body).status_code == 409


def test_a_novation_asks_for_nobodys_name(desk: Desk, sides: dict[str, Participant], forward: str) -> None:
    """Whom it names is told by name once it has approved, not because it was named."""
    with desk.database.writing() as session:
        newcomer = session.get(ParticipantRow, dev_address(OUTSIDER))
        assert newcomer is not None
        newcomer.name = "Newcomer Ltd"
    body = {"incoming": dev_address(OUTSIDER), "payment": "0"}
    id = sides["long"].post(f"/api/positions/{forward}/novation", body).json()["agreement"]["id"]

    def names() -> list[str]:
        shown = sides["long"].get(f"/api/agreements/{id}").json()["parties"]
        return [each["name"] for each in shown if each["role"] == "incoming"]

    assert names() == [""]
    approve(desk, sides["other"], id, OUTSIDER)
    assert names() == ["Newcomer Ltd"]


def test_a_position_is_marked_at_the_newest_fixing(desk: Desk, client: TestClient, forward: str) -> None:
    """Both sides' marks add up to nothing; a stranger has no position."""
    devnet.travel(desk.ifx, desk.now() + DAY)
    devnet.post(desk.ifx, {GPT: 8_500_000})
    long, short, other = (Participant(client, index) for index in WHO.values())
    marks = [each.get(f"/api/positions/{forward}").json()["mark"] for each in (long, short)]
    assert [each["gain"] for each in marks] == ["80000.000000", "-80000.000000"]
    assert [each["price"] for each in marks] == ["8.50", "8.50"]
    assert other.get("/api/positions").json() == {"items": []}


def test_terms_have_no_effects_but_needs(desk: Desk, sides: dict[str, Participant]) -> None:
    """What booking collects, by side; the problem of an empty wallet is there before anybody approves."""
    id = opened(desk, terms_of(desk))
    found = sides["long"].get(f"/api/agreements/{id}/preflight").json()
    assert found["effects"] == {}
    assert [each["role"] for each in found["needs"]] == ["long", "short"]
    assert {each["code"] for each in found["problems"]} == {"funds", "allowance"}
    assert party(desk, id, "long").approved_at is None
