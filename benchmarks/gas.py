"""Measure the gas of every operation on anvil (Prague rules) and in process, beside the floor and the peers.

Writes benchmarks/gas.json and fails where a budget is exceeded, so that a rise shows in a diff. `warm` means that
balances are not zero and allowances are unlimited, `post_k` is k of k signers on a new word, `settle_each_*` is a
fiftieth of one transaction that settles fifty.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ifx_sdk import devnet, signing
from ifx_sdk.artifacts import artifact, codec
from ifx_sdk.calendar import SECONDS_PER_DAY, day_of, midnight
from ifx_sdk.chain import Call, Chain
from ifx_sdk.client import IFX
from ifx_sdk.deploy import deploy
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.local_chain import LocalChain
from ifx_sdk.oracle import Oracle
from ifx_sdk.outcomes import Outcome
from ifx_sdk.reports import Report, attest
from ifx_sdk.signers import KeySigner
from ifx_sdk.signing import Message
from ifx_sdk.terms import Terms
from ifx_sdk.timelock import DELAY, Operation
from scripts.anvil import MISSING, find_anvil, free_port, running

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "gas.json"

START = 1_784_073_600  # 2026-07-15 00:00 UTC
NAME, OTHER = "openai/gpt-4.1", "anthropic/claude-opus-4.8"
SPOT, INDICATIVE, QUANTITY = 8_000_000, 7_450_000, 100_000
SETTLED_AT = 4_320_000
ONES = b"\x11" * 32
PLENTY = 10**16  # micro-USDT
UNLIMITED = 2**256 - 1
BATCH = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One measured operation."""

    what: str
    """In words."""
    floor: str
    """A hand-written probe without admin, views or checks."""
    peers: str
    """The best of the field on the same work."""
    budget: int | None
    """Gas that may not be exceeded; None is reported only."""


ROWS = {
    "book_warm": Row(
        what="book, both wallets pulled",
        floor="98,791",
        peers="0x OTC 109,806 · UMA 140,277 · Opyn 411,032",
        budget=158_000,
    ),
    "book_cold": Row(what="book, first ever", floor="", peers="", budget=None),
    "book_from_balance": Row(what="book from free balances", floor="65,693", peers="", budget=130_000),
    "settle_warm": Row(what="settle one", floor="45,574", peers="UMA 94,078 a side · Opyn 186,203", budget=50_000),
    "settle_each_of_50": Row(what="settle, each of 50, one pair", floor="10,475", peers="none has it", budget=13_000),
    "settle_each_of_50_pairs": Row(what="settle, each of 50, 50 pairs", floor="", peers="none has it", budget=20_000),
    "withdraw": Row(what="withdraw", floor="54,954", peers="Morpho 64,436", budget=57_000),
    "post_3": Row(what="post, 3 signers", floor="66,114", peers="Maker 74,909 · Scribe 88,721", budget=78_000),
    "post_5": Row(what="post, 5 signers", floor="79,764", peers="Maker 91,293 · Scribe 99,001", budget=92_000),
    "post_7": Row(what="post, 7 signers", floor="93,378", peers="Maker 107,691 · Scribe 110,090", budget=106_000),
    "post_extra_reference_3": Row(what="post one more in the same call", floor="", peers="", budget=58_000),
    "terminate": Row(what="terminate, two signatures", floor="", peers="", budget=62_000),
    "novate": Row(what="novate, payment from the wallet", floor="", peers="", budget=120_000),
    "novate_from_balance": Row(what="novate, payment from a free balance", floor="", peers="", budget=94_000),
    "approve_terms": Row(what="approve terms on chain", floor="", peers="", budget=54_000),
    "revoke_terms": Row(what="revoke terms", floor="", peers="", budget=52_000),
    "approve_termination": Row(what="approve a termination on chain", floor="", peers="", budget=55_000),
    "revoke_termination": Row(what="revoke a termination", floor="", peers="", budget=53_000),
    "approve_novation": Row(what="approve a novation on chain", floor="", peers="", budget=58_000),
    "revoke_novation": Row(what="revoke a novation", floor="", peers="", budget=56_000),
    "timelock_schedule": Row(what="propose an owner's call", floor="", peers="", budget=60_000),
    "timelock_execute": Row(what="execute it: another desk", floor="", peers="", budget=50_000),
    "timelock_cancel": Row(what="cancel a proposal", floor="", peers="", budget=28_000),
    "feed_latest": Row(what="latestRoundData of a feed", floor="", peers="", budget=28_000),
    "life": Row(
        what="whole life: book, settle, 2 withdrawals",
        floor="251,000",
        peers="UMA 328,000 · Opyn 830,000",
        budget=325_000,
    ),
}


def gas(outcome: Outcome) -> int:
    """What a confirmed transaction used."""
    return outcome.confirmed().gas_used


class Bench:
    """One deployment on one chain, measured once."""

    def __init__(self, chain: Chain) -> None:
        """Deploy; nothing is measured yet."""
        self.chain = chain
        self.ifx = devnet.start(chain, [NAME, OTHER])
        self.desk = self.ifx.as_signer(devnet.signer(devnet.DESK))
        self.payer = self.ifx.as_signer(devnet.signer(devnet.DEPLOYER))
        self.parties = [devnet.signer(devnet.LONG), devnet.signer(devnet.SHORT)]
        self.others = [KeySigner.from_key((1_000 + i).to_bytes(32, "big")) for i in range(2 * BATCH)]
        self.salt = 0

    def measure(self) -> dict[str, int]:
        """Every row."""
        posts = self.posts()
        self.fund()
        rows = self.life() | posts | self.endings() | self.owner()
        rows["life"] = rows["book_warm"] + rows["settle_warm"] + 2 * rows["withdraw"]
        return {name: rows[name] for name in ROWS}

    # Posting.

    def posts(self) -> dict[str, int]:
        """`post` by k of k signers on the third day in a row, then two references in one call."""
        oracles = {k: self.oracle(k) for k in (3, 5, 7)}
        rows: dict[str, int] = {}
        for _ in range(3):
            for k, oracle in oracles.items():
                rows[f"post_{k}"] = gas(oracle.post(self.report(oracle, NAME, k)))
            oracles[3].post(self.report(oracles[3], OTHER, 3)).confirmed()
            self.next_day()
        both = gas(oracles[3].post_many([self.report(oracles[3], name, 3) for name in (NAME, OTHER)]))
        rows["post_extra_reference_3"] = both - rows["post_3"]
        return rows

    def oracle(self, signers: int) -> Oracle:
        """An oracle of its own with this many signers, all of them needed."""
        plan = replace(
            devnet.plan([NAME, OTHER]),
            signers=tuple(devnet.signer(i).address for i in range(signers)),
            quorum=signers,
        )
        deployment = deploy(self.chain, devnet.signer(devnet.DEPLOYER), plan)
        return IFX.connect(self.chain, deployment, devnet.signer(devnet.DEPLOYER)).oracle

    def report(self, oracle: Oracle, name: str, signers: int) -> Report:
        """Today's price, each node with evidence of its own."""
        day = day_of(self.chain.timestamp())
        signed = [
            attest(
                devnet.signer(i), oracle.domain(), underlying=name, day=day, price=SPOT,
                evidence=bytes(range(i + 1, i + 33)),
            )
            for i in range(signers)
        ]  # fmt: skip
        return Report.of(signed)

    def next_day(self) -> None:
        """One minute after the next midnight."""
        devnet.travel(self.chain, midnight(day_of(self.chain.timestamp()) + 1) + 60)

    # A forward's life.

    def fund(self) -> None:
        """Both parties and the fee account own tokens; allowances are unlimited."""
        devnet.post(self.ifx, {NAME: SPOT})
        for party in self.parties:
            devnet.faucet(self.ifx, party.address, usdt=PLENTY)
            for outcome in self.ifx.as_signer(party).token.allow(UNLIMITED):
                outcome.confirmed()
        devnet.faucet(self.ifx, devnet.signer(devnet.FEE_RECIPIENT).address, usdt=1)
        devnet.faucet(self.ifx, self.payer.account, usdt=PLENTY)
        for outcome in self.payer.token.allow(UNLIMITED):
            outcome.confirmed()

    def life(self) -> dict[str, int]:
        """Book in every way, settle in every way, withdraw."""
        long, short = self.parties
        rows = {"book_cold": self.book(long, short)[1]}
        rows["book_warm"] = self.book(long, short)[1]
        for party in self.parties:
            self.payer.escrow.deposit_for(party.address, PLENTY // 10).confirmed()
        rows["book_from_balance"] = self.book(long, short)[1]
        one_pair = [self.book(long, short)[0] for _ in range(BATCH + 1)]
        pairs = []
        for i in range(0, 2 * BATCH, 2):
            for side in self.others[i : i + 2]:
                self.payer.escrow.deposit_for(side.address, 2 * SPOT * QUANTITY).confirmed()
            pairs.append(self.book(self.others[i], self.others[i + 1])[0])

        devnet.travel(self.chain, self.maturity)
        devnet.post(self.ifx, {NAME: SETTLED_AT})
        rows["settle_warm"] = gas(self.payer.escrow.settle(one_pair.pop()))
        rows["settle_each_of_50"] = -(-gas(self.payer.escrow.settle_many(one_pair)) // BATCH)
        rows["settle_each_of_50_pairs"] = -(-gas(self.payer.escrow.settle_many(pairs)) // BATCH)
        rows["withdraw"] = gas(self.ifx.as_signer(long).escrow.withdraw(10**6))
        return rows

    # Before maturity.

    def endings(self) -> dict[str, int]:
        """End and move forwards by signatures, then each message approved and revoked on chain by one whom it names."""
        long, short = self.parties
        incoming = devnet.signer(devnet.DEPLOYER)
        deadline = self.chain.timestamp() + SECONDS_PER_DAY
        ids = [self.book(long, short, SETTLED_AT)[0] for _ in range(3)]
        end = Termination(
            forward=ids[0], long=long.address, short=short.address, price=SETTLED_AT, deadline=deadline, salt=ONES
        )
        moves = [
            Novation(
                forward=id_, outgoing=long.address, incoming=incoming.address, remaining=short.address,
                payment=10**9 + 1, deadline=deadline, salt=ONES,
            )
            for id_ in ids[1:]
        ]  # fmt: skip
        rows = {"terminate": gas(self.payer.escrow.terminate(end, *self.signed(end, long, short)))}
        # It owned no free balance but has one now, so that both novations find a warm word.
        self.payer.escrow.deposit(1).confirmed()
        rows["novate"] = gas(self.payer.escrow.novate(moves[0], *self.signed(moves[0], long, incoming, short)))
        self.payer.escrow.deposit(10**10).confirmed()
        rows["novate_from_balance"] = gas(
            self.payer.escrow.novate(moves[1], *self.signed(moves[1], long, incoming, short))
        )
        messages = {
            "terms": self.terms(long, short, SETTLED_AT),
            "termination": replace(end, forward=self.book(long, short, SETTLED_AT)[0]),
            "novation": replace(moves[0], forward=self.book(long, short, SETTLED_AT)[0]),
        }
        escrow = self.ifx.as_signer(long).escrow
        for kind, message in messages.items():
            rows[f"approve_{kind}"] = gas(escrow.approve(message))
            rows[f"revoke_{kind}"] = gas(escrow.revoke(message))
        return rows

    def owner(self) -> dict[str, int]:
        """Propose, cancel and execute as the timelock's proposer and anyone; then read a feed, as a transaction."""
        timelock, escrow = self.payer.timelock, self.payer.escrow
        call = escrow.prepare("set_desk", devnet.signer(devnet.OUTSIDER).address)
        operations = [Operation(target=escrow.address, payload=call.data, salt=bytes(31) + bytes([i])) for i in (1, 2)]
        rows = {"timelock_schedule": gas(timelock.schedule(operations[0]))}
        timelock.schedule(operations[1]).confirmed()
        rows["timelock_cancel"] = gas(timelock.cancel(operations[1].id))
        devnet.travel(self.chain, self.chain.timestamp() + DELAY)
        rows["timelock_execute"] = gas(timelock.execute(timelock.operation(operations[0].id)))
        made = Call(
            name="FixingFeed",
            to=None,
            data=artifact("FixingFeed").bytecode
            + codec("FixingFeed").encode_constructor([self.ifx.oracle.address, NAME]),
        )
        feed = self.chain.send(made, devnet.signer(devnet.DEPLOYER)).confirmed().contract_address
        read = Call(name="latestRoundData", to=feed, data=codec("FixingFeed").encode_call("latestRoundData", []))
        rows["feed_latest"] = gas(self.chain.send(read, devnet.signer(devnet.DEPLOYER)))
        return rows

    def signed(self, message: Message, *signers: KeySigner) -> list[bytes]:
        """The signatures of these parties."""
        digest = self.ifx.escrow.message_id(message)
        return [signer.sign_digest(digest) for signer in signers]

    def book(self, long: KeySigner, short: KeySigner, spot: int = SPOT) -> tuple[bytes, int]:
        """Book by two signatures and answer the id and the gas."""
        terms = self.terms(long, short, spot)
        return self.ifx.escrow.terms_id(terms), gas(self.desk.escrow.book(terms, *self.signed(terms, long, short)))

    def terms(self, long: KeySigner, short: KeySigner, spot: int) -> Terms:
        """Terms at today's fixing, each with its own salt."""
        self.salt += 1
        now = self.chain.timestamp()
        self.maturity = midnight(day_of(now) + 92)
        agreed = min(spot, INDICATIVE)
        return Terms(
            long=long.address, short=short.address, underlying=NAME, quantity=QUANTITY, price=agreed, spot=spot,
            indicative=agreed, maturity=self.maturity, averaging_days=1, deadline=now + SECONDS_PER_DAY,
            salt=signing.report_digest(NAME, self.salt, SPOT, bytes(32), self.ifx.oracle.domain()),
        )  # fmt: skip


@contextmanager
def anvil() -> Iterator[Chain]:
    """A node on a free port whose blocks are a second apart, whatever the clock does."""
    binary = find_anvil()
    if binary is None:
        sys.exit(MISSING)
    with running(binary, free_port(), timestamp=START) as (chain, _):
        # Times are signed, and a signature's zero bytes cost less: equal times make equal gas.
        chain.node.request("anvil_setBlockTimestampInterval", 1)
        yield chain


def show(measured: dict[str, int], in_process: dict[str, int]) -> list[str]:
    """Print the table and answer the names of the rows above budget."""
    table = Table(title="Gas", title_justify="left", header_style="bold")
    for column in ("operation", "floor", "peers", "anvil", "in process", "budget"):
        table.add_column(column, justify="left" if column in ("operation", "peers") else "right", no_wrap=True)
    over = []
    for name, row in ROWS.items():
        if row.budget is not None and measured[name] > row.budget:
            over.append(name)
        colour = "red" if name in over else "green"
        budget = "" if row.budget is None else f"{row.budget:,}"
        ours = f"[{colour}]{measured[name]:,}[/{colour}]"
        table.add_row(row.what, row.floor, row.peers, ours, f"{in_process[name]:,}", budget)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return over


def main() -> None:
    """Measure, print, write, and fail above a budget or, with --check, where the committed numbers are others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="do not write; fail where gas.json differs")
    check = parser.parse_args().check
    with anvil() as chain:
        measured = Bench(chain).measure()
    in_process = Bench(Chain(LocalChain(timestamp=START).web3, chain_id=31337).connect()).measure()
    over = show(measured, in_process)
    if over:
        sys.exit(f"above budget: {', '.join(over)}")
    budgets = {name: row.budget for name, row in ROWS.items() if row.budget is not None}
    results = json.dumps(measured | {"budgets": budgets, "in_process": in_process}, indent=2) + "\n"
    if not check:
        RESULTS.write_text(results)
        print(f"wrote {RESULTS.relative_to(ROOT)}")
    elif not RESULTS.exists() or RESULTS.read_text() != results:
        sys.exit("benchmarks/gas.json holds other numbers: run `make gas` and commit it")


if __name__ == "__main__":
    main()
