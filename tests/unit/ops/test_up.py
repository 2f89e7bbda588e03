from __future__ import annotations

import argparse
from types import SimpleNamespace

import pytest
from ops import checks, compose, stack
from ops.commands import up
from ops.errors import OpsError


def test_a_version_that_no_image_can_have_is_refused_before_anything_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stack, "load", lambda: SimpleNamespace(require=lambda _: None))
    monkeypatch.setattr(compose, "project", lambda name: compose.Project(name, ("compose.prod.yaml",)))
    monkeypatch.setattr(checks, "before_start", lambda *_: pytest.fail("it was looked at"))
    monkeypatch.setenv("TAG", "a b")
    with pytest.raises(OpsError, match="'a b' cannot be the tag of an image; use letters"):
        up.run(argparse.Namespace(environment="production", services=[]))
