"""Development: everything starts, what is saved is served, and one service's change is no other's concern."""

from __future__ import annotations

import json
import statistics
import time
import uuid
from collections.abc import Iterator
from functools import partial

import pytest

from engine.commands import docker, inspect, run
from engine.debuggers import attach
from engine.measure import record
from engine.project import Environment, Project
from engine.web import ask, request
from support.waiting import slowness, until

SERVICES = ("backend", "frontend", "postgres", "redis")
ROUNDS = 3


@pytest.fixture
def note(development: Environment) -> Iterator[str]:
    """The title of a note that is there."""
    title = f"note {uuid.uuid4().hex}"
    made = request(development.url("frontend", "/api/notes"), "POST", {"title": title, "body": ""})
    assert made.status == 201, made.text
    yield title
    request(development.url("frontend", f"/api/notes/{made.json()['id']}"), "DELETE")


def titles(development: Environment) -> list[str]:
    answer = request(development.url("frontend", "/api/notes"))
    assert answer.status == 200, answer.text
    return [note["title"] for note in answer.json()]


def unchanged(development: Environment, before: dict[str, tuple[str, str]], *changed: str) -> None:
    """All containers are the ones that they were, and were not restarted, but for those of some services."""
    after = development.lives()
    assert {name: life for name, life in after.items() if name not in changed} == {
        name: life for name, life in before.items() if name not in changed
    }
    assert all(after[name] != before[name] for name in changed)


def test_everything_is_healthy(development: Environment) -> None:
    containers = development.containers()
    health = {name: found["State"].get("Health", {}).get("Status") for name, found in containers.items()}
    migration = health.pop("backend-prepare")
    assert migration is None
    assert containers["backend-prepare"]["State"]["ExitCode"] == 0
    assert health == dict.fromkeys(SERVICES, "healthy")


def test_containers_run_as_the_owner_of_the_folders(development: Environment, project: Project) -> None:
    for name in project.services:
        uid, gid = development.exec(name, "sh", "-c", "id -u; id -g").split()
        assert (int(uid), int(gid)) == project.user


def test_the_feature_works_through_the_front_end(development: Environment) -> None:
    notes = development.url("frontend", "/api/notes")
    made = request(notes, "POST", {"title": "Written by a test", "body": "in PostgreSQL"})
    assert made.status == 201, made.text
    number = made.json()["id"]
    first, second = request(notes), request(notes)
    assert [note["id"] for note in first.json()][0] == number
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit")
    assert first.json() == second.json()
    assert request(f"{notes}/{number}", "DELETE").status == 204
    assert number not in [note["id"] for note in request(notes).json()]
    assert request(f"{notes}/{number}", "DELETE").status == 404


def test_the_backend_outlives_its_database(development: Environment) -> None:
    backend = development.container("backend")
    # No other test asks for as many: Redis has none of them to serve.
    url = development.url("backend", "/api/notes?limit=97")
    development.compose("stop", "postgres")
    try:
        before = docker("logs", backend["Id"])
        answer = request(url)
        logged = docker("logs", backend["Id"]).removeprefix(before)
    finally:
        development.compose("up", "--detach", "--wait", "postgres")
    assert (answer.status, answer.json()) == (503, {"detail": "the database cannot be reached; try again"})
    assert int(answer.headers["Retry-After"]) > 0
    assert logged.count("the database is not usable") == 1
    assert "Traceback" not in logged
    _, seconds = until("notes are served again", lambda: request(url).status == 200)
    record("recovery.backend", seconds, "s")
    assert development.container("backend")["State"]["StartedAt"] == backend["State"]["StartedAt"]


def test_the_answer_of_health_checks_is_quick(development: Environment) -> None:
    for name in ("backend", "frontend"):
        _, seconds = until(f"{name} is ready", partial(serves, development.url(name, "/health/ready"), "ok"))
        record(f"health.{name}", seconds, "s")
        assert seconds < slowness()


@pytest.mark.parametrize(
    ("service", "file", "change", "path"),
    [
        ("backend", "backend/app/health.py", ('{"status": "ok"}', '{{"status": "ok", "edition": "{}"}}'), "/health"),
        ("frontend", "frontend/src/product.ts", ("My App", "My App {}"), "/src/product.ts"),
    ],
    ids=["backend", "frontend"],
)
def test_what_is_saved_is_served_within_two_seconds(
    development: Environment, project: Project, service: str, file: str, change: tuple[str, str], path: str
) -> None:
    url, before = development.url(service, path), development.lives()
    times = []
    for _ in range(ROUNDS):
        edition = uuid.uuid4().hex
        with project.changed(file, (change[0], change[1].format(edition))):
            times.append(until(f"{service} serves what was saved", partial(serves, url, edition))[1])
            # Vite's watcher sees no more than one change of a folder in a second.
            time.sleep(1.5)
        until(f"{service} serves what was there", partial(serves_without, url, edition))
        time.sleep(1.5)
    # The least is what it takes; the others hold what else the machine did meanwhile.
    record(f"reload.{service}", min(times), "s", median=statistics.median(times), slowest=max(times))
    assert min(times) < 2 * slowness()
    unchanged(development, before)


def serves(url: str, text: str) -> bool:
    return (answer := ask(url)) is not None and answer.status == 200 and text in answer.text


def serves_without(url: str, text: str) -> bool:
    return (answer := ask(url)) is not None and answer.status == 200 and text not in answer.text


@pytest.mark.parametrize(
    ("service", "folder"),
    [("backend", "app"), ("backend", "tests"), ("backend", "migrations"), ("frontend", "src"), ("frontend", "public")],
)
def test_mounted_folders_are_the_same_on_both_sides(
    development: Environment, project: Project, service: str, folder: str
) -> None:
    text = uuid.uuid4().hex
    here, there = project.path(f"{service}/{folder}/{text}.txt"), f"/app/{folder}/{text}.txt"
    project.write(f"{service}/{folder}/{text}.txt", text)
    assert development.exec(service, "cat", there) == text
    development.exec(service, "sh", "-c", f"echo more >> {there}")
    assert here.read_text() == f"{text}more\n"
    development.exec(service, "rm", there)
    assert not here.exists()
    development.exec(service, "touch", there)
    assert (here.stat().st_uid, here.stat().st_gid) == project.user
    here.unlink()
    assert run("docker", "exec", development.container(service)["Id"], "ls", there).code != 0


@pytest.mark.parametrize("service", SERVICES)
def test_one_service_is_restarted_while_the_others_keep_running(
    development: Environment, note: str, service: str
) -> None:
    before = development.lives()
    seconds = development.compose("restart", service).seconds
    _, more = until(
        f"{service} is healthy again",
        lambda: development.container(service)["State"]["Health"]["Status"] == "healthy",
    )
    record(f"restart.{service}", seconds + more, "s")
    assert seconds + more < 10 * slowness()
    unchanged(development, before, service)
    until("the note is still there", partial(serves, development.url("frontend", "/api/notes"), note))


def test_one_service_is_rebuilt_while_the_others_keep_running(
    development: Environment, project: Project, note: str
) -> None:
    before = development.lives()
    # The volume with the old image's packages is brought up to the new lock file.
    with project.changed("backend/requirements-dev.txt", append=f"# {uuid.uuid4().hex}\n"):
        done = development.up("--build", "backend")
        lock = project.path("backend/requirements-dev.txt").read_text()
        assert development.exec("backend", "cat", "/opt/venv/installed.txt") == lock
        assert "updating /opt/venv" in docker("logs", development.container("backend")["Id"])
    record("rebuild.backend", done.seconds, "s")
    unchanged(development, before, "backend")
    assert note in titles(development)
    before = development.lives()
    development.up("--build")
    unchanged(development, before, "backend")


def test_a_service_s_own_variables_concern_nobody_else(development: Environment, project: Project) -> None:
    before = development.lives()
    with project.changed("backend/.env", append="GREETING='hello #1'\n"):
        development.up()
        unchanged(development, before, "backend")
        assert development.exec("backend", "printenv", "GREETING") == "hello #1\n"
        before = development.lives()
    development.up()
    unchanged(development, before, "backend")
    assert "GREETING" not in development.exec("backend", "printenv")


def test_a_variable_of_all_reaches_those_who_use_it(development: Environment, project: Project, note: str) -> None:
    before = development.lives()
    assert {development.exec(name, "printenv", "LOG_LEVEL") for name in ("backend", "frontend")} == {"info\n"}
    with project.changed(".env", append="LOG_LEVEL=debug\n"):
        development.up()
        unchanged(development, before, "backend", "frontend")
        assert {development.exec(name, "printenv", "LOG_LEVEL") for name in ("backend", "frontend")} == {"debug\n"}
        assert note in titles(development)
    development.up()


def test_a_changed_configuration_file_restarts_its_user(development: Environment, project: Project) -> None:
    before = development.lives()
    with (
        development.watching("frontend"),
        project.changed("frontend/vite.config.ts", append=f"// {uuid.uuid4().hex}\n"),
    ):
        until(
            "the front end has been restarted", lambda: development.lives()["frontend"] != before["frontend"], 60, 0.2
        )
    until("it is healthy again", lambda: development.container("frontend")["State"]["Health"]["Status"] == "healthy")
    after = development.lives()
    assert after["frontend"][0] == before["frontend"][0]
    unchanged(development, before, "frontend")


def test_variables_have_defaults(development: Environment, project: Project) -> None:
    environment = dict(line.split("=", 1) for line in development.container("backend")["Config"]["Env"])
    name = project.slug.replace("-", "_")
    expected = {
        "ENVIRONMENT": "development",
        "LOG_LEVEL": "info",
        "PORT": "8000",
        "POSTGRES_DB": name,
        "POSTGRES_HOST": "postgres",
        "POSTGRES_PASSWORD": "development",
        "POSTGRES_USER": "backend",
        "REDIS_HOST": "redis",
        "REDIS_PASSWORD": "development",
    }
    assert {name: environment[name] for name in expected} == expected


def test_ports_are_published_on_this_machine_only(development: Environment) -> None:
    addresses = {
        binding["HostIp"]
        for container in development.containers().values()
        for bindings in container["NetworkSettings"]["Ports"].values()
        for binding in bindings or ()
    }
    assert addresses == {"127.0.0.1"}


def test_logs_are_rotated_and_labelled(development: Environment) -> None:
    for name, container in development.containers().items():
        assert container["HostConfig"]["LogConfig"] == {
            "Type": "json-file",
            "Config": {"max-size": "10m", "max-file": "3", "labels": "service.name,deployment.environment.name"},
        }
        assert container["Config"]["Labels"]["service.name"] == name


def test_a_service_waits_for_the_health_of_what_it_needs(project: Project) -> None:
    file = project.path("build-waiting.yaml")
    file.write_text(
        "services:\n"
        '  redis: {healthcheck: {test: ["CMD", "false"], interval: 1s, retries: 1, start_period: 0s}, ports: !reset []}\n'
        "  postgres: {ports: !reset []}\n"
        "  backend: {ports: !reset []}\n"
    )
    waiting = Environment(project, f"{project.slug}-waiting", ("compose.yaml", file.name), {})
    command = waiting.command("--project-name", waiting.name, "up", "--detach", "--wait", "backend")
    done = project.run(*command)
    containers = waiting.containers()
    project.succeed(*waiting.command("--project-name", waiting.name, "down", "--volumes", "--timeout", "1"))
    file.unlink()
    assert done.code != 0
    assert "redis" in done.output
    assert "unhealthy" in done.output
    assert containers["redis"]["State"]["Health"]["Status"] == "unhealthy"
    assert containers["backend"]["State"]["Status"] == "created", "it started although redis was not healthy"
    assert not containers["backend"]["State"]["StartedAt"].startswith("20")


# Takes memory until somebody ends it.
HOG = "taken = []\nwhile True: taken.append(bytearray(10_000_000))"


def test_a_process_over_the_memory_limit_is_killed(development: Environment) -> None:
    before = development.lives()
    started = development.compose("run", "--detach", "--no-deps", "backend", "python", "-c", HOG)
    container = started.output.split()[-1]
    try:
        assert docker("wait", container).strip() == "137"
        (found,) = inspect(container)
        assert found["State"]["OOMKilled"] is True
        assert found["HostConfig"]["Memory"] == 768 * 2**20
    finally:
        docker("rm", "--force", "--volumes", container)
    unchanged(development, before)


def test_a_debugger_can_attach(development: Environment) -> None:
    attach("debugpy", development, "backend", development.ports["backend debugger"])
    until("it still serves", partial(serves, development.url("backend", "/health"), "ok"))


def test_make_up_says_where_everything_answers(development: Environment, project: Project) -> None:
    before = development.lives()
    done = project.make("up")
    record("make.up.again", done.seconds, "s")
    for name in ("backend", "frontend"):
        assert f":{development.ports[name]}" in done.output
    unchanged(development, before)


def test_compose_needs_no_env_file(project: Project) -> None:
    command = ("docker", "compose", "--env-file", "/dev/null", "--file", "compose.yaml", "config", "--format", "json")
    config = json.loads(project.succeed(*command).output)
    published = {port["published"] for service in config["services"].values() for port in service.get("ports", ())}
    assert published == {"5432", "5678", "6379", "8000", "8080"}
