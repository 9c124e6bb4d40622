"""Hold descriptor files against the `erc7730` package: run by the Python of its own environment, not by ours.

    .tools/erc7730/bin/python scripts/descriptors/by_erc7730.py FILE...

Reads, resolves and lints each file and converts it to what hardware wallets take, without asking the network for ABIs.
Prints one line for each complaint; the last line counts what was converted. Exit code 1 where there was a complaint.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(files: list[str]) -> int:
    """Check the files; returns the exit code."""
    from erc7730.common.output import ListOutputAdder  # type: ignore[import-not-found]
    from erc7730.convert.calldata import convert_erc7730_v2_input_to_calldata as to_calls  # type: ignore[import-not-found]
    from erc7730.convert.ledger.eip712 import convert_erc7730_v2_to_eip712 as to_messages  # type: ignore[import-not-found]
    from erc7730.convert.resolved.v2.convert_erc7730_input_to_resolved import ERC7730InputToResolved  # type: ignore[import-not-found]
    from erc7730.lint.v2.lint_transaction_type_classifier import ClassifyTransactionTypeLinter  # type: ignore[import-not-found]
    from erc7730.lint.v2.lint_validate_eip712_keys import ValidateEIP712KeysLinter  # type: ignore[import-not-found]
    from erc7730.lint.v2.lint_validate_max_length import ValidateMaxLengthLinter  # type: ignore[import-not-found]
    from erc7730.model.input.v2.context import InputContractContext  # type: ignore[import-not-found]
    from erc7730.model.input.v2.descriptor import InputERC7730Descriptor  # type: ignore[import-not-found]

    complaints, calls, messages = 0, 0, 0
    for file in files:
        out = ListOutputAdder()
        given = InputERC7730Descriptor.load(Path(file))
        resolved = ERC7730InputToResolved().convert(given, out)
        if resolved is not None:
            for linter in (ValidateEIP712KeysLinter(), ClassifyTransactionTypeLinter(), ValidateMaxLengthLinter()):
                linter.lint(given, resolved, out)
            if isinstance(given.context, InputContractContext):
                calls += len(to_calls.erc7730_v2_descriptor_to_calldata_descriptors(given))
            else:
                converted = to_messages.ERC7730V2toEIP712Converter().convert(given, out) or {}
                messages += sum(len(c.messages) for each in converted.values() for c in each.contracts)
        for each in out.outputs:
            print(f"{Path(file).name}: {each.level.name.lower()}: {each.title}: {each.message}")
        complaints += len(out.outputs)
    print(f"{calls} calls and {messages} messages converted")
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
