import time

import pytest
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from app.settings import Settings
from app.stores import create_stores

pytestmark = pytest.mark.integration


def test_a_run_begins_with_the_service(client: TestClient, settings: Settings) -> None:
    def succeeded() -> float:
        return REGISTRY.get_sample_value("pipeline_runs_total", {"result": "success"}) or 0

    before, deadline = succeeded(), time.monotonic() + 20
    while succeeded() == before:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    metrics = client.get("/metrics").text
    for store in create_stores(settings):
        assert f'pipeline_rows_total{{store="{store.name}"}}' in metrics
