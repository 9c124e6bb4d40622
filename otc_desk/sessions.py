"""Who is asking: a wallet signs in once (EIP-4361), and its client keeps a token of which the desk keeps the hash.

A page keeps the token in a cookie that no script reads, and sends the session's CSRF value beside it with every write;
a program sends it as a bearer token. Signatures of contract wallets are asked of the wallet (ERC-1271), so that a Safe
signs in like anybody else.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session as DatabaseSession

from ifx_sdk.sign_in import SignIn
from otc_desk import events
from otc_desk.db.engine import Database
from otc_desk.db.tables import Nonce, Participant, Session
from otc_desk.errors import BadRequest, NotSignedIn

NONCE_SECONDS: Final = 600
"""How long a sign-in may take; a Safe's owners sign in one after the other."""
SESSION_SECONDS: Final = 12 * 3_600
"""How long a session lasts."""
_CLOCK_SECONDS: Final = 60
"""How far ahead a client's clock may be."""

SignatureCheck = Callable[[str, bytes, bytes], bool]
"""Whether an account (checksummed) signed a digest: by key, or by its contract's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A new session, as its client gets it; the desk keeps only the token's hash."""

    token: str
    """The secret of a cookie or bearer token."""
    csrf: str
    """What a page sends back with every write."""
    account: str
    """Who signed in, checksummed."""
    expires_at: int
    """Unix seconds UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is asking, with a session that holds."""

    account: str
    """Checksummed."""
    csrf: str
    """The session's."""
    token_hash: str
    """The session's key."""


class Sessions:
    """Sign in, recognise, sign out."""

    def __init__(self, database: Database, *, domain: str, url: str, chain_id: int, check: SignatureCheck) -> None:
        """`domain` and `url` are the desk's, `chain_id` that of its escrow."""
        self._database, self._check = database, check
        self._domain, self._url, self._chain_id = domain, url, chain_id

    def begin(self, account: str, now: int) -> SignIn:
        """What `account` is to sign; its nonce is good for one use within ten minutes."""
        nonce = secrets.token_hex(16)

        def work(session: DatabaseSession) -> None:
            session.execute(delete(Nonce).where(Nonce.expires_at < now))
            session.add(Nonce(nonce=nonce, expires_at=now + NONCE_SECONDS))

        self._database.write(work)
        return SignIn(
            domain=self._domain,
            account=account,
            uri=self._url,
            chain_id=self._chain_id,
            nonce=nonce,
            issued_at=now,
            expires_at=now + NONCE_SECONDS,
        )

    def sign_in(self, text: str, signature: bytes, now: int) -> Login:
        """A session for whoever signed a message of `begin`. Raises `BadValue`, `BadRequest`, `NotSignedIn`."""
        message = SignIn.parse(text)
        self._hold(message, now)
        with self._database.reading() as session:
            _hold_nonce(session.get(Nonce, message.nonce), now)  # before a contract wallet is asked on the chain
        if not self._check(message.account, message.digest(), signature):
            raise NotSignedIn(f"the signature is not by {message.account}")
        login = Login(
            token=secrets.token_urlsafe(32),
            csrf=secrets.token_urlsafe(24),
            account=message.account,
            expires_at=now + SESSION_SECONDS,
        )
        self._database.write(lambda session: _open(session, message, login, now))
        return login

    def _hold(self, message: SignIn, now: int) -> None:
        """Refuse what was signed for another site, chain or time: a signature that somebody collected elsewhere."""
        cure = "Ask this desk for a new message, and sign that one."
        if (message.domain, message.uri) != (self._domain, self._url):
            raise BadRequest("message", f"it signs in to {message.domain}, and this is {self._domain}", cure)
        if message.chain_id != self._chain_id:
            raise BadRequest("message", f"it is for chain {message.chain_id}, and this is {self._chain_id}", cure)
        if not message.issued_at - _CLOCK_SECONDS <= now < message.expires_at:
            raise BadRequest("message", "its time is over", cure)

    def caller(self, token: str, now: int) -> Caller:
        """Who holds a token. Raises `NotSignedIn`."""
        with self._database.reading() as session:
            found = session.get(Session, hash_of(token))
            if found is None or found.expires_at <= now:
                raise NotSignedIn("there is no such session, or it is over")
            return Caller(account=found.account, csrf=found.csrf, token_hash=found.token_hash)

    def sign_out(self, caller: Caller, *, everywhere: bool = False) -> None:
        """End a session, or all of its account's: somebody else may have one."""
        mine = Session.account == caller.account if everywhere else Session.token_hash == caller.token_hash
        self._database.write(lambda session: session.execute(delete(Session).where(mine)))


def hash_of(token: str) -> str:
    """SHA-256 of a token: what the desk keeps."""
    return hashlib.sha256(token.encode()).hexdigest()


def _open(session: DatabaseSession, message: SignIn, login: Login, now: int) -> None:
    """Use the nonce up, and open the session, in one transaction."""
    session.delete(_hold_nonce(session.get(Nonce, message.nonce), now))
    session.execute(delete(Session).where(Session.expires_at <= now))
    if session.get(Participant, login.account) is None:
        session.add(Participant(account=login.account, created_at=now))
        session.flush()
    session.add(
        Session(
            token_hash=hash_of(login.token),
            account=login.account,
            csrf=login.csrf,
            created_at=now,
            expires_at=login.expires_at,
        )
    )
    events.record(session, at=now, actor=login.account, object="session", object_id=login.account, what="signed in")


def _hold_nonce(nonce: Nonce | None, now: int) -> Nonce:
    if nonce is None or nonce.expires_at <= now:
        raise NotSignedIn("this message was used already, or its time is over")
    return nonce
