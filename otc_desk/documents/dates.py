"""The dates of a forward as an iCalendar file (RFC 5545). Pure: its stamps are the document's own date."""

from datetime import UTC, datetime

from icalendar import Calendar, Event

from ifx_sdk.calendar import SECONDS_PER_DAY
from otc_desk.documents import shared
from otc_desk.documents.facts import Facts
from otc_desk.documents.words import when


def calendar_file(facts: Facts) -> bytes:
    """Deadline while it is not booked, averaging, maturity, and when the price is certain at the latest. UTC."""
    calendar = Calendar()
    calendar.add("prodid", "-//IFX//OTC desk//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for name, at, summary, what in _dates(facts):
        event = Event()
        event.add("uid", f"{facts.id.hex()}-{name}@ifx")
        event.add("dtstamp", _utc(facts.booked_at or facts.sent_at))
        event.add("dtstart", _utc(at))
        event.add("summary", summary)
        event.add("description", f"{what}\n{when(at, facts.zone)}\nForward 0x{facts.id.hex()}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=True))


def _dates(facts: Facts) -> list[tuple[str, int, str, str]]:
    terms = facts.first
    name = shared.subtitle(facts)
    found = []
    if facts.booked is None:
        text = "Terms that are not booked by then lock nothing and can never be booked."
        found.append(("deadline", terms.deadline, f"IFX: last second to book {name}", text))
    if terms.averaging_days > 1:
        text = f"From this day on {terms.averaging_days} daily fixings make the settlement price."
        found.append(("averaging", shared.averaging_start(facts), f"IFX: averaging starts, {name}", text))
    text = "Anyone can settle from now on, once the price is certain; then withdraw."
    found.append(("maturity", terms.maturity, f"IFX: maturity of {name}", text))
    latest = terms.maturity + 3 * SECONDS_PER_DAY
    text = "At the latest now the settlement price is certain, whatever the oracle did."
    found.append(("certain", latest, f"IFX: price certain at the latest, {name}", text))
    return found


def _utc(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
