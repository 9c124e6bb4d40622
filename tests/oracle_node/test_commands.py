"""`ifx-oracle observe`, `fix` and `post`: JSON lines on stdout, errors with their cure on stderr."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from support.chain import START
from support.nodes import DAY, GPT, LUNA, MIDNIGHT, SIGNERS, ToldClock, page, report, write_settings
from typer.testing import CliRunner

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_key
from ifx_sdk.local_chain import LocalChain
from oracle_node.cli import app
from oracle_node.commands import fix, observe, post
from oracle_node.report import ReportBook
from oracle_node.serving import serve_reports, serving
from oracle_node.store import Store

START_OF_WINDOW = MIDNIGHT - 3_600


class World:
    """Pages and a chain on loopback, and a deployment on it."""

    def __init__(self, stack: ExitStack) -> None:
        self.page = page()
        self.local = LocalChain(timestamp=START)
        self.ifx: IFX = devnet.start(Chain(self.local.web3, chain_id=31337), [GPT, LUNA])
        self.pages = stack.enter_context(serving(_handler(GET=lambda _: self.page.encode())))
        self.rpc = stack.enter_context(serving(_handler(POST=self._answer)))

    def _answer(self, body: bytes) -> bytes:
        asked = json.loads(body, parse_float=str)
        answer = self.local.provider.make_request(asked["method"], asked["params"])
        return json.dumps(dict(answer) | {"id": asked["id"]}).encode()


def _handler(**methods: Callable[[bytes], bytes]) -> type[BaseHTTPRequestHandler]:
    """A handler that answers some methods with bytes made of the request's body."""

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = methods[self.command](body)
            self.send_response(200)
            self.send_header("Content-Type", "application/json" if self.command == "POST" else "text/html")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _reply  # noqa: N815 - the base class's names

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    return Handler


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One chain for the module: each test that posts reverts what it did."""
    with ExitStack() as stack:
        yield World(stack)


@pytest.fixture
def fresh(world: World) -> Iterator[World]:
    """The world with nothing posted and the page as it was."""
    mark = world.local.snapshot()
    world.page = page()
    yield world
    world.local.revert(mark)


def node(world: World, folder: Path, index: int = 0, *, peers: str = "") -> Path:
    """A registered node's folder: settings, key, deployment."""
    folder.mkdir(exist_ok=True)
    path = write_settings(folder, page_url=f"{world.pages}/pricing", rpc=world.rpc, extra=peers)
    (folder / "node.key").write_text(dev_key(devnet.NODES[index]).hex())
    world.ifx.deployment.write(folder / "local.toml")
    return path


def observed(world: World, folder: Path, index: int = 0) -> Path:
    """A node that observed the whole window: its settings; the readings lie beside them."""
    config = node(world, folder, index)
    clock = ToldClock(START_OF_WINDOW - 600)
    assert observe.run(str(config), out=str(folder / "readings.jsonl"), window=True, releases=(), clock=clock) == 0
    return config


def fixed(world: World, folder: Path, index: int, capsys: pytest.CaptureFixture[str]) -> Path:
    """A node that signed its window: the file of its reports."""
    config = observed(world, folder, index)
    capsys.readouterr()
    assert fix.run(str(folder / "readings.jsonl"), config=str(config), day=None, manifests=None) == 0
    out = folder / "reports.json"
    out.write_text(capsys.readouterr().out)
    return out


def book(folder: Path) -> ReportBook:
    """The reports of the node in a folder."""
    (folder / "state").mkdir(exist_ok=True)
    return Store(folder / "state" / "node.db").book


def lines(text: str) -> list[dict[str, object]]:
    """Lines of JSON."""
    return [json.loads(line, parse_float=str) for line in text.splitlines()]


def test_observe_reads_one_slot_now(fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line a model, nothing else on stdout."""
    assert observe.run(str(node(fresh, tmp_path)), out=None, window=False, releases=(), clock=ToldClock(MIDNIGHT)) == 0
    told = capsys.readouterr()
    assert [(each["underlying"], each["price"], each["at"]) for each in lines(told.out)] == [
        (GPT, 8_000_000, MIDNIGHT),
        (LUNA, 6_000_000, MIDNIGHT),
    ]
    assert told.err == ""


def test_observe_says_why_a_page_gave_no_price(
    fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bot wall: null and the reason on stdout, the same on stderr, exit 3."""
    fresh.page = "<title>Just a moment...</title>"
    code = observe.run(str(node(fresh, tmp_path)), out=None, window=False, releases=(), clock=ToldClock(MIDNIGHT))
    told = capsys.readouterr()
    assert code == 3
    assert [each["price"] for each in lines(told.out)] == [None, None]
    assert "bot challenge" in str(lines(told.out)[0]["why"])
    assert "bot challenge" in told.err


def test_observe_holds_a_price_until_it_is_released(
    fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The readings before are read from the file; a price on another scale needs the operator."""
    config, out, clock = str(node(fresh, tmp_path)), str(tmp_path / "r.jsonl"), ToldClock(MIDNIGHT)
    assert observe.run(config, out=out, window=False, releases=(), clock=clock) == 0
    fresh.page = page(gpt="0.008")
    assert observe.run(config, out=out, window=False, releases=(), clock=clock) == 3
    assert "waits for the operator's release" in capsys.readouterr().err
    assert observe.run(config, out=out, window=False, releases=[f"{GPT}=0.008"], clock=clock) == 0
    assert "ALARM openai/gpt-4.1: 8.00 USD/Mtok became 0.008 USD/Mtok" in capsys.readouterr().err


def test_fix_signs_the_windows_medians(fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Thirteen readings of each model become one signed report each, with the manifest its evidence names."""
    config = observed(fresh, tmp_path)
    capsys.readouterr()
    readings, manifests = str(tmp_path / "readings.jsonl"), tmp_path / "manifests"
    assert fix.run(readings, config=str(config), day=None, manifests=str(manifests)) == 0
    told = lines(capsys.readouterr().out)
    assert [(each["underlying"], each["day"], each["price"], each["signer"]) for each in told] == [
        (GPT, DAY, 8_000_000, SIGNERS[0].address),
        (LUNA, DAY, 6_000_000, SIGNERS[0].address),
    ]
    assert sorted(path.name for path in manifests.iterdir()) == sorted(
        f"{str(each['evidence'])[2:]}.json" for each in told
    )
    assert [each.key for each in book(tmp_path).all()] == [(GPT, DAY), (LUNA, DAY)]


def test_fix_takes_the_readings_of_the_store(fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `observe` stored is today's window where no file is named; a window without readings gives no report."""
    config, clock = str(observed(fresh, tmp_path)), ToldClock(MIDNIGHT + 60)
    (tmp_path / "readings.jsonl").unlink()
    capsys.readouterr()
    assert fix.run(None, config=config, day=None, manifests=None, clock=clock) == 0
    assert [(each["day"], each["price"]) for each in lines(capsys.readouterr().out)] == [
        (DAY, 8_000_000),
        (DAY, 6_000_000),
    ]
    assert fix.run(None, config=config, day="2026-07-14", manifests=None, clock=clock) == 3
    assert [each["valid"] for each in lines(capsys.readouterr().out)] == [0, 0]
    assert [each.key for each in book(tmp_path).all()] == [(GPT, DAY), (LUNA, DAY)]


def test_observe_remembers_without_a_file(fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The price before is the store's, and the operator's word is logged there once and for all."""
    config, clock = str(node(fresh, tmp_path)), ToldClock(MIDNIGHT)
    assert observe.run(config, out=None, window=False, releases=(), clock=clock) == 0
    fresh.page = page(gpt="0.008")
    assert observe.run(config, out=None, window=False, releases=(), clock=clock) == 3
    assert "waits for the operator's release" in capsys.readouterr().err
    assert observe.run(config, out=None, window=False, releases=[f"{GPT}=0.008"], clock=clock) == 0
    fresh.page = page()
    assert observe.run(config, out=None, window=False, releases=(), clock=clock) == 3
    fresh.page = page(gpt="0.008")
    assert observe.run(config, out=None, window=False, releases=(), clock=clock) == 0


def test_an_old_book_is_taken_over_before_anything_is_signed(fresh: World, tmp_path: Path) -> None:
    """Each command refuses beside a book that the store does not know; the cure that it names works."""
    config, old = str(observed(fresh, tmp_path)), tmp_path / "reports.jsonl"
    old.write_bytes(report(0, 7, domain=fresh.ifx.oracle.domain()).canonical() + b"\n")
    for command in ("observe", "fix", "post"):
        code, out, err = invoke(command, "--config", config)
        assert (code, out) == (2, "")
        assert f"ifx-oracle import-book {old} --config" in err
    for new in (1, 0):
        code, out, _ = invoke("import-book", str(old), "--config", config)
        assert (code, lines(out)) == (0, [{"book": str(old), "imported": new, "reports": 1}])
    readings = str(tmp_path / "readings.jsonl")
    code, _, err = invoke("fix", readings, "--config", config)
    assert (code, "not signed again" in err) == (1, True)
    code, _, err = invoke("import-book", str(tmp_path / "none"), "--config", config)
    assert (code, "the report book cannot be read" in err) == (2, True)


def test_fix_makes_no_report_of_too_few_slots(fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Six valid slots: status INSUFFICIENT, price null, exit 3, and nothing is signed."""
    config = observed(fresh, tmp_path)
    readings = tmp_path / "readings.jsonl"
    readings.write_text("".join(readings.read_text().splitlines(keepends=True)[:12]))
    capsys.readouterr()
    assert fix.run(str(readings), config=str(config), day="2026-07-15", manifests=None) == 3
    told = capsys.readouterr()
    assert [(each["status"], each["price"], each["valid"]) for each in lines(told.out)] == [
        ("INSUFFICIENT", None, 6)
    ] * 2
    assert "6 valid slots of the 7 needed" in told.err
    assert book(tmp_path).all() == ()


def test_a_dry_run_posts_nothing(fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --post the answer is `ready`, and the chain stays as it is."""
    files = [str(fixed(fresh, tmp_path / str(index), index, capsys)) for index in (0, 1, 2)]
    block = fresh.ifx.chain.block_number()
    code = post.run(files, config=str(tmp_path / "0" / "node.toml"), day=None, post=False, wait=False)
    told = capsys.readouterr()
    assert code == 0
    assert [(each["underlying"], each["status"], each["price"]) for each in lines(told.out)] == [
        (GPT, "ready", 8_000_000),
        (LUNA, "ready", 6_000_000),
    ]
    assert "add --post" in told.err
    assert fresh.ifx.chain.block_number() == block


def test_post_goes_through_another_endpoint_and_names_the_first(
    fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody listens at `rpc`: one of `more_rpcs` is enough, and stderr says who is down."""
    files = [str(fixed(fresh, tmp_path / str(index), index, capsys)) for index in range(3)]
    config = tmp_path / "0" / "node.toml"
    down = 'rpc = "http://127.0.0.1:1"'
    config.write_text(config.read_text().replace(f'rpc = "{fresh.rpc}"', f'{down}\nmore_rpcs = ["{fresh.rpc}"]'))
    assert post.run(files, config=str(config), day=None, post=True, wait=False) == 0
    told = capsys.readouterr()
    assert [each["status"] for each in lines(told.out)] == ["posted", "posted"]
    assert "endpoint 1, http://127.0.0.1:1, down: eth_chainId: cannot connect" in told.err


def test_files_of_three_nodes_are_posted_in_one_transaction(
    fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both fixings are on chain with three signatures each; a second run finds them posted."""
    files = [str(fixed(fresh, tmp_path / str(index), index, capsys)) for index in (0, 1, 2)]
    config = str(tmp_path / "0" / "node.toml")
    assert post.run(files, config=config, day=None, post=True, wait=False) == 0
    told = lines(capsys.readouterr().out)
    assert [each["status"] for each in told] == ["posted", "posted"]
    assert len({each["tx"] for each in told}) == 1
    fixing = fresh.ifx.oracle.fixing(GPT, DAY)
    assert fixing is not None
    assert (fixing.price, fixing.signers) == (8_000_000, 0b0111)
    assert post.run(files, config=config, day=None, post=True, wait=False) == 0
    assert [each["status"] for each in lines(capsys.readouterr().out)] == ["already posted", "already posted"]


def test_peers_are_asked_where_no_file_is_given(
    fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The node's own book and two peers make the quorum; the third, which is down, is named."""
    for index in (0, 1, 2):
        fixed(fresh, tmp_path / str(index), index, capsys)
    with ExitStack() as stack:
        urls = [stack.enter_context(serve_reports(book(tmp_path / str(index)))) for index in (1, 2)]
        urls.append("http://127.0.0.1:1")
        peers = "".join(
            f'[[peers]]\nurl = "{url}"\naddress = "{SIGNERS[index].address}"\n'
            for index, url in zip((1, 2, 3), urls, strict=True)
        )
        config = node(fresh, tmp_path / "0", 0, peers=peers)
        clock = ToldClock(MIDNIGHT)
        assert post.run((), config=str(config), day=None, post=True, wait=True, clock=clock) == 0
    told = capsys.readouterr()
    assert [each["status"] for each in lines(told.out)] == ["posted", "posted"]
    assert "http://127.0.0.1:1" in told.err
    assert clock.waited == [MIDNIGHT]


def test_two_nodes_are_no_quorum(fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is sent below the quorum, and the command says how many are missing."""
    files = [str(fixed(fresh, tmp_path / str(index), index, capsys)) for index in (0, 1)]
    code = post.run(files, config=str(tmp_path / "0" / "node.toml"), day=None, post=True, wait=False)
    told = capsys.readouterr()
    assert code == 3
    assert [each["status"] for each in lines(told.out)] == ["no quorum", "no quorum"]
    assert "2 of 3 signatures" in told.err
    assert fresh.ifx.oracle.fixing(GPT, DAY) is None


def test_two_prices_are_named_and_a_list_is_read(
    fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two against one: both prices are said. One more on the first, and the odd one is named and left out."""
    domain = fresh.ifx.oracle.domain()

    def file(*nodes: int) -> str:
        found = [report(each, 1 if each == 2 else 8_000_000, domain=domain).to_json() for each in nodes]
        (tmp_path / "bundle.json").write_text(json.dumps(found, indent=1))
        return str(tmp_path / "bundle.json")

    config = str(node(fresh, tmp_path))
    assert post.run([file(0, 1, 2)], config=config, day=None, post=False, wait=False) == 3
    assert "the nodes disagree, 8000000 (2) and 1 (1) micro-USD/Mtok" in capsys.readouterr().err
    post.run([file(0, 1, 2, 3)], config=config, day=None, post=False, wait=False)
    told = capsys.readouterr()
    assert [each["status"] for each in lines(told.out)] == ["ready", "no quorum"]
    assert f"{SIGNERS[2].address} signed another price, 1" in told.err


def invoke(*arguments: str) -> tuple[int, str, str]:
    """Run the command as a shell would."""
    result = CliRunner().invoke(app, [*map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


def test_the_commands_run_from_the_shell(fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same through the command line's own options."""
    config = str(node(fresh, tmp_path))
    code, out, _ = invoke("observe", "--config", config, "--out", str(tmp_path / "r.jsonl"))
    assert code == 0
    assert [each["price"] for each in lines(out)] == [8_000_000, 6_000_000]
    report = str(fixed(fresh, tmp_path / "a", 0, capsys))
    code, out, _ = invoke("fix", str(tmp_path / "a" / "readings.jsonl"), "--config", str(tmp_path / "a" / "node.toml"))
    assert code == 0
    assert out == Path(report).read_text()
    code, out, err = invoke("post", report, "--config", str(tmp_path / "a" / "node.toml"))
    assert (code, [each["status"] for each in lines(out)]) == (3, ["no quorum", "no quorum"])
    assert "gather more nodes' reports" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("observe", "--config", "{folder}/none.toml"), "settings file"),
        (("observe", "--config", "{config}", "--release", "openai/gpt-4.1"), "--release NAME=USD"),
        (("observe", "--config", "{config}", "--release", "openai/gpt-4.1=cheap"), "not a valid price"),
        (("fix", "{folder}/none.jsonl", "--config", "{config}"), "readings file"),
        (("fix", "{empty}", "--config", "{config}"), "no reading"),
        (("fix", "{config}", "--config", "{config}"), "not JSON"),
        (("fix", "{future}", "--config", "{config}"), "its window is not over"),
        (("fix", "{past}", "--config", "{config}", "--day", "15.7.2026"), "YYYY-MM-DD"),
        (("post", "{folder}/none.json", "--config", "{config}"), "cannot be read"),
        (("post", "{empty}", "--config", "{config}"), "it is empty"),
        (("post", "{past}", "--config", "{config}"), "not a report"),
    ],
)
def test_bad_input_is_one_line_on_stderr(fresh: World, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2, the reason and the cure, nothing on stdout, and nothing was signed or sent."""
    reading = {"at": MIDNIGHT, "underlying": GPT, "page": "https://x.example", "sha256": "ab" * 32, "price": 5}
    (tmp_path / "past.jsonl").write_text(json.dumps(reading) + "\n")
    (tmp_path / "future.jsonl").write_text(json.dumps(reading | {"at": 90_000 * 86_400}) + "\n")
    (tmp_path / "empty").write_text("")
    places = {
        "folder": tmp_path,
        "config": node(fresh, tmp_path),
        "past": tmp_path / "past.jsonl",
        "future": tmp_path / "future.jsonl",
        "empty": tmp_path / "empty",
    }
    code, out, err = invoke(*(each.format(**places) for each in arguments))
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith(f"ifx-oracle {arguments[0]}: ")
    assert err.count(os.linesep) == 1
    assert book(tmp_path).all() == ()


def test_a_node_that_is_down_is_said(fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No chain, no post: exit 1, and the reports are still there to be posted later."""
    report = str(fixed(fresh, tmp_path, 0, capsys))
    config = tmp_path / "node.toml"
    config.write_text(config.read_text().replace(fresh.rpc, "http://127.0.0.1:1"))
    code, out, err = invoke("post", report, "--config", str(config), "--post")
    assert (code, out) == (1, "")
    assert "node http://127.0.0.1:1" in err


def test_a_second_different_report_is_refused(fresh: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A node that is asked to fix changed readings of a day it signed says so and signs nothing."""
    fixed(fresh, tmp_path, 0, capsys)
    readings = tmp_path / "readings.jsonl"
    readings.write_text(readings.read_text().replace("8000000", "7000000"))
    code, out, err = invoke("fix", str(readings), "--config", str(tmp_path / "node.toml"))
    assert (code, out) == (1, "")
    assert "is reported already at 8000000 micro-USD/Mtok; not signed again at 7000000" in err
    assert len(book(tmp_path).all()) == 2
