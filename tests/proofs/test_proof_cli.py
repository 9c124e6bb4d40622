"""`ifx bundle` and `ifx verify` as typed: online, from a file, with exit codes and JSON."""

import importlib.metadata
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from support.commands import Shell, refused
from support.evidence import archive_handler
from support.faults import answering
from support.faults import serving as serving_rpc
from support.proofs import Story, World, forged

from ifx_sdk.bundle import Bundle, pages
from oracle_node.serving import serving


@pytest.fixture(scope="module")
def shell(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A prompt with the chain's URL and the deployment's file."""
    deployment = tmp_path_factory.mktemp("deployment") / "local.toml"
    world.ifx.deployment.write(deployment)
    with serving_rpc(answering(world.chain.web3)) as url:
        yield Shell(env={"IFX_RPC": url, "IFX_DEPLOYMENT": str(deployment)})


@pytest.fixture
def file(bundles: Mapping[str, Bundle], tmp_path: Path) -> str:
    """The point forward's bundle."""
    path = tmp_path / "forward.zip"
    path.write_bytes(bundles["point"].pack())
    return str(path)


def folders(world: World) -> list[str]:
    """The archives' options."""
    return [f"--from={world.archive(node).folder}" for node in range(3)]


def test_bundle_then_verify(shell: Shell, story: Story, bundles: Mapping[str, Bundle], tmp_path: Path) -> None:
    """One file, the same as any other's; from it alone, without node and deployment, every step holds."""
    id, out = "0x" + story.ids["average"].hex(), str(tmp_path / "average.zip")
    made = shell.json("bundle", id, "--out", out, *folders(story.world))
    data = Path(out).read_bytes()
    assert made == {"file": out, "bytes": len(data), "parts": len(bundles["average"].parts), "missing": []}
    assert data == bundles["average"].pack()
    text = Shell().run("verify", out).ok().out
    lines = text.splitlines()
    assert lines[0] == f"forward {id}"
    assert "settlement price  ok  5.056 USD/Mtok: the mean of 5 days" in text
    assert "PASS: every step holds, from the end back to the raw pages" in lines
    assert lines[lines.index("Not proven here:") + 1].startswith("- that 8 block hashes are the chain's")
    assert "it exists already" in refused(shell.run("bundle", id, "--out", out, "--json"), 2, "BadFile")
    shell.run("bundle", id, "--out", out, "--force", *folders(story.world)).ok()


def test_verify_by_id_asks_chain_and_nodes(shell: Shell, story: Story) -> None:
    """In one go, from the nodes' read-only archives over HTTP; nothing is left open."""
    with serving(archive_handler(story.world.archive(0))) as url:
        found = shell.json("verify", "0x" + story.ids["point"].hex(), "--from", url)
    assert (found["verdict"], found["end"], found["mismatch"]) == ("PASS", "settled", None)
    assert all(each["confirmed"] for each in found["blocks"])
    assert found["not_proven"] == ["what 4 parts of evidence hold that are not here"]


def test_verify_without_archives_is_not_proven(shell: Shell, story: Story) -> None:
    """Exit 1, the days named, and where to get their pages."""
    ran = shell.run("verify", "0x" + story.ids["point"].hex())
    assert ran.code == 1
    assert "NOT PROVEN: all that is here holds, but no node's evidence is whole for 2 fixings" in ran.out
    assert "no archive was named" in ran.err


def test_a_file_needs_no_network(file: str, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket can be opened: it passes, also where the environment names a node and --offline says not to ask."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assert Shell().json("verify", file)["verdict"] == "PASS"
    assert shell.json("verify", file, "--offline")["verdict"] == "PASS"
    with pytest.raises(AssertionError, match="a socket was opened"):
        shell.run("verify", file)


def test_block_hashes_are_confirmed_by_node_or_by_hand(file: str, shell: Shell) -> None:
    """All by --rpc, one by --block-hash; a hash that is no block's is a mismatch."""
    assert all(each["confirmed"] for each in shell.json("verify", file)["blocks"])
    newest = Shell().json("verify", file)["blocks"][-1]
    found = Shell().json("verify", file, "--block-hash", newest["hash"])
    assert [each["number"] for each in found["blocks"] if each["confirmed"]] == [newest["number"]]
    ran = Shell().run("verify", file, "--block-hash", "0x" + "ab" * 32, "--json")
    assert (ran.code, ran.json["mismatch"]["step"]) == (1, "block hash")


def test_an_id_beside_a_file_must_be_its_own(file: str, story: Story) -> None:
    """And is; another forward's file is a mismatch with both ids."""
    own, other = ("0x" + story.ids[name].hex() for name in ("point", "average"))
    assert Shell().json("verify", own, "--bundle", file)["verdict"] == "PASS"
    ran = Shell().run("verify", other, "--bundle", file, "--json")
    assert ran.code == 1
    assert ran.json["mismatch"] == {"step": "forward", "part": "part bundle.json", "expected": other, "found": own}


def test_a_mismatch_is_shown_with_both_values(bundles: Mapping[str, Bundle], tmp_path: Path) -> None:
    """Exit 1; the steps before it hold, nothing after it is claimed."""
    path = tmp_path / "forged.zip"
    path.write_bytes(forged(bundles["point"], {"terms.json": bundles["average"].parts["terms.json"]}).pack())
    ran = Shell().run("verify", str(path))
    assert ran.code == 1
    assert ran.out.splitlines()[-4:] == [
        "FAIL: terms: their digest does not match; nothing after it was looked at",
        "  in        part terms.json",
        f"  expected  0x{bundles['point'].id.hex()}",
        f"  found     0x{bundles['average'].id.hex()}",
    ]


def test_what_is_no_bundle_exits_2_with_the_cure(tmp_path: Path, shell: Shell) -> None:
    """A file of other bytes, one that is not there, an id that was never booked."""
    path = tmp_path / "page.html"
    path.write_text("<html>")
    assert "it is no zip" in refused(Shell().run("verify", str(path), "--json"), 2, "BadBundleFile")
    missing = refused(Shell().run("verify", str(tmp_path / "none.zip"), "--json"), 2, "BadFile")
    assert "`ifx bundle` wrote" in missing
    assert "no forward" in refused(shell.run("bundle", "0x" + "11" * 32, "--json"), 1, "NoSuchForward")


def test_without_the_extra_it_is_named(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bare install has neither Merkle proofs nor page families."""
    monkeypatch.setitem(sys.modules, "trie", None)
    assert "ifx[verify]" in refused(Shell().run("verify", file, "--json"), 2, "MissingExtra")
    monkeypatch.undo()
    pages.page_reader.cache_clear()
    monkeypatch.setattr(pages, "entry_points", lambda **_: importlib.metadata.EntryPoints(()))
    try:
        assert "ifx[verify]" in refused(Shell().run("verify", file, "--json"), 2, "MissingExtra")
    finally:
        pages.page_reader.cache_clear()


def test_a_node_on_another_chain_is_a_mismatch(bundles: Mapping[str, Bundle], shell: Shell, tmp_path: Path) -> None:
    """The file says which chain it is of, and every signature in it too."""
    path = tmp_path / "other.zip"
    path.write_bytes(forged(bundles["point"], chain_id=1).pack())
    assert shell.run("verify", str(path)).code == 1
