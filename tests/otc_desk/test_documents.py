"""Documents over HTTP: what a party reads of its own forward on a real chain, and nobody else anything."""

import csv
import hashlib
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.booking import LONG, OUTSIDER, SHORT, approved, fund, opened, rounds, row, terms_of, working
from support.chain import DAY, GPT
from support.desk import OPERATOR, Participant

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address
from ifx_sdk.endings import Novation, Termination
from otc_desk.desk import Desk

FILES = {
    ("confirmation", "pdf"),
    ("confirmation", "json"),
    ("mark", "pdf"),
    ("mark", "json"),
    ("memo", "pdf"),
    ("memo", "json"),
    ("ledger", "csv"),
    ("dates", "ics"),
}
SETTLEMENT = {("settlement", "pdf"), ("settlement", "json")}
UNKNOWN = "0x" + "77" * 32


def booked(desk: Desk, client: TestClient, **terms: Any) -> str:
    """A forward of the well-known long and short, booked by the desk's worker; its id."""
    fund(desk.ifx, LONG, SHORT, OUTSIDER)
    id = approved(desk, client, terms_of(desk, **terms))
    rounds(working(desk))
    assert row(desk, id).state == "done"
    return row(desk, id).forward


def names(*parties: Participant) -> None:
    """Each gives a legal name of its own."""
    for each in parties:
        assert each.write("PUT", "/api/participants/me", {"name": f"Company {each.account[:6]}"}).status_code == 200


def files(party: Participant, forward: str) -> set[tuple[str, str]]:
    """What there is for a party."""
    answer = party.get("/api/documents", forward=forward)
    assert answer.status_code == 200, answer.text
    return {(each["kind"], each["form"]) for each in answer.json()["items"]}


def read(party: Participant, forward: str, file: str, **params: Any) -> Any:
    """One file's JSON."""
    answer = party.get(f"/api/documents/{forward}/{file}", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def settle(desk: Desk, forward: str, price: int) -> None:
    """Let the maturity come, post its fixing, and settle."""
    record = desk.ifx.escrow.forward(bytes.fromhex(forward[2:]))
    devnet.travel(desk.ifx, record.maturity + 60)
    devnet.post(desk.ifx, {GPT: price})
    desk.ifx.as_signer(devnet.signer(OUTSIDER)).escrow.settle(record.id).confirmed()


def end(desk: Desk, client: TestClient, message: Termination | Novation, *indices: int) -> None:
    """A termination or novation that all approved, executed by the desk."""
    id = approved(desk, client, message, *indices)
    rounds(working(desk))
    assert row(desk, id).state == "done", row(desk, id).reason


def lines(answer: Any) -> list[dict[str, str]]:
    """A CSV file's rows."""
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_a_party_reads_every_document_of_its_forward(desk: Desk, client: TestClient) -> None:
    """Each that is listed can be fetched, comes again as the same bytes, and is not sent to who has it."""
    forward = booked(desk, client)
    long = Participant(client, LONG)
    assert files(long, forward) == FILES
    for item in long.get("/api/documents", forward=forward).json()["items"]:
        first, again = long.get(item["url"]), long.get(item["url"])
        assert first.status_code == 200, first.text
        assert first.content == again.content
        tag = first.headers["etag"]
        assert tag == f'"{hashlib.sha256(first.content).hexdigest()}"'
        known = client.get(item["url"], headers=long.headers | {"If-None-Match": f'"other", {tag}'})
        assert (known.status_code, known.content) == (304, b"")


def test_nobody_else_learns_that_a_forward_exists(desk: Desk, client: TestClient) -> None:
    """An outsider and an operator are told the same as of an id that was never drawn; without a session nothing."""
    forward = booked(desk, client)
    assert read(Participant(client, SHORT), forward, "confirmation.json")["booked"] is True
    for index in (OUTSIDER, OPERATOR):
        other = Participant(client, index)
        for ask in (
            lambda id, by=other: by.get("/api/documents", forward=id),
            lambda id, by=other: by.get(f"/api/documents/{id}/confirmation.json"),
        ):
            foreign, unknown = ask(forward), ask(UNKNOWN)
            assert foreign.status_code == unknown.status_code == 404
            assert foreign.json() == unknown.json()
    for path in (f"/api/documents/{forward}/confirmation.pdf", "/api/documents/ledger.csv"):
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": ""}):
            assert client.get(path, headers=headers).status_code == 401


def test_final_terms_can_be_read_before_they_are_booked(desk: Desk, client: TestClient) -> None:
    """As such, with the dates; what needs a booking says so."""
    terms = terms_of(desk)
    forward = row(desk, opened(desk, terms)).forward
    long = Participant(client, LONG)
    assert files(long, forward) == {("confirmation", "pdf"), ("confirmation", "json"), ("dates", "ics")}
    assert read(long, forward, "confirmation.json")["booked"] is False
    assert long.get(f"/api/documents/{forward}/memo.pdf").status_code == 409
    assert "BEGIN:VCALENDAR" in long.get(f"/api/documents/{forward}/dates.ics").text


def test_the_statement_is_what_the_chain_paid(desk: Desk, client: TestClient) -> None:
    """Payouts, price and day as the escrow and the oracle have them; before it is settled there is none."""
    forward = booked(desk, client)
    long = Participant(client, LONG)
    assert long.get(f"/api/documents/{forward}/settlement.json").status_code == 409
    settle(desk, forward, 4_320_000)
    assert files(Participant(client, LONG), forward) == FILES | SETTLEMENT
    found = read(Participant(client, LONG), forward, "settlement.json")
    settlement = desk.ifx.escrow.settlement(bytes.fromhex(forward[2:]))
    assert settlement is not None
    assert (found["settlement_price"], found["long_payout"], found["short_payout"]) == (
        "4.32",
        "462000.00",
        "1138000.00",
    )
    assert (settlement.long_payout, settlement.short_payout) == (462_000 * 10**6, 1_138_000 * 10**6)
    assert [each["signers"] for each in found["days"]] == [4]
    assert found["tx"] == settlement.tx_hash


def test_the_ledger_names_what_the_wallet_paid(desk: Desk, client: TestClient) -> None:
    """A free balance pays first, the wallet the rest; the account's own file has deposit and withdrawal too."""
    fund(desk.ifx, LONG)
    own = desk.ifx.as_signer(devnet.signer(LONG))
    own.escrow.deposit(300_000 * 10**6).confirmed()
    forward = booked(desk, client)
    settle(desk, forward, 8_000_000)
    own.escrow.withdraw(1_000 * 10**6).confirmed()
    long = Participant(client, LONG)
    found = lines(long.get(f"/api/documents/{forward}/ledger.csv"))
    assert [(each["event"], each["debit"], each["credit"], each["amount"]) for each in found] == [
        ("booking", "escrow-locked", "escrow-free", "300000.00"),
        ("booking", "escrow-locked", "wallet", "500000.00"),
        ("fee", "fees", "wallet", "3855.00"),
        ("settlement", "escrow-free", "escrow-locked", "800000.00"),
        ("settlement", "escrow-free", "forward-result", "30000.00"),
    ]
    whole = lines(long.get("/api/documents/ledger.csv"))
    assert [each["event"] for each in whole] == ["deposit", *(each["event"] for each in found), "withdrawal"]
    free = sum(
        (each["debit"] == "escrow-free") * float(each["amount"])
        - (each["credit"] == "escrow-free") * float(each["amount"])
        for each in whole
    )
    assert free * 10**6 == desk.ifx.escrow.balance_of(dev_address(LONG))


def test_who_left_sees_what_was_its_own(desk: Desk, client: TestClient) -> None:
    """After a novation: the booking and the way out, no settlement, no mark; the newcomer sees the rest."""
    forward = booked(desk, client)
    id = bytes.fromhex(forward[2:])
    long, short, newcomer = (Participant(client, each) for each in (LONG, SHORT, OUTSIDER))
    names(long, short, newcomer)
    assert newcomer.get("/api/documents", forward=forward).status_code == 404
    message = Novation(
        forward=id,
        outgoing=long.account,
        incoming=newcomer.account,
        remaining=short.account,
        payment=750_000 * 10**6,
        deadline=desk.now() + DAY,
        salt=bytes(32),
    )
    end(desk, client, message, LONG, OUTSIDER, SHORT)
    settle(desk, forward, 4_320_000)
    long, short, newcomer = (Participant(client, each) for each in (LONG, SHORT, OUTSIDER))
    assert files(long, forward) == FILES - {("mark", "pdf"), ("mark", "json")}
    assert long.get(f"/api/documents/{forward}/settlement.json").status_code == 404
    assert lines(long.get(f"/api/documents/{forward}/ledger.csv"))[-1]["event"] == "novation-out"
    paper = read(long, forward, "confirmation.json")
    assert paper["novations"][0]["payment"] == "750000.00"
    assert paper["parties"]["long_now"]["name"] == f"Company {newcomer.account[:6]}"
    assert files(newcomer, forward) == files(short, forward) == FILES | SETTLEMENT
    assert read(newcomer, forward, "settlement.json")["long_payout"] == "462000.00"
    assert lines(newcomer.get(f"/api/documents/{forward}/ledger.csv"))[0]["event"] == "novation-in"


def test_names_are_shown_to_whom_they_agreed_with(desk: Desk, client: TestClient) -> None:
    """The third holder of a side reads the wallet of the first, not its name."""
    forward = booked(desk, client)
    third = devnet.FEE_RECIPIENT
    fund(desk.ifx, third)
    accounts = [dev_address(each) for each in (LONG, OUTSIDER, third)]
    names(*(Participant(client, each) for each in (LONG, SHORT, OUTSIDER, third)))
    for number, (outgoing, incoming) in enumerate(((LONG, OUTSIDER), (OUTSIDER, third))):
        message = Novation(
            forward=bytes.fromhex(forward[2:]),
            outgoing=accounts[number],
            incoming=accounts[number + 1],
            remaining=dev_address(SHORT),
            payment=0,
            deadline=desk.now() + DAY,
            salt=bytes([number]) * 32,
        )
        end(desk, client, message, outgoing, incoming, SHORT)
    parties = read(Participant(client, third), forward, "confirmation.json")["parties"]
    assert parties["long"] == {"account": accounts[0], "name": None}
    assert parties["long_now"] == {"account": accounts[2], "name": f"Company {accounts[2][:6]}"}
    assert parties["short"]["name"] == f"Company {dev_address(SHORT)[:6]}"


def test_an_early_end_has_its_statement_with_its_approvals(desk: Desk, client: TestClient) -> None:
    """The digest of the termination, and who approved it."""
    forward = booked(desk, client)
    message = Termination(
        forward=bytes.fromhex(forward[2:]),
        long=dev_address(LONG),
        short=dev_address(SHORT),
        price=7_700_000,
        deadline=desk.now() + DAY,
        salt=bytes(32),
    )
    end(desk, client, message, LONG, SHORT)
    found = read(Participant(client, SHORT), forward, "settlement.json")
    assert (found["how"], found["long_payout"], found["days"]) == ("termination", "800000.00", [])
    assert found["signed"]["digest"] == "0x" + desk.ifx.escrow.message_id(message).hex()
    assert [each["role"] for each in found["signed"]["approvals"]] == ["long", "short"]


def test_a_mark_is_of_the_day_that_is_asked_for(desk: Desk, client: TestClient) -> None:
    """The newest without one; a day without a mark and a zone that is none are refused."""
    forward = booked(desk, client)
    devnet.travel(desk.ifx, desk.now() + DAY)
    devnet.post(desk.ifx, {GPT: 4_320_000})
    long = Participant(client, LONG)
    first = read(long, forward, "mark.json", on="2026-07-15", zone="Europe/Berlin")
    newest = read(long, forward, "mark.json")
    assert (first["fixing"]["price"], newest["fixing"]["price"]) == ("8.00", "4.32")
    assert newest["held"]["payoff"] == "-338000.00"
    for params in ({"on": "2026-07-14"}, {"on": "2026-13-01"}, {"zone": "Mars/Olympus"}, {"zone": "../../etc/passwd"}):
        assert long.get(f"/api/documents/{forward}/mark.json", **params).status_code == 422


@pytest.mark.parametrize("file", ["ledger.pdf", "dates.csv", "confirmation.ics"])
def test_a_form_that_a_document_has_not_is_not_found(desk: Desk, client: TestClient, file: str) -> None:
    """404, as anything that is not there."""
    forward = row(desk, opened(desk, terms_of(desk))).forward
    assert Participant(client, LONG).get(f"/api/documents/{forward}/{file}").status_code == 404
