"""Whether a descriptor fits what it describes: what no schema of descriptors can say. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scripts.descriptors.model import CONSTANTS, DEFINITIONS, Descriptor, HiddenField, RawField, Reference, TokenField


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """One value of a call or message that a screen can show."""

    path: str
    """Such as `terms.price` or `reports.[].day`."""
    kind: str
    """Its ABI type."""


Schema = Mapping[str, Sequence[Leaf]]
"""Key of a form -> the values that it must account for."""

FITS: Final[Mapping[str, frozenset[str]]] = {
    "unit": frozenset({"uint256"}),
    "date": frozenset({"uint256"}),
    "tokenAmount": frozenset({"uint256"}),
    "addressName": frozenset({"address"}),
    "amount": frozenset({"uint256"}),
    "duration": frozenset({"uint256"}),
    "calldata": frozenset({"bytes"}),
    "raw": frozenset({"uint256", "string", "bool", "bytes32"}),
}
"""Format -> the ABI types that it can show."""


def faults(descriptor: Descriptor, schema: Schema) -> list[str]:
    """Where a descriptor does not fit what it describes: forms, paths, types and references. Empty where it fits."""
    formats = descriptor.display.formats
    found = [f"no form for {key}" for key in schema if key not in formats]
    found += [f"a form for what does not exist: {key}" for key in formats if key not in schema]
    for key in formats:
        found += [f"{key.partition('(')[0]}: {fault}" for fault in _form_faults(descriptor, key, schema.get(key, ()))]
    used = {f.ref for form in formats.values() for f in form.fields if isinstance(f, Reference)}
    found += [f"unused definition {name}" for name in descriptor.display.definitions if DEFINITIONS + name not in used]
    return found


def _form_faults(descriptor: Descriptor, key: str, leaves: Sequence[Leaf]) -> Iterator[str]:
    for field in descriptor.display.formats[key].fields:
        if isinstance(field, Reference) and field.ref.removeprefix(DEFINITIONS) not in descriptor.display.definitions:
            yield f"no definition {field.ref}"
            return
    kinds = {leaf.path: leaf.kind for leaf in leaves}
    seen: set[str] = set()
    for field in descriptor.fields(key):
        path = field.path
        if isinstance(field, RawField) and (field.value is None) == (path is None):
            yield f"{field.label}: a path or a value, not both"
        if path is None:
            if not isinstance(field, RawField):
                yield f"{field.label}: no path"
            continue
        if path in seen:
            yield f"{path} twice"
        seen.add(path)
        if path not in kinds:
            yield f"no such field: {path}"
        elif not isinstance(field, HiddenField) and kinds[path] not in FITS[field.format]:
            yield f"{path}: {field.format} cannot show {kinds[path]}"
        if (
            isinstance(field, TokenField)
            and field.params.token.removeprefix(CONSTANTS) not in descriptor.metadata.constants
        ):
            yield f"{path}: no constant {field.params.token}"
    yield from (f"{path} is not accounted for" for path in kinds if path not in seen)
