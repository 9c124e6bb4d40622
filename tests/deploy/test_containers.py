"""The container files keep what they promise: no root, nothing to write on, no secret inside, versions that are pinned.

No engine is asked: the files are read as what they are, and every command and setting in them by the program it is for.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from support.tree import ROOT, tracked

from oracle_node.settings import read_settings as read_node
from otc_desk.settings import read_settings as read_desk

FOLDER = ROOT / "deploy" / "containers"
Instruction = tuple[str, str]
OURS = ("node", "migrate", "desk")
PORTS = {"node": 8550, "desk": 8080, "prometheus": 9090, "grafana": 3000}


def stages() -> dict[str, list[Instruction]]:
    """The instructions of each stage of the Dockerfile, by its name, without comments and continued lines."""
    lines = [line for line in (FOLDER / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    found: dict[str, list[Instruction]] = {}
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if not line.strip():
            continue
        word, _, rest = line.partition(" ")
        assert word.isupper(), line
        if word == "FROM":
            stage = rest.split(" AS ")[1]
            found[stage] = []
        found[stage].append((word, rest))
    return found


STAGES = stages()
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]


def of(stage: str, word: str) -> list[str]:
    """What one instruction of a stage says, in order."""
    return [rest for name, rest in STAGES[stage] if name == word]


def commands(package: str) -> dict[str, Any]:
    """The commands of one of our shells."""
    import importlib

    return dict(typer.main.get_command(importlib.import_module(f"{package}.cli").app).commands)  # type: ignore[attr-defined]


# ------------------------------------------------------------------------------------------------ images


def test_what_is_built_upon_is_named_with_its_version() -> None:
    """Of Python the one that the project names, slim; everything else is a stage of this file."""
    first = [of(stage, "FROM")[0].split(" AS ")[0] for stage in STAGES]
    outside = [each for each in first if each not in STAGES]
    assert len(outside) == 1
    assert re.fullmatch(r"python:3\.11-slim-[a-z]+", outside[0])


def test_dependencies_are_those_of_the_lock() -> None:
    """Every installation names the constraints, takes wheels alone, and nothing is installed by other means."""
    runs = [rest for stage in STAGES for rest in of(stage, "RUN")]
    installs = [each for each in runs if "install" in each and "pip" in each]
    assert {stage for stage in STAGES for each in of(stage, "RUN") if each in installs} == {"build-node", "build-desk"}
    assert all("--only-binary :all:" in each and "-c requirements/constraints.txt" in each for each in installs)
    assert not [each for each in runs if re.search(r"\b(apt|apt-get|curl|wget|git)\b", each)]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {extra for each in installs for extra in re.findall(r"\.\[(\w+)\]", each)} <= extras.keys()


@pytest.mark.parametrize("stage", ["node", "desk"])
def test_an_image_runs_without_root_and_knows_whether_it_is_alive(stage: str) -> None:
    """By number, so that an orchestrator can tell; the tools it was built with are not in it."""
    assert of(stage, "USER") == ["10001:10001"]
    assert of(stage, "FROM") == [f"base AS {stage}"]
    assert of(stage, "COPY") == [f"--from=build-{stage} /ifx /ifx"]
    (health,) = of(stage, "HEALTHCHECK")
    (port,) = of(stage, "EXPOSE")
    assert f"http://127.0.0.1:{port}/" in health
    assert int(port) == PORTS[stage]
    users = [word for word, _ in STAGES[stage]]
    assert users.index("USER") < users.index("ENTRYPOINT")


@pytest.mark.parametrize(("stage", "package"), [("node", "oracle_node"), ("desk", "otc_desk")])
def test_an_image_begins_with_a_command_that_is_one(stage: str, package: str) -> None:
    """Whose options are known; a node's is a dry run."""
    (entry,), (command,) = of(stage, "ENTRYPOINT"), of(stage, "CMD")
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts[yaml.safe_load(entry)[0]] == f"{package}.cli:main"
    name, *rest = yaml.safe_load(command)
    known = {option for each in commands(package)[name].params for option in each.opts}
    assert {each for each in rest if each.startswith("--")} <= known
    assert not {"--post", "--sign", "--settle"} & set(rest)


def test_no_secret_is_in_an_image() -> None:
    """Nothing is handed in at build time, nothing is fetched, and what is copied is the packages."""
    words = {word for stage in STAGES.values() for word, _ in stage}
    assert words <= {"FROM", "ENV", "RUN", "WORKDIR", "COPY", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    named = [rest for stage in STAGES for rest in of(stage, "ENV")]
    assert not [each for each in named if re.search(r"(?i)key|secret|token|password", each)]
    ignored = [
        line for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line and line[0] != "#"
    ]
    assert ignored[0] == "*"
    kept = {line.removeprefix("!") for line in ignored[1:] if line.startswith("!")}
    built = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    )
    assert kept == built | {"pyproject.toml", "README.md", "LICENSE", "LICENSES", "requirements/constraints.txt"}
    assert all((ROOT / each).exists() for each in kept)


# ------------------------------------------------------------------------------------------------ compose


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_do_little(name: str) -> None:
    """No root, no capability, no way to more of them, nothing to write on but its volume; bounded in every way."""
    found = SERVICES[name]
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert int(found["user"].split(":")[0]) > 0
    assert found["pids_limit"] > 0
    assert found["mem_limit"]
    assert found["logging"]["options"]["max-size"]
    assert not {"privileged", "cap_add", "devices", "network_mode", "pid", "env_file"} & found.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_answers_on_the_loopback_alone(name: str) -> None:
    """A database not even there: its network leads nowhere."""
    found = SERVICES[name]
    port = PORTS.get(name)
    assert found.get("ports", []) == ([] if port is None else [f"127.0.0.1:{port}:{port}"])
    assert ("outside" in found["networks"]) is (port is not None)
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_built_here_or_named_with_its_version(name: str) -> None:
    """Never what happens to be newest."""
    found = SERVICES[name]
    if name in OURS:
        assert found["build"]["dockerfile"] == "deploy/containers/Dockerfile"
        assert found["build"]["target"] in STAGES
        assert (FOLDER / found["build"]["context"]).resolve() == ROOT
    else:
        assert re.search(r":v?\d+\.\d+", found["image"])


def test_secrets_are_files_that_nobody_tracks() -> None:
    """Declared, used, mounted as files, never in the environment; the folder is ignored and none of it is tracked."""
    used = {each for found in SERVICES.values() for each in found.get("secrets", [])}
    assert used == COMPOSE["secrets"].keys()
    assert all(each["file"].startswith("./secrets/") for each in COMPOSE["secrets"].values())
    assert (FOLDER / ".gitignore").read_text() == "secrets/\n"
    assert not [path for path in tracked() if "secrets" in path.parts]
    for found in SERVICES.values():
        for name, value in found.get("environment", {}).items():
            secret = re.search(r"(?i)password|secret|token|pgpass|key", name)
            assert not secret or str(value).removeprefix("/run/secrets/") in found["secrets"]


def test_everything_that_is_mounted_is_there_and_read_only() -> None:
    """Volumes are declared and used; files of the repository exist and cannot be written."""
    mounts = [each.split(":") for found in SERVICES.values() for each in found.get("volumes", [])]
    volumes = {each[0] for each in mounts if not each[0].startswith(".")}
    assert volumes == COMPOSE["volumes"].keys()
    files = [each for each in mounts if each[0].startswith(".")]
    assert files
    assert all(each[2] == "ro" and (FOLDER / each[0]).exists() for each in files)


def test_services_wait_for_what_they_need() -> None:
    """The desk for its tables, these for the database; whoever is waited for says that it is well."""
    for found in SERVICES.values():
        for needed in found.get("depends_on", {}):
            assert needed in SERVICES
    waits = SERVICES["desk"]["depends_on"]
    assert waits["migrate"]["condition"] == "service_completed_successfully"
    assert waits["postgres"]["condition"] == SERVICES["migrate"]["depends_on"]["postgres"]["condition"]
    assert SERVICES["postgres"]["healthcheck"]["test"][1] == "pg_isready"
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize(("name", "package"), [("node", "oracle_node"), ("migrate", "otc_desk")])
def test_a_services_command_is_one(name: str, package: str) -> None:
    """With options that it takes; the node's is a dry run until somebody says otherwise."""
    command, *rest = SERVICES[name]["command"]
    known = {option for each in commands(package)[command].params for option in each.opts}
    assert {each for each in rest if each.startswith("--")} <= known
    assert not {"--post", "--sign", "--settle"} & set(rest)


# ------------------------------------------------------------------------------------------------ settings


def test_the_nodes_settings_are_settings() -> None:
    """They name the secrets, the volume and the port that the container has."""
    found = read_node(FOLDER / "config" / "node.toml")
    assert [found.key.file, found.key.password_file] == [f"/run/secrets/{each}" for each in SERVICES["node"]["secrets"]]
    assert f"node:{found.state}" in SERVICES["node"]["volumes"]
    assert (found.serving.host, found.serving.port) == ("0.0.0.0", PORTS["node"])  # noqa: S104 - of the container
    mounted = Path(str(found.chain.deployment)).parent
    assert f"../../deployments:{mounted}:ro" in SERVICES["node"]["volumes"]


def test_the_desks_settings_are_settings() -> None:
    """They name the database, its user, the node and the secrets that the other services have."""
    found = read_desk(FOLDER / "config" / "desk.toml")
    user, host = SERVICES["postgres"]["environment"]["POSTGRES_USER"], "postgres"
    assert found.database == f"postgresql+psycopg://{user}@{host}/{SERVICES['postgres']['environment']['POSTGRES_DB']}"
    secrets = SERVICES["desk"]["secrets"]
    assert {Path(str(each)).name for each in (found.key.file, found.key.password_file)} <= set(secrets)
    assert found.oracle.nodes == (f"http://node:{PORTS['node']}",)


def test_the_documents_commands_are_these() -> None:
    """Every file that operations.md has somebody make is one of the secrets."""
    text = (ROOT / "docs" / "operations.md").read_text().partition("### In containers")[2].partition("\n### ")[0]
    made = set(re.findall(r"(?<=secrets/)[a-z]+\.[a-z]+", text))
    assert made == {Path(each["file"]).name for each in COMPOSE["secrets"].values()}
