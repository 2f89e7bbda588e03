from fastapi import Body
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings


def test_what_was_sent_is_not_repeated(settings: Settings) -> None:
    app = create_app(settings)

    @app.post("/example")
    def example(number: int = Body(embed=True)) -> int:
        return number

    client = TestClient(app)
    for sent in (b'{"number": "hunter2"}', rb'{"number": "\ud800"}'):
        response = client.post("/example", content=sent)
        assert response.status_code == 422
        (detail,) = response.json()["detail"]
        assert detail["loc"] == ["body", "number"]
        assert "input" not in detail
