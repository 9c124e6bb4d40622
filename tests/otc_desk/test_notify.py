"""Notices: what is told to whom, by mail and signed webhook, until it arrives; and never to where it must not go."""

import email
import json
from collections.abc import Iterator
from email.policy import default
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from structlog.testing import capture_logs
from support.addresses import confirmed
from support.booking import LONG, OUTSIDER, SHORT, approve, approved, fund, opened, rounds, row, terms_of, working
from support.chain import DAY, GPT
from support.desk import OPERATOR, Participant, client_of, desk_on
from support.desk_market import asked, checked
from support.receivers import Hook, Relay, hook, relay

from ifx_sdk import devnet
from ifx_sdk.client import IFX
from otc_desk import notify, webhooks
from otc_desk.db.tables import Event, Notice
from otc_desk.desk import Desk
from otc_desk.notify import LEASE_SECONDS, MOST_FAILURES, RETRY_SECONDS, Notifier
from otc_desk.webhooks import WebhookFailed, is_public, target_of

ADDRESS = "treasury@long.example"


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
def posts() -> Iterator[Hook]:
    """A webhook."""
    with hook() as found:
        yield found


@pytest.fixture
def clock(deployed: IFX) -> Clock:
    """The desk's clock, at the chain's time."""
    return Clock(deployed.chain.now())


@pytest.fixture
def desk(database_url: str, deployed: IFX, mails: Relay, clock: Clock) -> Iterator[Desk]:
    """A desk that sends e-mail to the relay."""
    settings = {"mail": {"host": "127.0.0.1", "port": mails.port, "sender": "desk@desk.example"}}
    with desk_on(database_url, deployed, clock=clock, **settings) as found:
        yield found


@pytest.fixture
def client(desk: Desk) -> TestClient:
    """Its application."""
    return client_of(desk)


def profile(party: Participant, **fields: str) -> dict[str, Any]:
    """Write the party's profile."""
    answer = party.write("PUT", "/api/participants/me", fields)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def notices(party: Participant, channel: str = "page") -> list[dict[str, Any]]:
    """What a party reads of one channel, oldest first."""
    answer = party.get("/api/notices", limit=100)
    assert answer.status_code == 200, answer.text
    return [each for each in reversed(answer.json()["items"]) if each["channel"] == channel]


def types(party: Participant, channel: str = "page") -> list[str]:
    """Their types, in the order of their events."""
    return [each["type"] for each in notices(party, channel)]


def texts(message: bytes) -> tuple[str, str]:
    """Plain text and HTML of a mail."""
    found = email.message_from_bytes(message, policy=default)
    plain, html = found.get_body(("plain",)), found.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def test_both_sides_are_told_of_every_step_to_the_booking(desk: Desk, client: TestClient) -> None:
    """Sent, the other's approval, all approved, booked; each once, however often the trail is read."""
    fund(desk.ifx, LONG, SHORT)
    long, short = Participant(client, LONG), Participant(client, SHORT)
    id = opened(desk, terms_of(desk))
    assert approve(desk, long, id, LONG).status_code == 200
    assert approve(desk, short, id, SHORT).status_code == 200
    rounds(working(desk))
    for _ in range(2):
        Notifier(desk).act()
    steps = ["agreement.sent", "agreement.approved_by_one", "agreement.approved", "agreement.done"]
    assert (
        sorted(types(long)) == sorted(types(short)) == sorted([*steps, *(["agreement.final"] * row_is_final(desk, id))])
    )
    (sent,) = (each for each in notices(long) if each["type"] == "agreement.sent")
    assert sent["agreement"] == id
    assert sent["until"]["unix"] == row(desk, id).deadline
    (other,) = (each for each in notices(long) if each["type"] == "agreement.approved_by_one")
    assert other["title"].startswith("The short approved")


def row_is_final(desk: Desk, id: str) -> bool:
    """Whether the chain already said that it is final."""
    return row(desk, id).final_at is not None


def test_a_mail_says_what_happened_what_to_do_and_until_when(desk: Desk, client: TestClient, mails: Relay) -> None:
    """Plain text and the same as HTML, with the deadline in UTC and the reader's zone, to the reader alone."""
    long = Participant(client, LONG)
    Participant(client, SHORT)
    profile(long, email=ADDRESS, zone="Asia/Kathmandu")
    confirmed(desk, long)
    Notifier(desk).act()
    mails.mails.clear()
    id = opened(desk, terms_of(desk))
    Notifier(desk).act()
    ((to, message),) = mails.mails
    assert to == ADDRESS
    found = email.message_from_bytes(message, policy=default)
    (notice,) = (each for each in notices(long, "email") if each["type"] == "agreement.sent")
    assert found["Message-ID"] == f"<{notice['id']}@desk.example>"
    assert found["Subject"].startswith("IFX: Final terms wait for your approval")
    for text in texts(message):
        assert "What to do next:" in text
        assert "2026-07-16" in text
        assert "UTC (" in text
        assert "+0545)" in text
        assert id in text
    assert notice["delivered_at"] == desk.now()


def test_a_webhook_is_signed_and_comes_again_under_its_id_until_it_is_taken(
    desk: Desk, client: TestClient, posts: Hook, clock: Clock
) -> None:
    """Three failures, each after the next pause; then a 204 ends it."""
    long = Participant(client, LONG)
    secret = profile(long, webhook=posts.url)["webhook_secret"]
    posts.status = 503
    notifier = Notifier(desk)
    for pause in (0, *RETRY_SECONDS[:2]):
        clock.at += pause
        assert notifier.act() == 1
        assert notifier.act() == 0
    posts.status = 204
    clock.at += RETRY_SECONDS[2]
    assert notifier.act() == 1
    clock.at += DAY
    assert notifier.act() == 0
    assert len(posts.got) == 4
    assert len({headers["webhook-id"] for headers, _ in posts.got}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in posts.got}) == 4
    for number in range(4):
        found = posts.verified(secret, number)
        assert found["type"] == "participant.changed"
    (notice,) = notices(Participant(client, LONG), "webhook")
    assert (notice["tries"], notice["failure"], notice["next_try_at"]) == (4, "", None)


def test_a_webhook_that_fails_for_days_is_switched_off_and_on_again_by_a_replay(
    desk: Desk, client: TestClient, posts: Hook, mails: Relay, clock: Clock
) -> None:
    """Its owner is told by mail; what was given up can be replayed, under its id."""
    long = Participant(client, LONG)
    profile(long, email=ADDRESS, webhook=posts.url)
    confirmed(desk, long)
    posts.status, began = 500, clock.at
    notifier = Notifier(desk)
    for pause in (0, *RETRY_SECONDS):
        clock.at += pause
        notifier.act()
    assert clock.at - began > 3 * DAY
    assert len(posts.got) == 1 + len(RETRY_SECONDS)
    notifier.act()
    assert "Your webhook is switched off" in texts(mails.mails[-1][1])[0]
    long = Participant(client, LONG)
    assert long.get("/api/participants/me").json()["webhook_off_at"] == clock.at
    profile(long, email=ADDRESS, webhook=posts.url, name="Long")
    notifier.act()
    assert len(notices(long, "webhook")) == 1
    (notice,) = notices(long, "webhook")
    posts.status = 200
    key = "replay-key-1"
    for _ in range(2):  # a repeated request is one replay
        assert long.post(f"/api/notices/{notice['id']}/replay", key=key).status_code == 202
    assert notifier.act() == 1
    assert posts.got[-1][0]["webhook-id"] == notice["id"]
    assert long.get("/api/participants/me").json()["webhook_off_at"] is None


def test_gone_switches_a_webhook_off_at_once(desk: Desk, client: TestClient, posts: Hook) -> None:
    """410: the receiver wants no more."""
    long = Participant(client, LONG)
    profile(long, webhook=posts.url)
    posts.status = 410
    Notifier(desk).act()
    assert Participant(client, LONG).get("/api/participants/me").json()["webhook_off_at"] == desk.now()


def test_many_failures_in_a_row_switch_a_webhook_off(desk: Desk, client: TestClient, posts: Hook, clock: Clock) -> None:
    """However young each notice is."""
    long = Participant(client, LONG)
    profile(long, webhook=posts.url)
    for number in range(MOST_FAILURES // 2):
        profile(long, webhook=posts.url, name=f"Name {number}")
    posts.status = 302
    notifier = Notifier(desk)
    for pause in (0, 0, RETRY_SECONDS[0], 0, 0):
        clock.at += pause
        notifier.act()
    assert len(posts.got) >= MOST_FAILURES
    assert long.get("/api/participants/me").json()["webhook_off_at"] is not None
    clock.at += 5 * DAY
    assert notifier.act() == 0


def test_a_process_that_dies_while_it_sends_loses_nothing(
    desk: Desk, client: TestClient, posts: Hook, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease lapses, and the notice is sent again under its id."""
    long = Participant(client, LONG)
    profile(long, webhook=posts.url)
    with monkeypatch.context() as dying:
        dying.setattr(notify.Notifier, "_delivered", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            Notifier(desk).act()
    assert len(posts.got) == 1
    assert Notifier(desk).act() == 0
    clock.at += LEASE_SECONDS
    assert Notifier(desk).act() == 1
    assert posts.got[0][0]["webhook-id"] == posts.got[1][0]["webhook-id"]


def test_a_relay_that_refuses_is_tried_again_and_no_address_is_kept(
    desk: Desk, client: TestClient, mails: Relay, clock: Clock
) -> None:
    """Neither the log nor the notice, nor the trail, holds the address or the URL."""
    long = Participant(client, LONG)
    profile(long, email=ADDRESS, webhook="https://hooks.long.example/secret-path")
    confirmed(desk, long)
    mails.refuses = 550
    with capture_logs() as logged:
        Notifier(desk, lambda host, port: ["10.0.0.1"]).act()
    (notice,) = notices(long, "email")
    assert (notice["failure"], notice["tries"]) == ("the relay refused the recipient (550)", 1)
    with desk.database.reading() as session:
        kept = [each.failure + each.payload for each in session.scalars(select(Notice))]
        kept += [each.detail for each in session.scalars(select(Event))]
    said = json.dumps(logged, default=str) + " ".join(kept)
    assert logged
    assert "long.example" not in said
    assert "secret-path" not in said
    mails.refuses = 0
    clock.at += RETRY_SECONDS[0]
    Notifier(desk, lambda host, port: ["10.0.0.1"]).act()
    assert [to for to, _ in mails.mails] == [ADDRESS]


def test_a_notice_of_somebody_else_is_not_found(desk: Desk, client: TestClient, posts: Hook) -> None:
    """Nor listed; and one for the page alone is not sent."""
    long, short = Participant(client, LONG), Participant(client, SHORT)
    profile(long, webhook=posts.url)
    Notifier(desk).act()
    (own,) = notices(long, "webhook")
    assert notices(short) == []
    assert short.post(f"/api/notices/{own['id']}/replay").status_code == 404
    (page,) = notices(long)
    assert long.post(f"/api/notices/{page['id']}/replay").status_code == 409
    assert long.post(f"/api/notices/{own['id']}/replay").status_code == 202


def test_the_operator_hears_of_requests_and_their_author_of_the_answer(desk: Desk, client: TestClient) -> None:
    """Submitted to the operator; checked and rejected to the author, with the reason; nobody else hears."""
    operator, long, outsider = (Participant(client, each) for each in (OPERATOR, LONG, OUTSIDER))
    checked(desk, operator, long, "long")
    second = asked(desk, long, "long")["id"]
    body = {"reason": "the maturity is a holiday of ours"}
    assert operator.post(f"/api/operator/requests/{second}/reject", body).status_code == 200
    Notifier(desk).act()
    assert types(operator) == ["request.submitted", "request.submitted"]
    assert sorted(types(long)) == ["request.checked", "request.rejected"]
    (rejected,) = (each for each in notices(long) if each["type"] == "request.rejected")
    assert rejected["text"] == "the maturity is a holiday of ours."
    assert types(outsider) == []


def test_who_must_act_before_booking_is_told_how(desk: Desk, client: TestClient) -> None:
    """The long has no money: the long reads the cure, the short that it has nothing to do."""
    fund(desk.ifx, SHORT)
    approved(desk, client, terms_of(desk))
    rounds(working(desk), 1)
    Notifier(desk).act()
    told = {}
    for index in (LONG, SHORT):
        (told[index],) = (each for each in notices(Participant(client, index)) if each["type"] == "agreement.waits")
    assert told[LONG]["text"] == told[SHORT]["text"]
    assert told[SHORT]["next"] == "Nothing for you to do; the desk asks again."
    assert told[LONG]["next"] != told[SHORT]["next"]


def test_maturity_and_settlement_are_told_once(desk: Desk, client: TestClient, clock: Clock) -> None:
    """To both sides, with each one's own payout."""
    fund(desk.ifx, LONG, SHORT)
    worker, id = working(desk), approved(desk, client, terms_of(desk))
    rounds(worker)
    record = desk.ifx.escrow.forward(bytes.fromhex(row(desk, id).forward[2:]))
    devnet.travel(desk.ifx, record.maturity)
    clock.at = desk.ifx.chain.now()
    rounds(worker)
    devnet.post(desk.ifx, {GPT: 8_000_000})
    desk.ifx.as_signer(devnet.signer(OUTSIDER)).escrow.settle(record.id).confirmed()
    devnet.travel(desk.ifx, record.maturity + DAY)
    rounds(worker)
    Notifier(desk).act()
    for index, payout in ((LONG, "830,000.000000 USDT"), (SHORT, "770,000.000000 USDT")):
        found = notices(Participant(client, index))
        assert [each["type"] for each in found].count("forward.matured") == 1
        (settled,) = (each for each in found if each["type"] == "forward.settled")
        assert payout in settled["text"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::1",
    ],
)
def test_an_address_that_is_not_public_is_never_posted_to(address: str) -> None:
    """Alone or beside a public one; a public one alone is fine."""
    assert not is_public(address)
    assert is_public("93.184.216.34")
    for found in ([address], ["93.184.216.34", address]):
        with pytest.raises(WebhookFailed):
            target_of("https://hooks.example/x", lambda host, port, found=found: found)


def test_a_target_is_the_address_that_was_checked() -> None:
    """The connection goes there; the name is in Host and TLS. Without TLS, with a password, nowhere."""
    look_up: webhooks.Resolve = lambda host, port: ["2606:2800:220:1::1"]  # noqa: E731 - one line
    found = target_of("https://hooks.example:8443/x?y=1", look_up)
    assert str(found.url) == "https://[2606:2800:220:1::1]:8443/x?y=1"
    assert (found.host, found.authority) == ("hooks.example", "hooks.example:8443")
    for url in ("http://hooks.example/x", "https://me:secret@hooks.example/", "ftp://hooks.example/", "https:///x"):
        with pytest.raises(WebhookFailed):
            target_of(url, look_up)
    with pytest.raises(WebhookFailed):
        target_of("https://hooks.example/", lambda host, port: [])


def test_loopback_is_for_rehearsals_alone() -> None:
    """A desk on https posts to no loopback; one on http, on a development machine, to nothing private but that."""
    loopback: webhooks.Resolve = lambda host, port: ["127.0.0.1"]  # noqa: E731 - one line
    assert target_of("http://hooks.example/", loopback, allow_loopback=True).host == "hooks.example"
    with pytest.raises(WebhookFailed):
        target_of("http://hooks.example/", loopback)
    with pytest.raises(WebhookFailed):
        target_of("https://hooks.example/", lambda host, port: ["10.0.0.1"], allow_loopback=True)
