"""Write docs/answers.schema.json from the model, or check that it is current (`--check`)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "extensions"))

from model import load  # noqa: E402 - the path above has to be set first
from model.answers import schema  # noqa: E402

TARGET = ROOT / "docs" / "answers.schema.json"


def text() -> str:
    """Return the document."""
    return json.dumps(schema(load.catalog(ROOT / "extensions")), indent=2, ensure_ascii=True) + "\n"


def main() -> int:
    """Write the document, or with `--check` return 1 when it is not current."""
    if "--check" in sys.argv[1:]:
        current = TARGET.is_file() and TARGET.read_text() == text()
        if not current:
            print(f"{TARGET.name} is not current; run make docs", file=sys.stderr)
        return 0 if current else 1
    TARGET.write_text(text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
