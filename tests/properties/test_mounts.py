"""Files that development shares between the machine and the containers."""

from __future__ import annotations

import ast
import posixpath
from typing import Any

from hypothesis import given

from support.dockerfile import Dockerfile, Instruction
from support.languages import language
from support.layers import is_ignored, patterns
from support.rendered import FEW, Repository
from support.strategies import answers


def run_by(dockerfile: Dockerfile, command: Instruction) -> list[str]:
    """Return the words of a development command, a shell's command split, and those of scripts of the Dockerfile."""
    words = [part for word in command.words for part in word.split()]
    scripts = {
        item.words[-1].rpartition("/")[2]: item.heredocs[0]
        for item in dockerfile.stages["development"].all("COPY")
        if item.heredocs
    }
    return words + [part for word in words for part in scripts.get(word, "").split()]


def constant(source: str, name: str) -> Any:
    """Return the value of a constant of a Python module; StopIteration where it has none of that name."""
    return next(
        ast.literal_eval(statement.value)
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] == [name]
    )


# Feature: optimized-container-infrastructure, Property 6: a change in a mounted file is seen on both sides at once
@given(answers(FEW))
def test_mounted_files_are_one_on_both_sides(given_answers: dict[str, Any]) -> None:
    """Each source folder is mounted read-write where the image has it, hidden by nothing, and watched by what reloads it."""
    project = Repository(given_answers)
    development = project.compose["development"]["services"]
    for service in project.stack.services:
        folder = project.folder(service)
        dockerfile = project.dockerfiles[service.name]
        ignore = patterns(folder[".dockerignore"].decode())
        workdir = dockerfile.setting("development", "WORKDIR")
        assert workdir is not None
        data = {volume.key: volume.path for volume in service.volumes}
        read_only = {volume.key: volume.read_only for volume in service.volumes}
        for name in [service.name, *([service.prepare_name] if service.prepare else [])]:
            binds: dict[str, str] = {}
            named: dict[str, str] = {}
            for volume in development[name]["volumes"]:
                source, target, *mode = volume.split(":")
                if data.get(source) == target:
                    # A data volume, which only its writer may change.
                    assert mode == (["ro"] if read_only[source] else []), f"{name}: {volume}"
                else:
                    assert not mode, f"{name}: {volume} is not read-write"
                (binds if source.startswith("./") else named)[source] = target
            libraries = {f"./{library.path}": library.folder for library in service.libraries}
            own = {source: target for source, target in binds.items() if source not in libraries}
            assert binds == own | libraries, name
            assert list(own) == [f"./{service.path}/{path}" for path in service.mount_paths], name
            for source, target in own.items():
                path = source.removeprefix(f"./{service.path}/")
                inside = [file for file in folder if file.startswith(f"{path}/")]
                assert inside, f"{name}: {source} is not there, so the engine would make it, as root"
                assert target == posixpath.join(workdir.arguments, path), f"{target} is not where the image has it"
                assert not all(is_ignored(file, ignore) for file in inside), f"the image itself has no {path}"
                hidden = [other for other in named.values() if other == target or other.startswith(f"{target}/")]
                assert not hidden, f"{name}: {hidden} hide files of {source}"
        dependencies = service.spec.development.dependencies
        assert development[service.name]["volumes"][-1] == f"{service.name}-dependencies:{dependencies}"
        owner = development[service.name]["user"]
        assert owner == "${UID:-1000}:${GID:-1000}", "files that it makes must belong to who runs it"
        command = dockerfile.setting("development", "CMD")
        assert command is not None
        words = run_by(dockerfile, command)
        assert any(word.endswith(language(service.spec.language).reloads) for word in words), words
        assert "command" not in development[service.name], "the image's own command reloads"
        if service.spec.shares == "asgi":
            module = words[len(words) - 1 - words[::-1].index("-m") + 1]
            watched = [module, *(library.source for library in service.libraries)]
            assert constant(folder[f"{module}/__main__.py"].decode(), "RELOAD_DIRS") == watched
            assert module in service.mount_paths
        # Other files that the containers use are followed by `docker compose watch`.
        watch = development[service.name]["develop"]["watch"]
        followed = {rule["path"].removeprefix(f"{service.path}/"): rule for rule in watch}
        assert set(followed) == {*service.spec.development.rebuild, *service.spec.development.sync}
        for path, rule in followed.items():
            assert path in folder, f"{path} is watched and is not there"
            assert not is_ignored(path, ignore), f"{path} is watched and is no part of the image"
            assert not any(path.startswith(f"{mounted}/") for mounted in service.mount_paths), (
                f"{path} is mounted already"
            )
            if path in service.spec.development.sync:
                assert rule["action"] == "sync+restart"
                assert rule["target"] == posixpath.join(workdir.arguments, path)
            else:
                assert rule["action"] == "rebuild"
