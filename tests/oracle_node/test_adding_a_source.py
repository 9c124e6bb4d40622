"""The guide to a new source is executed: its file is installed and reads its page; every source passes the contract."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest
from support.source_contract import Example, check

from oracle_node.errors import BadSource
from oracle_node.sources import SOURCES, Source
from oracle_node.sources.registry import OWN, with_others

ROOT = Path(__file__).parents[2]
PAGES = Path(__file__).parent / "pages"
GUIDE = (ROOT / "docs" / "adding-a-source.md").read_text()
CODE, PAGE = (
    re.findall(rf"^```{kind}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)[0] for kind in ("python", "markdown")
)
ENTRY = "acme_source:SOURCE"

OWN_EXAMPLES = tuple(
    Example(source=SOURCES[provider], page=(PAGES / page).read_bytes(), model=model, price=price)
    for provider, page, model, price in (
        ("openai", "openai_source.mdx.md", "gpt-4.1", "8"),
        ("openai", "openai_islands.html", "gpt-5.6-luna", "1.2"),
        ("openai", "openai_reader.md", "gpt-5.5", "30"),
        ("anthropic", "anthropic.md", "claude-opus-4-8", "25"),
        ("google", "google.html", "gemini-2.5-flash", "2.5"),
        ("google", "google.reader.md", "gemini-2.5-pro", "10"),
        ("openrouter", "openrouter.json", "openai/gpt-4.1", "8"),
    )
)


def acme() -> Source:
    """The source of the guide."""
    module = ModuleType("acme_source")
    exec(compile(CODE, "docs/adding-a-source.md", "exec"), module.__dict__)  # noqa: S102 - the guide's own code
    source = module.SOURCE
    assert isinstance(source, Source)
    return source


def others(example: Example) -> list[Example]:
    """Examples of the other sources."""
    return [each for each in OWN_EXAMPLES if each.source.provider != example.source.provider]


@pytest.mark.parametrize("example", OWN_EXAMPLES, ids=lambda each: f"{each.source.provider} {each.model}")
def test_every_source_passes_the_contract(example: Example) -> None:
    """It states its price, is total, and refuses what is not its own."""
    check(example, others(example))


def test_every_own_source_has_an_example() -> None:
    """None is left out of the contract."""
    assert {each.source for each in OWN_EXAMPLES} == set(OWN)


def test_the_guides_source_passes_the_contract() -> None:
    """What the guide shows is a whole source."""
    for model, price in (("acme-large", "8"), ("acme-small", "0.8")):
        example = Example(source=acme(), page=PAGE.encode(), model=model, price=price)
        check(example, others(example))


def test_an_installed_source_is_found_by_the_command(tmp_path: Path) -> None:
    """One file and its entry point, on the path as an installed package has them: the command reads the page."""
    (tmp_path / "acme_source.py").write_text(CODE)
    info = tmp_path / "acme_source-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-source\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[ifx.sources]\nacme = {ENTRY}\n")
    page = tmp_path / "page.md"
    page.write_text(PAGE)

    def parse(model: str, path: str) -> subprocess.CompletedProcess[str]:
        asked = [sys.executable, "-m", "oracle_node.cli", "parse", str(page), "--provider", "acme", "--model", model]
        environment = os.environ | {"PYTHONPATH": path}
        return subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)

    found, batch = parse("acme-large", str(tmp_path)), parse("acme-huge", str(tmp_path))
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["price_usd_per_mtok"] == "8"
    assert batch.returncode == 3
    without = parse("acme-large", "")
    assert without.returncode == 2
    assert "unknown provider 'acme'" in without.stderr


def test_a_source_that_cannot_be_used_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is missing, no source or under another's name stops with what is wrong; the guide's does not."""
    module = ModuleType("acme_source")
    monkeypatch.setitem(sys.modules, "acme_source", module)
    module.SOURCE = acme()  # type: ignore[attr-defined]
    module.OPENAI = SOURCES["openai"]  # type: ignore[attr-defined]
    entry = EntryPoint(name="acme", value=ENTRY, group="ifx.sources")
    assert list(with_others(OWN, [entry])) == [*(source.provider for source in OWN), "acme"]
    refused = {
        "it cannot be loaded": EntryPoint(name="acme", value="nowhere_source:SOURCE", group="ifx.sources"),
        "it cannot be loaded: module": EntryPoint(name="acme", value="acme_source:NOTHING", group="ifx.sources"),
        "it is no Source": EntryPoint(name="acme", value="json:dumps", group="ifx.sources"),
        "its provider is 'acme'": EntryPoint(name="other", value=ENTRY, group="ifx.sources"),
        "there is a source 'openai' already": EntryPoint(
            name="openai", value="acme_source:OPENAI", group="ifx.sources"
        ),
    }
    for why, bad in refused.items():
        with pytest.raises(BadSource, match=re.escape(why)):
            with_others(OWN, [bad])


def test_the_settings_of_the_guide_are_settings() -> None:
    """The lines that add a model are what a node reads, and the page that decides is the family's own."""
    import tomllib

    from oracle_node.settings import UnderlyingSettings

    lines = re.findall(r"^```toml\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
    (given,) = tomllib.loads(lines[0])["underlyings"]
    assert UnderlyingSettings(**given).page == SOURCES["anthropic"].url
    assert tomllib.loads(lines[1]) == {"project": {"entry-points": {"ifx.sources": {"acme": ENTRY}}}}
