"""From recordings to a settlement: four nodes compute an index, a quorum signs it, the reviewer alone posts it.

A forward on the index is booked at its fixing of one day and settled at that of its maturity's.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from support.index_files import activity_table, price_list
from support.nodes import ToldClock, write_settings

from ifx_index.backfill import backfill
from ifx_index.folder import open_folder
from ifx_index.store import Store
from ifx_sdk import devnet
from ifx_sdk.calendar import day_number, midnight
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.deploy import Listing
from ifx_sdk.devkeys import dev_key
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.outcomes import Outcome
from ifx_sdk.records import Status
from ifx_sdk.reports import Report
from oracle_node.commands import OK, REFUSED, index
from oracle_node.index_feed import Withheld, sign_index
from oracle_node.post import NotPosted, Posted, post_reports
from oracle_node.report import ReportBook, SignedReport

INDEX, THIN = "index/lpi-openai", "index/lpi-qwen"
D = date(2026, 7, 20)
TRADE, MATURITY = D + timedelta(days=1), date(2026, 10, 21)
QUANTITY = 100_000  # Mtok, one lot
BOOKED, SETTLED = 8_000_000, 6_000_000  # micro-USD per Mtok


def recorded(root: Path, day: date, price: str) -> None:
    """A day's recordings: one company that is used a lot, and one too little for a mark."""
    for folder in ("models", "activity/daily"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "models" / f"{day}.json").write_bytes(price_list({"openai/gpt-a": price, "qwen/q": "0.000001"}))
    rows = [("openai/gpt-a", "standard", 6 * 10**9, 10**8), ("qwen/q", "standard", 10**7, 10**6)]
    closed = f"{day + timedelta(days=1)}T05:00:00+00:00"
    (root / "activity" / "daily" / f"{day}.csv").write_bytes(activity_table(rows, day=day, closed=closed))


@pytest.fixture
def nodes(tmp_path: Path) -> list[Store]:
    """The stores of four nodes, each filled from recordings of its own."""
    stores = []
    for number in range(4):
        root = tmp_path / f"node-{number}"
        recorded(root, D, "0.000008")
        recorded(root, MATURITY - timedelta(days=1), "0.000006")
        store = Store(root / "store")
        for day in (D, MATURITY - timedelta(days=1)):
            now = datetime(day.year, day.month, day.day, 6, number, tzinfo=UTC) + timedelta(days=1)
            list(backfill(open_folder(root), store, now=now))
        stores.append(store)
    return stores


@pytest.fixture
def ifx() -> IFX:
    """A deployment that lists both indexes for review, at ten in the morning of the trade's day."""
    local = LocalChain(timestamp=midnight(day_number(D)) + 36_000)
    listed = [Listing(name=name, review_required=True) for name in (INDEX, THIN)]
    found = devnet.start(Chain(local.web3, chain_id=31337), listed)
    devnet.travel(found, midnight(day_number(TRADE)) + 36_000)
    return found


def reports(ifx: IFX, stores: list[Store], day: date) -> tuple[list[Report], list[Withheld]]:
    """What the nodes sign of the openai index for a day, by price, and what they withhold of the other one."""
    signed: dict[int, list[SignedReport]] = {}
    told: list[Withheld] = []
    for store, key in zip(stores, devnet.NODES, strict=True):
        found = sign_index(
            store.records, [INDEX, THIN], day_number(day), ReportBook(), devnet.signer(key), ifx.oracle.domain()
        )
        told += [each for each in found if isinstance(each, Withheld)]
        for each in found:
            if isinstance(each, SignedReport):
                signed.setdefault(each.attestation.price, []).append(each)
    made = [
        Report(
            underlying=INDEX,
            day=day_number(day),
            price=price,
            attestations=tuple(each.attestation for each in agreeing),
        )
        for price, agreeing in signed.items()
    ]
    return made, told


def by(ifx: IFX, role: int, made: Report) -> tuple[object, tuple[Outcome, ...]]:
    """Post as one account."""
    result = post_reports(ifx.as_signer(devnet.signer(role)).oracle, [made])
    return result.answers[0], result.outcomes


def test_an_index_is_signed_reviewed_posted_and_settles_a_forward(ifx: IFX, nodes: list[Store]) -> None:
    """A node cannot post it, the reviewer can; the index that is not GOOD never becomes a report."""
    (made,), told = reports(ifx, nodes, TRADE)
    assert made.price == BOOKED
    assert [each.underlying for each in told] == [THIN] * 4
    assert "only GOOD is eligible" in told[0].why
    answer, sent = by(ifx, devnet.NODES[0], made)
    assert isinstance(answer, NotPosted)
    assert "only its reviewer" in answer.why
    assert sent == ()
    answer, _ = by(ifx, devnet.DEPLOYER, made)
    assert isinstance(answer, Posted)

    long, short, desk = (ifx.as_signer(devnet.signer(role)) for role in (devnet.LONG, devnet.SHORT, devnet.DESK))
    terms = ifx.terms(ifx.quote(INDEX, QUANTITY, 3), long=long.account, short=short.account, price=BOOKED)
    for party in (long, short):
        devnet.faucet(ifx, party.account, usdt=2 * BOOKED * QUANTITY)
        party.token.allow(2 * BOOKED * QUANTITY)
    desk.escrow.book(terms, long.sign(terms), short.sign(terms)).confirmed()
    id_ = ifx.escrow.terms_id(terms)

    devnet.travel(ifx, midnight(day_number(MATURITY)) + 36_000)
    (made,), _ = reports(ifx, nodes, MATURITY)
    assert isinstance(by(ifx, devnet.DEPLOYER, made)[0], Posted)
    desk.escrow.settle(id_).confirmed()
    assert ifx.escrow.forward(id_).status is Status.SETTLED
    moved = (BOOKED - SETTLED) * QUANTITY
    free = [ifx.escrow.balance_of(party.account) for party in (long, short)]
    assert free == [BOOKED * QUANTITY - moved, BOOKED * QUANTITY + moved]


def test_nodes_that_recorded_other_prices_make_no_fixing(ifx: IFX, nodes: list[Store], tmp_path: Path) -> None:
    """Two of four have another list: neither value has a quorum, and not even the reviewer can post one."""
    for number in (2, 3):
        root = tmp_path / f"other-{number}"
        recorded(root, D, "0.000009")
        nodes[number] = Store(root / "store")
        list(backfill(open_folder(root), nodes[number], now=datetime(2026, 7, 21, 6, tzinfo=UTC)))
    made, _ = reports(ifx, nodes, TRADE)
    assert [each.price for each in made] == [BOOKED, 9_000_000]
    for each in made:
        answer, sent = by(ifx, devnet.DEPLOYER, each)
        assert isinstance(answer, NotPosted)
        assert "2 attestations of the 3" in answer.why
        assert sent == ()


def test_the_command_shows_first_and_signs_when_told(
    ifx: IFX, nodes: list[Store], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A look costs nothing; what is withheld is told and ends with 3."""
    settings = write_settings(tmp_path)
    (tmp_path / "node.key").write_text(dev_key(devnet.NODES[0]).hex())
    ifx.deployment.write(tmp_path / "local.toml")
    clock, store = ToldClock(midnight(day_number(TRADE)) + 36_000), str(nodes[0].folder)

    def run(*names: str, sign: bool = False) -> tuple[int, list[dict[str, object]]]:
        code = index.run(names, config=str(settings), store=store, day=None, sign=sign, clock=clock)
        return code, [json.loads(line, parse_float=str) for line in capsys.readouterr().out.splitlines()]

    code, (shown,) = run(INDEX)
    assert (code, shown["status"], shown["price"]) == (OK, "READY", BOOKED)
    code, (signed, told) = run(INDEX, THIN, sign=True)
    assert (code, signed["price"], signed["evidence"]) == (REFUSED, BOOKED, shown["evidence"])
    assert (told["status"], told["underlying"]) == ("WITHHELD", THIN)
