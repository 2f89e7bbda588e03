"""How fast records become measurements."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from app.measurements import transform

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RECORDS = [
    {
        "time": (NOW - timedelta(seconds=second)).isoformat(),
        "source": f"station-{second % 10}",
        "name": "temperature",
        "value": second / 10,
    }
    for second in range(10_000)
]


@pytest.mark.parametrize("count", [100, 10_000])
def test_transform(benchmark: BenchmarkFixture, count: int) -> None:
    assert len(benchmark(transform, RECORDS[:count], NOW).measurements) == count


def test_refuse(benchmark: BenchmarkFixture) -> None:
    refused = [record | {"value": "none"} for record in RECORDS[:1000]]
    assert len(benchmark(transform, refused, NOW).refused) == 1000
