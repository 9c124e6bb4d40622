"""Signers that other packages bring, for keys in a KMS or an HSM.

A package brings one by an entry point of the group `ifx.signers` that names a function from the settings' `options` to
a `Signer`. `ifx_sdk.digest_signer.DigestSigner` makes one of any service that signs a digest; docs/operations.md shows
a whole package.
"""

from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Final

from ifx_sdk.errors import IFXError
from ifx_sdk.signers import Signer
from oracle_node.errors import BadSigner

GROUP: Final = "ifx.signers"
"""The entry points under which packages bring signers."""


def load_signer(name: str, options: Mapping[str, str]) -> Signer:
    """The signer of this name, made with these options. Raises `BadSigner`, and what the package raises of ours."""
    found = list(entry_points(group=GROUP, name=name))
    if len(found) != 1:
        names = ", ".join(sorted({each.name for each in entry_points(group=GROUP)})) or "none"
        why = "two packages bring it" if found else f"no installed package brings it; there are: {names}"
        raise BadSigner(name, why)
    try:
        signer = found[0].load()(dict(options))
    except IFXError:
        raise
    except (ImportError, AttributeError, TypeError, ValueError, LookupError, OSError) as error:
        raise BadSigner(name, f"{type(error).__name__}: {error}") from error
    if not isinstance(signer, Signer):
        raise BadSigner(name, f"{found[0].value} gives no signer")
    return signer
