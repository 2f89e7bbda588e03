"""The template rendered in memory: the same bytes that Copier writes, in a fraction of its time.

Copier asks git for every file that it writes and compiles every part of every path anew. Here the
Jinja environment is Copier's own, with the settings of `copier.yml`; only the walk is ours.
`tests/render/test_memory_equals_copier.py` proves the two equal.
"""

from __future__ import annotations

import contextlib
import functools
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import jinja2
import yaml
from copier._jinja_ext import CopierTemplateLoader, SandboxedEnvironment, YieldExtension, get_yield_context
from jinja2 import Environment, Template
from pathspec import GitIgnoreSpec

ROOT = Path(__file__).resolve().parents[2]
ANSWERS_FILE = ".copier-answers.yml"

Answers = Mapping[str, Any]


class File:
    """A file of a rendered repository: whether it is executable, and the template file that it comes from.

    Its bytes are rendered when they are first asked for: most tests look at a few files of many.
    """

    def __init__(self, content: Callable[[], bytes], executable: bool, source: str) -> None:
        self._content = content
        self.executable = executable
        self.source = source

    @functools.cached_property
    def content(self) -> bytes:
        return self._content()

    @property
    def text(self) -> str:
        return self.content.decode()


Tree = dict[str, File]


@dataclass(frozen=True)
class _Source:
    """A file of the template; `name` is that of the file without the suffix, and still a template."""

    path: Path
    name: str
    rendered: bool
    executable: bool


@dataclass(frozen=True)
class _Folder:
    """A folder of the template; `name` is still a template."""

    name: str
    files: tuple[_Source, ...]
    folders: tuple[_Folder, ...]


class Renderer:
    """Renders one clone of the template, given by its folder."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.settings: dict[str, Any] = yaml.safe_load((root / "copier.yml").read_text())
        self.questions = {name: value for name, value in self.settings.items() if not name.startswith("_")}
        self.suffix: str = self.settings["_templates_suffix"]
        self.environment = self._environment()
        self._top = self._folder(self.root / self.settings["_subdirectory"], "")
        self._parts: dict[str, Template] = {}

    def _environment(self) -> Environment:
        options = dict(self.settings["_envops"])
        options["undefined"] = {"jinja2.StrictUndefined": jinja2.StrictUndefined}[options["undefined"]]
        return SandboxedEnvironment(
            loader=CopierTemplateLoader(self.root),
            extensions=[
                "jinja2_ansible_filters.AnsibleCoreFiltersExtension",
                YieldExtension,
                *self.settings["_jinja_extensions"],
            ],
            # The files do not change while a renderer lives, and there are more than Jinja keeps by default.
            auto_reload=False,
            cache_size=-1,
            **options,
        )

    def _folder(self, folder: Path, name: str) -> _Folder:
        entries = sorted(folder.iterdir())
        return _Folder(
            name,
            tuple(
                _Source(
                    path=entry.relative_to(self.root),
                    name=entry.name.removesuffix(self.suffix),
                    rendered=entry.name.endswith(self.suffix),
                    executable=bool(entry.stat().st_mode & stat.S_IXUSR),
                )
                for entry in entries
                if not entry.is_dir()
            ),
            tuple(self._folder(entry, entry.name) for entry in entries if entry.is_dir()),
        )

    def answers(self, given: Answers) -> dict[str, Any]:
        """Return all answers: those given, and for the others what the questionnaire offers."""
        known: dict[str, Any] = {}
        for name, question in self.questions.items():
            value = given[name] if name in given else self._default(question["default"], known)
            if question["type"] == "yaml" and isinstance(value, str):
                value = yaml.safe_load(value)
            if question.get("multiselect"):
                choices = question["choices"]
                value = [
                    choice for choice in (choices.values() if isinstance(choices, dict) else choices) if choice in value
                ]
            known[name] = value
        return known

    def _default(self, value: Any, known: Answers) -> Any:
        if isinstance(value, list):
            return [self._default(item, known) for item in value]
        if not isinstance(value, str):
            return value
        return self._part(value).render(**known, _copier_phase="prompt", _copier_conf={})

    def check(self, given: Answers) -> None:
        """Raise Copier's UserMessageError for bad answers, where Copier does: before the first question."""
        first = next(iter(self.questions.values()))
        conf = {"data": dict(given), "dst_path": PurePath("project"), "answers_file": PurePath(ANSWERS_FILE)}
        self._text(first["ask"], {"_copier_conf": conf, "_copier_phase": "prompt"})

    def kept(self) -> list[str]:
        """Return the patterns of the files that Copier leaves as they are where they exist: the user's."""
        conf = {"_copier_conf": {"answers_file": PurePath(ANSWERS_FILE)}, "_copier_phase": "render"}
        return [self._text(pattern, conf) for pattern in self.settings["_skip_if_exists"]]

    def stack(self, given: Answers) -> Any:
        """Return the Stack that the templates see."""
        context = self.environment.context_class(self.environment, self._context(given), None, {})
        return context["stack"]

    def _context(self, given: Answers) -> dict[str, Any]:
        answers = self.answers(given)
        return {
            **answers,
            "_copier_answers": {key: value for key, value in given.items() if key in ("_commit", "_src_path")}
            | answers,
            "_copier_conf": {
                "src_path": PurePath(self.root),
                "dst_path": PurePath("project"),
                "answers_file": PurePath(ANSWERS_FILE),
                "data": {},
                "sep": os.sep,
            },
            "_copier_phase": "render",
            "_copier_python": "",
            "_folder_name": "project",
        }

    def render(self, given: Answers) -> Tree:
        """Return the files of these answers by path.

        Bad answers raise Copier's UserMessageError.
        """
        context = self._context(given)
        excluded = _spec(
            tuple(
                line
                for pattern in self.settings["_exclude"]
                for line in self._text(pattern, {**context, "_copier_operation": "copy"}).splitlines()
            )
        )
        files: Tree = {}
        for path, source, variables in self._files(self._top, "", context):
            if excluded.match_file(path):
                continue
            if path in files:
                raise AssertionError(f"{path} comes from both {files[path].source} and {source.path}")
            content = functools.partial(self._content, source, variables)
            files[path] = File(content, source.executable, source.path.as_posix())
        return files

    def _content(self, source: _Source, context: Mapping[str, Any]) -> bytes:
        if not source.rendered:
            return _read(self.root / source.path)
        return self.environment.get_template(source.path.as_posix()).render(context).encode()

    def _files(
        self, folder: _Folder, start: str, context: Mapping[str, Any]
    ) -> Iterator[tuple[str, _Source, Mapping[str, Any]]]:
        """Yield the path of each file of a folder and of those in it, with its source and what that is rendered with."""
        for source in folder.files:
            for name, variables in self._names(source.name, context):
                yield f"{start}{name}", source, variables
        for inner in folder.folders:
            for name, variables in self._names(inner.name, context):
                yield from self._files(inner, f"{start}{name}/", variables)

    def _names(self, name: str, context: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield each name that a name renders to, none where it is empty, and the variables of its `yield` tag."""
        if "{" not in name:
            yield name, context
            return
        text = self._text(name, context)
        loop = get_yield_context(self.environment)
        if not loop.yield_name:
            rounds = [(text, context)]
        else:
            variable, values = loop.yield_name, tuple(loop.yield_iterable or ())
            several = [{**context, variable: value} for value in values]
            rounds = [(self._text(name, variables), variables) for variables in several]
        yield from ((text, variables) for text, variables in rounds if text)

    def _part(self, source: str) -> Template:
        if source not in self._parts:
            self._parts[source] = self.environment.from_string(source)
        return self._parts[source]

    def _text(self, source: str, context: Mapping[str, Any]) -> str:
        loop = get_yield_context(self.environment)
        loop.yield_name = loop.yield_iterable = None
        return self._part(source).render(context)


@functools.lru_cache(maxsize=64)
def _spec(lines: tuple[str, ...]) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(lines)


@functools.lru_cache(maxsize=1024)
def _read(path: Path) -> bytes:
    return path.read_bytes()


_CLONE: ContextVar[Path] = ContextVar("clone", default=ROOT)


def clone() -> Path:
    """Return the folder of the clone of the template that tests look at."""
    return _CLONE.get()


@contextlib.contextmanager
def looking_at(folder: Path) -> Iterator[None]:
    """Let everything that renders or reads the catalog do so with another clone of the template."""
    token = _CLONE.set(folder)
    try:
        yield
    finally:
        _CLONE.reset(token)


def renderer() -> Renderer:
    """Return the renderer of the clone, made once per process."""
    return _renderer(clone())


@functools.cache
def _renderer(root: Path) -> Renderer:
    return Renderer(root)


def contents(files: Tree) -> dict[str, bytes]:
    """Return the bytes of rendered files by path: rendered now."""
    return {path: file.content for path, file in files.items()}


def write(files: Tree, folder: Path) -> Path:
    """Write rendered files into a folder and return it."""
    for path, file in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
        if file.executable:
            target.chmod(0o755)
    return folder
