"""The migrations give exactly the tables that the code knows, on both databases and both ways; what is fixed stays."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.exc import DatabaseError

from ifx_sdk.devkeys import dev_address
from otc_desk import events
from otc_desk.db import migrate
from otc_desk.db.engine import Database
from otc_desk.db.tables import Match, Participant, Request, Table

NOW = 1_784_073_600
EVENTS, MATCHES = "the audit trail is append-only", "a match stands as it was confirmed"
CHANGES = {
    "UPDATE events SET what = 'other' WHERE seq = 1": EVENTS,
    "UPDATE events SET hash = hash": EVENTS,
    "DELETE FROM events": EVENTS,
    "UPDATE matches SET price = price + 1": MATCHES,
    "DELETE FROM matches WHERE quantity > 0": MATCHES,
}
"""Statement -> why it is refused."""
MORE = {
    "sqlite": {
        "INSERT OR REPLACE INTO events SELECT * FROM events": EVENTS,
        "REPLACE INTO matches SELECT * FROM matches": MATCHES,
        "INSERT INTO events SELECT * FROM events WHERE true ON CONFLICT (seq) DO UPDATE SET what = 'x'": EVENTS,
    },
    "postgresql": {
        "TRUNCATE events CASCADE": EVENTS,
        "TRUNCATE matches CASCADE": MATCHES,
        "INSERT INTO events SELECT * FROM events ON CONFLICT (seq) DO UPDATE SET what = 'x'": EVENTS,
    },
}
"""The same by what one database alone has."""


@pytest.fixture
def bare(bare_url: str) -> Iterator[Database]:
    """A database without a table."""
    with closing(Database(bare_url)) as found:
        yield found


@pytest.fixture
def filled(database_url: str) -> Iterator[Database]:
    """A migrated database with an event and a match."""
    with closing(Database(database_url)) as found:
        account = dev_address(2)
        with found.writing() as session:
            events.record(session, at=NOW, actor="desk", object="match", object_id="M", what="made")
            session.add(row(Participant, account=account))
            session.flush()
            session.add_all(row(Request, id=side, account=account, side=side) for side in ("long", "short"))
            session.flush()
            session.add(row(Match, id="M", long_request="long", short_request="short", price=7_450_000))
        yield found


def row(table: type[Table], **given: object) -> Table:
    """A row with what is given, and a one in every other column that must hold something."""
    columns = table.__table__.columns
    needed = [each for each in columns if not each.nullable and each.default is None and each.name not in given]
    return table(**given, **{each.name: "1" if each.type.python_type is str else 1 for each in needed})


def differences(database: Database) -> list[object]:
    """What a migration would have to change to give the tables of the code."""
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=options), Table.metadata)
        return found


def checks(database: Database) -> set[str]:
    """Names of the check constraints that are there: the comparison does not look at them."""
    there = inspect(database.engine).get_multi_check_constraints()
    return {str(each["name"]) for found in there.values() for each in found}


def tables(database: Database) -> set[str]:
    """Those that are there."""
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def test_migrations_give_the_tables_of_the_code_up_down_and_up(bare: Database) -> None:
    """Nothing differs at the top, nothing is left at the bottom, and the top can be reached again."""
    for _ in range(2):
        migrate.upgrade(bare)
        assert migrate.current(bare) == migrate.newest()
        assert differences(bare) == []
        assert checks(bare) == {
            str(each.name)
            for table in Table.metadata.tables.values()
            for each in table.constraints
            if isinstance(each, CheckConstraint)
        }
        assert tables(bare) == set(Table.metadata.tables)
        migrate.downgrade(bare, "base")
        assert migrate.current(bare) is None
        assert tables(bare) == set()


def test_a_migration_is_told_apart_from_the_tables(bare: Database) -> None:
    """The comparison above sees a column that is missing and one too many."""
    migrate.upgrade(bare)
    with bare.engine.begin() as connection:
        connection.execute(text("ALTER TABLE nonces ADD COLUMN more INTEGER"))
        connection.execute(text("ALTER TABLE matches DROP COLUMN confirmed_by"))
    assert len(differences(bare)) == 2


def test_nothing_of_the_migrations_is_left_behind(bare: Database) -> None:
    """Neither a trigger nor a function of theirs survives the way down."""
    migrate.upgrade(bare)
    migrate.downgrade(bare, "base")
    query = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
        if bare.is_sqlite
        else "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    with bare.engine.connect() as connection:
        assert connection.execute(text(query)).scalar() == 0


def test_what_is_fixed_cannot_be_changed_by_any_statement(filled: Database) -> None:
    """Audit trail and matches refuse every statement that would change or remove a row; adding one is allowed."""
    refused = CHANGES | MORE[filled.engine.dialect.name]
    for statement, why in refused.items():
        with pytest.raises(DatabaseError, match=why), filled.engine.begin() as connection:
            connection.execute(text(statement))
    with filled.writing() as session:
        events.record(session, at=NOW, actor="desk", object="match", object_id="M", what="again")
    with filled.reading() as session:
        assert list(events.verify(session)) == []
        assert session.get_one(Match, "M").price == 7_450_000


def test_the_trail_finds_what_was_changed_behind_its_back(filled: Database) -> None:
    """Whoever takes the triggers away can change a row, and `verify` names it."""
    with filled.engine.begin() as connection:
        for trigger in ("no_update",) if filled.is_sqlite else ("no_change",):
            on = "" if filled.is_sqlite else " ON events"
            connection.execute(text(f"DROP TRIGGER events_{trigger}{on}"))
        connection.execute(text("UPDATE events SET what = 'other'"))
        if not filled.is_sqlite:  # the database serves the next test
            statement = "BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT"
            connection.execute(text(f"CREATE TRIGGER events_no_change {statement} EXECUTE FUNCTION events_are_fixed()"))
    with filled.reading() as session:
        assert [(each.seq, each.why) for each in events.verify(session)] == [(1, "it is not what was written")]
