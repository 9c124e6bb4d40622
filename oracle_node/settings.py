"""What one node is told: a frozen model read from TOML, checked whole before the first socket is opened.

    state = "state"                                folder of the node's store and archive; it belongs to one key
    [key]
    file = "node.key"                              a key file (0600) or a keystore; never the key itself
    password_file = "node.password"                for a keystore; 0600 too
    signer = "my-kms"                              instead of a file: a signer that an installed package brings
    options = { key = "alias/oracle" }             what that package wants to know
    [chain]
    rpc = "http://127.0.0.1:8545"
    more_rpcs = ["https://..."]                    other nodes of the same chain, held against the first
    deployment = "deployments/local.toml"
    fee_cap_gwei = 200                             never pays more per gas
    [[underlyings]]
    name = "openai/gpt-4.1"
    provider = "openai"                            a page family of oracle_node.sources
    model = "gpt-4.1"                              as the page names it
    page = "https://..."                           the family's canonical page where none is named
    check = { provider = "openrouter", model = "openai/gpt-4.1" }   a second reading: it alarms, it never blocks
    [[peers]]
    url = "https://oracle.example"
    address = "0x..."
    [reading]
    timeout_seconds = 20                           and the other fields of `ReadingSettings`
    [serving]
    port = 8550                                    /reports /archive /healthz /readyz /metrics, on loopback
    [alerts]
    webhook = "https://..."                        one POST a cause when it begins, one when it ends
    [keeper]                                       settles what is settleable; without this section it does not
    key = { file = "keeper.key" }                  an account of its own, never the node's; a dry run needs none
    gas_price_gwei = 50                            never pays more per gas
    gas_per_day = 5000000                          nor uses more gas in a UTC day
    least = 1                                      forwards that are worth a transaction

Relative paths are relative to the file. What the product fixes, such as the slots of a window, is no setting.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Self

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from ifx_sdk.errors import BadFile, IFXError
from ifx_sdk.keyfiles import password_from_file, signer_from_file
from ifx_sdk.signers import Signer
from ifx_sdk.terms import parse_address, parse_underlying
from oracle_node.errors import BadSettings
from oracle_node.sources import SOURCES

_MOVED: Final = {
    "reports": "; reports are in the folder `state`: before you delete it, take the book over with"
    " `ifx-oracle import-book BOOK --config FILE`, or the node could sign a day twice",
    "chain.journal": "; transactions are in the folder `state`: before you delete it, settle the old file's with"
    " `ifx reconcile --journal FILE`",
}
"""What an earlier version's keys became; a node must not forget what it signed over a new default."""
MAX_PEERS: Final = 30
"""A signer set has at most 31 nodes, one of which is this one."""


def _underlying(name: str) -> str:
    try:
        return parse_underlying(name)
    except IFXError as error:
        raise ValueError(str(error)) from error


def _address(text: str) -> str:
    try:
        return parse_address(text)
    except IFXError as error:
        raise ValueError(str(error)) from error


def _http_url(text: str) -> str:
    if not text.isprintable() or " " in text:
        raise ValueError("a URL has no blank and nothing unprintable; write %20")
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ValueError(f"{text!r} is no URL: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError(f"{text!r} is no http or https URL")
    if url.userinfo:
        raise ValueError("a URL holds no password; keep secrets in key files")
    return text


def _provider(name: str) -> str:
    if name not in SOURCES:
        raise ValueError(f"unknown provider {name!r}: write one of {', '.join(SOURCES)}")
    return name


def _with_canonical_page(given: object) -> object:
    if isinstance(given, dict) and "page" not in given and given.get("provider") in SOURCES:
        return given | {"page": SOURCES[given["provider"]].url}
    return given


HttpUrl = Annotated[str, AfterValidator(_http_url)]
Address = Annotated[str, AfterValidator(_address)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class KeyFile(_Model):
    """Where the node's key is: in a file, or behind a signer of another package. The settings never hold a key."""

    file: str | None = None
    """Path of 64 hexadecimal digits that only its owner can read (0600), or of a JSON keystore of version 3."""
    password_file: str | None = None
    """Path of the keystore's password, its first line, which only its owner can read; a key file has none."""
    signer: str | None = None
    """Name of a signer that an installed package brings (oracle_node.signers), in place of a file."""
    options: Mapping[str, str] = {}
    """What that signer is given, such as which key; a KMS takes its own credentials from its own place."""

    @property
    def place(self) -> str:
        """Where the key is, in a word or two."""
        return self.file if self.file is not None else f"the signer {self.signer!r}"

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.file is None) == (self.signer is None):
            raise ValueError("name either a file or a signer")
        if self.signer is None and self.options:
            raise ValueError("options are a signer's; a file has none")
        if self.file is None and self.password_file is not None:
            raise ValueError("a password file is a keystore's; a signer has none")
        return self


class ChainSettings(_Model):
    """Where fixings are posted."""

    rpc: str
    """URL or IPC path of the node; there is no default."""
    more_rpcs: tuple[str, ...] = Field(default=(), max_length=5)
    """Other nodes of the same chain: held against the first, and taken in their order where it fails."""
    deployment: str
    """Path of `deployments/<network>.toml`."""
    fee_cap_gwei: Annotated[int, Field(ge=1, le=100_000)] = 200
    """A post never offers more per gas, in gwei; a stuck one is offered again for more up to this."""


class ReadingSettings(_Model):
    """How pages and peers are read."""

    timeout_seconds: Annotated[int, Field(ge=1, le=120)] = 20
    """Longest wait for one page, in seconds; less than a slot."""
    max_bytes: Annotated[int, Field(ge=1_000, le=100_000_000)] = 10_000_000
    """A longer page is refused, in bytes as they come out of decompression."""
    lead_seconds: Annotated[int, Field(ge=0, le=240)] = 30
    """How long before a slot's time its page is fetched, so that the answer is there in time."""
    user_agent: str = "ifx-oracle"
    """How the node names itself to the publishers of pages; add a contact."""


class ServingSettings(_Model):
    """Where the node answers: signed reports, its archive, health and metrics."""

    host: str = "127.0.0.1"
    """Address to listen on; loopback unless a reverse proxy in front of it is not on this machine."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8550
    """TCP port; 0 takes a free one."""


class AlertSettings(_Model):
    """Who is told when somebody should look."""

    webhook: HttpUrl | None = None
    """Gets one JSON POST for each cause when it begins and one when it ends; None for the log alone."""


class KeeperSettings(_Model):
    """How the node settles what is settleable, beside its duty."""

    key: KeyFile | None = None
    """The account that pays for settlements, never the node's own; a dry run needs none."""
    gas_price_gwei: Annotated[int, Field(ge=1, le=100_000)] = 50
    """It never offers more per gas, in gwei."""
    gas_per_day: Annotated[int, Field(ge=100_000, le=1_000_000_000)] = 5_000_000
    """Gas of one UTC day at most: about 250 forwards in full batches."""
    least: Annotated[int, Field(ge=1, le=100)] = 1
    """Forwards that are worth a transaction."""
    patience_hours: Annotated[int, Field(ge=0, le=720)] = 24
    """Hours after a maturity from which on fewer are settled too."""


class CheckSettings(_Model):
    """A second reading of the same price: it raises an alarm where it differs, and never blocks."""

    provider: Annotated[str, AfterValidator(_provider)]
    """The page family that reads it."""
    model: Annotated[str, Field(min_length=1)]
    """The model as that page names it."""
    page: HttpUrl = ""
    """The page; the family's canonical one where none is named."""

    @model_validator(mode="before")
    @classmethod
    def _canonical_page(cls, given: object) -> object:
        return _with_canonical_page(given)


class UnderlyingSettings(_Model):
    """One price to read."""

    name: Annotated[str, AfterValidator(_underlying)]
    """`provider/model-id`, as listed on the oracle."""
    provider: Annotated[str, AfterValidator(_provider)]
    """The page family that reads it."""
    model: Annotated[str, Field(min_length=1)]
    """The model as its page names it: id or display name."""
    page: HttpUrl = ""
    """The page that decides; the family's canonical one where none is named."""
    check: CheckSettings | None = None
    """A second page to hold it against; None for none."""

    @model_validator(mode="before")
    @classmethod
    def _canonical_page(cls, given: object) -> object:
        return _with_canonical_page(given)


class Peer(_Model):
    """Another node of the signer set."""

    url: HttpUrl
    """Base of its `/reports/{underlying}/{day}`."""
    address: Address
    """The account that signs its reports, checksummed."""


class Settings(_Model):
    """One node's settings."""

    state: str = "state"
    """Folder of the node's store `node.db` and its archive, on a local disk; it belongs to one key and one oracle."""
    key: KeyFile
    """The key that signs reports and pays for posts."""
    chain: ChainSettings
    """Where fixings are posted."""
    underlyings: tuple[UnderlyingSettings, ...] = Field(min_length=1)
    """What is read, each name once."""
    peers: tuple[Peer, ...] = Field(default=(), max_length=MAX_PEERS)
    """The other nodes."""
    reading: ReadingSettings = ReadingSettings()
    """How pages and peers are read."""
    serving: ServingSettings = ServingSettings()
    """Where the node answers."""
    alerts: AlertSettings = AlertSettings()
    """Who is told when somebody should look."""
    keeper: KeeperSettings | None = None
    """How it settles what is settleable; None: it does not."""
    _folder: Path = PrivateAttr(default=Path())

    @property
    def folder(self) -> Path:
        """The folder of the settings file, from which relative paths start."""
        return self._folder

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what, values in (
            ("underlying", [each.name for each in self.underlyings]),
            ("peer's address", [each.address for each in self.peers]),
            ("peer's url", [each.url for each in self.peers]),
        ):
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"the {what} {twice[0]} is listed twice")
        return self


def read_settings(path: Path | str) -> Settings:
    """Read a node's TOML file; its relative paths come back relative to it. Raises `BadSettings` naming the key."""
    where = Path(path)
    try:
        document = tomllib.loads(where.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(path, "it cannot be read as text") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(path, f"it is not TOML: {error}") from error
    try:
        # A TOML list is a Python list, which strict mode takes for no tuple: JSON mode does.
        found = Settings.model_validate_json(_as_json(document, path))
    except ValidationError as error:
        raise BadSettings(path, _first(error)) from error
    return _from_folder(found, where.parent)


def read_signer(key: KeyFile) -> Signer:
    """The node's signer. Raises `BadFile`, `KeyFileOpenToOthers`, `BadKeystore`, `BadKeystorePassword`, `BadSigner`."""
    if key.file is None:
        from oracle_node.signers import load_signer

        return load_signer(str(key.signer), key.options)
    file = key.file

    def password() -> str:
        if key.password_file is None:
            cure = "Name the file of its password: password_file = ... under [key]."
            raise BadFile(file, "it is a keystore, and no password file is named", cure=cure)
        return password_from_file(key.password_file)

    return signer_from_file(file, password)


def _as_json(document: dict[str, object], path: object) -> str:
    import json

    try:
        return json.dumps(document)
    except TypeError as error:
        raise BadSettings(path, f"it holds a date or time, and no key takes one: {error}") from error


def _first(error: ValidationError) -> str:
    """The first complaint: which key, what is wrong. The value is left out: it could be a key put in by mistake."""
    found = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in found["loc"]) or "it"
    why = {"extra_forbidden": "no such key", "missing": "it is missing"}.get(found["type"], found["msg"])
    if found["type"] == "extra_forbidden":
        why += _MOVED.get(place, "")
    more = error.error_count() - 1
    return f"{place}: {why}" + (f" (and {more} more)" if more else "")


def _from_folder(found: Settings, folder: Path) -> Settings:
    def place(path: str | None) -> str | None:
        return None if path is None else str(folder / path)

    def node(rpc: str) -> str:
        return rpc if "://" in rpc else str(folder / rpc)

    def placed(key: KeyFile) -> KeyFile:
        return key.model_copy(update={"file": place(key.file), "password_file": place(key.password_file)})

    keeper = found.keeper
    if keeper is not None and keeper.key is not None:
        keeper = keeper.model_copy(update={"key": placed(keeper.key)})
    moved = found.model_copy(
        update={
            "state": str(folder / found.state),
            "key": placed(found.key),
            "keeper": keeper,
            "chain": found.chain.model_copy(
                update={
                    "rpc": node(found.chain.rpc),
                    "more_rpcs": tuple(node(each) for each in found.chain.more_rpcs),
                    "deployment": str(folder / found.chain.deployment),
                }
            ),
        }
    )
    moved._folder = folder
    return moved
