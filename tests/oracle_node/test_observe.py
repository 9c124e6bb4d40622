"""One slot: one polite request a page, every model on it read, and what goes wrong said instead of guessed."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from support.nodes import GPT, LUNA, MIDNIGHT, PAGE, ToldClock, asked, page

from oracle_node.observe import FailedReading, Observer, PageReading, Release, Verdict, guard
from oracle_node.settings import ReadingSettings

Handler = Callable[[httpx.Request], httpx.Response]


def observer(handler: Handler, **options: object) -> Observer:
    """An observer whose pages come from `handler`."""
    return Observer(httpx.Client(transport=httpx.MockTransport(handler)), asked(), **options)  # type: ignore[arg-type]


def only(readings: tuple[PageReading | FailedReading, ...], kind: type) -> list[PageReading | FailedReading]:
    """The readings, all of which must be of one kind."""
    assert {type(each) for each in readings} == {kind}
    return list(readings)


def failure(handler: Handler, **options: object) -> str:
    """Why a slot failed, the same for both models."""
    reasons = {each.why for each in only(observer(handler, **options).slot(ToldClock(MIDNIGHT)), FailedReading)}  # type: ignore[union-attr]
    assert len(reasons) == 1
    return reasons.pop()


def test_one_request_serves_every_model_on_the_page() -> None:
    """Two models on one page cost one GET, and both readings name the page's bytes."""
    requests = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, text=page())

    readings = only(observer(answer).slot(ToldClock(MIDNIGHT)), PageReading)
    assert [(each.underlying, each.price, each.at, each.page) for each in readings] == [  # type: ignore[union-attr]
        (GPT, 8_000_000, MIDNIGHT, PAGE),
        (LUNA, 6_000_000, MIDNIGHT, PAGE),
    ]
    assert len({each.sha256 for each in readings}) == 1
    assert len(requests) == 1


def test_the_next_request_asks_whether_the_page_changed() -> None:
    """ETag and Last-Modified go back to the publisher; 304 is a reading of the page as it was."""
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")))
        if seen[-1][0] == '"v1"':
            return httpx.Response(304)
        return httpx.Response(
            200, text=page(), headers={"ETag": '"v1"', "Last-Modified": "Tue, 14 Jul 2026 23:00:00 GMT"}
        )

    watching, clock = observer(answer), ToldClock(MIDNIGHT - 300)
    first = watching.slot(clock)
    clock.wait_until(MIDNIGHT)
    second = watching.slot(clock)
    assert seen == [(None, None), ('"v1"', "Tue, 14 Jul 2026 23:00:00 GMT")]
    assert [each.price for each in only(second, PageReading)] == [8_000_000, 6_000_000]  # type: ignore[union-attr]
    assert second[0].sha256 == first[0].sha256
    assert second[0].at == MIDNIGHT


def test_not_modified_without_having_asked_is_no_page() -> None:
    """A 304 to the first request gives no bytes, hence no price."""
    assert failure(lambda _: httpx.Response(304)) == "status 304 Not Modified"


def test_a_page_that_changed_is_read_anew() -> None:
    """The cache of parsed pages is by hash: other bytes, another reading."""
    prices = iter(["8.00", "7.00"])
    watching = observer(lambda _: httpx.Response(200, text=page(gpt=next(prices))))
    assert watching.slot(ToldClock(MIDNIGHT))[0].price == 8_000_000  # type: ignore[union-attr]
    assert watching.slot(ToldClock(MIDNIGHT))[0].price == 7_000_000  # type: ignore[union-attr]


def test_a_page_is_parsed_once_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirteen slots of one page parse it once for each model."""
    from oracle_node import observe

    calls = []
    real = observe.read

    def counting(*arguments: object) -> object:
        calls.append(arguments[2])
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(observe, "read", counting)
    watching = observer(lambda _: httpx.Response(200, text=page()))
    for _ in range(13):
        watching.slot(ToldClock(MIDNIGHT))
    assert calls == ["gpt-4.1", "gpt-5.6-luna"]


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
def test_another_status_is_a_failed_reading(status: int) -> None:
    """What is not 200 gives no price, whatever its body says."""
    assert failure(lambda _: httpx.Response(status, text=page())).startswith(f"status {status}")


def test_a_redirect_on_the_same_host_is_followed() -> None:
    """A page that moved on its own host is still the publisher's."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/pricing":
            return httpx.Response(301, headers={"Location": "/docs/pricing"})
        return httpx.Response(200, text=page())

    assert len(only(observer(answer).slot(ToldClock(MIDNIGHT)), PageReading)) == 2


@pytest.mark.parametrize("target", ["https://elsewhere.example/pricing", "https://pages.example:8443/pricing"])
def test_a_redirect_to_another_host_is_not_followed(target: str) -> None:
    """Another host, or another port of it, is somebody else's page."""
    asked_hosts = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked_hosts.append(request.url.netloc)
        return httpx.Response(302, headers={"Location": target})

    assert failure(answer).startswith("it redirects to another host")
    assert asked_hosts == [b"pages.example"]


def test_a_redirect_that_drops_encryption_is_not_followed() -> None:
    """What was asked for over https is not taken over http, even from the same host."""
    answer = httpx.Response(302, headers={"Location": "http://pages.example/pricing"})
    assert failure(lambda _: answer) == "it redirects from https to http, where anyone can change it"


def test_redirects_in_a_circle_end() -> None:
    """A page that sends its reader round and round gives no price."""
    handler = lambda _: httpx.Response(302, headers={"Location": PAGE})  # noqa: E731 - the shortest server
    assert failure(handler) == "more than 5 redirects"


def test_a_page_without_end_is_cut_off() -> None:
    """A body longer than the bound is refused before it fills the memory."""
    sent = []

    def endless() -> Iterator[bytes]:
        while True:
            sent.append(1)
            yield b"x" * 1_000

    why = failure(lambda _: httpx.Response(200, content=endless()), reading=ReadingSettings(max_bytes=10_000))
    assert why == "longer than 10000 bytes"
    assert len(sent) < 20


def test_a_page_just_within_the_bound_is_read() -> None:
    """The bound itself is allowed."""
    text = page().ljust(10_000)
    readings = observer(lambda _: httpx.Response(200, text=text), reading=ReadingSettings(max_bytes=10_000)).slot(
        ToldClock(MIDNIGHT)
    )
    assert len(only(readings, PageReading)) == 2


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (httpx.ReadTimeout("slow"), "no answer within 20 s"),
        (httpx.ConnectError("refused"), "ConnectError: refused"),
        (httpx.RemoteProtocolError("garbage"), "RemoteProtocolError: garbage"),
    ],
)
def test_a_publisher_that_does_not_answer_is_a_failed_reading(error: httpx.HTTPError, why: str) -> None:
    """A dead line, a slow one and garbage are reasons, not exceptions."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    assert failure(fail) == why


def test_a_page_that_gives_no_price_says_why() -> None:
    """The parser's refusal is the reading's reason, and the bytes that gave it are named."""
    readings = observer(lambda _: httpx.Response(200, text="<title>Just a moment...</title>")).slot(ToldClock(MIDNIGHT))
    assert {each.why for each in only(readings, FailedReading)} == {"the page is a bot challenge and shows no prices"}  # type: ignore[union-attr]
    assert all(each.sha256 for each in readings)


@pytest.mark.parametrize(
    ("previous", "new", "verdict"),
    [
        (None, 8_000_000, Verdict.USUAL),
        (8_000_000, 8_000_000, Verdict.USUAL),
        (8_000_000, 4_000_000, Verdict.USUAL),
        (8_000_000, 3_999_999, Verdict.ALARM),
        (8_000_000, 12_000_000, Verdict.USUAL),
        (8_000_000, 12_000_001, Verdict.ALARM),
        (8_000_000, 0, Verdict.ALARM),
        (0, 8_000_000, Verdict.ALARM),
        (0, 0, Verdict.USUAL),
        (8_000_000, 160_000_000, Verdict.ALARM),
        (8_000_000, 160_000_001, Verdict.HOLD),
        (8_000_000, 400_000, Verdict.ALARM),
        (8_000_000, 399_999, Verdict.HOLD),
    ],
)
def test_guard_judges_a_jump(previous: int | None, new: int, verdict: Verdict) -> None:
    """Above 50% and to or from zero alarms, beyond 20 times waits; the bounds themselves do not."""
    assert guard(previous, new) is verdict


def test_an_alarm_does_not_stop_the_price() -> None:
    """On a repricing day honest nodes speak: the reading counts, with the alarm beside it."""
    watching = observer(lambda _: httpx.Response(200, text=page(luna="1.20")), previous={LUNA: 6_000_000})
    reading = watching.slot(ToldClock(MIDNIGHT))[1]
    assert isinstance(reading, PageReading)
    assert reading.price == 1_200_000
    assert reading.alarm == "6.00 USD/Mtok became 1.20 USD/Mtok"


def test_a_zero_in_between_is_no_way_around_the_scale() -> None:
    """From 8.00 to zero counts, with its alarm; from there to 8,000.00 waits, and back to 8.00 counts."""
    shown = iter(["8.00", "0.00", "8000.00", "8.00"])
    reader = observer(lambda request: httpx.Response(200, text=page(gpt=next(shown))))
    readings = [reader.slot(ToldClock(MIDNIGHT))[0] for _ in range(4)]
    assert [each.price if isinstance(each, PageReading) else None for each in readings] == [
        8_000_000,
        0,
        None,
        8_000_000,
    ]


def test_a_price_on_another_scale_waits_for_its_release() -> None:
    """A page that changed to USD per 1K would be 1,000 times off: no price, at every slot, until somebody looked."""
    watching = observer(lambda _: httpx.Response(200, text=page(gpt="0.008")), previous={GPT: 8_000_000})
    for _ in range(2):
        reading = watching.slot(ToldClock(MIDNIGHT))[0]
        assert isinstance(reading, FailedReading)
        assert "waits for the operator's release" in reading.why


def test_a_released_price_counts() -> None:
    """What the operator released is a reading, and the next one is held against it."""
    watching = observer(
        lambda _: httpx.Response(200, text=page(gpt="0.008")),
        previous={GPT: 8_000_000},
        releases=[Release(underlying=GPT, price=8_000)],
    )
    first, second = (watching.slot(ToldClock(MIDNIGHT))[0] for _ in range(2))
    assert isinstance(first, PageReading)
    assert isinstance(second, PageReading)
    assert (first.price, second.price, second.alarm) == (8_000, 8_000, None)


def test_a_release_is_for_one_price_of_one_underlying() -> None:
    """A release of another price lets nothing pass."""
    watching = observer(
        lambda _: httpx.Response(200, text=page(gpt="0.008")),
        previous={GPT: 8_000_000},
        releases=[Release(underlying=GPT, price=9_000), Release(underlying=LUNA, price=8_000)],
    )
    assert isinstance(watching.slot(ToldClock(MIDNIGHT))[0], FailedReading)
