"""What a descriptor may say: ERC-7730 of the schema's version 2, as far as ours use it, and nothing beside.

Written from the specification. It is narrower than the specification on purpose: a form that is not here was never
thought about here. `fit.py` adds what no schema can say: that a descriptor fits the functions and messages it is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from ifx_sdk.terms import parse_address

SCHEMA: Final = "https://eips.ethereum.org/assets/eip-7730/erc7730-v2.schema.json"

# What the screens of current hardware wallets hold, in characters.
Label = Annotated[str, StringConstraints(min_length=1, max_length=20)]
Intent = Annotated[str, StringConstraints(min_length=1, max_length=30)]
Owner = Annotated[str, StringConstraints(min_length=1, max_length=22)]


def _checksummed(text: str) -> str:
    if parse_address(text) != text:
        raise ValueError("not a checksummed address")
    return text


Address = Annotated[str, AfterValidator(_checksummed)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Deployed(_Strict):
    """One contract on one chain."""

    chainId: int = Field(ge=1)  # noqa: N815 - the format's own name
    """EIP-155 number of the chain."""
    address: Address
    """Checksummed."""


class Domain(_Strict):
    """What the EIP-712 domain of a message must say."""

    name: str
    """The contract's name in its domain."""
    version: str
    """The domain's version."""


class ContractBinding(_Strict):
    """The contract that a call goes to."""

    deployments: tuple[Deployed, ...] = Field(min_length=1)
    """Where it is."""


class MessageBinding(_Strict):
    """The contract that verifies a message."""

    domain: Domain
    """Its EIP-712 domain."""
    deployments: tuple[Deployed, ...] = Field(min_length=1)
    """Where it is: chain id and verifying contract of the message must be one of them."""


class ContractContext(_Strict):
    """A descriptor of calls."""

    id: Annotated[str, StringConstraints(max_length=30)] = Field(alias="$id")
    """For readers of the file."""
    contract: ContractBinding
    """The contract."""


class MessageContext(_Strict):
    """A descriptor of messages."""

    id: Annotated[str, StringConstraints(max_length=30)] = Field(alias="$id")
    """For readers of the file."""
    eip712: MessageBinding
    """The domain."""


class Metadata(_Strict):
    """Names that a wallet may show, and constants of the file."""

    owner: Owner
    """Who is behind the contract."""
    contractName: Annotated[str, StringConstraints(max_length=30)]  # noqa: N815 - the format's own name
    """The contract's name, for people."""
    constants: Mapping[str, Address] = Field(default_factory=dict)
    """Addresses that fields refer to as `$.metadata.constants.<name>`."""


class UnitParams(_Strict):
    """value / 10^decimals and the unit behind it."""

    base: str
    """The unit."""
    decimals: int = Field(default=0, ge=0, le=18)
    """How many digits stand behind the point."""


class DateParams(_Strict):
    """How a date is encoded."""

    encoding: Literal["timestamp"]
    """Unix seconds."""


class TokenParams(_Strict):
    """The token whose decimals and ticker the wallet looks up."""

    token: str
    """A constant of the file."""


class NameParams(_Strict):
    """Where a wallet may take an address's name from."""

    types: tuple[Literal["eoa", "wallet", "contract"], ...] = Field(min_length=1)
    """What the address may be."""
    sources: tuple[Literal["local", "ens"], ...] = Field(min_length=1)
    """Whose names are trusted."""


class CallParams(_Strict):
    """The contract that a call inside the call goes to."""

    calleePath: str  # noqa: N815 - the format's own name
    """Path of its address."""


class _Shown(_Strict):
    path: str | None = None
    """The field of the call or message; none in a definition, and where `value` stands instead."""
    label: Label
    """What stands before it on the screen."""


class RawField(_Shown):
    """Shown as it is; the only one that can be a sentence of ours instead of a field."""

    format: Literal["raw"]
    """Text, number, or bytes in hexadecimal."""
    value: str | None = None
    """A sentence, where no `path` is given."""


class UnitField(_Shown):
    """A number with a unit."""

    format: Literal["unit"]
    params: UnitParams
    """Its unit."""


class DateField(_Shown):
    """A time."""

    format: Literal["date"]
    params: DateParams
    """Its encoding."""


class TokenField(_Shown):
    """An amount of a token."""

    format: Literal["tokenAmount"]
    params: TokenParams
    """The token."""


class NameField(_Shown):
    """An address, by name where the wallet knows one."""

    format: Literal["addressName"]
    params: NameParams
    """Whose names count."""


class PlainField(_Shown):
    """A format that takes no parameters: an amount of the chain's own coin, or a duration in seconds."""

    format: Literal["amount", "duration"]
    """Which of the two."""


class CallField(_Shown):
    """A call inside the call."""

    format: Literal["calldata"]
    params: CallParams
    """Whom it calls."""


class HiddenField(_Strict):
    """A field that says nothing to people."""

    path: str
    """The field."""
    label: Label
    """What it is, for readers of the file."""
    visible: Literal["never"]
    """Not shown; it is signed all the same."""


class Reference(_Strict):
    """A field shown as a definition says."""

    path: str
    """The field."""
    ref: str = Field(alias="$ref")
    """`$.display.definitions.<name>`."""


Shown = RawField | UnitField | DateField | TokenField | NameField | PlainField | CallField


def _kind(field: Any) -> str | None:  # Any: JSON before it is a model, or a model
    if not isinstance(field, dict):
        return None
    if "$ref" in field:
        return "reference"
    if "visible" in field:
        return "hidden"
    return "plain" if field.get("format") in ("amount", "duration") else str(field.get("format"))


_SHOWN = (
    Annotated[RawField, Tag("raw")]
    | Annotated[UnitField, Tag("unit")]
    | Annotated[DateField, Tag("date")]
    | Annotated[TokenField, Tag("tokenAmount")]
    | Annotated[NameField, Tag("addressName")]
    | Annotated[PlainField, Tag("plain")]
    | Annotated[CallField, Tag("calldata")]
)
AnyShown = Annotated[_SHOWN, Discriminator(_kind)]
AnyField = Annotated[
    _SHOWN | Annotated[HiddenField, Tag("hidden")] | Annotated[Reference, Tag("reference")], Discriminator(_kind)
]


class Form(_Strict):
    """How one function or message is shown."""

    intent: Intent
    """What signing it does: the title of the screen."""
    fields: tuple[AnyField, ...] = Field(min_length=1)
    """In the order of the screen."""


class Display(_Strict):
    """All forms of the file."""

    definitions: Mapping[str, AnyShown] = Field(default_factory=dict)
    """Fields that several forms share."""
    formats: Mapping[str, Form] = Field(min_length=1)
    """Function with parameter names, or EIP-712 type, to its form."""


class Descriptor(_Strict):
    """One file."""

    schema_url: Literal["https://eips.ethereum.org/assets/eip-7730/erc7730-v2.schema.json"] = Field(alias="$schema")
    """The version it is written in."""
    context: ContractContext | MessageContext
    """What it applies to."""
    metadata: Metadata
    """Names and constants."""
    display: Display
    """What is shown."""

    def fields(self, key: str) -> Iterator[Shown | HiddenField]:
        """The fields of a form in their order, references replaced by what they refer to."""
        for field in self.display.formats[key].fields:
            if isinstance(field, Reference):
                definition = self.display.definitions[field.ref.removeprefix(DEFINITIONS)]
                yield definition.model_copy(update={"path": field.path})
            else:
                yield field

    def constant(self, reference: str) -> str:
        """The constant that `$.metadata.constants.<name>` refers to."""
        return self.metadata.constants[reference.removeprefix(CONSTANTS)]


DEFINITIONS: Final = "$.display.definitions."
CONSTANTS: Final = "$.metadata.constants."
