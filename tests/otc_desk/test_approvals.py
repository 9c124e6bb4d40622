"""Approving: by key, by a contract wallet's word, on the chain; saying no; and what the desk notices by itself."""

from types import SimpleNamespace
from typing import Any

import pytest
from eth_typing import HexStr
from fastapi.testclient import TestClient
from support.booking import (
    FUNDS,
    LONG,
    OUTSIDER,
    SHORT,
    UNLIMITED,
    approve,
    approved,
    bookings,
    fund,
    opened,
    party,
    rounds,
    row,
    signature,
    terms_of,
    told,
    working,
)
from support.chain import DAY, GPT, LUNA
from support.delegation import delegate, deploy_mock, mock_codec
from support.desk import Participant, client_of, desk_on, sqlite
from support.packages import npm_package
from support.safe import SafeContracts

from ifx_sdk import devnet
from ifx_sdk.chain import Call, Chain
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.signers import KeySigner
from ifx_sdk.terms import Terms
from otc_desk.db.tables import Participant as ParticipantRow
from otc_desk.db.tables import Session as SessionRow
from otc_desk.desk import Desk
from otc_desk.sessions import hash_of
from scripts.npm import SAFE

DEPLOYER = devnet.signer(devnet.DEPLOYER)


@pytest.fixture
def long(client: TestClient) -> Participant:
    """The buyer."""
    return Participant(client, LONG)


@pytest.fixture
def short(client: TestClient) -> Participant:
    """The seller."""
    return Participant(client, SHORT)


def give(who: Participant, id: str, approval: str, **more: Any) -> Any:
    """POST an approval as it stands."""
    return who.post(f"/api/agreements/{id}/approve", {"approval": approval}, **more)


def signed_in(desk: Desk, client: TestClient, account: str) -> Participant:
    """A participant of any account, with a session put into the database: how wallets sign in is tested elsewhere."""
    made = Participant.__new__(Participant)
    made.client, made.account, made.headers = client, account, {"Authorization": f"Bearer token-{account}"}
    with desk.database.writing() as session:
        session.add(ParticipantRow(account=account, created_at=desk.now()))
        session.flush()
        session.add(
            SessionRow(
                token_hash=hash_of(f"token-{account}"),
                account=account,
                csrf="csrf",
                created_at=desk.now(),
                expires_at=desk.now() + 10 * DAY,
            )
        )
    return made


def funded(desk: Desk, account: str, allow: Any) -> None:
    """Money for an account that acts by `allow`."""
    devnet.faucet(desk.ifx, account, usdt=FUNDS)
    allow(desk.ifx.token.prepare("approve", desk.ifx.escrow.address, UNLIMITED)).confirmed()


# ------------------------------------------------------------------------------------------- by key


def test_both_sign_and_the_agreement_is_approved(desk: Desk, long: Participant, short: Participant) -> None:
    """One signature leaves it sent, the second approves it; each reads what the other did."""
    id = opened(desk, terms_of(desk))
    first = approve(desk, long, id, LONG)
    assert (first.status_code, first.json()["state"]) == (200, "sent")
    second = approve(desk, short, id, SHORT)
    assert (second.status_code, second.json()["state"]) == (200, "approved")
    assert [(each["role"], each["method"]) for each in second.json()["parties"]] == [
        ("long", "signature"),
        ("short", "signature"),
    ]
    assert told(desk, id) == ["sent", "approved by one", "approved by one", "approved"]


def test_the_same_approval_twice_is_the_same_answer(desk: Desk, long: Participant) -> None:
    """With the same key the answer is kept; with another one nothing is written a second time."""
    id = opened(desk, terms_of(desk))
    text = signature(desk, terms_of_row(desk, id), LONG)
    answers = [give(long, id, text, key="one-approval-0001") for _ in range(2)] + [give(long, id, text)]
    assert [each.status_code for each in answers] == [200, 200, 200]
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert told(desk, id) == ["sent", "approved by one"]


def test_a_wallets_v_of_0_or_1_is_taken(desk: Desk, long: Participant) -> None:
    """Some wallets write it so; what is kept is what the escrow takes."""
    id = opened(desk, terms_of(desk))
    text = signature(desk, terms_of_row(desk, id), LONG)
    assert give(long, id, text[:-2] + f"{int(text[-2:], 16) - 27:02x}").status_code == 200
    assert party(desk, id, "long").approval.hex() == text[2:]


def terms_of_row(desk: Desk, id: str) -> Terms:
    """The agreement's terms."""
    return Terms.from_json(row(desk, id).message)


def test_what_is_no_approval_of_the_caller_is_refused(desk: Desk, long: Participant) -> None:
    """Another's signature, another message's, a cut one, none at all; nothing of it is kept."""
    terms = terms_of(desk)
    id = opened(desk, terms)
    mine = signature(desk, terms, LONG)
    for wrong in (signature(desk, terms, SHORT), signature(desk, terms_of(desk), LONG), mine[:-2], "0x"):
        answer = give(long, id, wrong)
        assert (answer.status_code, answer.json()["field"]) == (422, "approval")
    assert give(long, id, "0x" + "00" * 2_049).status_code == 422
    assert party(desk, id, "long").approved_at is None
    assert give(long, id, mine).status_code == 200


def test_an_agreement_of_others_is_not_there(desk: Desk, client: TestClient, long: Participant) -> None:
    """A stranger's approval, refusal and look are answered as for an id that does not exist."""
    id = opened(desk, terms_of(desk))
    stranger = Participant(client, OUTSIDER)
    text = signature(desk, terms_of_row(desk, id), OUTSIDER)
    nowhere = "0" * 26
    for foreign, unknown in (
        (give(stranger, id, text), give(stranger, nowhere, text)),
        (stranger.post(f"/api/agreements/{id}/decline"), stranger.post(f"/api/agreements/{nowhere}/decline")),
        (stranger.get(f"/api/agreements/{id}/preflight"), stranger.get(f"/api/agreements/{nowhere}/preflight")),
    ):
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json() == unknown.json()


def test_after_the_deadline_nobody_approves(desk: Desk, long: Participant) -> None:
    """Also before the worker has closed it."""
    terms = terms_of(desk, deadline=desk.now() + 3_600)
    id = opened(desk, terms)
    devnet.travel(desk.ifx, terms.deadline + 1)
    answer = give(long, id, signature(desk, terms, LONG))
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:ifx:desk:wrong-state")


# ------------------------------------------------------------------------------------------- no


def test_either_side_declines_until_it_is_booked(desk: Desk, long: Participant, short: Participant) -> None:
    """Final for both, also after both approved; a second no changes nothing."""
    fund(desk.ifx, LONG, SHORT)
    id = opened(desk, terms_of(desk))
    approve(desk, long, id, LONG)
    approve(desk, short, id, SHORT)
    for _ in range(2):
        assert short.post(f"/api/agreements/{id}/decline").json()["state"] == "declined"
    assert approve(desk, long, id, LONG).json()["state"] == "declined"
    rounds(working(desk))
    assert (row(desk, id).state, row(desk, id).reason) == ("declined", "declined by the short")
    assert bookings(desk.ifx) == []


def test_what_is_booked_cannot_be_declined(desk: Desk, client: TestClient, long: Participant) -> None:
    """The chain has it."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    rounds(working(desk))
    assert long.post(f"/api/agreements/{id}/decline").status_code == 409


# ------------------------------------------------------------------------------------------- on the chain


def test_an_approval_on_the_chain_is_noticed_without_being_told(desk: Desk, long: Participant) -> None:
    """The short's wallet sends it to the escrow: the next round has it, whenever that is."""
    fund(desk.ifx, LONG, SHORT)
    terms = terms_of(desk, deadline=desk.now() + 3 * DAY)
    id = opened(desk, terms)
    worker = working(desk)
    approve(desk, long, id, LONG)
    rounds(worker)
    assert row(desk, id).state == "sent"
    devnet.travel(desk.ifx, desk.now() + 2 * DAY)
    devnet.post(desk.ifx, {GPT: 8_000_000})
    desk.ifx.as_signer(devnet.signer(SHORT)).escrow.approve(terms).confirmed()
    rounds(worker)
    assert party(desk, id, "short").method == "onchain"
    assert row(desk, id).state == "done"


def test_an_approval_on_the_chain_can_be_told_at_once(desk: Desk, short: Participant) -> None:
    """Refused while the escrow has none, taken once it has."""
    terms = terms_of(desk)
    id = opened(desk, terms)
    assert give(short, id, "onchain").status_code == 409
    desk.ifx.as_signer(devnet.signer(SHORT)).escrow.approve(terms).confirmed()
    assert give(short, id, "onchain").status_code == 200
    assert party(desk, id, "short").method == "onchain"


def test_what_was_revoked_on_the_chain_takes_no_approval(desk: Desk, long: Participant, short: Participant) -> None:
    """Before a round has noticed it, and after."""
    terms = terms_of(desk)
    id = opened(desk, terms)
    desk.ifx.as_signer(devnet.signer(SHORT)).escrow.revoke(terms).confirmed()
    assert give(long, id, signature(desk, terms, LONG)).status_code == 409
    rounds(working(desk), 1)
    assert row(desk, id).state == "declined"
    assert give(long, id, signature(desk, terms, LONG)).status_code == 409


# ------------------------------------------------------------------------------------------- contract wallets


@pytest.fixture
def wallet(desk: Desk) -> str:
    """A contract wallet with funds that says yes to everything, until it is told otherwise."""
    world: Any = SimpleNamespace(chain=desk.ifx.chain, payer=DEPLOYER)
    address = deploy_mock(world, "wallet")

    def allow(call: Call) -> Any:
        data = mock_codec("wallet").encode_call("execute", [call.to, call.data])
        return desk.ifx.chain.send(Call(name="wallet.execute", to=address, data=data), DEPLOYER)

    funded(desk, address, allow)
    return address


def told_to(desk: Desk, wallet: str, function: str, *args: object) -> None:
    """Have the mock change its mind."""
    data = mock_codec("wallet").encode_call(function, list(args))
    desk.ifx.chain.send(Call(name=function, to=wallet, data=data), DEPLOYER).confirmed()


def test_a_contract_wallet_approves_by_its_own_word(
    desk: Desk, client: TestClient, short: Participant, wallet: str
) -> None:
    """Bytes of any length that it accepts now, up to 2,048; those it does not accept are refused."""
    fund(desk.ifx, SHORT)
    terms = terms_of(desk, long=wallet)
    id, owner = opened(desk, terms), signed_in(desk, client, wallet)
    told_to(desk, wallet, "expect", desk.ifx.escrow.message_id(terms), b"\x11" * 2_048)
    assert give(owner, id, "0x" + "12" * 2_048).status_code == 422
    assert give(owner, id, "0x" + "11" * 2_048).status_code == 200
    approve(desk, short, id, SHORT)
    rounds(working(desk))
    assert row(desk, id).state == "done"


def test_a_wallet_that_changes_its_mind_before_the_booking(
    desk: Desk, client: TestClient, short: Participant, wallet: str
) -> None:
    """Its approval lapses and the agreement waits for another one; with that it is booked."""
    fund(desk.ifx, SHORT)
    terms = terms_of(desk, long=wallet)
    id, owner = opened(desk, terms), signed_in(desk, client, wallet)
    assert give(owner, id, "0x").status_code == 200
    told_to(desk, wallet, "set_refuses", True)
    approve(desk, short, id, SHORT)
    rounds(working(desk))
    assert row(desk, id).state == "sent"
    assert row(desk, id).reason == (
        f"long {wallet}: the approval counts no more: the wallet does not accept it now; approve again"
    )
    assert party(desk, id, "long").approved_at is None
    assert "approval lapsed" in told(desk, id)
    data = desk.ifx.escrow.prepare("approve_terms", terms.as_tuple()).data
    told_to(desk, wallet, "execute", desk.ifx.escrow.address, data)
    rounds(working(desk))
    assert (party(desk, id, "long").method, row(desk, id).state) == ("onchain", "done")


def test_a_real_safe_approves_two_days_later(desk: Desk, client: TestClient, short: Participant) -> None:
    """Two of three owners sign its message; the desk asks the Safe, and so does the escrow."""
    package = npm_package(SAFE)
    owners = [KeySigner.from_key(bytes([number]) * 32) for number in (1, 2, 3)]
    safe = SafeContracts(desk.ifx.chain, package, DEPLOYER).create(owners, 2)
    funded(desk, safe.address, safe.act)
    fund(desk.ifx, SHORT)
    terms = terms_of(desk, long=safe.address, deadline=desk.now() + 3 * DAY)
    id, treasury = opened(desk, terms), signed_in(desk, client, safe.address)
    approve(desk, short, id, SHORT)
    devnet.travel(desk.ifx, desk.now() + 2 * DAY)
    devnet.post(desk.ifx, {GPT: 8_000_000})
    digest = desk.ifx.escrow.message_id(terms)
    assert give(treasury, id, "0x" + safe.sign(digest, owners[:1]).hex()).status_code == 422
    assert give(treasury, id, "0x" + safe.sign(digest).hex()).status_code == 200
    rounds(working(desk))
    assert row(desk, id).state == "done"
    (position,) = treasury.get("/api/positions").json()["items"]
    assert (position["side"], position["status"]) == ("long", "active")


def test_a_7702_account_approves_by_its_key(tmp_path: Any, own_anvil: Chain) -> None:
    """Code at the account changes nothing: its own key's signature counts, to the desk and to the escrow."""
    ifx = devnet.start(own_anvil, [GPT, LUNA])
    devnet.post(ifx, {GPT: 8_000_000})
    fund(ifx, LONG, SHORT)

    def mined(tx_hash: str) -> Any:
        own_anvil.web3.eth.wait_for_transaction_receipt(HexStr(tx_hash))
        return own_anvil.reconcile(tx_hash)

    world: Any = SimpleNamespace(chain=own_anvil, payer=DEPLOYER, mined=mined)
    delegate(world, dev_key(LONG), deploy_mock(world, "delegate_batches"))
    with desk_on(sqlite(tmp_path), ifx) as desk:
        assert desk.wallets.has_code(dev_address(LONG))
        id = approved(desk, client_of(desk), terms_of(desk))
        rounds(working(desk))
        assert row(desk, id).state == "done"
