"""The desk's worker as a process that is killed (SIGKILL) at every point between approval and final, on a real node."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.booking import LONG, SHORT, approved, bookings, fund, row, terms_of
from support.chain import GPT, LUNA
from support.desk import client_of, desk_on, sqlite
from support.tree import ROOT

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address

POINTS = ("after the journal", "after the broadcast", "before the note")
"""Where processes differ from `test_booking_crashes`, which has every point: what is on disk counts."""


@pytest.fixture(scope="module")
def on_anvil(anvil_url: str) -> Iterator[IFX]:
    """Everything deployed on anvil, both parties funded; the node goes back to where it was."""
    chain = Chain(anvil_url, chain_id=31337).connect()
    mark = chain.node.request("evm_snapshot")
    found = devnet.start(chain, [GPT, LUNA])
    devnet.post(found, {GPT: 8_000_000})
    fund(found, LONG, SHORT)
    yield found
    chain.node.request("evm_revert", mark)


def run(folder: Path, ifx: IFX, url: str, point: str, count: int) -> subprocess.CompletedProcess[str]:
    """The worker in a process of its own."""
    path = folder / "local.toml"
    ifx.deployment.write(path)
    code = "import sys; sys.path[:0] = ['tests']; from support.desk_worker import main; main(*sys.argv[1:])"
    command = [sys.executable, "-c", code, sqlite(folder), url, str(path), point, str(count)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("point", POINTS)
def test_killed_as_a_process_it_books_once(tmp_path: Path, on_anvil: IFX, anvil_url: str, point: str) -> None:
    """Killed there; the next process takes the lock, finishes, and finds nothing to do twice."""
    before, nonce = bookings(on_anvil), on_anvil.chain.node.nonce(dev_address(devnet.DESK))
    with desk_on(sqlite(tmp_path), on_anvil) as desk:
        terms = terms_of(desk)
        id = approved(desk, client_of(desk), terms)
        killed = run(tmp_path, on_anvil, anvil_url, point, 4)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        ended = run(tmp_path, on_anvil, anvil_url, "none", 4)
        assert (ended.returncode, ended.stdout.splitlines()[-1]) == (0, "ended"), ended.stderr
        assert row(desk, id).state == "done"
    assert bookings(on_anvil) == [*before, on_anvil.escrow.terms_id(terms)]
    assert on_anvil.chain.node.nonce(dev_address(devnet.DESK)) == nonce + 1
