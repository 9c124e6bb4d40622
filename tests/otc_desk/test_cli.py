"""`ifx-desk`: what it starts on, what it refuses, and what its operator sees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from support.booking import fund
from support.desk import settings
from support.desk_client import Network, program
from typer.testing import CliRunner

from ifx_sdk import devnet
from ifx_sdk.chain import Chain
from ifx_sdk.client import IFX
from ifx_sdk.desk import Desk
from ifx_sdk.devkeys import dev_address
from ifx_sdk.local_chain import LocalChain
from otc_desk import cli, operating, serving
from otc_desk.db import migrate
from otc_desk.db.engine import Database
from otc_desk.desk import Desk as Server
from otc_desk.desk import system_clock
from otc_desk.errors import NotMigrated

CONFIG = """
database = "{database}"
url = "http://desk.example"
operators = ["{operator}"]
[chain]
rpc = "http://127.0.0.1:1"
deployment = "local.toml"
[key]
file = "desk.key"
"""


@pytest.fixture
def config(tmp_path: Path, bare_url: str) -> str:
    """Settings of a desk whose database has no table yet."""
    path = tmp_path / "desk.toml"
    path.write_text(CONFIG.format(database=bare_url, operator=dev_address(0)))
    return str(path)


def run(*arguments: str) -> Any:
    """The command's one line of JSON, after it succeeded."""
    ran = CliRunner().invoke(cli.app, list(arguments), catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_migrate_goes_up_shows_and_goes_down(config: str) -> None:
    """Up to the newest revision, nothing at --show, back to nothing; each says where it was and is."""
    newest = migrate.newest()
    assert run("migrate", "--config", config, "--show") == {"before": None, "now": None, "newest": newest}
    assert run("migrate", "--config", config) == {"before": None, "now": newest, "newest": newest}
    assert run("migrate", "--config", config) == {"before": newest, "now": newest, "newest": newest}
    assert run("migrate", "--config", config, "--down", "base")["now"] is None


def test_a_desk_does_not_start_on_another_versions_tables(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the chain is asked and the port is opened; once migrated it gets as far as the chain."""
    for command in ("serve", "worker"):
        with pytest.raises(SystemExit) as ended:
            cli.main([command, "--config", config])
        assert ended.value.code == 1
        assert "ifx-desk migrate" in capsys.readouterr().err
    run("migrate", "--config", config)
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve", "--config", config])
    assert ended.value.code == 2
    assert "local.toml" in capsys.readouterr().err


def test_a_half_migrated_database_is_refused(bare_url: str) -> None:
    """By its revision, which the error names."""
    with pytest.raises(NotMigrated, match="none"):
        serving.hold_migrated(settings(bare_url))
    database = Database(bare_url)
    migrate.upgrade(database)
    serving.hold_migrated(settings(bare_url))
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    database.close()
    with pytest.raises(NotMigrated, match="later"):
        serving.hold_migrated(settings(bare_url))


def test_verify_names_the_row_that_was_changed(config: str, tmp_path: Path) -> None:
    """Exit 0 on a trail that holds, 1 with the row on one that does not."""
    from otc_desk import events
    from otc_desk.settings import read_settings

    run("migrate", "--config", config)
    database = Database(read_settings(config).database)
    for number in range(3):
        database.write(
            lambda session, number=number: events.record(  # type: ignore[misc]
                session, at=number, actor="desk", object="match", object_id="x", what="made"
            )
        )
    assert run("events", "verify", "--config", config)["broken"] == []
    with database.engine.begin() as connection:
        if database.is_sqlite:
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
            for name in list(triggers):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE events SET what = 'unmade' WHERE seq = 2"))
    database.close()
    ran = CliRunner().invoke(cli.app, ["events", "verify", "--config", config])
    assert (ran.exit_code, json.loads(ran.stdout)["broken"][0]["seq"]) == (1, 2)


def test_only_a_local_chain_has_a_clock_of_its_own(deployed: IFX, local: LocalChain) -> None:
    """Everywhere else deadlines follow the machine's."""
    from dataclasses import replace

    assert serving.clock_of(deployed)() == deployed.chain.now()
    elsewhere = IFX(Chain(local.web3), replace(deployed.deployment, chain_id=1))
    assert serving.clock_of(elsewhere) is system_clock


@pytest.fixture
def operator(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Network:
    """`ifx-desk operator` reaches the desk in this process."""
    network = Network(client)
    monkeypatch.setattr(
        operating, "_desk", lambda url, key_file, password_file: program(network, devnet.signer(devnet.DEPLOYER))
    )
    return network


def operate(*arguments: str) -> str:
    """What the operator's command printed."""
    options = ["--url", "http://desk.example", "--key-file", "operator.key"]
    ran = CliRunner().invoke(cli.app, ["operator", *arguments, *options], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def test_the_operators_tables_have_whole_ids(operator: httpx.BaseTransport, desk: Server) -> None:
    """List, check, why not, matches, confirm, reject: what is copied from one command fits the next."""
    assert isinstance(operator, Network)
    fund(desk.ifx, devnet.LONG, devnet.SHORT)
    ids = {}
    for side, index in (("long", devnet.LONG), ("short", devnet.SHORT)):
        someone: Desk = program(operator, devnet.signer(index))
        someone.change_profile(name=f"[bold]{side} AG")
        wanted = {"months": 3, "limit_price": 7_700_000, "valid_until": desk.now() + 86_400}
        ids[side] = someone.request(side, "openai/gpt-4.1", 100_000, **wanted).id  # type: ignore[arg-type]
    listed = operate("list", "--state", "submitted")
    assert all(id in listed for id in ids.values())
    assert "[bold]long AG" in listed
    for id in ids.values():
        assert "checked" in operate("check", id)
    assert "they fit" in operate("why-not", ids["long"])
    assert ids["short"] in operate("matches")
    sent = json.loads(operate("confirm", ids["long"], ids["short"], "--price", "7.70", "--json"))
    assert sent["confirmed"]["state"] == "sent"
    assert "nothing" in operate("matches")


def test_a_match_at_another_price_than_was_seen_is_not_confirmed(operator: Network, desk: Server) -> None:
    """Nor one that is none."""
    ran = CliRunner().invoke(
        cli.app,
        ["operator", "confirm", "0" * 26, "1" * 26, "--url", "http://desk.example", "--key-file", "operator.key"],
    )
    assert type(ran.exception).__name__ == "WrongState"
