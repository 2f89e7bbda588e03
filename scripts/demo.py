"""Generate a project with every default, and say what was written: `demo.py FOLDER`."""

from __future__ import annotations

import json
import shutil
import sys
import time
import warnings
from pathlib import Path

import copier
from copier.errors import DirtyLocalWarning

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Replace the folder by a new project; return the exit code."""
    target = Path(sys.argv[1])
    shutil.rmtree(target, ignore_errors=True)
    started = time.monotonic()
    # The files as they are here, changed or not, and not the last release.
    warnings.simplefilter("ignore", DirtyLocalWarning)
    copier.run_copy(str(ROOT), target, defaults=True, unsafe=True, quiet=True, vcs_ref="HEAD")
    seconds = time.monotonic() - started
    stack = json.loads((target / "ops" / "stack.json").read_text())
    files = sum(path.is_file() for path in target.rglob("*"))
    print(f"{target}: {files} files in {seconds:.1f} s: {', '.join([*stack['services'], *stack['stores']])}")
    print(f"\nNext:\n  cd {target}\n  make up")
    return 0


if __name__ == "__main__":
    sys.exit(main())
