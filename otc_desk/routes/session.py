"""Sign in with a wallet, and out."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from ifx_sdk.terms import parse_address
from otc_desk.desk import Desk
from otc_desk.errors import BadRequest
from otc_desk.routes.callers import CallerOf, DeskOf, cookie_of
from otc_desk.sessions import SESSION_SECONDS

router = APIRouter(prefix="/session", tags=["session"])


class Message(BaseModel):
    """What a wallet is to sign."""

    message: str = Field(description="An EIP-4361 message; sign it as it is (personal_sign).")


class SignedMessage(BaseModel):
    """A message of this desk with a wallet's signature."""

    model_config = ConfigDict(extra="forbid")

    message: str = Field(max_length=1_000, description="The message as it came.")
    signature: str = Field(
        max_length=4_200, pattern=r"^0x([0-9a-fA-F]{2})*$", description="65 bytes, or what a contract wallet accepts."
    )
    cookie: bool = Field(default=False, description="True for a page: the token comes in a cookie alone.")


class SignedIn(BaseModel):
    """A session."""

    account: str = Field(description="Who signed in, checksummed.")
    token: str | None = Field(description="Bearer token; null where it is in the cookie.")
    csrf: str = Field(description="A page sends it as X-CSRF-Token with every write.")
    expires_at: int = Field(description="Unix seconds UTC.")


class Whoami(BaseModel):
    """Who is asking."""

    account: str = Field(description="Checksummed.")
    operator: bool = Field(description="Whether it may check requests and confirm matches.")
    csrf: str = Field(description="A page that was loaded anew sends it as X-CSRF-Token with every write.")


@router.get("/message", summary="What to sign")
def message(desk: DeskOf, account: Annotated[str, Query(max_length=42, description="Who signs in.")]) -> Message:
    """A message for one sign-in within ten minutes."""
    return Message(message=desk.sessions.begin(parse_address(account), desk.now()).text())


@router.post("", summary="Sign in", status_code=201)
def sign_in(desk: DeskOf, body: SignedMessage, response: Response) -> SignedIn:
    """A session for whoever signed. A contract wallet is asked (ERC-1271)."""
    try:
        signature = bytes.fromhex(body.signature[2:])
    except ValueError as error:
        raise BadRequest("signature", "it is not hexadecimal", "Send 0x and digits.") from error
    login = desk.sessions.sign_in(body.message, signature, desk.now())
    if body.cookie:
        response.set_cookie(cookie_of(desk), login.token, max_age=SESSION_SECONDS, **_hardened(desk))
    return SignedIn(
        account=login.account,
        token=None if body.cookie else login.token,
        csrf=login.csrf,
        expires_at=login.expires_at,
    )


@router.get("", summary="Who is signed in")
def whoami(desk: DeskOf, caller: CallerOf) -> Whoami:
    """The caller's account."""
    return Whoami(account=caller.account, operator=desk.is_operator(caller.account), csrf=caller.csrf)


@router.delete("", summary="Sign out", status_code=204)
def sign_out(
    desk: DeskOf,
    caller: CallerOf,
    response: Response,
    everywhere: Annotated[bool, Query(description="True: end all sessions of the account.")] = False,
) -> None:
    """End the session, or with `everywhere` every one of the account."""
    desk.sessions.sign_out(caller, everywhere=everywhere)
    response.delete_cookie(cookie_of(desk), **_hardened(desk))


def _hardened(desk: Desk) -> dict[str, Any]:
    """For this host and its own pages alone, and no script's to read."""
    return {
        "path": "/",
        "secure": desk.settings.url.startswith("https://"),
        "httponly": True,
        "samesite": "strict",
    }
