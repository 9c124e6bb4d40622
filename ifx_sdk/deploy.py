"""Deploy a whole network from the packaged artifacts, with web3 alone.

The deployer owns oracle and escrow while it adds and lists the underlyings. Then it offers both to the address that the
timelock is going to have, and creates the timelock, which accepts in its constructor: nobody but the deployer and the
timelock ever owns them, and in the end, which is read back, the deployer owns nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from ifx_sdk.artifacts import artifact, codec
from ifx_sdk.chain import Call, Chain
from ifx_sdk.deployment import Argument, DeployedContract, Deployment, PartialDeployment, write_whole
from ifx_sdk.devkeys import dev_address
from ifx_sdk.errors import (
    BadFile,
    BadValue,
    ChainError,
    DevnetOnly,
    IFXError,
    NotHandedOver,
    NotTheNewOwner,
    OfferedElsewhere,
    Reverted,
)
from ifx_sdk.escrow import Escrow
from ifx_sdk.files import file_mode
from ifx_sdk.oracle import Oracle
from ifx_sdk.outcomes import Journal
from ifx_sdk.plan import DeployPlan as DeployPlan
from ifx_sdk.plan import Listing as Listing
from ifx_sdk.reports import quorum_of
from ifx_sdk.signers import Signer
from ifx_sdk.terms import ZERO_ADDRESS
from ifx_sdk.timelock import DELAY, Timelock

DEVNET_CHAIN_ID = 31337
USDT_DECIMALS = 6


def create_address(sender: str, nonce: int) -> str:
    """The checksummed address of the contract that `sender` creates with its transaction number `nonce`. Pure."""
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    # RLP of a list of twenty bytes and a number: one byte below 128 stands for itself.
    encoded = number if len(number) == 1 and number[0] < 0x80 else bytes([0x80 + len(number)]) + number
    body = b"\x94" + bytes.fromhex(sender[2:]) + encoded
    return str(to_checksum_address(keccak(bytes([0xC0 + len(body)]) + body)[12:]))


def deploy(
    chain: Chain,
    signer: Signer,
    plan: DeployPlan,
    *,
    commit: str | None = None,
    journal: Journal | None = None,
    created: Callable[[DeployedContract], None] = lambda contract: None,
    resumed: PartialDeployment | None = None,
) -> Deployment:
    """Deploy token (on the local chain), oracle, escrow and timelock, list the underlyings and hand both over.

    `created` is told of each contract once it is confirmed; what stands in `resumed` is not created again. Raises
    `DevnetOnly` where the plan names no token off chain 31337, `BadValue` where it names no proposers there,
    `OfferedElsewhere` where another transaction of the deployer came in between, `NotHandedOver` where in the end the
    timelock is not the one owner, and what `Chain.send` and `confirmed()` raise: every step is confirmed before the
    next one.
    """
    if plan.token is None and chain.chain_id != DEVNET_CHAIN_ID:
        raise DevnetOnly("deploying a TestUSDT", chain.chain_id)
    proposers = _proposers(plan, chain.chain_id)
    if plan.token is not None:
        _hold_token(chain, plan.token)
    block = chain.block_number() if resumed is None else resumed.block
    deployer = _Deployer(chain, signer, journal, created, () if resumed is None else resumed.contracts)
    token = plan.token or deployer.create("TestUSDT", {})
    oracle = deployer.create("FixingOracle", _oracle_arguments(plan, signer.address))
    roles = {"desk": plan.desk, "guardian": plan.guardian, "fee_recipient": plan.fee_recipient}
    escrow = deployer.create("ForwardEscrow", {"token": token, "oracle": oracle, "owner": signer.address, **roles})
    oracle_view = Oracle(chain, oracle, signer, journal)
    escrow_view = Escrow(chain, escrow, oracle_view, signer, first_block=block, journal=journal)
    timelock_arguments: Mapping[str, Argument] = {"proposers": proposers, "owned": (oracle, escrow)}
    if escrow_view.owner() == signer.address:
        _list(plan, oracle_view, escrow_view)
        _offer(chain, oracle_view, escrow_view)
    elif not deployer.has("Timelock", timelock_arguments):
        # Its creation was mined after all, although its outcome was unknown when the earlier run stopped.
        deployer.adopt("Timelock", timelock_arguments, escrow_view)
    timelock = deployer.create("Timelock", timelock_arguments)
    _hold_handed_over(oracle_view, escrow_view, Timelock(chain, timelock, first_block=block), proposers)
    return Deployment(
        network=plan.network,
        chain_id=chain.chain_id,
        token=token,
        oracle=oracle,
        escrow=escrow,
        timelock=timelock,
        block=block,
        contracts=tuple(deployer.created),
        underlyings=plan.underlyings,
        commit=commit,
    )


def deploy_to(
    path: Path | str,
    chain: Chain,
    signer: Signer,
    plan: DeployPlan,
    *,
    commit: str | None = None,
    journal: Journal | None = None,
    overwrite: bool = False,
    resume: bool = False,
) -> Deployment:
    """`deploy`, and write the deployment to `path`, whose folder is made where it is missing.

    Each contract stands in `<path>.partial` as soon as it is confirmed. Where the deployment stops halfway that file
    stays, and the error's cure names it and the addresses; with `resume` a later call goes on from it. Raises `BadFile`
    where either file exists, unless they may be overwritten, or cannot be written: then nothing was sent. Else as
    `deploy`.
    """
    target = Path(path)
    partial = target.with_name(target.name + ".partial")
    if not overwrite:
        _refuse(target, "it exists already", "Name another file, or move this one away.")
    if not resume and not (overwrite and chain.chain_id == DEVNET_CHAIN_ID):
        # The only record of contracts that the deployer still owns: written over on a throwaway chain alone.
        again = "Go on from it with --resume, or move it away to deploy everything anew."
        _refuse(partial, "an earlier deployment stopped halfway", again)
    file_mode(target)
    resumed = _resumed(partial, chain, plan) if resume else None
    block = chain.block_number() if resumed is None else resumed.block
    made: list[DeployedContract] = [] if resumed is None else list(resumed.contracts)

    def keep(*contracts: DeployedContract) -> None:
        made.extend(contracts)
        found = PartialDeployment(network=plan.network, chain_id=chain.chain_id, block=block, contracts=tuple(made))
        write_whole(partial, found.to_toml())

    keep()
    try:
        deployment = deploy(chain, signer, plan, commit=commit, journal=journal, created=keep, resumed=resumed)
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


def _resumed(partial: Path, chain: Chain, plan: DeployPlan) -> PartialDeployment:
    found = PartialDeployment.read(partial)
    if (found.network, found.chain_id) != (plan.network, chain.chain_id):
        why = f"it is of {found.network} on chain {found.chain_id}, not of {plan.network} on chain {chain.chain_id}"
        raise BadFile(partial, why, cure="Resume with the plan and the node that it began with.")
    return found


def _refuse(path: Path, why: str, cure: str) -> None:
    if path.exists():
        raise BadFile(path, why, cure=cure)


class _Deployer:
    """Creates contracts and remembers how."""

    def __init__(
        self,
        chain: Chain,
        signer: Signer,
        journal: Journal | None,
        tell: Callable[[DeployedContract], None],
        before: tuple[DeployedContract, ...],
    ) -> None:
        self._tell = tell
        self._chain = chain
        self._signer = signer
        self._journal = journal
        self._before = {each.name: each for each in before}
        self.created: list[DeployedContract] = []

    def has(self, name: str, arguments: Mapping[str, Argument]) -> bool:
        """Whether an earlier run created it. Raises `BadValue` where it was another than the one wanted now."""
        found = self._before.get(name)
        if found is None:
            return False
        code = "0x" + keccak(self._chain.code(found.address)).hex()
        if (found.arguments, found.integrity, found.code_hash) != (arguments, artifact(name).integrity, code):
            cure = "Resume with the plan, the key and the release that it began with, or deploy everything anew."
            raise BadValue(found.address, f"the {name} that was deployed is not what this plan would deploy", cure=cure)
        return True

    def create(self, name: str, arguments: Mapping[str, Argument]) -> str:
        """The address of the contract, new or from an earlier run."""
        if self.has(name, arguments):
            self.created.append(self._before[name])
            return self._before[name].address
        call = Call(name=f"{name}.__init__", to=None, data=_creation_code(name, arguments))
        try:
            outcome = self._chain.send(call, self._signer, journal=self._journal).confirmed()
        except NotTheNewOwner as error:  # the timelock's constructor: the offers are to another address
            raise OfferedElsewhere(self._signer.address) from error
        address = outcome.contract_address
        assert address is not None  # noqa: S101 - a confirmed creation has an address
        self._chain.codecs[address] = codec(name)
        self.created.append(self._record(name, arguments, address, outcome.tx_hash))
        self._tell(self.created[-1])
        return address

    def adopt(self, name: str, arguments: Mapping[str, Argument], owned: Escrow) -> None:
        """Take the owner of `owned` for the contract, as if an earlier run had told of it.

        Raises `NotHandedOver` where the transaction that gave it the ownership did not create just that contract.
        """
        event = self._chain.events(owned.codec, owned.address, "OwnershipTransferred", from_block=owned.first_block)[-1]
        sent, receipt = self._chain.node.transaction(event.tx_hash), self._chain.node.receipt(event.tx_hash)
        address = None if receipt is None else receipt.contract_address
        if sent is None or address != owned.owner() or sent.data != _creation_code(name, arguments):
            raise NotHandedOver(f"the escrow belongs to {owned.owner()}, which this plan's deployer did not create")
        self._before[name] = self._record(name, arguments, address, event.tx_hash)

    def _record(self, name: str, arguments: Mapping[str, Argument], address: str, tx_hash: str) -> DeployedContract:
        compiled = artifact(name)
        return DeployedContract(
            name=name,
            address=address,
            arguments=dict(arguments),
            compiler=compiled.compiler,
            evm_version=compiled.evm_version,
            optimization=compiled.optimization,
            integrity=compiled.integrity,
            code_hash="0x" + keccak(self._chain.code(address)).hex(),
            tx_hash=tx_hash,
        )


def _creation_code(name: str, arguments: Mapping[str, Argument]) -> bytes:
    return artifact(name).bytecode + codec(name).encode_constructor(list(arguments.values()))


def _proposers(plan: DeployPlan, chain_id: int) -> tuple[str, ...]:
    if not plan.proposers and chain_id != DEVNET_CHAIN_ID:
        cure = 'Add proposers = ["0x..."] to the plan: the multisigs that propose what the owner does.'
        raise BadValue((), "off the local chain somebody must be named who proposes to the timelock", cure=cure)
    return plan.proposers or (dev_address(0),)


def _hold_token(chain: Chain, token: str) -> None:
    """Refuse, before anything is sent, what the escrow's constructor would refuse. Raises `BadValue`."""
    cure = "Name the address of USDT on this chain as token in the plan."
    if not chain.code(token):
        raise BadValue(token, f"it has no code on chain {chain.chain_id}", cure=cure)
    try:
        decimals = chain.call(codec("TestUSDT"), token, "decimals")
    except (ChainError, Reverted) as error:
        raise BadValue(token, "it answers no decimals: it is no token", cure=cure) from error
    if decimals != USDT_DECIMALS:
        raise BadValue(token, f"it has {decimals} decimals, not {USDT_DECIMALS}", cure=cure)


def _oracle_arguments(plan: DeployPlan, owner: str) -> dict[str, Argument]:
    quorum = plan.quorum if plan.quorum is not None else quorum_of(len(plan.signers))
    return {"owner": owner, "signers": plan.signers, "quorum": quorum, "reviewer": plan.reviewer}


def _list(plan: DeployPlan, oracle: Oracle, escrow: Escrow) -> None:
    """The owner's calls while the deployer is the owner; what an earlier run did is not done again."""
    known = {each.name for each in oracle.underlyings()}
    foreign = known - {each.name for each in plan.underlyings}
    if foreign:
        cure = "Resume with the plan that the deployment began with: the oracle's list only grows."
        raise BadValue(", ".join(sorted(foreign)), "the oracle has it, and the plan does not list it", cure=cure)
    for each in plan.underlyings:
        if each.name not in known:
            oracle.add_underlying(each.name, review_required=each.review_required).confirmed()
        if escrow.lot_of(each.name) != each.lot:
            escrow.list_underlying(each.name, each.lot).confirmed()


def _offer(chain: Chain, oracle: Oracle, escrow: Escrow) -> None:
    """Offer both to the address that the deployer's next contract will have, and hold that it still will."""
    nonce = chain.node.nonce(oracle.account, "pending")
    upcoming = create_address(oracle.account, nonce + 2)  # after the two offers
    oracle.transfer_ownership(upcoming).confirmed()
    escrow.transfer_ownership(upcoming).confirmed()
    if chain.node.nonce(oracle.account, "pending") != nonce + 2:
        raise OfferedElsewhere(oracle.account)


def _hold_handed_over(oracle: Oracle, escrow: Escrow, timelock: Timelock, proposers: tuple[str, ...]) -> None:
    """Read back that the timelock owns both, that nobody else is about to, and who holds its roles."""
    for name, contract in (("oracle", oracle), ("escrow", escrow)):
        if contract.owner() != timelock.address:
            raise NotHandedOver(f"the {name} belongs to {contract.owner()}, not to the timelock {timelock.address}")
        if contract.pending_owner() != ZERO_ADDRESS:
            raise NotHandedOver(f"the {name} is offered to {contract.pending_owner()}")
    wanted = {
        "admin": {timelock.address},
        "proposer": set(proposers),
        "canceller": set(proposers),
        "executor": {ZERO_ADDRESS},
    }
    for role, accounts in timelock.holders().items():
        if set(accounts) != wanted[role]:
            raise NotHandedOver(f"the timelock's role {role} is held by {', '.join(accounts) or 'nobody'}")
    if timelock.delay() != DELAY:
        raise NotHandedOver(f"the timelock waits {timelock.delay()} seconds, not {DELAY}")
