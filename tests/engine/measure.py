"""What the engine tests measure, one JSON object a line in the file that ENGINE_MEASUREMENTS names."""

from __future__ import annotations

import json
import os
from pathlib import Path


def record(name: str, value: float, unit: str, **details: object) -> None:
    """Append a measurement; without ENGINE_MEASUREMENTS there is nobody to read it."""
    file = os.environ.get("ENGINE_MEASUREMENTS")
    if file:
        load = round(os.getloadavg()[0] / (os.cpu_count() or 1), 2)
        line = json.dumps({"name": name, "value": round(value, 3), "unit": unit, **details, "load_per_cpu": load})
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")
