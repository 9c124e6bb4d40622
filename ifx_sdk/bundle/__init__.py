"""Proofs that anyone can run: everything about one forward in one file, and the way back from its end to raw pages.

gather     a node of the chain and the oracle nodes' archives -> a Bundle      (gather.py)
pack       a Bundle -> the bytes of its file, and `unpack` back                (container.py)
verify     a Bundle -> every step computed again, without any network          (walk.py)
confirm    are the blocks that the proofs rest on the chain's?                 (walk.py)
"""

from ifx_sdk.bundle.container import Bundle, unpack
from ifx_sdk.bundle.errors import BadBundleFile, Mismatch, Unprovable
from ifx_sdk.bundle.gather import Gathered, gather
from ifx_sdk.bundle.steps import End, Step, Verdict, Verified
from ifx_sdk.bundle.walk import confirm, confirm_hashes, verify

__all__ = [
    "BadBundleFile",
    "Bundle",
    "End",
    "Gathered",
    "Mismatch",
    "Step",
    "Unprovable",
    "Verdict",
    "Verified",
    "confirm",
    "confirm_hashes",
    "gather",
    "unpack",
    "verify",
]
