import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.integration


def test_predictions_are_cached(client: TestClient) -> None:
    flower = {"features": [[5.1, 3.5, 1.4, 0.2]]}
    answers = [client.post("/api/predictions", json=flower) for _ in range(2)]
    assert [answer.headers["X-Cache"] for answer in answers] == ["miss", "hit"]
    assert answers[0].json() == answers[1].json()
    other = client.post("/api/predictions", json={"features": [[6.3, 3.3, 6.0, 2.5]]})
    assert other.headers["X-Cache"] == "miss"
    assert other.json()["predictions"] != answers[0].json()["predictions"]
