"""The desk as a process of its own, `ifx-desk serve`, with settings, key and database in one folder."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address, dev_key

PATIENCE: Final = 60
"""Seconds until a desk that does not answer has failed to start."""
_WAIT: Final = 10
_LOOK: Final = 0.1
ACCOUNTS: Final[Mapping[str, int]] = {
    "long treasury": devnet.LONG,
    "short treasury": devnet.SHORT,
    "operator": devnet.DEPLOYER,
}
"""For whom the page has a wallet, by their dev accounts."""


class DeskFailed(Exception):  # noqa: N818 - told as it is
    """The desk did not start, or ended."""


def settings(*, url: str, rpc: str, deployment: str, live: str) -> str:
    """The desk's settings, TOML."""
    accounts = [f'{{ name = "{name}", address = "{dev_address(index)}" }}' for name, index in ACCOUNTS.items()]
    lines = ['database = "sqlite:///desk.db"', f'url = "{url}"', f'operators = ["{dev_address(devnet.DEPLOYER)}"]']
    lines += ["[chain]", f'rpc = "{rpc}"', f"deployment = {json.dumps(deployment)}", "poll_seconds = 1"]
    lines += ["[key]", 'file = "desk.key"', "[oracle]", f'nodes = ["{live}"]']
    lines += ["[sandbox]", f"accounts = [{', '.join(accounts)}]"]
    return "\n".join(lines) + "\n"


@contextmanager
def starting(folder: Path, text: str, port: int) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Begin to start a desk, which ends with the block; gives what waits until it answers, and raises `DeskFailed`."""
    key, config, said = folder / "desk.key", folder / "desk.toml", folder / "desk.log"
    key.touch(mode=0o600)
    key.write_text(dev_key(devnet.DESK).hex() + "\n")
    config.write_text(text)
    command = [str(Path(sys.executable).with_name("ifx-desk"))]
    with said.open("ab") as log:
        subprocess.run([*command, "migrate", "--config", str(config)], check=True, stdout=log, stderr=log)
        serve = [*command, "serve", "--config", str(config), "--port", str(port)]
        process = subprocess.Popen(serve, stdout=log, stderr=log)
    try:
        yield lambda: _answering(process, f"http://127.0.0.1:{port}/api/sandbox", said)
    finally:
        process.terminate()
        try:
            process.wait(timeout=_WAIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answering(process: subprocess.Popen[bytes], url: str, log: Path) -> subprocess.Popen[bytes]:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.get(url).raise_for_status()
        except httpx.HTTPError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise DeskFailed(f"the desk did not start:\n{log.read_text()[-2_000:]}") from error
            time.sleep(_LOOK)
        else:
            return process
