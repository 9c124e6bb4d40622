"""Every panel of the dashboards is one that Grafana can draw: its PromQL parses, its metrics and labels exist."""

import json
import re
import subprocess
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.prometheus import tool
from support.tree import ROOT

from oracle_node.metrics import Metrics

GRAFANA = ROOT / "deploy" / "grafana"
DASHBOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))
OF_PROMETHEUS = {"job", "instance"}
"""The labels that every series gets when it is scraped."""
WORDS = {"abs", "by", "clamp_min", "floor", "increase", "max", "sum", "time"}
"""Of the language, as far as the panels use it."""


def exported() -> dict[str, set[str]]:
    """Every name that Prometheus has of a node, with its labels."""
    metrics = Metrics()
    found = {
        name: set(getattr(collector, "_labelnames", ()))
        for name, collector in metrics._registry._names_to_collectors.items()
    }
    return found | {
        name: set() for name in ("up", *re.findall(r"^# TYPE (process_\w+)", metrics.text().decode(), re.M))
    }


EXPORTED = exported()


def panels(dashboard: Path) -> list[dict[str, Any]]:
    """Everything on it, headings too."""
    found: list[dict[str, Any]] = json.loads(dashboard.read_text())["panels"]
    return found


def queries() -> Iterator[tuple[str, str, str]]:
    """Title, query and legend of everything that is drawn, with Grafana's variables as it would put them in."""
    for dashboard in DASHBOARDS:
        for panel in panels(dashboard):
            for target in panel.get("targets", ()):
                expr = target["expr"].replace("$__rate_interval", "2m").replace("$instance", ".*")
                yield panel["title"], expr, target["legendFormat"]


QUERIES = tuple(queries())


def names(expr: str) -> tuple[set[str], set[str]]:
    """The metrics and the labels that a query names."""
    labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", expr))
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", " ", expr)
    for group in re.findall(r"\bby \(([^)]*)\)", bare):
        labels |= set(re.findall(r"\w+", group))
    bare = re.sub(r"\bby \([^)]*\)", " ", bare)
    return set(re.findall(r"\b[a-z_]\w*", bare)) - WORDS, labels


@pytest.mark.parametrize(("title", "expr", "legend"), QUERIES, ids=[f"{each[0]}: {each[1][:40]}" for each in QUERIES])
def test_a_panel_names_what_exists(title: str, expr: str, legend: str) -> None:
    """A metric that a node exports, and labels that this metric has; in its legend too."""
    metrics, labels = names(expr)
    assert metrics <= EXPORTED.keys()
    assert len(metrics) == 1
    known = OF_PROMETHEUS | EXPORTED[next(iter(metrics))]
    assert labels | set(re.findall(r"\{\{(\w+)\}\}", legend)) <= known
    assert title


def test_a_counter_is_drawn_by_its_increase() -> None:
    """Its own value says nothing; and only a counter has one."""
    for _, expr, _ in QUERIES:
        (metric,) = names(expr)[0]
        assert ("increase(" in expr) == metric.endswith("_total"), expr


def test_every_query_parses(tmp_path: Path) -> None:
    """By Prometheus' own parser, as rules that record them."""
    rules = [{"record": f"ifx:{number}", "expr": expr} for number, (_, expr, _) in enumerate(QUERIES)]
    path = tmp_path / "rules.yml"

    def check() -> subprocess.CompletedProcess[str]:
        path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
        command = [str(tool("promtool")), "check", "rules", str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    good = check()
    assert good.returncode == 0, good.stdout + good.stderr
    assert f"{len(QUERIES)} rules found" in good.stdout
    rules.append({"record": "ifx:bad", "expr": "sum by (ifx_oracle_quorum"})
    assert check().returncode != 0


def test_the_containers_prometheus_is_configured(tmp_path: Path) -> None:
    """Its file is one, scrapes under the name that rules and panels ask for, and finds the rules beside it."""
    for source in ("containers/config/prometheus.yml", "prometheus/rules.yml"):
        (tmp_path / Path(source).name).write_text((ROOT / "deploy" / source).read_text())
    command = [str(tool("promtool")), "check", "config", str(tmp_path / "prometheus.yml")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    jobs = {each["job_name"] for each in yaml.safe_load((tmp_path / "prometheus.yml").read_text())["scrape_configs"]}
    assert jobs == {"ifx-oracle"}
    assert all('job="ifx-oracle"' in expr for _, expr, _ in QUERIES)


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_is_whole(dashboard: Path) -> None:
    """Its numbers are its own, nothing lies upon another, and it asks the source that is provisioned."""
    document = json.loads(dashboard.read_text())
    source = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "prometheus.yml").read_text())["datasources"][0]
    assert {json.dumps(each["datasource"]) for each in panels(dashboard) if each["type"] != "row"} == {
        json.dumps({"type": source["type"], "uid": source["uid"]})
    }
    assert document["uid"] == dashboard.stem
    assert document["timezone"] == "utc"
    ids = [each["id"] for each in panels(dashboard)]
    assert len(ids) == len(set(ids))
    places = [each["gridPos"] for each in panels(dashboard)]
    assert all(each["x"] + each["w"] <= 24 for each in places)
    assert not [
        (one, other)
        for one, other in combinations(places, 2)
        if one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    ]
    for variable in document["templating"]["list"]:
        metric, label = re.findall(r"\w+", variable["query"]["query"].removeprefix("label_values"))
        assert label in OF_PROMETHEUS | EXPORTED[metric]


def test_dashboards_lie_where_grafana_looks() -> None:
    """Its provider names the folder into which the container gets them."""
    provider = yaml.safe_load((GRAFANA / "provisioning" / "dashboards" / "ifx.yml").read_text())["providers"][0]
    mounts = yaml.safe_load((ROOT / "deploy" / "containers" / "compose.yml").read_text())["services"]["grafana"]
    assert f"../grafana/dashboards:{provider['options']['path']}:ro" in mounts["volumes"]
    assert DASHBOARDS
