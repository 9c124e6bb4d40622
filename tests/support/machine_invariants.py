"""What must hold after every step. Invariant numbers are those of docs/invariants.md."""

from hypothesis.stateful import invariant
from support.machine_faults import FaultRules
from support.model import DAY, SETTLED, Booked
from support.world import ACCOUNTS, NAMES, free_balance, record_slot, record_words, wallet_balance

STATUS_AT = 240


class AnyOrder(FaultRules):
    """Anything, by anyone, in any order: after every step the contracts equal the model and the invariants hold."""

    @invariant()
    def balances_are_the_models(self) -> None:
        """Invariants 3 and 9: no free balance and no wallet moved but by what the model did."""
        for account in ACCOUNTS:
            assert free_balance(account) == self.model.free.get(account, 0)
            assert wallet_balance(account) == self.model.wallets.get(account, 0)

    @invariant()
    def escrow_is_solvent(self) -> None:
        """Invariant 1: the tokens cover all free balances and all locked prefundings, and only strays are over."""
        assert wallet_balance(self.world.escrow.address) == self.model.owed + self.model.stray

    @invariant()
    def events_rebuild_the_state(self) -> None:
        """Invariant 8: an indexer that saw only the events knows every balance, side, record, fixing and approval."""
        index, model = self.index, self.model
        for account, amount in model.free.items():
            assert index.free.get(account, 0) == amount
        assert index.forwards.keys() == model.forwards.keys()
        for id_, booked in model.forwards.items():
            record = index.forwards[id_]
            assert (record["long"], record["short"], record["status"]) == (*booked.sides, booked.status)
        assert index.departed == {(id_, gone) for id_, booked in model.forwards.items() for gone in booked.departed}
        assert index.approved == model.approved
        assert index.revoked == model.revoked
        assert index.paused_until == model.paused_until
        posted = {(NAMES.index(name) + 1, day): p for name, days in model.posted.items() for day, p in days.items()}
        assert index.fixings == posted
        assert {NAMES[i - 1]: lot for i, lot in index.lots.items()} == model.lots

    @invariant()
    def records_are_the_chains(self) -> None:
        """Invariants 4 and 7: every record holds what was approved, once, whatever the roles do.

        From the moment of maturity on, nothing about an active record changes but that it becomes settled.
        """
        words = self.__dict__.setdefault("_words", {})
        slots = self.__dict__.setdefault("_slots", {})
        frozen = self.__dict__.setdefault("_frozen", {})
        for id_, booked in self.model.forwards.items():
            if id_ not in slots:
                slots[id_] = record_slot(id_)
            found = record_words(slots[id_])
            assert found == expected_words(booked)
            if words.get(id_) != found:
                self.record_reads_well(id_, booked, is_new=id_ not in words)
                words[id_] = found
            if self.model.now >= booked.terms.maturity:
                first, second = frozen.setdefault(id_, found)
                ended = second if found[1] == second else second & ~(0xFF << STATUS_AT) | SETTLED << STATUS_AT
                assert found == (first, ended)
        for id_ in self.model.revoked:
            if id_ not in slots:
                slots[id_] = record_slot(id_)
            assert record_words(slots[id_]) == (0, 1 << STATUS_AT)

    def record_reads_well(self, id_: bytes, booked: Booked, is_new: bool) -> None:
        """Invariants 2 and 9: the views unpack a record that changed; a new one's payouts add up to 2B at any price."""
        terms, record = booked.terms, self.world.escrow.forward(id_)
        assert (record.long, record.short, record.quantity) == (*booked.sides, terms.quantity)
        assert (record.price, record.spot, record.averaging_days) == (terms.price, terms.spot, terms.averaging_days)
        assert (record.maturity_day * DAY, record.underlying) == (terms.maturity, NAMES.index(terms.underlying) + 1)
        assert record.status == booked.status
        if not is_new:
            return
        price = self.model.now * 2_654_435_761 % 2**40  # another one each second; the extremes are tested by themselves
        long_payout, short_payout = self.world.escrow.payouts(id_, price)
        assert min(long_payout, short_payout) >= 0
        assert long_payout + short_payout == booked.locked


def expected_words(booked: Booked) -> tuple[int, int]:
    """A record as docs/protocol.md lays it out."""
    terms = booked.terms
    first = int(booked.long, 16) | terms.quantity << 160 | terms.price << 200
    second = int(booked.short, 16) | terms.spot << 160 | terms.maturity // DAY << 200 | terms.averaging_days << 224
    return first | NAMES.index(terms.underlying) + 1 << 240, second | booked.status << STATUS_AT
