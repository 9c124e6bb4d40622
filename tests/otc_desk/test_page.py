"""The page comes from the desk alone: its shell at every path it knows, its files under names that hold their hash."""

import base64
import gzip
import hashlib
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from support.desk import client_of, desk_on, sqlite
from support.tree import ROOT, text, tracked

from ifx_sdk.client import IFX
from ifx_sdk.errors import NodeDown
from otc_desk.desk import Desk
from otc_desk.guards import HEADERS
from otc_desk.web.page import FOREVER, PATHS
from otc_desk.web.saved import EMPTY, NAME, URL, saved_page
from otc_desk.web.static import read_assets

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
STATIC = ROOT / "otc_desk" / "web" / "static"


@pytest.fixture
def desk(tmp_path: Path, deployed: IFX) -> Iterator[Desk]:
    """A desk on SQLite: the page asks no database."""
    with desk_on(sqlite(tmp_path), deployed) as found:
        yield found


@pytest.fixture
def client(desk: Desk) -> TestClient:
    """The desk's application."""
    return client_of(desk)


def facts(client: TestClient, path: str = "/market", **cookies: str) -> dict[str, Any]:
    """The data block of the shell."""
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    found = re.search(
        r'<script type="application/json" id="facts">(.*?)</script>', client.get(path, headers=headers).text
    )
    assert found is not None
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


@pytest.mark.parametrize("path", PATHS)
def test_the_shell_is_at_every_path_of_the_page(client: TestClient, path: str) -> None:
    """GET and HEAD alike, never kept by a cache, with the guards' headers."""
    at = path.replace("{id}", "01JABCDEFGHJKMNPQRSTVWXYZ0")
    answer, head = client.get(at), client.head(at)
    assert (answer.status_code, head.status_code, head.content) == (200, 200, b"")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert head.headers["content-length"] == str(len(answer.content))
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)


def test_the_page_knows_the_paths_that_the_desk_serves() -> None:
    """Both tables name the same places and scripts: a reload finds every page, and fetches all that it runs at once."""
    known = dict(re.findall(r'path: "([^"]+)", page: later\("([^"]+)"', text("web/src/routes.tsx")))
    assert known.items() <= PATHS.items()
    assert len(known) == text("web/src/routes.tsx").count("{ path:")


@pytest.mark.parametrize("path", ["/market", "/agreements/{id}"])
def test_the_shell_fetches_what_its_page_runs(client: TestClient, path: str) -> None:
    """Nothing waits for another script to name it, and other pages' scripts are left alone."""
    scripts: dict[str, list[str]] = json.loads((STATIC / "scripts.json").read_text())
    fetched = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)"', client.get(path).text)
    assert set(fetched) == {*scripts["desk"], *scripts[PATHS[path]]} - {"desk.js"}
    assert len(fetched) == len(set(fetched))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_only_read(client: TestClient, path: str) -> None:
    """Whatever is not GET or HEAD is told what is."""
    answer = client.post(path.replace("{id}", "1"))
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/nothing", "/agreements/", "/agreements/1/2", "/market/", "/index.html", "/web/src/main.tsx"]
)
def test_an_unknown_path_is_told_by_the_page_to_people_and_as_a_problem_to_programs(
    client: TestClient, path: str
) -> None:
    """404 both times."""
    person, program = client.get(path, headers=HTML), client.get(path)
    assert (person.status_code, program.status_code) == (404, 404)
    assert 'id="facts"' in person.text
    assert program.json()["type"] == "urn:ifx:desk:not-found"


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/static/nothing.js", "/static/", "/static/desk.js", "/static/%2e%2e%2fpage.py"]
)
def test_what_is_no_page_has_no_page_for_its_absence(client: TestClient, path: str) -> None:
    """The API and the files answer as themselves, also to a browser; a file is there under its hash alone."""
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def named_files(client: TestClient) -> list[tuple[str, str]]:
    """Path and integrity of every file that the shell names, for now or for later."""
    shell = client.get("/market").text
    now = re.findall(r'(?:href|src)="(/static/[^"]+)" integrity="([^"]+)"', shell)
    later = [(url, integrity) for each in facts(client)["scripts"].values() for url, integrity in each]
    return sorted({*now, *later})


def test_every_file_that_the_shell_names_is_served_as_it_was_built(client: TestClient) -> None:
    """By its hash in integrity and bytes; under a name of its own, to be kept for good."""
    named = named_files(client)
    assert {Path(url).suffix for url, _ in named} == {".css", ".js"}
    for url, integrity in named:
        answer = client.get(url, headers={"accept-encoding": "identity"})
        built = STATIC / re.sub(r"\.[0-9a-f]{16}\.", ".", Path(url).name)
        digest = hashlib.sha256(answer.content)
        assert answer.content == built.read_bytes()
        assert "sha256-" + base64.b64encode(digest.digest()).decode() == integrity
        assert digest.hexdigest()[:16] in url or re.search(r"-[A-Z0-9]{8}\.js$", url)
        assert answer.headers["cache-control"] == FOREVER
        assert answer.headers["content-type"] in {"text/css; charset=utf-8", "text/javascript; charset=utf-8"}
        assert client.head(url).headers["content-type"] == answer.headers["content-type"]


def test_no_script_is_run_without_a_hash(client: TestClient) -> None:
    """Whatever a script imports, at once or later, the shell has named: the browser refuses other bytes."""
    named = {re.sub(r"\.[0-9a-f]{16}\.", ".", Path(url).name) for url, _ in named_files(client)}
    for name in named:
        if name.endswith(".js"):
            imported = re.findall(r"""["']\./([\w.-]+\.js)["']""", (STATIC / name).read_text())
            assert set(imported) <= named - {"desk.js", "sandbox.js"}
    assert {path.name for path in STATIC.glob("*.js")} - named <= {"sandbox.js"} | sandbox_parts()


def sandbox_parts() -> set[str]:
    """What the sandbox's script alone imports."""
    found: dict[str, list[str]] = json.loads((STATIC / "scripts.json").read_text())
    return set(found["sandbox"])


def test_the_page_carries_the_licences_of_what_is_built_into_it(client: TestClient) -> None:
    """Their authors ask for it."""
    answer = client.get(facts(client)["licences"])
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    named = set(re.findall(r"^=+ (\S+) \S+ \(MIT\)$", answer.text, re.MULTILINE))
    assert {"preact", "@noble/hashes"} <= named


def test_nothing_comes_from_elsewhere_and_nothing_runs_inline(client: TestClient) -> None:
    """What the content security policy would refuse is not there to begin with."""
    shell = client.get("/market").text
    assert re.findall(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))", shell) == []
    assert re.findall(r"<style|\bstyle=|\bon[a-z]+=", shell) == []
    assert re.findall(r'(?:src|href)="(?!/|data:|#)', shell) == []
    assert "sha256-" not in HEADERS["Content-Security-Policy"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("said", "packed"),
    [("gzip", True), ("gzip, deflate, br, zstd", True), ("br", False), ("gzip;q=0", False), ("identity", False)],
)
def test_a_file_comes_by_gzip_to_whoever_takes_it(desk: Desk, said: str, packed: bool) -> None:
    """The bytes behind it are the same, and caches keep the two apart."""
    script = read_assets()["desk.js"]
    with client_of(desk).stream("GET", script.url, headers={"accept-encoding": said}) as answer:
        raw = b"".join(answer.iter_raw())
    assert ("content-encoding" in answer.headers) is packed
    assert (gzip.decompress(raw) if packed else raw) == script.content
    assert answer.headers["vary"] == "Accept-Encoding"


def test_the_shell_says_what_the_page_needs(client: TestClient, desk: Desk) -> None:
    """Chain, contracts, domain, time, and the hash of the scripts that are served."""
    found, deployment = facts(client), desk.ifx.deployment
    assert found == {
        "network": deployment.network,
        "chainId": 31337,
        "escrow": deployment.escrow,
        "usdt": deployment.token,
        "oracle": deployment.oracle,
        "timelock": deployment.timelock,
        "domain": "desk.example",
        "url": "http://desk.example",
        "now": desk.now(),
        "sandbox": False,
        "rpcUrls": [],
        "bundle": hashlib.sha256(b"".join(path.read_bytes() for path in sorted(STATIC.glob("*.js")))).hexdigest(),
        "scripts": found["scripts"],
        "licences": read_assets()["licences.txt"].url,
        "block": deployment.block,
        "saved": {"url": URL, "sha256": hashlib.sha256(client.get(URL).content).hexdigest()},
        "session": False,
    }


def test_the_shell_tells_whether_there_is_a_session_but_never_its_token(client: TestClient) -> None:
    """The cookie's value is nowhere in it."""
    assert facts(client, ifx_session="a-token-of-somebody")["session"] is True
    assert facts(client)["session"] is False
    assert "a-token" not in client.get("/market", headers={"cookie": "ifx_session=a-token-of-somebody"}).text


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "<!--<script>", "'\"&\u2028"])
def test_nothing_in_the_facts_ends_their_element(
    client: TestClient, desk: Desk, hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network's name with markup in it stays a name."""
    from otc_desk.web.page import Page

    kept = Page.facts
    monkeypatch.setattr(Page, "facts", lambda page: kept(page) | {"network": hostile})
    assert facts(client)["network"] == hostile
    assert client.get("/market").text.count("<script") == 2


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><script>', None), ("system", None)]
)
def test_the_shell_comes_in_the_colours_that_were_chosen(client: TestClient, cookie: str, theme: str | None) -> None:
    """Two names are taken, and nothing else is repeated."""
    shell = client.get("/market", headers={"cookie": f"ifx_theme={cookie}"}).text
    found = re.search(r"<html ([^>]*)>", shell)
    assert found is not None
    assert found[1] == 'lang="en"' + (f' data-theme="{theme}"' if theme else "")


def test_the_page_is_there_while_the_local_node_is_away(tmp_path: Path, deployed: IFX) -> None:
    """What needs the chain says so itself; the shell needs only the machine's clock."""

    def away() -> int:
        raise NodeDown("http://127.0.0.1:1", "nobody answers")

    with desk_on(sqlite(tmp_path), deployed, clock=away) as desk:
        assert facts(client_of(desk))["now"] > 0


def test_a_wheel_carries_the_page() -> None:
    """Whoever installs the desk needs no Node.js: hatch takes the package's files but those that git ignores."""
    build = tomllib.loads(text("pyproject.toml"))["tool"]["hatch"]["build"]
    assert build == {"targets": {"wheel": {"packages": ["ifx_sdk", "ifx_index", "oracle_node", "otc_desk"]}}}
    needed = [*sorted(STATIC.iterdir()), ROOT / "otc_desk" / "web" / "templates" / "shell.html"]
    assert {"desk.css", "desk.js", "shell.html"} <= {path.name for path in needed}
    assert [path.name for path in needed if path.relative_to(ROOT) not in tracked()] == []
    ignored = subprocess.run(["git", "check-ignore", "--no-index", *needed], cwd=ROOT, capture_output=True, check=False)
    assert ignored.stdout == b""


def test_the_saved_page_holds_the_contracts_as_data_alone(client: TestClient, desk: Desk) -> None:
    """One element differs from what was built, whatever the network is called, and the policy names what runs."""
    answer, built = client.get(URL), (STATIC / NAME).read_bytes()
    assert answer.headers["content-disposition"] == f'attachment; filename="{NAME}"'
    assert answer.content == saved_page(desk.ifx.deployment).content
    assert client.get(f"/static/{NAME}").status_code == 404
    hostile = saved_page(replace(desk.ifx.deployment, network="</script><script>alert(1)</script>")).content
    before, after = built.split(EMPTY)
    assert hostile.startswith(before)
    assert hostile.endswith(after)
    assert hostile.count(b"<script") == built.count(b"<script")
    script = re.search(rb"<script>(.*?)</script>", built, re.DOTALL)
    assert script is not None
    assert base64.b64encode(hashlib.sha256(script[1]).digest()) in before
