"""What a keeper settles, when it waits, and what it says."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from support.chain import GPT
from support.keepers import LIMITS, Matured, settled_in, until_done
from support.pools import pass_blocks

from ifx_sdk import devnet
from ifx_sdk.chain import Call, Chain
from ifx_sdk.errors import BadValue, NoFundsForGas, Reverted
from ifx_sdk.keeper import KeeperStore, Limits
from ifx_sdk.keeper.keeper import FIRST_BACKOFF_SECONDS, PAUSE_SECONDS, SOON_SECONDS
from ifx_sdk.signers import NodeSigner


def test_everything_is_settled_in_one_transaction(due: Matured) -> None:
    """Forwards of one fixing side by side, so that each price is read once; the next round tells what it cost."""
    keeper = due.keeper()
    first = keeper.round()
    assert (first.open, first.ready, first.oldest, first.sent) == (4, 4, due.maturity, due.grouped)
    assert keeper.pause(first) == SOON_SECONDS
    second = keeper.round()
    assert (second.open, second.ready, second.settled, second.sent) == (0, 0, due.grouped, ())
    assert 0 < second.gas_used == LIMITS["gas_per_day"] - second.gas_left
    assert (due.settled(), due.transactions(), keeper.pause(second)) == (4, 1, PAUSE_SECONDS)


def test_without_a_key_nothing_is_sent(due: Matured) -> None:
    """It says what it would settle, every time anew."""
    keeper = due.keeper(looks=True)
    rounds = [keeper.round(), keeper.round()]
    assert [each.would for each in rounds] == [due.grouped, due.grouped]
    assert {each.tx_hash for each in rounds} == {None}
    assert (due.settled(), due.transactions()) == (0, 0)


def test_what_is_not_certain_yet_is_left(due: Matured) -> None:
    """Before the maturity, and after it while the day has no fixing; as soon as it is certain it is settled."""
    keeper, trading = due.keeper(), due.trading
    until_done(keeper)
    late = trading.book(trading.terms(GPT))
    maturity = trading.maturity(3)
    told = keeper.round()
    assert (told.open, told.ready, told.sent, told.waits) == (1, 0, (), None)
    trading.go_to(maturity + 60)
    told = keeper.round()
    assert (told.open, told.ready, told.sent, told.waits) == (1, 0, (), None)
    trading.fix({GPT: 8_000_000})
    assert keeper.round().sent == (late,)


def test_too_few_wait_until_they_waited_long(due: Matured) -> None:
    """A batch below `least` is not worth its gas, but nobody waits for ever."""
    keeper = due.keeper(least=5, patience=7_200)
    told = keeper.round()
    assert (told.ready, told.sent, told.waits) == (4, (), "4 of at least 5 forwards can be settled")
    due.trading.go_to(due.maturity + 7_200)
    assert keeper.round().sent == due.grouped


def test_a_batch_has_at_most_so_many(due: Matured) -> None:
    """The rest follows in the next ones, each forward once."""
    rounds = until_done(due.keeper(most=3))
    assert [len(each.sent) for each in rounds] == [3, 1, 0]
    assert settled_in(rounds) == sorted(due.ids)


def test_what_somebody_else_settled_is_left_out(due: Matured) -> None:
    """Between the look at the events and the transaction too."""
    other = due.trading.as_role(devnet.LONG).escrow
    other.settle(due.ids[0]).confirmed()
    escrow = due.escrow()
    before = escrow.is_settleable
    asked: list[bytes] = []

    def is_settleable(id: bytes) -> bool:
        if not asked:
            other.settle(due.ids[1]).confirmed()
        asked.append(id)
        return before(id)

    escrow.is_settleable = is_settleable  # type: ignore[method-assign]  # somebody is faster than the question
    first = due.keeper(escrow=escrow).round()
    assert set(first.sent) == {due.ids[2], due.ids[3]}
    assert due.settled() == 4


def test_above_the_price_it_waits(due: Matured) -> None:
    """It says both prices; where the cap is high enough it goes on, and never offers more than the cap."""
    base_fee = due.ifx.chain.node.block().base_fee
    told = due.keeper(gas_price=base_fee).round()
    assert told.sent == ()
    assert told.waits is not None
    assert str(base_fee) in told.waits
    store = KeeperStore()
    keeper = due.keeper(store, gas_price=base_fee + 1)
    assert keeper.round().sent == due.grouped
    assert keeper.round().settled == due.grouped


def test_a_days_gas_is_never_exceeded(due: Matured) -> None:
    """A batch shrinks to what is left, nothing is sent where that is too little, and the next day has its own."""
    keeper = due.keeper(gas_per_day=130_000)
    rounds = [keeper.round() for _ in range(4)]
    assert 0 < len(rounds[0].sent) < 4
    assert rounds[-1].waits is not None
    assert "gas of the day are left" in rounds[-1].waits
    assert sum(each.gas_used for each in rounds) + rounds[-1].gas_left == 130_000
    due.trading.next_day()
    assert keeper.round().sent != ()
    assert until_done(keeper)[-1].ready == 0
    assert due.settled() == 4


def test_who_cannot_pay_is_told(due: Matured) -> None:
    """Nothing is signed; with coin it goes on."""
    escrow = due.escrow()
    escrow.chain.balance = lambda account: 10  # type: ignore[method-assign]  # an account with nothing
    with pytest.raises(NoFundsForGas):
        due.keeper(escrow=escrow).round()
    assert due.keeper().round().sent == due.grouped


def poisoned(due: Matured, bad: bytes) -> Mapping[str, object]:
    """A keeper's parts before an escrow that refuses every batch with one of its ids, by name."""
    escrow = due.escrow()
    estimate = escrow.chain.estimate

    def refusing(call: Call, sender: str) -> int:
        if bad in call.data:
            raise Reverted("escrow: poisoned")
        return estimate(call, sender)

    escrow.chain.estimate = refusing  # type: ignore[method-assign]
    return {"escrow": escrow}


def test_one_that_is_refused_is_found_and_set_aside(due: Matured) -> None:
    """Halves, with the reason named and a pause after each; the others are settled, it waits for the next day."""
    bad = due.grouped[1]
    at = [due.ifx.chain.now()]
    keeper = due.keeper(now=lambda: at[0], **poisoned(due, bad))
    told = keeper.round()
    assert told.failed == "a batch of 4 was refused: escrow: poisoned"
    assert keeper.round().waits == f"{FIRST_BACKOFF_SECONDS} s after a refusal"
    failed = []
    for _ in range(12):
        at[0] += 600
        told = keeper.round()
        failed += [told.failed] if told.failed else []
    assert failed[-1] == f"0x{bad.hex()} was refused and is set aside for a day: escrow: poisoned"
    assert (due.settled(), told.ready, told.waits) == (3, 1, "what is ready was refused before")
    at[0] += 86_400
    assert keeper.round().failed == failed[-1]


def test_a_transaction_in_no_journal_is_waited_for(due: Matured) -> None:
    """After a reorganisation it can be the keeper's own; once it is mined it goes on."""
    account = devnet.signer(devnet.OUTSIDER)
    due.local.automine = False
    foreign = Chain(due.local.web3, chain_id=31337)
    foreign.send(Call(name="transfer", to=account.address, data=b""), account, wait=False)
    keeper = due.keeper()
    told = keeper.round()
    assert told.sent == ()
    assert told.waits == f"a transaction of {account.address} that is in no journal waits in a pool"
    pass_blocks(due.ifx.chain, 1)
    assert keeper.round().sent == due.grouped


def test_a_node_that_signs_is_refused(due: Matured) -> None:
    """Gas is counted in signed bytes: nothing is sent."""
    with pytest.raises(BadValue, match="a keeper signs its transactions itself"):
        due.keeper(signer=NodeSigner(devnet.signer(devnet.OUTSIDER).address)).round()
    assert due.settled() == 0


@pytest.mark.parametrize(
    "wrong",
    [{"gas_price": 0}, {"gas_per_day": 0}, {"least": 0}, {"most": 101}, {"least": 5, "most": 4}],
    ids=str,
)
def test_limits_that_are_none_are_refused(wrong: dict[str, int]) -> None:
    """Beside those that are some."""
    good = Limits(gas_price=1, gas_per_day=1)
    assert (good.least, good.most) == (1, 100)
    with pytest.raises(BadValue):
        replace(good, **wrong)
