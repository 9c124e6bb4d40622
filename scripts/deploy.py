"""Deploy IFX from the packaged artifacts: the same code, run plainly or through Ape.

    python scripts/deploy.py --rpc URL                                      the local chain, with its well-known keys
    python scripts/deploy.py --rpc URL --plan plan.toml --keystore key.json  any other network
    ape run deploy --network ethereum:local:foundry                          Ape's node; IFX_PLAN, IFX_KEYSTORE: files

A plan file has the fields of `ifx_sdk.deploy.DeployPlan` as keys. The deployment is written to
`deployments/<network>.toml`, unless the chain lives in this process and ends with it. A file that exists is not written
over; where the deployment stops halfway, `<network>.toml.partial` holds the addresses so far, and `--resume` goes on
from it. In the end the timelock owns oracle and escrow, and the deployer owns nothing.
"""

from __future__ import annotations

import argparse
import getpass
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.deploy import DEVNET_CHAIN_ID, DeployPlan, deploy, deploy_to
from ifx_sdk.deployment import Deployment
from ifx_sdk.errors import IFXError, NoSigner
from ifx_sdk.outcomes import FileJournal
from ifx_sdk.signers import KeySigner, Signer

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """What `ape run deploy` calls: the node is the one that Ape is connected to."""
    from ape import networks

    plan, keystore = os.environ.get("IFX_PLAN"), os.environ.get("IFX_KEYSTORE")
    _deploy(Chain(networks.provider.web3), plan, keystore, None, resume=False)


def command_line(arguments: Sequence[str] | None = None) -> int:
    """What `python scripts/deploy.py` calls; returns the exit code."""
    parser = argparse.ArgumentParser(description="Deploy IFX from the packaged artifacts.")
    parser.add_argument("--rpc", required=True, help="URL of the node")
    parser.add_argument("--plan", help="plan file; without it the local chain's, on chain 31337 only")
    parser.add_argument("--keystore", help="JSON keystore of the deployer; its password is asked for")
    parser.add_argument("--out", type=Path, help="where to write the deployment (deployments/<network>.toml)")
    parser.add_argument("--resume", action="store_true", help="go on from the .partial file of an earlier run")
    given = parser.parse_args(arguments)
    try:
        _deploy(Chain(given.rpc), given.plan, given.keystore, given.out, resume=given.resume)
    except IFXError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _deploy(chain: Chain, plan_file: str | None, keystore: str | None, out: Path | None, *, resume: bool) -> Deployment:
    chain.connect()
    plan = devnet.plan() if plan_file is None else DeployPlan.from_toml(plan_file)
    signer = _signer(chain, keystore)
    if out is None and chain.url == "in-process":
        deployment = deploy(chain, signer, plan, commit=_commit())
    else:
        target = out or ROOT / "deployments" / f"{plan.network}.toml"
        # The local chain's own file is a throwaway: it is made anew with every chain. Any other is a record.
        deployment = deploy_to(
            target,
            chain,
            signer,
            plan,
            commit=_commit(),
            journal=_journal(chain, target),
            overwrite=out is None and plan_file is None,
            resume=resume,
        )
        print(f"wrote {target.name}")
    print(deployment.to_toml(), end="")
    return deployment


def _journal(chain: Chain, target: Path) -> FileJournal | None:
    return None if chain.chain_id == DEVNET_CHAIN_ID else FileJournal(target.with_suffix(".journal.jsonl"))


def _signer(chain: Chain, keystore: str | None) -> Signer:
    if keystore is not None:
        return KeySigner.from_keystore(keystore, getpass.getpass(f"Password of {keystore}: "))
    if chain.chain_id != DEVNET_CHAIN_ID:
        raise NoSigner
    return devnet.signer(devnet.DEPLOYER)


def _commit() -> str | None:
    """The checkout's commit, where it is a checkout without changes."""
    git = ["git", "-C", str(ROOT)]
    try:
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True).stdout
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
    return None if changed else head


if __name__ == "__main__":
    raise SystemExit(command_line())
