"""A desk for tests: its settings, its application in this process, and participants who sign in with the dev keys."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct
from fastapi.testclient import TestClient

from ifx_sdk import devnet
from ifx_sdk.client import IFX
from ifx_sdk.devkeys import dev_address, dev_key
from otc_desk.app import create_app
from otc_desk.db import migrate
from otc_desk.db.engine import Database
from otc_desk.desk import Desk, opened
from otc_desk.settings import Settings

URL = "http://desk.example"
OPERATOR = devnet.DEPLOYER
_keys = itertools.count()


def settings(database: str, **more: Any) -> Settings:
    """A desk's settings whose operator is the deployer's account."""
    given: dict[str, Any] = {
        "database": database,
        "url": URL,
        "operators": [dev_address(OPERATOR)],
        "chain": {"rpc": "http://127.0.0.1:1", "deployment": "local.toml"},
        "key": {"file": "desk.key"},
        "oracle": {"required": False},
        "limits": {"requests_per_minute": 100_000, "address_requests_per_minute": 100_000},
    }
    return Settings.model_validate(given | more)


@contextmanager
def desk_on(database: str, ifx: IFX, *, clock: Callable[[], int] | None = None, **more: Any) -> Iterator[Desk]:
    """A desk with a migrated database; its clock is the chain's unless one is given."""
    made = settings(database, **more)
    fresh = Database(made.database)
    migrate.upgrade(fresh)
    fresh.close()
    with opened(made, ifx=ifx, clock=clock or ifx.chain.now) as found:
        yield found


def sqlite(folder: Path) -> str:
    """A database file in a folder."""
    return f"sqlite:///{folder / 'desk.db'}"


class Participant:
    """One signed-in program: a bearer token, a new idempotency key for every write."""

    def __init__(self, client: TestClient, index: int) -> None:
        """`index` of the dev key that signs in."""
        self.client, self.account, self.key = client, dev_address(index), dev_key(index)
        message = client.get("/api/session/message", params={"account": self.account}).json()["message"]
        signed = Account.sign_message(encode_defunct(text=message), self.key)
        answer = client.post("/api/session", json={"message": message, "signature": "0x" + signed.signature.hex()})
        assert answer.status_code == 201, answer.text
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def get(self, path: str, **params: Any) -> Any:
        """GET, and the response."""
        return self.client.get(path, params=params, headers=self.headers)

    def write(self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Any:
        """A write under a new key, or the one given, and the response."""
        headers = self.headers | {"Idempotency-Key": key or f"test-key-{next(_keys)}"}
        return self.client.request(method, path, json=dict(body or {}), headers=headers)

    def post(self, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Any:
        """POST."""
        return self.write("POST", path, body, key)


def client_of(desk: Desk) -> TestClient:
    """The application in this process; a fault of ours comes as its answer, not as an exception."""
    return TestClient(create_app(desk), base_url=URL, raise_server_exceptions=False)
