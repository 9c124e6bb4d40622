"""Post what a quorum signed: all underlyings of a day in one transaction, nothing twice, nothing sent on a guess.

The chain decides what is posted already, and the contract skips what somebody else posts in the meantime, so that any
number of nodes can post the same day. A transaction whose fate is unknown is reconciled first; while it is unknown,
nothing is sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from ifx_sdk.calendar import date_of, day_of
from ifx_sdk.errors import IFXError, NoSigner, OutcomeUnknown, Reverted
from ifx_sdk.oracle import MAX_REPORTS, Oracle, SignerSet
from ifx_sdk.outcomes import Confirmed, Outcome, is_settled
from ifx_sdk.reports import Report

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
    """The transaction of this call that posted it; None where somebody else did, before it or meanwhile."""


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
    """The transactions that were sent, in order."""

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


def post_reports(oracle: Oracle, reports: Sequence[Report]) -> PostResult:
    """Post up to 8 reports a transaction, skipping what is posted and leaving out what the contract would refuse.

    Raises `OutcomeUnknown` where an earlier transaction of the oracle view's journal still hangs, `NoSigner`,
    `NoFundsForGas`, `NodeDown`, `RpcError`: then the reports that were not sent can be posted later, by anyone.
    """
    answers = list(check(oracle, reports))
    ready = [(index, each.report) for index, each in enumerate(answers) if isinstance(each, Ready)]
    if ready:
        _settle_journal(oracle)
    outcomes = []
    for first in range(0, len(ready), MAX_REPORTS):
        chunk = ready[first : first + MAX_REPORTS]
        try:
            outcome = oracle.post_many([report for _, report in chunk])
        except Reverted as error:
            for index, report in chunk:
                answers[index] = _after(oracle, report, str(error))
            continue
        outcomes.append(outcome)
        for index, report in chunk:
            answers[index] = _outcome_of(oracle, report, outcome)
    return PostResult(answers=tuple(answers), outcomes=tuple(outcomes))


def _settle_journal(oracle: Oracle) -> None:
    """Nothing is sent while an earlier attempt may still be mined: first learn what became of it."""
    for outcome in oracle.chain.reconcile_journal(oracle.journal):
        if not is_settled(outcome):
            raise OutcomeUnknown(outcome.tx_hash or "of an earlier run", "it is not settled yet")


def _outcome_of(oracle: Oracle, report: Report, outcome: Outcome) -> PostAnswer:
    if isinstance(outcome, Confirmed):
        # The contract skips what somebody else posted first: then the transaction is mined and did not post it.
        index = oracle.index_of(report.underlying)
        ours = any(
            (each.name, each.args.get("underlying"), each.args.get("day")) == ("FixingPosted", index, report.day)
            for each in outcome.events
        )
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
