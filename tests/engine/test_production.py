"""Production on one host: hardened, limited, with secrets that nobody sees."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from functools import partial

import pytest

from engine.commands import docker, inspect, run
from engine.measure import record
from engine.project import TAG, Environment, Project
from engine.web import Answer, ask, request
from support.catalog import catalog
from support.waiting import slowness, until

SERVICES = ("backend", "frontend", "postgres", "redis")
ALL = (*SERVICES, "backend-prepare")
# Every secret, and who reads it: a service has an account of its own, a store's own account stays in it.
SECRETS = {
    "postgres_password": {"postgres"},
    "redis_password": {"redis"},
    "backend_postgres_password": {"backend", "postgres"},
    "backend_redis_password": {"backend", "redis"},
}
UNITS = {"m": 1e6, "": 1e9, "Mi": 2**20, "Gi": 2**30}


@pytest.fixture
def secrets(project: Project, production: Environment) -> dict[str, str]:
    """The value of every secret, by its name."""
    return {file.name: file.read_text() for file in project.path("secrets").iterdir()}


@pytest.fixture
def note(production: Environment) -> Iterator[str]:
    """The title of a note that is there."""
    title = f"note {uuid.uuid4().hex}"
    made = request(production.url("frontend", "/api/notes"), "POST", {"title": title, "body": ""})
    assert made.status == 201, made.text
    yield title
    request(production.url("frontend", f"/api/notes/{made.json()['id']}"), "DELETE")


def serves(url: str, text: str) -> bool:
    return (answer := ask(url)) is not None and answer.status == 200 and text in answer.text


def failing(url: str) -> Answer | None:
    return answer if (answer := ask(url)) and answer.status >= 500 else None


def amount(text: str) -> float:
    """Return a quantity as the engine counts it: billionths of a processor, or bytes."""
    number = text.rstrip("MGim")
    return float(number) * UNITS[text[len(number) :]]


def test_everything_is_healthy(production: Environment) -> None:
    containers = production.containers()
    assert set(containers) == set(ALL)
    assert {containers[name]["State"]["Health"]["Status"] for name in SERVICES} == {"healthy"}
    assert containers["backend-prepare"]["State"]["ExitCode"] == 0


@pytest.mark.parametrize("service", ALL)
def test_containers_are_hardened(production: Environment, service: str) -> None:
    container = production.container(service)
    host = container["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Privileged"] is False
    assert not [mount for mount in container["Mounts"] if mount["Type"] == "bind" and mount["RW"]]
    user, _, group = container["Config"]["User"].partition(":")
    assert int(user) > 0
    assert int(group) > 0


@pytest.mark.parametrize("service", SERVICES)
def test_processes_have_no_rights(production: Environment, service: str) -> None:
    identifier = production.container(service)["Id"]
    users = docker("top", identifier, "-eo", "uid,pid").split()[2::2]
    assert users
    assert all(int(user) > 0 for user in users)
    status = dict(line.split(":\t", 1) for line in docker("exec", identifier, "cat", "/proc/1/status").splitlines())
    for capabilities in ("CapEff", "CapPrm", "CapBnd"):
        assert int(status[capabilities], 16) == 0
    assert status["NoNewPrivs"] == "1"


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_nothing_can_be_written_but_tmp(production: Environment, service: str) -> None:
    identifier = production.container(service)["Id"]
    for folder in ("/", "/app", "/srv", "/etc", "/opt", "/usr", "/var", "/var/tmp"):
        done = run("docker", "exec", identifier, "sh", "-c", f"test ! -d {folder} || touch {folder}/written")
        assert "Read-only file system" in done.output or "Permission denied" in done.output or done.output == "", folder
        assert run("docker", "exec", identifier, "test", "-e", f"{folder}/written").code == 1
    docker("exec", identifier, "sh", "-c", "touch /tmp/written && rm /tmp/written")


@pytest.mark.parametrize("service", ALL)
def test_limits_are_those_of_the_model(production: Environment, service: str) -> None:
    known = catalog()
    kinds = {
        "backend": known.kinds["fastapi"],
        "frontend": known.kinds["react"],
        "backend-prepare": known.kinds["fastapi"],
    }
    limits = kinds[service].production if service in kinds else known.stores[service].limits
    host = production.container(service)["HostConfig"]
    assert (host["NanoCpus"], host["Memory"]) == (amount(limits.cpu), amount(limits.memory))
    assert 0 < host["MemoryReservation"] <= host["Memory"]
    assert host["PidsLimit"] > 0


# Computes for two seconds, and says how much of a processor it got.
SPIN = "import time\nend = time.monotonic() + 2\nwhile time.monotonic() < end: pass\nprint(time.process_time() / 2)"


def test_a_process_gets_no_more_than_its_share_of_a_processor(production: Environment) -> None:
    printed = production.compose("run", "--rm", "--no-deps", "backend-prepare", "python", "-c", SPIN).output
    share = float(printed.split()[-1])
    record("limit.cpu", share, "processors", limit=0.5)
    assert share < 0.6


@pytest.mark.parametrize("service", ALL)
def test_logs_are_rotated_and_labelled(production: Environment, service: str) -> None:
    container = production.container(service)
    assert container["HostConfig"]["LogConfig"] == {
        "Type": "json-file",
        "Config": {"max-size": "10m", "max-file": "5", "labels": "service.name,deployment.environment.name"},
    }
    labels = container["Config"]["Labels"]
    assert (labels["service.name"], labels["deployment.environment.name"]) == (service, "production")


def test_services_come_back_by_themselves(production: Environment) -> None:
    policies = {name: found["HostConfig"]["RestartPolicy"] for name, found in production.containers().items()}
    migration = policies.pop("backend-prepare")
    assert (migration["Name"], migration["MaximumRetryCount"]) == ("on-failure", 3)
    assert {policy["Name"] for policy in policies.values()} == {"unless-stopped"}


def test_a_service_that_dies_comes_back(production: Environment) -> None:
    before = production.container("backend")
    # From inside, and with a signal that it handles: the kernel keeps others from a container's first process.
    docker("exec", before["Id"], "python", "-c", "import os, signal; os.kill(1, signal.SIGTERM)")

    def recovered() -> bool:
        now = production.container("backend")
        return bool(now["RestartCount"] > before["RestartCount"] and now["State"]["Health"]["Status"] == "healthy")

    _, seconds = until("it has been started again, and is healthy", recovered)
    record("recover.production.backend", seconds, "s")


def test_the_feature_works_through_nginx(production: Environment) -> None:
    notes = production.url("frontend", "/api/notes")
    made = request(notes, "POST", {"title": "Written by a test", "body": ""})
    assert made.status == 201, made.text
    number = made.json()["id"]
    first, second = request(notes), request(notes)
    assert number in [note["id"] for note in first.json()]
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit")
    assert request(f"{notes}/{number}", "DELETE").status == 204
    assert number not in [note["id"] for note in request(notes).json()]


def test_only_the_front_end_is_published(production: Environment) -> None:
    published = {
        name: sorted(port for port, bindings in found["NetworkSettings"]["Ports"].items() if bindings)
        for name, found in production.containers().items()
    }
    assert {name: ports for name, ports in published.items() if ports} == {"frontend": ["8080/tcp"]}


def test_the_front_end_does_not_reach_the_stores(production: Environment) -> None:
    containers = production.containers()
    data = f"{production.name}_data"
    (network,) = inspect(data)
    assert network["Internal"] is True
    assert data not in containers["frontend"]["NetworkSettings"]["Networks"]
    for store, port in (("postgres", 5432), ("redis", 6379)):
        assert list(containers[store]["NetworkSettings"]["Networks"]) == [data]
        address = containers[store]["NetworkSettings"]["Networks"][data]["IPAddress"]
        connect = f"import socket; socket.create_connection(('{address}', {port}), 3); print('reached')"
        assert production.exec("backend", "python", "-c", connect) == "reached\n"
        for host in (store, address):
            done = run(
                "docker",
                "exec",
                containers["frontend"]["Id"],
                "wget",
                "-T",
                "2",
                "-q",
                "-O",
                "-",
                f"http://{host}:{port}/",
            )
            assert done.code != 0
            assert (
                "bad address" in done.output or "timed out" in done.output or "can't connect" in done.output.lower()
            ), done.output


def test_secrets_are_in_files_alone(production: Environment, secrets: dict[str, str], note: str) -> None:
    assert set(secrets) == set(SECRETS)
    assert all(len(value) >= 32 for value in secrets.values())
    containers = production.containers()
    known = json.dumps(list(containers.values()))
    processes = "".join(docker("top", containers[name]["Id"], "-eo", "pid,args") for name in SERVICES)
    logs = production.logs()
    assert "request" in logs
    for name, value in secrets.items():
        for place, text in (("docker inspect", known), ("the process list", processes), ("the logs", logs)):
            assert value not in text, f"{name} is in {place}"
        for service in SERVICES:
            done = run("docker", "exec", containers[service]["Id"], "cat", f"/run/secrets/{name}")
            assert (done.code == 0) == (service in SECRETS[name]), f"{service} and {name}"
            assert done.code != 0 or done.output == value


def test_errors_tell_no_secret(production: Environment, secrets: dict[str, str]) -> None:
    """What is logged while a store is away is where passwords are usually found."""
    production.compose("stop", "postgres", "redis")
    try:
        answer, _ = until("it says so", partial(failing, production.url("frontend", "/api/notes")))
        assert not any(value in answer.text for value in secrets.values())
    finally:
        production.up()
    until("it is well again", partial(serves, production.url("frontend", "/api/notes"), "["))
    logs = production.logs()
    assert '"level": "error"' in logs
    assert not any(value in logs for value in secrets.values())


def test_stores_ask_for_their_password(production: Environment, secrets: dict[str, str]) -> None:
    assert "NOAUTH" in production.exec("redis", "redis-cli", "ping")

    def redis(secret: str, *command: str) -> str:
        given = ("--env", f"REDISCLI_AUTH={secrets[secret]}", production.container("redis")["Id"])
        return run("docker", "exec", *given, "redis-cli", *command).output

    assert redis("redis_password", "--user", "administrator", "ping") == "PONG\n"
    assert "NOAUTH" in redis("redis_password", "ping"), "services have passwords of their own"
    assert redis("backend_redis_password", "ping") == "PONG\n"
    assert "NOPERM" in redis("backend_redis_password", "config", "get", "maxmemory")
    psql = 'psql --host=postgres --username="$POSTGRES_USER" --command="SELECT 1" "$POSTGRES_DB"'
    database = production.container("postgres")["Id"]
    for password, code in (("wrong", 2), (secrets["postgres_password"], 0)):
        assert run("docker", "exec", "--env", f"PGPASSWORD={password}", database, "sh", "-c", psql).code == code


def test_logs_are_json(production: Environment) -> None:
    for service in ("backend", "frontend"):
        lines = docker("logs", "--tail", "5", production.container(service)["Id"]).splitlines()
        assert lines
        for line in lines:
            entry = json.loads(line)
            assert {"timestamp", "level", "logger", "message"} <= set(entry)


def test_a_restart_keeps_notes_and_neighbours(production: Environment, note: str) -> None:
    before = production.lives()
    seconds = production.compose("restart", "backend").seconds
    _, more = until(
        "it is healthy again", lambda: production.container("backend")["State"]["Health"]["Status"] == "healthy"
    )
    record("restart.production.backend", seconds + more, "s")
    assert seconds + more < 10 * slowness()
    after = production.lives()
    assert after.pop("backend") != before.pop("backend")
    assert after == before
    until("the note is still there", partial(serves, production.url("frontend", "/api/notes"), note))


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_it_stops_gracefully(production: Environment, service: str) -> None:
    seconds = production.compose("stop", service).seconds
    container = production.container(service)
    production.up()
    record(f"stop.{service}", seconds, "s")
    assert container["State"]["ExitCode"] == 0
    assert seconds < 10


def test_data_outlives_the_containers(production: Environment, note: str) -> None:
    production.compose("down")
    record("up.production.again", production.up().seconds, "s", volumes="kept")
    until("the note is still there", partial(serves, production.url("frontend", "/api/notes"), note))


def test_a_missing_version_is_named(project: Project) -> None:
    done = project.run("docker", "compose", "--file", "compose.prod.yaml", "config")
    assert done.code != 0
    assert "TAG" in done.output
    assert "set it to the version to run" in done.output


def test_a_missing_secret_is_named_with_its_remedy(project: Project, production: Environment) -> None:
    kept = project.path("secrets").rename(project.path("kept"))
    shutil.copytree(kept, project.path("secrets"), copy_function=shutil.copy2)
    project.path("secrets/redis_password").unlink()
    try:
        name = f"{project.slug}-missing"
        command = production.command("--project-name", name, "run", "--rm", "--no-deps", "redis", "true")
        compose = project.run(*command, given=production.given)
        doctor = project.run("python3", "-m", "ops", "doctor", "--environment", "production", given=production.given)
    finally:
        shutil.rmtree(project.path("secrets"))
        kept.rename(project.path("secrets"))
    assert compose.code != 0
    assert "secrets/redis_password" in compose.output
    assert doctor.code == 1
    (line,) = [line for line in doctor.output.splitlines() if "secrets/redis_password" in line]
    assert "missing" in line
    assert "make secrets" in doctor.output


def test_the_version_that_runs_is_the_one_that_was_asked_for(production: Environment, project: Project) -> None:
    for service in project.services:
        assert production.container(service)["Config"]["Image"] == project.image(service, TAG)
