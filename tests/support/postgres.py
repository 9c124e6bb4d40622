"""PostgreSQL for tests: a cluster of its own in a temporary folder.

The server runs as a user that is not root, on a port of the loopback and a socket in its folder, without a password and
without waiting for the disk; it is ended by its process id.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from scripts.anvil import free_port

MISSING = "PostgreSQL not found: run scripts/postgres.sh, which says what to install"
PATIENCE = 30
"""Seconds until a server that does not answer has failed to start."""
SUPERUSER = "desk"
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}
"""A test's data outlives no power cut. What a desk in production needs is PostgreSQL's own default."""
_names = itertools.count()


def find(tool: str) -> Path | None:
    """A server program: Debian keeps the newest version's outside of PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: (len(str(path)), path), reverse=True)
    found = shutil.which(tool, path=os.pathsep.join([*map(str, places), os.environ.get("PATH", "")]))
    return None if found is None else Path(found).resolve()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A server that runs."""

    folder: Path
    """Holds its data and its socket."""
    port: int
    """On the loopback, and in the socket's name."""
    process: subprocess.Popen[bytes]
    """The server itself, not a shell around it."""

    def url(self, name: str, *, socket: bool = False) -> str:
        """What a desk's settings call a database."""
        if socket:
            return f"postgresql+psycopg://{SUPERUSER}@/{name}?host={self.folder}&port={self.port}"
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{name}"

    def fresh(self, template: str = "template0") -> str:
        """The name of a new database, a copy of `template`."""
        name = f"fresh_{os.getpid()}_{next(_names)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Take a database away, whoever is still connected."""
        self.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def run(self, statement: str) -> None:
        """One statement outside of any transaction."""
        where = f"host=127.0.0.1 port={self.port} user={SUPERUSER} dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement.encode())


def _user() -> dict[str, str | int | list[str]]:
    """As whom the server runs: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return {}
    names = {each.pw_name for each in pwd.getpwall()}
    return {"user": "postgres" if "postgres" in names else "nobody", "extra_groups": []}


@contextmanager
def running(folder: Path, *, durable: bool = False) -> Iterator[Cluster]:
    """A new cluster in an empty folder of a short path. Skips loudly where there is no PostgreSQL, and fails in CI.

    `durable` has it wait for the disk, as in production.
    """
    initdb, postgres = find("initdb"), find("postgres")
    if initdb is None or postgres is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    who = _user()
    if "user" in who:
        shutil.chown(folder, user=str(who["user"]))
    data, port = folder / "data", free_port()
    how = ["--no-sync", "--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C.UTF-8"]
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL} | who
    subprocess.run([str(initdb), *how, f"--pgdata={data}"], check=True, timeout=60, **quiet)  # type: ignore[call-overload]
    options = {name: value for name, value in _OPTIONS.items() if not (durable and value == "off")} | {
        "port": str(port),
        "unix_socket_directories": str(folder),
    }
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    process = subprocess.Popen([str(postgres), "-D", str(data), *settings], **quiet)  # type: ignore[call-overload]
    try:
        found = Cluster(folder=folder, port=port, process=process)
        _await(found)
        yield found
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        try:
            process.wait(timeout=10)
        finally:
            process.kill()


def _await(cluster: Cluster) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            cluster.run("SELECT 1")
        except psycopg.OperationalError as error:
            if cluster.process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"PostgreSQL does not answer within {PATIENCE} s") from error
            time.sleep(0.05)
        else:
            return


def empty(url: str) -> None:
    """Take every row out of a desk's database, its own revision apart: 5 ms, where a copy of a template takes 400."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        connection.execute((others + "pg_backend_pid()").encode())
        query = b"SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        tables = [name for (name,) in connection.execute(query) if name != "alembic_version"]
        # Neither triggers nor foreign keys act on a replica: what is append-only goes too.
        parts = ["SET session_replication_role = replica", *(f"DELETE FROM {name}" for name in tables)]  # noqa: S608 - our own tables
        connection.execute("; ".join(parts).encode())
