"""What the engine tests measure, one JSON object a line in the file that ENGINE_MEASUREMENTS names."""

from __future__ import annotations

import json
import os
from pathlib import Path


def record(name: str, value: float, unit: str, **details: object) -> None:
    """Append a measurement; without ENGINE_MEASUREMENTS there is nobody to read it."""
    file = os.environ.get("ENGINE_MEASUREMENTS")
    if file:
        line = json.dumps({"name": name, "value": round(value, 3), "unit": unit, **details})
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")
