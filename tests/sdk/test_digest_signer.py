"""A key that is elsewhere: whatever form its service answers in, the signature is the one that the key itself gives."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifx_sdk.devkeys import dev_address, dev_key
from ifx_sdk.digest_signer import DigestSigner
from ifx_sdk.errors import BadAddress, BadValue, SignerFailed
from ifx_sdk.signers import KeySigner, Signer

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
KEY = KeySigner.from_key(dev_key(4))
DIGEST = bytes(range(32))
TRANSACTION = {
    "type": 2,
    "chainId": 31337,
    "nonce": 7,
    "gas": 100_000,
    "maxFeePerGas": 2_000_000_000,
    "maxPriorityFeePerGas": 1_000_000_000,
    "to": dev_address(1),
    "value": 5,
    "data": "0x1234",
}


def integer(number: int) -> bytes:
    body = number.to_bytes(33, "big").lstrip(b"\0")
    body = b"\0" + body if body[0] > 127 else body
    return bytes([2, len(body)]) + body


def der(signature: bytes, *, high: bool = False) -> bytes:
    """As a KMS answers: DER, with either s."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    body = integer(r) + integer(ORDER - s if high else s)
    return bytes([0x30, len(body)]) + body


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "DER": der,
    "DER with the higher s": lambda signature: der(signature, high=True),
    "64 bytes": lambda signature: signature[:64],
    "65 bytes, v 0 or 1": lambda signature: signature[:64] + bytes([signature[64] - 27]),
    "65 bytes": lambda signature: signature,
}


def answering(form: Callable[[bytes], bytes]) -> DigestSigner:
    return DigestSigner(KEY.address, lambda digest: form(KEY.sign_digest(digest)))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(digest=st.binary(min_size=32, max_size=32))
def test_every_form_gives_the_keys_own_signature(form: Callable[[bytes], bytes], digest: bytes) -> None:
    """r, s and v as the key in this process gives them, the lower s."""
    assert answering(form).sign_digest(digest) == KEY.sign_digest(digest)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("more", [{}, {"to": None}, {"accessList": ()}, {"nonce": 0, "value": 0, "data": b""}], ids=str)
def test_a_transaction_is_the_keys_own(form: Callable[[bytes], bytes], more: dict[str, object]) -> None:
    """Bytes and hash, so that the journal knows it before it is sent."""
    asked = {name: value for name, value in {**TRANSACTION, **more}.items() if value is not None}
    assert answering(form).sign_transaction(asked) == KEY.sign_transaction(asked)


def test_it_is_a_signer() -> None:
    """Wherever a key is taken, it is taken; it shows its address alone."""
    signer = answering(der)
    assert isinstance(signer, Signer)
    assert repr(signer) == f"DigestSigner({KEY.address})"
    assert DigestSigner(KEY.address.lower(), der).address == KEY.address


def test_another_key_is_found_out_before_anything_is_sent() -> None:
    """Both accounts are named; its twin by the right key signs."""
    wrong = DigestSigner(dev_address(5), KEY.sign_digest)
    with pytest.raises(SignerFailed, match=dev_address(5)) as refused:
        wrong.sign_digest(DIGEST)
    assert KEY.address in refused.value.why
    with pytest.raises(SignerFailed, match="another key"):
        wrong.sign_transaction(TRANSACTION)
    assert DigestSigner(dev_address(4), KEY.sign_digest).sign_digest(DIGEST)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        bytes(64),
        b"\xff" * 64,
        b"\x30\x06\x02\x01\x00\x02\x01\x01",
        der(KEY.sign_digest(DIGEST))[:-1],
        der(KEY.sign_digest(DIGEST)) + b"\0",
        b"\x30\x00",
        b"\x30\x03\x02\x01\x01",
        b"\x30\x09" + 3 * b"\x02\x01\x01",
        b"\x30\x04\x02\x09\x01\x01",
        b"<html>Sign in</html>",
    ],
)
def test_what_is_no_signature_is_refused(answer: bytes) -> None:
    """Never an index error, never a signature of something."""
    with pytest.raises(SignerFailed):
        DigestSigner(KEY.address, lambda digest: answer).sign_digest(DIGEST)


def test_what_is_no_digest_or_address_is_refused() -> None:
    """Before the service is asked."""
    with pytest.raises(BadValue, match="32 bytes"):
        answering(der).sign_digest(b"a report")
    with pytest.raises(BadAddress):
        DigestSigner("0x12", der)
