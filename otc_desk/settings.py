"""What a desk is told: a frozen model read from TOML, checked whole before the first socket is opened.

    database = "sqlite:///desk.db"                 or postgresql+psycopg://desk@/desk; a password stays in PGPASSFILE
    url = "https://desk.example"                   where participants reach it: part of what they sign to sign in
    operators = ["0x..."]                          accounts that check requests and confirm matches
    proxies = ["127.0.0.1"]                        reverse proxies in front; default none
    automatic_matching = false                     true: a match needs no operator
    [chain]
    rpc = "http://127.0.0.1:8545"
    deployment = "deployments/local.toml"
    fee_cap_gwei = 200                             a booking never offers more per gas
    poll_seconds = 12                              between two looks at it: about a block's time
    [key]
    file = "desk.key"                              the escrow's desk: it can book what both approved, and nothing else
    password_file = "desk.password"                for a keystore
    [oracle]
    nodes = ["https://oracle.example"]             asked for the live price before booking
    [mail]
    host = "127.0.0.1"                             an SMTP relay; none: no e-mail is sent
    sender = "desk@desk.example"
    encryption = "none"                            elsewhere than on the loopback "starttls" (587) or "tls" (465)
    [limits]
    requests_per_minute = 120                      and the other fields of `LimitSettings`
    [sandbox]                                      chain 31337 on the loopback alone: time travel, wallets without a key
    accounts = [{ name = "long treasury", address = "0x..." }]

Relative paths are relative to the file. No secret stands in it.
"""

import json
import tomllib
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from ifx_sdk.errors import IFXError
from ifx_sdk.terms import parse_address
from otc_desk.errors import BadSettings

DEADLINE_SECONDS: Final = 86_400
"""How long final terms stand, unless a side is a contract wallet."""
CONTRACT_DEADLINE_SECONDS: Final = 3 * 86_400
"""The same where a side is one: its owners sign over days."""


def _address(text: str) -> str:
    try:
        return parse_address(text)
    except IFXError as error:
        raise ValueError(str(error)) from error


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ValueError("it is no database URL") from error
    if url.password:
        raise ValueError("a URL holds no password: keep it in a password file (PGPASSFILE)")
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ValueError("write sqlite:///FILE or postgresql+psycopg://...")
    return text


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise ValueError(f"{text!r} is no http or https URL without a password")
    return text.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address. Pure: the name `localhost` is taken at its word."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


Address = Annotated[str, AfterValidator(_address)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Proxy = IPv4Network | IPv6Network


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChainSettings(_Model):
    """Where forwards are booked."""

    rpc: str
    """URL or IPC path of a node; there is no default."""
    deployment: str
    """Path of `deployments/<network>.toml`."""
    fee_cap_gwei: Annotated[int, Field(ge=1, le=100_000)] = 200
    """A booking never offers more per gas, in gwei."""
    poll_seconds: Annotated[int, Field(ge=1, le=60)] = 12
    """Between two looks at a chain on which nothing waits: about a block's time."""


class KeySettings(_Model):
    """Where the desk's key is. The settings never hold a key."""

    file: str
    """Path of 64 hexadecimal digits that only its owner can read (0600), or of a JSON keystore of version 3."""
    password_file: str | None = None
    """Path of the keystore's password, its first line."""


class OracleSettings(_Model):
    """Whom the desk asks for the live price."""

    nodes: tuple[HttpUrl, ...] = ()
    """Base URLs of oracle nodes; without one nothing is booked unless `required` is False."""
    required: bool = True
    """Whether a booking waits until a node has read the page; False only for rehearsals."""
    timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 15
    """Longest wait for one node."""


class MailSettings(_Model):
    """How e-mail leaves."""

    host: str
    """SMTP relay."""
    port: Annotated[int, Field(ge=1, le=65_535)] = 25
    """Its port."""
    sender: str
    """Envelope and header sender."""
    encryption: Literal["none", "starttls", "tls"] = "none"
    """`starttls`: the connection is encrypted before anything is said; `tls`: from its first byte. `none` is for a
    relay on the loopback: notices hold deals, and whoever reads a code confirms a stranger's address."""

    @model_validator(mode="after")
    def _secret_on_the_way(self) -> Self:
        if self.encryption == "none" and not is_loopback(self.host):
            raise ValueError(
                "a relay that is not on the loopback is never spoken to in plain text: "
                'write encryption = "starttls" or "tls", or relay through 127.0.0.1'
            )
        return self


class LimitSettings(_Model):
    """What one participant or address may ask."""

    requests_per_minute: Annotated[int, Field(ge=1)] = 240
    """HTTP requests of one account, as many at once; of each process that serves."""
    address_requests_per_minute: Annotated[int, Field(ge=1)] = 1_200
    """The same of one address, whoever is signed in there: an office's participants share it."""
    codes_per_hour: Annotated[int, Field(ge=1)] = 120
    """Codes that are mailed to new addresses in an hour, all accounts together; more wait."""
    open_requests: Annotated[int, Field(ge=1)] = 200
    """Requests of one account that are not over."""
    max_body_bytes: Annotated[int, Field(ge=1_000)] = 65_536
    """A longer body is refused unread."""
    body_seconds: Annotated[int, Field(ge=1, le=60)] = 10
    """How long a body may take to come."""


class SandboxAccount(_Model):
    """An account that the local node signs for."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z ]{1,30}$")]
    """Whose it is, such as `long treasury`; the page's wallet is called that."""
    address: Address
    """One that the node has unlocked."""


class SandboxSettings(_Model):
    """What a desk on a local chain may do for somebody who tries it out."""

    accounts: tuple[SandboxAccount, ...] = Field(min_length=1)
    """For whom the page has a wallet."""
    patience_seconds: Annotated[int, Field(ge=0, le=60)] = 10
    """Longest wait for the oracle on each day that time passes."""


class Settings(_Model):
    """One desk's settings."""

    database: Annotated[str, AfterValidator(_database)] = "sqlite:///desk.db"
    """SQLAlchemy URL."""
    url: HttpUrl
    """Where participants reach the desk; its host is the domain that they sign in to."""
    operators: tuple[Address, ...] = Field(min_length=1)
    """Accounts that check requests and confirm matches."""
    proxies: tuple[Proxy, ...] = ()
    """Networks whose word on where a request comes from (X-Forwarded-For) is taken; none: nobody's."""
    automatic_matching: bool = False
    """Whether checks and matches need no operator."""
    chain: ChainSettings
    """Where forwards are booked."""
    key: KeySettings
    """The escrow's desk account."""
    oracle: OracleSettings = OracleSettings()
    """Whom the desk asks for the live price."""
    mail: MailSettings | None = None
    """How e-mail leaves; None for webhooks and the page alone."""
    limits: LimitSettings = LimitSettings()
    """What one participant may ask."""
    sandbox: SandboxSettings | None = None
    """Time travel and wallets of the local node; None everywhere else."""

    @model_validator(mode="after")
    def _sandbox_at_home(self) -> Self:
        if self.sandbox is not None:
            for what, where in (("url", self.url), ("chain.rpc", self.chain.rpc)):
                if not is_loopback(urlsplit(where).hostname or ""):
                    raise ValueError(f"a sandbox is for this machine alone, and {what} is not on its loopback")
            if self.proxies:
                raise ValueError("a sandbox stands behind no proxy: what comes through one may come from anywhere")
        return self

    @property
    def domain(self) -> str:
        """Host, and port where there is one, as an EIP-4361 message names it."""
        return urlsplit(self.url).netloc


def read_settings(path: Path | str) -> Settings:
    """Read a desk's TOML file; its relative paths come back relative to it. Raises `BadSettings` naming the key."""
    where = Path(path)
    try:
        document = tomllib.loads(where.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(path, "it cannot be read as text") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(path, f"it is not TOML: {error}") from error
    try:
        found = Settings.model_validate_json(json.dumps(document), strict=True)
    except ValidationError as error:
        raise BadSettings(path, _first(error)) from error
    except TypeError as error:
        raise BadSettings(path, f"it holds a date or time, and no key takes one: {error}") from error
    return _from_folder(found, where.parent)


def _first(error: ValidationError) -> str:
    """The first complaint, without the value: it could be a key put in by mistake."""
    found = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in found["loc"]) or "it"
    why = {"extra_forbidden": "no such key", "missing": "it is missing"}.get(found["type"], found["msg"])
    more = error.error_count() - 1
    return f"{place}: {why}" + (f" (and {more} more)" if more else "")


def _from_folder(found: Settings, folder: Path) -> Settings:
    def place(path: str) -> str:
        return path if "://" in path else str(folder / path)

    url = make_url(found.database)
    database = found.database
    if url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}:
        database = f"sqlite:///{folder / str(url.database)}"
    password = found.key.password_file
    return found.model_copy(
        update={
            "database": database,
            "key": KeySettings(
                file=str(folder / found.key.file), password_file=None if password is None else str(folder / password)
            ),
            "chain": found.chain.model_copy(
                update={
                    "rpc": place(found.chain.rpc),
                    "deployment": str(folder / found.chain.deployment),
                }
            ),
        }
    )
