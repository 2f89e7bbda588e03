"""What Copier loads: the Stack in every template's context, and the questionnaire's filters.

Copier executes this file once per template version, and during an update two versions live in one
process. The model is therefore imported under a name made of this clone's own path: nothing of one
version can reach the other.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import json
import re
import shlex
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from copier.errors import UserMessageError
from copier_template_extensions import ContextHook
from jinja2 import Environment, pass_context
from jinja2.exceptions import UndefinedError
from jinja2.ext import Extension
from jinja2.runtime import Context

if TYPE_CHECKING:
    from jinja2 import Template

ROOT = Path(__file__).resolve().parent


def _model(module: str) -> Any:
    """Import a module of this version's `model` package."""
    name = "slipway_" + hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    if name not in sys.modules:
        folder = ROOT / "model"
        spec = importlib.util.spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if spec is None or spec.loader is None:
            raise UserMessageError(f"{folder} cannot be imported; clone the template again")
        package = importlib.util.module_from_spec(spec)
        sys.modules[name] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"{name}.{module}")


answers_module, editor_module, load, map_module, names, problems, stack_module, variables_module = map(
    _model, ("answers", "editor", "load", "map", "names", "problems", "stack", "variables")
)
CATALOG = load.catalog(ROOT)
QUESTIONS = tuple(answers_module.Answers.model_fields)
USUAL_FEATURES = ("github-actions", "pre-commit", "editor")
LISTS = ("services", "libraries", "deploy", "platforms", "features")


class Slipway(ContextHook):
    """Adds `stack`, a list of services per kind, and the filters that the questionnaire uses."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters.update(
            checked=checked,
            choices=choices,
            offered=offered,
            problem=problem,
            slug=names.slug_of,
            stack_map=map_module.stack_map,
            launch=editor_module.launch,
            tasks=editor_module.tasks,
            extensions=editor_module.extensions,
            variable_groups=variables_module.groups,
            host_port=map_module.host_port_variable,
            debug_port=map_module.debug_port_variable,
            preset_line=preset_line,
            preset_libraries=preset_libraries,
            preset_features=preset_features,
            is_written=is_written,
            block=block,
            compose=compose,
            dotenv=dotenv,
            env=interpolated,
            flow=flow,
            in_order=in_order,
            literal=literal,
            quoted=quoted,
            shell=shell,
            volume=volume_name,
            yaml=yaml_text,
        )
        self._key: Any = None
        self._views: dict[str, Any] = {}

    def hook(self, context: dict[str, Any]) -> None:
        """Add the views of the answers in this context, once all of them are there."""
        if context.get("_copier_phase") == "prompt" or not all(name in context for name in QUESTIONS):
            return
        answers = {name: context[name] for name in QUESTIONS}
        # The key holds the values themselves: a comparison of equal objects is quick, and ids can recur.
        if answers != self._key:
            self._views = views(answers)
            self._key = answers
        context.update(self._views)


def views(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the templates see for complete answers; UserMessageError lists what is wrong with them."""
    found = [sentence for name in QUESTIONS for sentence in problems.of(name, answers[name], answers, CATALOG)]
    if found:
        raise UserMessageError("\n".join(found))
    stack = stack_module.build(answers_module.Answers.model_validate(answers), CATALOG)
    kinds: dict[str, list[str]] = {}
    for kind in CATALOG.kinds.values():
        for variable in kind.variable_names:
            kinds.setdefault(variable, []).append(kind.name)
    by_kind = {variable: stack.of_kind(*names) for variable, names in kinds.items()}
    by_kind |= {kind.variable_name: stack.libraries_of(kind.name) for kind in CATALOG.libraries.values()}
    return {"stack": stack, **by_kind}


@pass_context
def problem(context: Context, value: Any, question: str) -> str:
    """Return what is wrong with an answer, in the one line that a prompt shows; empty when nothing is."""
    known = {name: context.get(name) for name in QUESTIONS if name in context}
    found = problems.of(question, value, known, CATALOG)
    conf = context["_copier_conf"]
    if question in (*problems.KEPT, "registry") and question not in conf["data"]:
        _, recorded = _recorded(conf)
        found += problems.changed(question, value, recorded)
        # Copier takes the default in place of a recorded answer that is refused: the one of the new owner.
        if question == "registry" and "owner" in known and not found:
            found += _outdated(context, value, known["owner"], recorded)
    return problems.for_prompt(question, found[0]) if found else ""


def _outdated(context: Context, registry: str, owner: Any, recorded: Mapping[str, Any]) -> list[str]:
    """Return why the registry that was derived from the recorded owner goes with that owner."""
    before = recorded.get("owner", owner)
    if registry != recorded.get("registry") or before == owner:
        return []
    derived = {name: _default(context, "registry", {"owner": name}) for name in (before, owner)}
    if registry != derived[before] or derived[before] == derived[owner]:
        return []
    return [f"registry: {names.shown(registry)} is that of {before}; keep it with --data registry={registry}"]


@pass_context
def checked(context: Context, ask: bool) -> bool:
    """Return `ask`, having refused every bad answer that was given or recorded, all at once.

    The first question asks this before anything else happens. Copier's own validation would print a
    traceback for an answer from `--data`, and would replace a bad one in the project's answers file by
    the default, which here could remove services. What is neither given nor recorded counts as its
    default, which can be wrong beside the others.
    """
    conf = context["_copier_conf"]
    given = {name: _parsed(name, value) for name, value in conf["data"].items()}
    file, recorded = _recorded(conf)
    found = []
    # The last render of an update has recorded answers too, of questions that this version need not have.
    if "copier._main.new_copy." not in str(file):
        found = problems.unknown(given)
    # The renders of an update are handed what is recorded as if it were given.
    if _is_render(file):
        found = [f"{file.name}: {text}" for text in found]
        recorded, given = given, {}
    answers = _complete(context, {**recorded, **given})
    derived = []
    for name in answers:
        sentences = problems.of(name, answers[name], answers, CATALOG)
        if name in given:
            found += problems.changed(name, given[name], recorded) or sentences
        elif name in recorded:
            found += [f"{file.name}: {text}" for text in sentences]
        elif name == "services":
            source = f" (from the preset {answers.get('preset')})"
            derived += [text if source in text else text + source for text in sentences]
        else:
            derived += sentences
    # A default is wrong only because of what it is derived from.
    if found or derived:
        raise UserMessageError("\n".join(found or derived))
    return ask


def _complete(context: Context, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers to all questions; a default that cannot be made of bad answers is left out."""
    answers: dict[str, Any] = {}
    for name in QUESTIONS:
        try:
            answers[name] = known[name] if name in known else _default(context, name, answers)
        # A number of thousands of digits cannot be printed, for one.
        except (ArithmeticError, TypeError, ValueError, UndefinedError):
            continue
    return answers


def _recorded(conf: Mapping[str, Any]) -> tuple[Path, dict[str, Any]]:
    """Return the project's answers file and what it says."""
    file = Path(conf["dst_path"]) / (str(conf["answers_file"]) or ".copier-answers.yml")
    # Bytes: the machine's own encoding need not be that of YAML.
    said = yaml.safe_load(file.read_bytes()) if file.is_file() else None
    return file, said if isinstance(said, dict) else {}


def _is_render(path: Path) -> bool:
    """Return whether this is in a folder that Copier renders into during an update, to compare."""
    return "copier._main." in str(path)


@functools.cache
def _questions() -> dict[str, Any]:
    """Return copier.yml."""
    said: dict[str, Any] = yaml.safe_load((ROOT.parent / "copier.yml").read_bytes())
    return said


def _default(context: Context, question: str, answers: Mapping[str, Any]) -> Any:
    """Return what Copier would take for a question after these answers."""
    conf = context["_copier_conf"]
    settings = getattr(conf.get("settings"), "defaults", {})
    for defaults in (conf.get("user_defaults") or {}, settings):
        if question in defaults:
            return _parsed(question, defaults[question])
    default = _questions()[question]["default"]
    if not isinstance(default, str):
        return default
    text = context.environment.from_string(default).render({**answers, "_copier_phase": "prompt", "_copier_conf": conf})
    return _parsed(question, text)


def _parsed(question: str, value: Any) -> Any:
    """Return an answer as Copier will read it: text from the command line is YAML where a list is wanted."""
    if question not in LISTS or not isinstance(value, str) or question == "services":
        return value
    try:
        return yaml.safe_load(value)
    # Besides its own errors PyYAML lets those of int() and date() through.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        at = f" at line {where.line + 1}, column {where.column + 1}" if where else ""
        raise UserMessageError(
            f"{question}: {names.shown(value)} is not YAML{at}; write a list, such as [a, b]"
        ) from error


def in_order(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return recorded answers in the order of the questions, however they were given.

    A prompt that shows a list as YAML gives its keys back in the order of the alphabet.
    """
    rank = {name: number for number, name in enumerate(QUESTIONS)}
    ordered = sorted(answers.items(), key=lambda item: (not item[0].startswith("_"), rank.get(item[0], -1), item[0]))
    shapes = {"services": answers_module.ServiceAnswer, "libraries": answers_module.LibraryAnswer}
    return {
        name: [_fields_in_order(entry, shapes[name]) for entry in value]
        if name in shapes and isinstance(value, list)
        else value
        for name, value in ordered
    }


def _fields_in_order(entry: Mapping[str, Any], shape: Any) -> dict[str, Any]:
    inner = {"volumes": answers_module.VolumeAnswer, "resources": answers_module.ResourcesAnswer}
    result: dict[str, Any] = {}
    for field in (field for field in shape.model_fields if field in entry):
        value = entry[field]
        if field == "env" and isinstance(value, dict):
            value = dict(sorted(value.items()))
        elif field in inner and isinstance(value, dict):
            value = _fields_in_order(value, inner[field])
        elif field in inner and isinstance(value, list):
            value = [_fields_in_order(item, inner[field]) for item in value]
        result[field] = value
    return result


def offered(what: str) -> str:
    """Return the names of all `kinds` or `stores`, for a question's help, on lines that a terminal shows whole."""
    text = ", ".join(getattr(CATALOG, what))
    return textwrap.fill(text, 62, subsequent_indent=" " * 9, break_on_hyphens=False)


def choices(what: str) -> str:
    """Return all `presets` as the YAML mapping of titles to names that Copier offers."""
    return json.dumps({item.title: name for name, item in getattr(CATALOG, what).items()})


def _preset(name: Any) -> Any:
    return CATALOG.presets.get(name) if isinstance(name, str) else None


def preset_line(preset: Any) -> str:
    """Return the services of a preset as the line that the prompt offers, needs and all."""
    found = _preset(preset)
    return ", ".join(
        f"{service['name']}:{service['kind']}" + (f" > {' + '.join(service['needs'])}" if service.get("needs") else "")
        for service in (found.services if found else ())
    )


def preset_libraries(preset: Any) -> list[Any]:
    """Return the libraries of a preset."""
    found = _preset(preset)
    return list(found.libraries) if found else []


def preset_features(preset: Any) -> list[str]:
    """Return the features that a preset offers."""
    found = _preset(preset)
    return list(found.features if found and found.features is not None else USUAL_FEATURES)


@pass_context
def is_written(context: Context, path: str, destination: Any) -> bool:
    """Return whether an update must leave the user's files below `path` alone.

    They are written once, where the folder is not there yet. The renders that Copier compares during
    an update leave them out on both sides, so that no difference in them is ever seen.
    """
    folder = Path(str(destination))
    if _is_render(folder) or (folder / path).exists():
        return True
    # Nothing is written yet, so this leaves the project as it is.
    if name := _deleted(context, path):
        raise UserMessageError(
            f"services: '{name}' is in this project's answers, but its folder {path} is gone; bring it back, with "
            f"`git checkout` or `copier recopy`, or take '{name}' out of the answers"
        )
    return False


def _deleted(context: Context, path: str) -> str | None:
    """Return whose folder this was in the recorded answers, if it was anybody's."""
    file, recorded = _recorded(context["_copier_conf"])
    if not recorded:
        return None
    key = (str(file), file.stat().st_mtime_ns)
    if key not in _folders:
        try:
            stack = views(_complete(context, recorded))["stack"]
        except UserMessageError:
            # What is recorded is bad, and what is given mends it.
            return None
        _folders.clear()
        _folders[key] = {part.path: part.name for part in (*stack.services, *stack.libraries)}
    return _folders[key].get(path)


# The folders of the last recorded answers that were read, with whose they are.
_folders: dict[tuple[str, int], dict[str, str]] = {}


def quoted(value: Any) -> str:
    """Return a double-quoted string that JSON, YAML, TOML, HCL, JavaScript and Python all read the same."""
    return json.dumps(str(value), ensure_ascii=False)


def shell(value: Any) -> str:
    """Return a word as a shell reads it: quoted where a space or the like would end it."""
    return shlex.quote(str(value))


@functools.lru_cache(maxsize=4096)
def yaml_text(value: Any) -> str:
    """Return a string as a YAML scalar for block style: plain where that reads the same, else quoted."""
    text = str(value)
    try:
        plain = yaml.safe_load(f"key: {text}") == {"key": text} and text == text.strip() and "\n" not in text
    except yaml.YAMLError:
        plain = False
    return text if plain else quoted(text)


def flow(values: Iterable[Any]) -> str:
    """Return strings as a YAML flow sequence: `["CMD", "true"]`."""
    return "[" + ", ".join(map(quoted, values)) + "]"


def interpolated(name: str, default: str | None = None) -> str:
    """Return what Compose and shells replace by a variable: `${NAME:-default}` or `${NAME}`."""
    return "${" + name + (f":-{default}" if default is not None else "") + "}"


def block(text: str) -> str:
    """Return a macro's lines without the newline at their end, which the template's own line has."""
    return text.rstrip("\n")


def compose(text: str) -> str:
    """Return text in which Compose will find nothing to interpolate."""
    return text.replace("$", "$$")


def dotenv(value: str) -> str:
    """Return a value as `.env` files write it: quoted where a space, `#` or quote would end it."""
    return value if re.fullmatch(r"[A-Za-z0-9_./:@%+,=-]*", value) else quoted(value)


def literal(variable: Any) -> str:
    """Return a variable as Kustomize reads literals: it takes quotes away that stand around a value."""
    value = str(variable.value)
    quote = '"' if len(value) > 1 and value[0] == value[-1] == "'" else ""
    return f"{variable.name}={quote}{value}{quote}"


def volume_name(path: str) -> str:
    """Return the name of the volume for a folder: `/var/run/postgresql` -> `var-run-postgresql`."""
    return path.strip("/").replace("/", "-").replace("_", "-")


class GitHubExpressions(Extension):
    """Lets `${{ … }}` of GitHub Actions through as it stands."""

    _expression = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        if not name or ".github" not in name:
            return source
        return self._expression.sub(lambda match: "{%+ raw %}" + match[0] + "{% endraw +%}", source)


class CompiledPaths(Extension):
    """Keeps compiled path templates: Copier compiles each part of each path anew for every file.

    On 200 services that is a third of the time of a copy.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        compile_: Callable[..., Template] = environment.from_string
        compiled: dict[str, Template] = {}

        def from_string(source: Any, *args: Any, **kwargs: Any) -> Template:
            if not isinstance(source, str) or args or kwargs:
                return compile_(source, *args, **kwargs)
            # Compiling resets the state of Copier's yield tag; a template taken from here must too.
            environment.preprocess("")
            if source not in compiled:
                compiled[source] = compile_(source)
            return compiled[source]

        environment.from_string = from_string  # type: ignore[method-assign]
