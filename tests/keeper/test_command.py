"""`ifx keeper`: what it says, what it sends, and that it sends nothing unless it is told to."""

from pathlib import Path

import pytest
from support.commands import Shell, key_file, refused
from support.faults import answering, serving
from support.keepers import KEEPER, Matured

CAPS = ("--gas-price", "100", "--gas-per-day", "1000000", "--once")


@pytest.fixture
def shell(due: Matured, tmp_path: Path) -> Shell:
    """A prompt with a key, before the chain."""
    deployment = tmp_path / "local.toml"
    due.ifx.deployment.write(deployment)
    return Shell(env={"IFX_DEPLOYMENT": str(deployment), "IFX_KEY_FILE": key_file(tmp_path, KEEPER)})


def test_it_says_what_it_would_settle_and_settles_when_told(due: Matured, shell: Shell, tmp_path: Path) -> None:
    """A dry run first; then one transaction, which the next round finds mined."""
    state = ("--state", str(tmp_path / "keeper.db"))
    with serving(answering(due.local.web3)) as url:
        at = shell.having(IFX_RPC=url)
        dry = at.json("keeper", *CAPS, *state)
        assert dry["would"] == ["0x" + each.hex() for each in due.grouped]
        assert (dry["transaction"], due.settled()) == (None, 0)
        assert at.json("keeper", *CAPS, *state, "--settle")["sent"] == dry["would"]
        assert at.json("keeper", *CAPS, *state, "--settle")["settled"] == dry["would"]
        assert at.run("keeper", *CAPS, *state).ok().out == "nothing to settle\n"
    assert (due.settled(), due.transactions()) == (4, 1)


def test_settling_needs_a_key(due: Matured, shell: Shell, tmp_path: Path) -> None:
    """A node that signs for an account is none: gas is counted in signed bytes."""
    with serving(answering(due.local.web3)) as url:
        at = shell.having(IFX_RPC=url, IFX_KEY_FILE="")
        state = ("--state", str(tmp_path / "keeper.db"), "--settle", "--json")
        assert at.run("keeper", *CAPS, *state).code == 2
        account = due.ifx.chain.web3.eth.accounts[KEEPER]
        refused(at.run("keeper", *CAPS, *state, "--account", account), 2, "BadValue")
    assert due.settled() == 0
