import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.measurements import AHEAD, EARLIEST, transform

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RECORD = {"time": "2026-11-21T11:59:00Z", "source": "roof", "name": "temperature", "value": 1.5}

ZONES = st.timezones() | st.just(UTC)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "time": st.datetimes(timezones=ZONES) | st.datetimes() | st.text(max_size=5),
            "source": st.text(max_size=3),
            "name": st.sampled_from(["temperature", " humidity ", "", "\0", "x" * 101]),
            "value": st.floats() | st.none(),
        }
    )
    | st.none()
    | st.text(),
    max_size=20,
)


@given(RECORDS)
def test_whatever_the_source_sends_what_is_stored_is_sound(records: list[object]) -> None:
    measurements, refused, _ = transform(records, NOW)
    assert len(measurements) + len(refused) <= len(records)
    assert measurements == sorted(measurements, key=lambda measurement: measurement.time)
    keys = {(each.source, each.name, each.time) for each in measurements}
    assert len(keys) == len(measurements)
    for measurement in measurements:
        assert EARLIEST <= measurement.time <= NOW + AHEAD
        assert math.isfinite(measurement.value)
        for text in (measurement.source, measurement.name):
            assert text == text.strip()
            assert text.encode()
            assert "\0" not in text
    assert transform(measurements, NOW) == (measurements, [], True)


@given(st.permutations(range(5)))
def test_the_order_of_records_does_not_matter(order: list[int]) -> None:
    records = [RECORD | {"time": NOW - timedelta(minutes=minute)} for minute in order]
    measurements, _, ordered = transform(records, NOW)
    assert [measurement.time for measurement in measurements] == [
        NOW - timedelta(minutes=minute) for minute in (4, 3, 2, 1, 0)
    ]
    assert ordered is (order == [4, 3, 2, 1, 0])


def test_of_records_of_the_same_the_last_counts() -> None:
    elsewhere = datetime(2026, 11, 21, 13, 59, tzinfo=timezone(timedelta(hours=2)))
    measurements, refused, _ = transform([RECORD, RECORD | {"time": elsewhere, "value": 2}], NOW)
    assert ([measurement.value for measurement in measurements], refused) == ([2.0], [])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"time": "2026-11-21T11:59:00"}, "time"),
        ({"time": "1969-12-31T23:59:59Z"}, "time"),
        ({"time": "2026-11-21T12:06:00Z"}, "time"),
        ({"source": "  "}, "source"),
        ({"name": "x\0"}, "name"),
        ({"value": "NaN"}, "value"),
        ({"value": "hunter2"}, "value"),
    ],
)
def test_what_is_not_a_measurement_is_refused_by_field(
    wrong: dict[str, object], field: str
) -> None:
    measurements, (reason,), _ = transform([RECORD | wrong], NOW)
    assert measurements == []
    assert reason.startswith(f"{field}: ")
    assert "hunter2" not in reason
