"""The scripts of this repository as modules; they are no package."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from support.render import ROOT


def script(name: str) -> ModuleType:
    """Import a script without running it."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
