"""From checked requests to final terms: what could be matched now, and the match that an operator or the desk confirms.

The chain is asked first, outside of any transaction; the transaction then holds everything against the rows as they
are, so that a request that went away meanwhile is not matched, and one that was matched is not matched again.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from ifx_sdk.calendar import day_of
from ifx_sdk.errors import BadTerms
from ifx_sdk.terms import SALT_BYTES, ZERO_ADDRESS, Domain
from otc_desk import events
from otc_desk.agreements import open_agreement
from otc_desk.db.tables import Agreement, Match, Participant, Request
from otc_desk.desk import Desk
from otc_desk.errors import DeskError, NotFound, NotNow, WrongState
from otc_desk.ids import is_id, new_id
from otc_desk.logs import logger
from otc_desk.matching import Apart, OpenRequest, Pair, matches, pair_of, why_not
from otc_desk.references import Reference, read_reference, read_references
from otc_desk.requests import move_request, split
from otc_desk.states import AgreementState, RequestState
from otc_desk.tenors import averaging_on, indicative_on, maturity_on
from otc_desk.terms import final_terms

_REFUSED: Final = (AgreementState.DECLINED, AgreementState.EXPIRED)
"""Terms that a side did not want; those that failed for another reason may be made anew."""
_MATCHED_BY: Final[tuple[Any, ...]] = (
    Request.id,
    Request.family,
    Request.account,
    Request.side,
    Request.underlying,
    Request.quantity,
    Request.months,
    Request.maturity,
    Request.averaging_days,
    Request.limit_price,
    Request.created_at,
)
"""The columns that matching looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A pair as its confirmer saw it: what was confirmed is what is sent, or nothing."""

    long: str
    """Id of the long's request."""
    short: str
    """Id of the short's request."""
    quantity: int
    """Mtok."""
    price: int
    """micro-USDT per Mtok."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the chain said about a pair, before the transaction that makes its terms."""

    reference: Reference | None
    """Of the underlying; None where there is no such pair of requests."""
    contract_wallet: bool
    """Whether one of the two accounts has code."""
    domain: Domain
    """The escrow's, under which both sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All requests that can be matched, as of one moment."""

    requests: tuple[OpenRequest, ...]
    """Checked and valid, resolved on the newest fixings."""
    apart: Apart
    """Who is not brought together again."""

    def pairs(self) -> tuple[Pair, ...]:
        """What could be matched, best first."""
        return matches(self.requests, self.apart)

    def why_not(self, id: str) -> tuple[tuple[OpenRequest, str | None], ...]:
        """For one request: every other of its underlying, and why they do not fit (None: they do).

        Raises `NotFound` for a request that is not on the board.
        """
        one = next((each for each in self.requests if each.id == id), None)
        if one is None:
            raise NotFound("open request")
        others = (each for each in self.requests if each.id != id and each.underlying == one.underlying)
        return tuple((other, _reason(one, other, self.apart)) for other in others)


def board(desk: Desk) -> Board:
    """Every open request on the newest fixings. Raises `NotNow`."""
    now = desk.now()
    with desk.database.reading() as session:
        rows = _checked(session, now)
        names, apart = _names(session, {row.account for row in rows}), _apart(session)
    references = read_references(desk.ifx, {row.underlying for row in rows})
    found = (resolved(row, references[row.underlying], names, now) for row in rows)
    return Board(requests=tuple(found), apart=apart)


def facts(desk: Desk, confirmation: Confirmation) -> Facts:
    """Ask the chain what the terms of a pair need. Raises `NotNow`."""
    domain = desk.ifx.escrow.domain()
    with desk.database.reading() as session:
        rows = [_row(session, id) for id in (confirmation.long, confirmation.short)]
        found = [(row.underlying, row.account) for row in rows if row is not None]
    if len(found) != 2:
        return Facts(reference=None, contract_wallet=False, domain=domain)
    return Facts(
        reference=read_reference(desk.ifx, found[0][0]),
        contract_wallet=any(desk.wallets.has_code(account) for _, account in found),
        domain=domain,
    )


def confirm(
    session: Session, confirmation: Confirmation, known: Facts, now: int, *, operator: str | None = None
) -> Agreement:
    """Match two requests and send their final terms, in one transaction; `operator` is None where the desk does it.

    Raises `NotFound`, `NotNow` before today's fixing, `WrongState` where the two do not fit or not as confirmed.
    """
    rows = [_row(session, id) for id in (confirmation.long, confirmation.short)]
    if rows[0] is None or rows[1] is None or known.reference is None:
        raise NotFound("pair of requests")
    pair = _pair(session, (rows[0], rows[1]), confirmation, known.reference, now)
    terms = final_terms(
        pair,
        spot=known.reference.spot,
        now=now,
        contract_wallet=known.contract_wallet,
        escrow=known.domain.contract,
        salt=secrets.token_bytes(SALT_BYTES),
    )
    actor = operator or events.DESK
    match = _record_match(session, confirmation, operator or ZERO_ADDRESS, actor, now)
    agreement = open_agreement(session, terms, known.domain, now, match.id, actor=actor)
    for row in (rows[0], rows[1]):
        split(session, row, pair.quantity, now)
        row.maturity = terms.maturity
        move_request(session, row, RequestState.MATCHED, actor, now, {"match": match.id})
        row.agreement = agreement.id
        move_request(session, row, RequestState.TERMS_SENT, actor, now, {"agreement": agreement.id})
    session.flush()
    return agreement


def match_all(desk: Desk) -> int:
    """Where matching is automatic: send the terms of every pair that fits now, best first; how many were sent.

    Raises `NotNow`. A pair that does not hold any more is left for the next round.
    """
    sent = 0
    for pair in board(desk).pairs():
        wanted = Confirmation(long=pair.long.id, short=pair.short.id, quantity=pair.quantity, price=pair.price)
        known, now = facts(desk, wanted), desk.now()
        try:
            desk.database.write(_sender(wanted, known, now))
        except (DeskError, BadTerms) as error:
            logger().info("no match", long=wanted.long, short=wanted.short, why=error.what)
        else:
            sent += 1
    return sent


def resolved(row: Request | Row[Any], reference: Reference, names: Mapping[str, str], now: int) -> OpenRequest:
    """A row, or as much of it as `board` reads, as it stands today on its underlying's newest fixing."""
    today = day_of(now)
    maturity = maturity_on(today, row.months, row.maturity)
    averaging_days = averaging_on(today, row.months, maturity, row.averaging_days)
    limit = row.limit_price
    if limit is None:
        limit = indicative_on(today, reference.spot, maturity, averaging_days)
    return OpenRequest(
        id=row.id,
        family=row.family,
        account=row.account,
        participant=names.get(row.account) or row.account,
        side="long" if row.side == "long" else "short",
        underlying=row.underlying,
        quantity=row.quantity,
        maturity=maturity,
        averaging_days=averaging_days,
        limit=limit,
        spot=reference.spot,
        today=today,
        lot=reference.lot,
        time=row.created_at,
    )


# --------------------------------------------------------------------------------------------------------- inside


def _pair(
    session: Session, rows: tuple[Request, Request], confirmation: Confirmation, reference: Reference, now: int
) -> Pair:
    """The pair of two rows as it is now, held against what was confirmed."""
    for row in rows:
        if row.state != RequestState.CHECKED or row.valid_until < now:
            state = row.state if row.state != RequestState.CHECKED else "not valid any more"
            raise WrongState(f"request {row.id} cannot be matched", state, "GET /api/operator/matches for what can.")
    if reference.day != day_of(now):
        raise NotNow(f"today's fixing of {reference.underlying} is not posted yet")
    names = _names(session, {row.account for row in rows})
    long, short = (resolved(row, reference, names, now) for row in rows)
    reason = why_not(long, short, _apart(session))
    if reason is not None:
        raise WrongState("the two requests do not fit", reason, "GET /api/operator/matches for those that do.")
    pair = pair_of(long, short)
    if (pair.quantity, pair.price) != (confirmation.quantity, confirmation.price):
        raise WrongState("the match", "not what was confirmed any more", "Look at it anew, then confirm it.")
    return pair


def _record_match(session: Session, confirmation: Confirmation, by: str, actor: str, now: int) -> Match:
    match = Match(
        id=new_id(),
        long_request=confirmation.long,
        short_request=confirmation.short,
        quantity=confirmation.quantity,
        price=confirmation.price,
        confirmed_by=by,
        created_at=now,
    )
    session.add(match)
    session.flush()
    detail = {"long": match.long_request, "short": match.short_request, "quantity": match.quantity}
    detail |= {"price": match.price}
    events.record(session, at=now, actor=actor, object="match", object_id=match.id, what="confirmed", detail=detail)
    return match


def _sender(wanted: Confirmation, known: Facts, now: int) -> Callable[[Session], Agreement]:
    return lambda session: confirm(session, wanted, known, now)


def _reason(one: OpenRequest, other: OpenRequest, apart: Apart) -> str | None:
    long, short = (one, other) if one.side == "long" else (other, one)
    return why_not(long, short, apart)


def _row(session: Session, id: str) -> Request | None:
    return session.get(Request, id) if is_id(id) else None


def _checked(session: Session, now: int) -> Sequence[Row[Any]]:
    """What `resolved` wants of each open request: ten thousand whole rows, tracked for changes, take half a second."""
    query = select(*_MATCHED_BY).where(Request.state == RequestState.CHECKED, Request.valid_until >= now)
    return session.execute(query.order_by(Request.id)).all()


def _names(session: Session, accounts: Iterable[str]) -> dict[str, str]:
    """Account -> the name behind it, as far as it is told, however it is written: one name is one participant."""
    known = session.execute(select(Participant.account, Participant.name).where(Participant.name != ""))
    wanted = set(accounts)
    return {account: " ".join(name.split()).casefold() for account, name in known if account in wanted}


def _apart(session: Session) -> Apart:
    long, short = aliased(Request), aliased(Request)
    query = (
        select(long.family, short.family)
        .join(Match, Match.long_request == long.id)
        .join(short, Match.short_request == short.id)
        .join(Agreement, Agreement.match == Match.id)
        .where(Agreement.state.in_(_REFUSED))
    )
    return frozenset((first, second) for first, second in session.execute(query))
