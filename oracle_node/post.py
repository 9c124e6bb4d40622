"""Post what a quorum signed: all underlyings of a day in one transaction, nothing twice, nothing sent on a guess.

The chain decides what is posted already, and the contract skips what somebody else posts in the meantime, so that any
number of nodes can post the same day. What an earlier call or an earlier process left open comes first: it is found,
sent again as it was, or replaced at its own nonce; while it may still be mined, nothing else is sent.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from ifx_sdk.calendar import date_of, day_of
from ifx_sdk.contract import integer, items, text
from ifx_sdk.errors import IFXError, NoSigner, OutcomeUnknown, Reverted
from ifx_sdk.oracle import MAX_REPORTS, Oracle, SignerSet
from ifx_sdk.outcomes import Attempt, Confirmed, Outcome, Sent, is_settled
from ifx_sdk.reports import Report
from ifx_sdk.resuming import STUCK_AFTER_BLOCKS, call_data

TURN_SECONDS: Final = 30
"""Node k of the signer set waits k times this long before it posts what nobody posted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A fixing that this call posted, or found posted."""

    underlying: str
    """`provider/model-id`."""
    day: int
    """UTC day number."""
    price: int
    """The fixing on chain, micro-USD per Mtok: final."""
    tx_hash: str | None
    """Our transaction that this call sent, or found mined, and that posted it; None where somebody else's did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPosted:
    """A report that did not become a fixing."""

    underlying: str
    """`provider/model-id`."""
    day: int
    """UTC day number."""
    why: str
    """What stood against it, and the cure where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A report that would be posted: the answer of a dry run."""

    report: Report
    """Checked against the registered nodes, in the cheapest order."""


PostAnswer: TypeAlias = Posted | NotPosted | Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class PostResult:
    """What became of a day's reports."""

    answers: tuple[PostAnswer, ...]
    """One for each report, in the order given."""
    outcomes: tuple[Outcome, ...]
    """What was settled of earlier transactions, then what was sent, in order."""

    @property
    def gas_used(self) -> int:
        """Gas of the mined transactions."""
        return sum(each.gas_used for each in self.outcomes if isinstance(each, Confirmed))


def turn_seconds(signers: Sequence[str], node: str) -> int:
    """How long after 00:00:00 UTC a node posts what nobody posted: its place in the signer set times 30 s.

    An account that is no signer, a counterparty or a watcher, comes after them all.
    """
    place = signers.index(node) if node in signers else len(signers)
    return place * TURN_SECONDS


def check(oracle: Oracle, reports: Iterable[Report]) -> tuple[PostAnswer, ...]:
    """What posting would do with each report: posted already, refused with its reason, or ready. Sends nothing."""
    today = day_of(oracle.chain.now())
    registered = oracle.signers_on(today)
    seen: set[tuple[str, int]] = set()
    answers: list[PostAnswer] = []
    for report in reports:
        key = report.underlying, report.day
        answers.append(
            NotPosted(underlying=key[0], day=key[1], why="it is given twice; once is enough")
            if key in seen
            else _check(oracle, report, today, registered)
        )
        seen.add(key)
    return tuple(answers)


def _check(oracle: Oracle, report: Report, today: int, registered: SignerSet) -> PostAnswer:
    fixing = oracle.fixing(report.underlying, report.day)
    if fixing is not None:
        return Posted(underlying=report.underlying, day=report.day, price=fixing.price, tx_hash=None)
    why = None
    if report.day != today:
        why = f"a fixing is posted during its own UTC day only, and the chain is at {date_of(today)}"
    else:
        try:
            listed = oracle.underlying(oracle.index_of(report.underlying))
            if listed.review_required and oracle.reviewer() != _account(oracle):
                why = f"only its reviewer {oracle.reviewer()} posts it: send him the signed reports"
            else:
                checked = report.check(oracle.domain(), registered.signers, registered.quorum)
                return Ready(report=checked)
        except Reverted as error:
            why = str(error)
    return NotPosted(underlying=report.underlying, day=report.day, why=why)


def post_reports(
    oracle: Oracle, reports: Sequence[Report], *, fee_cap: int | None = None, stuck_after: int = STUCK_AFTER_BLOCKS
) -> PostResult:
    """Post up to 8 reports a transaction, skipping what is posted and leaving out what the contract would refuse.

    First what the oracle view's journal holds open is brought to its end (`Chain.resume`): found, sent again, or after
    `stuck_after` blocks replaced at its nonce. `fee_cap` is the most that is offered per gas, in wei; without one
    nothing is replaced.

    Raises `OutcomeUnknown` where an earlier transaction still hangs, `FeesAboveCap`, `NoSigner`, `NoFundsForGas`,
    `NodeDown`, `RpcError`: then the reports that were not sent can be posted later, by anyone.
    """
    resumed: tuple[Outcome, ...] = ()
    if oracle.signer is not None:
        wanted = _wanted(oracle)
        resumed = oracle.chain.resume(
            oracle.signer, oracle.journal, fee_cap=fee_cap, stuck_after=stuck_after, wanted=wanted
        )
    answers = [_with_hash(oracle, each, resumed) for each in check(oracle, reports)]
    ready = [(index, each.report) for index, each in enumerate(answers) if isinstance(each, Ready)]
    if ready:
        _hold_back(oracle, resumed)
    outcomes = [each for each in resumed if is_settled(each)]
    for first in range(0, len(ready), MAX_REPORTS):
        chunk = ready[first : first + MAX_REPORTS]
        try:
            outcome = oracle.post_many([report for _, report in chunk], fee_cap=fee_cap)
        except (Reverted, OutcomeUnknown) as error:
            for index, report in chunk:
                answers[index] = _after(oracle, report, str(error))
            continue
        outcomes.append(outcome)
        for index, report in chunk:
            answers[index] = _outcome_of(oracle, report, outcome)
    return PostResult(answers=tuple(answers), outcomes=tuple(outcomes))


def _wanted(oracle: Oracle) -> Callable[[Attempt], bool]:
    """Whether an earlier post can still do something: a report of today in it is not on the chain."""

    def wanted(attempt: Attempt) -> bool:
        data = call_data(attempt)
        called = oracle.codec.decode_call(data) if data and attempt.to == oracle.address else None
        if called is None or called[0] not in ("post", "post_many"):
            return True
        function, args = called
        given = items(args["reports"]) if function == "post_many" else [args]
        today = day_of(oracle.chain.now())
        posts = [(text(each["underlying"]), integer(each["day"])) for each in given if isinstance(each, dict)]
        return any(day == today and oracle.fixing(name, day) is None for name, day in posts)

    return wanted


def _hold_back(oracle: Oracle, resumed: Iterable[Outcome]) -> None:
    """Nothing is sent while an earlier transaction of this account may still be mined. Raises `OutcomeUnknown`."""
    for outcome in resumed:
        if not is_settled(outcome):
            why = (outcome.waits_for if isinstance(outcome, Sent) else getattr(outcome, "why", None)) or "not mined yet"
            raise OutcomeUnknown(outcome.tx_hash or "of an earlier run", why)
    node, account = oracle.chain.node, oracle.account
    mined = node.nonce(account)
    if node.nonce(account, "pending") > mined:
        # After a crash and a reorganisation it can be our own, which the journal had settled.
        raise OutcomeUnknown(f"nonce {mined} of {account}", "it waits in a pool and in no journal")


def _with_hash(oracle: Oracle, answer: PostAnswer, resumed: Iterable[Outcome]) -> PostAnswer:
    """An earlier transaction of ours that was found mined is named as the one that posted it."""
    if isinstance(answer, Posted):
        for outcome in resumed:
            if isinstance(outcome, Confirmed) and _posted_by(oracle, outcome, answer.underlying, answer.day):
                return replace(answer, tx_hash=outcome.tx_hash)
    return answer


def _posted_by(oracle: Oracle, outcome: Confirmed, underlying: str, day: int) -> bool:
    """The contract skips what somebody else posted first: then the transaction is mined and did not post it."""
    index = oracle.index_of(underlying)
    return any(
        (each.name, each.args.get("underlying"), each.args.get("day")) == ("FixingPosted", index, day)
        for each in outcome.events
    )


def _outcome_of(oracle: Oracle, report: Report, outcome: Outcome) -> PostAnswer:
    if isinstance(outcome, Confirmed):
        ours = _posted_by(oracle, outcome, report.underlying, report.day)
        why = "the transaction was mined and the fixing is not there"
        return _after(oracle, report, why, outcome.tx_hash if ours else None)
    try:
        outcome.confirmed()
    except IFXError as error:
        return _after(oracle, report, str(error))
    raise AssertionError(outcome)  # every other outcome raises


def _after(oracle: Oracle, report: Report, why: str, tx_hash: str | None = None) -> PostAnswer:
    """What the chain says now: somebody else may have posted it."""
    fixing = oracle.fixing(report.underlying, report.day)
    if fixing is None:
        return NotPosted(underlying=report.underlying, day=report.day, why=why)
    return Posted(underlying=report.underlying, day=report.day, price=fixing.price, tx_hash=tx_hash)


def _account(oracle: Oracle) -> str | None:
    try:
        return oracle.account
    except NoSigner:
        return None
