"""The caller's own profile."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from otc_desk import addresses, participants
from otc_desk.db.tables import Participant
from otc_desk.once import Written
from otc_desk.problems import problem_body
from otc_desk.routes.callers import CallerOf, DeskOf, IdempotencyKey, write_once
from otc_desk.routes.models import PLAIN, Input, Output

router = APIRouter(prefix="/participants", tags=["participants"])


class ProfileIn(Input):
    """All of it: what is left out is emptied."""

    name: str = Field(
        default="", max_length=200, pattern=PLAIN, description="Legal name; the other side of terms reads it."
    )
    email: str = Field(
        default="",
        max_length=320,
        pattern=PLAIN,
        description="Where notices go once it is confirmed; nobody else reads it.",
    )
    webhook: str = Field(
        default="", max_length=2_000, pattern=PLAIN, description="https URL that notices are posted to."
    )
    zone: str = Field(
        default="",
        max_length=64,
        pattern=r"^[A-Za-z0-9_+/-]*$",
        description="IANA time zone that notices show beside UTC, such as Europe/Berlin.",
    )


class CodeIn(Input):
    """What the mail says."""

    code: str = Field(
        min_length=1,
        max_length=40,
        pattern=PLAIN,
        description="Twelve letters and digits; hyphens, spaces and case make no difference.",
    )


class ProfileOut(Output):
    """What the desk knows of the caller."""

    account: str = Field(description="Checksummed.")
    name: str = Field(description="Legal name; the other side of terms reads it.")
    email: str = Field(description="Where notices go once it is confirmed.")
    email_confirmed_at: int | None = Field(
        description="When it was confirmed by the code that was mailed there, unix seconds UTC; null: not yet, and "
        "nothing but a code is mailed there."
    )
    webhook: str = Field(description="URL that notices are posted to.")
    webhook_secret: str = Field(description="Standard Webhooks secret that they are signed with; empty for none.")
    webhook_off_at: int | None = Field(
        description="Since when nothing is posted, because it failed for days; replaying a notice switches it on again."
    )
    zone: str = Field(description="IANA time zone that notices show beside UTC; empty for UTC alone.")
    created_at: int = Field(description="First sign-in, unix seconds UTC.")

    @classmethod
    def of(cls, row: Participant) -> "ProfileOut":
        """From the row."""
        return cls.model_validate({name: getattr(row, name) for name in cls.model_fields})


@router.get("/me", summary="Your profile")
def me(desk: DeskOf, caller: CallerOf) -> ProfileOut:
    """Nobody else reads more of it than the name."""
    with desk.database.reading() as session:
        return ProfileOut.of(participants.participant(session, caller.account))


@router.put("/me", summary="Change your profile", response_model=ProfileOut)
def change(
    request: Request, desk: DeskOf, caller: CallerOf, body: ProfileIn, key: IdempotencyKey = None
) -> JSONResponse:
    """The whole profile. A new webhook gets a new secret; a new address gets a code by mail, and an old one that was
    confirmed is told that it is out."""
    profile, now = participants.Profile(**body.model_dump()), desk.now()
    plain_http = desk.settings.url.startswith("http://")

    def work(session: Session) -> Written:
        row = participants.change(
            session, caller.account, profile, now, plain_http=plain_http, mails=desk.settings.mail is not None
        )
        return _answer(row)

    return write_once(request, desk, caller, key, body.model_dump_json().encode(), work)


@router.post("/me/email/code", summary="Have another code mailed", response_model=ProfileOut)
def send_code(request: Request, desk: DeskOf, caller: CallerOf, key: IdempotencyKey = None) -> JSONResponse:
    """To the address of your profile; the code before is void. Once a minute, six in a day."""
    now, mails = desk.now(), desk.settings.mail is not None

    def work(session: Session) -> Written:
        row = participants.participant(session, caller.account)
        addresses.again(session, row, now, mails=mails)
        return _answer(row)

    return write_once(request, desk, caller, key, b"", work)


@router.post("/me/email/confirm", summary="Confirm your e-mail address", response_model=ProfileOut)
def confirm(request: Request, desk: DeskOf, caller: CallerOf, body: CodeIn, key: IdempotencyKey = None) -> JSONResponse:
    """By the code that was mailed there: it holds for an hour, once, and five wrong ones end it."""
    now = desk.now()

    def work(session: Session) -> Written:
        row = participants.participant(session, caller.account)
        if addresses.confirm(session, row, body.code, now):
            return _answer(row)
        # An answer, not an exception: what is raised undoes the write, and with it the count of wrong codes.
        title = "code: it is not the code that was mailed last, or it holds no longer"
        cure = "Read the newest mail, or have another code sent: POST /api/participants/me/email/code."
        return Written(status=422, body=problem_body(422, "bad-request", title, cure, field="code"))

    return write_once(request, desk, caller, key, body.model_dump_json().encode(), work)


def _answer(row: Participant) -> Written:
    return Written(status=200, body=ProfileOut.of(row).model_dump(mode="json"))
