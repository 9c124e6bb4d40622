"""Whole nodes through whole days: what each does by itself, and what they do together."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.net import Net, net
from support.nodes import DAY, GPT, LUNA, MIDNIGHT, page

from oracle_node.assembly import Mode

DAY_SECONDS = 86_400
EVENING = MIDNIGHT - 2 * 3_600
MODELS = {GPT: "gpt-4.1", LUNA: "gpt-5.6-luna"}


@pytest.fixture
def four(tmp_path: Path) -> Iterator[Net]:
    """Four nodes' settings, none of them up, two hours before midnight."""
    with net(tmp_path, EVENING, MODELS) as found:
        yield found


def test_four_nodes_fix_a_day_and_one_of_them_posts(four: Net) -> None:
    """Everyone reports, the first of the signer set posts both underlyings, everyone archives the fixing."""
    for number in range(4):
        four.start(number)
    four.run_until(MIDNIGHT + 1_200)
    for name, price in ((GPT, 8_000_000), (LUNA, 6_000_000)):
        fixing = four.ifx.oracle.fixing(name, DAY)
        assert fixing is not None
        assert fixing.price == price
        for node in four.nodes.values():
            report = node.store.book.get(name, DAY)
            assert report is not None
            assert report.attestation.price == price
            archived = node.archive.fixing(name, DAY)
            assert archived is not None
            assert archived.price == price
            assert len(node.archive.reports(name, DAY)) == 4
    posts = [node.metrics.posts.labels("posted")._value.get() for node in four.nodes.values()]
    assert posts == [2, 0, 0, 0]


def test_a_shadow_reads_and_fixes_and_signs_nothing(four: Net) -> None:
    """Dry run: the median is in the metrics, no report is in the book, nothing is on the chain."""
    node = four.start(0, Mode.DRY_RUN)
    four.run_until(MIDNIGHT + 1_200)
    assert node.metrics.valid_slots.labels(GPT)._value.get() == 13
    assert node.store.book.get(GPT, DAY) is None
    assert four.ifx.oracle.fixing(GPT, DAY) is None


def test_a_window_with_too_few_slots_is_silent_and_alerts(four: Net) -> None:
    """Six slots of thirteen give no report; the alert names the day and ends with the next report."""
    four.pages = lambda url, at: httpx.Response(200 if at < MIDNIGHT - 2_000 else 503, text=page())
    node = four.start(0, Mode.SIGN)
    four.run_until(MIDNIGHT + 60)
    assert node.store.book.get(GPT, DAY) is None
    assert {each.cause for each in node.store.alerts.open()} >= {f"no_report:{GPT}", f"slots_missing:{LUNA}"}
    four.pages = lambda url, at: httpx.Response(200, text=page())
    four.run_until(MIDNIGHT + DAY_SECONDS + 60)
    assert node.store.book.get(GPT, DAY + 1) is not None
    assert node.store.alerts.open() == ()
