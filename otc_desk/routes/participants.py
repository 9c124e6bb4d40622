"""The caller's own profile."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from otc_desk import participants
from otc_desk.db.tables import Participant
from otc_desk.once import Written
from otc_desk.routes.callers import CallerOf, DeskOf, IdempotencyKey, write_once
from otc_desk.routes.models import PLAIN, Input, Output

router = APIRouter(prefix="/participants", tags=["participants"])


class ProfileIn(Input):
    """All of it: what is left out is emptied."""

    name: str = Field(
        default="", max_length=200, pattern=PLAIN, description="Legal name; the other side of terms reads it."
    )
    email: str = Field(default="", max_length=320, pattern=PLAIN, description="Where notices go; nobody else reads it.")
    webhook: str = Field(
        default="", max_length=2_000, pattern=PLAIN, description="https URL that notices are posted to."
    )
    zone: str = Field(
        default="",
        max_length=64,
        pattern=r"^[A-Za-z0-9_+/-]*$",
        description="IANA time zone that notices show beside UTC, such as Europe/Berlin.",
    )


class ProfileOut(Output):
    """What the desk knows of the caller."""

    account: str = Field(description="Checksummed.")
    name: str = Field(description="Legal name; the other side of terms reads it.")
    email: str = Field(description="Where notices go.")
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
    """The whole profile; a new webhook gets a new secret."""
    profile, now = participants.Profile(**body.model_dump()), desk.now()
    plain_http = desk.settings.url.startswith("http://")

    def work(session: Session) -> Written:
        row = participants.change(session, caller.account, profile, now, plain_http=plain_http)
        return Written(status=200, body=ProfileOut.of(row).model_dump(mode="json"))

    return write_once(request, desk, caller, key, body.model_dump_json().encode(), work)
