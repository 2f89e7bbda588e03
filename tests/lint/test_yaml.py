"""yamllint, with the settings that the project has itself."""

from __future__ import annotations

from yamllint import linter
from yamllint.config import YamlLintConfig

from support.corpus import distinct
from support.render import renderer


def test_yamllint() -> None:
    settings = renderer().render({})[".yamllint.yaml"].text
    # What git ignores is not here at all.
    config = YamlLintConfig(settings.replace("ignore-from-file: .gitignore\n", ""))
    found = [
        f"{path} (from {file.source}):{problem}"
        for path, file in distinct(lambda path: path.endswith((".yaml", ".yml"))).items()
        for problem in linter.run(file.text, config, path)
    ]
    assert not found
