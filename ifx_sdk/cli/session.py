"""What every command has: the options of the connection and of the signer, and what they lead to.

`@command` gives a function these options; its first parameter is then the `Session` that they make. Nothing is opened
before a command asks for it: a command that needs no node never speaks to one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Concatenate, Final, NoReturn, ParamSpec

import typer

from ifx_sdk.cli.output import Output

if TYPE_CHECKING:
    from ifx_sdk.chain import Chain
    from ifx_sdk.cli.writes import Announcer
    from ifx_sdk.client import IFX
    from ifx_sdk.deployment import Deployment
    from ifx_sdk.desk import Desk
    from ifx_sdk.signers import Signer
    from ifx_sdk.terms import Domain

P = ParamSpec("P")

_OPTIONS: Final = {
    "rpc": Annotated[
        str | None,
        typer.Option("--rpc", metavar="URL", envvar="IFX_RPC", help="The node: http(s)://... or an .ipc path."),
    ],
    "deployment": Annotated[
        str | None,
        typer.Option("--deployment", metavar="FILE", envvar="IFX_DEPLOYMENT", help="deployments/<network>.toml."),
    ],
    "key_file": Annotated[
        str | None,
        typer.Option(
            "--key-file", metavar="FILE", envvar="IFX_KEY_FILE", help="A JSON keystore, or a key in hex in a 0600 file."
        ),
    ],
    "password_file": Annotated[
        str | None,
        typer.Option("--password-file", metavar="FILE", help="The keystore's password; else IFX_PASSWORD, else asked."),
    ],
    "account": Annotated[
        str | None,
        typer.Option("--account", metavar="ADDRESS", envvar="IFX_ACCOUNT", help="Whose; the node signs without a key."),
    ],
    "journal": Annotated[
        str | None,
        typer.Option(
            "--journal", metavar="FILE", envvar="IFX_JOURNAL", help="Keep each hash here before it is broadcast."
        ),
    ],
    "desk_url": Annotated[
        str | None,
        typer.Option(
            "--desk-url", metavar="URL", envvar="IFX_DESK_URL", help="The desk, such as https://desk.example."
        ),
    ],
    "json": Annotated[bool, typer.Option("--json", help="One JSON object on stdout: micro-USDT, Mtok, unix seconds.")],
}

READS: Final = ("rpc", "deployment", "account", "key_file", "password_file")
WRITES: Final = ("rpc", "deployment", "key_file", "password_file", "account", "journal")
DESK: Final = ("desk_url", "deployment", "rpc", "key_file", "password_file", "account")


class Session:
    """One run of one command."""

    def __init__(
        self,
        *,
        rpc: str | None = None,
        deployment: str | None = None,
        key_file: str | None = None,
        password_file: str | None = None,
        account: str | None = None,
        journal: str | None = None,
        desk_url: str | None = None,
        json: bool = False,
    ) -> None:
        """The options as they were written; nothing is read or opened yet."""
        self.output = Output(json=json)
        self._rpc = rpc
        self._deployment = deployment
        self._key_file = key_file
        self._password_file = password_file
        self._account = account
        self._journal = journal
        self._desk_url = desk_url
        self._announcer: Announcer | None = None

    @property
    def announcer(self) -> Announcer:
        """Tells and keeps what is sent."""
        if self._announcer is None:
            from ifx_sdk.cli.writes import Announcer, journal_at

            self._announcer = Announcer(self.output, journal_at(self._journal))
        return self._announcer

    @property
    def has_journal(self) -> bool:
        """Whether a journal file was named."""
        return bool(self._journal)

    def chain(self) -> Chain:
        """The node, connected. Raises MissingOption, NodeDown, WrongChain where a deployment of another is named."""
        from ifx_sdk.chain import Chain
        from ifx_sdk.cli.errors import MissingOption

        if not self._rpc:
            raise MissingOption("node", "--rpc", "IFX_RPC", "http://127.0.0.1:8545")
        expected = self.deployment().chain_id if self._deployment else None
        return Chain(self._rpc, chain_id=expected, journal=self.announcer).connect()

    def now(self) -> int | None:
        """Unix seconds by the node where one is named and answers, else by this machine's clock.

        None for a local chain without its node: its time moves by command, and no clock knows it.
        """
        from ifx_sdk.errors import NodeDown

        if self._rpc:
            try:
                return self.chain().now()
            except NodeDown as error:
                self.output.note(f"note: {error.what}; the deadline is held against this machine's clock")
        return self.clock()

    def clock(self) -> int | None:
        """Unix seconds by this machine's clock; None for a local chain, whose time no clock knows."""
        import time

        from ifx_sdk.deploy import DEVNET_CHAIN_ID

        return None if self.deployment().chain_id == DEVNET_CHAIN_ID else int(time.time())

    def desk_time(self) -> int:
        """Unix seconds as a desk counts them: this machine's; the chain's where a local deployment is named."""
        import time

        found = self.clock() if self._deployment else int(time.time())
        return self.chain().now() if found is None else found

    def deployment(self) -> Deployment:
        """The deployment file. Raises MissingOption, BadDeployment."""
        from ifx_sdk.cli.errors import MissingOption
        from ifx_sdk.deployment import Deployment

        if not self._deployment:
            raise MissingOption("deployment", "--deployment", "IFX_DEPLOYMENT", "deployments/local.toml")
        return Deployment.read(self._deployment)

    def named_deployment(self) -> Deployment | None:
        """The deployment file; None where none is named. Raises BadDeployment."""
        return self.deployment() if self._deployment else None

    def named_chain(self) -> Chain | None:
        """The node, connected; None where none is named. Raises as `chain`."""
        return self.chain() if self._rpc else None

    def domain(self) -> Domain:
        """The EIP-712 domain of the deployment's escrow; needs no node."""
        from ifx_sdk.terms import escrow_domain

        found = self.deployment()
        return escrow_domain(found.chain_id, found.escrow)

    def ifx(self) -> IFX:
        """The deployment through the node, for reading. Raises as `IFX.connect`, and MissingOption."""
        from ifx_sdk.cli.errors import MissingOption
        from ifx_sdk.client import IFX

        if not self._rpc and not self._deployment:
            both = "--deployment deployments/local.toml and --rpc http://127.0.0.1:8545"
            raise MissingOption("deployment and no node", f"{both}, or set IFX_DEPLOYMENT and IFX_RPC")
        deployment = self.deployment()
        return IFX.connect(self.chain(), deployment, journal=self.announcer)

    def ifx_where_reached(self) -> IFX | None:
        """The same where a node is named and answers; None, told on stderr, where one is named and does not."""
        from ifx_sdk.errors import NodeDown

        if not self._rpc:
            return None
        try:
            return self.ifx()
        except NodeDown as error:
            self.output.note(f"note: {error.what}; nothing is held against the chain")
            return None

    def signing_ifx(self) -> IFX:
        """The same with the signer."""
        signer = self.signer()
        return self.ifx().as_signer(signer)

    def signer(self) -> Signer:
        """Who signs. Raises MissingOption, SignerError, BadValue."""
        from ifx_sdk.cli.keys import open_signer

        return open_signer(self._key_file, self._password_file, self._account)

    def desk(self) -> Desk:
        """The desk, as the signer, or as the Safe that is named with a token of its session (IFX_DESK_TOKEN).

        Raises MissingOption, SignerError.
        """
        import os

        token = os.environ.get("IFX_DESK_TOKEN")
        return self.unsigned_desk(token) if token else self._desk_of(self.signer())

    def unsigned_desk(self, token: str | None = None) -> Desk:
        """The desk for the account that is named, whose wallet signs elsewhere. Raises MissingOption, BadAddress."""
        from ifx_sdk.cli.errors import MissingOption

        account = self.named_account()
        if account is None:
            raise MissingOption("account", "--account", "IFX_ACCOUNT", "0x...")
        return self._desk_of(None, token=token, account=account)

    def _desk_of(self, signer: Signer | None, *, token: str | None = None, account: str | None = None) -> Desk:
        from ifx_sdk.cli.errors import MissingOption
        from ifx_sdk.desk import Desk

        if not self._desk_url:
            raise MissingOption("desk", "--desk-url", "IFX_DESK_URL", "https://desk.example")
        domain = self.domain() if self._deployment else None
        return Desk(self._desk_url, signer, domain=domain, token=token, account=account)

    def subject(self) -> str:
        """The account that a reading command is about: --account, or that of the key. Raises MissingOption."""
        return self.named_account() or self.signer().address

    def named_account(self) -> str | None:
        """--account, checksummed. Raises BadAddress."""
        from ifx_sdk.terms import parse_address

        return None if self._account is None else parse_address(self._account)

    def interrupted(self) -> NoReturn:
        """Ctrl-C: raise OutcomeUnknown where something is on its way, else Interrupted."""
        from ifx_sdk.cli.errors import Interrupted

        if self._announcer is not None:
            self._announcer.interrupted()
        raise Interrupted


def command(
    options: tuple[str, ...] = (),
) -> Callable[[Callable[Concatenate[Session, P], None]], Callable[..., None]]:
    """Make a command: its own parameters, and of `options` what its session needs; `--json` always."""

    def decorate(run: Callable[Concatenate[Session, P], None]) -> Callable[..., None]:
        names = (*options, "json")

        def wrapper(**arguments: object) -> None:
            from ifx_sdk.cli.secret import refuse_keys

            refuse_keys(arguments)
            session = Session(**{name: arguments.pop(name) for name in names})  # type: ignore[arg-type]  # by signature
            try:
                run(session, **arguments)  # type: ignore[call-arg, arg-type]  # typer calls by the signature below
            except KeyboardInterrupt:
                session.interrupted()

        signature = inspect.signature(run, eval_str=True)
        own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in list(signature.parameters.values())[1:]]
        shared = [_parameter(name) for name in names]
        wrapper.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
        wrapper.__annotations__ = {each.name: each.annotation for each in (*own, *shared)} | {"return": None}
        wrapper.__name__, wrapper.__doc__ = run.__name__, run.__doc__
        wrapper.__module__ = run.__module__
        return wrapper

    return decorate


def _parameter(name: str) -> inspect.Parameter:
    default = False if name == "json" else None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=_OPTIONS[name])
