"""One fact, one value: ports, images, variables, secrets and names agree in every file that has them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from support.composefile import documented, interpolated, merged, references
from support.render import write
from support.rendered import FEW, Repository, documents, pods
from support.samples import SAMPLES
from support.strategies import answers


def published(service: Any) -> dict[int, tuple[str, str]]:
    """Return, by container port, the address and the host's port that Compose publishes it on."""
    found = {}
    for port in service.get("ports", ()):
        address, host, target = re.fullmatch(r"(.*?):((?:\$\{[^}]*\}|\d)*):(\d+)", port).groups()  # type: ignore[union-attr]  # else it fails here
        found[int(target)] = (address, host)
    return found


@given(answers(FEW))
def test_ports_agree(given_answers: dict[str, Any]) -> None:
    """A service listens, is exposed, published, probed and called at one port."""
    project = Repository(given_answers)
    stack = project.stack
    kubernetes = [document for found in project.manifests.values() for document in found]
    inside = {item["metadata"]["name"]: item["spec"] for item in kubernetes if item.get("kind") == "Service"}
    workloads = {name: pod for (_, name), pod in pods(kubernetes).items()}
    for service in stack.services:
        port, listed = service.port, project.map["services"][service.name]
        assert listed["port"] == port
        production = project.dockerfiles[service.name].setting("production", "EXPOSE")
        # A function asks for its events, and listens nowhere.
        assert (production.words if production else []) == ([str(port)] if service.deployed else [])
        development = project.dockerfiles[service.name].setting("development", "EXPOSE")
        assert development is not None
        assert str(port) in development.words
        container = project.services("development")[service.name]
        expected = {port: ("127.0.0.1", f"${{{listed['host_port_variable']}:-{port}}}")}
        if service.debug_port:
            target = service.spec.debug_port
            assert str(target) in development.words
            expected[target] = ("127.0.0.1", f"${{{listed['debug_port_variable']}:-{service.debug_port}}}")
        assert published(container) == expected, service.name
        if not service.deployed:
            continue
        assert published(project.services("test")[service.name]) == ({port: ("127.0.0.1", "")})
        if stack.compose:
            behind = published(project.services("production")[service.name])
            assert set(behind) == ({port} if service.public else set()), (
                f"{service.name} is {'' if service.public else 'not '}public"
            )
            assert all(address == "${BIND_ADDRESS:-127.0.0.1}" for address, _ in behind.values())
        if stack.kubernetes:
            assert [each["port"] for each in inside[service.name]["ports"]] == [port]
            ports = {each["name"]: each["containerPort"] for each in workloads[service.name]["containers"][0]["ports"]}
            assert [ports[each["targetPort"]] for each in inside[service.name]["ports"]] == [port]
        for upstream in service.upstreams:
            called = stack.by_name[upstream.name]
            assert {v.name: v.value for v in service.variables}[upstream.env] == f"http://{called.name}:{called.port}"
    for store in stack.stores:
        open_ports = [store.spec.port, *(endpoint.port for endpoint in store.spec.endpoints)]
        assert list(published(project.services("development")[store.name])) == open_ports
        for environment in set(project.environments) - {"development"}:
            assert not published(project.services(environment)[store.name]), f"{store.name} can be reached from outside"
        if stack.kubernetes:
            assert [each["port"] for each in inside[store.name]["ports"]] == open_ports
    filled = interpolated(project.compose["development"], {})["services"]
    numbers = [host for item in filled.values() for _, host in published(item).values()]
    assert len(numbers) == len(set(numbers)), f"two services want one port of the machine: {sorted(numbers)}"


@given(answers(FEW))
def test_images_and_contexts_agree(given_answers: dict[str, Any]) -> None:
    """What bake builds and pushes is what Compose and Kubernetes run."""
    project = Repository(given_answers)
    stack = project.stack
    bake = project.text("docker-bake.hcl")
    listed = re.search(r'^variable "SERVICES" \{.*?^  default = \{\n(.*?)^  \}', bake, re.MULTILINE | re.DOTALL)
    assert listed is not None
    contexts = dict(re.findall(r'^ +"([^"]+)" += "([^"]+)"$', listed[1], re.MULTILINE))
    assert contexts == {service.name: service.path for service in stack.services}
    assert f'default     = "{stack.registry}"' in bake
    assert f'"${{REGISTRY}}/{stack.slug}-${{service}}"' in bake
    tags = {f"{stack.slug}-{service.name}" for service in stack.services}
    assert {item["image"] for item in project.map["services"].values()} == tags
    for service in stack.services:
        image = f"{stack.slug}-{service.name}"
        for name in [service.name, *([service.prepare_name] if service.prepare else [])]:
            assert project.services("development")[name]["image"] == f"{image}:development"
            if not service.deployed:
                continue
            assert project.services("test")[name]["image"] == f"{image}:test"
            if stack.compose:
                reference = interpolated(project.services("production")[name]["image"], {"TAG": "1.2.3"})
                assert reference == f"{stack.registry}/{image}:1.2.3"
        build = project.services("development")[service.name]["build"]
        assert (build["context"], build["target"]) == (service.path, "development")
        if service.deployed:
            build = project.services("test")[service.name]["build"]
            assert (build["context"], build["target"]) == (service.path, "production"), "tests run what is delivered"
        dockerfile = project.dockerfiles[service.name]
        libraries = [library.name for library in service.libraries]
        names = [*libraries, "base", "dependencies", "development", "builder", "production"]
        assert list(dockerfile.stages) == names
        for stage in list(dockerfile.stages.values())[len(libraries) :]:
            assert stage.base in dockerfile.stages or stage.base in (*stack.images.values(), "scratch"), (
                f"{stage.base} is pinned elsewhere"
            )
            for item in stage.instructions:
                source = item.flag("from")
                assert source is None or source in dockerfile.stages or source in stack.images.values(), source
    stores = {store.name: store.image for store in stack.stores}
    for environment in project.environments:
        run = {name: item["image"] for name, item in project.services(environment).items() if name in stores}
        assert run == stores, environment
    if stack.kubernetes:
        workloads = pods(document for found in project.manifests.values() for document in found)
        for (_, name), pod in workloads.items():
            for container in [*pod.get("initContainers", ()), *pod["containers"]]:
                assert container["image"] == stores.get(name, f"{stack.slug}-{name}")
        for path, found in project.manifests.items():
            if re.fullmatch(r".*/overlays/[^/]+/kustomization\.yaml", path):
                renamed = {image["name"]: image["newName"] for image in found[0]["images"]}
                delivered = [f"{stack.slug}-{service.name}" for service in stack.deployed]
                assert renamed == {tag: f"{stack.registry}/{tag}" for tag in delivered}


@given(answers(FEW))
def test_variables_and_secrets_agree(given_answers: dict[str, Any]) -> None:
    """Every variable that is read is documented, every documented one is read, and secrets have one name each."""
    project = Repository(given_answers)
    stack = project.stack
    listed = documented(project.text(".env.example"))
    read = {
        reference.name for environment in project.environments for reference in references(project.compose[environment])
    }
    bake = set(re.findall(r'^variable "(\w+)"', project.text("docker-bake.hcl"), re.MULTILINE))
    assert read - listed.keys() == set(), "read, and documented nowhere"
    assert listed.keys() - read - bake == set(), "documented, and read by nothing"
    for service in stack.services:
        values = project.map["services"][service.name]["variables"]
        assert values == {variable.name: variable.value for variable in (*service.variables, *service.env)}
    secrets = {secret.name: secret.variable for secret in stack.secrets}
    assert {name: item["variable"] for name, item in project.map["secrets"].items()} == secrets
    for name, item in project.map["secrets"].items():
        assert item["users"] == [
            service.name for service in stack.services if name in project.map["services"][service.name]["secrets"]
        ]
    for environment in set(project.environments) & {"staging", "production"}:
        file = project.compose[environment]
        assert file.get("secrets", {}) == {name: {"file": f"./secrets/{name}"} for name in secrets}
        for service in stack.deployed:
            for name in [service.name, *([service.prepare_name] if service.prepare else [])]:
                assert file["services"][name].get("secrets", []) == [secret.name for secret in service.secrets], name
        for store in stack.stores:
            assert file["services"][store.name]["secrets"] == [secret.name for secret in store.secrets]


@given(answers(FEW))
def test_names_and_networks_agree(given_answers: dict[str, Any]) -> None:
    """The same services and stores are everywhere, and each can reach what it needs."""
    project = Repository(given_answers)
    stack = project.stack
    names = {service.name for service in stack.services}
    stores = {store.name for store in stack.stores}
    assert set(project.map["services"]) == names
    assert set(project.map["stores"]) == stores
    assert project.map["build_order"] == list(stack.build_order)
    for environment in project.environments:
        file = project.compose[environment]
        suffix = "" if environment == "development" else f"-{environment}"
        assert file["name"] == f"{stack.slug}{suffix}", "two environments on one machine must not meet"
        running = {service.name for service in project.running(environment)}
        assert set(project.services(environment)) == running | stores | project.one_shots()
        for name, item in file["services"].items():
            if "labels" in item:
                assert item["labels"] == {"service.name": name, "deployment.environment.name": environment}
    if stack.compose:
        production = project.services("production")
        networks = {name: set(item["networks"]) for name, item in production.items()}
        for service in stack.deployed:
            for need in service.needs:
                assert networks[service.name] & networks[need], f"{service.name} cannot reach {need}"
            if service.prepare:
                assert all(networks[service.prepare_name] & networks[store] for store in service.prepared_stores)
            if not service.stores:
                assert not networks[service.name] & {"data"}, f"{service.name} can reach stores that it does not need"
        for store in stores:
            assert networks[store] == {"data"}
        assert set().union(*networks.values()) == set(project.compose["production"]["networks"])
        if stores:
            assert project.compose["production"]["networks"]["data"]["internal"] is True
    if stack.kubernetes:
        workloads = {name for _, name in pods(document for found in project.manifests.values() for document in found)}
        deployed = {service.name for service in stack.deployed}
        assert workloads == deployed | stores
        base = project.manifests["deploy/kubernetes/base/kustomization.yaml"][0]
        assert sorted(base["resources"]) == sorted(f"{name}.yaml" for name in deployed | stores)
        for path, found in project.manifests.items():
            folder = path.rsplit("/", 1)[0]
            if not path.endswith("/kustomization.yaml"):
                continue
            for entry in found[0].get("resources", ()):
                if not entry.startswith(".."):
                    assert f"{folder}/{entry}" in project.manifests, f"{path} names {entry}, which is not there"


@pytest.mark.parametrize("sample", SAMPLES)
def test_bake_prints_what_compose_builds(sample: str, tmp_path: Path) -> None:
    """Bake itself reads the build graph: contexts, stages and tags are those that Compose uses."""
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "buildx", "version"], capture_output=True, check=False).returncode
    ):
        pytest.skip("docker buildx is not installed")
    project = Repository(SAMPLES[sample])
    write(project.files, tmp_path)
    printed = subprocess.run(
        ["docker", "buildx", "bake", "--print", "default", "development"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert printed.returncode == 0, printed.stderr
    targets = json.loads(printed.stdout)["target"]
    for service in project.stack.services:
        image = f"{project.stack.slug}-{service.name}"
        production, development = targets[service.name], targets[f"{service.name}-development"]
        assert production["context"] == development["context"] == service.path
        assert (production["target"], development["target"]) == ("production", "development")
        assert production["tags"] == [f"{project.stack.registry}/{image}:latest"]
        assert development["tags"] == [project.services("development")[service.name]["image"]]
    assert len(targets) == 2 * len(project.stack.services)


@given(answers(FEW))
def test_workflows_agree(given_answers: dict[str, Any]) -> None:
    """What workflows run and read is there: files, tasks of the Makefile, and services' folders for Dependabot."""
    project = Repository(given_answers)
    github = {
        path: documents(file.text)[0]
        for path, file in project.files.items()
        if path.startswith(".github/") and path.endswith((".yml", ".yaml"))
    }
    assert bool(github) == project.stack.has("github-actions")
    makefiles = [file.text for path, file in project.files.items() if path == "Makefile" or path.endswith(".mk")]
    tasks = {task for text in makefiles for task in re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE)}
    for path, document in github.items():
        for command in re.findall(r"^\s*(?:- run: |run: )?make ([a-z-]+)", project.text(path), re.MULTILINE):
            assert command in tasks, f"{path} runs make {command}, which there is not"
        if path == ".github/dependabot.yml":
            folders = {
                folder
                for update in document["updates"]
                for folder in update.get("directories", [update.get("directory")])
            }
            for service in project.stack.services:
                assert f"/{service.path}" in folders, f"{service.path} is never updated"


@given(answers(FEW))
def test_badges_agree(given_answers: dict[str, Any]) -> None:
    """README.md shows what the workflow publishes: a badge of each service, each on a line of its own."""
    project = Repository(given_answers)
    stack = project.stack
    shown = re.findall(r"^!\[Coverage of (\S+)\]\((\S+)\)$", project.text("README.md"), re.MULTILINE)
    if not stack.has("github-actions"):
        assert not shown
        assert "branch `badges`" not in project.text("docs/development.md")
        return
    page = f"https://github.com/{stack.owner}/{stack.slug}"
    assert shown == [(service.name, f"{page}/raw/badges/{service.name}.svg") for service in stack.services]
    assert f"[![CI]({page}/actions/workflows/ci.yml/badge.svg)]" in project.text("README.md")
    jobs = documents(project.text(".github/workflows/ci.yml"))[0]["jobs"]
    assert "--initial-branch badges" in jobs["badges"]["steps"][-1]["run"]
    assert [name for name, job in jobs.items() if job["permissions"].get("contents") == "write"] == ["badges"]
    assert set(jobs["ci-ok"]["needs"]) == jobs.keys() - {"ci-ok"}
    for service in stack.services:
        command = project.map["services"][service.name]["commands"]["test"]
        assert "/total" in command, f"{service.name} leaves no number for its badge: docs/adding-a-kind.md"


@given(answers(FEW))
def test_editors_agree(given_answers: dict[str, Any]) -> None:
    """What an editor attaches to is what Compose publishes, and its containers are Compose's with more in them."""
    project = Repository(given_answers)
    stack = project.stack
    written = {path for path in project.files if path.startswith((".vscode/", ".devcontainer/"))}
    assert bool(written) == stack.has("editor")
    if not written:
        return
    launch = json.loads(project.text(".vscode/launch.json"))
    ports = {name: set(published(item).values()) for name, item in project.services("development").items()}
    debugged = {item["name"]: json.dumps(item) for item in launch["configurations"]}
    assert set(debugged) >= {service.name for service in stack.services if service.debug_port}
    for name, text in debugged.items():
        (port,) = set(re.findall(r'(?:"port": |localhost:)(\d+)', text))
        assert any(host.endswith(f":-{port}}}") for _, host in ports[name]), f"{name} is debugged at {port}"
        service = stack.by_name[name]
        folders = set(re.findall(r"\$\{workspaceFolder\}/([^\"]+)", text)) - {f"build/debug/{name}"}
        assert {service.path} <= folders <= {service.path, *(library.path for library in service.libraries)}
    for service in stack.services:
        folder = f".devcontainer/{service.name}"
        container = json.loads(project.text(f"{folder}/devcontainer.json"))
        more = documents(project.text(f"{folder}/compose.yaml"))[0]
        both = merged(project.compose["development"], more)["services"][service.name]
        before = project.services("development")[service.name]
        assert both["volumes"][-1] == f"./{service.path}:{container['workspaceFolder']}"
        assert {key for key in both if both[key] != before.get(key)} == {"volumes", "deploy"}
        limits, were = (item["deploy"]["resources"]["limits"] for item in (both, before))
        assert limits["cpus"] == were["cpus"]
        assert int(limits["memory"].removesuffix("M")) > int(were["memory"].removesuffix("M"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_compose_reads_the_containers_of_editors(sample: str, tmp_path: Path) -> None:
    """Compose itself merges both files: the folder is that of the service, seen from the repository's root."""
    if (
        shutil.which("docker") is None
        or subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
    ):
        pytest.skip("docker compose is not installed")
    project = Repository({**SAMPLES[sample], "features": ["editor"]})
    write(project.files, tmp_path)
    for service in project.stack.services:
        files = ["compose.yaml", f".devcontainer/{service.name}/compose.yaml"]
        options = [part for file in files for part in ("--file", file)]
        done = subprocess.run(
            ["docker", "compose", *options, "config", "--format", "json"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        mounts = {
            item["target"]: item["source"] for item in json.loads(done.stdout)["services"][service.name]["volumes"]
        }
        assert mounts[service.spec.development.workdir] == str(tmp_path / service.path)
