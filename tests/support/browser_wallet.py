"""A wallet in the browser whose behaviour a test sets: who refuses, waits, is locked or on another chain.

The page's side is injected_wallet.js. Its requests come here, outside of the page, so that a strict CSP is in nobody's
way, and go on to a real node. What is signed is recorded with the digest that an independent library computes from the
message as it was asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, Page
from support.browser_accounts import (
    DISCONNECTED,
    INTERNAL,
    PENDING,
    REJECTED,
    UNAUTHORIZED,
    UNKNOWN_CHAIN,
    Account,
    NodeAccount,
    Refusal,
    WalletAccount,
    ask_node,
    digest_of,
    personal,
    typed,
)
from support.market import Wallet

from ifx_sdk.chain import Chain

WRITING = ("personal_sign", "eth_signTypedData_v4", "eth_sendTransaction")
"""What a user is asked to confirm."""
PATIENCE_MS = 10_000
"""How long a page may take to ask for what it should."""
_LOOK_MS = 20
_SCRIPT = (Path(__file__).parent / "injected_wallet.js").read_text().strip().rstrip(";")
_ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/%3E"
_ELSEWHERE: dict[str, object] = {
    "eth_call": "0x",
    "eth_getCode": "0x",
    "eth_getBalance": "0x0",
    "eth_blockNumber": "0x1",
    "eth_getTransactionReceipt": None,
    "eth_getTransactionByHash": None,
}
"""What another chain says of our contracts: it never heard of them."""
_numbers = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request of the page."""

    method: str
    """Such as `eth_call`."""
    params: Any
    """As given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A message that the wallet signed."""

    account: str
    """By whom, checksummed."""
    payload: Any
    """Typed data as asked, or the text of a personal message."""
    digest: bytes
    """Of it, by EIP-712 or EIP-191, as another library has it."""
    signature: bytes
    """As the page got it."""


@dataclass(kw_only=True)  # no slots: Playwright keeps its wrapper of a handler on the handler's owner
class BrowserWallet:
    """One wallet. Its attributes can be set at any time; the next request sees them."""

    chain: Chain
    """The node's."""
    account: Account
    """Whose it is."""
    name: str = "Test Wallet"
    """As announced."""
    announced: bool = True
    """By EIP-6963."""
    injected: bool = False
    """Whether it is also `window.ethereum`."""
    connected: bool = False
    """Whether the page may know its account; by eth_requestAccounts."""
    locked: bool = False
    """Whether its password is asked for first: then a connection is pending (-32002)."""
    chain_id: int = 31337
    """The chain that it shows."""
    known_chains: set[int] = field(default_factory=lambda: {1, 31337})
    """Others it has to be told of (4902)."""
    gas: int | None = None
    """Of every transaction, so that one that will revert is mined all the same; None: as the page or the node says."""
    asked: list[Asked] = field(default_factory=list)
    """Every request, in order."""
    signed: list[Signed] = field(default_factory=list)
    """Every signature, in order."""
    sent: list[str] = field(default_factory=list)
    """Hashes of its transactions, in order."""
    added: list[dict[str, Any]] = field(default_factory=list)
    """Chains that the page had it add, as described by the page."""
    faults: list[str] = field(default_factory=list)
    """What no page may ask for; a test that leaves any fails."""
    _context: BrowserContext | None = None
    _binding: str = ""
    _refusals: dict[str, list[Refusal]] = field(default_factory=dict)
    _slow: frozenset[str] = frozenset()
    _held: list[tuple[int, Page, Asked]] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=count)

    @classmethod
    def of(cls, chain: Chain, account: str | Wallet, **behaviour: Any) -> BrowserWallet:
        """Of an account that the node has unlocked, by its address, or of a wallet that tests have."""
        if isinstance(account, str):
            return cls(chain=chain, account=NodeAccount(chain=chain, address=account), **behaviour)
        return cls(chain=chain, account=WalletAccount(chain=chain, wallet=account), **behaviour)

    @property
    def address(self) -> str:
        """Its account."""
        return self.account.address

    @property
    def rdns(self) -> str:
        """By which a page knows it again; wallets of one name share it."""
        return "example." + self.name.lower().replace(" ", "-")

    @property
    def writes(self) -> list[str]:
        """What the user was asked to confirm: methods in order, also of what was refused."""
        return [each.method for each in self.asked if each.method in WRITING]

    # ------------------------------------------------------------------------------------- what a test does

    def install(self, context: BrowserContext) -> None:
        """Be in every page of a context; to be called before the first one loads."""
        number = next(_numbers)
        self._context, self._binding = context, f"__wallet{number}"
        info = {"uuid": str(UUID(int=number, version=4)), "name": self.name, "icon": _ICON, "rdns": self.rdns}
        options = {"binding": self._binding, "info": info, "announced": self.announced, "injected": self.injected}
        context.expose_binding(self._binding, self._on_request)
        context.add_init_script(f"({_SCRIPT})({json.dumps(options)})")

    def refuse_next(self, method: str, code: int = REJECTED, message: str | None = None) -> None:
        """Answer the next request of a method with an error: 4001 is the user's no."""
        self._refusals.setdefault(method, []).append(Refusal(code, message))

    def slow_down(self, *methods: str) -> None:
        """Keep requests of these methods open until `release`, and of no others."""
        self._slow = frozenset(methods)

    def release(self, *, refuse: int | None = None) -> bool:
        """Confirm the oldest request that is kept open, or refuse it; whether the page that asked still waits.

        It waits until there is one. What is confirmed happens also where the page was reloaded meanwhile.
        """
        self.wait_until_asked()
        id, page, asked = self._held.pop(0)
        answer = self._answer(asked) if refuse is None else Refusal(refuse).answer()
        if page.is_closed():
            return False
        script = "([wallet, id, answer]) => window.__wallets[wallet].settle(id, answer)"
        return bool(page.evaluate(script, [self._binding, id, answer]))

    def wait_until_asked(self) -> None:
        """Until a request is kept open."""
        for _ in range(PATIENCE_MS // _LOOK_MS):
            if self._held:
                return
            self.pages[-1].wait_for_timeout(_LOOK_MS)  # lets the pages' requests come in
        raise AssertionError(f"nothing waits for {self.name}; it was asked for {[each.method for each in self.asked]}")

    def change_account(self, account: str | Wallet) -> None:
        """The user picks another account."""
        self.account = BrowserWallet.of(self.chain, account).account
        self._emit("accountsChanged", [self.address] if self.connected else [])

    def change_chain(self, chain_id: int) -> None:
        """The user picks another chain."""
        self.chain_id = chain_id
        self.known_chains.add(chain_id)
        self._emit("chainChanged", hex(chain_id))

    def unlock(self) -> None:
        """The user enters the password."""
        self.locked = False
        self._emit("accountsChanged", [self.address] if self.connected else [])

    def disconnect(self) -> None:
        """The user takes the page's permission back."""
        self.connected = False
        self._emit("accountsChanged", [])
        self._emit("disconnect", Refusal(DISCONNECTED).answer()["error"])

    @property
    def pages(self) -> list[Page]:
        """Where it is."""
        assert self._context is not None, "install the wallet first"
        return self._context.pages

    def _emit(self, event: str, value: object) -> None:
        for page in self.pages:
            page.evaluate("([w, e, v]) => window.__wallets?.[w]?.emit(e, v)", [self._binding, event, value])

    # ------------------------------------------------------------------------------------- what it answers

    def _on_request(self, source: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
        asked = Asked(method=request["method"], params=request["params"])
        self.asked.append(asked)
        if refusals := self._refusals.get(asked.method):
            return refusals.pop(0).answer()
        if asked.method in self._slow:
            id = next(self._ids)
            self._held.append((id, source["page"], asked))
            return {"held": id}
        return self._answer(asked)

    def _answer(self, asked: Asked) -> dict[str, Any]:
        try:
            return self._do(asked.method, asked.params)
        except Refusal as refusal:
            return refusal.answer()

    def _do(self, method: str, params: Any) -> dict[str, Any]:
        permission = [{"parentCapability": "eth_accounts"}]
        own: dict[str, Callable[[], object]] = {
            "eth_requestAccounts": self._connect,
            "eth_accounts": lambda: [self.address] if self.connected and not self.locked else [],
            "wallet_requestPermissions": lambda: permission if self._connect() else [],
            "wallet_getPermissions": lambda: permission if self.connected else [],
            "eth_chainId": lambda: hex(self.chain_id),
            "net_version": lambda: str(self.chain_id),
            "personal_sign": lambda: self._sign_text(*params[:2]),
            "eth_signTypedData_v4": lambda: self._sign_typed(*params),
            "eth_sendTransaction": lambda: self._send(params[0]),
        }
        if method == "wallet_revokePermissions":
            self.connected = False
            return {"result": None, "events": [["accountsChanged", []]]}
        if method in ("wallet_switchEthereumChain", "wallet_addEthereumChain"):
            return self._switch(params[0], add=method == "wallet_addEthereumChain")
        if method in own:
            return {"result": own[method]()}
        if self.chain_id == self.chain.chain_id:
            return {"result": ask_node(self.chain, method, params)}
        if method not in _ELSEWHERE:
            raise Refusal(INTERNAL, f"{method} is not answered on chain {self.chain_id}")
        return {"result": _ELSEWHERE[method]}

    def _connect(self) -> list[str]:
        if self.locked:
            raise Refusal(PENDING)
        self.connected = True
        return [self.address]

    def _switch(self, asked: dict[str, Any], *, add: bool) -> dict[str, Any]:
        wanted = int(asked["chainId"], 16)
        if add:
            self.added.append(asked)
            self.known_chains.add(wanted)
        if wanted not in self.known_chains:
            raise Refusal(UNKNOWN_CHAIN)
        changed, self.chain_id = wanted != self.chain_id, wanted
        return {"result": None, "events": [["chainChanged", hex(wanted)]] if changed else []}

    def _hold_own(self, account: str) -> None:
        if not self.connected or self.locked or account.lower() != self.address.lower():
            raise Refusal(UNAUTHORIZED)

    def _sign_text(self, data: str, account: str) -> str:
        self._hold_own(account)
        return self._record(bytes.fromhex(data[2:]).decode(), digest_of(personal(data)), self.account.sign_text(data))

    def _sign_typed(self, account: str, text: str | dict[str, Any]) -> str:
        self._hold_own(account)
        payload = json.loads(text) if isinstance(text, str) else text
        wanted = int(str(payload["domain"].get("chainId", self.chain_id)), 0)
        if wanted != self.chain_id:
            raise Refusal(INTERNAL, f'Provided chainId "{wanted}" must match the active chainId "{self.chain_id}"')
        return self._record(payload, digest_of(typed(payload)), self.account.sign_typed(payload))

    def _record(self, payload: object, digest: bytes, signature: bytes) -> str:
        self.signed.append(Signed(account=self.address, payload=payload, digest=digest, signature=signature))
        return "0x" + signature.hex()

    def _send(self, transaction: dict[str, Any]) -> str:
        self._hold_own(str(transaction.get("from", "")))
        if self.chain_id != self.chain.chain_id:
            self.faults.append(f"a transaction was sent while the wallet was on chain {self.chain_id}")
            raise Refusal(INTERNAL, "this chain knows no such contract")
        tx_hash = self.account.send(transaction if self.gas is None else transaction | {"gas": hex(self.gas)})
        self.sent.append(tx_hash)
        return tx_hash
