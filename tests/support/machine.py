"""The state machine's base: one life of one deployment, its clock, and calls whose outcome is known beforehand.

Every call's outcome is predicted by the model first, so no revert is swallowed: a call that should go through must, and
one that should not must give exactly its reason. What anyone may do stands in the machine_*.py files beside this one.
"""

import warnings
from collections import Counter
from functools import lru_cache
from typing import Any

from eth_abi.abi import decode
from eth_utils.crypto import keccak
from hypothesis.stateful import RuleBasedStateMachine, initialize
from support.indexer import Indexer, LogReader
from support.model import DAY, SETTLED, Model
from support.world import (
    ACCOUNTS,
    CHAIN_ID,
    FEES,
    KEYS,
    NAMES,
    NODES,
    PARTIES,
    QUORUM,
    START,
    VAULT,
    VAULT_SIGNATURE,
    deployed,
    free_balance,
    let_vault_sign,
)

from ifx_sdk import signing
from ifx_sdk.endings import Novation, Termination
from ifx_sdk.signing import Message
from ifx_sdk.terms import Terms, escrow_domain, oracle_domain

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import boa

ERROR = keccak(text="Error(string)")[:4]
KINDS = {Terms: "terms", Termination: "termination", Novation: "novation"}
Draft = tuple[bytes, Message]

REACHED: Counter[tuple[str, str | None]] = Counter()
"""How often each outcome of each call, and each kind of life, came up; None is a call that went through."""


sign = lru_cache(maxsize=1_000)(signing.sign_digest)


class Machine(RuleBasedStateMachine):
    """Parties, a desk, a guardian and oracle nodes on one deployment."""

    @initialize()
    def deploy(self) -> None:
        """Start from the same deployment, with two listed underlyings."""
        boa.env.sha3_trace.clear()  # boa would keep every hash of every life
        boa.env.sstore_trace.clear()
        self.world = world = deployed()
        boa.env.timestamp = START
        self.logs = LogReader([entry for contract in (world.escrow, world.oracle) for entry in contract.abi])
        self.index = Indexer()
        self.index.fee_recipient, self.index.desk, self.index.guardian = FEES, world.desk, world.guardian
        for name in NAMES:
            self.call(world.oracle, "add_underlying", name, False, sender=world.owner)
            self.call(world.escrow, "list_underlying", name, 1, sender=world.owner)
        self.model = Model(
            now=START,
            escrow=world.escrow.address,
            fee_recipient=FEES,
            lots=dict.fromkeys(NAMES, 1),
            signers=list(range(NODES)),
            quorum=QUORUM,
        )
        self.drafts: list[tuple[bytes, Terms]] = []
        self.endings: list[tuple[bytes, Termination | Novation]] = []
        self.answers: dict[tuple[str, int, int], int] = {}
        self.domain = escrow_domain(CHAIN_ID, world.escrow.address)
        self.reports = oracle_domain(CHAIN_ID, world.oracle.address)

    def teardown(self) -> None:
        """Invariant 5: whatever happened, everything can be settled and withdrawn; nothing stays but strays."""
        if hasattr(self, "model"):
            self.views_are_the_models()
            self.wind_up()

    def wind_up(self) -> None:
        """Three days after the last maturity, with no role's help."""
        last = max((self.model.forwards[id_].terms.maturity for id_ in self.model.active), default=0)
        self.to(max(self.model.now, last + 3 * DAY))
        for id_ in self.model.active:
            refused = self.model.settle(id_)
            assert refused is None
            self.expect(refused, self.world.escrow, "settle", id_, sender=PARTIES[0])
        if self.model.token_fee_bps:
            self.switch_fee(0)
        for account, amount in list(self.model.free.items()):
            if amount:
                refused = self.model.withdraw(account, amount)
                self.expect(refused, self.world.escrow, "withdraw", amount, account, sender=account)
        assert self.model.owed == 0
        assert self.world.token.balanceOf(self.world.escrow.address) == self.model.stray
        for booked in self.model.forwards.values():
            how = "settled" if booked.status == SETTLED else "terminated"
            REACHED["life", f"{how} after {len(booked.departed)} moves"] += 1

    def views_are_the_models(self) -> None:
        """Invariant 9: the contract's own views say what its storage says, which every step has read."""
        escrow = self.world.escrow
        for account in ACCOUNTS:
            assert escrow.balance_of(account) == self.model.free.get(account, 0) == free_balance(account)
        for id_, booked in list(self.model.forwards.items())[-3:]:
            for account in ACCOUNTS:
                assert escrow.has_left(id_, account) == (account in booked.departed)
        for id_, message in (*self.drafts[-3:], *self.endings[-3:]):
            for account in message.parties.values():
                assert escrow.is_approved(id_, account) == ((id_, account) in self.model.approved)

    # Machinery.

    def call(self, contract: Any, method: str, *args: object, sender: str) -> str | None:
        """Call, feed the indexer, and answer the revert reason or None."""
        data = getattr(contract, method).prepare_calldata(*args)
        computation = boa.env.execute_code(to_address=contract.address, sender=sender, data=data, contract=contract)
        if computation.is_error:
            output = computation.output
            assert output[:4] == ERROR, f"{method} reverted without a reason: {output.hex()}"
            reason = str(decode(["string"], output[4:])[0])
            REACHED[method, reason] += 1
            return reason
        token = self.world.token.address.canonical_address
        for logger, topics, entry in computation.get_log_entries():
            if logger != token:
                self.index.feed(*self.logs.read(topics, entry))
        REACHED[method, None] += 1
        return None

    def expect(self, reason: str | None, contract: Any, method: str, *args: object, sender: str) -> None:
        """Call and hold the outcome against the model's."""
        outcome = self.call(contract, method, *args, sender=sender)
        assert outcome == reason, f"{method}: {outcome!r}, where the model says {reason!r}"

    def to(self, timestamp: int) -> None:
        """Move time forward."""
        self.model.now = boa.env.timestamp = timestamp

    def switch_fee(self, bps: int) -> None:
        """The token's owner sets its transfer fee."""
        self.model.token_fee_bps = bps
        self.expect(None, self.world.token, "set_fee", bps, 50 * 10**6, sender=boa.env.eoa)

    def draft(self, message: Message) -> bytes:
        """Remember a message under its digest, which the contract computes too (invariant 9).

        Its view is asked now and then; whatever is approved, revoked or signed is hashed by the contract anyway.
        """
        id_ = signing.message_digest(message, self.domain)
        if id_[1] < 64:
            assert getattr(self.world.escrow, f"{KINDS[type(message)]}_hash")(message.as_tuple()) == id_
        if isinstance(message, Terms):
            self.drafts.append((id_, message))
        else:
            self.endings.append((id_, message))
        return id_

    def salt(self) -> bytes:
        """Another one for each message."""
        return (len(self.drafts) + len(self.endings)).to_bytes(32, "big")

    def approvals(self, id_: bytes, message: Message, signed: set[str]) -> list[bytes]:
        """What executes a message: signatures of `signed`; of the others nothing, or somebody else's signature."""
        let_vault_sign(id_ if VAULT in signed else None)
        return [self.approval(id_, account, account in signed) for account in message.parties.values()]

    def approval(self, id_: bytes, account: str, has_signed: bool) -> bytes:
        """One account's approval of a digest, or what is none."""
        if not has_signed and id_[0] % 2:
            return b""
        if not has_signed:
            return sign(id_, KEYS[PARTIES[0] if account == FEES else FEES])
        return VAULT_SIGNATURE if account == VAULT else sign(id_, KEYS[account])

    def approve(self, id_: bytes, message: Message, account: str) -> None:
        """On chain, by whoever it is."""
        refused = self.model.approve(account, id_, message)
        method = f"approve_{KINDS[type(message)]}"
        self.expect(refused, self.world.escrow, method, message.as_tuple(), sender=account)

    def revoke(self, id_: bytes, message: Message, account: str) -> None:
        """On chain, by whoever it is."""
        refused = self.model.revoke(account, id_, message)
        method = f"revoke_{KINDS[type(message)]}"
        self.expect(refused, self.world.escrow, method, message.as_tuple(), sender=account)

    def approve_by(self, id_: bytes, message: Message, on_chain: int) -> set[str]:
        """Bit i of `on_chain` has the i-th party approve on chain; answers who signs instead."""
        signed = set()
        for i, account in enumerate(message.parties.values()):
            if on_chain >> i & 1:
                self.approve(id_, message, account)
            else:
                signed.add(account)
        return signed
