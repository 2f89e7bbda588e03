"""What holds for all tests."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Drop tests over an empty list, such as of stores where there are none: they have nothing to say."""
    items[:] = [
        item
        for item in items
        if not any(str(mark.kwargs.get("reason", "")).startswith("got empty") for mark in item.iter_markers("skip"))
    ]
