"""The loop that observes, fixes and signs: what pages, clocks and crashes do to it, and whom it tells."""

from collections.abc import Callable, Iterator
from email.utils import formatdate

import httpx
import pytest
from support.net import PRICING, Net, metric, net
from support.nodes import DAY, GPT, LUNA, MIDNIGHT, page

from oracle_node.assembly import Mode
from oracle_node.observe import Release
from oracle_node.steps import Step

DAY_SECONDS = 86_400
EVENING = MIDNIGHT - 2 * 3_600
ELEVEN = MIDNIGHT - 3_600
MODELS = {GPT: "gpt-4.1", LUNA: "gpt-5.6-luna"}
POSTED = {GPT: 8_000_000, LUNA: 6_000_000}
CHECK = "https://pages.example/second"


@pytest.fixture
def one() -> Iterator[Net]:
    """One node's settings in a net of four, two hours before midnight; the day's fixings are 8.00 and 6.00."""
    with net(EVENING, MODELS, posted=POSTED) as found:
        yield found


def changing(*texts: tuple[int, str]) -> Callable[[str, int], httpx.Response]:
    """A page that becomes another one at given times, the first of which is long past."""
    return lambda url, at: httpx.Response(200, text=[text for since, text in texts if since <= at][-1])


def reported(one: Net, name: str = GPT, day: int = DAY) -> int | None:
    """What the node signed of a day."""
    report = one.nodes[0].store.book.get(name, day)
    return None if report is None else report.attestation.price


# ------------------------------------------------------------------------------------------------ what pages bring


def test_a_jump_counts_and_is_told_with_the_difference_of_the_table(one: Net) -> None:
    """A cut of more than half at 23:10 is signed, and one event shows the old and the new cell."""
    one.pages = changing((0, page(gpt="8.00")), (ELEVEN + 600 - 10, page(gpt="3.00")))
    node = one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    assert reported(one) == 3_000_000
    assert reported(one, LUNA) == 6_000_000
    assert one.alerts(0) == [f"price_jumped:{GPT}"]
    (told,) = one.said(0, "alert")
    assert "8.00" in told["text"].splitlines()[0]
    assert any("8.00" in line for line in told["text"].splitlines()[1:])
    assert any("3.00" in line for line in told["text"].splitlines()[1:])
    assert one.open(0) == set()
    assert metric(node, "price_micro_usd", underlying=GPT) == 3_000_000


def test_a_cut_of_less_than_half_counts_without_an_event(one: Net) -> None:
    """8.00 to 4.32 is usual."""
    one.pages = changing((0, page(gpt="8.00")), (ELEVEN, page(gpt="4.32")))
    one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    assert reported(one) == 4_320_000
    assert one.alerts(0) == []


def test_a_price_on_another_scale_is_held_until_it_is_released(one: Net) -> None:
    """A thousandth of the price does not count: the alert stays open and the window is silent, until the release."""
    one.pages = lambda url, at: httpx.Response(200, text=page(gpt="0.008"))
    node = one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    assert reported(one) is None
    assert reported(one, LUNA) == 6_000_000
    assert {f"price_held:{GPT}", f"no_report:{GPT}", f"slots_missing:{GPT}"} == one.open(0)
    assert metric(node, "alert_open", cause="price_held", about=GPT) == 1
    assert metric(node, "slots_total", underlying=GPT, result="refused") == 13
    node.store.release(Release(underlying=GPT, price=8_000), one.clock.now())
    one.watch_until(MIDNIGHT + DAY_SECONDS + 60)
    assert reported(one, GPT, DAY + 1) == 8_000
    assert one.open(0) == set()
    assert metric(node, "alert_open", cause="price_held", about=GPT) == 0


def test_a_page_whose_table_changed_is_told_with_the_difference(one: Net) -> None:
    """A model that is gone from its table is a refusal, one event with what changed; it ends when it is back."""
    without = page().replace("gpt-4.1", "gpt-4.1-turbo")
    one.pages = changing((0, page()), (ELEVEN + 600, without), (ELEVEN + 1_800, page()))
    node = one.start(0, Mode.SIGN)
    one.watch_until(ELEVEN + 1_500)
    assert one.alerts(0)[0] == f"page_changed:{GPT}"
    assert f"page_changed:{GPT}" in one.open(0)
    assert "gpt-4.1-turbo" in one.said(0, "alert")[0]["text"]
    one.watch_until(MIDNIGHT + 60)
    assert reported(one) == 8_000_000
    assert f"page_changed:{GPT}" not in one.open(0)
    assert metric(node, "valid_slots", underlying=GPT) == 9


def test_a_second_page_that_differs_is_told_and_never_blocks() -> None:
    """The check page says 7.00: the price counts, the alert is open while they differ."""
    extra = f'check = {{ provider = "openai", model = "gpt-4.1", page = "{CHECK}" }}'
    with net(EVENING, {GPT: "gpt-4.1"}, extra=extra, posted={GPT: 8_000_000}) as one:
        says = {PRICING: page(), CHECK: page(gpt="7.00")}
        one.pages = lambda url, at: httpx.Response(200, text=says[url])
        one.start(0, Mode.SIGN)
        one.watch_until(MIDNIGHT + 60)
        assert reported(one) == 8_000_000
        assert one.open(0) == {f"check_differs:{GPT}"}
        assert "7.00" in one.said(0, "alert")[0]["text"]
        says[CHECK] = page()
        one.watch_until(MIDNIGHT + DAY_SECONDS)
        assert one.open(0) == set()


def test_a_page_is_asked_once_a_slot_and_only_whether_it_changed(one: Net) -> None:
    """Two models on one page, thirteen slots: thirteen requests, all but the first conditional, one copy archived."""
    conditions = []

    def answer(request: httpx.Request) -> httpx.Response:
        conditions.append(request.headers.get("If-None-Match"))
        if conditions[-1] == '"7"':
            return httpx.Response(304, headers={"ETag": '"7"', "Date": formatdate(one.clock.now(), usegmt=True)})
        return httpx.Response(200, text=page(), headers={"ETag": '"7"'})

    one.on_page = answer
    node = one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    assert conditions == [None] + ['"7"'] * 12
    assert reported(one) == 8_000_000
    assert len(list((node.archive.folder / "pages").rglob("*.warc.gz"))) == 1


def test_silence_is_told_while_there_is_time_and_ends_with_the_next_report(one: Net) -> None:
    """Six slots of thirteen give no report: first slots are missing, then the report, both until the next day's."""
    one.pages = lambda url, at: httpx.Response(200 if at < MIDNIGHT - 2_000 else 503, text=page())
    node = one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    assert reported(one) is None
    assert one.alerts(0) == [f"slots_missing:{GPT}", f"slots_missing:{LUNA}", f"no_report:{GPT}", f"no_report:{LUNA}"]
    assert one.said(0, "alert")[0]["text"] == "3 of 9 slots of the window that ends on 2026-07-15 gave no price"
    assert metric(node, "slots_total", underlying=GPT, result="unfetched") == 7
    one.pages = lambda url, at: httpx.Response(200, text=page())
    one.watch_until(MIDNIGHT + DAY_SECONDS + 60)
    assert reported(one, day=DAY + 1) == 8_000_000
    assert one.open(0) == set()


# ------------------------------------------------------------------------------------------------------- the clock


def ahead(seconds: Callable[[int], int], one: Net) -> Callable[[str, int], httpx.Response]:
    """A page whose publisher's clock the node's is so many seconds ahead of."""
    return lambda url, at: httpx.Response(
        200, text=page(), headers={"Date": formatdate(one.clock.now() - seconds(at), usegmt=True)}
    )


@pytest.mark.parametrize("seconds", [3, -3, 30])
def test_a_clock_that_is_off_is_told_above_two_seconds_and_signs(one: Net, seconds: int) -> None:
    """Three seconds, either way, and half a minute are an alert, and a report all the same."""
    one.pages = ahead(lambda at: seconds, one)
    node = one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    assert one.open(0) == {"clock_wrong:clock"}
    assert metric(node, "clock_skew_seconds") == seconds
    assert reported(one) == 8_000_000


def test_a_clock_that_is_two_seconds_off_is_right(one: Net) -> None:
    """An HTTP date is whole seconds: two are no news."""
    one.pages = ahead(lambda at: 2, one)
    one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    assert one.alerts(0) == []
    assert reported(one) == 8_000_000


def test_a_clock_that_goes_wrong_late_keeps_the_node_from_signing_until_it_is_mended(one: Net) -> None:
    """Half a minute and more at the last slots: nothing is signed; the pages are asked again, and then it is."""
    off = [31]
    one.pages = ahead(lambda at: off[0] if at > MIDNIGHT - 400 else 0, one)
    one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 1_000)
    assert reported(one) is None
    assert "clock_wrong:clock" in one.open(0)
    off[0] = 0
    one.watch_until(MIDNIGHT + 2_000)
    assert reported(one) == 8_000_000
    assert one.open(0) == set()
    assert {at for _, at in one.asked if at > MIDNIGHT} == {MIDNIGHT + 300 * k for k in (1, 2, 3, 4)}


def test_readings_under_a_wrong_clock_never_count(one: Net) -> None:
    """An hour off all through the window: no slot is valid, and a clock that is mended afterwards changes nothing."""
    off = [3_600]
    one.pages = ahead(lambda at: off[0], one)
    node = one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    off[0] = 0
    one.watch_until(MIDNIGHT + 4_000)
    assert reported(one) is None
    assert metric(node, "slots_total", underlying=GPT, result="unfetched") == 13
    assert f"no_report:{GPT}" in one.open(0)


def test_a_clock_that_was_set_back_observes_the_true_window(one: Net) -> None:
    """The machine believed in midnight an hour early: once it is put right, the window is read slot by slot."""
    one.pages = ahead(lambda at: 3_600, one)
    one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 30)
    one.clock.put_back(ELEVEN + 30)
    one.pages = ahead(lambda at: 0, one)
    one.watch_until(MIDNIGHT + 60)
    assert reported(one) == 8_000_000
    assert metric(one.nodes[0], "valid_slots", underlying=GPT) == 12


def test_a_chain_ahead_of_the_clock_keeps_the_node_from_signing(one: Net) -> None:
    """A block half a minute ahead proves that the clock is behind, whatever the pages say; a slot's time is none."""
    one.chain_ahead = 45
    node = one.start(0, Mode.SIGN, checks=True)
    one.run_until(MIDNIGHT + 30)
    assert "clock_wrong:clock" in one.open(0)
    assert metric(node, "clock_skew_seconds") == -45
    assert reported(one) is None


def test_a_chain_a_slot_ahead_is_usual(one: Net) -> None:
    """A block can be twelve seconds ahead of a right clock."""
    one.chain_ahead = 12
    one.start(0, Mode.SIGN, checks=True)
    one.run_until(MIDNIGHT + 30)
    assert "clock_wrong:clock" not in one.alerts(0)
    assert reported(one) == 8_000_000


# --------------------------------------------------------------------------------------------- starts and crashes


def test_a_node_that_starts_within_the_window_reads_what_is_left_of_it(one: Net) -> None:
    """From 23:28 on seven slots are left, which is enough."""
    one.clock.wait_until(MIDNIGHT - 1_900)
    node = one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    assert metric(node, "valid_slots", underlying=GPT) == 7
    assert reported(one) == 8_000_000


def test_a_node_that_starts_too_late_in_the_window_is_silent(one: Net) -> None:
    """From 23:31 on six slots are left: no report, and it says why."""
    one.clock.wait_until(MIDNIGHT - 1_740)
    one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    assert reported(one) is None
    assert f"no_report:{GPT}" in one.open(0)


def test_a_new_node_that_has_read_nothing_begins_without_an_alert(one: Net) -> None:
    """A first start at noon has nothing to fix, and that is no failure."""
    one.clock.wait_until(MIDNIGHT + 12 * 3_600)
    one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 12 * 3_600 + 60)
    assert one.said(0, "nothing to fix") != []
    assert one.alerts(0) == []


def test_a_node_that_slept_through_a_window_says_so(one: Net) -> None:
    """Down from evening to noon: no report of that day, one alert, and the next day's ends it."""
    one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + 60)
    one.stop(0)
    one.clock.wait_until(MIDNIGHT + DAY_SECONDS + 12 * 3_600)
    one.start(0, Mode.SIGN)
    one.watch_until(MIDNIGHT + DAY_SECONDS + 12 * 3_600 + 60)
    assert one.open(0) == {f"no_report:{GPT}", f"no_report:{LUNA}"}
    one.watch_until(MIDNIGHT + 2 * DAY_SECONDS + 60)
    assert reported(one, day=DAY + 2) == 8_000_000
    assert one.open(0) == set()


class Crash(BaseException):
    """Ends a node as nothing that it catches does."""


@pytest.mark.parametrize("step", [each for each in Step if each not in (Step.PEERS_HEARD, Step.POSTED)])
def test_a_node_that_crashes_at_a_step_ends_the_day_as_if_nothing_was(step: Step) -> None:
    """Four nodes; the first dies when a step is done for the fifth time, or the first where it comes once."""
    often = step in (Step.PAGES_FETCHED, Step.PAGES_ARCHIVED, Step.READINGS_STORED)
    with net(EVENING, MODELS, posted=POSTED) as four:
        _crash_once(four, step, 5 if often else 1)
        fixings = {name: four.price(name, DAY) for name in MODELS}
        assert fixings == {GPT: 8_000_000, LUNA: 6_000_000}
        reports = {node.store.book.get(GPT, DAY).signer for node in four.nodes.values()}  # type: ignore[union-attr]
        assert len(reports) == 4
        assert four.alerts(0) == []
        assert four.nodes[0].archive.fixing(LUNA, DAY) is not None


def _crash_once(four: Net, step: Step, times: int) -> None:
    left = [times]

    def on_step(done: Step) -> None:
        left[0] -= done is step
        if not left[0]:
            left[0] = -1
            raise Crash

    four.start(0, on_step=on_step)
    for number in (1, 2, 3):
        four.start(number)
    with pytest.raises(Crash):
        four.run_until(MIDNIGHT + 1_300)
    four.stop(0)
    four.start(0)
    four.run_until(MIDNIGHT + 1_300)
