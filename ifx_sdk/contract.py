"""One contract at one address, seen through one chain: the base of the typed views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ifx_sdk.chain import Call, Chain
from ifx_sdk.codec import Codec
from ifx_sdk.errors import NoSigner
from ifx_sdk.node import Block
from ifx_sdk.outcomes import Journal, Outcome
from ifx_sdk.signers import Signer
from ifx_sdk.terms import parse_address

T = TypeVar("T")


class Contract:
    """Reads without a key; writes with the signer that it was given, and waits for their outcome."""

    def __init__(
        self, chain: Chain, address: str, codec: Codec, signer: Signer | None = None, journal: Journal | None = None
    ) -> None:
        """`signer` pays for and sends the writes; `journal` keeps them instead of the chain's own."""
        self.chain = chain
        self.address = parse_address(address)
        self.codec = codec
        self.signer = signer
        self.journal = journal
        chain.codecs.setdefault(self.address, codec)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address})"

    @property
    def account(self) -> str:
        """The signer's account. Raises `NoSigner`."""
        return self._signer().address

    def prepare(self, function: str, *args: object) -> Call:
        """A write, not yet sent: for a wallet of your own, or to estimate it."""
        name = f"{self.codec.name}.{function}"
        return Call(name=name, to=self.address, data=self.codec.encode_call(function, args))

    def send(self, call: Call, *, fee_cap: int | None = None) -> Outcome:
        """Send a prepared write with this view's signer, for at most `fee_cap` wei per gas. Raises as `Chain.send`."""
        return self.chain.send(call, self._signer(), journal=self.journal, fee_cap=fee_cap)

    def _signer(self) -> Signer:
        if self.signer is None:
            raise NoSigner
        return self.signer

    def _write(self, function: str, *args: object, fee_cap: int | None = None) -> Outcome:
        return self.send(self.prepare(function, *args), fee_cap=fee_cap)

    def _read(self, kind: type[T], function: str, *args: object, block: Block = "latest") -> T:
        answer = self.chain.call(self.codec, self.address, function, *args, block=block)
        if not isinstance(answer, kind):
            raise TypeError(f"{self.codec.name}.{function} answered {answer!r}, which is no {kind.__name__}")
        return answer


def integer(value: object) -> int:
    """An integer out of a decoded answer."""
    if not isinstance(value, int):
        raise TypeError(f"expected an integer, got {value!r}")
    return value


def text(value: object) -> str:
    """A text out of a decoded answer."""
    if not isinstance(value, str):
        raise TypeError(f"expected a text, got {value!r}")
    return value


def raw(value: object) -> bytes:
    """Bytes out of a decoded answer."""
    if not isinstance(value, bytes):
        raise TypeError(f"expected bytes, got {value!r}")
    return value


def items(value: object) -> Sequence[object]:
    """A list out of a decoded answer."""
    if not isinstance(value, tuple | list):
        raise TypeError(f"expected a list, got {value!r}")
    return value
