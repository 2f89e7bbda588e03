"""How requests show in the metrics and in the logs."""

import json
import logging
import uuid

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from app import logs
from app.middleware import ObserveRequests
from app.settings import Settings

ROUTE = "/shops/{shop}/items/{item}"


def requests(method: str, route: str, status: int) -> float:
    """Return how many requests the histogram has counted."""
    labels = {
        "http_request_method": method,
        "http_route": route,
        "http_response_status_code": str(status),
    }
    return REGISTRY.get_sample_value("http_server_request_duration_seconds_count", labels) or 0


@pytest.fixture
def example() -> TestClient:
    app = FastAPI()
    app.add_middleware(ObserveRequests)
    router = APIRouter()

    @router.get("/items/{item}")
    def item(item: int) -> int:
        logging.getLogger("app.test").info("looking")
        return 1 // item

    app.include_router(router, prefix="/shops/{shop}")
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(("item", "status"), [("1", 200), ("0", 500), ("x", 422)])
def test_requests_are_counted_by_route_and_logged(
    example: TestClient, caplog: pytest.LogCaptureFixture, item: str, status: int
) -> None:
    caplog.set_level(logging.INFO, "app")
    before = requests("GET", ROUTE, status)
    assert example.get(f"/shops/9/items/{item}?token=abc").status_code == status
    assert requests("GET", ROUTE, status) == before + 1
    (record,) = [record for record in caplog.records if record.name == "app.middleware"]
    assert record.levelname == ("ERROR" if status == 500 else "INFO")
    logged = vars(record)
    assert (logged["method"], logged["path"]) == ("GET", f"/shops/9/items/{item}")
    assert logged["status"] == status
    assert logged["duration_ms"] >= 0


@pytest.mark.parametrize("given", ["from-the-edge", "<script>", ""])
def test_every_line_about_a_request_has_its_identifier(
    settings: Settings, example: TestClient, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        logs.configure(settings.model_copy(update={"environment": "production"}))
        example.get("/shops/9/items/1", headers={"X-Request-ID": given})
        logging.getLogger("app.test").info("afterwards")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    *about, afterwards = [line for line in lines if line["logger"].startswith("app.")]
    assert [line["message"] for line in about] == ["looking", "request"]
    (identifier,) = {line["request_id"] for line in about}
    if given == "from-the-edge":
        assert identifier == given
    else:
        assert str(uuid.UUID(identifier)) == identifier
    assert "request_id" not in afterwards


def test_what_is_unknown_adds_no_labels(example: TestClient) -> None:
    before = requests("_OTHER", "unmatched", 404)
    example.request("BREW", "/no/such/path")
    assert requests("_OTHER", "unmatched", 404) == before + 1


def test_metrics_are_served_and_probes_neither_logged_nor_measured(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/health")
    text = client.get("/metrics").text
    assert "# TYPE http_server_request_duration_seconds histogram" in text
    assert "process_resident_memory_bytes" in text
    assert 'http_route="/health"' not in text
    assert not [record for record in caplog.records if record.name == "app.middleware"]
