"""What a notice says: what happened, what to do next, until when. Pure, plain words, no contact data.

An event that needs nobody's attention makes no notice. Whoever caused an event is told only where others may have acted
in its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from ifx_sdk.calendar import format_time
from ifx_sdk.endings import Termination
from ifx_sdk.money import format_price, format_quantity
from ifx_sdk.signing import Message
from ifx_sdk.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A notice's words."""

    type: str
    """Object and what happened, such as `agreement.sent`: what a program goes by."""
    title: str
    """One line."""
    text: str
    """What happened."""
    next: str
    """What to do next, or that there is nothing to do."""
    until: int | None = field(default=None)
    """Unix seconds UTC until which it can be done; None where no time presses."""


_NOTHING = "Nothing to do."
_NOT_YOU = "If that was not you, end every session (DELETE /api/session?everywhere=true) and write to the operator."
_AFTER = {
    "expired": "Nothing to do: the contract takes it no more.",
    "declined": "The desk does not execute it. If you approved it, `ifx revoke` keeps everybody else from it too.",
    "failed": "Nothing to do: the contract refuses it for good.",
}


def about_request(what: str, detail: Mapping[str, Any], name: str, valid_until: int) -> Said | None:
    """To a request's author; `name` is the request in a few words. None for what it did itself, or needs no word."""
    reason = str(detail.get("reason", ""))
    if what == "checked" and "agreement" in detail:
        why = f"The terms that it was matched for came to nothing: {_ended(reason) or 'see the agreement.'}"
        return Said(
            type="request.open_again",
            title=f"Your request is open again: {name}",
            text=why,
            next="It is matched again by itself. Withdraw it if you no longer want it.",
            until=valid_until,
        )
    if what == "checked":
        text = "It can be matched from now on. Nothing is locked, and your name is shown with final terms only."
        return Said(
            type="request.checked",
            title=f"Your request was checked: {name}",
            text=text,
            next=_NOTHING,
            until=valid_until,
        )
    if what == "rejected":
        return Said(
            type="request.rejected",
            title=f"Your request was rejected: {name}",
            text=_ended(reason) or "The operator gave no reason.",
            next="Write a new request that meets the reason.",
        )
    if what == "expired":
        text = "Its validity is over. Nothing was booked from it."
        return Said(
            type="request.expired",
            title=f"Your request expired: {name}",
            text=text,
            next="Write a new one if you like.",
        )
    return None


def to_operator(name: str) -> Said:
    """To an operator: a request waits."""
    return Said(
        type="request.submitted",
        title=f"A request waits for your check: {name}",
        text="A participant submitted it.",
        next="Check or reject it: GET /api/operator/requests lists it.",
    )


def about_agreement(
    what: str, detail: Mapping[str, Any], message: Message, *, is_first: bool, own_role: str
) -> Said | None:
    """To one party of an agreement. `is_first` tells its first event from a step back; `own_role` is the reader's."""
    name, kind = named(message), _kind(message)
    done = {"terms": "booked", "termination": "executed", "novation": "executed"}[kind]
    reason = _ended(str(detail.get("reason", "")))
    if what == "sent" and is_first:
        return _sent(message, name, kind)
    if what == "sent":
        text = "An approval no longer holds, so it is not executed as it stands."
        again = "Look at the approvals, and approve again if yours is missing."
        return _of(what, "open_again", f"{kind.capitalize()} wait again: {name}", text, again, message.deadline)
    if what == "approved by one":
        role = str(detail.get("role", ""))
        if role == own_role:
            return None
        text = f"The {role} approved."
        again = "Approve it, or decline it, if you have not done so."
        return _of(what, "approved_by_one", f"The {role} approved: {name}", text, again, message.deadline)
    if what == "approval lapsed":
        role, why = str(detail.get("role", "")), _ended(str(detail.get("why", "")))
        again = "Approve it again." if role == own_role else "Nothing to do; the other side must approve again."
        return _of(what, "approval_lapsed", f"The {role}'s approval lapsed: {name}", why, again, message.deadline)
    if what == "approved":
        text = "All whom it concerns approved. The desk sends it to the chain."
        again = "Keep balance and allowance as they are until it is on the chain."
        return _of(what, "approved", f"All approved: {name}", text, again, message.deadline)
    if what == "waits":
        return _waits(detail, name, own_role, message.deadline)
    if what == "done":
        text = f"It is {done} on the chain, in transaction {detail.get('tx_hash', '')}. It is not final yet."
        again = "Nothing to do. Another notice tells when it is final."
        return _of(what, "done", f"{done.capitalize()}: {name}", text, again)
    if what == "final":
        text = f"The chain can no longer undo it: transaction {detail.get('tx_hash', '')}."
        return _of(what, "final", f"Final: {name}", text, "Fetch the documents: GET /api/documents.")
    if what == "undone":
        text = "The chain undid the block that it was in. The desk sends it again while its deadline lasts."
        again = "Keep balance and allowance as they are."
        return _of(what, "undone", f"Undone by the chain: {name}", text, again, message.deadline)
    if what in ("expired", "declined", "failed"):
        text = f"{reason} Nothing was {done}.".strip()
        return _of(what, what, f"Came to nothing ({what}): {name}", text, _AFTER[what])
    return None


def about_maturity(name: str) -> Said:
    """To a side: the maturity has come."""
    return Said(
        type="forward.matured",
        title=f"Maturity has come: {name}",
        text="Anyone can settle it once its price is certain, at the latest three days after maturity.",
        next="Run `ifx settle` with its id, or wait until somebody does.",
    )


def about_settlement(name: str, payout: str, price: int, tx_hash: str) -> Said:
    """To a side: it was paid out. `payout` is this side's, with its unit."""
    return Said(
        type="forward.settled",
        title=f"Settled at {format_price(price)}: {name}",
        text=f"Your free balance in the escrow rose by {payout}, in transaction {tx_hash}.",
        next="Withdraw with `ifx withdraw`, whenever you like. The statement is in GET /api/documents.",
    )


def about_participant(what: str, detail: Mapping[str, Any]) -> Said | None:
    """To an account whose profile was changed: somebody who should not may have. None for what needs no word."""
    if what == "webhook off":
        return about_webhook()
    if what == "changed":
        text = f"Changed: {', '.join(detail.get('fields', ()))}."
        return Said(type="participant.changed", title="Your profile was changed", text=text, next=_NOT_YOU)
    if what == "email confirmed":
        return Said(
            type="participant.email_confirmed",
            title="Your e-mail address is confirmed",
            text="Notices go there from now on.",
            next=_NOT_YOU,
        )
    return None


def to_new_address(account: str, code: str, until: int) -> Said:
    """To an address that somebody wrote into a profile, perhaps not their own: no word of theirs stands in it."""
    return Said(
        type="address.code",
        title="Confirm your e-mail address",
        text=f"Whoever signed in to the desk as {account} wants its notices here. The code is {code}",
        next="If that was you, write the code into your profile at the desk, or run `ifx profile confirm` with it. "
        "If not, do nothing: no other mail comes without it. Give the code to nobody.",
        until=until,
    )


def to_old_address(account: str) -> Said:
    """To a confirmed address that was taken out of a profile: perhaps by a thief of a session."""
    return Said(
        type="address.gone",
        title="Your e-mail address was taken out of a profile",
        text=f"The desk mails the notices of {account} here no longer: its profile was changed.",
        next=_NOT_YOU,
    )


def about_webhook() -> Said:
    """To an account whose webhook failed for days."""
    return Said(
        type="participant.webhook_off",
        title="Your webhook is switched off",
        text="It failed for days. Nothing is posted there any more; notices are kept.",
        next="Repair it, then replay a notice: POST /api/notices/{id}/replay switches it on again.",
    )


def named(message: Message) -> str:
    """A message in a few words."""
    if isinstance(message, Terms):
        price = format_price(message.price)
        return f"{message.underlying}, {format_quantity(message.quantity)} at {price}"
    what = "termination" if isinstance(message, Termination) else "novation"
    return f"{what} of forward 0x{message.forward.hex()[:8]}"


def times(timestamp: int, zone: str) -> dict[str, object]:
    """A time for programs and people: unix seconds, UTC, and the reader's zone."""
    return {"unix": timestamp, "text": format_time(timestamp, ZoneInfo(zone or "UTC"))}


def _sent(message: Message, name: str, kind: str) -> Said:
    if isinstance(message, Terms):
        text = "Final terms were made for your request. They bind nobody until both sides approve."
        title = f"Final terms wait for your approval: {name}"
    else:
        text, title = f"A {kind} was proposed. It binds nobody until all whom it names approve.", f"Proposed: {name}"
    again = (
        "Read it, compare its digests on a second device, then approve or decline it. Whoever approves first gives the "
        "others an option until the deadline."
    )
    return Said(type="agreement.sent", title=title, text=text, next=again, until=message.deadline)


def _waits(detail: Mapping[str, Any], name: str, own_role: str, deadline: int) -> Said:
    """What stands against booking: the reader's own problems with their cures, the others' without."""
    problems = [each for each in detail.get("problems", ()) if isinstance(each, Mapping)]
    own = [each for each in problems if each.get("who") == own_role]
    text = " ".join(_ended(str(each.get("what", ""))) for each in problems)
    again = " ".join(_ended(str(each.get("cure", ""))) for each in own) or "Nothing for you to do; the desk asks again."
    return _of("waits", "waits", f"It waits: {name}", text, again, deadline)


def _of(what: str, slug: str, title: str, text: str, again: str, until: int | None = None) -> Said:
    return Said(type=f"agreement.{slug}", title=title, text=text or what, next=again, until=until)


def _kind(message: Message) -> str:
    if isinstance(message, Terms):
        return "terms"
    return "termination" if isinstance(message, Termination) else "novation"


def _ended(text: str) -> str:
    """A reason as a sentence."""
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
