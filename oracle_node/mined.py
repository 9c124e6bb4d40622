"""What the chain itself says of a fixing: its record for the archive, and whether a record agrees with it.

The chain is asked at the block that holds the post, so that a signer set of the past is found too. A node that has
forgotten the state of that block still has the events, from the oracle's first block on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ifx_sdk.calendar import SECONDS_PER_DAY, midnight
from ifx_sdk.chain import Chain
from ifx_sdk.codec import Event
from ifx_sdk.contract import integer, items, raw, text
from ifx_sdk.errors import RpcError
from ifx_sdk.evidence.posted import read_transaction, rebuild_transaction
from ifx_sdk.oracle import Oracle, SignerSet
from oracle_node.archived import ArchivedFixing
from oracle_node.errors import BadReport

_POSTED: Final = "FixingPosted"
_MARGIN_BLOCKS: Final = 256
"""Blocks by which the search for an event goes beyond its day; an event names its day itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinedFixing:
    """One fixing as the chain has it."""

    price: int
    """Micro-USDT per Mtok."""
    bitmap: int
    """Bit i is signer i of the day's set."""
    evidence: tuple[bytes, ...]
    """The evidence roots, in the order of the attestations posted."""
    registered: SignerSet
    """The signer set of the day."""
    tx_hash: str
    """The transaction that posted it."""
    block: int
    """Height of its block."""


def mined_fixing(oracle: Oracle, underlying: str, day: int, *, first_block: int = 0) -> MinedFixing | None:
    """What the chain has of an underlying and UTC day number; None where nothing was posted.

    `first_block` is one before which the oracle has no events (`Deployment.block`). Raises `UnknownUnderlying`,
    `NodeDown`, `RpcError`.
    """
    event = _event(oracle, underlying, day, first_block)
    if event is None:
        return None
    return MinedFixing(
        price=integer(event.args["price"]),
        bitmap=integer(event.args["signers"]),
        evidence=tuple(raw(each) for each in items(event.args["evidence"])),
        registered=signers_of(oracle, day, event.block_number, first_block=first_block),
        tx_hash=event.tx_hash,
        block=event.block_number,
    )


def fixing_record(oracle: Oracle, underlying: str, day: int, *, first_block: int = 0) -> ArchivedFixing | None:
    """What an archive keeps of a fixing, with its transaction as mined; None where nothing was posted.

    Keep it once its block is final: an archive replaces nothing. Raises as `mined_fixing`, and `BadReport` where the
    node gives another transaction than it was asked for.
    """
    found = mined_fixing(oracle, underlying, day, first_block=first_block)
    if found is None:
        return None
    return ArchivedFixing(
        underlying=underlying,
        day=day,
        price=found.price,
        chain_id=oracle.chain.chain_id,
        oracle=oracle.address,
        signers=found.registered.signers,
        quorum=found.registered.quorum,
        block=found.block,
        tx_hash=found.tx_hash,
        transaction=_raw_transaction(oracle.chain, found.tx_hash),
    )


def signers_of(oracle: Oracle, day: int, block: int, *, first_block: int = 0) -> SignerSet:
    """The signer set that was in effect on a UTC day number, `block` being one of that day. Raises `RpcError`."""
    try:
        found = oracle.chain.call(oracle.codec, oracle.address, "signers_on", day, block=block)
    except RpcError:
        return _signers_by_events(oracle, day, block, first_block)
    if not isinstance(found, dict):
        raise TypeError(f"signers_on answered {found!r}")
    return _signer_set(found["signers"], found["quorum"], found["from_day"])


def _signers_by_events(oracle: Oracle, day: int, block: int, first_block: int) -> SignerSet:
    """Replay what was announced: a set takes effect by itself, unless it is replaced or withdrawn before its day."""
    events: list[Event] = []
    for name in ("SignersScheduled", "SignersCancelled"):
        events += oracle.chain.events(oracle.codec, oracle.address, name, from_block=first_block, to_block=block)
    announced: list[Event] = []
    for event in sorted(events, key=lambda each: (each.block_number, each.log_index)):
        today = oracle.chain.timestamp(event.block_number) // SECONDS_PER_DAY
        # What had not taken effect when this was said is replaced by it, or withdrawn.
        announced = [each for each in announced if integer(each.args["from_day"]) <= today]
        if event.name == "SignersScheduled":
            announced.append(event)
    in_effect = [each for each in announced if integer(each.args["from_day"]) <= day]
    if not in_effect:
        raise RpcError("eth_getLogs", f"it knows no signer set of day {day}")
    args = in_effect[-1].args
    return _signer_set(args["signers"], args["quorum"], args["from_day"])


def _signer_set(signers: object, quorum: object, from_day: object) -> SignerSet:
    accounts = tuple(text(each) for each in items(signers))
    return SignerSet(signers=accounts, quorum=integer(quorum), from_day=integer(from_day))


def _event(oracle: Oracle, underlying: str, day: int, first_block: int) -> Event | None:
    """The event of the post; it is looked for in the day's own blocks alone, for a fixing is posted on no other day."""
    newest = oracle.chain.block_number()
    first = _first_block_from(oracle.chain, midnight(day), first_block, newest)
    last = _first_block_from(oracle.chain, midnight(day + 1), first_block, newest)
    if first > newest:
        return None
    topics = [f"0x{number:064x}" for number in (oracle.index_of(underlying), day)]
    found = oracle.chain.events(
        oracle.codec,
        oracle.address,
        _POSTED,
        topics=topics,
        # A reorganisation may have moved the day's first blocks since they were looked for.
        from_block=max(first_block, first - _MARGIN_BLOCKS),
        to_block=min(newest, last + _MARGIN_BLOCKS),
    )
    return found[0] if found else None


def _first_block_from(chain: Chain, at: int, low: int, newest: int) -> int:
    """The first block at or after a time, unix seconds; one past the newest where there is none yet."""
    return newest + 1 if chain.timestamp(newest) < at else _search(chain, at, low)


@lru_cache(maxsize=64)
def _search(chain: Chain, at: int, low: int) -> int:
    """The same where there is one; remembered, because many underlyings are posted on one day."""
    high = chain.block_number()
    while low < high:
        middle = (low + high) // 2
        if chain.timestamp(middle) < at:
            low = middle + 1
        else:
            high = middle
    return low


def _raw_transaction(chain: Chain, tx_hash: str) -> bytes:
    try:
        answer = chain.node.request("eth_getRawTransactionByHash", tx_hash)
    except RpcError:  # not every node knows the method
        answer = None
    if isinstance(answer, str) and len(answer) > 2:
        try:
            found = bytes.fromhex(answer.removeprefix("0x"))
        except ValueError as error:
            raise BadReport(f"the node's raw transaction {tx_hash} is none") from error
    else:
        fields = chain.node.request("eth_getTransactionByHash", tx_hash)
        if not isinstance(fields, Mapping):
            raise BadReport(f"the node has no transaction {tx_hash}")
        found = rebuild_transaction(fields)
    if read_transaction(found).tx_hash != tx_hash:
        raise BadReport(f"the node gave another transaction than {tx_hash}")
    return found


def disagreements(
    found: MinedFixing | None, record: ArchivedFixing, signers: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Where an archived record and the signatures in it differ from the chain: what, the chain's, the record's.

    `signers` are the accounts that signed, in the order of the attestations.
    """
    if found is None:
        return [("fixing", "none was posted", f"{record.price}")]
    mask = sum(1 << found.registered.signers.index(each) for each in signers if each in found.registered.signers)
    pairs: list[tuple[str, object, object]] = [
        ("price", found.price, record.price),
        ("transaction", found.tx_hash, record.tx_hash),
        ("block", found.block, record.block),
        ("signer set", found.registered.signers, record.signers),
        ("quorum", found.registered.quorum, record.quorum),
        ("who signed", f"{found.bitmap:b}", f"{mask:b}"),
    ]
    return [(what, str(chain), str(kept)) for what, chain, kept in pairs if chain != kept]
