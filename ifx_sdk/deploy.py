"""Deploy a whole network from the packaged artifacts, with web3 alone.

The deployer owns both contracts while it adds and lists underlyings, then offers the ownership to the plan's owner, who
accepts it in a transaction of his own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ifx_sdk.artifacts import artifact, codec
from ifx_sdk.chain import Call, Chain
from ifx_sdk.deployment import Argument, DeployedContract, Deployment, partial_toml, write_whole
from ifx_sdk.errors import BadFile, BadValue, DevnetOnly, IFXError
from ifx_sdk.escrow import Escrow
from ifx_sdk.files import file_mode
from ifx_sdk.money import LOT
from ifx_sdk.oracle import Oracle
from ifx_sdk.outcomes import Journal
from ifx_sdk.reports import quorum_of
from ifx_sdk.signers import Signer
from ifx_sdk.terms import parse_address, parse_underlying

DEVNET_CHAIN_ID = 31337
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
    owner: str | None = field(default=None)
    """Who owns both contracts in the end, a timelock; None leaves it with the deployer."""
    token: str | None = field(default=None)
    """USDT on this chain; None deploys a TestUSDT, on chain 31337 only."""
    underlyings: tuple[Listing, ...] = field(default=())
    """What can be traded from the start."""

    def __post_init__(self) -> None:
        for name in ("desk", "guardian", "fee_recipient", "reviewer", "owner", "token"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, parse_address(value))
        object.__setattr__(self, "signers", tuple(parse_address(each) for each in self.signers))
        if len(set(self.signers)) != len(self.signers):
            raise BadValue(", ".join(self.signers), "an oracle node is listed twice", cure="List every node once.")
        least = quorum_of(len(self.signers))
        if self.quorum is not None and (type(self.quorum) is not int or not least <= self.quorum <= len(self.signers)):
            cure = "Leave it out: floor(2n/3) + 1 is taken."
            raise BadValue(self.quorum, f"a quorum is from {least} to {len(self.signers)} of these nodes", cure=cure)
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
            return cls(**document | {"signers": tuple(document.pop("signers", ()))}, underlyings=listings)
        except TypeError as error:
            raise BadFile(path, f"a key is missing, unknown or of another type: {error}", cure=cure) from error


def deploy(
    chain: Chain,
    signer: Signer,
    plan: DeployPlan,
    *,
    commit: str | None = None,
    journal: Journal | None = None,
    created: Callable[[DeployedContract], None] = lambda contract: None,
) -> Deployment:
    """Deploy token (on the local chain), oracle and escrow, and list the plan's underlyings.

    `created` is told of each contract once it is confirmed. Raises `DevnetOnly` where the plan names no token off chain
    31337, and what `Chain.send` and `confirmed()` raise: every step is confirmed before the next one.
    """
    if plan.token is None and chain.chain_id != DEVNET_CHAIN_ID:
        raise DevnetOnly("deploying a TestUSDT", chain.chain_id)
    deployer = _Deployer(chain, signer, journal, created)
    block = chain.block_number()
    token = plan.token or deployer.create("TestUSDT", {})
    oracle = deployer.create(
        "FixingOracle",
        {
            "owner": signer.address,
            "signers": plan.signers,
            "quorum": plan.quorum if plan.quorum is not None else quorum_of(len(plan.signers)),
            "reviewer": plan.reviewer,
        },
    )
    escrow = deployer.create(
        "ForwardEscrow",
        {
            "token": token,
            "oracle": oracle,
            "owner": signer.address,
            "desk": plan.desk,
            "guardian": plan.guardian,
            "fee_recipient": plan.fee_recipient,
        },
    )
    deployment = Deployment(
        network=plan.network,
        chain_id=chain.chain_id,
        token=token,
        oracle=oracle,
        escrow=escrow,
        block=block,
        contracts=tuple(deployer.created),
        commit=commit,
    )
    _set_up(chain, signer, plan, deployment, journal)
    return deployment


def deploy_to(
    path: Path | str,
    chain: Chain,
    signer: Signer,
    plan: DeployPlan,
    *,
    commit: str | None = None,
    journal: Journal | None = None,
    overwrite: bool = False,
) -> Deployment:
    """`deploy`, and write the deployment to `path`, whose folder is made where it is missing.

    Each contract stands in `<path>.partial` as soon as it is confirmed. Where the deployment stops halfway that file
    stays, and the error's cure names it and the addresses. Raises `BadFile` where either file exists, unless they may
    be overwritten, or cannot be written: then nothing was sent. Else as `deploy`.
    """
    target = Path(path)
    partial = target.with_name(target.name + ".partial")
    if not overwrite:
        _refuse(target, "it exists already", "Name another file, or move this one away.")
        _refuse(partial, "an earlier deployment stopped halfway", "See what became of it, then move this file away.")
    file_mode(target)
    made: list[DeployedContract] = []

    def keep(*contracts: DeployedContract) -> None:
        made.extend(contracts)
        write_whole(partial, partial_toml(plan.network, chain.chain_id, made))

    keep()
    try:
        deployment = deploy(chain, signer, plan, commit=commit, journal=journal, created=keep)
        deployment.write(target)
    except IFXError as error:
        if made:
            addresses = ", ".join(f"{each.name} {each.address}" for each in made)
            error.cure = f"{error.cure} Deployed so far, and written to {partial}: {addresses}.".strip()
        else:
            partial.unlink(missing_ok=True)
        raise
    partial.unlink(missing_ok=True)
    return deployment


def _refuse(path: Path, why: str, cure: str) -> None:
    if path.exists():
        raise BadFile(path, why, cure=cure)


class _Deployer:
    """Creates contracts and remembers how."""

    def __init__(
        self, chain: Chain, signer: Signer, journal: Journal | None, tell: Callable[[DeployedContract], None]
    ) -> None:
        self._tell = tell
        self._chain = chain
        self._signer = signer
        self._journal = journal
        self.created: list[DeployedContract] = []

    def create(self, name: str, arguments: Mapping[str, Argument]) -> str:
        compiled = artifact(name)
        data = compiled.bytecode + codec(name).encode_constructor(list(arguments.values()))
        call = Call(name=f"{name}.__init__", to=None, data=data)
        address = self._chain.send(call, self._signer, journal=self._journal).confirmed().contract_address
        assert address is not None  # noqa: S101 - a confirmed creation has an address
        self._chain.codecs[address] = codec(name)
        self.created.append(
            DeployedContract(
                name=name,
                address=address,
                arguments=dict(arguments),
                compiler=compiled.compiler,
                evm_version=compiled.evm_version,
                integrity=compiled.integrity,
            )
        )
        self._tell(self.created[-1])
        return address


def _set_up(chain: Chain, signer: Signer, plan: DeployPlan, deployment: Deployment, journal: Journal | None) -> None:
    """The owner's calls, while the deployer is the owner, and the offer of the ownership."""
    oracle = Oracle(chain, deployment.oracle, signer, journal)
    escrow = Escrow(chain, deployment.escrow, oracle, signer, first_block=deployment.block, journal=journal)
    for each in plan.underlyings:
        oracle.add_underlying(each.name, review_required=each.review_required).confirmed()
        escrow.list_underlying(each.name, each.lot).confirmed()
    if plan.owner is not None and plan.owner != signer.address:
        oracle.transfer_ownership(plan.owner).confirmed()
        escrow.transfer_ownership(plan.owner).confirmed()
