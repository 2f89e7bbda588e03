"""Rendering is close to the cost of writing the files."""

from __future__ import annotations

import time

from support.render import renderer


def test_default_project_renders_in_60_ms() -> None:
    renderer().render({})
    times = []
    for _ in range(7):
        started = time.perf_counter()
        renderer().render({})
        times.append(time.perf_counter() - started)
    assert min(times) < 0.060, [f"{seconds * 1000:.0f} ms" for seconds in times]


def test_200_services_render_in_seconds() -> None:
    services = ", ".join(f"api-{number}:fastapi > postgres" for number in range(200))
    renderer().render({"services": "a:fastapi > postgres"})
    started = time.perf_counter()
    renderer().render({"preset": "custom", "services": services})
    assert time.perf_counter() - started < 4
