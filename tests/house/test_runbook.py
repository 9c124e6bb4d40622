"""Every cause has its page and its rule, every page its cause; the numbers that documents name are in the code."""

import re
from pathlib import Path

import pytest
from support.tree import text, tracked

from oracle_node.alerts import Cause
from oracle_node.metrics import Metrics

RUNBOOK = Path("docs/runbook")
RULES = text("deploy/prometheus/rules.yml")
PAGES = {path.stem: path for path in tracked(".md") if path.parent == RUNBOOK and path.stem != "README"}
TOLD_BY_OTHERS = {"node_down", "loop_hangs"}
"""What a node cannot tell of itself; Prometheus does."""
METRICS = {
    each.removesuffix("_total")
    for each in re.findall(r"^# TYPE ifx_oracle_(\w+)", Metrics().text().decode(), re.M)
    if not each.endswith("_created")  # the library's own, beside each counter
}


def test_every_cause_has_its_page_and_every_page_its_cause() -> None:
    """Neither is left over."""
    assert PAGES.keys() == {str(each) for each in Cause} | TOLD_BY_OTHERS


def test_every_page_has_its_rule() -> None:
    """Each alert of Prometheus names a page, and each page is named by one."""
    named = re.findall(r"runbook: docs/runbook/(\w+)\.md$", RULES, re.M)
    assert len(named) == len(set(named)) == RULES.count("- alert: ")
    assert set(named) == PAGES.keys()
    assert len(re.findall(r"labels: \{severity: (?:page|ticket)\}", RULES)) == len(named)


def test_an_alert_is_called_like_its_page() -> None:
    """`IfxNoReport` leads to no_report.md: who hears the one finds the other."""
    alerts = re.findall(r"- alert: Ifx(\w+)", RULES)
    pages = re.findall(r"runbook: docs/runbook/(\w+)\.md$", RULES, re.M)
    assert ["".join(word.capitalize() for word in page.split("_")) for page in pages] == alerts


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_says_what_to_do_and_when_it_is_over(page: Path) -> None:
    """What it means, how to see it, what to do, when it ends; short enough for the middle of the night."""
    lines = text(page).splitlines()
    assert lines[0].startswith("# ")
    assert len(lines) <= 25
    starts = [line for line in lines if line.startswith("**")]
    assert [line.split("**")[1] for line in starts] == ["See it.", "Do.", "It ends."]


def test_the_runbooks_list_is_whole() -> None:
    """The five first, then the others."""
    listed = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\)", text(RUNBOOK / "README.md"), re.M)
    assert all(name == link for name, link in listed)
    names = [name for name, _ in listed]
    assert names[:5] == ["no_report", "slots_missing", "no_quorum", "posting_failing", "balance_low"]
    assert sorted(names) == sorted(PAGES)


def test_metrics_that_are_named_exist() -> None:
    """In documents, rules and their tests."""
    files = [path for path in tracked(".md", ".yml") if path.parts[0] in ("docs", "deploy")]
    named = {each for path in files for each in re.findall(r"\bifx_oracle_([a-z_]+[a-z])\b", text(path))}
    assert {each.removesuffix("_total") for each in named} <= METRICS


def test_the_list_of_metrics_is_whole() -> None:
    """The table of operations.md names each, once."""
    table = text("docs/operations.md").partition("| metric | labels | |")[2].partition("\n\n")[0]
    named = [each for row in table.splitlines() for each in re.findall(r"`(\w+)`", row.split(" | ")[0])]
    assert sorted(each.removesuffix("_total") for each in named) == sorted(METRICS)
