"""A counterparty follows docs/if-we-vanish.md: no desk, no oracle, only a node; every block is run as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.chain import GPT, START, anvil_binary
from support.commands import environment
from support.trading import Trading, open_trading
from support.tree import ROOT

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.records import Status
from scripts.anvil import free_port, running

BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs" / "if-we-vanish.md").read_text(), re.DOTALL | re.MULTILINE)
PATIENCE = 180
"""Seconds for all commands together; they take about 15."""


def follow(trading: Trading, forward: bytes, folder: Path) -> str:
    """Run the document's commands with this chain's values in the place of its words; what they said."""
    deployment = trading.ifx.deployment
    script = "set -eu\n" + "".join(BLOCKS)
    for word, here in (
        ("TOKEN", deployment.token),
        ("ORACLE", deployment.oracle),
        ("ESCROW", deployment.escrow),
        ("TIMELOCK", deployment.timelock),
        ("ACCOUNT", dev_address(devnet.LONG)),
        ("FORWARD", "0x" + forward.hex()),
        ("http://127.0.0.1:8545", str(trading.ifx.chain.url)),
    ):
        assert word in script
        script = re.sub(rf"\b{word}\b", here, script)
    path = f"{Path(sys.executable).parent}:{environment()['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment(PATH=path),
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_documents_commands_pay_a_counterparty(tmp_path: Path) -> None:
    """A cut from 8.00 to 4.32 against 7.70: the long gets 462,000 of its 800,000 back, and nothing stays allowed."""
    assert len(BLOCKS) == 4
    with running(anvil_binary(), free_port(), timestamp=START) as (chain, _):
        trading = open_trading(devnet.start(chain, [GPT]))
        trading.fix({GPT: 8_000_000})
        agreed = trading.terms(GPT)
        forward = trading.book(agreed)
        trading.go_to(agreed.maturity + 3_600)
        trading.fix({GPT: 4_320_000})
        waiting = trading.terms(GPT)
        (tmp_path / "terms.json").write_text(waiting.to_json())
        (tmp_path / "my.key").touch(mode=0o600)
        (tmp_path / "my.key").write_text(dev_key(devnet.LONG).hex() + "\n")
        long, before = dev_address(devnet.LONG), trading.ifx.token.balance(dev_address(devnet.LONG))

        said = follow(trading, forward, tmp_path)

        escrow, token = trading.ifx.escrow, trading.ifx.token
        assert token.balance(long) == before + 462_000_000_000
        assert (escrow.balance_of(long), token.allowance(long)) == (0, 0)
        assert escrow.balance_of(dev_address(devnet.SHORT)) == 1_138_000_000_000
        assert escrow.forward(forward).status is Status.SETTLED
        assert escrow.forward(escrow.terms_id(waiting)).status is Status.REVOKED
        assert "0x" + forward.hex() in said


@pytest.mark.parametrize("command", ["forwards", "balance", "forward", "settle", "withdraw", "allow", "revoke"])
def test_the_document_shows_every_command(command: str) -> None:
    """Looking, being paid, taking back."""
    assert re.search(rf"^ifx {command} ", "".join(BLOCKS), re.MULTILINE)
