import pytest
from fastapi.testclient import TestClient

from app.settings import Settings

pytestmark = pytest.mark.integration


def test_every_store_is_usable(client: TestClient, settings: Settings) -> None:
    checks = client.get("/health/ready").json()["checks"]
    hosts = [name for name in type(settings).model_fields if name.endswith("_host")]
    assert [checks[name.removesuffix("_host")] for name in hosts] == ["ok"] * len(hosts)
    assert hosts
