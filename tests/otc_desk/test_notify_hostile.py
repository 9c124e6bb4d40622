"""Notices to whom one should not trust: addresses that are headers, receivers that never end, names that are no names;
and certificates, without which neither a webhook nor a relay is told anything."""

import email
import ssl
from collections.abc import Iterator
from email.policy import default
from pathlib import Path
from typing import Any, Literal

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from support.addresses import confirmed
from support.booking import LONG, SHORT
from support.certificates import Authority, authority
from support.desk import Participant, client_of, desk_on
from support.receivers import Hook, Relay, dripping, hook, relay

from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address
from otc_desk import mail, notify, webhooks
from otc_desk.db.tables import Participant as Row
from otc_desk.desk import Desk
from otc_desk.errors import BadSettings
from otc_desk.mail import MailFailed, compose
from otc_desk.notify import Notifier
from otc_desk.settings import MailSettings, Settings, read_settings
from otc_desk.webhooks import WebhookFailed, is_public, post, target_of

ADDRESS = "treasury@long.example"
PAYLOAD = {"data": {"title": "title", "text": "text", "next": "nothing", "until": None}}
SECRET = "whsec_" + "c2VjcmV0"


@pytest.fixture
def mails() -> Iterator[Relay]:
    """A mail relay."""
    with relay() as found:
        yield found


@pytest.fixture
def desk(database_url: str, deployed: IFX, mails: Relay) -> Iterator[Desk]:
    """A desk that sends e-mail to the relay."""
    settings = {"mail": {"host": "127.0.0.1", "port": mails.port, "sender": "desk@desk.example"}}
    with desk_on(database_url, deployed, **settings) as found:
        yield found


@pytest.fixture
def client(desk: Desk) -> TestClient:
    """Its application."""
    return client_of(desk)


def written(party: Participant, **fields: str) -> Any:
    """The answer to a new profile."""
    return party.write("PUT", "/api/participants/me", fields)


def failures(party: Participant, channel: str) -> list[str]:
    """Why the party's notices of one channel did not arrive."""
    return [each["failure"] for each in party.get("/api/notices").json()["items"] if each["channel"] == channel]


BAD_ADDRESSES = [
    "=?utf-8?q?x=0d=0aBcc=3avictim=40v.example?=@x.example",
    "=?us-ascii?Q?bb=0A?=@x.example",
    "=?utf-8?q??=@x.example",
    "=?utf-8?b?DQpCY2M6IGE=?=@x.example",
    "a..b@x.example",
    ".a@x.example",
    "a.@x.example",
    "a@x..example",
    "a@-x.example",
    "a@x-.example",
    "a@.",
    "é@x.example",
    "a\u2028b@x.example",
    '"a b"@x.example',
    "a@[127.0.0.1]",
    "a@b@x.example",
    "a" * 65 + "@x.example",
    "a@" + ".".join(["a" * 60] * 5),
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_an_address_that_a_mail_program_reads_in_another_way_is_refused(client: TestClient, address: str) -> None:
    """Encoded words, which become line ends in a header, among them; an honest one is taken."""
    long = Participant(client, LONG)
    answer = written(long, email=address)
    assert (answer.status_code, answer.json().get("field")) == (422, "email")
    assert written(long, email="o'neil+desk_1@mail.long.example").status_code == 200


@pytest.mark.parametrize("address", ["a@x", "o'neil+desk_1@mail.long.example", "a=b/c!d%e@x-y.example", "{|}~^`@1.2"])
def test_an_address_that_is_taken_is_one_header(address: str) -> None:
    """As it was written, and every header after it is there."""
    message = compose("ID", PAYLOAD, to=address, sender="desk@desk.example", url="https://d", created_at=0)
    found = email.message_from_bytes(message.as_bytes(), policy=default)
    assert found["To"] == address
    assert found.keys() == message.keys()


def test_what_no_code_foresaw_costs_one_notice_a_try_and_nobody_else_anything(
    desk: Desk, client: TestClient, mails: Relay
) -> None:
    """An address from an older desk that no header takes: its owner's notices fail, the other side's arrive."""
    long, short = Participant(client, LONG), Participant(client, SHORT)
    assert written(long, email=ADDRESS).status_code == written(short, email="desk@short.example").status_code == 200
    confirmed(desk, long, short)
    broken = update(Row).where(Row.account == long.account).values(email="=?utf-8?q??=@x.example")
    desk.database.write(lambda session: session.execute(broken))
    assert Notifier(desk).act() == 2
    assert [to for to, _ in mails.mails] == ["desk@short.example"]
    assert failures(long, "email") == ["the desk could not send it"]


BAD_HOOKS = [
    "https://xn--/x",
    "https://xn--0.example/",
    "https://a..b/",
    "https://[::1%25eth0]/",
    "https://%31%32%37.0.0.1/",
    "https://example.com%00.evil/",
    "https://a\\b/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://me:secret@hooks.example/",
    "https://hooks.example/#part",
    "https:///x",
    "ftp://hooks.example/",
    "https://" + "a" * 300 + ".example/",
    "https://héllo.example/",
]


@pytest.mark.parametrize("url", BAD_HOOKS)
def test_a_url_that_two_readers_read_in_two_ways_is_refused(client: TestClient, url: str) -> None:
    """In the profile and before each try; one with an international name in the net's letters is taken."""
    long = Participant(client, LONG)
    answer = written(long, webhook=url)
    assert (answer.status_code, answer.json().get("field")) == (422, "webhook")
    if url.isascii():
        with pytest.raises(WebhookFailed):
            target_of(url, lambda host, port: ["93.184.216.34"])
    good = "https://xn--hllo-bpa.example:8443/x?y=1"
    assert written(long, webhook=good).status_code == 200
    found = target_of(good, lambda host, port: ["93.184.216.34"])
    assert (found.host, found.authority) == ("xn--hllo-bpa.example", "xn--hllo-bpa.example:8443")


@pytest.mark.parametrize(
    "address",
    [
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "fec0::1",
        "64:ff9b:1::7f00:1",
        "4000::1",
        "5f00::1",
        "3fff::1",
        "192.0.0.8",
        "192.88.99.1",
        "198.18.0.1",
        "240.0.0.1",
        "2001:db8::1",
        "2001:0:7f00:1::",
    ],
)
def test_an_address_that_no_public_host_has_is_never_posted_to(address: str) -> None:
    """Also those that the standard library calls global."""
    assert not is_public(address)
    assert is_public("2606:2800:220:1::1")
    assert is_public("64:ff9b::5db8:d822")


def test_a_name_that_changes_between_check_and_connection_leads_nowhere(client: TestClient, desk: Desk) -> None:
    """It is resolved once for each try: public the first time and loopback the second is posted to the first alone."""
    asked: list[str] = []

    def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    found = target_of("https://rebinding.example/", look_up)
    assert (asked, found.url.host) == (["rebinding.example"], "93.184.216.34")
    with pytest.raises(WebhookFailed):
        target_of("https://rebinding.example/", look_up)


def test_a_receiver_that_never_ends_is_given_up_in_time(
    client: TestClient, desk: Desk, mails: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter of a header now and then keeps every read alive, and holds nobody else's notices up."""
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 1)
    long, short = Participant(client, LONG), Participant(client, SHORT)
    with dripping() as url:
        assert written(long, webhook=url).status_code == written(short, email=ADDRESS).status_code == 200
        confirmed(desk, short)
        assert Notifier(desk).act() == 2
    assert [to for to, _ in mails.mails] == [ADDRESS]
    assert failures(long, "webhook") == ["it did not answer within 1 s"]


def test_who_has_a_thousand_notices_waits_longer_than_who_has_one(
    client: TestClient, desk: Desk, mails: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round takes every account's first before anybody's second, however old they are."""
    monkeypatch.setattr(notify, "_LIMIT", 2)
    long, short = Participant(client, LONG), Participant(client, SHORT)
    for number in range(5):
        assert written(long, email="many@long.example", name=f"Long {number}").status_code == 200
    assert written(short, email="one@short.example").status_code == 200
    confirmed(desk, long, short)
    assert Notifier(desk).act() == 2
    assert sorted(to for to, _ in mails.mails) == ["many@long.example", "one@short.example"]


# TLS


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority of the tests' own."""
    folder: Path = tmp_path_factory.mktemp("authority")
    return authority(folder)


def posted(to: Hook, host: str, trusted: ssl.SSLContext | None) -> None:
    """A notice to a webhook of that name, which the test's resolver finds on the loopback."""
    url = to.url.replace("127.0.0.1", host)
    target = target_of(url, lambda _host, _port: ["127.0.0.1"], allow_loopback=True)
    post(target, SECRET, "notice-1", "{}", 1_800_000_000, authorities=trusted)


def test_a_webhook_is_told_over_tls_under_the_name_of_its_certificate(signer: Authority) -> None:
    """The connection goes to the address that was checked, the certificate is held against the name."""
    with hook(signer.server("hooks.example")) as found:
        posted(found, "hooks.example", signer.trusted())
    ((headers, body),) = found.got
    assert (headers["host"].partition(":")[0], body) == ("hooks.example", b"{}")


def test_a_webhook_with_a_bad_certificate_is_told_nothing(signer: Authority) -> None:
    """Of another name, by an authority that nobody knows, signed by itself: no byte of the notice leaves."""
    cases = [
        (signer.server("other.example"), signer.trusted()),
        (signer.server("hooks.example"), None),
        (signer.server("hooks.example", signed=False), signer.trusted()),
    ]
    for server, trusted in cases:
        with hook(server) as found:
            with pytest.raises(WebhookFailed, match="it was not reached"):
                posted(found, "hooks.example", trusted)
            assert found.got == []


def sent(to: Relay, trusted: ssl.SSLContext | None, encryption: Literal["starttls", "tls"] = "starttls") -> None:
    """A mail to a relay that is to encrypt."""
    message = compose("ID", PAYLOAD, to=ADDRESS, sender="desk@desk.example", url="https://d", created_at=0)
    settings = MailSettings(host="localhost", port=to.port, sender="desk@desk.example", encryption=encryption)
    mail.send(message, settings, to=ADDRESS, authorities=trusted)


def test_a_relay_is_told_after_starttls(signer: Authority) -> None:
    """Sender, recipient and text are encrypted; what is not is EHLO and STARTTLS."""
    with relay(signer.server("localhost")) as found:
        sent(found, signer.trusted())
    assert [to for to, _ in found.mails] == [ADDRESS]
    assert [word for encrypted, word in found.said if not encrypted] == ["EHLO", "STAR"]
    assert {"MAIL", "RCPT", "DATA"} <= {word for encrypted, word in found.said if encrypted}


def test_a_relay_that_does_not_encrypt_well_is_told_nothing(signer: Authority) -> None:
    """None offered, another name, an authority that nobody knows: no recipient, no text, no try without."""
    cases = [
        (None, signer.trusted()),
        (signer.server("other.example"), signer.trusted()),
        (signer.server("localhost"), None),
    ]
    for server, trusted in cases:
        with relay(server) as found, pytest.raises(MailFailed):
            sent(found, trusted)
        assert found.mails == []
        assert {word for _, word in found.said} <= {"EHLO", "STAR", "QUIT"}


def test_a_relay_that_encrypts_from_the_first_byte_is_told(signer: Authority) -> None:
    """Under a certificate that holds everything goes through it; under another name's nothing does."""
    with relay(signer.server("localhost"), at_once=True) as found:
        sent(found, signer.trusted(), "tls")
    assert [to for to, _ in found.mails] == [ADDRESS]
    assert {encrypted for encrypted, _ in found.said} == {True}
    with relay(signer.server("other.example"), at_once=True) as found, pytest.raises(MailFailed):
        sent(found, signer.trusted(), "tls")
    assert found.said == []


def told(folder: Path, mail: str) -> Settings:
    """The settings of a desk with such a [mail]."""
    path = folder / "desk.toml"
    path.write_text(
        f'url = "https://desk.example"\noperators = ["{dev_address(0)}"]\n[chain]\nrpc = "http://127.0.0.1:1"\n'
        f'deployment = "local.toml"\n[key]\nfile = "desk.key"\n[mail]\nsender = "desk@desk.example"\n{mail}\n'
    )
    return read_settings(path)


@pytest.mark.parametrize("host", ["mail.example", "10.0.0.7", "::", "192.168.0.2", "localhost.example"])
def test_a_relay_elsewhere_is_never_spoken_to_in_plain_text(tmp_path: Path, host: str) -> None:
    """The settings are refused before anything is opened; with STARTTLS or TLS they are taken."""
    for plain in (f'host = "{host}"', f'host = "{host}"\nencryption = "none"'):
        with pytest.raises(BadSettings, match=r'mail: .*write encryption = "starttls" or "tls"'):
            told(tmp_path, plain)
    for encryption in ("starttls", "tls"):
        found = told(tmp_path, f'host = "{host}"\nencryption = "{encryption}"').mail
        assert found is not None
        assert found.encryption == encryption


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_a_relay_on_the_loopback_needs_no_encryption(tmp_path: Path, host: str) -> None:
    """What it is told leaves no machine."""
    found = told(tmp_path, f'host = "{host}"').mail
    assert found is not None
    assert found.encryption == "none"
