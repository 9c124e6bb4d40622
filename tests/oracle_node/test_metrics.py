"""What Prometheus scrapes: text that its own parser reads, every number described, the process's own beside them."""

from prometheus_client.parser import text_string_to_metric_families
from support.nodes import GPT

from oracle_node.metrics import CONTENT_TYPE, Metrics


def families(metrics: Metrics) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Every sample by name and labels."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        assert family.documentation, family.name
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_a_new_node_shows_no_number_that_it_does_not_know() -> None:
    """What has labels is absent; results of posts stand at zero, so that the first failure is an increase."""
    found = families(Metrics())
    posts = {dict(labels)["result"]: value for labels, value in found["ifx_oracle_posts_total"].items()}
    assert posts == {"posted": 0, "found": 0, "failed": 0}
    for name in ("reported_day", "fixed_day", "valid_slots", "agreeing_nodes", "check_ok", "alert_open"):
        assert f"ifx_oracle_{name}" not in found


def test_the_process_tells_of_itself() -> None:
    """Memory and processor time, for the numbers that a node promises."""
    found = families(Metrics())
    assert found["process_resident_memory_bytes"][()] > 10_000_000
    assert found["process_cpu_seconds_total"][()] > 0


def test_two_nodes_in_one_process_are_two() -> None:
    """Each has a registry of its own."""
    one, other = Metrics(), Metrics()
    one.price.labels(GPT).set(8_000_000)
    assert families(one)["ifx_oracle_price_micro_usd"] == {(("underlying", GPT),): 8_000_000}
    assert "ifx_oracle_price_micro_usd" not in families(other)


def test_the_text_is_of_the_format_that_it_says() -> None:
    """Version 0.0.4, which every Prometheus reads."""
    assert "version=0.0.4" in CONTENT_TYPE
    assert all(name.startswith(("ifx_oracle_", "process_")) for name in families(Metrics()))
