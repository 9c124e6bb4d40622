"""The well-known test accounts that every development chain funds. Worthless anywhere else.

They come from the mnemonic below, path `m/44'/60'/0'/0/i`, as anvil, Hardhat and Ape use it.
"""

from __future__ import annotations

from functools import cache

MNEMONIC = "test test test test test test test test test test test junk"


@cache
def dev_key(index: int) -> bytes:
    """The private key of test account `index` (32 bytes), counting from 0."""
    from eth_account.hdaccount.deterministic import HDPath

    return bytes(HDPath(f"m/44'/60'/0'/0/{index}").derive(_seed()))


@cache
def dev_address(index: int) -> str:
    """The checksummed address of test account `index`."""
    from eth_account import Account

    return str(Account.from_key(dev_key(index)).address)


@cache
def _seed() -> bytes:
    from eth_account.hdaccount import seed_from_mnemonic

    return bytes(seed_from_mnemonic(MNEMONIC, ""))
