"""What is wrong with a bundle: it cannot be read, or something in it does not match.

IFXError
├── BadBundleFile   .path .why     also a BadFile: the bundle or a part of it is no such thing
├── Mismatch        .step .part .expected .found
└── Unprovable      .what          also a ChainError: this node or chain gives no proof
"""
# ruff: noqa: N818 - an error is named for what is wrong, as in ifx_sdk.errors

from ifx_sdk.errors import BadFile, ChainError, IFXError


class BadBundleFile(BadFile):
    """A bundle, or a part of one, that cannot be read."""

    noun = "bundle"
    cure = "Make it anew with `ifx bundle ID --out FILE`, or get the file again from whom you have it."


class Mismatch(IFXError):
    """The first thing that does not match."""

    def __init__(self, step: str, part: str, *, expected: object, found: object) -> None:
        """`step` of the way back, `part` of the bundle in which it stands, what should be there and what is."""
        super().__init__(f"{step}: {part}: expected {expected}, found {found}")
        self.step = step
        self.part = part
        self.expected = str(expected)
        self.found = str(found)


class Unprovable(ChainError):
    """Something that this node, or this chain, gives no proof of."""

    cure = "Ask another node: one that answers eth_getProof and knows every transaction of the blocks."
