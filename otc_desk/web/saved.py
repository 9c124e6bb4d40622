""" "If we vanish" as one file with a deployment's contracts written into it, to be kept by counterparties.

    python -m otc_desk.web.saved deployments/local.toml > if-we-vanish.html

The same deployment and sources give the same bytes: whoever has both can hold a file against them.
"""

import hashlib
import json
import sys
from dataclasses import dataclass
from importlib import resources
from typing import Final

from ifx_sdk.deployment import Deployment

NAME: Final = "if-we-vanish.html"
"""As it is built, downloaded and saved."""
URL: Final = f"/{NAME}"
"""Where the desk gives it out."""
EMPTY: Final = b'<script type="application/json" id="deployment">null</script>'
"""What the build leaves for the contracts. It is data: no part of what the file's own policy names by its hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """The file for one deployment."""

    content: bytes
    """Its bytes."""

    @property
    def sha256(self) -> str:
        """What `sha256sum` says of it."""
        return hashlib.sha256(self.content).hexdigest()


def saved_page(deployment: Deployment, built: bytes | None = None) -> SavedPage:
    """The file that `make page` built, with a deployment's contracts in it."""
    if built is None:
        built = resources.files("otc_desk.web").joinpath("static", NAME).read_bytes()
    before, place, after = built.partition(EMPTY)
    if not place or EMPTY in after:
        raise AssertionError(f"{NAME} has not one place for the contracts: run `make page`")
    filled = EMPTY.replace(b"null", _contracts(deployment).encode())
    return SavedPage(content=before + filled + after)


def _contracts(found: Deployment) -> str:
    values = {
        "network": found.network,
        "chain_id": found.chain_id,
        "escrow": found.escrow,
        "token": found.token,
        "oracle": found.oracle,
        "timelock": found.timelock,
        "block": found.block,
    }
    return json.dumps(values).replace("<", "\\u003c")  # a network's name must not end the element


if __name__ == "__main__":
    sys.stdout.buffer.write(saved_page(Deployment.read(sys.argv[1])).content)
