"""`book`: whose approval counts. Both sides, by key, on chain and by contract wallet."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import boa
import pytest
from support.hostile import ANSWERS, VICES, YES, wallet_with_funds
from support.protocol import CHAIN_ID, Party, Protocol, booked_event, mock, party, refused, required

from ifx_sdk.signing import terms_digest
from ifx_sdk.terms import Domain, Terms

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SIDES = ("long", "short")

Forge = Callable[[Protocol, Terms, Party], bytes]


def book_with(protocol: Protocol, terms: Terms, side: str, approval: bytes, gas: int | None = None) -> Any:
    """Book with `approval` for one side and the other's signature."""
    return protocol.book(terms, **{f"{side}_approval": approval}, gas=gas)


def in_domain(**changes: Any) -> Forge:
    def forge(protocol: Protocol, terms: Terms, who: Party) -> bytes:
        return who.sign(terms_digest(terms, replace(protocol.escrow_domain, **changes)))

    return forge


def by_another_key(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    return protocol.outsider.sign(protocol.id_of(terms))


def by_the_other_side(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    other = protocol.short if who is protocol.long else protocol.long
    return other.sign(protocol.id_of(terms))


def over_other_terms(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    return who.sign(protocol.id_of(replace(terms, price=terms.price + 1)))


def for_another_escrow(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    return in_domain(contract=protocol.oracle.address)(protocol, terms, who)


def compact(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    return who.sign(protocol.id_of(terms))[:64]


def too_long(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    return who.sign(protocol.id_of(terms)) + b"\0"


def with_v_of_zero_or_one(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    signature = who.sign(protocol.id_of(terms))
    return signature[:64] + bytes([signature[64] - 27])


def with_the_other_v(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    signature = who.sign(protocol.id_of(terms))
    return signature[:64] + bytes([55 - signature[64]])


def prefixed(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    from eth_utils.crypto import keccak

    return who.sign(keccak(b"\x19Ethereum Signed Message:\n32" + protocol.id_of(terms)))


def nothing(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    return b""


def zeros(protocol: Protocol, terms: Terms, who: Party) -> bytes:
    return b"\0" * 65


FORGERIES: dict[str, Forge] = {
    "another key": by_another_key,
    "the other side's key": by_the_other_side,
    "other terms": over_other_terms,
    "another chain": in_domain(chain_id=1),
    "another name": in_domain(name="IFX Fixing Oracle"),
    "another version": in_domain(version="2"),
    "another contract": for_another_escrow,
    "64 bytes": compact,
    "66 bytes": too_long,
    "v of 0 or 1": with_v_of_zero_or_one,
    "the other v": with_the_other_v,
    "personal_sign": prefixed,
    "nothing": nothing,
    "zeros": zeros,
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
@pytest.mark.parametrize("side", SIDES)
def test_only_the_sides_own_signature_over_these_terms_counts(open_day: Protocol, side: str, forge: Forge) -> None:
    """Anything else for one side is refused in that side's name; its signature books."""
    terms, who = open_day.terms(), getattr(open_day, side)
    before = open_day.money()
    with refused(f"escrow: {side} has not approved"):
        book_with(open_day, terms, side, forge(open_day, terms, who))
    assert open_day.money() == before
    book_with(open_day, terms, side, who.sign(open_day.id_of(terms)))


def test_swapped_signatures_do_not_book(open_day: Protocol) -> None:
    """Each signature is for its own side."""
    terms = open_day.terms()
    long_approval, short_approval = open_day.approvals(terms)
    with refused("escrow: long has not approved"):
        open_day.book(terms, short_approval, long_approval)
    open_day.book(terms, long_approval, short_approval)


def test_a_malleable_signature_does_no_harm(open_day: Protocol) -> None:
    """The twin with the higher s approves the same terms, and still books them once."""
    terms = open_day.terms()
    signature = open_day.long.sign(open_day.id_of(terms))
    s = ORDER - int.from_bytes(signature[32:64], "big")
    twin = signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])
    open_day.book(terms, long_approval=twin)
    with refused("escrow: already booked"):
        open_day.book(terms)


def test_a_signature_for_one_chain_is_void_on_its_fork(open_day: Protocol) -> None:
    """After a fork to another chain id the old signatures do not book; new ones for that id do."""
    terms = open_day.terms()
    old = open_day.approvals(terms)
    boa.env.evm.patch.chain_id = 1
    with refused("escrow: long has not approved"):
        open_day.book(terms, *old)
    domain = replace(open_day.escrow_domain, chain_id=1)
    digest = terms_digest(terms, domain)
    assert bytes(open_day.escrow.terms_hash(terms.as_tuple())) == digest
    open_day.book(terms, open_day.long.sign(digest), open_day.short.sign(digest))
    boa.env.evm.patch.chain_id = CHAIN_ID


def test_any_wrong_bytes_leave_an_approval_on_chain_in_force(open_day: Protocol) -> None:
    """The desk cannot spoil an approval on chain by giving a bad signature beside it."""
    terms = open_day.terms()
    open_day.send(open_day.escrow.approve_terms, terms.as_tuple(), by=open_day.long)
    open_day.book(terms, long_approval=by_another_key(open_day, terms, open_day.long))


# ---------------------------------------------------------------------------------------------------- contract wallets


def wallet_side(protocol: Protocol, side: str) -> tuple[Any, Terms]:
    """A contract wallet with tokens and an allowance, and terms in which it takes a side."""
    wallet = wallet_with_funds(protocol)
    return wallet, protocol.terms(**{side: wallet.address})


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("length", [0, 1, 64, 65, 66, 195, 2048])
def test_a_contract_wallet_approves_with_bytes_of_any_length(open_day: Protocol, side: str, length: int) -> None:
    """What the wallet is asked is the forward's id and exactly the bytes given, none included."""
    wallet, terms = wallet_side(open_day, side)
    approval = bytes(range(1, 256))[:length] if length < 256 else b"\xee" * length
    wallet.expect(open_day.id_of(terms), approval)
    assert book_with(open_day, terms, side, approval).events[0] == booked_event(terms, open_day.id_of(terms))
    need = required(terms)[SIDES.index(side)]
    assert open_day.token.balanceOf(wallet.address) == 100_000_000 * 10**6 - need


@pytest.mark.parametrize("side", SIDES)
def test_a_contract_wallet_that_wants_other_bytes_has_not_approved(open_day: Protocol, side: str) -> None:
    """A wallet that accepts one signature refuses another."""
    wallet, terms = wallet_side(open_day, side)
    wallet.expect(open_day.id_of(terms), b"yes")
    with refused(f"escrow: {side} has not approved"):
        book_with(open_day, terms, side, b"no")
    book_with(open_day, terms, side, b"yes")


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("side", SIDES)
def test_only_the_padded_magic_value_is_a_yes(open_day: Protocol, side: str, answer: bytes) -> None:
    """Every other answer of a wallet is a no; 32 bytes with the magic value on the left are a yes."""
    wallet, terms = wallet_side(open_day, side)
    wallet.set_answer(answer)
    with refused(f"escrow: {side} has not approved"):
        book_with(open_day, terms, side, b"any")
    wallet.set_answer(YES)
    book_with(open_day, terms, side, b"any")


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("vice", VICES)
def test_a_wallet_that_reverts_loops_or_writes_has_not_approved(open_day: Protocol, side: str, vice: str) -> None:
    """Its failure is a no with our reason, even where it burns all the gas it is given."""
    wallet, terms = wallet_side(open_day, side)
    getattr(wallet, vice)(True)
    with refused(f"escrow: {side} has not approved"):
        book_with(open_day, terms, side, b"any", gas=600_000)
    getattr(wallet, vice)(False)
    book_with(open_day, terms, side, b"any", gas=600_000)


def test_a_contract_without_the_method_has_not_approved(open_day: Protocol) -> None:
    """The token and the oracle are contracts too, and nobody's side."""
    for address in (open_day.token.address, open_day.oracle.address):
        with refused("escrow: long has not approved"):
            open_day.book(open_day.terms(long=address), long_approval=b"\1" * 65)


def test_an_account_without_code_or_key_has_not_approved(open_day: Protocol) -> None:
    """Precompiles and empty accounts answer nothing, and nothing is no yes."""
    for number in (1, 2, 4, 0xDEAD):
        with refused("escrow: long has not approved"):
            open_day.book(open_day.terms(long=f"0x{number:040x}"), long_approval=b"\1" * 65)


def test_a_contract_wallet_approves_on_chain(open_day: Protocol) -> None:
    """One that refuses every signature can still call."""
    wallet, terms = wallet_side(open_day, "long")
    wallet.set_refuses(True)
    wallet.execute(open_day.escrow.address, open_day.escrow.approve_terms.prepare_calldata(terms.as_tuple()))
    open_day.book(terms, long_approval=b"")


def test_the_accounts_own_key_counts_whatever_code_it_has(open_day: Protocol) -> None:
    """An EOA that delegates to code (EIP-7702) approves by its key, even if that code would refuse."""
    terms = open_day.terms()
    wallet = mock("wallet").deploy()
    boa.env.set_code(open_day.long.address, boa.env.get_code(wallet.address))
    with refused("escrow: long has not approved"):
        open_day.book(terms, long_approval=by_another_key(open_day, terms, open_day.long))
    open_day.book(terms, long_approval=open_day.long.sign(open_day.id_of(terms)))


def test_an_account_with_code_approves_through_it_too(open_day: Protocol) -> None:
    """The same account may answer by its code instead of its key."""
    wallet = mock("wallet").deploy()
    boa.env.set_code(open_day.long.address, boa.env.get_code(wallet.address))
    code_answers = mock("wallet").at(open_day.long.address)
    code_answers.set_answer(YES)
    open_day.book(open_day.terms(), long_approval=b"through the code")


def test_a_wallet_asked_during_booking_sees_no_half_done_state(open_day: Protocol) -> None:
    """While it answers it may read the id of terms, and no balance or record."""
    wallet, terms = wallet_side(open_day, "long")
    escrow, forward_id = open_day.escrow, open_day.id_of(terms)
    locked = (
        escrow.balance_of.prepare_calldata(wallet.address),
        escrow.forward.prepare_calldata(forward_id),
        escrow.is_settleable.prepare_calldata(forward_id),
        escrow.is_approved.prepare_calldata(forward_id, wallet.address),
        escrow.paused_until.prepare_calldata(),
        escrow.guardian.prepare_calldata(),
        escrow.withdraw.prepare_calldata(1, party("thief").address),
        escrow.settle_many.prepare_calldata([forward_id]),
    )
    for question in locked:
        wallet.ask(escrow.address, question)
        with refused("escrow: long has not approved"):
            open_day.book(terms, long_approval=b"any")
    for question in (
        escrow.terms_hash.prepare_calldata(terms.as_tuple()),
        escrow.token.prepare_calldata(),
        escrow.oracle.prepare_calldata(),
    ):
        wallet.ask(escrow.address, question)
        with boa.env.anchor():
            open_day.book(terms, long_approval=b"any")


def test_the_domain_is_the_one_wallets_are_shown(protocol: Protocol) -> None:
    """The forgeries above are made from the domain that the contract itself publishes."""
    fields, name, version, chain_id, contract, salt, extensions = protocol.escrow.eip712Domain()
    assert (fields, salt, extensions) == (b"\x0f", b"\0" * 32, [])
    assert Domain(name=name, version=version, chain_id=chain_id, contract=contract) == protocol.escrow_domain
