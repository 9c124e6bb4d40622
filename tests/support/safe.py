"""A real Safe, from the compiled contracts of npm's `@safe-global/safe-contracts`: made, asked and set to work.

Everything that owners sign is computed here from the Safe's own EIP-712 types, not asked of the contracts; a test
holds both together. Signatures are 65 bytes an owner, in the order of the owners' addresses.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from ifx_sdk.artifacts import ERC1271
from ifx_sdk.chain import Call, Chain
from ifx_sdk.codec import Codec
from ifx_sdk.outcomes import Outcome
from ifx_sdk.signers import Signer

ZERO = "0x" + "0" * 40
CALL, DELEGATECALL = 0, 1
DOMAIN_TYPE = keccak(text="EIP712Domain(uint256 chainId,address verifyingContract)")
MESSAGE_TYPE = keccak(text="SafeMessage(bytes message)")
TRANSACTION_TYPE = keccak(
    text="SafeTx(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,"
    "uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce)"
)
FACTORY = "proxies/SafeProxyFactory"
HANDLER = "handler/CompatibilityFallbackHandler"
SIGN_MESSAGE = "libraries/SignMessageLib"


def message_data(message: bytes, safe: str, chain_id: int) -> bytes:
    """A message in the EIP-712 domain of the Safe at `safe`: a contract among the owners is shown these 66 bytes."""
    return _typed_data(MESSAGE_TYPE + keccak(message), safe, chain_id)


def message_hash(message: bytes, safe: str, chain_id: int) -> bytes:
    """What each owner of the Safe at `safe` signs so that ERC-1271 approves `message`, which is a digest for us."""
    return keccak(message_data(message, safe, chain_id))


def by_contract(owner: str, place: int) -> bytes:
    """The 65 bytes in an owner's place that say: it is a contract, and its own signature begins at byte `place`."""
    return encode(["address", "uint256"], [owner, place]) + b"\0"


def joined(digest: bytes, owners: Sequence[Signer]) -> bytes:
    """The owners' signatures over what they sign, in the order of their addresses."""
    return b"".join(owner.sign_digest(digest) for owner in sorted(owners, key=lambda owner: int(owner.address, 16)))


class SafeContracts:
    """What all Safes of a chain share: singleton, factory, fallback handler, and the library that approves messages."""

    def __init__(self, chain: Chain, package: Path, payer: Signer, singleton: str = "Safe") -> None:
        """Deploy them from the npm package; `payer` pays for this and for what owners have signed."""
        self.chain = chain
        self.payer = payer
        self._build = package / "build" / "artifacts" / "contracts"
        self.codec = self._codec(singleton)
        self.singleton = self._deploy(singleton)
        self.factory = self._deploy(FACTORY)
        self.handler = self._deploy(HANDLER)
        self.sign_message = self._deploy(SIGN_MESSAGE)

    def create(self, owners: Sequence[Signer], threshold: int) -> Safe:
        """A new Safe of which `threshold` of `owners` (addresses alone go on chain) decide."""
        accounts = [owner.address for owner in owners]
        setup = self.codec.encode_call("setup", [accounts, threshold, ZERO, b"", self.handler, ZERO, 0, ZERO])
        number = int.from_bytes(keccak(setup)[:8], "big")
        factory = self._codec(FACTORY)
        self.chain.codecs.setdefault(self.factory, factory)
        data = factory.encode_call("createProxyWithNonce", [self.singleton, setup, number])
        created = self.chain.send(Call(name="Safe.create", to=self.factory, data=data), self.payer).confirmed()
        address = str(created.event("ProxyCreation").args["proxy"])
        self.chain.codecs.setdefault(address, self.codec)
        return Safe(contracts=self, address=address, owners=tuple(owners), threshold=threshold)

    @cached_property
    def handler_codec(self) -> Codec:
        """How a Safe's fallback handler is asked."""
        return self._codec(HANDLER)

    def _artifact(self, path: str) -> dict[str, object]:
        found: dict[str, object] = json.loads((self._build / f"{path}.sol" / f"{Path(path).name}.json").read_text())
        return found

    def _codec(self, path: str) -> Codec:
        abi = self._artifact(path)["abi"]
        assert isinstance(abi, list)
        return Codec(Path(path).name, [entry for entry in abi if entry["type"] in ("function", "event")])

    def _deploy(self, path: str) -> str:
        data = bytes.fromhex(str(self._artifact(path)["bytecode"]).removeprefix("0x"))
        address = self.chain.send(Call(name=path, to=None, data=data), self.payer).confirmed().contract_address
        assert address is not None
        return address


@dataclass(frozen=True, kw_only=True, slots=True)
class Safe:
    """One Safe and the owners that sign for it."""

    contracts: SafeContracts
    """What it runs on."""
    address: str
    """The proxy, checksummed."""
    owners: tuple[Signer, ...]
    """As it was made, in any order."""
    threshold: int
    """How many owners decide."""

    @property
    def deciding(self) -> tuple[Signer, ...]:
        """Just enough owners, the last ones, so that being the first owner means nothing."""
        return self.owners[-self.threshold :]

    def message_hash(self, digest: bytes) -> bytes:
        """What each owner signs so that the Safe approves `digest`."""
        return message_hash(digest, self.address, self.contracts.chain.chain_id)

    def sign(self, digest: bytes, owners: Sequence[Signer] | None = None) -> bytes:
        """The approval of `digest` under ERC-1271: 65 bytes for each of `owners`, just enough of them unless named."""
        return joined(self.message_hash(digest), self.deciding if owners is None else owners)

    def transaction_hash(self, call: Call, operation: int = CALL) -> bytes:
        """What each owner signs so that the Safe makes `call` next."""
        nonce = self.contracts.chain.call(self.contracts.codec, self.address, "nonce")
        words = encode(
            ["address", "uint256", "bytes32", "uint8", *["uint256"] * 3, "address", "address", "uint256"],
            [call.to, call.value, keccak(call.data), operation, 0, 0, 0, ZERO, ZERO, nonce],
        )
        return keccak(_typed_data(TRANSACTION_TYPE + words, self.address, self.contracts.chain.chain_id))

    def act(self, call: Call, operation: int = CALL) -> Outcome:
        """Have just enough owners sign `call` and the payer send it by `execTransaction`."""
        signatures = joined(self.transaction_hash(call, operation), self.deciding)
        args = [call.to, call.value, call.data, operation, 0, 0, 0, ZERO, ZERO, signatures]
        data = self.contracts.codec.encode_call("execTransaction", args)
        return self.contracts.chain.send(
            Call(name=f"Safe: {call.name}", to=self.address, data=data), self.contracts.payer
        )

    def act_on_itself(self, function: str, *args: object) -> Outcome:
        """Have the owners change the Safe: its owners, threshold or handler."""
        data = self.contracts.codec.encode_call(function, args)
        return self.act(Call(name=function, to=self.address, data=data))

    def approve_message(self, digest: bytes) -> Outcome:
        """Approve `digest` inside the Safe: it then answers ERC-1271 with yes to empty bytes."""
        data = keccak(text="signMessage(bytes)")[:4] + encode(["bytes"], [digest])
        return self.act(Call(name="signMessage", to=self.contracts.sign_message, data=data), DELEGATECALL)

    def accepts(self, digest: bytes, approval: bytes) -> bytes:
        """What the Safe answers when ERC-1271 asks it."""
        answer = self.contracts.chain.call(ERC1271, self.address, "isValidSignature", digest, approval)
        assert isinstance(answer, bytes)
        return answer


def _typed_data(struct: bytes, safe: str, chain_id: int) -> bytes:
    domain = keccak(DOMAIN_TYPE + encode(["uint256", "address"], [chain_id, to_checksum_address(safe)]))
    return b"\x19\x01" + domain + keccak(struct)
