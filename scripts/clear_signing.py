"""What wallets show for our messages and calls: the ERC-7730 descriptors of `clear_signing/`, checked and filled.

python scripts/clear_signing.py                                     check the templates
python scripts/clear_signing.py --deployment FILE --out DIR         write the descriptors of one deployment
python scripts/clear_signing.py --preview                           print what a wallet would show
python scripts/clear_signing.py --draw docs/clear-signing.svg       draw it
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pydantic import ValidationError

from ifx_sdk.deployment import Deployment, write_whole
from ifx_sdk.errors import IFXError
from scripts.descriptors import templates
from scripts.descriptors.examples import DEPLOYMENT, examples
from scripts.descriptors.fit import faults
from scripts.descriptors.screens import as_svg, as_text

DRAWN = (
    "Sign the terms",
    "Agree to an early end",
    "Agree to a change of side",
    "Deposit prefunding and half fee",
    "Withdraw the payout",
    "Approve the terms on chain",
    "Announce another desk, as the owner",
    "Report a price, as a node",
)
"""The examples in the picture."""


def check(deployment: Deployment) -> list[str]:
    """What is wrong with the descriptors of a deployment, by file; empty where nothing is."""
    found = []
    for template in templates.TEMPLATES:
        try:
            found += [
                f"{template.file}: {fault}" for fault in faults(template.descriptor(deployment), template.schema())
            ]
        except ValidationError as error:
            found += [f"{template.file}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    return found


def write(deployment: Deployment, folder: Path) -> list[Path]:
    """Write the descriptors of a deployment into a folder. Raises `BadFile`."""
    written = []
    for template in templates.TEMPLATES:
        path = folder / template.file
        write_whole(path, json.dumps(template.filled(deployment), indent=2) + "\n")
        written.append(path)
    return written


def picture() -> str:
    """The SVG of the chosen examples."""
    by_name = {example.name: example for example in examples()}
    return as_svg([by_name[name] for name in DRAWN])


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, write, print or draw; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--deployment", type=Path, metavar="FILE", help="deployments/<network>.toml")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the descriptors of --deployment go")
    parser.add_argument("--preview", action="store_true", help="print what a wallet would show for examples")
    parser.add_argument("--draw", type=Path, metavar="FILE", help="write the picture of the preview")
    options = parser.parse_args(arguments)
    if (options.deployment is None) != (options.out is None):
        parser.error("--deployment and --out go together")
    try:
        deployment = DEPLOYMENT if options.deployment is None else Deployment.read(options.deployment)
        if found := check(deployment):
            print("\n".join(found), file=sys.stderr)
            return 1
        if options.out is not None:
            for path in write(deployment, options.out):
                print(f"wrote {path}")
        elif options.preview:
            print("\n".join(as_text(example) for example in examples()))
        elif options.draw is not None:
            write_whole(options.draw, picture())
            print(f"wrote {options.draw}")
        else:
            print(f"{len(templates.TEMPLATES)} descriptors fit the contracts and the messages")
    except IFXError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
