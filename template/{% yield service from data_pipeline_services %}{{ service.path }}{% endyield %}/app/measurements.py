"""What a measurement is, and how the records of a source become measurements."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

# Not every store keeps earlier times.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# Clocks differ: a little ahead of this one is taken for now, further ahead for a mistake.
AHEAD = timedelta(minutes=5)

# PostgreSQL keeps no NUL in texts.
type Text = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


class Measurement(BaseModel):
    """One value; `source`, `name` and `time` together tell it from all others."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    time: AwareDatetime
    source: Text
    name: Text
    value: FiniteFloat


class Transformed(NamedTuple):
    """Measurements from the oldest to the newest, and why each record that is none was refused.

    `ordered` says whether the records came in that order.
    """

    measurements: list[Measurement]
    refused: list[str]
    ordered: bool


def transform(records: Iterable[object], now: datetime) -> Transformed:
    """Return the measurements among the records; of several that are the same one, the last."""
    latest = now + AHEAD
    found: dict[tuple[str, str, datetime], Measurement] = {}
    refused: list[str] = []
    for record in records:
        try:
            measurement = Measurement.model_validate(record)
        except ValidationError as error:
            refused.append(_reason(error))
            continue
        if EARLIEST <= measurement.time <= latest:
            found[measurement.source, measurement.name, measurement.time] = measurement
        else:
            refused.append(f"time: {measurement.time} is not between 1970 and now")
    measurements = sorted(found.values(), key=lambda measurement: measurement.time)
    return Transformed(measurements, refused, ordered=measurements == list(found.values()))


def _reason(error: ValidationError) -> str:
    """Return what is wrong with a record, by field, without the record's values."""
    return "; ".join(
        f"{'.'.join(map(str, detail['loc'])) or 'record'}: {detail['msg']}"
        for detail in error.errors(include_input=False, include_url=False)
    )
