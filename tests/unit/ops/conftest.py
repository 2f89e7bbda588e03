"""What a generated repository runs as `python3 -m ops`, imported from the template: it is the same in all of them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from types import ModuleType

import pytest

from support.render import ROOT

sys.path.append(str(ROOT / "template"))


@pytest.fixture(scope="session")
def command() -> Callable[[str], ModuleType]:
    """Return a function that imports a command which only some repositories have: its file has a condition for a name."""

    def load(name: str) -> ModuleType:
        file = next((ROOT / "template" / "ops" / "commands").glob(f"*{name}.py*"))
        loader = SourceFileLoader(f"ops.commands.{name}", str(file))
        spec = importlib.util.spec_from_loader(loader.name, loader)
        assert spec
        module = importlib.util.module_from_spec(spec)
        loader.exec_module(module)
        return module

    return load
