"""Whole nodes through whole days: what each does by itself, and what they do together."""

from collections.abc import Iterator

import pytest
from support.net import Net, metric, net
from support.nodes import DAY, GPT, LUNA, MIDNIGHT

EVENING = MIDNIGHT - 2 * 3_600
MODELS = {GPT: "gpt-4.1", LUNA: "gpt-5.6-luna"}


@pytest.fixture
def four() -> Iterator[Net]:
    """Four nodes' settings, none of them up, two hours before midnight; the evening's fixings are on the chain."""
    with net(EVENING, MODELS, posted={GPT: 8_000_000, LUNA: 6_000_000}) as found:
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
    posts = [metric(node, "posts_total", result="posted") or 0 for node in four.nodes.values()]
    assert posts == [2, 0, 0, 0]
    assert all(four.alerts(number) == [] for number in range(4))
