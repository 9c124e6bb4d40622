"""The second of a node's two loops: hear the peers, post what a quorum signed, watch it until it is final.

A round asks the chain first: what is posted needs nothing more. Node k of the signer set waits k times 30 s, so that a
healthy net sends one transaction. Every round is the same whatever happened before, so that a crash at any point, a
reorganisation or a post by somebody else needs no case of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import httpx

from ifx_sdk.calendar import date_of, day_of, midnight
from ifx_sdk.chain import Chain
from ifx_sdk.errors import BadFile, IFXError
from ifx_sdk.money import format_price
from ifx_sdk.oracle import Fixing, Oracle, SignerSet
from ifx_sdk.reports import Report, Tally
from oracle_node.alerts import Alerts, Cause
from oracle_node.archive import Archive
from oracle_node.clocks import Clock
from oracle_node.keeping import Keeper
from oracle_node.logs import Log
from oracle_node.metrics import Metrics
from oracle_node.peers import Fault, Heard, count, hear
from oracle_node.post import NotPosted, Posted, PostResult, post_reports, turn_seconds
from oracle_node.report import SignedReport
from oracle_node.settings import Peer
from oracle_node.steps import OnStep, Step, unheard
from oracle_node.store import Store
from oracle_node.watch import Watch

FIRST_SECONDS: Final = 5
"""After midnight, so that the peers have signed."""
ROUND_SECONDS: Final = 15
"""Between rounds while something is open, in the first quarter of an hour."""
SLOW_ROUND_SECONDS: Final = 60
"""Between rounds while something is open, in the first hour and the last, and while a post is not final."""
IDLE_ROUND_SECONDS: Final = 300
"""Between rounds while something is open, in the hours between."""
QUARTER_SECONDS: Final = 900
"""How long after midnight everyone is asked once more, so that who signed what is known and archived."""
HOUR_SECONDS: Final = 3_600
NO_QUORUM_SECONDS: Final = 1_800
"""How long after midnight a price without a quorum is worth an alert."""
LAST_CALL_SECONDS: Final = 10
"""Before midnight the last round is played: what is sent later might be mined on the next day."""
GAS_OF_THE_FIRST: Final = 106_000
"""Budget of a post by seven signers (benchmarks/gas.json)."""
GAS_OF_EACH_MORE: Final = 58_000
"""Budget of each further underlying in the same transaction."""
BALANCE_SECONDS: Final = 600
"""Between two looks at the balance."""
LOW_POSTINGS: Final = 14
"""Posts that the balance should pay for at least: two weeks."""


class Rounds:
    """Hears, posts, watches. `due` tells when it wants to act next, `act` plays one round and returns."""

    def __init__(
        self,
        *,
        oracle: Oracle,
        client: httpx.Client,
        peers: Sequence[Peer],
        underlyings: Sequence[str],
        store: Store,
        archive: Archive,
        clock: Clock,
        alerts: Alerts,
        metrics: Metrics,
        log: Log,
        posts: bool = False,
        fee_cap: int | None = None,
        first_block: int = 0,
        on_step: OnStep = unheard,
    ) -> None:
        """Without `posts` it only looks. `fee_cap` is the most that is offered per gas, in wei.

        `first_block` is one before which the oracle has no events.
        """
        self._oracle, self._client, self._peers, self._names = oracle, client, tuple(peers), tuple(underlyings)
        self._store, self._archive, self._clock = store, archive, clock
        self._alerts, self._metrics, self._log = alerts, metrics, log
        self._posts, self._fee_cap, self._on_step = posts, fee_cap, on_step
        self._watch = Watch(oracle)
        self._keeper = Keeper(oracle, archive, self._names, first_block=first_block, on_step=on_step)
        self._day = -1
        self._next = 0
        self._witness = self._asked_all = False
        self._reports: dict[tuple[str, str], SignedReport] = {}
        self._told: set[tuple[str, str, Fault]] = set()
        self._fixed: dict[str, Fixing] = {}
        self._missed: list[tuple[str, int]] = []
        self._balance_at = 0

    # ------------------------------------------------------------------------------------------- when

    def due(self) -> int:
        """When the next round is, unix seconds UTC."""
        today = day_of(self._clock.now())
        return self._next if self._day == today else max(midnight(today) + FIRST_SECONDS, self._next)

    def act(self) -> None:
        """Play a round, and note when the next one is."""
        now = self._clock.now()
        today = day_of(now)
        if today != self._day:
            self._begin(today, now - midnight(today))
        since = now - midnight(today)
        endpoint = self._oracle.chain.url
        try:
            done = self._round(today, since)
            self._alerts.end(Cause.CHAIN_UNUSABLE, endpoint, now)
        except BadFile:
            raise  # the store or the archive: nothing may go on without them
        except IFXError as error:
            self._alerts.begin(Cause.CHAIN_UNUSABLE, endpoint, str(error), now)
            done = False
        self._next = self._when(today, since, done)

    def _begin(self, today: int, since: int) -> None:
        """A new day. What the day before left open stays open for ever; a node that came late does not speak of it."""
        self._missed = [(name, self._day) for name in self._names if self._witness and name not in self._fixed]
        for name in self._names:
            self._alerts.end(Cause.NO_QUORUM, name, midnight(today))
        self._keeper.begin(today)
        self._day, self._witness, self._asked_all = today, since < QUARTER_SECONDS, False
        self._reports.clear()
        self._told.clear()
        self._fixed.clear()

    def _when(self, today: int, since: int, done: bool) -> int:
        now = midnight(today) + since
        if done:
            return midnight(today + 1) + FIRST_SECONDS
        last = midnight(today + 1) - LAST_CALL_SECONDS
        if now >= last:
            return midnight(today + 1) + FIRST_SECONDS
        if since < QUARTER_SECONDS:
            pause = QUARTER_SECONDS - since if self._all_fixed() else ROUND_SECONDS
        else:
            busy = self._all_fixed() or since < HOUR_SECONDS or last - now < HOUR_SECONDS
            pause = SLOW_ROUND_SECONDS if busy else IDLE_ROUND_SECONDS
        at = now + pause
        return min(at, last)

    def _all_fixed(self) -> bool:
        return all(name in self._fixed for name in self._names)

    # ------------------------------------------------------------------------------------------- a round

    def _round(self, day: int, since: int) -> bool:
        """True where nothing more is to be done today: all is posted, final, and everyone was asked."""
        registered = self._oracle.signers_on(day)
        self._metrics.quorum.set(registered.quorum)
        self._tell_missed()
        self._look(day)
        ask_all = since >= QUARTER_SECONDS and not self._asked_all
        wanted = self._names if ask_all else [name for name in self._names if name not in self._fixed]
        tallies = self._hear(wanted, day, registered) if wanted else {}
        self._asked_all |= ask_all
        self._post(day, since, tallies, registered)
        self._settle()
        self._tell_quorum(day, since, tallies)
        self._tell_faulty(tallies)
        self._tell_balance()
        kept = self._keeper.keep(day, self._fixed)
        return self._all_fixed() and kept and self._asked_all

    def _look(self, day: int) -> None:
        """What the chain says is posted. What stood and stands no more was reorganised away: it is open again."""
        now = self._clock.now()
        self._watch.look()  # takes up again what a reorganisation undid of our own
        for name in self._names:
            found = self._oracle.fixing(name, day)
            if found is not None:
                if name not in self._fixed:
                    self._found(name, day, found)
                self._fixed[name] = found
                self._alerts.end(Cause.FIXING_LOST, name, now)
            elif name in self._fixed:
                del self._fixed[name]
                text = f"the fixing of {date_of(day)} was on chain and is gone: it is posted anew"
                self._alerts.begin(Cause.FIXING_LOST, name, text, now)

    def _tell_missed(self) -> None:
        """A day is over without a fixing; the chain is asked once more: it may have been posted after the last look."""
        while self._missed:
            name, day = self._missed[0]
            if self._oracle.fixing(name, day) is None:
                text = f"nothing was posted on {date_of(day)}; nothing more can be"
                self._alerts.once(Cause.NOT_FIXED, name, text, midnight(day + 1))
            del self._missed[0]

    def _found(self, name: str, day: int, fixing: Fixing) -> None:
        self._metrics.fixed_day.labels(name).set(day)
        self._metrics.fixing.labels(name).set(fixing.price)
        self._log.info("fixed", underlying=name, day=str(date_of(day)), price=fixing.price)
        own = self._store.book.get(name, day)
        differs = None
        if own is not None and own.attestation.price != fixing.price:
            differs = f"the chain says {format_price(fixing.price)}, this node {format_price(own.attestation.price)}"
        self._alerts.set(Cause.FIXING_DIFFERS, name, differs, self._clock.now())

    # ------------------------------------------------------------------------------------------- peers

    def _hear(self, names: Sequence[str], day: int, registered: SignerSet) -> Mapping[str, Tally]:
        domain = self._oracle.domain()
        heard = hear(self._client, self._peers, names, day, domain=domain)
        for each in heard:
            self._keep(each)
        self._on_step(Step.PEERS_HEARD)
        tallies = {}
        for name in names:
            own = self._store.book.get(name, day)
            reports = [own] if own is not None else []
            reports += [report for (known, _), report in self._reports.items() if known == name]
            tallies[name] = tally = count(reports, name, day, domain=domain, registered=registered)
            self._metrics.agreeing.labels(name).set(len(tally.prices[0][1]) if tally.prices else 0)
        return tallies

    def _keep(self, heard: Heard) -> None:
        """The first report of a peer counts; one of another price is a proof against it, and archived beside the first.

        More are not kept: a peer can sign as many as it is asked for, and a disk is finite.
        """
        if heard.report is None:
            if heard.fault is not None:
                self._blame(heard.peer.address, heard.underlying, heard.fault, heard.why)
            return
        key = heard.underlying, heard.peer.address
        known = self._reports.setdefault(key, heard.report)
        differs = known.attestation.price != heard.report.attestation.price
        proven = (heard.peer.address, heard.underlying, Fault.TWO_PRICES) in self._told
        if known is heard.report or (differs and not proven):
            self._archive.add_report(heard.report)
        if differs:
            prices = f"{format_price(known.attestation.price)} and {format_price(heard.report.attestation.price)}"
            self._blame(heard.peer.address, heard.underlying, Fault.TWO_PRICES, f"it signed {prices}")

    def _blame(self, peer: str, name: str, fault: Fault, why: str) -> None:
        """Once a day for each fault: in the metrics, the log, and, where it is more than silence, an alert."""
        if (peer, name, fault) in self._told:
            return
        self._told.add((peer, name, fault))
        self._metrics.peer_faults.labels(peer, str(fault)).inc()
        self._log.warning("peer", peer=peer, underlying=name, fault=str(fault), why=why)
        if fault is not Fault.SILENT:
            self._alerts.begin(Cause.PEER_FAULTY, peer, f"{fault}: {name}: {why}", self._clock.now())

    def _tell_faulty(self, tallies: Mapping[str, Tally]) -> None:
        """Who signed another price than the quorum; and the end of alerts about peers that are well today."""
        for name, tally in tallies.items():
            agreed = None if tally.report is None else tally.report.price
            final = self._fixed[name].price if name in self._fixed else agreed
            if final is None:
                continue
            for price, signers in tally.prices:
                for signer in signers:
                    if price != final and signer in {peer.address for peer in self._peers}:
                        why = f"it signed {format_price(price)}, the quorum {format_price(final)}"
                        self._blame(signer, name, Fault.WRONG_PRICE, why)
        if self._asked_all and self._all_fixed():
            bad = {peer for peer, _, fault in self._told if fault is not Fault.SILENT}
            for peer in self._peers:
                if peer.address not in bad:
                    self._alerts.end(Cause.PEER_FAULTY, peer.address, self._clock.now())

    # ------------------------------------------------------------------------------------------- posting

    def _post(self, day: int, since: int, tallies: Mapping[str, Tally], registered: SignerSet) -> None:
        agreed = [
            tally.report for name, tally in tallies.items() if tally.report is not None and name not in self._fixed
        ]
        if not agreed:
            if self._all_fixed():
                self._alerts.end(Cause.POSTING_FAILING, "chain", self._clock.now())  # somebody else's got through
            return
        if not self._posts:
            for report in agreed:
                self._log.info("would post", underlying=report.underlying, day=str(date_of(day)), price=report.price)
            return
        mine = turn_seconds(registered.signers, self._oracle.account)
        if since < mine or self._clock.now() > midnight(day + 1) - LAST_CALL_SECONDS:
            return
        own = [report for report in agreed if not self._is_reviewers(report.underlying)]
        if own:
            self._send(own, day)

    def _is_reviewers(self, name: str) -> bool:
        """Whether somebody else alone posts it, after a look: this node signs it and leaves the rest to him."""
        listed = self._oracle.underlying(self._oracle.index_of(name))
        return listed.review_required and self._oracle.reviewer() != self._oracle.account

    def _send(self, reports: Sequence[Report], day: int) -> None:
        now = self._clock.now()
        try:
            result = post_reports(self._oracle, reports, fee_cap=self._fee_cap)
        except BadFile:
            raise  # the journal: nothing may be sent without it
        except IFXError as error:
            self._metrics.posts.labels("failed").inc(len(reports))
            self._alerts.begin(Cause.POSTING_FAILING, "chain", str(error), now)
            self._log.error("post failed", why=str(error))
            return
        self._balance_at = 0  # it costs
        self._on_step(Step.POSTED)
        self._watch.add(result)
        self._tell_posted(result)
        self._look(day)

    def _tell_posted(self, result: PostResult) -> None:
        failed = [each for each in result.answers if isinstance(each, NotPosted)]
        for each in result.answers:
            if isinstance(each, Posted):
                self._metrics.posts.labels("posted" if each.tx_hash else "found").inc()
                self._log.info("posted", underlying=each.underlying, price=each.price, tx=each.tx_hash)
        for each in failed:
            self._metrics.posts.labels("failed").inc()
            self._log.error("not posted", underlying=each.underlying, why=each.why)
        text = "; ".join(f"{each.underlying}: {each.why}" for each in failed)
        self._alerts.set(Cause.POSTING_FAILING, "chain", text or None, self._clock.now())

    def _settle(self) -> None:
        """What an earlier process sent and did not see mined is found, also where nothing is left to post."""
        if self._posts and self._store.journal.open_attempts():
            for each in self._oracle.chain.reconcile_journal(self._store.journal):
                self._log.info("sent earlier", tx=each.tx_hash, outcome=type(each).__name__)

    # ------------------------------------------------------------------------------------------- health

    def _tell_quorum(self, day: int, since: int, tallies: Mapping[str, Tally]) -> None:
        now = self._clock.now()
        for name in self._names:
            tally = tallies.get(name)
            if name in self._fixed or (tally is not None and tally.report is not None):
                self._alerts.end(Cause.NO_QUORUM, name, now)
            elif since >= NO_QUORUM_SECONDS and tally is not None:
                most = len(tally.prices[0][1]) if tally.prices else 0
                why = "; ".join(f"{each.source}: {each.why}" for each in tally.uncounted)
                text = f"{most} of {tally.needed} signatures on one price on {date_of(day)}. {why}".rstrip(". ")
                self._alerts.begin(Cause.NO_QUORUM, name, text, now)

    def _tell_balance(self) -> None:
        now = self._clock.now()
        if not self._posts or now - self._balance_at < BALANCE_SECONDS:
            return
        self._balance_at = now
        chain = self._oracle.chain
        balance = chain.balance(self._oracle.account)
        left = postings_left(balance, gas_price(chain), len(self._names))
        self._metrics.balance.set(balance)
        self._metrics.postings_left.set(left)
        text = f"{balance} wei pay for {left} posts at today's gas price" if left < LOW_POSTINGS else None
        self._alerts.set(Cause.BALANCE_LOW, "account", text, self._clock.now())


def gas_price(chain: Chain) -> int:
    """What a post pays per gas today, in wei: the base fee and the tip. Raises `NodeDown`, `RpcError`."""
    return chain.node.block().base_fee + chain.node.priority_fee()


def postings_left(balance: int, gas_price: int, underlyings: int) -> int:
    """How many days' posts a balance in wei pays for, at a gas price in wei."""
    gas = GAS_OF_THE_FIRST + GAS_OF_EACH_MORE * max(0, underlyings - 1)
    return balance // (gas * max(1, gas_price))
