"""Wallets of every kind in the page: a Safe whose owners sign apart, and a key whose account has code."""

import pytest
from support.delegation import delegate, deploy_mock
from support.market import Market, needs
from support.page_scripts import Script, page_script
from support.page_visits import Browser, message, order
from support.safe import Safe

from ifx_sdk import devnet
from ifx_sdk.devkeys import dev_key
from ifx_sdk.safe_message import safe_message_hash


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Script:
    """The page's chain layer, bundled once."""
    return page_script("drive", tmp_path_factory.mktemp("page"))


@pytest.fixture
def browser(script: Script, market: Market, anvil_url: str) -> Browser:
    """A browser that has never been here."""
    return Browser(script, market, anvil_url)


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def test_owners_signatures_are_joined_in_the_safes_order(
    browser: Browser, market: Market, safes: dict[str, Safe]
) -> None:
    """Pasted in any order, twice, with commas between them: the Safe accepts what comes out, and the desk books it."""
    safe = safes["3-of-5"]
    terms = market.terms(safe, market.short)
    id_ = market.ifx.escrow.terms_id(terms)
    asked = safe_message_hash(id_, safe.address, market.chain.chain_id)
    single = [_hex(owner.sign_digest(asked)) for owner in safe.deciding]
    text = ",\n ".join([*reversed(single), single[0]])
    joined = browser.one(order("owners", account=safe.address, text=text, **message(terms)))
    assert joined["value"]["signature"] == _hex(safe.sign(id_))
    assert joined["value"]["owners"] == sorted((owner.address for owner in safe.deciding), key=lambda one: int(one, 16))
    by = order("by", account=safe.address, signature=bytes.fromhex(joined["value"]["signature"][2:]), **message(terms))
    assert browser.one(by)["value"] == "contract"
    market.book(terms, bytes.fromhex(joined["value"]["signature"][2:]), market.short.sign(id_))


def test_too_few_owners_or_another_digest_are_no_approval(
    browser: Browser, market: Market, safes: dict[str, Safe]
) -> None:
    """The Safe is asked before the desk is; what is no signature is named."""
    safe = safes["2-of-3"]
    terms = market.terms(safe, market.short)
    id_ = market.ifx.escrow.terms_id(terms)
    enough = safe.sign(id_)
    given = {"enough": enough, "one owner": enough[:65], "other terms": safe.sign(b"\1" * 32), "nothing": b""}
    found = browser.visit(
        *(order("by", account=safe.address, signature=each, **message(terms)) for each in given.values())
    )
    assert [each["value"] for each in found] == ["contract", None, None, None]
    for text in ("", "0x1234", "hello", _hex(bytes(65))):
        assert not browser.one(order("owners", account=safe.address, text=text, **message(terms)))["ok"]


def test_a_message_kept_inside_a_safe_approves_by_no_bytes(
    browser: Browser, market: Market, safes: dict[str, Safe]
) -> None:
    """As the escrow sees it: ERC-1271 says yes to an empty signature."""
    safe = safes["2-of-3"]
    terms = market.terms(safe, market.short)
    asked = order("by", account=safe.address, signature=b"", **message(terms))
    assert browser.one(asked)["value"] is None
    safe.approve_message(market.ifx.escrow.terms_id(terms)).confirmed()
    assert browser.one(asked)["value"] == "contract"


def test_a_delegated_account_signs_by_its_key(browser: Browser, market: Market) -> None:
    """Its code (EIP-7702) refuses everything, and it is the key that counts, for the page as for the escrow."""
    long = market.long.address
    delegate(market, dev_key(devnet.LONG), deploy_mock(market, "delegate_hostile", 0))
    terms = market.terms(market.long, market.short)
    signed = browser.one(order("sign", account=long, **message(terms)))
    assert signed["value"]["by"] == "key"
    funding = browser.one(order("funding", account=long, amount=needs(terms)[0]))["value"]
    assert funding["next"] is None
    id_ = market.ifx.escrow.terms_id(terms)
    market.book(terms, bytes.fromhex(signed["value"]["signature"][2:]), market.short.sign(id_))
    assert browser.one(order("forward", id=id_))["status"] == "active"
