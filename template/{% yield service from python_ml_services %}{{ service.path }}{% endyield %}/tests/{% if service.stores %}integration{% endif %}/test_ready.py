import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.integration


def test_it_is_ready_when_every_store_answers(client: TestClient) -> None:
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (200, "ok")
