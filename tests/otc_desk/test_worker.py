"""The desk's loop: what is due is done, what fails is tried again, what nobody foresaw ends it."""

import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from support.booking import LONG, SHORT, approved, fund, opened, rounds, row, terms_of, working
from support.chain import DAY
from support.desk import OPERATOR, Participant, settings
from support.desk_market import asked, checked, confirmed

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.errors import KeyFileOpenToOthers
from otc_desk.desk import Desk
from otc_desk.errors import NotNow
from otc_desk.worker import BUSY_SECONDS, Worker, booker, signer_of


def test_a_request_ends_with_its_validity(desk: Desk, client: TestClient) -> None:
    """A minute before it stands, a second after it is over."""
    long = Participant(client, LONG)
    found = asked(desk, long, "long", valid_until=desk.now() + 2 * 3_600)
    worker = working(desk)
    devnet.travel(desk.ifx, found["valid_until"] - 60)
    rounds(worker, 1)
    assert long.get(f"/api/requests/{found['id']}").json()["state"] == "submitted"
    devnet.travel(desk.ifx, found["valid_until"] + 1)
    rounds(worker, 1)
    assert long.get(f"/api/requests/{found['id']}").json()["state"] == "expired"


def test_terms_that_expire_open_their_requests_again(desk: Desk, client: TestClient) -> None:
    """Both are checked again, and free for another match."""
    operator, long, short = (Participant(client, index) for index in (OPERATOR, LONG, SHORT))
    ids = checked(desk, operator, long, "long"), checked(desk, operator, short, "short")
    agreement = confirmed(operator)
    devnet.travel(desk.ifx, row(desk, agreement).deadline + 1)
    rounds(working(desk), 1)
    assert row(desk, agreement).state == "expired"
    for index, id in zip((LONG, SHORT), ids, strict=True):
        assert Participant(client, index).get(f"/api/requests/{id}").json()["state"] == "checked"


def test_a_step_that_fails_holds_no_other_step_up(desk: Desk, client: TestClient) -> None:
    """A refusal of ours is logged, and the round goes on; a fault of ours ends the loop."""
    done: list[str] = []

    def fails() -> None:
        raise NotNow("the relay does not answer")

    def breaks() -> None:
        raise ZeroDivisionError

    made = booker(desk, devnet.signer(devnet.DESK))
    Worker(desk, made, jobs=[("mail", fails), ("other", lambda: done.append("other"))]).act()
    assert done == ["other"]
    with pytest.raises(ZeroDivisionError):
        Worker(desk, made, jobs=[("mail", breaks)]).run(threading.Event())


def test_it_runs_until_it_is_stopped(desk: Desk, client: TestClient) -> None:
    """And asks before every round whether the lock is still its own."""
    fund(desk.ifx, LONG, SHORT)
    id = approved(desk, client, terms_of(desk))
    stop, looks = threading.Event(), iter(range(3))

    class Hasty(Worker):
        def pause(self) -> float:
            return 0.0

    def alive() -> None:
        if next(looks, None) is None:
            stop.set()

    Hasty(desk, booker(desk, devnet.signer(devnet.DESK))).run(stop, alive)
    assert row(desk, id).state == "done"


def test_it_looks_more_often_while_something_is_to_be_booked(desk: Desk, client: TestClient) -> None:
    """Two seconds instead of a block."""
    worker = working(desk)
    opened(desk, terms_of(desk))
    idle = worker.pause()
    approved(desk, client, terms_of(desk))
    assert worker.pause() == min(BUSY_SECONDS, idle)
    assert idle == float(desk.settings.chain.poll_seconds)


def test_the_desks_key_comes_from_its_file(tmp_path: Path) -> None:
    """One that others can read is refused."""
    path = tmp_path / "desk.key"
    path.write_text(dev_key(devnet.DESK).hex())
    path.chmod(0o600)
    found = settings("sqlite:///unused.db", key={"file": str(path)})
    assert signer_of(found).address == dev_address(devnet.DESK)
    path.chmod(0o644)
    with pytest.raises(KeyFileOpenToOthers):
        signer_of(found)


def test_an_approval_on_the_chain_is_found_after_days_without_a_worker(desk: Desk) -> None:
    """The first look of a process is at everything that is open."""
    terms = terms_of(desk, deadline=desk.now() + 3 * DAY)
    id = opened(desk, terms)
    for index in (LONG, SHORT):
        desk.ifx.as_signer(devnet.signer(index)).escrow.approve(terms).confirmed()
    for _ in range(70):
        devnet.travel(desk.ifx, desk.now() + 1_000)
    rounds(working(desk), 1)
    assert row(desk, id).state == "approved"
