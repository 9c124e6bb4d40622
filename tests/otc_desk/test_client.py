"""The SDK's client: what it sends again, what it tells, and that it signs nothing on a desk's word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from support.booking import fund, opened
from support.chain import GPT
from support.desk_client import Network, program

from ifx_sdk import devnet
from ifx_sdk.desk import Desk, waiting
from ifx_sdk.desk.errors import (
    BadAnswer,
    BadField,
    DeskRefusal,
    KeyReused,
    NoAnswer,
    NoDomain,
    NotAllowed,
    NotSignedIn,
    NotThere,
    TooManyRequests,
    Untrue,
    WaitOver,
    WriteUnknown,
    WrongState,
)
from ifx_sdk.devkeys import dev_address
from ifx_sdk.endings import Termination
from ifx_sdk.errors import BadValue
from ifx_sdk.terms import escrow_domain
from otc_desk.db.tables import Session as SessionRow
from otc_desk.desk import Desk as Server

LOT, PRICE = 100_000, 7_700_000


@pytest.fixture
def network(client: TestClient) -> Network:
    """Between programs and the desk."""
    return Network(client)


@pytest.fixture
def long(network: Network, desk: Server) -> Desk:
    """The long's program."""
    return program(network, devnet.signer(devnet.LONG), domain=desk.ifx.escrow.domain())


@pytest.fixture
def agreed(network: Network, long: Desk, desk: Server) -> str:
    """The id of final terms that wait for both sides."""
    fund(desk.ifx, devnet.LONG, devnet.SHORT)
    short = program(network, devnet.signer(devnet.SHORT), domain=desk.ifx.escrow.domain())
    operator = program(network, devnet.signer(devnet.DEPLOYER)).operator
    for each, side in ((long, "long"), (short, "short")):
        operator.check(ask(each, desk, side=side).id)
    [pair] = operator.matches().items
    return operator.confirm(pair).agreement


def ask(client: Desk, desk: Server, **changes: Any) -> Any:
    """A request that can be matched."""
    wanted = {"side": "long", "underlying": GPT, "quantity": LOT, "months": 3, "limit_price": PRICE}
    return client.request(**(wanted | {"valid_until": desk.now() + 86_400} | changes))


def test_construction_asks_nobody(network: Network) -> None:
    """No socket, no session; a URL that is none is refused at once."""
    program(network, devnet.signer(devnet.LONG))
    assert network.seen == []
    with pytest.raises(BadValue):
        Desk("desk.example")


@pytest.mark.parametrize("lost", [["request"], ["answer"], ["answer", "answer", "request"], ["503"], ["502", "answer"]])
def test_a_write_that_is_sent_again_happens_once(network: Network, long: Desk, desk: Server, lost: list[str]) -> None:
    """The same key over all attempts, and one request at the desk."""
    long.sign_in()
    network.losing = list(lost)
    made = ask(long, desk)
    assert len(network.keys) == 1
    assert [each.id for each in long.requests()] == [made.id]


def test_a_write_without_any_answer_is_unknown_and_can_be_repeated(network: Network, long: Desk, desk: Server) -> None:
    """The error has the key; with it the same write gives the first one's answer."""
    long.sign_in()
    network.losing = ["answer"] * 5
    with pytest.raises(WriteUnknown) as unknown:
        ask(long, desk)
    made = ask(long, desk, key=unknown.value.key)
    assert [each.id for each in long.requests()] == [made.id]


def test_a_write_that_never_left_is_no_unknown(network: Network, long: Desk, desk: Server) -> None:
    """Nobody was there: nothing can have been done."""
    long.sign_in()
    network.losing = ["request"] * 5
    with pytest.raises(NoAnswer):
        ask(long, desk)
    assert list(long.requests()) == []


def test_a_key_of_another_write_is_refused(long: Desk, desk: Server) -> None:
    """Its own error, with the cure."""
    ask(long, desk, key="one-key-for-two")
    with pytest.raises(KeyReused, match="key"):
        ask(long, desk, key="one-key-for-two", quantity=2 * LOT)


def test_a_read_is_sent_again(network: Network, long: Desk) -> None:
    """Up to five times, then there is no answer."""
    long.sign_in()
    network.losing = ["answer", "502", "request"]
    assert list(long.requests()) == []
    network.losing = ["answer"] * 5
    with pytest.raises(NoAnswer):
        long.profile()


def test_a_session_that_is_over_is_begun_anew(long: Desk, desk: Server) -> None:
    """The write behind it happens, under the key that it had."""
    ask(long, desk)
    with desk.database.writing() as session:
        session.query(SessionRow).delete()
    ask(long, desk)
    assert len(list(long.requests())) == 2


def test_without_a_signer_a_session_is_not_begun(network: Network, long: Desk) -> None:
    """A token of elsewhere works, none is refused; signing out ends it."""
    token = long.sign_in().token
    other = program(network, None, token=token)
    assert other.whoami().account == dev_address(devnet.LONG)
    other.sign_out()
    for each in (program(network, None, token=token), program(network, None)):
        with pytest.raises(NotSignedIn):
            each.whoami()


@pytest.mark.parametrize("field", ["desk.example wants", "URI: http://desk.example", "Chain ID: 31337"])
def test_a_sign_in_for_somewhere_else_is_not_signed(network: Network, long: Desk, field: str) -> None:
    """What a lying desk collects of other sites is refused before the key sees it."""

    def lie(request: httpx.Request, answer: dict[str, Any]) -> None:
        if "message" in answer:
            other = field.replace("desk.example", "bank.example").replace("31337", "1")
            answer["message"] = answer["message"].replace(field, other)

    network.changed = lie
    with pytest.raises(Untrue):
        long.whoami()
    assert all(each.method == "GET" for each in network.seen)


def test_a_signature_is_given_for_what_was_held(long: Desk, agreed: str, desk: Server) -> None:
    """The positive twin of the lies below: the digest is computed here, shown, and signed."""
    [waits] = waiting(long)
    assert (waits.id, waits.kind) == (agreed, "terms")
    digest = desk.ifx.escrow.message_id(long.message(agreed))
    found = long.approve(agreed, digest=digest)
    assert [each.role for each in found.parties if each.approved] == ["long"]
    assert long.approve(agreed).id == agreed
    assert waiting(long) == ()


def _set(*path: str, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(answer: dict[str, Any]) -> None:
        for name in path[:-1]:
            answer = answer[name]
        answer[path[-1]] = to

    return change


LIES = {
    "another price in the message": _set("message", "price", to=7_900_000),
    "another digest": _set("digest", to="0x" + "11" * 32),
    "another digest to compare": _set("digests", "id", to="0x" + "11" * 32),
    "another domain": _set("digests", "domain_separator", to="0x" + "11" * 32),
    "another escrow": _set("typed_data", "domain", "verifyingContract", to=dev_address(9)),
    "another quantity to sign": _set("typed_data", "message", "quantity", to=200_000),
    "a smaller worst case": _set("terms", "worst_case", to="1.000000"),
    "a smaller fee": _set("terms", "fee", to="1.000000"),
    "another price in words": _set("terms", "price", to="7.60"),
    "the other side": _set("terms", "side", to="short"),
    "the other role": _set("role", to="short"),
    "a later deadline": _set("deadline", to=4_000_000_000),
    "another Safe's hash": _set("digests", "safe_message_hash", to="0x" + "11" * 32),
    "another forward": _set("forward", to="0x" + "11" * 32),
}


def _is_found_out(client: Desk, id: str) -> bool:
    try:
        client.approve(id)
    except Untrue:
        return True
    return False


def test_nothing_is_signed_on_the_desks_word(network: Network, long: Desk, agreed: str) -> None:
    """Whatever the desk changes is found out before the key is asked."""
    for name, lie in LIES.items():

        def change(request: httpx.Request, answer: dict[str, Any], lie: Callable[..., None] = lie) -> None:
            if request.url.path.endswith(agreed):
                lie(answer)

        network.changed = change
        assert _is_found_out(long, agreed), name
    network.changed = None
    assert not any(each.approved for each in long.terms(agreed).parties)


def test_the_terms_behind_an_ending_are_held_too(network: Network, long: Desk, agreed: str, desk: Server) -> None:
    """As signed they are shown; others, and those of another forward, are found out."""
    about = long.terms(agreed)
    ending = opened(
        desk,
        Termination(
            forward=bytes.fromhex(about.forward[2:]),
            long=dev_address(devnet.LONG),
            short=dev_address(devnet.SHORT),
            price=PRICE,
            deadline=desk.now() + 3_600,
            salt=bytes(32),
        ),
    )
    assert long.terms(ending).forward_terms == about.message
    assert long.message(ending).forward.hex() == about.forward[2:]
    for lie in (_set("forward_terms", "price", to=1), _set("forward_terms", "salt", to="0x" + "11" * 32)):
        network.changed = lambda request, answer, lie=lie: lie(answer) if request.url.path.endswith(ending) else None
        assert _is_found_out(long, ending)


def test_a_draft_is_rewritten_and_handed_in(long: Desk, desk: Server) -> None:
    """The same id with another wish; once handed in it stays."""
    draft = ask(long, desk, submit=False)
    found = long.rewrite(draft.id, "short", GPT, 2 * LOT, months=6, valid_until=desk.now() + 86_400)
    assert (found.id, found.state, found.side, found.quantity, found.limit_price) == (
        draft.id,
        "draft",
        "short",
        2 * LOT,
        None,
    )
    handed = long.rewrite(draft.id, "long", GPT, LOT, months=3, valid_until=desk.now() + 86_400, submit=True)
    assert (handed.state, handed.side) == ("submitted", "long")
    with pytest.raises(WrongState):
        long.rewrite(draft.id, "long", GPT, LOT, months=3, valid_until=desk.now() + 86_400)


def test_nothing_is_signed_for_another_escrow_or_none(network: Network, agreed: str, desk: Server) -> None:
    """The domain comes from the deployment that its user has, never from the desk."""
    for domain, error in ((None, NoDomain), (escrow_domain(31337, dev_address(9)), Untrue)):
        with pytest.raises(error):
            program(network, devnet.signer(devnet.LONG), domain=domain).approve(agreed)
    other = escrow_domain(1, desk.ifx.escrow.address)
    with pytest.raises(Untrue):
        program(network, devnet.signer(devnet.LONG), domain=other).approve(agreed)


def test_another_digest_than_was_looked_at_is_not_signed(long: Desk, agreed: str) -> None:
    """What a second device showed counts."""
    with pytest.raises(Untrue, match="looked at"):
        long.approve(agreed, digest=bytes(32))


def test_what_is_declined_is_not_signed(long: Desk, agreed: str) -> None:
    """A signature would outlive the refusal: whoever holds it could still book."""
    assert long.decline(agreed).state == "declined"
    with pytest.raises(WrongState):
        long.approve(agreed)


def test_refusals_have_their_classes(network: Network, long: Desk, desk: Server) -> None:
    """One class a slug, with the desk's own words and cure."""
    with pytest.raises(NotThere, match="no such request"):
        long.status("0" * 26)
    with pytest.raises(NotAllowed):
        long.operator.matches()
    with pytest.raises(BadField) as bad:
        ask(long, desk, months=None)
    assert bad.value.status == 422
    assert bad.value.cure
    network.losing = ["500"]
    with pytest.raises(BadAnswer, match="500"):
        long.whoami()


def test_a_desk_that_asks_for_a_long_pause_is_told(network: Network, long: Desk) -> None:
    """A program does not hang for a minute; a short pause it keeps."""
    pauses: list[float] = []
    waits = iter(["3", "600"])

    class Busy(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            body = {"type": "urn:ifx:desk:too-many-requests", "title": "too many", "status": 429}
            kind = {"content-type": "application/problem+json", "retry-after": next(waits)}
            return httpx.Response(429, json=body, headers=kind)

    busy = Desk("http://desk.example", token="t", transport=Busy(), sleep=pauses.append)
    with pytest.raises(TooManyRequests) as refused:
        busy.whoami()
    assert (pauses, refused.value.retry_after) == ([3], 600)


def test_waiting_has_an_end(long: Desk, desk: Server) -> None:
    """Terms that do not come are told as that."""
    clock = iter(range(0, 100, 5))
    waits = Desk("http://desk.example", token="t", clock=lambda: next(clock), sleep=lambda seconds: None)
    with pytest.raises(WaitOver, match="the moon"):
        waits.wait_for(lambda: 1, lambda found: found > 1, seconds=20, what="the moon")
    assert waits.wait_for(lambda: 2, lambda found: found > 1, seconds=20, what="the moon") == 2


def test_an_unknown_slug_is_a_plain_refusal(network: Network) -> None:
    """A newer desk's words come through."""

    class Newer(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            body = {"type": "urn:ifx:desk:on-holiday", "title": "closed today", "status": 409, "cure": "Come tomorrow."}
            return httpx.Response(409, json=body, headers={"content-type": "application/problem+json"})

    with pytest.raises(DeskRefusal, match=r"closed today. Come tomorrow\.") as refused:
        Desk("http://desk.example", token="t", transport=Newer()).whoami()
    assert (type(refused.value), refused.value.status) == (DeskRefusal, 409)
