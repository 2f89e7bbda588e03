"""What all tests share: Hypothesis' settings, and git and Copier without the settings of whoever runs them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from jinja2 import Environment

from support.copying import clone_files

# The same examples in every run; `--hypothesis-profile=explore` looks for new ones.
settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=100,
    # Valid answers are large, and some of their parts are drawn until they fit.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
settings.register_profile("explore", settings.get_profile("default"), derandomize=False, max_examples=2000)
settings.load_profile("default")


@pytest.fixture(scope="session", autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the settings of this machine's user away from git and Copier."""
    home = tmp_path_factory.mktemp("home")
    own = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Test",
        "GIT_AUTHOR_EMAIL": "test@example.com",
        "GIT_COMMITTER_NAME": "Test",
        "GIT_COMMITTER_EMAIL": "test@example.com",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in own.items():
            patch.setenv(name, value)
        for name in [name for name in os.environ if name.startswith("COPIER_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _modes_on_disk() -> Iterator[None]:
    """Leave out what Copier does for repositories with `core.fileMode=false`: it starts git once per file to ask.

    None of the tests' repositories is one, and asking takes half of the time of a copy.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("copier._main.Worker._sync_git_index_executable_bit", lambda *_: None, raising=False)
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the template without its history: Copier takes it as it is, and three times as fast."""
    return clone_files(tmp_path_factory.mktemp("template") / "slipway")


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Compile each template once per process, not once per copy: that takes a third of the time of a copy."""
    compiled: dict[Any, Any] = {}
    compile_ = Environment.compile

    def once(self: Environment, source: Any, *names: Any, **options: Any) -> Any:
        syntax = (self.trim_blocks, self.lstrip_blocks, self.keep_trailing_newline, *sorted(self.extensions))
        # Code that calls a filter knows what the filter wants to be given besides.
        wants = tuple(
            (name, getattr(item, "jinja_pass_arg", None)) for name, item in (self.filters | self.tests).items()
        )
        key = (source, names[:1], tuple(options.items()), syntax, wants)
        if key not in compiled:
            compiled[key] = compile_(self, source, *names, **options)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", once)
        yield
