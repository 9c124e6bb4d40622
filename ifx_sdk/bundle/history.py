"""Everything that a bundle proves to have happened, oldest first, and which of it the way back has needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ifx_sdk.artifacts import codec
from ifx_sdk.bundle.blocks import part_name
from ifx_sdk.bundle.container import Bundle
from ifx_sdk.bundle.errors import BadBundleFile, Mismatch
from ifx_sdk.bundle.mined import FOLDER, Mined, read_mined
from ifx_sdk.codec import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Happened:
    """One event of one of our contracts, proven."""

    event: Event
    """What was logged."""
    mined: Mined
    """The transaction in which it was."""

    @property
    def at(self) -> int:
        """The block's time, unix seconds UTC."""
        return self.mined.header.timestamp

    @property
    def place(self) -> tuple[int, int, int]:
        """Its order among all events: block, transaction, log."""
        return self.mined.header.number, self.mined.index, self.event.log_index


class History:
    """The events of escrow and oracle in a bundle, each proven against its block's header."""

    def __init__(self, bundle: Bundle) -> None:
        """Proves every transaction of the bundle. Raises `BadBundleFile`, `Mismatch`."""
        self._bundle = bundle
        codecs = {bundle.escrow: codec("ForwardEscrow"), bundle.oracle: codec("FixingOracle")}
        mined = [read_mined(bundle, name, codecs) for name in bundle.parts if name.startswith(FOLDER)]
        found = [Happened(event=event, mined=each) for each in mined for event in each.events]
        self._events = sorted(found, key=lambda each: each.place)
        self._used: set[str] = set()

    def all(self, name: str) -> Iterator[Happened]:
        """The events of a name, oldest first; nothing is noted as needed."""
        return (each for each in self._events if each.event.name == name)

    def use(self, happened: Happened) -> Happened:
        """Note that the way back needed it."""
        self._used |= {happened.mined.part, part_name(happened.mined.header.number)}
        return happened

    def use_part(self, name: str) -> None:
        """Note that the way back needed a part."""
        self._used.add(name)

    def only(self, step: str, name: str, **wanted: object) -> Happened:
        """The one event of a name with these arguments. Raises `Mismatch`, `BadBundleFile` where there are several."""
        found = [each for each in self.all(name) if all(each.event.args.get(k) == v for k, v in wanted.items())]
        told = ", ".join(f"{key} {'0x' + v.hex() if isinstance(v, bytes) else v}" for key, v in wanted.items())
        if not found:
            raise Mismatch(step, FOLDER, expected=f"{name} of {told}", found="no such event in the bundle")
        if len(found) > 1:
            raise BadBundleFile(f"part {found[1].mined.part}", f"{name} of {told} is there twice")
        return self.use(found[0])

    def hold_all_used(self) -> None:
        """Hold that every part belongs to this forward. Raises `BadBundleFile` for the first that does not."""
        for name in self._bundle.parts:
            if name not in self._used:
                raise BadBundleFile(f"part {name}", "it has no part in this forward")
