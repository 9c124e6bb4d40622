"""Sign-In with Ethereum (EIP-4361), in the one shape that a desk takes: what a wallet shows, and what it proves. Pure.

The text is rebuilt from its fields and must come out the same, so that nothing can be hidden in another shape of it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from ifx_sdk.errors import BadValue, IFXError
from ifx_sdk.terms import parse_address

STATEMENT: Final = "Sign in to the desk. This books nothing and moves no money."
"""What the wallet shows in plain words."""
MAX_CHARS: Final = 1_000
"""No message is longer."""
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
_SHAPE: Final = re.compile(
    r"(?P<domain>[^\s/?#@]{1,255}) wants you to sign in with your Ethereum account:\n"
    r"(?P<account>0x[0-9a-fA-F]{40})\n\n"
    rf"{re.escape(STATEMENT)}\n\n"
    r"URI: (?P<uri>https?://\S{1,300})\n"
    r"Version: 1\n"
    r"Chain ID: (?P<chain_id>[0-9]{1,18})\n"
    r"Nonce: (?P<nonce>[A-Za-z0-9]{8,64})\n"
    r"Issued At: (?P<issued_at>[0-9T:Z-]{20})\n"
    r"Expiration Time: (?P<expires_at>[0-9T:Z-]{20})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What an account signs to show that it is itself."""

    domain: str
    """Host of the desk, with its port where there is one: a wallet warns where it is another site's."""
    account: str
    """Who signs in, checksummed."""
    uri: str
    """URL of the desk."""
    chain_id: int
    """The chain whose contracts the account may be one of."""
    nonce: str
    """The desk's, good for one use: 8 to 64 letters and digits."""
    issued_at: int
    """Unix seconds UTC."""
    expires_at: int
    """Unix seconds UTC; a signature that comes later is refused."""

    def text(self) -> str:
        """The message, as EIP-4361 writes it."""
        return (
            f"{self.domain} wants you to sign in with your Ethereum account:\n{self.account}\n\n{STATEMENT}\n\n"
            f"URI: {self.uri}\nVersion: 1\nChain ID: {self.chain_id}\nNonce: {self.nonce}\n"
            f"Issued At: {_written(self.issued_at)}\nExpiration Time: {_written(self.expires_at)}"
        )

    def digest(self) -> bytes:
        """What is signed: the EIP-191 hash of the text, 32 bytes."""
        from eth_utils.crypto import keccak

        message = self.text().encode()
        return keccak(b"\x19Ethereum Signed Message:\n" + str(len(message)).encode() + message)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a message. Raises `BadValue` for any other shape, also for one that another application might take."""
        found = _SHAPE.fullmatch(text) if len(text) <= MAX_CHARS else None
        if found is None:
            raise BadValue("the sign-in message", "it is not as this desk writes it", cure="Sign the text as it came.")
        try:
            made = cls(
                domain=found["domain"],
                account=parse_address(found["account"]),
                uri=found["uri"],
                chain_id=int(found["chain_id"]),
                nonce=found["nonce"],
                issued_at=_read(found["issued_at"]),
                expires_at=_read(found["expires_at"]),
            )
        except (IFXError, ValueError) as error:
            raise BadValue("the sign-in message", str(error), cure="Sign the text as it came.") from error
        if made.text() != text:
            raise BadValue("the sign-in message", "it is written in another way", cure="Sign the text as it came.")
        return made


def _written(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime(_TIME)


def _read(text: str) -> int:
    return int(datetime.strptime(text, _TIME).replace(tzinfo=UTC).timestamp())
