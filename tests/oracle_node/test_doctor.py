"""The doctor finds each thing that a node lacks, says how to mend it, and finds nothing where nothing is wrong."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.chain import START
from support.faults import answering, serving, stuck_at
from support.nodes import GPT, LUNA, SIGNERS, ToldClock, page, write_settings
from support.sites import Site, site

from ifx_sdk import devnet
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_key
from ifx_sdk.errors import BadValue
from ifx_sdk.local_chain import LocalChain
from oracle_node import checks
from oracle_node.commands.doctor import run
from oracle_node.serving import Answer, serve

KEY, LOCAL = "node.key", "local.toml"
WELL = {"key", "disk", "chain", "contract", "clock", "listed", "rpc", "registered", "balance", "clock of the pages"}
WELL |= {"quorum", f"page {GPT}", f"page {LUNA}"}
Found = dict[str, dict[str, Any]]


@dataclass
class World:
    """A node that lacks nothing, and what a test takes away."""

    folder: Path
    """Of its settings."""
    ifx: IFX
    """The deployment; today's fixings are 8.00 and 6.00."""
    clock: ToldClock
    """The machine's clock, at the newest block."""
    site: Site
    """The publisher of both models."""
    peers: list[str]
    """URLs of the three other nodes, which have no report of today yet."""
    url: str
    """Of the RPC node."""
    capsys: pytest.CaptureFixture[str]
    serving: ExitStack

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.folder / "node.toml"

    def edit(self, old: str, new: str) -> None:
        """Change the settings."""
        assert old in self.config.read_text()
        self.config.write_text(self.config.read_text().replace(old, new))

    def doctor(self, mode: str = "post") -> tuple[int, Found]:
        """The exit code, and each check by its name."""
        code = run(config=str(self.config), mode=mode, as_json=True, clock=self.clock)
        lines = [json.loads(line) for line in self.capsys.readouterr().out.splitlines()]
        found = {line["check"]: line for line in lines}
        assert len(found) == len(lines)
        return code, found

    def told(self) -> str:
        """What a person reads."""
        self.capsys.readouterr()
        run(config=str(self.config), clock=self.clock)
        return self.capsys.readouterr().out


def deployed(chain: Chain, folder: Path) -> IFX:
    """Everything on a chain, with today's fixings."""
    ifx = devnet.start(chain, [GPT, LUNA], folder / LOCAL)
    devnet.post(ifx, {GPT: 8_000_000, LUNA: 6_000_000})
    return ifx


def well(folder: Path, ifx: IFX, url: str, capsys: pytest.CaptureFixture[str]) -> Iterator[World]:
    """Funded, registered, with pages and peers that answer."""
    clock = ToldClock(ifx.chain.timestamp())
    with ExitStack() as stack:
        publisher = stack.enter_context(site(clock))
        peers = [stack.enter_context(serve([nothing_yet])) for _ in range(3)]
        listed = "".join(
            f'[[peers]]\nurl = "{peer}"\naddress = "{signer.address}"\n'
            for peer, signer in zip(peers, SIGNERS[1:], strict=True)
        )
        write_settings(folder, page_url=f"{publisher.url}/pricing", rpc=url, extra=listed)
        yield World(folder, ifx, clock, publisher, peers, url, capsys, stack)


def nothing_yet(path: str) -> Answer | None:
    return None


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalChain, IFX, Path]:
    """An in-process chain with everything on it, and the folder of its deployment file."""
    local, folder = LocalChain(timestamp=START), tmp_path_factory.mktemp("deployed")
    return local, deployed(Chain(local.web3, chain_id=31337), folder), folder


@pytest.fixture
def world(once: tuple[LocalChain, IFX, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[World]:
    """On the in-process chain, behind a URL; what a test does to the chain is undone."""
    local, ifx, folder = once
    (tmp_path / LOCAL).write_text((folder / LOCAL).read_text())
    mark = local.snapshot()
    with serving(answering(local.web3)) as url:
        yield from well(tmp_path, ifx, url, capsys)
    local.revert(mark)


# ------------------------------------------------------------------------------------------------ all is well


def test_where_nothing_is_wrong_it_exits_0(node_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every check holds, on the in-process chain and on anvil; nothing is written beside the settings."""
    ifx = deployed(Chain(node_url, chain_id=31337).connect(), tmp_path)
    for world in well(tmp_path, ifx, node_url, capsys):
        before = sorted(tmp_path.iterdir())
        code, found = world.doctor()
        assert found.keys() == WELL | {f"peer {each}" for each in world.peers}
        assert {name for name, each in found.items() if not each["ok"]} == set()
        assert code == 0
        assert sorted(tmp_path.iterdir()) == before
        assert world.site.asked == ["/pricing"]
        assert found[f"page {GPT}"]["says"] == "8.00 USD/Mtok; as is the fixing of 2026-07-15"
        assert found["quorum"]["says"] == "4 of 4 registered nodes answer, 3 make a fixing"
        assert found["key"]["says"] == f"{SIGNERS[0].address} from {tmp_path / KEY}"


@pytest.mark.parametrize(
    ("mode", "without"),
    [("dry-run", {"key", "registered", "balance"}), ("sign", {"balance"}), ("post", set())],
)
def test_a_mode_asks_for_what_it_needs(mode: str, without: set[str], world: World) -> None:
    """A shadow needs no key, and who does not post no coin."""
    code, found = world.doctor(mode)
    assert code == 0
    assert found.keys() == WELL - without | {f"peer {each}" for each in world.peers}
    (world.folder / KEY).unlink()
    assert world.doctor(mode)[0] == (0 if "key" in without else 1)


def test_no_mode_is_made_up(world: World) -> None:
    """A word that is none is refused before anything is looked at."""
    with pytest.raises(BadValue, match="dry-run, sign or post"):
        run(config=str(world.config), mode="live", clock=world.clock)
    assert world.site.asked == []


# ------------------------------------------------------------------------------------------------ each thing missing


def key_open_to_others(world: World) -> None:
    (world.folder / KEY).chmod(0o644)


def keystore(world: World) -> Path:
    from eth_account import Account

    password = world.folder / "password"
    password.touch(mode=0o600)
    password.write_text("open sesame\n")
    store = json.dumps(Account.encrypt(dev_key(devnet.NODES[0]), "open sesame", kdf="pbkdf2", iterations=2))
    (world.folder / KEY).write_text(store)
    world.edit(f'file = "{KEY}"', f'file = "{KEY}"\npassword_file = "password"')
    return password


def password_missing(world: World) -> None:
    keystore(world).unlink()


def password_open_to_others(world: World) -> None:
    keystore(world).chmod(0o644)


def not_registered(world: World) -> None:
    (world.folder / KEY).write_text(dev_key(devnet.OUTSIDER).hex())


def not_listed(world: World) -> None:
    world.edit(f'name = "{LUNA}"', 'name = "openai/unheard-of"')


def no_deployment(world: World) -> None:
    (world.folder / LOCAL).unlink()


def another_chain(world: World) -> None:
    path = world.folder / LOCAL
    path.write_text(path.read_text().replace("chain_id = 31337", "chain_id = 1"))


def no_code(world: World) -> None:
    path = world.folder / LOCAL
    path.write_text(path.read_text().replace(world.ifx.oracle.address, SIGNERS[0].address))


def chain_down(world: World) -> None:
    world.edit(world.url, "http://127.0.0.1:1/v3/the-secret-token")


def one_endpoint_down(world: World) -> None:
    world.edit("[chain]", '[chain]\nmore_rpcs = ["http://127.0.0.1:1/v3/the-secret-token"]')


def one_endpoint_behind(world: World) -> None:
    good = world.ifx.chain.web3
    old = world.serving.enter_context(serving(answering(stuck_at(good, world.ifx.chain.block_number()).web3)))
    world.edit("[chain]", f'[chain]\nmore_rpcs = ["{old}"]')
    for _ in range(21):
        world.ifx.chain.node.request("evm_mine")
    world.clock.wait_until(world.ifx.chain.timestamp())


def clock_behind(world: World) -> None:
    world.clock.put_back(world.clock.now() - 31)


def clock_beside_the_pages(world: World) -> None:
    world.site.off = -3


def no_coin(world: World) -> None:
    chain, node = world.ifx.chain, SIGNERS[0]
    price = chain.node.block().base_fee
    # What is left pays for the transfer itself at any fee it may offer, and for fewer than 14 posts.
    value = chain.balance(node.address) - 21_000 * 4 * price - 10 * 164_000 * price
    chain.send(Call(name="away", to=SIGNERS[1].address, data=b"", value=value), node).confirmed()
    world.clock.wait_until(chain.timestamp())


def page_down(world: World) -> None:
    world.site.status = 503


def page_unreadable(world: World) -> None:
    world.site.text = "<html><body><h1>Are you a robot?</h1></body></html>"


def model_gone(world: World) -> None:
    world.site.text = page().replace("gpt-5.6-luna", "gpt-5.7-luna")


def two_peers_down(world: World) -> None:
    for each, down in zip(world.peers, DOWN, strict=False):
        world.edit(each, down.removeprefix("peer "))


PAGES = {f"page {GPT}", f"page {LUNA}"}
DOWN = "peer http://127.0.0.1:1", "peer http://127.0.0.1:2"
AILS: tuple[tuple[Callable[[World], None], set[str], str, str], ...] = (
    (key_open_to_others, {"key"}, "mode 0644: others can read the key", "chmod 600"),
    (password_missing, {"key"}, "password: cannot be read: No such file", "keystore's password"),
    (password_open_to_others, {"key"}, "password has mode 0644", "chmod 600"),
    (not_registered, {"registered"}, "is not one of 4 nodes registered on 2026-07-15, quorum 3", "schedule a signer"),
    (not_listed, {"listed"}, "not listed: openai/unheard-of", "have the oracle's owner add them"),
    (no_deployment, {"deployment"}, "local.toml", "ifx deploy"),
    (another_chain, {"chain"}, "it follows chain 31337, not 1", ""),
    (no_code, {"contract"}, "0 bytes of code", "right file under `deployment`"),
    (chain_down, {"chain"}, "cannot connect", ""),
    (one_endpoint_down, {"rpc"}, "http://127.0.0.1:1/… does not answer", "Replace an endpoint"),
    (one_endpoint_behind, {"rpc"}, "is at block", "far behind"),
    (clock_behind, {"clock"}, "the newest block is 31 s ahead of the clock", "timedatectl set-ntp true"),
    (clock_beside_the_pages, {"clock of the pages"}, "the clock is 3 s ahead of the publishers'", "timedatectl"),
    (no_coin, {"balance"}, "of the chain's coin pay for 1", f"coin to {SIGNERS[0].address}"),
    (page_down, PAGES, "status 503 Service Unavailable (http", "bot wall"),
    (page_unreadable, PAGES, "(http://127.0.0.1:", "ifx-oracle parse"),
    (model_gone, {f"page {LUNA}"}, "Luna", "`model` is its name"),
    (two_peers_down, {"quorum"}, "2 of 4 registered nodes answer, 3 make a fixing", "[[peers]]"),
)


@pytest.mark.parametrize(("ail", "checks", "says", "cure"), AILS, ids=[each[0].__name__ for each in AILS])
def test_what_is_missing_is_found_with_its_cure(
    ail: Callable[[World], None], checks: set[str], says: str, cure: str, world: World
) -> None:
    """It exits 1; what does not rest on what is missing holds still; no token of an address is shown."""
    assert world.doctor()[0] == 0
    ail(world)
    code, found = world.doctor()
    assert code == 1
    failing = {name for name, each in found.items() if not each["ok"] and each["gates"]}
    assert checks <= failing
    for name in checks:
        assert says in found[name]["says"]
        assert cure in found[name]["cure"]
    assert all(each["cure"] for each in found.values() if not each["ok"])
    # What rests on the chain cannot be looked at without it, nor what rests on the contract.
    resting = {"another_chain": {"contract", "clock", "listed", "rpc", "registered", "balance", "quorum"}}
    resting["chain_down"] = resting["another_chain"]
    resting["no_code"] = {"listed", "registered", "quorum"}
    resting["clock_behind"] = {"rpc"}
    assert failing - checks <= resting.get(ail.__name__, set())
    told = world.told()
    assert "the-secret-token" not in told + json.dumps(found)
    assert told.count("cure:") <= len([each for each in found.values() if not each["ok"]])


def test_what_is_only_news_exits_0(world: World) -> None:
    """Another price than the fixing's, a second page that differs, a peer that is down: to be read, not mended."""
    world.site.text = page(gpt="4.32")
    world.site.texts["/second"] = page(gpt="5.00")
    line = f'check = {{ provider = "openai", model = "gpt-4.1", page = "{world.site.url}/second" }}'
    world.edit('model = "gpt-4.1"', f'model = "gpt-4.1"\n{line}')
    world.edit(world.peers[0], "http://127.0.0.1:1")
    code, found = world.doctor()
    assert code == 0
    assert found[f"page {GPT}"]["says"] == "4.32 USD/Mtok; 8.00 USD/Mtok is the fixing of 2026-07-15"
    assert {name for name, each in found.items() if not each["ok"]} == {f"check {GPT}", "peer http://127.0.0.1:1"}
    assert found["quorum"]["says"].startswith("3 of 4")
    assert "look" in world.told()


def test_a_full_disk_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the node is, at half a gigabyte; its twin has room."""
    assert world.doctor()[0] == 0
    monkeypatch.setattr(checks, "LEAST_FREE_BYTES", 10**18)
    code, found = world.doctor()
    assert code == 1
    assert "MB free at" in found["disk"]["says"]
    assert "larger disk" in found["disk"]["cure"]


def test_everything_at_once_is_told_at_once(world: World) -> None:
    """A machine with nothing right on it: one run names all of it, so that it is mended in one go."""
    key_open_to_others(world)
    no_deployment(world)
    page_down(world)
    two_peers_down(world)
    code, found = world.doctor()
    assert code == 1
    failing = {name for name, each in found.items() if not each["ok"]}
    assert failing == {"key", "deployment", *PAGES, *DOWN}
    assert found["disk"]["ok"]


# ------------------------------------------------------------------------------------------------ how it is told


def test_a_person_reads_columns_and_both_times(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line a check, the cure below it, the time in UTC and here, and when the next window begins."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        key_open_to_others(world)
        lines = world.told().splitlines()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert lines[0].startswith("a node that is to run in mode post, looked at on 2026-07-15 00:00:")
    assert lines[0].endswith(" UTC (09:00:" + lines[0].rpartition(":")[2].removesuffix(" JST here)") + " JST here)")
    assert lines[1].startswith("NOT OK  key ")
    start = lines[1].index("key file")
    assert lines[2].index("cure: Run `chmod 600") == start
    assert all(line[:8] in ("ok      ", "        ", "NOT OK  ") for line in lines[1:-2])
    assert lines[-2] == "1 of 14 checks do not hold"
    assert lines[-1] == "the next window begins on 2026-07-15 23:00:00 UTC (08:00:00 JST here)"


def test_the_same_trouble_is_told_once(world: World) -> None:
    """A chain that is down fails seven checks: its reason and its cure stand there once."""
    chain_down(world)
    told = world.told()
    assert told.count("cannot connect") == 1
    assert told.count("it cannot be looked at without the chain") == 1
    assert told.count("as contract\n".rstrip()) == 5


def test_where_all_holds_it_says_so(world: World) -> None:
    """Nothing is to be mended, and nothing is to be read twice."""
    lines = world.told().splitlines()
    assert lines[-2] == "everything holds"
    assert "NOT OK" not in "\n".join(lines)
    assert sum("UTC" in line for line in lines) == 2
