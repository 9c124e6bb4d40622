"""Ending and moving forwards through the client: builders, approvals of every kind, a life read from events alone."""

from dataclasses import replace

import pytest
from support.chain import DAY, FUNDS, GPT, Parties

from ifx_sdk import devnet, registry
from ifx_sdk.client import IFX
from ifx_sdk.endings import Ending, Novation, Termination
from ifx_sdk.errors import (
    ApprovalTooLate,
    BadAddress,
    BadSignature,
    BadValue,
    BalanceTooLow,
    ForwardNotActive,
    IncomingHasNotAgreed,
    IncomingIsASide,
    IncomingLeftBefore,
    LongHasNotAgreed,
    MaturityHasCome,
    MessageExpired,
    MessageRevoked,
    NoSigner,
    NotASide,
    NotItsLong,
    OnlyASideRevokes,
    OutgoingIsNoSide,
    PaymentTooLarge,
    RemainingHasNotAgreed,
    RevocationTooLate,
    WrongSigner,
)
from ifx_sdk.records import Part, Status
from ifx_sdk.terms import Terms

ONE_T = 1_000_000
B = 8_000_000 * ONE_T
PAYMENT = 1_250_000 * 10**6
NOTHING = bytes(31) + b"\1"


def make_terms(parties: Parties) -> Terms:
    quote = parties.desk.quote(GPT, ONE_T, 6)
    return parties.desk.terms(quote, long=parties.long.account, short=parties.short.account)


@pytest.fixture
def id_(parties: Parties) -> bytes:
    """The worked example, booked; the outsider has money and has allowed it."""
    terms = make_terms(parties)
    parties.desk.escrow.book(terms, parties.long.sign(terms), parties.short.sign(terms)).confirmed()
    devnet.faucet(parties.desk, parties.outsider.account, usdt=FUNDS)
    for outcome in parties.outsider.token.allow(2**256 - 1):
        outcome.confirmed()
    return parties.desk.escrow.terms_id(terms)


def handover(parties: Parties, id_: bytes, outgoing: str = "long", incoming: IFX | None = None) -> Novation:
    account = (incoming or parties.outsider).account
    return parties.desk.novation(id_, outgoing=outgoing, incoming=account, payment=PAYMENT)


def moved(parties: Parties, id_: bytes) -> Novation:
    """The outsider in the long's place, with everybody's signature."""
    message = handover(parties, id_)
    signatures = [each.sign(message) for each in (parties.long, parties.outsider, parties.short)]
    parties.desk.escrow.novate(message, *signatures).confirmed()
    return message


# ------------------------------------------------------------------------------------------------------- builders


def test_a_termination_is_made_for_the_sides_of_now(parties: Parties, id_: bytes) -> None:
    """24 hours by the chain's time, a salt of its own; after a novation the new side is named."""
    made, again = (parties.desk.termination(id_, price=4_320_000) for _ in range(2))
    assert made.deadline - parties.desk.chain.now() in range(DAY - 60, DAY + 1)
    assert replace(made, salt=again.salt, deadline=again.deadline) == again
    assert made.salt != again.salt
    moved(parties, id_)
    later = parties.desk.termination(id_, price=0, deadline=made.deadline, salt=bytes(32))
    assert later == Termination(
        forward=id_,
        long=parties.outsider.account,
        short=parties.short.account,
        price=0,
        deadline=made.deadline,
        salt=bytes(32),
    )


def test_a_novation_is_made_for_either_side(parties: Parties, id_: bytes) -> None:
    """By its name or by its account: the other side is the one that remains."""
    long, short = parties.long.account, parties.short.account
    for outgoing, remaining, names in ((long, short, ("long", long)), (short, long, ("short", short.lower()))):
        for name in names:
            made = handover(parties, id_, name)
            assert (made.outgoing, made.remaining) == (outgoing, remaining)


def test_nobody_is_asked_to_approve_what_cannot_be_executed(parties: Parties, id_: bytes) -> None:
    """The builders refuse as the contract would: unknown, of other sides, too high, too late."""
    desk, incoming = parties.desk, parties.outsider.account
    with pytest.raises(ForwardNotActive, match="of another chain or escrow"):
        desk.termination(NOTHING, price=1)
    with pytest.raises(ForwardNotActive):
        desk.novation(NOTHING, outgoing="long", incoming=incoming, payment=0)
    with pytest.raises(BadValue, match="32 bytes"):
        desk.termination(b"short", price=1)
    with pytest.raises(BadAddress):
        desk.novation(id_, outgoing="both", incoming=incoming, payment=0)
    with pytest.raises(OutgoingIsNoSide):
        desk.novation(id_, outgoing=incoming, incoming=incoming, payment=0)
    with pytest.raises(IncomingIsASide):
        desk.novation(id_, outgoing="long", incoming=parties.short.account, payment=0)
    with pytest.raises(PaymentTooLarge):
        desk.novation(id_, outgoing="long", incoming=incoming, payment=2 * B + 1)
    with pytest.raises(MessageExpired):
        desk.termination(id_, price=1, deadline=desk.chain.now() - 1)
    last = desk.termination(id_, price=1, deadline=2**256 - 1)
    devnet.travel(desk, desk.escrow.forward(id_).maturity)
    for build in (lambda: desk.termination(id_, price=1), lambda: desk.escrow.terminate(last)):
        with pytest.raises(MaturityHasCome):
            build()


# ------------------------------------------------------------------------------------------------------ approvals


def test_one_signer_signs_all_three_kinds(parties: Parties, id_: bytes) -> None:
    """The digest is the contract's own; a view without a signer says what is missing."""
    escrow = parties.long.escrow
    for message in (make_terms(parties), parties.desk.termination(id_, price=1), handover(parties, id_)):
        assert escrow.onchain_id(message) == escrow.message_id(message)
        escrow.check_approval(message, parties.long.account, parties.long.sign(message))
        with pytest.raises(NoSigner):
            IFX(escrow.chain, parties.long.deployment).sign(message)


def test_a_wrong_signature_is_told_before_anything_is_sent(parties: Parties, id_: bytes) -> None:
    """Swapped, by a stranger, of another message, malformed; none at all is left to the contract."""
    end, other = (parties.desk.termination(id_, price=price) for price in (1, 2))
    long, short = parties.long.sign(end), parties.short.sign(end)
    terminate = parties.outsider.escrow.terminate
    for pair in ((short, long), (parties.outsider.sign(end), short), (long, parties.short.sign(other))):
        with pytest.raises(WrongSigner):
            terminate(end, *pair)
    with pytest.raises(BadSignature):
        terminate(end, bytes(65), short)
    with pytest.raises(LongHasNotAgreed) as refused:
        terminate(end, b"", short)
    assert refused.value.tx_hash is None
    terminate(end, long, short).confirmed()


def test_all_three_must_agree_to_a_novation(parties: Parties, id_: bytes) -> None:
    """Each of them alone is missed by name; on chain counts as signed."""
    message = handover(parties, id_)
    good = [each.sign(message) for each in (parties.long, parties.outsider, parties.short)]
    novate = parties.desk.escrow.novate
    with pytest.raises(IncomingHasNotAgreed):
        novate(message, good[0], b"", good[2])
    with pytest.raises(RemainingHasNotAgreed):
        novate(message, good[0], good[1], b"")
    for each in (parties.long, parties.outsider, parties.short):
        each.escrow.approve(message).confirmed()
        assert parties.desk.escrow.is_approved(parties.desk.escrow.message_id(message), each.account)
    novate(message).confirmed()


@pytest.mark.parametrize("kind", [Termination, Novation])
def test_what_one_revokes_nobody_executes(parties: Parties, id_: bytes, kind: type[Ending]) -> None:
    """Any whom it names, for ever; a stranger cannot; afterwards even an approval is refused."""
    message: Ending = parties.desk.termination(id_, price=1) if kind is Termination else handover(parties, id_)
    for call in (parties.desk.escrow.approve, parties.desk.escrow.revoke):
        with pytest.raises((NotASide, OnlyASideRevokes)):
            call(message)
    parties.long.escrow.approve(message).confirmed()
    parties.short.escrow.revoke(message).confirmed()
    with pytest.raises(MessageRevoked, match=parties.desk.escrow.message_id(message).hex()):
        parties.desk.escrow.check_ending(message)
    with pytest.raises(ApprovalTooLate):
        parties.long.escrow.approve(message)
    with pytest.raises(RevocationTooLate):
        parties.long.escrow.revoke(message)


def test_who_has_left_does_not_come_back(parties: Parties, id_: bytes) -> None:
    """Not as the other side either; what was approved before for it is void."""
    before = parties.desk.termination(id_, price=1)
    moved(parties, id_)
    assert parties.desk.escrow.has_left(id_, parties.long.account)
    for outgoing in ("long", "short"):
        with pytest.raises(IncomingLeftBefore, match=parties.long.account):
            handover(parties, id_, outgoing, parties.long)
    with pytest.raises(NotItsLong):
        parties.desk.escrow.terminate(before, parties.long.sign(before), parties.short.sign(before))


def test_a_message_of_another_escrow_is_refused_here(parties: Parties, id_: bytes) -> None:
    """Its forward is unknown there, and its signature is nobody's: the digest holds the escrow."""
    elsewhere = devnet.start(parties.desk.chain, [GPT])
    message = parties.desk.termination(id_, price=1)
    with pytest.raises(ForwardNotActive, match=elsewhere.deployment.escrow):
        elsewhere.escrow.check_ending(message)
    assert elsewhere.escrow.message_id(message) != parties.desk.escrow.message_id(message)
    with pytest.raises(WrongSigner):
        elsewhere.escrow.check_approval(message, parties.long.account, parties.long.sign(message))


# ---------------------------------------------------------------------------------------------------------- money


def test_the_payment_comes_from_the_balance_first(parties: Parties, id_: bytes) -> None:
    """Then from the wallet, to the micro; the leaving side can withdraw it at once and nothing else moves."""
    newcomer, escrow = parties.outsider, parties.outsider.escrow
    escrow.deposit(PAYMENT - 1).confirmed()
    held = escrow.chain, newcomer.token.balance(parties.desk.deployment.escrow)
    moved(parties, id_)
    assert (escrow.balance_of(), newcomer.token.balance()) == (0, FUNDS - PAYMENT)
    assert newcomer.token.balance(parties.desk.deployment.escrow) == held[1] + 1
    parties.long.escrow.withdraw(PAYMENT).confirmed()
    with pytest.raises(BalanceTooLow):
        parties.long.escrow.withdraw(1)


# ----------------------------------------------------------------------------------------------- a life from events


def test_a_life_is_read_from_the_events_alone(parties: Parties, id_: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides change hands, then it settles: every account finds it, with its own part in it."""
    first = moved(parties, id_)
    third = parties.desk.as_signer(devnet.signer(devnet.FEE_RECIPIENT))
    second = parties.desk.novation(id_, outgoing="short", incoming=third.account, payment=0)
    parties.desk.escrow.novate(second, *(each.sign(second) for each in (parties.short, third, parties.outsider)))
    other = make_terms(parties)
    parties.desk.escrow.book(other, parties.long.sign(other), parties.short.sign(other)).confirmed()

    devnet.travel(parties.desk, parties.desk.escrow.forward(id_).maturity)
    devnet.post(parties.desk, {GPT: 8_000_000})
    settled = parties.desk.escrow.settle(id_).confirmed()
    escrow = parties.desk.escrow
    life, second_life = escrow.forwards()
    assert (life.record.status, life.termination) == (Status.SETTLED, None)
    assert life.settlement is not None
    assert (life.settlement, life.ending) == (escrow.settlement(id_), life.settlement)
    assert (life.settlement.tx_hash, life.settlement.long_payout) == (settled.tx_hash, 8_550_000 * 10**6)
    assert (life.first_long, life.first_short) == (parties.long.account, parties.short.account)
    assert (life.record.long, life.record.short) == (parties.outsider.account, third.account)
    assert [each.novation for each in life.novations] == [escrow.message_id(each) for each in (first, second)]
    assert [(each.side, each.payment) for each in life.novations] == [("long", PAYMENT), ("short", 0)]
    assert life.novations == escrow.novations(id_)
    assert (second_life.novations, second_life.ending) == ((), None)

    long_change, short_change = life.novations
    parts = {
        parties.long: Part(side="long", entered=None, left=long_change),
        parties.short: Part(side="short", entered=None, left=short_change),
        parties.outsider: Part(side="long", entered=long_change, left=None),
        third: Part(side="short", entered=short_change, left=None),
    }
    for party, part in parts.items():
        found = escrow.forwards(party.account)
        assert (found[0], found[0].part_of(party.account)) == (life, part)
        assert len(found) == (2 if part.entered is None else 1)
    assert escrow.forwards(parties.desk.account) == ()
    assert escrow.forwards(parties.outsider.account, from_block=life.block_number + 1) == ()
    monkeypatch.setattr(registry, "MOST_TOPICS", 0)  # as where there are too many forwards to name each
    assert escrow.forwards() == (life, second_life)
    assert escrow.forwards(third.account) == (life,)


def test_an_early_end_is_read_from_its_event(parties: Parties, id_: bytes) -> None:
    """Payouts, price and digest; a forward that was never booked has no life."""
    escrow = parties.desk.escrow
    assert (escrow.termination(id_), escrow.settlement(id_), escrow.novations(id_)) == (None, None, ())
    end = parties.desk.termination(id_, price=4_320_000)
    done = parties.outsider.escrow.terminate(end, parties.long.sign(end), parties.short.sign(end)).confirmed()
    found = escrow.termination(id_)
    assert found is not None
    assert (found.termination, found.tx_hash, found.price) == (escrow.message_id(end), done.tx_hash, 4_320_000)
    assert (found.long_payout, found.short_payout) == escrow.payouts(id_, 4_320_000)
    life = escrow.booked(id_)
    assert life is not None
    assert (life.termination, life.settlement, life.ending) == (found, None, found)
    assert (escrow.booked(NOTHING), escrow.novations(NOTHING)) == (None, ())
    with pytest.raises(ForwardNotActive):
        escrow.check_ending(end)
