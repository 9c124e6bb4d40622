"""The index of the chain's events holds what an independent reader of the raw logs finds, whatever happens."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from support.chain import GPT, LUNA
from support.desk import desk_on, sqlite
from support.faults import TwistedNode, garbage, is_down, nothing, saying
from support.trading import Trading, counted, open_trading

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.errors import NodeDown, RpcError
from otc_desk import chain_index, market_rows
from otc_desk.chain_index import advance
from otc_desk.db.tables import (
    ChainCursor,
    ChainEnding,
    ChainFixing,
    ChainForward,
    ChainListing,
    ChainNovation,
    ChainUnderlying,
)
from otc_desk.desk import Desk
from otc_desk.worker import worker


def known(desk: Desk) -> dict[str, Any]:
    """What the database says, in the words of the independent reader."""
    with desk.database.reading() as session:
        endings = {each.forward: each for each in session.scalars(select(ChainEnding))}
        forwards = {}
        for each in session.scalars(select(ChainForward).order_by(ChainForward.block_number)):
            ending = endings.pop(each.id, None)
            forwards[bytes.fromhex(each.id[2:])] = {
                "long": each.long,
                "short": each.short,
                "underlying": each.underlying,
                "quantity": each.quantity,
                "price": each.price,
                "spot": each.spot,
                "indicative": each.indicative,
                "maturity": each.maturity,
                "averaging_days": each.averaging_days,
                "status": 2 if ending is None else {"settled": 3, "terminated": 4}[ending.kind],
            }
        assert endings == {}
        for moved in session.scalars(select(ChainNovation).order_by(ChainNovation.block_number)):
            record = forwards[bytes.fromhex(moved.forward[2:])]
            record["long" if record["long"] == moved.outgoing else "short"] = moved.incoming
        listings = session.scalars(select(ChainListing).order_by(ChainListing.block_number, ChainListing.log_index))
        return {
            "forwards": forwards,
            "lots": {each.underlying: each.lot for each in listings},
            "names": {each.underlying: each.name for each in session.scalars(select(ChainUnderlying))},
            "fixings": {(each.underlying, each.day): each.price for each in session.scalars(select(ChainFixing))},
        }


def expected(ifx: IFX, last: int | None = None) -> dict[str, Any]:
    """The same from the raw logs."""
    found = counted(ifx, last)
    return {"forwards": found.forwards, "lots": found.lots, "names": found.names, "fixings": found.fixings}


def cursor_of(desk: Desk) -> ChainCursor:
    """How far it is."""
    with desk.database.reading() as session:
        found = session.get_one(ChainCursor, 1)
        session.expunge(found)
        return found


def live(trading: Trading) -> list[bytes]:
    """Something of every kind: bookings, a novation, an early end, settlements alone and together; the ids."""
    ids = [trading.book(trading.terms(GPT, price=7_000_000 + number)) for number in range(4)]
    ids.append(trading.book(trading.terms(LUNA, months=6, price=5_900_000, averaging_days=5)))
    trading.novate(ids[0], 12_345_678)
    trading.terminate(ids[1], 6_999_999)
    maturity = trading.maturity(3)
    trading.go_to(maturity + 3_600)
    trading.fix({GPT: 4_320_000})
    anyone = trading.as_role(devnet.OUTSIDER)
    anyone.escrow.settle(ids[0]).confirmed()
    anyone.escrow.settle_many(ids[2:4]).confirmed()
    return ids


@pytest.fixture
def trading(deployed: IFX) -> Trading:
    """The in-process deployment with funded parties."""
    return open_trading(deployed)


@pytest.fixture
def real(own_anvil: Chain, tmp_path: Path) -> Iterator[tuple[Desk, Trading]]:
    """A desk on an anvil of its own, whose final block is 64 behind."""
    ifx = devnet.start(own_anvil, [GPT, LUNA])
    devnet.post(ifx, {GPT: 8_000_000, LUNA: 6_000_000})
    with desk_on(sqlite(tmp_path), ifx) as desk:
        yield desk, open_trading(ifx)


def test_the_index_says_what_the_raw_logs_say(desk: Desk, trading: Trading) -> None:
    """After every kind of event, in one call, and nothing is new to a second one."""
    live(trading)
    events = advance(desk)
    assert known(desk) == expected(trading.ifx)
    assert events == 2 + 2 + 2 + 1 + 5 + 1 + 1 + 2  # names, lots, fixings, bookings, novation, end, settlements
    assert [each["status"] for each in known(desk)["forwards"].values()] == [3, 4, 3, 3, 2]
    assert advance(desk) == 0
    assert cursor_of(desk).head_number == trading.ifx.chain.block_number()


def test_each_event_is_new_once(desk: Desk, trading: Trading) -> None:
    """A call after each booking finds that booking, and the database follows at each step."""
    advance(desk)
    for _ in range(3):
        trading.book(trading.terms(GPT))
        assert advance(desk) == 1
        assert known(desk) == expected(trading.ifx)


def test_every_row_knows_its_block(desk: Desk, trading: Trading) -> None:
    """Number, hash and time are those of the chain, and the transaction is the one that did it."""
    forward = trading.book(trading.terms(GPT))
    advance(desk)
    with desk.database.reading() as session:
        row = session.get_one(ChainForward, "0x" + forward.hex())
        session.expunge(row)
    block = trading.ifx.chain.web3.eth.get_block(row.block_number)
    booked = trading.ifx.escrow.booked(forward)
    assert booked is not None
    assert (row.block_hash, row.time) == ("0x" + bytes(block["hash"]).hex(), block["timestamp"])
    assert (row.block_number, row.tx_hash) == (booked.block_number, booked.tx_hash)


def test_what_the_chain_undoes_is_undone_here(real: tuple[Desk, Trading]) -> None:
    """A booking whose block is replaced goes, what the new blocks hold comes, and an earlier one stays."""
    desk, trading = real
    first = trading.book(trading.terms(GPT))
    mark = trading.ifx.chain.node.request("evm_snapshot")
    second = trading.book(trading.terms(GPT, price=7_100_000))
    advance(desk)
    assert list(known(desk)["forwards"]) == [first, second]

    trading.ifx.chain.node.request("evm_revert", mark)
    third = trading.book(trading.terms(GPT, price=7_200_000))
    assert advance(desk) == 1
    assert list(known(desk)["forwards"]) == [first, third]
    assert known(desk) == expected(trading.ifx)


def test_a_shorter_chain_is_followed(real: tuple[Desk, Trading]) -> None:
    """A chain that lost blocks and has no new ones yet leaves no row of the lost ones."""
    desk, trading = real
    mark = trading.ifx.chain.node.request("evm_snapshot")
    trading.book(trading.terms(GPT))
    advance(desk)
    trading.ifx.chain.node.request("evm_revert", mark)
    assert advance(desk) == 0
    assert known(desk)["forwards"] == {}
    assert known(desk) == expected(trading.ifx)


def test_the_same_height_with_another_hash_is_another_block(real: tuple[Desk, Trading]) -> None:
    """A replaced block of the same number is read again: the fixing in it is the new one."""
    desk, trading = real
    trading.next_day()
    mark = trading.ifx.chain.node.request("evm_snapshot")
    trading.fix({GPT: 7_000_000})
    advance(desk)
    before = cursor_of(desk)
    trading.ifx.chain.node.request("evm_revert", mark)
    trading.fix({GPT: 7_500_000})
    assert advance(desk) == 1
    after = cursor_of(desk)
    assert (after.head_number, after.head_hash != before.head_hash) == (before.head_number, True)
    assert known(desk)["fixings"][1, after.head_time // 86_400] == 7_500_000


def test_final_blocks_are_not_read_again(real: tuple[Desk, Trading]) -> None:
    """What is final is kept and never asked for again; what is not final is."""
    desk, trading = real
    trading.book(trading.terms(GPT))
    trading.ifx.chain.node.request("anvil_mine", 100)
    advance(desk)
    final = trading.ifx.chain.finalized_block()
    assert final is not None
    assert final > 20
    cursor = cursor_of(desk)
    assert (cursor.kept_number, cursor.final_number) == (final, final)
    node = TwistedNode(trading.ifx.chain.web3)
    asked: list[int] = []

    def watch(params: Any, ask: Any) -> Any:
        asked.append(int(params[0]["fromBlock"], 16))
        return ask()

    node.twists["eth_getLogs"] = watch
    trading.book(trading.terms(GPT))
    assert advance(_through(desk, node)) == 1
    assert asked == [final + 1]
    assert known(desk) == expected(trading.ifx)


def test_a_stop_in_the_middle_goes_on_where_it_was(
    desk: Desk, trading: Trading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node dies at the third question for logs: what two steps read stays, and another process does the rest."""
    live(trading)
    monkeypatch.setattr(chain_index, "STEP_BLOCKS", 7)
    node = TwistedNode(trading.ifx.chain.web3)
    answers = iter([None, None])

    def twice(params: Any, ask: Any) -> Any:
        return is_down(params, ask) if next(answers, "down") else ask()

    node.twists["eth_getLogs"] = twice
    with pytest.raises(NodeDown):
        advance(_through(desk, node))
    stopped = cursor_of(desk)
    assert stopped.head_number == trading.ifx.deployment.block + 13
    assert known(desk) == expected(trading.ifx, stopped.head_number)
    assert advance(desk) > 0
    assert known(desk) == expected(trading.ifx)


def test_a_fault_of_the_node_changes_nothing(desk: Desk, trading: Trading) -> None:
    """Whichever question fails, and however, the rows stay as they were and the next call is whole."""
    advance(desk)
    before, cursor = known(desk), cursor_of(desk)
    trading.book(trading.terms(GPT))
    for method in ("eth_blockNumber", "eth_getBlockByNumber", "eth_getLogs"):
        for fault in (is_down, garbage, nothing):
            with pytest.raises((NodeDown, RpcError)):
                advance(_through(desk, TwistedNode(trading.ifx.chain.web3, **{method: fault})))
            assert known(desk) == before
            assert cursor_of(desk).head_hash == cursor.head_hash
    assert advance(desk) == 1


def test_a_view_that_changes_while_it_is_read_is_read_again(real: tuple[Desk, Trading]) -> None:
    """The chain replaces a booking between the logs and the second look at the head: the first logs are not used."""
    desk, trading = real
    mark = trading.ifx.chain.node.request("evm_snapshot")
    trading.book(trading.terms(GPT))
    new: list[bytes] = []
    node = TwistedNode(trading.ifx.chain.web3)

    def replaced(params: Any, ask: Any) -> Any:
        answer = ask()
        if not new:
            trading.ifx.chain.node.request("evm_revert", mark)
            new.append(trading.book(trading.terms(GPT, price=7_300_000)))
        return answer

    node.twists["eth_getLogs"] = replaced
    advance(_through(desk, node))
    assert list(known(desk)["forwards"]) == new
    assert known(desk) == expected(trading.ifx)


def test_a_node_that_asks_for_smaller_parts_gets_them(desk: Desk, trading: Trading) -> None:
    """Logs of more than five blocks at once are refused; the same rows come."""
    live(trading)
    node = TwistedNode(trading.ifx.chain.web3)

    def at_most_five(params: Any, ask: Any) -> Any:
        first, last = (int(params[0][name], 16) for name in ("fromBlock", "toBlock"))
        refusal: Any = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32005, "message": "query returned too much"}}
        return refusal if last - first >= 5 else ask()

    node.twists["eth_getLogs"] = at_most_five
    advance(_through(desk, node))
    assert known(desk) == expected(trading.ifx)


def test_a_node_that_does_not_say_what_is_final_is_read_again_in_depth(
    desk: Desk, trading: Trading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing counts as final; blocks deep below the head are kept all the same."""
    live(trading)
    monkeypatch.setattr(chain_index, "DEEP_BLOCKS", 6)
    node = TwistedNode(trading.ifx.chain.web3)

    def no_final(params: Any, ask: Any) -> Any:
        refusal: Any = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32602, "message": "unknown block tag"}}
        return refusal if params[0] == "finalized" else ask()

    node.twists["eth_getBlockByNumber"] = no_final
    advance(_through(desk, node))
    cursor = cursor_of(desk)
    assert cursor.final_number is None
    assert cursor.kept_number == cursor.head_number - 6
    assert known(desk) == expected(trading.ifx)
    assert advance(_through(desk, node)) == 0


def test_a_local_chain_that_began_anew_is_read_anew(real: tuple[Desk, Trading]) -> None:
    """Rows of final blocks that the chain does not have go; a chain shorter than before counts as such here."""
    desk, trading = real
    mark = trading.ifx.chain.node.request("evm_snapshot")
    trading.book(trading.terms(GPT))
    trading.ifx.chain.node.request("anvil_mine", 100)
    advance(desk)
    assert len(known(desk)["forwards"]) == 1
    trading.ifx.chain.node.request("evm_revert", mark)
    advance(desk)
    assert known(desk)["forwards"] == {}
    assert known(desk) == expected(trading.ifx)


def test_a_node_that_is_late_takes_nothing_away(desk: Desk, trading: Trading, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a public chain a node below what is final is only late: the rows stay."""
    trading.book(trading.terms(GPT))
    advance(desk)
    monkeypatch.setattr(chain_index, "DEVNET_CHAIN_ID", 1)
    before, cursor = known(desk), cursor_of(desk)
    late = hex(cursor.kept_number - 3)
    node = TwistedNode(trading.ifx.chain.web3, eth_blockNumber=saying(late))

    def pinned(params: Any, ask: Any) -> Any:
        params[0] = late if params[0] in ("latest", "finalized") else params[0]
        return ask()

    node.twists["eth_getBlockByNumber"] = pinned
    assert advance(_through(desk, node)) == 0
    assert (known(desk), cursor_of(desk).head_hash) == (before, cursor.head_hash)


def test_another_deployment_begins_anew(desk: Desk, trading: Trading) -> None:
    """Rows of another oracle and escrow go with the first call for new ones."""
    trading.book(trading.terms(GPT))
    advance(desk)
    other = devnet.start(trading.ifx.chain, [LUNA])
    moved = _with(desk, other)
    advance(moved)
    assert known(moved) == expected(other)
    assert known(moved)["names"] == {1: LUNA}


def test_two_processes_at_once_write_everything_once(desk: Desk, trading: Trading) -> None:
    """Whoever comes second sees that its view is old; nothing is lost and nothing is there twice."""
    live(trading)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            advance(desk)
        except BaseException as error:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert known(desk) == expected(trading.ifx)


def _through(desk: Desk, node: TwistedNode) -> Desk:
    """The same desk behind another node."""
    return _with(desk, IFX(Chain(node.web3, chain_id=31337), desk.ifx.deployment))


def _with(desk: Desk, ifx: IFX) -> Desk:
    """The same desk with another connection."""
    return replace(desk, ifx=ifx)


def test_a_thousand_forwards_are_read_in_seconds(desk: Desk, trading: Trading) -> None:
    """One booking told a thousand times under a thousand ids: all are there, and read again they are not new."""
    trading.book(trading.terms(GPT, price=7_700_000))
    booked = desk.ifx.escrow.codec.topic("ForwardBooked")
    node = TwistedNode(trading.ifx.chain.web3)

    def thousandfold(params: Any, ask: Any) -> Any:
        answer = ask()
        (one,) = [log for log in answer["result"] if log["topics"][0] == booked] or [None]
        if one is not None:
            ids = (f"0x{number:064x}" for number in range(1, 1_000))
            copies = [
                {**one, "topics": [booked, id, *one["topics"][2:]], "logIndex": hex(100 + place)}
                for place, id in enumerate(ids)
            ]
            answer["result"] = [*answer["result"], *copies]
        return answer

    node.twists["eth_getLogs"] = thousandfold
    began = time.monotonic()
    assert advance(_through(desk, node)) == 1_000 + 6
    assert time.monotonic() - began < 20
    with desk.database.reading() as session:
        (lot,) = market_rows.lots(session)
        assert (lot.forwards, lot.quantity) == (1_000, 100_000_000)
        assert market_rows.peak(session, cursor_of(desk).head_number).highest == 1_000


def test_what_is_read_in_one_transaction_is_of_one_block(desk: Desk, trading: Trading) -> None:
    """A booking that is indexed between two questions of a reader is in the next reader's answers alone."""
    advance(desk)
    with desk.database.reading() as session:
        market_rows.hold_view(session)
        before = market_rows.as_of(session)
        trading.book(trading.terms(GPT))
        assert advance(desk) == 1
        assert (market_rows.as_of(session), market_rows.lots(session)) == (before, ())
    with desk.database.reading() as session:
        market_rows.hold_view(session)
        assert market_rows.as_of(session).block > before.block
        assert len(market_rows.lots(session)) == 1


def test_the_worker_reads_the_chain(desk: Desk, trading: Trading) -> None:
    """A round of the desk's loop brings the index up to date."""
    forward = trading.book(trading.terms(GPT))
    worker(desk, signer=devnet.signer(devnet.DESK)).act()
    assert list(known(desk)["forwards"]) == [forward]
    assert known(desk) == expected(trading.ifx)
