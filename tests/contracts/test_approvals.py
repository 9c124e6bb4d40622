"""`approvals`: by signature, on chain, or through ERC-1271, in that order, and by nothing else."""

from typing import Any

import boa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.protocol import ZERO, mock, party

DIGEST = bytes(range(32))
OWNER, STRANGER = party("long"), party("outsider")
MAGIC = bytes.fromhex("1626ba7e") + b"\0" * 28


@pytest.fixture(scope="module")
def probe() -> Any:
    """The module's internals, callable."""
    return mock("approvals_probe").deploy()


@pytest.fixture
def wallet() -> Any:
    """A contract wallet that accepts everything."""
    return mock("wallet").deploy()


def test_a_signature_is_approval_by_its_signer_alone(probe: Any) -> None:
    """For this digest and this account."""
    signature = OWNER.sign(DIGEST)
    assert probe.has_approved(OWNER.address, DIGEST, signature)
    assert not probe.has_approved(STRANGER.address, DIGEST, signature)
    assert not probe.has_approved(OWNER.address, b"\0" * 32, signature)


def test_nothing_is_no_approval(probe: Any) -> None:
    """Until it is given on chain, for that digest and by that account; then any bytes do."""
    assert not probe.has_approved(OWNER.address, DIGEST, b"")
    probe.approve(DIGEST, sender=OWNER.address)
    for approval in (b"", b"\0" * 65, b"\1" * 2048):
        assert probe.has_approved(OWNER.address, DIGEST, approval)
    assert not probe.has_approved(OWNER.address, b"\0" * 32, b"")
    assert not probe.has_approved(STRANGER.address, DIGEST, b"")


@given(approval=st.one_of(st.binary(max_size=200), st.binary(min_size=65, max_size=65)))
def test_no_random_bytes_are_an_approval(probe: Any, approval: bytes) -> None:
    """Of any length, and without a revert."""
    assert not probe.has_approved(OWNER.address, DIGEST, approval)


@given(position=st.integers(0, 64), bit=st.integers(0, 7))
def test_no_changed_signature_is_an_approval(probe: Any, position: int, bit: int) -> None:
    """One bit is enough."""
    signature = bytearray(OWNER.sign(DIGEST))
    signature[position] ^= 1 << bit
    assert not probe.has_approved(OWNER.address, DIGEST, bytes(signature))


@pytest.mark.parametrize("v", [0, 1, 2, 26, 29, 30, 35, 255])
def test_v_is_27_or_28(probe: Any, v: int) -> None:
    """Every other last byte recovers nobody, and nobody is not the zero address."""
    signature = OWNER.sign(DIGEST)[:64] + bytes([v])
    assert not probe.has_approved(OWNER.address, DIGEST, signature)


@pytest.mark.parametrize("r", [0, 1, 5, 2**255, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, 2**256 - 1])
def test_degenerate_signatures_are_nobodys(probe: Any, r: int, s: int) -> None:
    """What the precompile cannot recover approves for no account that could be a side."""
    for v in (27, 28):
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v])
        assert not probe.has_approved(OWNER.address, DIGEST, signature)


def test_a_wallet_is_asked_with_the_bytes_given(probe: Any, wallet: Any) -> None:
    """Of any length up to 2,048, 65 included; other bytes or another digest are refused by it."""
    for length in (0, 1, 65, 195, 2047, 2048):
        approval = b"\xab" * length
        wallet.expect(DIGEST, approval)
        assert probe.has_approved(wallet.address, DIGEST, approval)
        assert not probe.has_approved(wallet.address, DIGEST, approval[:-1] + b"\xac")
        assert not probe.has_approved(wallet.address, b"\0" * 32, approval)


def test_a_wallets_answer_is_never_copied_beyond_33_bytes(probe: Any, wallet: Any) -> None:
    """A long answer costs the caller nothing of its own: all that it costs is the wallet's gas."""

    def own_gas(answer: bytes) -> int:
        wallet.set_answer(answer)
        probe.has_approved(wallet.address, DIGEST, b"")
        computation = probe._computation
        return int(computation.get_gas_used() - computation.children[-1].get_gas_used())

    own_gas(MAGIC)  # the first call pays for cold accounts
    assert abs(own_gas(MAGIC + b"\0" * 9_968) - own_gas(MAGIC)) < 100


def test_an_account_that_delegates_approves_by_its_key(probe: Any, wallet: Any) -> None:
    """Whatever its code says, its own signature counts, and its code counts too."""
    wallet.set_refuses(True)
    boa.env.set_code(OWNER.address, boa.env.get_code(wallet.address))
    assert probe.has_approved(OWNER.address, DIGEST, OWNER.sign(DIGEST))
    assert not probe.has_approved(OWNER.address, DIGEST, STRANGER.sign(DIGEST))
    code = mock("wallet").at(OWNER.address)
    code.set_answer(MAGIC)
    assert probe.has_approved(OWNER.address, DIGEST, STRANGER.sign(DIGEST))


def test_a_wallets_approval_on_chain_needs_no_answer(probe: Any, wallet: Any) -> None:
    """It may refuse, loop or be without the method."""
    wallet.set_refuses(True)
    assert not probe.has_approved(wallet.address, DIGEST, b"")
    wallet.execute(probe.address, probe.approve.prepare_calldata(DIGEST))
    assert probe.has_approved(wallet.address, DIGEST, b"")


def test_the_zero_account_is_the_callers_to_exclude(probe: Any) -> None:
    """A failed recovery equals it: the escrow refuses it as a side before it asks."""
    assert probe.has_approved(ZERO, DIGEST, b"\0" * 65)
