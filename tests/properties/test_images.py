"""What production images hold, and what whoever runs them may do."""

from __future__ import annotations

import posixpath
import re
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from model.sensitive import is_secret_name
from support.composefile import interpolated
from support.dockerfile import Dockerfile, Instruction
from support.languages import CACHE_VARIABLES, CACHES, DOWNLOADS, language, programs
from support.layers import is_ignored, patterns, read
from support.rendered import FEW, Repository, pods
from support.strategies import answers

# Files that never belong into an image; a developer's machine or its tools make them.
JUNK = (
    ".env", ".env.production", ".git/config", ".venv/bin/python", ".mypy_cache/a.json", ".pytest_cache/a", ".ruff_cache/a",
    "node_modules/a/index.js", "dist/index.html", "coverage/index.html", ".coverage", "Dockerfile",
    ".dockerignore", "README.md", "secrets/postgres_password", "id_ed25519", "npm-debug.log",
)  # fmt: skip
CACHE_FOLDERS = ("/root", "/tmp", "/var/cache", "/var/lib/apt", "/home")
SYSTEM_PACKAGES = re.compile(r"\b(?:apt-get|apk)\b.*?\b(?:install|add)\b(?P<names>[^&|;]*)")
# Where programs are found by their name in any of these images.
PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
# Debian's releases: what is compiled on one, and linked with its libraries, runs on the same.
RELEASES = {"bookworm": "debian12", "trixie": "debian13"}
# Modes that let nobody but root write.
WRITABLE = re.compile(r"(?:^|,)(?:[ugoa]*[goa][ugoa]*|)[+=][rxXst]*w|^[0-7]*[2367][0-7]$|^[0-7]*[2367]$")

# Packages of programs that make others, and of nothing that those need later.
BUILD_TOOLS = {"binutils", "build-essential"}


class Image:
    """One service's production image, as its Dockerfile describes it."""

    def __init__(self, project: Repository, service: Any) -> None:
        self.project = project
        self.service = service
        self.files = project.folder(service)
        self.ignore = patterns(self.files[".dockerignore"].decode())
        self.context = [path for path in self.files if not is_ignored(path, self.ignore)]
        self.dockerfile = Dockerfile(self.files["Dockerfile"].decode())
        self.production = self.dockerfile.ancestry("production")
        self.own = [item for stage in self.production for item in stage.instructions]

    def copied(self) -> list[tuple[str, str]]:
        """Return (stage, path) of all that production copies from stages."""
        return [
            (source, path)
            for item in self.own
            if item.name == "COPY" and (source := item.flag("from")) in self.dockerfile.stages
            for path in item.sources
        ]

    def made(self, stage: str) -> list[Instruction]:
        """Return the instructions that made what a stage holds."""
        return [item for each in self.dockerfile.ancestry(stage) for item in each.instructions]

    def programs(self) -> frozenset[str]:
        """Return the programs of the base image, and those that production copies to where programs are found."""
        base = self.dockerfile.image("production")
        copied = {item.words[-1] for item in self.own if item.name == "COPY"}
        found_by_name = {path.rpartition("/")[2] for path in copied if path.rpartition("/")[0] in PATH}
        return programs(base) | found_by_name | {path for path in copied if path.startswith("/")}

    def is_data(self, path: str) -> bool:
        """Return whether a path is that of a data volume, or the folder that only such are in."""
        volumes = {volume.path for volume in self.service.volumes}
        return any(volume == path or volume.startswith(f"{path.rstrip('/')}/") for volume in volumes) and path not in (
            "/",
            self.service.spec.development.workdir,
        )

    def base_packages(self, stage: str) -> set[str]:
        """Return the packages of the system that a stage has installed."""
        return {
            name
            for item in self.made(stage)
            if item.name == "RUN"
            for match in SYSTEM_PACKAGES.finditer(item.arguments)
            for name in match["names"].split()
            if not name.startswith("-")
        }


@st.composite
def images(draw: st.DrawFn) -> Image:
    """Return the production image of one service of a project."""
    project = Repository(draw(answers(FEW)))
    return Image(project, draw(st.sampled_from(project.stack.services)))


def package_names(lock: bytes) -> set[str]:
    """Return the packages that a Python lock file names."""
    return set(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==", lock.decode(), re.MULTILINE))


# Feature: optimized-container-infrastructure, Property 7: production images hold runtime dependencies only
@given(images())
def test_production_holds_runtime_dependencies_only(image: Image) -> None:
    """Production installs nothing; packages that it copies come from the run-time lock file alone."""
    assert image.dockerfile.last.name == "production"
    assert not [item for item in image.own if item.name in ("RUN", "ADD")], "production only copies"
    folder = image.service.spec.development.dependencies
    for stage, path in image.copied():
        assert path not in ("/", "/root", "/usr", "/opt"), f"{path} is more than the service"
        if not (path == folder or folder.startswith(f"{path.rstrip('/')}/")):
            continue
        # This copies installed packages. Where a package manager can leave tools of development out, it was told to.
        locks = {file for item in image.made(stage) for file in read(item, image.context)}
        development = [file for file in locks if "dev" in file]
        assert not development, f"{stage} has packages of {development}"
        installs = [item.arguments for item in image.made(stage) if "npm ci" in item.arguments]
        assert all("--omit=dev" in command for command in installs)
    if not language(image.service.spec.language).environment:
        # What is compiled, or bundled, has its packages in it.
        assert not [path for _, path in image.copied() if path == folder], "packages beside the program that has them"
    if image.service.spec.language == "python":
        asked = tomllib.loads(image.files["pyproject.toml"].decode())
        names = {re.split(r"[^A-Za-z0-9._-]", each)[0].lower() for each in asked["dependency-groups"]["dev"]}
        runtime = package_names(image.files["requirements.txt"])
        wanted = {re.split(r"[^A-Za-z0-9._-]", each)[0].lower() for each in asked["project"]["dependencies"]}
        assert wanted <= runtime
        assert not names & runtime, "tools of development among the packages of the run time"
        assert runtime <= package_names(image.files["requirements-dev.txt"]), "development runs with other packages"
    in_context = [
        path
        for item in image.own
        if item.name == "COPY" and not item.flag("from")
        for path in read(item, image.context)
    ]
    assert not [path for path in in_context if "test" in path.lower()], "tests in production"


# Feature: optimized-container-infrastructure, Property 8: no temporary files, package caches or build artefacts in an image
@given(images())
def test_no_temporary_files_or_caches_in_an_image(image: Image) -> None:
    """Caches stay in cache mounts, junk never reaches the builder, and production copies no folder that holds either."""
    sent = [path for path in JUNK if not is_ignored(path, image.ignore)]
    assert not sent, f"these would be sent to the builder: {sent}"
    for folder in image.service.mount_paths:
        made = language(image.service.spec.language).made
        for inside in (f"{folder}/{name}" for name in (*made, ".DS_Store")):
            assert is_ignored(inside, image.ignore), f"{inside} would be sent"
    for stage, path in image.copied():
        assert not path.startswith(CACHE_FOLDERS), f"{path} holds caches"
        for item in image.made(stage):
            if item.name != "RUN":
                continue
            cached = {mount["target"] for mount in item.mounts if mount["type"] == "cache"}
            command = item.arguments
            if "apt-get install" in command:
                assert "/var/lib/apt" in cached or "rm -rf /var/lib/apt/lists" in command, command
            if re.search(r"\bapk add\b", command):
                assert "--no-cache" in command or "/var/cache/apk" in cached, command
            for pattern, places in CACHES.items():
                if re.search(pattern, command):
                    assert any(place in cached or place in command.split() for place in places), command
        kept = [image.dockerfile.env(stage).get(name) for name in CACHE_VARIABLES]
        assert not [cache for cache in kept if cache and f"{path}/".startswith(f"{cache}/")], f"{path} holds caches"
    for name in image.dockerfile.needed("production"):
        for item in image.dockerfile.stages[name].all("RUN"):
            for mount in item.mounts:
                if mount["type"] == "cache":
                    assert not any(path.startswith(mount["target"]) for _, path in image.copied())
    assert language(image.service.spec.language).variables.items() <= image.dockerfile.env("production").items()


# Feature: optimized-container-infrastructure, Property 9: every system library that the run time needs is in the image
@given(images())
def test_every_library_that_the_run_time_needs_is_there(image: Image) -> None:
    """What was installed runs on the system that it was installed on, with that system's libraries and programs."""
    service, dockerfile = image.service, image.dockerfile
    base = dockerfile.image("production")
    folder = service.spec.development.dependencies
    for stage, path in image.copied():
        if path != folder:
            continue
        assert dockerfile.image(stage) == base, f"{path} was installed on {dockerfile.image(stage)} and runs on {base}"
        built_with = {name for name in image.base_packages(stage) if not name.endswith("-dev")} - BUILD_TOOLS
        assert built_with <= image.base_packages("production"), "libraries are there at installation only"
        target = next(item.words[-1] for item in image.own if item.name == "COPY" and path in item.sources)
        assert target == path, "an environment cannot be moved: its scripts name their interpreter"
        assert dockerfile.env("production")["PATH"].startswith(f"{path}/bin:")
    libraries = language(service.spec.language).libraries
    locked = package_names(image.files["requirements.txt"]) if libraries else set()
    for name in locked & libraries.keys():
        assert libraries[name] in image.base_packages("production"), f"{name} needs {libraries[name]}"
    if base.startswith("gcr.io/distroless/"):
        for stage in {stage for stage, path in image.copied() if not image.is_data(path)}:
            if base.startswith("gcr.io/distroless/static-"):
                assert dockerfile.env(stage)["CGO_ENABLED"] == "0", f"{base} has no library that {stage} could link"
            release = next(found for name, found in RELEASES.items() if name in dockerfile.image(stage))
            assert release in base, f"{stage} is built on {dockerfile.image(stage)} and runs on {base}"
    programs = image.programs()
    for name in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
        item = dockerfile.setting("production", name)
        if item is None or item.arguments == "NONE":
            continue
        words = Instruction("CMD", (), item.arguments.removeprefix("CMD "), ()).words
        assert words[0] in programs, f"{name}: {words[0]} is not in {base}"
        if words[:2] == ["sh", "-c"]:
            assert words[2].removeprefix("exec ").split()[0] in programs, words
    if service.deployed:
        assert service.healthcheck[0] in programs
    if service.prepare:
        assert service.prepare[0] in programs


# Feature: optimized-container-infrastructure, Property 31: production processes run with uid > 0
@given(answers(FEW))
def test_production_runs_as_an_ordinary_user(given_answers: dict[str, Any]) -> None:
    """The image, Compose and Kubernetes each name a numeric user above 0, and the same one."""
    project = Repository(given_answers)
    expected = {service.name: (service.spec.uid, service.spec.uid) for service in project.stack.services}
    expected |= {service.prepare_name: expected[service.name] for service in project.stack.services if service.prepare}
    expected |= {store.name: (store.spec.uid, store.spec.gid) for store in project.stack.stores}
    assert all(uid > 0 and gid > 0 for uid, gid in expected.values())
    for service in project.stack.services:
        for stage in ("development", "production"):
            item = project.dockerfiles[service.name].setting(stage, "USER")
            assert item is not None, f"{service.name}: {stage} runs as root"
            uid, _, gid = item.arguments.partition(":")
            assert int(uid) > 0, (service.name, stage)
            assert int(gid) > 0, (service.name, stage)
            if stage == "production":
                assert (int(uid), int(gid)) == expected[service.name]
    for name, item in interpolated(project.services("development"), {}).items():
        if name in {service.name for service in project.stack.services}:
            assert item["user"] == "1000:1000", name
    for environment in ("staging", "production"):
        if environment not in project.environments:
            continue
        for name, item in project.services(environment).items():
            assert item["user"] == "{}:{}".format(*expected[name]), (environment, name)
            assert item["cap_drop"] == ["ALL"], name
            assert "cap_add" not in item, name
            assert "privileged" not in item, name
            assert item["security_opt"] == ["no-new-privileges:true"], name
    for (_, name), pod in pods(document for found in project.manifests.values() for document in found).items():
        for container in [*pod.get("initContainers", ()), *pod["containers"]]:
            context = {**pod.get("securityContext", {}), **container.get("securityContext", {})}
            assert context["runAsNonRoot"] is True, name
            assert (context["runAsUser"], context["runAsGroup"]) == expected[name], name
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name


# Feature: optimized-container-infrastructure, Property 32: build secrets are in no layer
@given(images())
def test_build_secrets_are_in_no_layer(image: Image) -> None:
    """A secret reaches a command by a secret mount alone; no argument, variable or copied file can hold one."""
    mounted: set[str] = set()
    for stage in image.dockerfile.stages.values():
        for item in stage.instructions:
            if item.name in ("ARG", "ENV", "LABEL"):
                found = [name for name in item.pairs if is_secret_name(name.upper())]
                assert not found, f"{stage.name}: {found} would be in the image's history"
            secrets = [mount for mount in item.mounts if mount["type"] == "secret"]
            assert not secrets or DOWNLOADS.search(item.arguments), f"{stage.name}: a secret that it has no use for"
            for mount in secrets:
                mounted.add(mount["id"])
                name, target = mount.get("env"), mount.get("target", f"/run/secrets/{mount['id']}")
                assert "required" not in mount, "a build works without a registry of one's own"
                # Nothing in the command writes it on: neither its value nor its file.
                assert not name or f"${name}" not in item.arguments.replace("{", ""), (
                    f"{stage.name}: {name} is expanded"
                )
                assert target not in item.arguments, f"{stage.name}: {target} is named in the command"
                assert "env" not in item.words, f"{stage.name}: prints its environment"
        installs = [item for item in stage.all("RUN") if DOWNLOADS.search(item.arguments)]
        assert all(any(mount["type"] == "secret" for mount in item.mounts) for item in installs), (
            f"{stage.name} cannot use a private registry"
        )
    described = {secret.id for secret in image.service.spec.build_secrets}
    assert mounted == described, "the description names other secrets than the Dockerfile mounts"
    guide = image.project.text("docs/development.md")
    assert all(f"| `{name}` |" in guide for name in described), "nobody is told of the secret"
    private = (
        ".env",
        ".env.production",
        "secrets/postgres_password",
        "id_ed25519",
        "server.pem",
        "client.key",
        ".netrc",
    )
    sent = [path for path in private if not is_ignored(path, image.ignore)]
    assert not sent, f"files with secrets would be sent to the builder: {sent}"
    npmrc = image.files.get(".npmrc", b"").decode()
    assert "_auth" not in npmrc
    assert "registry=" not in npmrc
    # The address of a service that is named "token" is none.
    addresses = {upstream.env for service in image.project.stack.services for upstream in service.upstreams}
    for environment in image.project.environments:
        for name, item in image.project.services(environment).items():
            arguments = item.get("build", {}).get("args", {})
            assert not [key for key in arguments if is_secret_name(key)], name
            if environment in ("staging", "production"):
                found = [key for key in {*item["environment"]} - addresses if is_secret_name(key)]
                assert not found, f"{environment}: {name} has {found}, which `docker inspect` shows"
                used = set(item.get("secrets", ()))
                assert used <= set(image.project.compose[environment].get("secrets", {}))
    bake = image.project.text("docker-bake.hcl")
    assert not [name for name in re.findall(r"^ +([A-Z_]+) += ", bake, re.MULTILINE) if is_secret_name(name)]


# Feature: optimized-container-infrastructure, Property 33: no needless write or execute permission in the image
@given(images())
def test_no_needless_permission_in_the_image(image: Image) -> None:
    """Root owns every file, nobody else may write it, and of the files from the repository only scripts can be executed."""
    needed = set(image.dockerfile.needed("production")) - {"development"}
    for name in needed:
        for number, item in enumerate(image.dockerfile.stages[name].instructions):
            where = f"{name}, instruction {number + 1}"
            if item.name in ("COPY", "ADD"):
                owners: tuple[str | None, ...] = (None, "0", "0:0", "root", "root:root")
                if image.is_data(item.words[-1]):
                    # A volume begins as the folder that it is mounted on: the service writes there.
                    owners = (*owners, f"{image.service.spec.uid}:{image.service.spec.uid}")
                assert item.flag("chown") in owners, f"{where}: the files have another owner"
                mode = item.flag("chmod")
                assert mode is None or not WRITABLE.search(mode), f"{where}: others may write ({mode})"
            if item.name == "RUN":
                # Modes that no copy into production keeps are development's: it is built on the same stage.
                copies = [copy for copy in image.own if copy.name == "COPY" and copy.flag("from") == name]
                kept = name == "production" or not all(copy.flag("chmod") for copy in copies)
                for mode in re.findall(r"\bchmod (?:-\S+ )*(\S+)", item.arguments) if kept else ():
                    assert not WRITABLE.search(mode), f"{where}: others may write ({mode})"
                assert "chown" not in item.arguments, f"{where}: files with another owner"
                for command in re.split(r"&&|;", item.arguments):
                    if "--owner" in command or "--group" in command:
                        made = [word for word in command.split()[1:] if not word.startswith("-")]
                        assert command.split()[:2] == ["install", "--directory"], f"{where}: files with another owner"
                        assert all(image.is_data(path) for path in made), f"{where}: {made} have another owner"
                # What commands make belongs to the user that they run as.
                users = [other for other in image.made(name) if other.name == "USER"]
                assert not users, f"{where}: runs as {users}"
    for item in image.own:
        if item.name != "COPY" or item.flag("from"):
            continue
        mode = item.flag("chmod")
        assert mode is not None, f"{item.arguments}: the modes are those of whoever builds"
        for path in read(item, image.context):
            script = image.files[path].startswith(b"#!")
            executable = bool(re.search(r"[1357]", mode)) if mode.isdigit() else "x" in mode
            assert executable == script, f"{path} is copied with {mode}"
    # The modes of a program that was compiled are the compiler's.
    compiled = language(image.service.spec.language).compiled
    for stage, path in image.copied() if not compiled else ():
        # Files of the repository on their way through a stage: their modes are set there too.
        own = [item for item in image.dockerfile.stages[stage].all("COPY") if not item.flag("from")]
        for item in own:
            workdir = image.dockerfile.setting(stage, "WORKDIR")
            assert workdir is not None
            landed = posixpath.normpath(posixpath.join(workdir.arguments, item.words[-1]))
            if not (f"{landed}/".startswith(f"{path}/") or f"{path}/".startswith(f"{landed}/")):
                # It copies what was compiled from them.
                continue
            commands = [other.arguments for other in image.dockerfile.stages[stage].all("RUN")]
            normalised = any(
                re.search(rf"chmod -R \S+ \S*{re.escape(path.rsplit('/', 1)[-1])}\b", command) for command in commands
            )
            assert item.flag("chmod") or normalised, f"{stage}: {item.arguments} keeps the modes of whoever builds"
    user = image.dockerfile.setting("production", "USER")
    assert user is not None
    last = [number for number, item in enumerate(image.own) if item.name in ("RUN", "COPY", "ADD")][-1]
    assert image.own.index(user) > last, "files that come after USER belong to who runs it"
    if image.project.stack.compose:
        for name, item in image.project.services("production").items():
            assert item["read_only"] is True, name
    for (_, name), pod in pods(document for found in image.project.manifests.values() for document in found).items():
        for container in [*pod.get("initContainers", ()), *pod["containers"]]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
