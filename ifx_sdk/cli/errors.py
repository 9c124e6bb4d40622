"""What the command line itself refuses; leaves of the one tree of `ifx_sdk.errors`.

InputError
├── MissingOption         .option
├── KeyInTheOpen          .option
└── BadFile
    ├── BadApproval  BadBundle
    └── BadMessageFile
        └── NotAMessage
SignerError
└── WrongAccount          .account
IFXError
└── Interrupted
"""
# ruff: noqa: N818 - an error is named for what is wrong, as in ifx_sdk.errors

from __future__ import annotations

from ifx_sdk.errors import BadFile, BadMessageFile, IFXError, InputError, SignerError


class Interrupted(IFXError):
    """Ctrl-C while nothing was on its way."""

    cure = "Every transaction that was sent is told above with its outcome."

    def __init__(self) -> None:
        """Nothing more is known."""
        super().__init__("interrupted")


class MissingOption(InputError):
    """Something the command needs and that has no default."""

    def __init__(self, what: str, option: str, variable: str | None = None, form: str = "") -> None:
        """`what` is missing; `option` gives it, or the environment's `variable`; `form` is what to write there."""
        ways = f"{option} {form}".strip() + (f", or set {variable}={form}" if variable else "")
        super().__init__(f"no {what} was given", cure=f"Give {ways}.")
        self.option = option


class KeyInTheOpen(InputError):
    """A key, or the words of one, was given in place of a file or a value; it is not shown."""

    cure = (
        "Keep it in a keystore, or in a file that you alone can read (chmod 600), and name that file with --key-file. "
        "Histories and process lists may hold it now: better use a new one."
    )

    def __init__(self, option: str, what: str) -> None:
        """`option` it was given with, `what` it looks like."""
        super().__init__(f"what was given with {option} is {what}, not a file or a value to be shown")
        self.option = option


class BadApproval(BadFile):
    """An approval that cannot be read, or is of something else."""

    noun = "approval"
    cure = "Give the file that `ifx sign` wrote for this very file, or the signature as 0x and hexadecimal digits."


class NotAMessage(BadMessageFile):
    """A file that is neither terms nor a termination nor a novation."""

    noun = "file"
    cure = "Give a file that `ifx terms`, `ifx termination` or `ifx novation` wrote."


class BadBundle(BadFile):
    """Signed reports that cannot be read."""

    noun = "file of signed reports"
    cure = "Give underlying, day, price, evidence and signature of each, as oracle nodes write them."


class WrongAccount(SignerError):
    """The key that was given is another account's than the one that was named."""

    cure = "Give that account's key, or leave --account out."

    def __init__(self, named: str, held: str) -> None:
        """The account `named` and the one whose key is `held`."""
        super().__init__(f"the key is that of {held}, not of {named}")
        self.account = named
