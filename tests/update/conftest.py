from __future__ import annotations

import pytest

from support.projects import TemplateClone


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> TemplateClone:
    """Return a clone of the template whose v2.0.0 changes a little of everything."""
    clone = TemplateClone(tmp_path_factory.mktemp("clone") / "slipway")
    clone.release(
        "v2.0.0",
        {
            clone.source("fastapi_services", "Dockerfile"): (
                "# syntax=docker/dockerfile:1\n",
                "# syntax=docker/dockerfile:1\n# From 2.0.0 on\n",
            ),
            clone.source("asgi_services", "healthcheck.py"): ('"""', '"""From 2.0.0 on: '),
            clone.source("template", "compose.yaml"): (
                "x-logging: &logging\n",
                "# From 2.0.0 on\nx-logging: &logging\n",
            ),
            clone.source("template", "README.md"): ("\n## ", "\nFrom 2.0.0 on.\n\n## "),
        },
    )
    return clone
