"""Two things at one moment: a no beside a booking, a new fixing beside a booking, everybody at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from support.booking import (
    LONG,
    SHORT,
    ToldPage,
    approve,
    approved,
    bookings,
    fund,
    message_in,
    rounds,
    row,
    signature,
    terms_of,
    told,
    working,
)
from support.chain import DAY, GPT
from support.desk import OPERATOR, Participant
from support.desk_market import LOT, checked, confirmed
from support.pools import automine, forget, mine

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address
from otc_desk import renewal
from otc_desk.deeds import Deed, Fate
from otc_desk.desk import Desk
from otc_desk.renewal import end_outdated
from otc_desk.worker import Worker


def mined_and_not_noted(desk: Desk, id: str) -> Worker:
    """A worker whose journal knows that the booking was mined, while the agreement does not yet."""
    worker = working(desk)
    automine(desk.ifx.chain, False)
    rounds(worker, 1)
    mine(desk.ifx.chain)
    automine(desk.ifx.chain, True)
    assert [type(each).__name__ for each in worker._booker.resume()] == ["Confirmed"]
    assert row(desk, id).state == "approved"
    return worker


def test_nobody_declines_what_is_mined_and_not_noted_yet(desk: Desk, client: TestClient) -> None:
    """The forward is on the chain: its requests are not matched a second time."""
    fund(desk.ifx, LONG, SHORT)
    operator, long, short = (Participant(client, index) for index in (OPERATOR, LONG, SHORT))
    request = checked(desk, operator, long, "long")
    checked(desk, operator, short, "short")
    id = confirmed(operator)
    for party, index in ((long, LONG), (short, SHORT)):
        assert approve(desk, party, id, index).status_code == 200
    worker = mined_and_not_noted(desk, id)
    answer = long.post(f"/api/agreements/{id}/decline")
    assert (answer.status_code, "being executed" in answer.json()["title"]) == (409, True)
    rounds(worker)
    assert (row(desk, id).state, len(bookings(desk.ifx))) == ("done", 1)
    assert long.get(f"/api/requests/{request}").json()["state"] == "booked"


def on_another_price(desk: Desk) -> None:
    """The next day, with a fixing that is not the spot."""
    devnet.travel(desk.ifx, (desk.now() // DAY + 1) * DAY + 60)
    devnet.post(desk.ifx, {GPT: 7_000_000})


def test_a_new_price_does_not_end_terms_whose_booking_hangs(desk: Desk, client: TestClient) -> None:
    """As long as the old transaction may be mined; once its nonce is filled they end, and nothing was booked."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk, deadline=desk.now() + 3 * DAY))
    worker = working(desk, page=ToldPage(desk), stuck_after=0)
    automine(desk.ifx.chain, False)
    rounds(worker, 1)
    forget(desk.ifx.chain, row(desk, id).reason.split()[2].rstrip(","))
    automine(desk.ifx.chain, True)
    on_another_price(desk)
    assert end_outdated(desk) == 0
    assert row(desk, id).state == "approved"
    rounds(worker)
    assert (row(desk, id).state, bookings(desk.ifx)) == ("failed", [])
    assert desk.ifx.chain.node.nonce(dev_address(devnet.DESK)) == 1


@pytest.mark.parametrize("stale", [False, True], ids=["the chain says so", "the chain was asked a moment before"])
def test_a_new_price_does_not_end_what_was_booked_on_the_old_one(
    desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch, stale: bool
) -> None:
    """Mined on the last block of its day, noted here on the next one: done, not failed."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    worker = mined_and_not_noted(desk, id)
    on_another_price(desk)
    with monkeypatch.context() as before:
        if stale:
            before.setattr(renewal, "deed_of", lambda ifx, message: Deed(fate=Fate.OPEN))
        assert end_outdated(desk) == 0
    rounds(worker)
    assert (row(desk, id).state, len(bookings(desk.ifx))) == ("done", 1)


Ask = Callable[[], Response]


@pytest.mark.parametrize("seed", range(4))
def test_everybody_at_once_leads_to_one_end(desk: Desk, client: TestClient, seed: int) -> None:
    """Both approve, twice, both decline, one withdraws, the operator rejects, a round runs: 200 or 409, one end."""
    fund(desk.ifx, LONG, SHORT)
    operator, long, short = (Participant(client, index) for index in (OPERATOR, LONG, SHORT))
    ids = [checked(desk, operator, party, side, quantity=LOT) for party, side in ((long, "long"), (short, "short"))]
    id = confirmed(operator)
    by = {LONG: long, SHORT: short}
    signed = {index: {"approval": signature(desk, message_in(desk, id), index)} for index in by}
    asks: list[Ask] = [
        lambda index=index: by[index].post(f"/api/agreements/{id}/approve", signed[index])  # type: ignore[misc]
        for index in (LONG, LONG, SHORT, SHORT)
    ]
    asks += [lambda party=party: party.post(f"/api/agreements/{id}/decline") for party in (long, short)]  # type: ignore[misc]
    asks += [
        lambda: long.post(f"/api/requests/{ids[0]}/withdraw"),
        lambda: operator.post(f"/api/operator/requests/{ids[1]}/reject", {"reason": "no"}),
    ]
    Random(seed).shuffle(asks)
    with ThreadPoolExecutor(9) as pool:
        beside = pool.submit(working(desk).act)
        answers = [each.result() for each in [pool.submit(ask) for ask in asks]]
        beside.result()
    assert {each.status_code for each in answers} <= {200, 409}
    rounds(working(desk))
    states = [
        party.get(f"/api/requests/{request}").json()["state"] for party, request in zip(by.values(), ids, strict=True)
    ]
    if row(desk, id).state == "done":
        assert (states, len(bookings(desk.ifx))) == (["booked", "booked"], 1)
    else:
        assert (row(desk, id).state, bookings(desk.ifx)) == ("declined", [])
        assert states[0] in {"checked", "withdrawn"}
        assert states[1] in {"checked", "rejected"}
    assert told(desk, id).count(row(desk, id).state) == 1
