"""The desk's two databases for tests: `database_url` is a migrated, empty one of each kind in turn, `bare_url` an
unmigrated one."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[object]:
    """A PostgreSQL of this test process; skips loudly where there is none, and fails in CI."""
    from support.postgres import running

    # Not below pytest's own folder: a socket's path has at most 107 characters, and the server's user must get there.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, running(Path(folder)) as found:
        yield found


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: object) -> str:
    """One migrated database of this test process, which `database_url` empties for each test."""
    from support.postgres import Cluster

    assert isinstance(postgres_cluster, Cluster)
    return _migrated(postgres_cluster.url(postgres_cluster.fresh()))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "desk.db"
    _migrated(f"sqlite:///{path}")
    return path


def _migrated(url: str) -> str:
    from otc_desk.db import migrate
    from otc_desk.db.engine import Database

    database = Database(url)
    migrate.upgrade(database)
    database.close()
    return url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database without a row, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    from support.postgres import empty

    url: str = request.getfixturevalue("postgres_url")
    empty(url)
    return url


@pytest.fixture(params=KINDS)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table, of the test's own: for migrations, and for what breaks it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    from support.postgres import Cluster

    cluster = request.getfixturevalue("postgres_cluster")
    assert isinstance(cluster, Cluster)
    name = cluster.fresh()
    yield cluster.url(name)
    cluster.drop(name)
