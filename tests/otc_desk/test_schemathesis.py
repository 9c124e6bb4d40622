"""Schemathesis against the OpenAPI of the application in this process, as a participant and as an operator.

Every check that it has, over every route, with what the schema allows and what it forbids; nightly more of both, and
each role on both databases.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema
from support.desk import OPERATOR, Participant, client_of
from support.desk_market import checked, confirmed

from ifx_sdk import devnet
from otc_desk.app import create_app
from otc_desk.chain_index import advance
from otc_desk.desk import Desk

NIGHTLY = settings().max_examples > 100
EXAMPLES = 400 if NIGHTLY else 5
"""For each route and role."""
BOTH = ["sqlite", "postgresql"]
CONFIG = {
    # Of the right shape, and refused for what it says, such as a day in the past; or by a guard, such as a control
    # character in a path, which no schema of a text forbids. 304 is no refusal: an If-None-Match may fit, as `*` does.
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 304, 400, 401, 403, 404, 409, 422]}},
    "generation": {"database": "none", "deterministic": not NIGHTLY},
}


def loaded(desk: Desk, index: int) -> BaseSchema:
    """The application's schema on a desk with an agreement, with the token of a dev key on every request."""
    client = client_of(desk)
    operator, long, short = (Participant(client, each) for each in (OPERATOR, devnet.LONG, devnet.SHORT))
    checked(desk, operator, long, "long")
    checked(desk, operator, short, "short")
    confirmed(operator)
    advance(desk)
    config = SchemathesisConfig.from_dict(CONFIG | {"headers": Participant(client, index).headers})
    return schemathesis.openapi.from_asgi("/api/openapi.json", create_app(desk), config=config)


@pytest.fixture
def as_participant(desk: Desk) -> BaseSchema:
    """What the long meets."""
    return loaded(desk, devnet.LONG)


@pytest.fixture
def as_operator(desk: Desk) -> BaseSchema:
    """What an operator meets."""
    return loaded(desk, OPERATOR)


PATIENT = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("database_url", BOTH if NIGHTLY else BOTH[:1], indirect=True)
@schemathesis.pytest.from_fixture("as_participant").parametrize()
@PATIENT
def test_schemathesis_finds_nothing_as_a_participant(case: Case) -> None:
    """No fault, no answer or value that the OpenAPI does not know, no way around signing in."""
    case.call_and_validate()


@pytest.mark.parametrize("database_url", BOTH if NIGHTLY else BOTH[1:], indirect=True)
@schemathesis.pytest.from_fixture("as_operator").parametrize()
@PATIENT
def test_schemathesis_finds_nothing_as_an_operator(case: Case) -> None:
    """The same with what only operators may do."""
    case.call_and_validate()
