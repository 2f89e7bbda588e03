"""A function is compiled in its container and from its Dockerfile, and invoked as Lambda does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from engine.commands import DOCKER_CONFIG, Done, docker
from engine.measure import record
from engine.project import Environment, generated
from engine.web import ask, request
from support.ports import free_ports
from support.waiting import until

SOURCE = "greeter/src/greeting.rs"
# What the compiler takes seconds for, so that there is a middle in which to kill it.
SLOW = """
#[allow(long_running_const_eval)]
const _: u64 = {
    let mut number = 0;
    while number < 40_000_000 {
        number += 1;
    }
    number
};
"""
INVOKE = "/2015-03-31/functions/function/invocations"


@pytest.fixture(scope="module")
def function(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """Return the development of a repository with one function, not started yet."""
    with generated(template, tmp_path_factory.mktemp("lambda") / "project", "lambda", {"preset": "lambda"}) as made:
        yield Environment(made, made.slug, ("compose.yaml",), made.ports)


@pytest.fixture(scope="module")
def dev(function: Environment) -> Done:
    """Build in the development container, which starts for it."""
    return build(function, "dev")


@pytest.fixture(scope="module")
def prod(function: Environment) -> Done:
    """Build from the Dockerfile."""
    return build(function, "prod")


def ops(function: Environment, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "ops", "function", *arguments)


def build(function: Environment, mode: str) -> Done:
    """Build, and keep the artefact of each mode beside where both modes leave it."""
    done = function.project.succeed(*ops(function, "build", "--mode", mode), seconds=900)
    record(f"lambda.build.{mode}", done.seconds, "s")
    shutil.copy(artefact(function), function.project.path(f"{mode}.zip"))
    return done


def artefact(function: Environment) -> Path:
    (found,) = function.project.path("dist/greeter").glob("*/bootstrap.zip")
    return found


def test_both_modes_make_the_same_kind_of_artefact(function: Environment, dev: Done, prod: Done) -> None:
    for mode in ("dev", "prod"):
        with zipfile.ZipFile(function.project.path(f"{mode}.zip")) as archive:
            (entry,) = archive.infolist()
            program = archive.read(entry)
        assert entry.filename == "bootstrap"
        assert entry.external_attr >> 16 == 0o100755
        assert program.startswith(b"\x7fELF"), "no program of Linux"
        assert b"/ld-linux" not in program, f"{mode} needs a C library that Lambda does not have"
        record(f"lambda.size.{mode}", function.project.path(f"{mode}.zip").stat().st_size / 1e6, "MB")


def test_the_same_source_gives_the_same_artefact(function: Environment, dev: Done, prod: Done) -> None:
    for mode in ("dev", "prod"):
        before = function.project.path(f"{mode}.zip").read_bytes()
        again = build(function, mode)
        assert function.project.path(f"{mode}.zip").read_bytes() == before
        record(f"lambda.build.{mode}.again", again.seconds, "s")


# A system whose C library is older than the artefact's own, and which looks hosts up with libraries of its.
OLD = "debian:bookworm-slim"
OLDER = f"""
FROM {OLD}
RUN apt-get update && apt-get install --no-install-recommends --yes libnss-myhostname
RUN sed -i 's/^hosts:.*/hosts: files myhostname dns/' /etc/nsswitch.conf
"""


@pytest.mark.parametrize("mode", ["dev", "prod"])
def test_an_artefact_looks_hosts_up_on_an_older_system(
    function: Environment, dev: Done, prod: Done, mode: str, tmp_path: Path
) -> None:
    if (
        function.project.run("docker", "image", "inspect", OLD).code
        and function.project.run("docker", "pull", OLD).code
    ):
        pytest.skip(f"{OLD} is not on this machine, and cannot be pulled")
    with zipfile.ZipFile(function.project.path(f"{mode}.zip")) as archive:
        archive.extract("bootstrap", tmp_path)
    (tmp_path / "bootstrap").chmod(0o755)
    (tmp_path / "Dockerfile").write_text(f'{OLDER}COPY bootstrap /\nENTRYPOINT ["/bootstrap"]\n')
    image = f"{function.project.slug}-older:{mode}"
    docker("build", "--tag", image, str(tmp_path), seconds=300)
    # Lambda gives it an address; a name makes it look one up.
    given = {"AWS_LAMBDA_RUNTIME_API": "runtime.invalid:9001", "ENVIRONMENT": "production"}
    given |= {
        "AWS_LAMBDA_FUNCTION_NAME": "a",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
    }
    variables = [part for name, value in given.items() for part in ("--env", f"{name}={value}")]
    done = function.project.run("docker", "run", "--rm", *variables, image)
    assert done.code == 1, done.output
    assert "the runtime of Lambda cannot be reached" in done.output


@pytest.mark.parametrize("mode", ["dev", "prod"])
def test_an_artefact_answers_in_a_closed_container(function: Environment, dev: Done, prod: Done, mode: str) -> None:
    shutil.copy(function.project.path(f"{mode}.zip"), artefact(function))
    invoke = ops(function, "invoke", "--mode", "prod")
    done = function.project.succeed(*invoke, "--event", '{"name": "Grace"}')
    assert '{"message":"Hello, Grace!"}' in done.output
    refused = function.project.run(*invoke, "--event", '{"name": ""}')
    assert refused.code == 1
    assert '"errorType":"InvalidName"' in refused.output


@pytest.mark.skipif(sys.platform != "linux", reason="the artefact is a program of Linux")
def test_invocations_are_traced_where_somebody_collects(function: Environment, prod: Done, tmp_path: Path) -> None:
    with zipfile.ZipFile(function.project.path("prod.zip")) as archive:
        program = Path(archive.extract("bootstrap", tmp_path))
    program.chmod(0o755)
    (port,) = free_ports(1)
    emulator = (sys.executable, "-m", "ops.runtime_api", "--port", str(port))
    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        threading.Thread(target=collector.serve_forever, daemon=True).start()
        given = {
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_FUNCTION_NAME": "greeter",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
        }
        with subprocess.Popen(emulator, cwd=function.project.folder) as api:
            try:
                until("a runtime API", lambda: ask(f"http://127.0.0.1:{port}/health"), seconds=30)
                # It ends where nobody answers it.
                with subprocess.Popen([program], env=given) as running:
                    try:
                        assert request(f"http://127.0.0.1:{port}{INVOKE}", "POST", {"name": "Ada"}).status == 200
                        until("a trace", lambda: Collector.received or None, seconds=30)
                    finally:
                        running.kill()
            finally:
                api.kill()
        collector.shutdown()
    ((path, body),) = Collector.received
    assert path == "/v1/traces"
    assert b"greeter" in body
    assert b"faas.invocation_id" in body
    assert b"Ada" not in body


class Collector(BaseHTTPRequestHandler):
    """Takes what is sent to it."""

    received: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        self.received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()


def test_development_answers_on_its_port_and_reloads(function: Environment, dev: Done) -> None:
    project = function.project
    project.succeed(*ops(function, "start"), seconds=300)
    assert invoke(function, "Ada") == {"message": "Hello, Ada!"}
    with project.changed(SOURCE, ("Hello, {name}!", "Welcome, {name}!")):
        saved = time.perf_counter()
        while invoke(function, "Ada") != {"message": "Welcome, Ada!"}:
            assert time.perf_counter() - saved < 60, "it never reloaded"
            time.sleep(0.1)
        record("lambda.reload", time.perf_counter() - saved, "s")
    status = project.succeed(*ops(function, "status"))
    assert "running, healthy" in status.output


def invoke(function: Environment, name: str) -> object:
    return request(function.url("greeter", INVOKE), "POST", {"name": name}).json()


def test_development_answers_however_late_the_runtime_api_does(function: Environment, dev: Done) -> None:
    parsed = "    options = parser.parse_args()\n"
    with function.project.changed("ops/runtime_api.py", (parsed, f"{parsed}    time.sleep(5)\n")):
        function.up("--force-recreate", "greeter")
        assert invoke(function, "Ada") == {"message": "Hello, Ada!"}
    function.up("--force-recreate", "greeter")


def test_a_change_of_source_is_compiled_in_the_container_that_is_there(function: Environment, dev: Done) -> None:
    before = function.container("greeter")["Id"]
    with function.project.changed(SOURCE, ("Hello, {name}!", "Good day, {name}!")):
        record("lambda.build.dev.change", build(function, "dev").seconds, "s")
        with zipfile.ZipFile(artefact(function)) as archive:
            assert b"Good day, " in archive.read("bootstrap")
        assert function.container("greeter")["Id"] == before
    build(function, "dev")


def test_the_whole_image_is_the_program(function: Environment, prod: Done) -> None:
    function.project.make("build", "TAG=1.2.3")
    image = function.project.image("greeter")
    listing = docker("image", "save", image, "--output", str(function.project.path("image.tar")))
    assert not listing
    (size,) = docker("image", "inspect", image, "--format", "{{.Size}}").split()
    record("lambda.image", int(size) / 1e6, "MB")
    container = docker("create", image).strip()
    try:
        exported = subprocess.run(["docker", "export", container], capture_output=True, check=True, env=_docker())
        names = subprocess.run(["tar", "-t"], input=exported.stdout, capture_output=True, check=True).stdout.split()
    finally:
        docker("rm", container)
    # The engine itself adds empty places for what it mounts.
    programs = {name for name in names if not name.startswith((b"dev", b"etc", b"proc", b"sys", b".dockerenv"))}
    assert programs == {b"bootstrap"}


def _docker() -> dict[str, str]:
    return {**os.environ, "DOCKER_CONFIG": DOCKER_CONFIG}


def test_wrong_settings_are_all_listed(function: Environment, dev: Done, prod: Done) -> None:
    wrong = ("-e", "ENVIRONMENT=prod", "-e", "LOG_LEVEL=loud")
    function.project.make("build", "TAG=1.2.3")
    done = function.project.run("docker", "run", "--rm", "--read-only", *wrong, function.project.image("greeter"))
    assert done.code == 2
    assert [line.split(":")[0].strip() for line in done.output.splitlines()[1:]] == ["ENVIRONMENT", "LOG_LEVEL"]


def test_a_build_whose_container_is_killed_says_so_and_works_again(function: Environment, dev: Done) -> None:
    project = function.project
    environment = {**_docker(), **project.variables}
    with project.changed(SOURCE, append=SLOW):
        with subprocess.Popen(
            ops(function, "build"), cwd=project.folder, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        ) as running:  # fmt: skip
            assert running.stdout is not None
            assert any("Compiling" in line or "Blocking" in line for line in running.stdout)
            docker("kill", function.container("greeter")["Id"])
            said = running.stdout.read()
            code = running.wait(timeout=120)
        assert code == 1, said
        assert "greeter: its development container ended" in said
        build(function, "dev")


def test_a_build_that_fails_names_what_does_not_compile_and_works_again(function: Environment, dev: Done) -> None:
    with function.project.changed(SOURCE, append="\nfn broken( {\n"):
        done = function.project.run(*ops(function, "build"))
        assert done.code == 1
        assert "greeter: it does not compile: error: could not compile `service`" in done.output
        failed = function.project.run(*ops(function, "build", "--mode", "prod"))
        assert failed.code == 1
        assert "stage builder of greeter failed in: RUN" in failed.output
    build(function, "dev")


def test_without_an_engine_it_says_what_is_missing(function: Environment, tmp_path: Path) -> None:
    done = function.project.run(*ops(function, "build"), given={"PATH": str(tmp_path)})
    assert done.code == 1
    assert "docker: the docker command is not installed" in done.output
    assert "Traceback" not in done.output


def test_development_says_whether_it_is_ready(function: Environment, dev: Done) -> None:
    function.project.succeed(*ops(function, "start"), seconds=300)
    assert request(function.url("greeter", "/health/ready")).status == 200
