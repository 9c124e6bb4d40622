"""Who is who on a network that is about to be deployed: the plan, checked before anything is sent."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from ifx_sdk.errors import BadFile, BadValue
from ifx_sdk.money import LOT
from ifx_sdk.reports import quorum_of
from ifx_sdk.terms import ZERO_ADDRESS, parse_address, parse_underlying

MAX_PROPOSERS = 16
"""Accounts that a timelock can be deployed with."""

_NETWORK = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """An underlying to add to the oracle and to list on the escrow."""

    name: str
    """`provider/model-id` or `index/...`."""
    lot: int = field(default=LOT)
    """Mtok."""
    review_required: bool = field(default=False)
    """Whether the reviewer alone may post it; index references need it."""

    def __post_init__(self) -> None:
        parse_underlying(self.name)
        if type(self.lot) is not int or not 0 < self.lot < 2**40:
            raise BadValue(self.lot, "a lot is above 0 and below 2^40 Mtok", cure="Leave it at 100000 Mtok.")
        if self.name.startswith("index/") and self.review_required is not True:
            cure = "Add review_required = true: the reviewer alone may post it."
            raise BadValue(self.name, "an index reference needs review", cure=cure)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployPlan:
    """Who is who on a new network."""

    network: str
    """The network's name."""
    desk: str
    """Account that books."""
    guardian: str
    """Account that can pause booking."""
    fee_recipient: str
    """Account whose free balance receives the fees."""
    reviewer: str
    """Account that posts underlyings which require review; zero withholds them."""
    signers: tuple[str, ...]
    """The oracle nodes' accounts, 1 to 31, in effect at once."""
    quorum: int | None = field(default=None)
    """Signatures that make a fixing; None takes floor(2n/3) + 1."""
    proposers: tuple[str, ...] = field(default=())
    """Who proposes and cancels what the timelock does, 1 to 16; none is for chain 31337, whose deployer is taken."""
    token: str | None = field(default=None)
    """USDT on this chain; None deploys a TestUSDT, on chain 31337 only."""
    underlyings: tuple[Listing, ...] = field(default=())
    """What can be traded from the start."""

    def __post_init__(self) -> None:
        for name in ("desk", "guardian", "fee_recipient", "reviewer", "token"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, parse_address(value))
        for name, noun in (("signers", "an oracle node"), ("proposers", "a proposer")):
            accounts = tuple(parse_address(each) for each in getattr(self, name))
            object.__setattr__(self, name, accounts)
            if len(set(accounts)) != len(accounts):
                raise BadValue(", ".join(accounts), f"{noun} is listed twice", cure="List every account once.")
        _hold_proposers(self.proposers)
        for name, account in (("fee_recipient", self.fee_recipient), *(("signers", each) for each in self.signers)):
            if account == ZERO_ADDRESS:
                raise BadValue(account, f"{name} is the zero address", cure=f"Name an account as {name}.")
        least = quorum_of(len(self.signers))
        if self.quorum is not None and (type(self.quorum) is not int or not least <= self.quorum <= len(self.signers)):
            cure = "Leave it out: floor(2n/3) + 1 is taken."
            raise BadValue(self.quorum, f"a quorum is from {least} to {len(self.signers)} of these nodes", cure=cure)
        names = [each.name for each in self.underlyings]
        if len(set(names)) != len(names):
            raise BadValue(", ".join(names), "an underlying is listed twice", cure="List every underlying once.")
        if not isinstance(self.network, str) or not _NETWORK.fullmatch(self.network):
            cure = 'Write a name such as "local": it names the file too.'
            raise BadValue(self.network, "a network's name has only a-z, 0-9, - and _", cure=cure)

    @classmethod
    def from_toml(cls, path: Path | str) -> DeployPlan:
        """Read a plan file: the fields as keys, underlyings as `[[underlyings]]`. Raises `BadFile`, `BadValue`."""
        cure = "Its keys are the fields of ifx_sdk.deploy.DeployPlan; see docs/operations.md."
        try:
            document = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise BadFile(path, "it cannot be read as text", cure=cure) from error
        except tomllib.TOMLDecodeError as error:
            raise BadFile(path, f"it is not TOML: {error}", cure=cure) from error
        try:
            listings = tuple(Listing(**each) for each in document.pop("underlyings", []))
            accounts = {name: tuple(_listed(document.pop(name, []))) for name in ("signers", "proposers")}
            return cls(**document | accounts, underlyings=listings)
        except TypeError as error:
            raise BadFile(path, f"a key is missing, unknown or of another type: {error}", cure=cure) from error


def _listed(value: object) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"a list of accounts was expected, not {value!r}")
    return value


def _hold_proposers(proposers: tuple[str, ...]) -> None:
    if len(proposers) > MAX_PROPOSERS:
        cure = "Name fewer; more can be added later through the timelock."
        raise BadValue(len(proposers), f"a timelock is deployed with at most {MAX_PROPOSERS} proposers", cure=cure)
    if any(int(each, 16) == 0 for each in proposers):
        raise BadValue(", ".join(proposers), "a proposer is zero", cure="Every proposer is an account, a multisig.")
