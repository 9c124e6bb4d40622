"""An e-mail address is its participant's once the code comes back: who makes accounts has no stranger mailed."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text
from structlog.testing import capture_logs
from support.addresses import code_of, codes, text_of
from support.booking import LONG, OUTSIDER, SHORT, opened, terms_of
from support.commands import Shell
from support.desk import Participant, client_of, desk_on
from support.desk_client import Network, program
from support.receivers import Relay, relay

from ifx_sdk import devnet
from ifx_sdk.cli.session import Session
from ifx_sdk.client import IFX
from ifx_sdk.desk.errors import BadField, TooManyRequests
from otc_desk import events
from otc_desk.addresses import (
    ACCOUNT_CODES,
    ACCOUNT_GAP_SECONDS,
    ADDRESS_CODES,
    CODE_SECONDS,
    MOST_GUESSES,
    RETRY_SECONDS,
)
from otc_desk.db.tables import AddressMail, Event
from otc_desk.db.tables import Participant as Row
from otc_desk.desk import Desk
from otc_desk.notify import Notifier

ADDRESS, OTHER = "treasury@long.example", "finance@long.example"
ME, CODE, CONFIRM = "/api/participants/me", "/api/participants/me/email/code", "/api/participants/me/email/confirm"
DAY, HOUR = 86_400, 3_600
PER_HOUR = 12


class Clock:
    """The desk's time, moved by the test."""

    def __init__(self, now: int) -> None:
        self.at = now

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def mails() -> Iterator[Relay]:
    """A mail relay."""
    with relay() as found:
        yield found


@pytest.fixture
def clock(deployed: IFX) -> Clock:
    """The desk's clock, at the chain's time."""
    return Clock(deployed.chain.now())


@pytest.fixture
def desk(database_url: str, deployed: IFX, mails: Relay, clock: Clock) -> Iterator[Desk]:
    """A desk that sends e-mail to the relay, and few codes in an hour."""
    more: dict[str, Any] = {
        "mail": {"host": "127.0.0.1", "port": mails.port, "sender": "desk@desk.example"},
        "limits": {"codes_per_hour": PER_HOUR},
    }
    with desk_on(database_url, deployed, clock=clock, **more) as found:
        yield found


@pytest.fixture
def client(desk: Desk) -> TestClient:
    """Its application."""
    return client_of(desk)


@pytest.fixture
def long(client: TestClient) -> Participant:
    """The long, signed in."""
    return Participant(client, LONG)


def put(party: Participant, **fields: str) -> Any:
    """The answer to a new profile."""
    return party.write("PUT", ME, fields)


def confirmed_at(party: Participant) -> int | None:
    """When the party's address was confirmed."""
    found: int | None = party.get(ME).json()["email_confirmed_at"]
    return found


def own(desk: Desk, mails: Relay, party: Participant, address: str = ADDRESS) -> None:
    """The party has an address, confirmed as its owner would."""
    assert put(party, email=address).status_code == 200
    Notifier(desk).act()
    assert party.post(CONFIRM, {"code": codes(mails)[-1]}).status_code == 200
    Notifier(desk).act()
    mails.mails.clear()


def told(desk: Desk) -> list[tuple[str, str]]:
    """What the trail says of participants: what, and its detail."""
    with desk.database.reading() as session:
        asked = select(Event).where(Event.object == "participant").order_by(Event.seq)
        return [(each.what, each.detail) for each in session.scalars(asked)]


def test_a_new_address_gets_a_code_and_nothing_else_before_it_comes_back(
    desk: Desk, mails: Relay, long: Participant
) -> None:
    """Final terms are no exception; after the code they go there, and the page and the trail say so."""
    answer = put(long, name="Buy now at evil.example", email=ADDRESS)
    assert (answer.status_code, answer.json()["email_confirmed_at"]) == (200, None)
    opened(desk, terms_of(desk))
    for _ in range(3):
        Notifier(desk).act()
    ((to, mail),) = mails.mails
    assert to == ADDRESS
    assert long.account in text_of(mail)
    assert "evil" not in mail.decode()
    assert confirmed_at(long) is None
    answer = long.post(CONFIRM, {"code": f" {code_of(mail).lower()} ".replace("-", " ")})
    assert (answer.status_code, answer.json()["email_confirmed_at"]) == (200, desk.now())
    opened(desk, terms_of(desk))
    Notifier(desk).act()
    terms, confirmed = sorted(text_of(mail).splitlines()[0] for _, mail in mails.mails[1:])  # at once, in any order
    assert confirmed == "Your e-mail address is confirmed"
    assert terms.startswith("Final terms wait for your approval")
    assert [what for what, _ in told(desk)] == ["changed", "email confirmed"]


def test_a_code_counts_once_and_for_its_own_account_alone(
    desk: Desk, client: TestClient, mails: Relay, long: Participant
) -> None:
    """Two accounts with one address: each needs its own; a code that was used confirms no second time."""
    short = Participant(client, SHORT)
    assert put(long, email=ADDRESS).status_code == put(short, email=ADDRESS).status_code == 200
    Notifier(desk).act()
    found = {short.account in text_of(mail): code_of(mail) for _, mail in mails.mails}
    assert len(found) == 2
    refused = short.post(CONFIRM, {"code": found[False]})
    assert (refused.status_code, refused.json()["field"]) == (422, "code")
    assert long.post(CONFIRM, {"code": found[False]}).status_code == 200
    assert short.post(CONFIRM, {"code": found[True]}).status_code == 200
    assert put(long, email=OTHER).status_code == put(long, email=ADDRESS).status_code == 200
    assert long.post(CONFIRM, {"code": found[False]}).status_code == 422


def test_wrong_codes_end_the_right_one(desk: Desk, mails: Relay, long: Participant, clock: Clock) -> None:
    """Each is counted although it is refused, a repeated one once; all refusals say the same."""
    assert put(long, email=ADDRESS).status_code == 200
    before = long.post(CONFIRM, {"code": "0000-0000-0000"})  # before there is one
    Notifier(desk).act()
    answers = [before]
    for number in range(MOST_GUESSES):
        for _ in range(2):
            answers.append(long.post(CONFIRM, {"code": "0000-0000-0000"}, key=f"guess-number-{number}"))
    (right,) = codes(mails)
    answers.append(long.post(CONFIRM, {"code": right}))
    assert [each.json() for each in answers] == [before.json()] * len(answers)
    assert {(each.status_code, each.headers["content-type"]) for each in answers} == {(422, "application/problem+json")}
    assert [what for what, _ in told(desk)] == ["changed", *["email code refused"] * MOST_GUESSES]
    clock.at += ACCOUNT_GAP_SECONDS
    assert long.post(CODE).status_code == 200
    Notifier(desk).act()
    for _ in range(MOST_GUESSES - 1):
        assert long.post(CONFIRM, {"code": right}).status_code == 422
    assert long.post(CONFIRM, {"code": codes(mails)[-1]}).status_code == 200


@pytest.mark.parametrize(("late", "status"), [(0, 200), (1, 422)])
def test_a_code_holds_for_an_hour(
    desk: Desk, mails: Relay, long: Participant, clock: Clock, late: int, status: int
) -> None:
    """Its last second is well, the next is not."""
    put(long, email=ADDRESS)
    Notifier(desk).act()
    clock.at += CODE_SECONDS + late
    assert long.post(CONFIRM, {"code": codes(mails)[-1]}).status_code == status


@pytest.mark.parametrize("new", [OTHER, ""])
def test_a_confirmed_address_is_told_when_it_is_changed_or_removed(
    desk: Desk, mails: Relay, long: Participant, new: str
) -> None:
    """A thief of a session cannot do it unseen, and the new address hears nothing but its code."""
    own(desk, mails, long)
    assert put(long, email=new).json()["email_confirmed_at"] is None
    assert put(long, email="", name="Long Ltd").status_code == 200
    for _ in range(2):
        Notifier(desk).act()
    ((to, mail),) = mails.mails
    assert to == ADDRESS
    assert "Your e-mail address was taken out of a profile" in text_of(mail)
    assert long.account in text_of(mail)
    assert OTHER not in mail.decode()
    with desk.database.reading() as session:
        assert {each.address for each in session.scalars(select(AddressMail))} == {""}


def test_an_address_that_was_never_confirmed_is_told_of_no_change(desk: Desk, mails: Relay, long: Participant) -> None:
    """It belongs to nobody here; its code is void before it is sent."""
    assert put(long, email=ADDRESS).status_code == put(long, email=OTHER).status_code == 200
    Notifier(desk).act()
    assert [to for to, _ in mails.mails] == [OTHER]


def test_neither_code_nor_address_is_kept_where_it_does_not_belong(
    desk: Desk, mails: Relay, long: Participant, clock: Clock
) -> None:
    """The database holds no code, neither before nor after; trail and log hold no address either."""
    with capture_logs() as logged:
        put(long, email=ADDRESS)
        mails.refuses = 450
        Notifier(desk).act()
        mails.refuses, clock.at = 0, clock.at + RETRY_SECONDS[0]
        Notifier(desk).act()
        (code,) = codes(mails)
        kept = dump(desk)
        long.post(CONFIRM, {"code": "1111-1111-1111"})
        long.post(CONFIRM, {"code": code})
        put(long, email=OTHER)
        mails.refuses = 550
        Notifier(desk).act()
    for written in (kept, dump(desk)):
        assert code not in written
        assert code.replace("-", "") not in written
    said = json.dumps(logged, default=str) + "".join(detail for _, detail in told(desk))
    assert logged
    assert "long.example" not in said
    assert code not in said
    with desk.database.reading() as session:
        assert list(events.verify(session)) == []


def dump(desk: Desk) -> str:
    """Every value of every table."""
    with desk.database.reading() as session:
        return " ".join(
            str(row)
            for table in Row.metadata.sorted_tables
            for row in session.execute(text(f'SELECT * FROM "{table.name}"'))  # noqa: S608 - our own names
        )


def test_an_account_asks_for_few_codes(desk: Desk, mails: Relay, long: Participant, clock: Clock) -> None:
    """One in a minute to one address, six in a day wherever to; another day, another six."""
    assert put(long, email=ADDRESS).status_code == 200
    answer = long.post(CODE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(ACCOUNT_GAP_SECONDS))
    for number in range(1, ACCOUNT_CODES):
        clock.at += ACCOUNT_GAP_SECONDS
        assert put(long, email=f"a{number}@x{number}.example").status_code == 200
        Notifier(desk).act()
    clock.at += ACCOUNT_GAP_SECONDS
    assert put(long, email=OTHER).status_code == long.post(CODE).status_code == 429
    assert long.get(ME).json()["email"] == f"a{ACCOUNT_CODES - 1}@x{ACCOUNT_CODES - 1}.example"
    assert put(long).status_code == 200  # taking it out costs no code
    clock.at += DAY
    assert put(Participant(long.client, LONG), email=OTHER).status_code == 200
    assert len(mails.mails) == ACCOUNT_CODES - 1


def test_a_mailbox_gets_few_codes_whoever_asks_and_nobody_learns_of_the_others(
    desk: Desk, client: TestClient, mails: Relay, clock: Clock
) -> None:
    """However it is spelled; every account is answered alike, and the rest waits for another day, or is given up."""
    parties = [Participant(client, index) for index in range(ADDRESS_CODES + 2)]
    answers = [
        put(each, email=f"Victim+{number}@Mail.example" if number % 2 else "victim@mail.example")
        for number, each in enumerate(parties)
    ]
    for _ in range(3):
        Notifier(desk).act()
    assert len(mails.mails) == ADDRESS_CODES
    same = {"email", "account", "created_at"}
    assert len({str({k: v for k, v in each.json().items() if k not in same}) for each in answers}) == 1
    clock.at += ACCOUNT_GAP_SECONDS
    assert {each.post(CODE).status_code for each in parties} == {200}
    Notifier(desk).act()
    assert len(mails.mails) == ADDRESS_CODES
    clock.at += DAY - ACCOUNT_GAP_SECONDS
    for _ in range(2):
        Notifier(desk).act()
    assert len(mails.mails) == 2 * ADDRESS_CODES


def test_few_codes_are_sent_in_an_hour_all_together(desk: Desk, mails: Relay, clock: Clock, client: TestClient) -> None:
    """Who makes many accounts and names many strangers: the rest waits its turn, and notices do not wait for it."""
    parties = [Participant(client, index) for index in (LONG, SHORT, OUTSIDER)]
    for number in range(PER_HOUR + 2):
        assert put(parties[number % 3], email=f"a{number}@x.example").status_code == 200
        if number < PER_HOUR:
            Notifier(desk).act()
    assert len(mails.mails) == PER_HOUR
    for _ in range(2):
        Notifier(desk).act()
    assert len(mails.mails) == PER_HOUR
    clock.at += HOUR
    Notifier(desk).act()
    assert len(mails.mails) == PER_HOUR + 2


def test_a_relay_that_refuses_is_tried_twice_more_with_a_new_code(
    desk: Desk, mails: Relay, long: Participant, clock: Clock
) -> None:
    """Then it is given up; another code can be asked for."""
    put(long, email=ADDRESS)
    mails.refuses = 450
    for pause in (0, *RETRY_SECONDS, DAY):
        clock.at += pause
        Notifier(desk).act()
    assert [word for _, word in mails.said].count("RCPT") == 1 + len(RETRY_SECONDS)
    mails.refuses = 0
    long = Participant(long.client, LONG)
    assert long.post(CODE).status_code == 200
    Notifier(desk).act()
    assert long.post(CONFIRM, {"code": codes(mails)[-1]}).status_code == 200


def test_there_is_nothing_to_confirm_without_an_address_or_twice(desk: Desk, mails: Relay, long: Participant) -> None:
    """Told plainly, for it is the account's own profile."""
    for path, body in ((CODE, None), (CONFIRM, {"code": "0000-0000-0000"})):
        assert long.post(path, body).status_code == 409
    own(desk, mails, long)
    for path, body in ((CODE, None), (CONFIRM, {"code": "0000-0000-0000"})):
        assert long.post(path, body).status_code == 409
    assert confirmed_at(long) == desk.now()


def test_a_desk_without_a_relay_mails_nobody_and_says_so(database_url: str, deployed: IFX) -> None:
    """The address is kept, no code is drawn, and asking for one tells why."""
    with desk_on(database_url, deployed) as desk:
        party = Participant(client_of(desk), devnet.LONG)
        assert put(party, email=ADDRESS).status_code == 200
        answer = party.post(CODE)
        assert (answer.status_code, answer.json()["title"]) == (
            409,
            "a code cannot be sent: it is a desk without e-mail",
        )
        with desk.database.reading() as session:
            assert session.scalars(select(AddressMail)).all() == []


def test_a_participant_confirms_from_a_program_and_at_the_prompt(
    desk: Desk, client: TestClient, mails: Relay, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client tells a wrong code from one that is asked for too soon; the prompt says what is waited for."""
    mine = program(Network(client), devnet.signer(LONG))
    monkeypatch.setattr(Session, "desk", lambda session: nullcontext(mine))
    shell = Shell()
    said = shell.run("profile", "set", "--name", "Long Ltd", "--email", ADDRESS).ok().out
    assert f"{ADDRESS} (waits for the code that is mailed there: ifx profile confirm CODE)" in said
    with pytest.raises(BadField) as wrong:
        mine.confirm_email("0000-0000-0000")
    assert wrong.value.field == "code"
    with pytest.raises(TooManyRequests) as soon:
        mine.send_email_code()
    assert soon.value.retry_after == ACCOUNT_GAP_SECONDS
    clock.at += ACCOUNT_GAP_SECONDS
    shell.run("profile", "send-code").ok()
    Notifier(desk).act()
    assert shell.json("profile", "confirm", codes(mails)[-1])["email_confirmed_at"] == desk.now()
    kept = shell.run("profile", "set", "--zone", "Europe/Berlin").ok().out
    assert "Long Ltd" in kept
    assert "waits" not in kept
    assert mine.profile().email_confirmed_at == desk.now()
    shown = shell.json("profile", "show")
    assert (shown["name"], shown["email"], shown["zone"]) == ("Long Ltd", ADDRESS, "Europe/Berlin")
