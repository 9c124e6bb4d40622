"""The client of one desk for one account."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from ifx_sdk.desk.agreements import OVER, Agreement, AgreementPage, AgreementState, AgreementSummary, Preflight
from ifx_sdk.desk.errors import NoDomain, NotSignedIn, Untrue, WaitOver, WrongState
from ifx_sdk.desk.holding import SafePapers, held, safe_papers
from ifx_sdk.desk.http import DeskHttp, pages, parsed
from ifx_sdk.desk.market import MarketDesk
from ifx_sdk.desk.operator import OperatorDesk
from ifx_sdk.desk.papers import DocumentsDesk, NoticesDesk
from ifx_sdk.desk.positions import Funds, Position, PositionList, Proposal
from ifx_sdk.desk.requests import Profile, Request, RequestPage, RequestState, SignedIn, SignInMessage, Whoami
from ifx_sdk.desk.shapes import Model, Side, operation
from ifx_sdk.money import decimal_text
from ifx_sdk.safe_message import SafeSigner
from ifx_sdk.signing import Message, verify_digest_signature

if TYPE_CHECKING:
    import httpx

    from ifx_sdk.signers import Signer
    from ifx_sdk.terms import Domain

M = TypeVar("M", bound=Model)
T = TypeVar("T")
ONCHAIN: Final = "onchain"
"""In place of a signature: the account sent its approval to the escrow itself."""
PAGE: Final = 100
"""Rows that are asked for at once."""
VALID_SECONDS: Final = 7 * 86_400
"""How long a request is valid where nothing else is said."""
EVERY_SECONDS: Final = 2
"""Between two looks while something is waited for."""


class Desk:
    """One desk, as one account. Construction does no I/O; `with Desk(...) as desk` gives its connections up."""

    def __init__(
        self,
        url: str,
        signer: Signer | None = None,
        *,
        domain: Domain | None = None,
        token: str | None = None,
        account: str | None = None,
        transport: httpx.BaseTransport | None = None,
        timeout_seconds: int = 30,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`domain` is the escrow's (`ifx_sdk.escrow_domain`), without which nothing is approved.

        `token` is of a session that was begun elsewhere, of `account` where there is no signer. `transport`, `sleep`
        and `clock` are for tests. Raises `BadValue` for a URL that is none.
        """
        self._http = DeskHttp(
            url,
            signer,
            token=token,
            chain_id=None if domain is None else domain.chain_id,
            transport=transport,
            timeout_seconds=timeout_seconds,
            sleep=sleep,
        )
        self._signer, self._domain, self._account = signer, domain, account
        self._sleep, self._clock = sleep, clock
        self.operator = OperatorDesk(self._http)
        self.market = MarketDesk(self._http)
        self.documents = DocumentsDesk(self._http)
        self.notices = NoticesDesk(self._http)

    def __repr__(self) -> str:
        return f"Desk({self.url}, {self._http.account or self._account or 'nobody'})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections up. The session stays; `sign_out` ends it."""
        self._http.close()

    @property
    def url(self) -> str:
        """Where the desk is."""
        return self._http.url

    @property
    def account(self) -> str:
        """Whose client it is. Raises `NotSignedIn` where neither a signer nor an account was given."""
        found = self._http.account or self._account
        if found is None:
            raise NotSignedIn("the client has neither a signer nor an account", status=0)
        return found

    # ------------------------------------------------------------------------------------------------------ session

    @operation("session_message")
    def sign_in_message(self, account: str | None = None) -> str:
        """What a wallet elsewhere signs (personal_sign) to sign in, held to be this desk's. Raises `Untrue`."""
        wanted = account or self.account
        text = self._read(SignInMessage, "/session/message", account=wanted, public=True).message
        self._http.hold_message(text, wanted)
        return text

    @operation("session_sign_in")
    def sign_in(self, message: str | None = None, signature: bytes = b"") -> SignedIn:
        """Begin a session: with the signer, or by a message of `sign_in_message` and its signature.

        Calls do this by themselves where there is a signer. Raises `NotSignedIn`, `BadField`, `Untrue`.
        """
        content = self._http.sign_in() if message is None else self._http.sign_in_with(message, signature)
        return parsed(SignedIn, content, self.url)

    @operation("session_whoami")
    def whoami(self) -> Whoami:
        """Who is signed in."""
        return self._read(Whoami, "/session")

    @operation("session_sign_out")
    def sign_out(self, *, everywhere: bool = False) -> None:
        """End the session of this client, or `everywhere` all sessions of its account."""
        self._http.sign_out(everywhere=everywhere)

    # ------------------------------------------------------------------------------------------------------ profile

    @operation("participants_me")
    def profile(self) -> Profile:
        """What the desk knows of this account."""
        return self._read(Profile, "/participants/me")

    @operation("participants_change")
    def change_profile(
        self, *, name: str = "", email: str = "", webhook: str = "", zone: str = "", key: str | None = None
    ) -> Profile:
        """Write the whole profile: what is left out is emptied. The other side of terms reads the name.

        A new `email` gets a code by mail, and nothing else before `confirm_email`. `zone` is the IANA time zone that
        notices show beside UTC, empty for UTC alone.
        """
        body = {"name": name, "email": email, "webhook": webhook, "zone": zone}
        return self._write(Profile, "PUT", "/participants/me", body, key)

    @operation("participants_confirm")
    def confirm_email(self, code: str, *, key: str | None = None) -> Profile:
        """Confirm the profile's address by the code that was mailed there. Raises `BadField`, `WrongState`."""
        return self._write(Profile, "POST", "/participants/me/email/confirm", {"code": code}, key)

    @operation("participants_send_code")
    def send_email_code(self, *, key: str | None = None) -> Profile:
        """Have another code mailed; the one before is void. Raises `TooManyRequests`, `WrongState`."""
        return self._write(Profile, "POST", "/participants/me/email/code", None, key)

    # ----------------------------------------------------------------------------------------------------- requests

    @operation("requests_write")
    def request(
        self,
        side: Side,
        underlying: str,
        quantity: int,
        *,
        months: int | None = None,
        maturity: int | None = None,
        averaging_days: int = 1,
        limit_price: int | None = None,
        valid_until: int | None = None,
        contact: str = "",
        submit: bool = True,
        key: str | None = None,
    ) -> Request:
        """Ask for a forward of `quantity` Mtok over `months`, or to a `maturity` (00:00:00 UTC, unix seconds).

        `limit_price` is the worst price in micro-USDT per Mtok, None the day's indicative one; `valid_until` unix
        seconds (7 days from now, by this machine's clock). `submit=False` keeps a draft. Nothing is locked.
        """
        body = self._wish(
            side=side,
            underlying=underlying,
            quantity=quantity,
            months=months,
            maturity=maturity,
            averaging_days=averaging_days,
            limit_price=limit_price,
            valid_until=valid_until,
            contact=contact,
            submit=submit,
        )
        return self._write(Request, "POST", "/requests", body, key)

    @operation("requests_rewrite")
    def rewrite(
        self,
        id: str,
        side: Side,
        underlying: str,
        quantity: int,
        *,
        months: int | None = None,
        maturity: int | None = None,
        averaging_days: int = 1,
        limit_price: int | None = None,
        valid_until: int | None = None,
        contact: str = "",
        submit: bool = False,
        key: str | None = None,
    ) -> Request:
        """Write a draft anew, the whole of it, as `request` would; `submit=True` hands it in. Raises `WrongState`."""
        body = self._wish(
            side=side,
            underlying=underlying,
            quantity=quantity,
            months=months,
            maturity=maturity,
            averaging_days=averaging_days,
            limit_price=limit_price,
            valid_until=valid_until,
            contact=contact,
            submit=submit,
        )
        return self._write(Request, "PUT", f"/requests/{id}", body, key)

    @operation("requests_listed")
    def requests_page(
        self, *, state: RequestState | None = None, after: str | None = None, limit: int = 50
    ) -> RequestPage:
        """A page of your requests, newest first."""
        return self._read(RequestPage, "/requests", state=state, after=after, limit=limit)

    def requests(self, *, state: RequestState | None = None) -> Iterator[Request]:
        """All of your requests, newest first, page by page."""
        return pages(lambda after: self.requests_page(state=state, after=after, limit=PAGE))

    @operation("requests_one")
    def status(self, id: str) -> Request:
        """One of your requests: where it stands."""
        return self._read(Request, f"/requests/{id}")

    @operation("requests_submit")
    def submit(self, id: str, *, key: str | None = None) -> Request:
        """Hand a draft in."""
        return self._write(Request, "POST", f"/requests/{id}/submit", None, key)

    @operation("requests_withdraw")
    def withdraw(self, id: str, *, key: str | None = None) -> Request:
        """Take a request back, as long as no terms wait for approval."""
        return self._write(Request, "POST", f"/requests/{id}/withdraw", None, key)

    # --------------------------------------------------------------------------------------------------- agreements

    @operation("agreements_listed")
    def agreements_page(
        self, *, state: AgreementState | None = None, after: str | None = None, limit: int = 50
    ) -> AgreementPage:
        """A page of the terms, terminations and novations that name you, newest first."""
        return self._read(AgreementPage, "/agreements", state=state, after=after, limit=limit)

    def agreements(self, *, state: AgreementState | None = None) -> Iterator[AgreementSummary]:
        """All of them, page by page."""
        return pages(lambda after: self.agreements_page(state=state, after=after, limit=PAGE))

    @operation("agreements_one")
    def terms(self, id: str) -> Agreement:
        """One agreement whole: final terms, a termination or a novation."""
        return self._read(Agreement, f"/agreements/{id}")

    @operation("agreements_preflight")
    def preflight(self, id: str) -> Preflight:
        """Every problem between an agreement and the chain at once; nothing is changed."""
        return self._read(Preflight, f"/agreements/{id}/preflight")

    @operation("agreements_decline")
    def decline(self, id: str, *, key: str | None = None) -> Agreement:
        """Say no for all of its parties, for ever. A signature that others hold needs a revocation on the chain."""
        return self._write(Agreement, "POST", f"/agreements/{id}/decline", None, key)

    @operation("agreements_approve")
    def approve_with(self, id: str, approval: bytes | str, *, key: str | None = None) -> Agreement:
        """Hand an approval in that was made elsewhere: a signature, what a contract wallet accepts (empty bytes where
        it approved inside), or `ONCHAIN` where the wallet sent it to the escrow."""
        given = approval if isinstance(approval, str) else "0x" + approval.hex()
        return self._write(Agreement, "POST", f"/agreements/{id}/approve", {"approval": given}, key)

    def message(self, id: str) -> Message:
        """The message of an agreement, held against all that the desk says of it. Raises `Untrue`, `NoDomain`."""
        return self._held(self.terms(id))

    def approve(self, id: str, *, digest: bytes | None = None, key: str | None = None) -> Agreement:
        """Sign an agreement (EIP-712, or as a Safe's signer does) and hand the signature in.

        Everything that the desk says of it is computed again here first; `digest` is the one that you looked at
        elsewhere. Approving twice is approving once. Raises `Untrue`, `NoDomain`, `NotSignedIn`, a `DeskRefusal`.
        """
        agreement = self.terms(id)
        self._held(agreement)
        found = bytes.fromhex(agreement.digest[2:])
        if digest is not None and digest != found:
            raise Untrue("the digest that you looked at", agreement.digest, "0x" + digest.hex())
        if self._signer is None:
            raise NotSignedIn("there is no signer: approve_with takes what was signed elsewhere", status=0)
        if agreement.state in OVER - {"done"}:
            raise WrongState(f"{agreement.kind} {id} cannot be approved: it is {agreement.state}", status=409)
        signature = self._signer.sign_digest(found)
        if not isinstance(self._signer, SafeSigner):
            verify_digest_signature(found, self.account, signature)  # a device may hold another key than it says
        return self.approve_with(id, signature, key=key)

    def safe_papers(self, id: str) -> SafePapers:
        """What the owners of the Safe whose account this is need: the hash that each signs, and a batch file."""
        agreement = self.terms(id)
        message, domain = self._held(agreement), self._domain
        assert domain is not None  # noqa: S101 - `_held` raised otherwise
        return safe_papers(agreement, message, domain, self.account, now=int(self._clock()))

    # ---------------------------------------------------------------------------------------------------- positions

    @operation("positions_listed")
    def positions(self) -> tuple[Position, ...]:
        """Every forward in which you are or were a side, newest first, by the escrow's own records."""
        return self._read(PositionList, "/positions").items

    @operation("positions_one")
    def position(self, forward: str) -> Position:
        """One of them, by the forward's id (0x and 64 digits)."""
        return self._read(Position, f"/positions/{forward}")

    @operation("funds_found")
    def funds(self) -> Funds:
        """Your USDT as the chain tells it: free on the escrow, in your wallet, locked in forwards."""
        return self._read(Funds, "/funds")

    @operation("positions_terminate")
    def propose_termination(
        self, forward: str, *, price: int, hours: int | None = None, key: str | None = None
    ) -> Proposal:
        """Propose to end a forward early at `price` (micro-USDT per Mtok); both sides approve it as they did terms."""
        body = {"price": decimal_text(price, places=2), "hours": hours}
        return self._write(Proposal, "POST", f"/positions/{forward}/termination", body, key)

    @operation("positions_novate")
    def propose_novation(
        self,
        forward: str,
        *,
        incoming: str,
        payment: int,
        outgoing: Side | None = None,
        hours: int | None = None,
        key: str | None = None,
    ) -> Proposal:
        """Propose `incoming` in one side's place (yours where `outgoing` is None), who pays `payment` micro-USDT."""
        body = {
            "incoming": incoming,
            "payment": decimal_text(payment, places=2),
            "outgoing": outgoing,
            "hours": hours,
        }
        return self._write(Proposal, "POST", f"/positions/{forward}/novation", body, key)

    # ------------------------------------------------------------------------------------------------------ waiting

    def wait_for(
        self,
        look: Callable[[], T],
        until: Callable[[T], bool],
        *,
        seconds: int,
        every: float = EVERY_SECONDS,
        what: str,
    ) -> T:
        """Look again and again until it is as wanted, and give it. Raises `WaitOver` naming `what`."""
        deadline = self._clock() + seconds
        while not until(found := look()):
            if self._clock() >= deadline:
                raise WaitOver(what, seconds)
            self._sleep(every)
        return found

    def wait_for_terms(self, request: str, *, seconds: int, every: float = EVERY_SECONDS) -> Agreement:
        """The final terms of a request, once they are sent. Raises `WrongState` where it is over, `WaitOver`."""

        def sent(found: Request) -> bool:
            if found.state in {"rejected", "expired", "withdrawn"}:
                raise WrongState(f"request {request} is {found.state}: {found.reason}".rstrip(": "), status=409)
            return found.state in {"terms_sent", "approved_by_one", "approved_by_both", "booked"}

        found = self.wait_for(lambda: self.status(request), sent, seconds=seconds, every=every, what="final terms")
        return self.terms(str(found.agreement))

    def wait_until_over(self, id: str, *, seconds: int, every: float = EVERY_SECONDS) -> Agreement:
        """An agreement once it is done, expired, declined or failed. Raises `WaitOver`."""
        return self.wait_for(
            lambda: self.terms(id),
            lambda each: each.state in OVER,
            seconds=seconds,
            every=every,
            what=f"the end of {id}",
        )

    # ------------------------------------------------------------------------------------------------------- inside

    def _wish(self, *, limit_price: int | None, valid_until: int | None, **others: object) -> Mapping[str, object]:
        """A request's body."""
        until = int(self._clock()) + VALID_SECONDS if valid_until is None else valid_until
        limit = None if limit_price is None else decimal_text(limit_price, places=2)
        return {**others, "limit_price": limit, "valid_until": until}

    def _held(self, agreement: Agreement) -> Message:
        if self._domain is None:
            raise NoDomain
        return held(agreement, self._domain, self.account)

    def _read(self, model: type[M], path: str, *, public: bool = False, **params: str | int | None) -> M:
        return parsed(model, self._http.read(path, params, public=public), self.url)

    def _write(self, model: type[M], method: str, path: str, body: Mapping[str, object] | None, key: str | None) -> M:
        return parsed(model, self._http.write(method, path, body, key), self.url)
