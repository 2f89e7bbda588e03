"""Write docs/questionnaire.md from copier.yml and the model, or check that it is current (`--check`)."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "extensions"))

from model import load, problems  # noqa: E402 - the path above has to be set first
from model.answers import LibraryAnswer, ResourcesAnswer, ServiceAnswer, VolumeAnswer  # noqa: E402

TARGET = ROOT / "docs" / "questionnaire.md"
# What is right for a field where its name alone would say something else: model and field.
HINTS = {
    ("Answers", "preset"): "use the name of a preset below, such as 'platform'",
    ("Answers", "libraries"): problems.HINTS["library"] + " in a list, or [] for none",
    ("Answers", "deploy"): problems.HINTS["deploy"] + "; [] where it is deployed by other means, or not at all",
    ("Answers", "features"): problems.HINTS["features"] + "; [] for none",
    ("ServiceAnswer", "kind"): "use a kind below, such as 'fastapi'",
    ("LibraryAnswer", "name"): problems.LIBRARY_HINTS["name"],
    ("LibraryAnswer", "kind"): "use a kind of library below, such as 'python'",
    ("LibraryAnswer", "path"): problems.LIBRARY_HINTS["path"],
    ("VolumeAnswer", "name"): problems.HINTS["name"].replace("'backend'", "'market'"),
}


def _hint(model: str, field: str) -> str:
    """Return what is right for a field, as a refusal of it says."""
    return HINTS.get((model, field), problems.HINTS.get(field, ""))


def _choices(question: Mapping[str, Any]) -> str:
    choices = question.get("choices")
    if not choices:
        return ""
    if isinstance(choices, str):
        return "the presets below"
    values = choices.values() if isinstance(choices, dict) else choices
    return ", ".join(f"`{value}`" for value in values)


def _questions(settings: Mapping[str, Any]) -> Iterator[str]:
    for name, question in settings.items():
        if name.startswith("_"):
            continue
        default = question.get("default", "")
        default = ", ".join(default) if isinstance(default, list) else str(default)
        help_ = question["help"]
        for what in ("kinds", "libraries", "stores"):
            help_ = help_.replace("{{ '" + what + "' | offered }}", "below")
        yield f"### `{name}`\n\n{help_}\n"
        if _choices(question):
            yield f"- choices: {_choices(question)}"
        yield f"- default: `{default}`"
        if str(question.get("ask", "")) == "False":
            yield "- not asked: set it with `--data`, a data file, or `--ask " + name + "`"
        elif "custom" in str(question.get("ask", "")):
            yield "- asked when `preset` is `custom`"
        elif "not defined" in str(question.get("ask", "")):
            yield "- asked once: an update keeps it"
        hint = _hint("Answers", name)
        if hint:
            yield f"- {hint}"
        yield ""


def _fields(model: Any) -> Iterator[str]:
    yield "| field | meaning | right is |\n| --- | --- | --- |"
    for name, field in model.model_fields.items():
        hint = _hint(model.__name__, name).replace("|", "\\|")
        yield f"| `{name}` | {field.description or ''} | {hint} |"


def text() -> str:
    """Return the document."""
    catalog = load.catalog(ROOT / "extensions")
    settings = yaml.safe_load((ROOT / "copier.yml").read_text())
    lines = [
        "# The questionnaire\n",
        "Written from `copier.yml` and the model by `scripts/questionnaire.py`. `answers.schema.json` beside this file",
        "says the same to an editor: put `# yaml-language-server: $schema=<path to it>` on top of a data file.\n",
        "## Questions\n",
        *_questions(settings),
        "## `services`\n",
        "One line, or a YAML list; both give the same repository:\n",
        "```yaml\nservices: api:fastapi > postgres + redis, web:react:8081 > api\n```\n",
        (
            "```yaml\nservices:\n"
            "  - {name: api, kind: fastapi, needs: [postgres, redis]}\n"
            "  - {name: web, kind: react, port: 8081, needs: [api]}\n```\n"
        ),
        "An entry of the same name and kind as one of the preset's takes from it what it leaves out.\n",
        *_fields(ServiceAnswer),
        "\n`resources`:\n",
        *_fields(ResourcesAnswer),
        "\n`volumes`, a list of:\n",
        *_fields(VolumeAnswer),
        "\n## `libraries`\n",
        "A YAML list:\n",
        "```yaml\nlibraries:\n  - {name: common, kind: python}\n```\n",
        *_fields(LibraryAnswer),
        "\n## Kinds\n",
        "| kind | what | port | can use |\n| --- | --- | --- | --- |",
        *(
            f"| `{kind.name}` | {kind.title}: {kind.summary} | {kind.port} | {', '.join(kind.stores) or '-'} |"
            for kind in catalog.kinds.values()
        ),
        "\n## Kinds of library\n",
        "| kind | what | used by |\n| --- | --- | --- |",
        *(
            f"| `{library.name}` | {library.title} | {', '.join(users)} |"
            for library in catalog.libraries.values()
            if (users := [kind.name for kind in catalog.kinds.values() if library.name in kind.libraries]) is not None
        ),
        "\n## Stores\n",
        "| store | what | port |\n| --- | --- | --- |",
        *(f"| `{store.name}` | {store.title} | {store.port} |" for store in catalog.stores.values()),
        "\n## Presets\n",
        "| preset | what | services |\n| --- | --- | --- |",
        *(
            f"| `{preset.name}` | {preset.title} | {', '.join(s['name'] + ':' + s['kind'] for s in preset.services)} |"
            for preset in catalog.presets.values()
        ),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the document, or with `--check` return 1 when it is not current."""
    if "--check" in sys.argv[1:]:
        current = TARGET.is_file() and TARGET.read_text() == text()
        if not current:
            print(f"{TARGET.name} is not current; run make docs", file=sys.stderr)
        return 0 if current else 1
    TARGET.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
