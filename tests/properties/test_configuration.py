"""Variables: their defaults, how they reach containers, and what is said where one is wrong."""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.composefile import MissingVariableError, documented, interpolated, references
from support.render import renderer, write
from support.rendered import FEW, Repository, pods
from support.strategies import answers

# A value that no default has, and that is right for ports too.
GIVEN = "54321"


def chosen(draw: st.DataObject, names: list[str]) -> dict[str, str]:
    """Return some of the variables, each set to a value of its own."""
    return {
        name: str(int(GIVEN) + number)
        for number, name in enumerate(draw.draw(st.lists(st.sampled_from(names), unique=True)))
    }


def pydantic_settings(folder: Mapping[str, bytes]) -> str | None:
    """Return the settings module of a service that declares its settings with pydantic."""
    modules = [content.decode() for path, content in folder.items() if path.endswith("/settings.py")]
    return next((module for module in modules if "class Settings(BaseSettings)" in module), None)


def settings_fields(source: str) -> tuple[dict[str, ast.Call], set[str]]:
    """Return the `Field(…)` of each setting of a settings module, and those with a default in development."""
    tree = ast.parse(source)
    model = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    fields = {
        node.target.id: node.value
        for node in model.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(node.value, ast.Call)
    }
    development = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "DEVELOPMENT"
    ]
    return fields, set(development[0]) if development else set()


# Feature: optimized-container-infrastructure, Property 2: a missing variable in development falls back to its default
@given(answers(FEW), st.data())
def test_missing_variables_fall_back_to_their_defaults(given_answers: dict[str, Any], draw: st.DataObject) -> None:
    """Whichever variables are set, every other one has the default that `.env.example` documents."""
    project = Repository(given_answers)
    listed = documented(project.text(".env.example"))
    development = project.compose["development"]
    for reference in references(development):
        assert reference.how == "-", f"{reference.name} has no default"
        assert listed.get(reference.name) == reference.word, f"{reference.name} is documented with another default"
    values = chosen(draw, sorted(listed))
    filled = interpolated(development, values)
    # `.env` written out in full says the same as the defaults do.
    assert filled == interpolated(development, listed | values)
    assert not references(json.loads(json.dumps(filled).replace("$", ""))), "something is left unfilled"
    service = draw.draw(st.sampled_from(project.stack.services))
    module = pydantic_settings(project.folder(service))
    if module is not None:
        fields, defaults = settings_fields(module)
        for name, field in fields.items():
            has_default = any(keyword.arg == "default" for keyword in field.keywords)
            assert has_default or name in defaults, f"{service.name}: {name} has no default in development"


class Engine:
    """Stands in for `subprocess` in `ops`: answers each command as a machine with one fault would."""

    PIPE, STDOUT, DEVNULL = subprocess.PIPE, subprocess.STDOUT, subprocess.DEVNULL
    TimeoutExpired = subprocess.TimeoutExpired
    VERSION = json.dumps({"Server": {"Version": "29.1.0"}})

    def __init__(self, answers_: Mapping[str, tuple[int, str, str]]) -> None:
        usual = {
            "docker version": (0, self.VERSION, ""),
            "docker buildx version": (0, "github.com/docker/buildx v0.29.1 x", ""),
            "docker compose version": (0, "Docker Compose version v5.5.0", ""),
            "config --quiet": (0, "", ""),
            "config --format json": (0, '{"name": "demo", "services": {}}', ""),
            "docker info": (0, "/", ""),
        }
        self.answers = {**answers_, **{words: answer for words, answer in usual.items() if words not in answers_}}

    def run(self, command: list[str], **_options: object) -> SimpleNamespace:
        """Return the answer to the first known command whose words this one has."""
        line = " ".join(command)
        for words, (code, out, err) in self.answers.items():
            if words in line or line.startswith(words):
                if code == 127:
                    raise FileNotFoundError(command[0])
                return SimpleNamespace(returncode=code, stdout=out, stderr=err)
        return SimpleNamespace(returncode=0, stdout="", stderr="")


@contextlib.contextmanager
def operations(project: Repository, folder: Path) -> Iterator[Any]:
    """Write what `ops` looks at into a folder, and import `ops` from there."""
    wanted = ("ops/", "compose", ".env.example")
    write({path: file for path, file in project.files.items() if path.startswith(wanted)}, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        # The template's own, which other tests import, is put aside meanwhile.
        aside = {name: sys.modules.pop(name) for name in imported()}
        try:
            yield importlib.import_module
        finally:
            for name in imported():
                del sys.modules[name]
            sys.modules |= aside


def imported() -> list[str]:
    """Return the names of all modules of `ops` that are there."""
    return [name for name in sys.modules if name == "ops" or name.startswith("ops.")]


# Fault -> what the machine answers, and what a person must read of.
ENGINE_FAULTS: dict[str, tuple[dict[str, tuple[int, str, str]], str]] = {
    "no client": ({"docker": (127, "", "")}, "docker"),
    "engine stopped": (
        {"docker version": (1, "{}", "Cannot connect to the Docker daemon at unix:///var/run/docker.sock")},
        "engine",
    ),
    "not allowed": ({"docker version": (1, "", "permission denied while trying to connect to the socket")}, "engine"),
    "silent": ({"docker version": (1, "", "")}, "engine"),
    "old engine": ({"docker version": (0, '{"Server": {"Version": "20.10.7"}}', "")}, "20.10.7"),
    "no buildx": ({"docker buildx version": (1, "", "docker: 'buildx' is not a docker command")}, "buildx"),
    "old compose": ({"docker compose version": (0, "Docker Compose version v2.10.0", "")}, "2.10"),
    "bad YAML": ({"config --quiet": (1, "", "yaml: line 7: did not find expected key")}, "line 7"),
    "unknown key": ({"config --quiet": (1, "", "services.x additional properties 'imagge' not allowed")}, "imagge"),
    "demanded variable": ({"config --quiet": (1, "", "required variable TAG is missing a value: set it")}, "TAG"),
    "Compose says nothing": ({"config --quiet": (1, "", "")}, "Compose"),
}
DOTENV_FAULTS = {
    "BACKEND HOST=1": "BACKEND",
    "just words": "just words",
    'QUOTED="no end': "QUOTED",
    "LOG_LEVL=debug": "LOG_LEVL",
    "1ABC=2": "1ABC",
}
# What `docker inspect` says of a container that runs well, and what differs where one does not.
STATE: dict[str, Any] = {
    "Status": "running", "Running": True, "Restarting": False, "OOMKilled": False, "Dead": False, "ExitCode": 0, "Error": "",
}  # fmt: skip
ENDED = {"Status": "exited", "Running": False}
NEVER_RAN = {"Status": "created", "Running": False}
CONTAINER_FAULTS: dict[str, dict[str, Any]] = {
    "killed": {**ENDED, "OOMKilled": True, "ExitCode": 137},
    "refuses settings": {**ENDED, "ExitCode": 2},
    "crashes": {**ENDED, "Status": "restarting", "Restarting": True, "ExitCode": 1},
    "unhealthy": {"Health": {"Status": "unhealthy", "Log": [{"ExitCode": 1, "Output": "refused"}]}},
    "port taken": {**NEVER_RAN, "Error": "driver failed: Bind for 127.0.0.1:8000 failed: port is already allocated"},
    "mount missing": {**NEVER_RAN, "Error": "error mounting x to rootfs"},
    "no command": {**NEVER_RAN, "ExitCode": 127, "Error": "exec: executable file not found in $PATH"},
    "other": {**NEVER_RAN, "Error": "something else"},
}


def container(name: str, service: str, fault: dict[str, Any]) -> str:
    """Return what `docker inspect` says of a container."""
    labels = {"com.docker.compose.service": service, "com.docker.compose.project": name}
    return json.dumps([
        {"Id": "1", "Name": f"/{service}", "State": STATE | fault, "RestartCount": 0, "Config": {"Labels": labels},
         "HostConfig": {"Memory": 64 * 1024**2, "PortBindings": {}}}
    ])  # fmt: skip


def understood(findings: list[Any], about: str) -> None:
    """Require that each finding says what is wrong and each error what to do, in a line each, and that one is about this."""
    wrong = [finding for finding in findings if finding.level != "ok"]
    for finding in wrong:
        for text in (finding.subject, finding.what, finding.remedy):
            assert "\n" not in text, finding
            assert "Traceback" not in text, finding
        assert finding.subject.strip(), finding
        assert finding.what.strip(), finding
        assert finding.remedy.strip() or finding.level == "warning", finding
    said = [" ".join([finding.subject, finding.what, *finding.detail]) for finding in wrong]
    assert any(about in text for text in said), (about, findings)


# Feature: optimized-container-infrastructure, Property 3: every start-up error says what is wrong and what to do
@given(answers(FEW), st.data())
def test_start_up_errors_say_what_is_wrong_and_what_to_do(given_answers: dict[str, Any], draw: st.DataObject) -> None:
    """One fault of the machine, the files or a container at a time: a finding names it, with its remedy."""
    project = Repository(given_answers)
    with tempfile.TemporaryDirectory() as place, operations(project, Path(place)) as module:
        folder = Path(place)
        process, checks, compose = module("ops.process"), module("ops.checks"), module("ops.compose")

        def machine(answers_: Mapping[str, tuple[int, str, str]]) -> None:
            process.subprocess = Engine(answers_)

        development = compose.project("development")
        machine({})
        assert all(finding.level == "ok" for finding in checks.before_start(development)), "nothing is wrong"

        reactions, about = ENGINE_FAULTS[draw.draw(st.sampled_from(sorted(ENGINE_FAULTS)))]
        machine(reactions)
        understood(checks.before_start(development), about)

        machine({})
        line = draw.draw(st.sampled_from(sorted(DOTENV_FAULTS)))
        (folder / ".env").write_text(f"# mine\n{line}\n")
        findings = checks.before_start(development)
        understood(findings, DOTENV_FAULTS[line])
        assert any(finding.subject == ".env line 2" for finding in findings if finding.level != "ok")
        service = draw.draw(st.sampled_from(project.stack.services))
        variable = project.map["services"][service.name]["host_port_variable"]
        (folder / ".env").write_text(f"{variable}={draw.draw(st.sampled_from(['http', '0', '65536', '80 80']))}\n")
        understood(checks.before_start(development), variable)
        (folder / ".env").unlink()

        if project.stack.compose and project.stack.stores:
            store = draw.draw(st.sampled_from(project.stack.stores))
            state = draw.draw(st.sampled_from(["absent", "empty", "newlines", "placeholder", "folder"]))
            secret_file(folder, [each.name for each in project.stack.secrets], store.secret.name, state)
            understood(checks.before_start(compose.project("production")), f"secrets/{store.secret.name}")

        fault = CONTAINER_FAULTS[draw.draw(st.sampled_from(sorted(CONTAINER_FAULTS)))]
        machine({"docker ps --all": (0, "1", ""), "docker inspect": (0, container("demo", service.name, fault), "")})
        findings = module("ops.diagnosis").diagnose(development)
        assert any(finding.level == "error" for finding in findings), fault
        understood(findings, service.name)

    if project.stack.compose:
        with pytest.raises(MissingVariableError, match="TAG: set it to"):
            interpolated(project.compose["production"], {})
    refuses_bad_settings(project, service, draw)


def secret_file(folder: Path, names: list[str], wrong: str, state: str) -> None:
    """Write the files of all secrets, one of them in a state that it cannot be used in."""
    (folder / "secrets").mkdir(mode=0o700)
    texts = {"empty": "", "newlines": "a-long-enough-value\n\n", "placeholder": "changeme"}
    for name in names:
        file = folder / "secrets" / name
        if name != wrong or state in texts:
            file.write_text(texts[state] if name == wrong else "a-long-enough-value")
            file.chmod(0o644)
        elif state == "folder":
            file.mkdir()


def refuses_bad_settings(project: Repository, service: Any, draw: st.DataObject) -> None:
    """Require that a service's own check of its settings has words for each of them.

    What cannot be run without compiling it is read: it must know every variable that it is given. What it
    says where one is wrong, the kind's own tests require.
    """
    folder = project.folder(service)
    module = pydantic_settings(folder)
    if module is not None:
        fields, _ = settings_fields(module)
        for name, field in fields.items():
            text = [keyword.value for keyword in field.keywords if keyword.arg == "description"]
            assert text, f"{service.name}: {name} does not say what to set it to"
            assert ast.literal_eval(text[0]).strip()
        return
    if not project.dockerfiles[service.name].image("production").startswith("nginx"):
        source = "".join(
            content.decode()
            for path, content in folder.items()
            if path.startswith(tuple(f"{mount}/" for mount in service.mount_paths))
            and re.search(r"\b(settings|environment)\b", path)
            and "test" not in path
        )
        assert "; set it to " in source, f"{service.name} does not say what to set a variable to"
        names = {"ENVIRONMENT", *(variable.name for variable in service.variables)}
        # A function asks for its events; it listens on no port.
        names |= {"PORT"} if service.deployed else set()
        names |= {secret.variable for secret in service.secrets}
        # Code may hold the variables of a volume as their common start.
        starts = {volume.env.removesuffix("_PATH") for volume in service.volumes}
        for name in sorted(names):
            words = {name} | {start for start in starts if name.startswith(f"{start}_")}
            assert any(f'"{word}"' in source for word in words), f"{service.name} is given {name} and does not read it"
        return
    script = folder["nginx/environment.envsh"].decode().replace("/etc/resolv.conf", "/dev/null")
    # What an empty resolv.conf says is its own; here a resolver is there.
    right = {"ENVIRONMENT": "production", "PORT": str(service.port), "LOG_LEVEL": "info"}
    right |= {upstream.env: upstream.url for upstream in service.upstreams}
    wrong = draw.draw(st.lists(st.sampled_from(sorted(right)), min_size=1, unique=True))
    value = draw.draw(st.sampled_from(["", "none of these", "http://", "70a"]))
    done = subprocess.run(
        ["sh", "-c", script], env=right | dict.fromkeys(wrong, value), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done
    lines = done.stderr.splitlines()
    for name in wrong:
        assert any(line.startswith(f"  {name} is '{value}': set it to ") for line in lines), (name, lines)
    for name in set(right) - set(wrong):
        assert not any(line.startswith(f"  {name} is") for line in lines), (name, lines)


# Feature: optimized-container-infrastructure, Property 13: variables and .env files reach the application, per environment
@given(answers(FEW), st.data())
def test_variables_reach_the_application_in_each_environment(
    given_answers: dict[str, Any], draw: st.DataObject
) -> None:
    """Each container has the variables of its service: what `.env` sets where it may, else the default."""
    project = Repository(given_answers)
    listed = documented(project.text(".env.example"))
    values = {**chosen(draw, sorted(listed)), "TAG": "1"}
    for environment in project.environments:
        filled = interpolated(project.compose[environment], values)["services"]
        for service in project.stack.services if environment == "development" else project.stack.deployed:
            found = filled[service.name]["environment"]
            expected = {"ENVIRONMENT": environment, "PORT": str(service.port)}
            for variable in (*service.variables, *service.env):
                settable = environment != "test" and not variable.fixed
                expected[variable.name] = values.get(variable.setting, variable.value) if settable else variable.value
            if environment == "staging" and "LOG_LEVEL" not in values:
                expected["LOG_LEVEL"] = "debug"
            if environment == "development":
                for variable in service.spec.development.variables:
                    expected[variable.name] = (
                        variable.value if variable.fixed else values.get(variable.name, variable.value)
                    )
            for secret in service.secrets:
                if environment in ("staging", "production"):
                    expected[f"{secret.variable}_FILE"] = f"/run/secrets/{secret.name}"
                else:
                    expected[secret.variable] = (
                        values.get(secret.setting, "development") if environment == "development" else "test"
                    )
            assert found == expected, (environment, service.name)
            if service.prepare:
                assert filled[service.prepare_name]["environment"] == found, (
                    "it prepares the store that the service uses"
                )
            # A file of the service's own is read where it is there, and never demanded.
            own = {"development": ".env", "staging": ".env.production", "production": ".env.production"}.get(
                environment
            )
            files = [{"path": f"{service.path}/{own}", "required": False}] if own else []
            assert filled[service.name].get("env_file", []) == files
        for store in project.stack.stores:
            found = filled[store.name]["environment"]
            for variable in store.variables:
                # The store and its users must agree, or none could log in; each side may have a name of its own for it.
                raw = next(each.value for each in store.spec.variables if each.name == variable.name)
                same = {each.name for each in store.spec.client if each.name == variable.name or each.value == raw}
                if raw.startswith("$"):
                    assert same, f"{store.name}: no user is told what {variable.name} is"
                    for user in store.users:
                        told = {name: filled[user]["environment"][name] for name in same}
                        assert set(told.values()) == {found[variable.name]}, (environment, store.name, user, told)
            for user in store.users:
                mine = next((item for item in store.accounts if item.service == user), None)
                theirs = mine.secret.setting if mine else store.spec.secret.variable
                for end in ("", "_FILE"):
                    given_ = filled[user]["environment"].get(store.spec.client_secret + end)
                    assert given_ == found.get(theirs + end), (environment, store.name, user)
    if project.stack.kubernetes:
        in_kubernetes(project)


def in_kubernetes(project: Repository) -> None:
    """Require that each pod has the variables of its service by a ConfigMap of each environment, and secrets as files."""
    documents = {path: found[0] for path, found in project.manifests.items() if path.endswith("/kustomization.yaml")}
    base = literals(documents["deploy/kubernetes/base/kustomization.yaml"])
    overlays = {
        path.split("/")[3]: found for path, found in documents.items() if re.fullmatch(r".*/overlays/[^/]+/[^/]+", path)
    }
    assert sorted(overlays) == ["production", "staging"]
    workloads = pods(document for found in project.manifests.values() for document in found)
    for environment, overlay in overlays.items():
        merged_ = {name: base[name] | more for name, more in literals(overlay).items()}
        assert sorted(merged_) == sorted(service.name for service in project.stack.deployed)
        for service in project.stack.deployed:
            expected = {"ENVIRONMENT": environment, "PORT": str(service.port)}
            expected |= {variable.name: variable.value for variable in (*service.variables, *service.env)}
            expected |= {f"{secret.variable}_FILE": f"/run/secrets/{secret.name}" for secret in service.secrets}
            if environment == "staging":
                expected["LOG_LEVEL"] = "debug"
            assert merged_[service.name] == expected, (environment, service.name)
        secrets = {item["name"]: item["files"] for item in overlay.get("secretGenerator", ())}
        assert secrets == {secret.resource: [f"secrets/{secret.name}"] for secret in project.stack.secrets}
    for service in project.stack.deployed:
        pod = workloads["Deployment", service.name]
        for container_ in [*pod.get("initContainers", ()), *pod["containers"]]:
            assert {"configMapRef": {"name": service.name}} in container_["envFrom"], service.name
            if service.secrets:
                assert any(
                    mount["mountPath"] == "/run/secrets" and mount["readOnly"] for mount in container_["volumeMounts"]
                )


def literals(kustomization: Any) -> dict[str, dict[str, str]]:
    """Return the values of each ConfigMap that a kustomization generates."""
    return {
        generator["name"]: {
            name: unquoted(value) for name, _, value in (literal.partition("=") for literal in generator["literals"])
        }
        for generator in kustomization["configMapGenerator"]
    }


def unquoted(value: str) -> str:
    """Return a literal's value as Kustomize reads it: without one pair of quotes around it."""
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def test_the_renderer_knows_these_answers() -> None:
    """The default answers have all that the properties above look at; without it they would look at nothing."""
    project = Repository({})
    assert project.stack.stores
    assert any(service.prepare for service in project.stack.services)
    assert renderer().questions
