"""What a build does again after a change, by BuildKit's own rules (`support/layers.py`)."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from support.dockerfile import Dockerfile, Instruction
from support.languages import IMPLIED, INSTALLS, LOCKED, LOCKS
from support.layers import changed, context, is_ignored, keys, patterns, read
from support.rendered import FEW, Repository
from support.strategies import answers

# Cargo fetches and compiles what a lock file names as it builds: an installation where it is given no source.
CARGO = re.compile(r"\bcargo +(build|check|test)\b")
# Packages of the system, and programs in a version that the command names: no lock file of the service has them.
SYSTEM = re.compile(r"\b(apt-get|apk|dnf) +(-\S+ +)*(install|add)\b")
PINNED = re.compile(r"\bcargo +install\b(?=.* --locked\b)(?=.* --version +\d+\.\d+\.\d+\b)")
# Dependency files that production has no use for, by their names.
DEVELOPMENT = re.compile(r"dev|^tools/")
WORKING = ("RUN", "COPY", "ADD")
ARGUMENTS = {"VERSION": "1.0.0", "REVISION": "a" * 40}


class Build:
    """A service's Dockerfile with its build context, and the steps that installing dependencies takes."""

    def __init__(self, project: Repository, service: Any) -> None:
        self.service = service
        files = project.folder(service)
        self.ignore = patterns(files[".dockerignore"].decode())
        self.dockerfile = Dockerfile(files["Dockerfile"].decode())
        self.files = files
        self.context = context(files, files[".dockerignore"].decode())
        self.keys = keys(self.dockerfile, self.context, ARGUMENTS)
        self.installs = {step for step in self.keys if is_install(self.at(step))}
        # The files that installations name, in a mount or in a copy before them in their stage.
        self.named = {
            (stage, number): {
                name
                for item in self.dockerfile.stages[stage].instructions[: number + 1]
                for name in (
                    *(item.sources if item.name == "COPY" else ()),
                    *(mount.get("source", ".") for mount in item.mounts),
                )
                if name in self.context
            }
            # What the installation is given as a folder.
            | set(read(self.at((stage, number)), self.context))
            for stage, number in self.installs
        }
        self.manifests = sorted(set().union(*self.named.values()))

    def at(self, step: tuple[str, int]) -> Instruction:
        """Return the instruction of a step."""
        return self.dockerfile.stages[step[0]].instructions[step[1]]

    def after(self, changes: dict[str, bytes], **arguments: str) -> set[tuple[str, int]]:
        """Return the steps that run again once these files, or these build arguments, have changed."""
        sent = {path: content for path, content in changes.items() if not is_ignored(path, self.ignore)}
        return changed(self.keys, keys(self.dockerfile, self.context | sent, ARGUMENTS | arguments))

    def edited(self, *paths: str) -> set[tuple[str, int]]:
        """Return the steps that run again once these files have changed."""
        return self.after({path: self.files[path] + b"\nchanged\n" for path in paths})

    def of(self, steps: set[tuple[str, int]], target: str) -> set[tuple[str, int]]:
        """Return those of the steps that a build of this target takes."""
        needed = self.dockerfile.needed(target)
        return {step for step in steps if step[0] in needed}


def is_install(instruction: Instruction) -> bool:
    """Return whether an instruction fetches packages."""
    if instruction.name != "RUN":
        return False
    mounted = {mount.get("source", ".") for mount in instruction.mounts}
    return bool(INSTALLS.search(instruction.arguments)) or bool(
        CARGO.search(instruction.arguments) and mounted & LOCKS.keys()
    )


@st.composite
def builds(draw: st.DrawFn) -> Build:
    """Return the build of one service of a project."""
    project = Repository(draw(answers(FEW)))
    return Build(project, draw(st.sampled_from(project.stack.services)))


# Feature: optimized-container-infrastructure, Property 5: a changed dependency file rebuilds only from the dependency layer on
@given(builds())
def test_a_dependency_change_rebuilds_from_the_dependency_layer_on(build: Build) -> None:
    """Whatever runs again comes at or after an instruction that installs; a development-only file leaves production be."""
    locks = LOCKS.keys() & build.files
    assert locks, "no lock file"
    assert locks <= set(build.manifests), "a lock file that nothing installs"
    assert locks <= set(build.service.spec.development.rebuild), "`docker compose watch` would not see the change"
    for manifest in build.manifests:
        again = build.edited(manifest)
        assert again & build.installs, f"{manifest} changes, and nothing is installed anew"
        for stage in build.dockerfile.stages.values():
            steps = sorted(step for step in again if step[0] == stage.name)
            if not steps:
                continue
            first = build.at(steps[0])
            inherits = any(
                (stage.base, number) in again
                for number in range(len(build.dockerfile.stages.get(stage.base, stage).instructions))
            )
            reads_it = manifest in read(first, build.context)
            copies_result = bool(first.flag("from"))
            assert inherits or reads_it or copies_result, (manifest, stage.name, first)
            installs_it = any(manifest in build.named[step] for step in build.installs if step[0] == stage.name)
            if reads_it and installs_it and not inherits and stage.name in build.dockerfile.needed("development"):
                # A copy of manifests alone, or the installation itself: the dependency layer begins here.
                others = set(read(first, build.context)) - set(build.manifests)
                assert is_install(first) or not others, (
                    f"{stage.name} starts anew with {others}, which are no dependency files"
                )
        assert not [step for step in again if step[0] == "base"], "the base is built anew"
    development_only = [name for name in build.manifests if DEVELOPMENT.search(name)]
    for manifest in development_only:
        assert not build.of(build.edited(manifest), "production"), f"{manifest} has nothing to do with production"


# Feature: optimized-container-infrastructure, Property 10: rarely changing layers come before often changing ones
@given(builds())
def test_rarely_changing_layers_come_first(build: Build) -> None:
    """Within each stage, what reads nothing comes before what reads dependency files, then sources, then the version."""
    rare = set(build.manifests)

    def rate(instruction: Instruction, so_far: int) -> int:
        inputs = set(read(instruction, build.context))
        if inputs - rare:
            return 2
        if inputs or is_install(instruction):
            return 1
        # A command reads what the stage holds by then; a file in the Dockerfile itself is as old as the Dockerfile.
        return so_far if instruction.name == "RUN" or instruction.flag("from") else 0

    for stage in build.dockerfile.stages.values():
        reached = 0
        for instruction in stage.instructions:
            if instruction.name not in WORKING or instruction.flag("link") is not None or instruction.heredocs:
                continue
            now = rate(instruction, reached)
            assert now >= reached, (
                f"{stage.name}: {instruction.arguments!r} would run again after every change of what is above it"
            )
            reached = now
        for number, instruction in enumerate(stage.instructions):
            if instruction.heredocs:
                above = stage.instructions[:number]
                assert not any(set(read(other, build.context)) - rare for other in above), (
                    f"{stage.name}: sources above a fixed file"
                )
    again = build.after({}, VERSION="2.0.0", REVISION="b" * 40)
    assert again, "the version is in no image"
    assert not [step for step in again if build.at(step).name in WORKING], "a new version builds layers anew"


# Feature: optimized-container-infrastructure, Property 11: unchanged dependency files reuse the dependency layer
@given(builds(), st.data())
def test_unchanged_dependency_files_reuse_the_dependency_layer(build: Build, draw: st.DataObject) -> None:
    """No change of other files, however many, and no new file installs anything again."""
    others = sorted(set(build.files) - {*build.manifests, "Dockerfile", ".dockerignore"})
    touched = draw.draw(st.lists(st.sampled_from(others), min_size=1, unique=True))
    new = {f"{folder}/new-file": b"new" for folder in build.service.mount_paths}
    again = build.after({path: build.files[path] + b"\nchanged\n" for path in touched} | new)
    assert build.installs, "nothing is installed at all"
    assert not again & build.installs, f"{touched} install everything again"
    sources = {
        path for path in build.context if path.startswith(tuple(f"{folder}/" for folder in build.service.mount_paths))
    }
    assert sources, "no source is part of the build"
    assert build.edited(*sources), "no source reaches an image"


# Feature: optimized-container-infrastructure, Property 12: an incremental build rebuilds only affected layers
@given(answers(FEW), st.data())
def test_an_incremental_build_rebuilds_only_affected_layers(given_answers: dict[str, Any], draw: st.DataObject) -> None:
    """A change runs the steps again that read what changed, and those that stand on them; no other service's at all."""
    project = Repository(given_answers)
    service = draw.draw(st.sampled_from(project.stack.services))
    build = Build(project, service)
    touched = draw.draw(st.lists(st.sampled_from(sorted(build.files)), min_size=1, max_size=4, unique=True))
    again = build.edited(*touched)
    assert again == set().union(*(build.edited(path) for path in touched))
    for path in touched:
        if path not in build.context:
            assert not build.edited(path), f"{path} is no part of the build"
    # What production copies as it is, no step before it needs: changing it must not build the rest again.
    production = build.dockerfile.stages["production"]
    direct = {path for item in production.all("COPY") if not item.flag("from") for path in read(item, build.context)}
    for path in direct:
        stages = {stage for stage, _ in build.of(build.edited(path), "production")}
        assert stages == {"production"}, f"{path} is only copied, and yet {stages} run again"
    # Tests are no part of what is delivered.
    for path in build.context:
        if path.startswith("tests/"):
            assert not build.of(build.edited(path), "production"), f"{path} is in no production image"
    # A service's build reads its own folder and nothing of another's.
    folders = {other.name: f"{other.path}/" for other in project.stack.services}
    for environment in project.environments:
        for name, item in project.services(environment).items():
            if "build" in item:
                assert item["build"]["context"] + "/" == folders[name]
                user = project.stack.by_name.get(name.removesuffix("-tests"), service)
                libraries = {library.name: library.path for library in user.libraries}
                assert item["build"].get("additional_contexts", {}) == libraries
    for one, mine in folders.items():
        assert not any(theirs.startswith(mine) for other, theirs in folders.items() if other != one)
    for stage in build.dockerfile.stages.values():
        for instruction in stage.all("COPY", "ADD"):
            assert not any(
                source.startswith(("..", "/")) for source in instruction.sources if not instruction.flag("from")
            )


# Feature: optimized-container-infrastructure, Property 23: a changed dependency version invalidates the dependency cache
@given(builds(), st.data())
def test_a_changed_version_invalidates_the_dependency_cache(build: Build, draw: st.DataObject) -> None:
    """The lock decides: another version of any one package installs anew, and nothing is installed that it does not name."""
    locks = [name for name in build.manifests if name in LOCKS]
    assert locks, "no lock file is among the dependency files"
    for lock in locks:
        text = build.files[lock].decode()
        found = list(LOCKS[lock].finditer(text))
        assert found, f"{lock} names no package"
        match = draw.draw(st.sampled_from(found))
        newer = text[: match.start("version")] + "999.0.1" + text[match.end("version") :]
        assume(newer != text)
        again = build.after({lock: newer.encode()})
        readers = {step for step in build.installs if lock in reads_through(build, step)}
        assert readers, f"nothing installs {lock}"
        assert readers <= again, f"{match.group()} changes, and its installation is taken from the cache"
    for step in build.installs:
        words = build.at(step).arguments
        if SYSTEM.search(words):
            assert not INSTALLS.search(SYSTEM.sub("", words)), f"packages of the system, and others: {words}"
            continue
        if PINNED.search(words):
            continue
        assert any(option in words for option in LOCKED), f"not locked: {words}"
        assert reads_through(build, step), f"installs what no lock file names: {words}"


def reads_through(build: Build, step: tuple[str, int]) -> set[str]:
    """Return the lock files that an installation names and that it, or a copy before it in its stage, reads."""
    stage = build.dockerfile.stages[step[0]]
    there = {path for item in stage.instructions[: step[1] + 1] for path in read(item, build.context)}
    command = build.at(step).arguments
    implied = {lock for words, lock in IMPLIED.items() if words in command}
    return {lock for lock in LOCKS if lock in there and (lock in command.split() or lock in implied)}
