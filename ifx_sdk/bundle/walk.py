"""From how a forward ended back to its terms, approvals, fixings and pages, every step computed again. No network.

    ending -> stored record -> terms -> approvals -> booking -> novations -> settlement price
           -> each fixing: post, signatures, signer set -> each node's manifest -> slots -> pages -> payoff

Nothing of a bundle is believed: an event counts because a receipt's proof leads from a header's root to it, a stored
word because a proof leads there from the state root, a header because its bytes hash to the block's hash. Whether that
hash is the chain's is what a bundle cannot tell: `confirm` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ifx_sdk import payoff
from ifx_sdk.bundle.approving import Approval, How, approvals_of
from ifx_sdk.bundle.blocks import part_name
from ifx_sdk.bundle.container import Bundle
from ifx_sdk.bundle.ending import Ended, ending_of
from ifx_sdk.bundle.errors import BadBundleFile, Mismatch
from ifx_sdk.bundle.fixings import Fixings, ProvenFixing, examined, settled_on
from ifx_sdk.bundle.history import Happened, History
from ifx_sdk.bundle.messages import TERMS, booked_message, ending_message
from ifx_sdk.bundle.mined import header_of
from ifx_sdk.bundle.pages import Pages, Reader
from ifx_sdk.bundle.state import NAME as STATE
from ifx_sdk.bundle.state import State, Words
from ifx_sdk.bundle.steps import End, Verified
from ifx_sdk.calendar import date_of, day_of, format_time
from ifx_sdk.contract import raw
from ifx_sdk.deployment import Deployment
from ifx_sdk.endings import Ending, Novation, Termination
from ifx_sdk.errors import BadEnding, BadTerms, IFXError, InputError
from ifx_sdk.money import format_amount, format_price, format_quantity
from ifx_sdk.records import Status
from ifx_sdk.signing import message_digest
from ifx_sdk.terms import Terms, escrow_domain

_ENDS: Mapping[int, End] = {
    Status.ACTIVE: End.ACTIVE,
    Status.SETTLED: End.SETTLED,
    Status.TERMINATED: End.TERMINATED,
}


def verify(bundle: Bundle, *, deployment: Deployment | None = None, reader: Reader | None = None) -> Verified:
    """Walk a bundle back to its first mismatch or to its end.

    `deployment` is what its contracts are held against; `reader` stands in for the installed page families. Raises
    `BadBundleFile` where a part cannot be read, `MissingExtra`.
    """
    found = Verified(id=bundle.id)
    try:
        _Walk(bundle, found, reader).run(deployment)
    except Mismatch as error:
        found.mismatch = error
    except BadBundleFile:
        raise
    except InputError as error:  # a number or a name in it that nothing of ours could be
        raise BadBundleFile("what it says", error.what) from error
    return found


def confirm(found: Verified, hash_of: Callable[[int], str | None], who: str) -> None:
    """Hold every block hash against what `hash_of` says of its height; `who` says so, in words.

    None says that it has no such block, which is a mismatch as well.
    """
    if found.mismatch is not None:
        return
    for number, hash in found.blocks:
        theirs = hash_of(number)
        if theirs != hash:
            part = f"part {part_name(number)}"
            found.mismatch = Mismatch(f"hash of block {number}", part, expected=f"{theirs} ({who})", found=hash)
            return
    found.confirmed = frozenset(hash for _, hash in found.blocks)
    found.ok("block hashes", f"all {len(found.blocks)} as {who} has them")


def confirm_hashes(found: Verified, hashes: Iterable[str]) -> None:
    """Note the block hashes that the user vouches for; one that is no block's of the bundle is a mismatch."""
    known = {hash: number for number, hash in found.blocks}
    for each in hashes:
        if found.mismatch is None and each not in known:
            expected = f"a block with the hash {each}"
            found.mismatch = Mismatch("block hash", "blocks/", expected=expected, found=f"{len(known)} other blocks")
        elif found.mismatch is None:
            found.confirmed |= {each}
            found.ok("block hash", f"{each} is block {known[each]} of the bundle")


class _Walk:
    """One walk; every step raises `Mismatch`, or notes itself in `found`."""

    def __init__(self, bundle: Bundle, found: Verified, reader: Reader | None) -> None:
        self.bundle, self.found = bundle, found
        self.pages = Pages(bundle, reader)
        self.domain = escrow_domain(bundle.chain_id, bundle.escrow)

    def run(self, deployment: Deployment | None) -> None:
        """All of it."""
        self.history = History(self.bundle)
        self.state = State(self.bundle)
        for name in (STATE, TERMS, part_name(self.bundle.state)):
            self.history.use_part(name)
        self._blocks()
        self._contracts(deployment)
        words = self.state.forward(self.bundle.id)
        if words.status not in _ENDS:
            raise Mismatch("status", f"part {STATE}", expected="a booked forward", found=f"status {words.status}")
        self.found.end = _ENDS[words.status]
        ended = ending_of(self.history, self.bundle.id, self.found.end)
        self._tell_ending(ended)
        self._tell_record(words)
        terms, booked = self._terms(), self.history.only("booking", "ForwardBooked", id=self.bundle.id)
        self._booking(terms, booked)
        self._sides(terms, words, booked, ended)
        self.fixings = Fixings(self.bundle, self.history, self.state, self.pages, terms.underlying)
        _hold("underlying", f"part {STATE}", self.fixings.index, words.underlying)
        days = self._prices(terms, booked, ended)
        self._walk_fixings(days)
        self._payoff(terms, ended)
        self.history.hold_all_used()
        self.state.hold_all_used()
        self._open_questions()

    # ------------------------------------------------------------------------------------- what the chain has

    def _blocks(self) -> None:
        numbers = sorted(int(name[7:-4]) for name in self.bundle.parts if name.startswith("blocks/"))
        self.found.blocks = tuple((each, header_of(self.bundle, each).hash) for each in numbers)
        text = f"{len(self.bundle.parts)} parts as bundle.json names them, {len(numbers)} block headers"
        self.found.ok("bundle", text)

    def _contracts(self, deployment: Deployment | None) -> None:
        bundle = self.bundle
        if deployment is None:
            what = f"that the escrow {bundle.escrow} and the oracle {bundle.oracle} on chain {bundle.chain_id} are"
            self.found.not_proven.append(f"{what} those you mean: --deployment FILE compares them and their code")
            return
        where = "part bundle.json"
        _hold("chain", where, deployment.chain_id, bundle.chain_id)
        _hold("escrow", where, deployment.escrow, bundle.escrow)
        _hold("oracle", where, deployment.oracle, bundle.oracle)
        codes = {each.address: each.code_hash for each in deployment.contracts}
        for address in (bundle.escrow, bundle.oracle):
            if address in codes:
                _hold(f"code of {address}", f"part {STATE}", codes[address], "0x" + self.state.code_hash(address).hex())
        self.found.ok("contracts", f"escrow and oracle, and their code, are those of {deployment.network}")

    def _tell_ending(self, ended: Ended | None) -> None:
        if ended is None:
            state = self.state.header
            self.found.ok("ending", f"none yet: active at {_time(state.timestamp)} in block {state.number}")
            return
        happened = ended.happened
        price = f"F_ref {format_price(ended.price)}" if self.found.end is End.SETTLED else format_price(ended.price)
        where = f"transaction {happened.event.tx_hash} of block {happened.event.block_number}"
        self.found.ok(str(self.found.end), f"at {price} in {where}")

    def _tell_record(self, words: Words) -> None:
        stored = f"{format_quantity(words.quantity)} at {format_price(words.price)}, S0 {format_price(words.spot)}"
        self.found.ok("stored record", f"{stored}, status {words.status}, proven in block {self.bundle.state}")

    # ---------------------------------------------------------------------------------------- terms to booking

    def _terms(self) -> Terms:
        try:
            terms = Terms.from_json(self.bundle.part(TERMS), f"part {TERMS}")
        except BadBundleFile:
            raise
        except IFXError as error:
            raise BadBundleFile(f"part {TERMS}", error.what) from error
        if terms.to_json().encode() != self.bundle.part(TERMS):
            raise BadBundleFile(f"part {TERMS}", "it is not written as `ifx terms` writes it")
        digest = message_digest(terms, self.domain)
        _hold("terms: their digest", f"part {TERMS}", "0x" + self.bundle.id.hex(), "0x" + digest.hex())
        size = f"{format_quantity(terms.quantity)} of {terms.underlying} at F {format_price(terms.price)}"
        self.found.ok("terms", f"their EIP-712 digest is the id: {size}, maturity {date_of(day_of(terms.maturity))}")
        return terms

    def _booking(self, terms: Terms, booked: Happened) -> None:
        part = booked.mined.part
        fields = ("long", "short", "quantity", "price", "spot", "indicative", "maturity", "averaging_days")
        for name in fields:
            _hold(f"booking: {name}", part, getattr(terms, name), booked.event.args[name])
        given = booked_message(booked, self.bundle.escrow, terms, self.domain)
        self._tell_approvals(self._approvals(terms, self.bundle.id, given, booked))
        try:
            # The lot is the escrow's own affair: any whole number of Mtok passes here.
            terms.validate(1, booked.at, escrow=self.bundle.escrow)
        except BadTerms as error:
            raise Mismatch("booking", part, expected="terms that `book` takes", found=error.what) from error
        locked = format_amount(payoff.prefunding(spot=terms.spot, quantity=terms.quantity))
        fee = format_amount(payoff.fee(indicative=terms.indicative, quantity=terms.quantity))
        self.found.ok("booking", f"{_time(booked.at)} in {booked.event.tx_hash}; each side locked {locked}, fee {fee}")

    def _approvals(
        self, message: Terms | Termination | Novation, digest: bytes, given: Mapping[str, bytes], executed: Happened
    ) -> tuple[Approval, ...]:
        chain_id = self.bundle.chain_id
        found = approvals_of(message, digest, given, executed, self.history, self.state, chain_id)
        if any(each.how is How.WALLET for each in found):
            self.found.not_proven.append(
                "that a wallet contract accepted an approval is known from the escrow having acted on it"
            )
        return found

    def _tell_approvals(self, found: Iterable[Approval], of: str = "") -> None:
        for each in found:
            self.found.ok(f"{of}{each.role} approved", f"{each.how}: {each.text}")

    # ------------------------------------------------------------------------------------ sides and their end

    def _sides(self, terms: Terms, words: Words, booked: Happened, ended: Ended | None) -> None:
        """Novations in their order lead from the booking's sides to those that are stored."""
        sides = {"long": terms.long, "short": terms.short}
        for each in self.history.all("ForwardNovated"):
            if each.event.args["id"] != self.bundle.id:
                continue
            self.history.use(each)
            message, given = self._message("novation", "novate", each)
            assert isinstance(message, Novation)  # noqa: S101 - a call of `novate` holds nothing else
            leaves = next((side for side, account in sides.items() if account == message.outgoing), None)
            stays = sides["short" if leaves == "long" else "long"]
            _hold("novation: remaining side", each.mined.part, stays, message.remaining)
            for name in ("outgoing", "incoming", "payment"):
                _hold(f"novation: {name}", each.mined.part, getattr(message, name), each.event.args[name])
            if leaves is None or not booked.place < each.place or each.at >= terms.maturity:
                found = f"{message.outgoing} left at {_time(each.at)}"
                raise Mismatch("novation", each.mined.part, expected="a side, before maturity", found=found)
            self._tell_approvals(self._approvals(message, raw(each.event.args["novation"]), given, each), "novation: ")
            sides[leaves] = message.incoming
            self.found.ok("novation", f"{message.incoming} is the {leaves} since {_time(each.at)}")
        stored = (words.long, words.short, words.quantity, words.price, words.spot, words.maturity_day)
        expected = (sides["long"], sides["short"], terms.quantity, terms.price, terms.spot, day_of(terms.maturity))
        _hold("stored record", f"part {STATE}", expected, stored)
        _hold("stored averaging days", f"part {STATE}", terms.averaging_days, words.averaging_days)
        if ended is not None and self.found.end is End.TERMINATED:
            self._termination(ended, sides, terms)

    def _termination(self, ended: Ended, sides: Mapping[str, str], terms: Terms) -> None:
        happened, part = ended.happened, ended.happened.mined.part
        message, given = self._message("termination", "terminate", happened)
        assert isinstance(message, Termination)  # noqa: S101 - a call of `terminate` holds nothing else
        _hold("termination: its sides", part, sides, dict(message.parties))
        _hold("termination: its price", part, format_price(message.price), format_price(ended.price))
        if happened.at >= terms.maturity:
            found = _time(happened.at)
            raise Mismatch("termination", part, expected=f"before {_time(terms.maturity)}", found=found)
        digest = raw(happened.event.args["termination"])
        self._tell_approvals(self._approvals(message, digest, given, happened), "termination: ")

    def _message(self, kind: str, function: str, happened: Happened) -> tuple[Ending, Mapping[str, bytes]]:
        """The message in a call whose digest is the one that was logged, and the approvals handed in with it."""
        wanted = raw(happened.event.args[kind])
        message, given = ending_message(happened, self.bundle.escrow, function, wanted, self.domain)
        try:
            message.check_deadline(happened.at)
        except BadEnding as error:
            part = happened.mined.part
            raise Mismatch(f"{kind}: deadline", part, expected="one that is not over", found=error.what) from error
        _hold(f"{kind}: its forward", happened.mined.part, self.bundle.id.hex(), message.forward.hex())
        return message, given

    # ------------------------------------------------------------------------------------------------- prices

    def _prices(self, terms: Terms, booked: Happened, ended: Ended | None) -> list[int]:
        """The spot and the settlement price out of the stored fixings; the days whose fixings decided them."""
        spot_day = day_of(booked.at)
        spot = self.fixings.price(spot_day)
        _hold(f"spot: the fixing of {date_of(spot_day)}", f"part {STATE}", terms.spot, spot)
        self.found.ok("spot", f"{format_price(terms.spot)} is the fixing of {date_of(spot_day)}, the day of booking")
        if ended is None or self.found.end is not End.SETTLED:
            return [spot_day]
        last = day_of(terms.maturity)
        first = last - terms.averaging_days + 1
        looked = set(examined(lambda day: self.fixings.price(day) is not None, first, last)) | {spot_day}
        posted = {day: price for day in looked if (price := self.fixings.price(day)) is not None}
        again, certain = payoff.settlement_price(posted, last, terms.averaging_days, ended.happened.at)
        part = ended.happened.mined.part
        _hold("settlement price", part, None if again is None else format_price(again), format_price(ended.price))
        _hold("settlement price: certain", part, True, certain)
        sources = {day: settled_on(posted, day) for day in range(first, last + 1)}
        self.found.ok("settlement price", f"{format_price(ended.price)}: {_window(first, last, sources)}")
        return sorted({spot_day, *sources.values()})

    def _walk_fixings(self, days: list[int]) -> None:
        walked = [self.fixings.walk(day) for day in days]
        self.found.missing = tuple(dict.fromkeys(name for each in walked for name in each.missing))
        self.found.unproven = tuple(date_of(each.day).isoformat() for each in walked if not each.whole)
        self.found.signers = tuple(sorted({account for each in walked for account in each.signers}))
        for name, text in _fixing_rows(walked, self.pages.count):
            self.found.ok(name, text)

    def _payoff(self, terms: Terms, ended: Ended | None) -> None:
        if ended is None:
            return
        long, short = payoff.payouts(
            price=terms.price, spot=terms.spot, quantity=terms.quantity, settlement=ended.price
        )
        if ended.payouts is not None:
            _hold("payoff: (long, short)", ended.happened.mined.part, (long, short), ended.payouts)
        self.found.ok("payoff", f"long {format_amount(long)}, short {format_amount(short)}: together 2B")

    def _open_questions(self) -> None:
        self.found.not_proven[:] = dict.fromkeys(self.found.not_proven)
        if self.found.missing:
            self.found.not_proven.append(f"what {len(self.found.missing)} parts of evidence hold that are not here")


def _window(first: int, last: int, sources: Mapping[int, int]) -> str:
    """How a settlement price came about, in words."""
    later = sum(1 for day, source in sources.items() if source > day)
    earlier = sum(1 for day, source in sources.items() if source < day)
    how = f"the fixing of {date_of(sources[last])}" if first == last else f"the mean of {len(sources)} days"
    if first != last:
        how += f", {date_of(first)} to {date_of(last)}"
    if later:
        how += f"; {later} without a fixing took a later one"
    if earlier:
        how += f"; {earlier} without a fixing took the newest earlier one"
    return how


def _fixing_rows(walked: list[ProvenFixing], pages: int) -> Iterable[tuple[str, str]]:
    signatures = sum(len(each.signers) for each in walked)
    sets = len({each.registered for each in walked})
    nodes = sum(each.whole for each in walked)
    yield "fixings", f"{len(walked)}, each posted on its day at the stored price"
    quorum = f"{walked[0].registered.quorum} of {len(walked[0].registered.signers)} nodes"
    force = f"a quorum is {quorum}" if sets == 1 else f"{sets} signer sets were in force"
    yield "signatures", f"{signatures}, each of another registered node of its day; {force}"
    yield "evidence", f"{nodes} of {signatures} nodes' windows are here whole, each median computed again"
    yield "pages", f"{pages} pages hash to what the windows name; {sum(e.slots for e in walked)} slots were read again"


def _time(at: int) -> str:
    return format_time(at).partition(" (")[0]


def _hold(step: str, part: str, expected: object, found: object) -> None:
    if expected != found:
        raise Mismatch(step, part if part.startswith("part ") else f"part {part}", expected=expected, found=found)
