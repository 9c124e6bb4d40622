"""`schedule_signers`: a new set is public 8 days before it takes effect by itself."""

from typing import Any

import boa
import pytest
from support.protocol import DAY, GPT, SPOT, ZERO, Party, Protocol, contract, party, refused

from ifx_sdk.reports import quorum_of


def accounts(count: int, name: str = "fresh") -> list[Party]:
    return [party(f"{name} {i}") for i in range(count)]


def addresses(parties: list[Party]) -> list[str]:
    return [each.address for each in parties]


def schedule(protocol: Protocol, signers: list[str], quorum: int, from_day: int) -> Any:
    return protocol.send(protocol.oracle.schedule_signers, signers, quorum, from_day, by=protocol.owner)


def in_force(protocol: Protocol, day: int | None = None) -> tuple[list[str], int, int]:
    signer_set = protocol.oracle.signers_on(protocol.today if day is None else day)
    return list(signer_set.signers), signer_set.quorum, signer_set.from_day


def test_the_first_set_is_in_effect_at_once(protocol: Protocol) -> None:
    """From the day of deployment on, and logged then."""
    assert in_force(protocol) == (addresses(protocol.nodes), 3, protocol.today)
    owner = protocol.owner.address
    first = addresses(accounts(4, "first"))
    oracle = contract("contracts/FixingOracle.vy").deploy(owner, first, 3, ZERO, sender=protocol.outsider.address)
    logs = [
        (type(log).__name__, {k: v for k, v in log._asdict().items() if k != "address"}) for log in oracle.get_logs()
    ]
    assert logs == [
        ("OwnershipTransferred", {"previous_owner": ZERO, "new_owner": protocol.outsider.address}),
        ("SignersScheduled", {"signers": first, "quorum": 3, "from_day": protocol.today}),
        ("ReviewerSet", {"previous": ZERO, "reviewer": ZERO}),
        ("OwnershipTransferred", {"previous_owner": protocol.outsider.address, "new_owner": owner}),
    ]


def test_an_oracle_without_an_owner_is_not_deployed(protocol: Protocol) -> None:
    """Nobody could ever name an underlying."""
    signers = addresses(accounts(4, "first"))
    with refused("oracle: no owner"):
        contract("contracts/FixingOracle.vy").deploy(ZERO, signers, 3, ZERO)
    contract("contracts/FixingOracle.vy").deploy(protocol.owner.address, signers, 3, ZERO)


def test_a_set_takes_effect_at_midnight_of_its_day_by_itself(protocol: Protocol) -> None:
    """No transaction is needed: the old set signs to 23:59:59, the new one from 00:00:00."""
    fresh, first_day = accounts(7), protocol.today + 8
    receipt = schedule(protocol, addresses(fresh), 5, first_day)
    assert receipt.events == [
        ("oracle", "SignersScheduled", {"signers": addresses(fresh), "quorum": 5, "from_day": first_day})
    ]
    assert in_force(protocol) == (addresses(protocol.nodes), 3, protocol.today)
    assert in_force(protocol, first_day - 1)[1] == 3
    assert in_force(protocol, first_day) == (addresses(fresh), 5, first_day)

    protocol.travel(first_day * DAY - 1)
    with boa.env.anchor():
        with refused("oracle: not a signer"):
            protocol.oracle.post(GPT, protocol.today, SPOT, protocol.attest(SPOT, nodes=fresh))
        protocol.oracle.post(GPT, protocol.today, SPOT, protocol.attest(SPOT))
    protocol.travel(first_day * DAY)
    assert in_force(protocol) == (addresses(fresh), 5, first_day)
    with refused("oracle: quorum not reached"):
        protocol.oracle.post(GPT, protocol.today, SPOT, protocol.attest(SPOT))
    protocol.oracle.post(GPT, protocol.today, SPOT, protocol.attest(SPOT, nodes=fresh[2:]))
    assert protocol.oracle.fixing(GPT, protocol.today).signers == 0b1111100
    assert in_force(protocol) == (addresses(fresh), 5, first_day)


@pytest.mark.parametrize("ahead", [0, 1, 7])
def test_less_than_8_days_of_notice_revert(protocol: Protocol, ahead: int) -> None:
    """At any time of the day of announcement; 8 days are enough."""
    protocol.travel(protocol.today * DAY + DAY - 1)
    fresh = addresses(accounts(4))
    with refused("oracle: less than 8 days ahead"):
        schedule(protocol, fresh, 3, protocol.today + ahead)
    schedule(protocol, fresh, 3, protocol.today + 8)


@pytest.mark.parametrize("from_day", [2**24, 2**64, 2**256 - 1])
def test_a_day_beyond_24_bits_reverts(protocol: Protocol, from_day: int) -> None:
    """It would not fit its field; the last that fits is taken."""
    fresh = addresses(accounts(4))
    with refused("oracle: day too far"):
        schedule(protocol, fresh, 3, from_day)
    schedule(protocol, fresh, 3, 2**24 - 1)
    assert in_force(protocol, 2**24 - 1) == (fresh, 3, 2**24 - 1)


@pytest.mark.parametrize("count", range(1, 32))
def test_the_quorum_is_more_than_two_thirds(protocol: Protocol, count: int) -> None:
    """floor(2n/3) + 1 to n of n are taken, one less and one more are not."""
    fresh, day, least = addresses(accounts(count)), protocol.today + 8, 2 * count // 3 + 1
    assert least == quorum_of(count)
    for quorum in (0, count + 1, 2**256 - 1):
        with refused("oracle: bad quorum"):
            schedule(protocol, fresh, quorum, day)
    if least > 1:
        with refused("oracle: quorum too small"):
            schedule(protocol, fresh, least - 1, day)
    for quorum in {least, count}:
        schedule(protocol, fresh, quorum, day)
        assert in_force(protocol, day) == (fresh, quorum, day)


def test_a_set_of_nobody_reverts(protocol: Protocol) -> None:
    """No quorum fits it, not even none."""
    for quorum in (0, 1):
        with refused("oracle: bad quorum"):
            schedule(protocol, [], quorum, protocol.today + 8)


def test_more_than_31_signers_revert(protocol: Protocol) -> None:
    """Their bitmap has 31 places; 31 are taken."""
    with refused(None):
        schedule(protocol, addresses(accounts(32)), 32, protocol.today + 8)
    schedule(protocol, addresses(accounts(31)), 31, protocol.today + 8)


@pytest.mark.parametrize("position", [0, 1, 3])
def test_a_signer_of_zero_reverts(protocol: Protocol, position: int) -> None:
    """A failed recovery gives the zero address: it must never be a signer."""
    fresh = addresses(accounts(4))
    with refused("oracle: signer is zero"):
        schedule(protocol, [*fresh[:position], ZERO, *fresh[position + 1 :]], 3, protocol.today + 8)
    schedule(protocol, fresh, 3, protocol.today + 8)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (0, 3), (2, 3)])
def test_a_signer_listed_twice_reverts(protocol: Protocol, first: int, second: int) -> None:
    """One node would have two voices."""
    fresh = addresses(accounts(4))
    doubled = list(fresh)
    doubled[second] = doubled[first]
    with refused("oracle: signer listed twice"):
        schedule(protocol, doubled, 3, protocol.today + 8)
    schedule(protocol, fresh, 3, protocol.today + 8)


def test_a_refused_first_set_refuses_the_deployment(protocol: Protocol) -> None:
    """The constructor holds the first set to the same rules."""
    deploy = contract("contracts/FixingOracle.vy").deploy
    fresh, owner = addresses(accounts(4)), protocol.owner.address
    for signers, quorum, reason in (
        ([], 0, "oracle: bad quorum"),
        (fresh, 2, "oracle: quorum too small"),
        ([*fresh[:3], ZERO], 3, "oracle: signer is zero"),
        ([*fresh[:3], fresh[0]], 3, "oracle: signer listed twice"),
    ):
        with refused(reason):
            deploy(owner, signers, quorum, ZERO)
    deploy(owner, fresh, 3, ZERO)


def test_a_new_announcement_replaces_the_old(protocol: Protocol) -> None:
    """Only the last one takes effect, be it sooner or later than the replaced one."""
    old, new = addresses(accounts(4, "old")), addresses(accounts(4, "new"))
    today = protocol.today
    schedule(protocol, old, 3, today + 8)
    schedule(protocol, new, 4, today + 20)
    assert in_force(protocol, today + 19) == (addresses(protocol.nodes), 3, today)
    assert in_force(protocol, today + 20) == (new, 4, today + 20)
    schedule(protocol, old, 4, today + 9)
    assert in_force(protocol, today + 9) == (old, 4, today + 9)
    assert in_force(protocol, today + 99) == (old, 4, today + 9)


def test_an_announcement_does_not_undo_a_set_that_is_in_effect(protocol: Protocol) -> None:
    """A set that took effect without a transaction stays in force while the next is announced."""
    second, third = accounts(4, "second"), accounts(4, "third")
    today = protocol.today
    schedule(protocol, addresses(second), 3, today + 8)
    protocol.travel_to_day(today + 9)
    schedule(protocol, addresses(third), 3, today + 30)
    assert in_force(protocol) == (addresses(second), 3, today + 8)
    protocol.oracle.post(GPT, protocol.today, SPOT, protocol.attest(SPOT, nodes=second[:3]))
    protocol.travel_to_day(today + 30)
    protocol.oracle.post(GPT, protocol.today, SPOT, protocol.attest(SPOT, nodes=third[1:]))
    assert in_force(protocol) == (addresses(third), 3, today + 30)


def test_the_same_signers_may_be_announced_again(protocol: Protocol) -> None:
    """With another quorum, say."""
    day = protocol.today + 8
    schedule(protocol, addresses(protocol.nodes), 4, day)
    protocol.travel_to_day(day)
    with refused("oracle: quorum not reached"):
        protocol.oracle.post(GPT, day, SPOT, protocol.attest(SPOT))
    protocol.oracle.post(GPT, day, SPOT, protocol.attest(SPOT, nodes=protocol.nodes))


def test_the_list_of_a_set_cannot_run(protocol: Protocol) -> None:
    """Its code stops at once: calling it returns nothing and changes nothing, so it cannot be destroyed."""
    schedule(protocol, addresses(accounts(31)), 31, protocol.today + 8)
    address = f"0x{boa.env.get_storage(protocol.oracle.address, next_slot(protocol)) % 2**160:040x}"
    code = boa.env.get_code(address)
    assert len(code) == 1 + 31 * 32
    assert code[0] == 0
    assert [code[1 + 32 * i : 33 + 32 * i] for i in range(31)] == [
        bytes.fromhex(each.address[2:]).rjust(32, b"\0") for each in accounts(31)
    ]
    answer = boa.env.raw_call(address, data=b"\xff" * 68, value=0)
    assert (answer.output, answer.get_gas_used()) == (b"", 0)


def next_slot(protocol: Protocol) -> int:
    layout = protocol.oracle.compiler_data.storage_layout["storage_layout"]["signer_sets"]
    return int(layout["next"]["slot"])


@pytest.mark.parametrize("role", ["reviewer", "desk", "outsider"])
def test_scheduling_by_another_than_the_owner_reverts(protocol: Protocol, role: str) -> None:
    """The owner alone; a signer neither."""
    who = getattr(protocol, role)
    for caller in (who, protocol.nodes[0]):
        with refused("ownable: caller is not the owner"):
            protocol.send(protocol.oracle.schedule_signers, [who.address], 1, protocol.today + 8, by=caller)
    assert in_force(protocol, protocol.today + 8) == (addresses(protocol.nodes), 3, protocol.today)
