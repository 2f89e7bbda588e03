"""Rendering is close to the cost of writing the files."""

from __future__ import annotations

import time

from support.render import contents, renderer


def test_default_project_renders_in_60_ms() -> None:
    contents(renderer().render({}))
    times = []
    for _ in range(7):
        # The processor's time, not the clock's: other tests run at the same time.
        started = time.process_time()
        contents(renderer().render({}))
        times.append(time.process_time() - started)
    assert min(times) < 0.060, [f"{seconds * 1000:.0f} ms" for seconds in times]


def test_200_services_render_in_seconds() -> None:
    services = ", ".join(f"api-{number}:fastapi > postgres" for number in range(200))
    contents(renderer().render({"services": "a:fastapi > postgres"}))
    started = time.process_time()
    contents(renderer().render({"preset": "custom", "services": services}))
    assert time.process_time() - started < 4
