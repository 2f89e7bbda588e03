"""`make smoke` without anything to ask says so once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from support.ports import free_ports
from support.render import renderer, write
from support.samples import SAMPLES


def test_where_nothing_answers_one_sentence_says_so(tmp_path: Path) -> None:
    project = write(renderer().render(SAMPLES["one-api"]), tmp_path / "project")
    (port,) = free_ports(1)
    published = {"mode": "ingress", "target": 8000, "published": str(port), "host_ip": "127.0.0.1", "protocol": "tcp"}
    engine = tmp_path / "bin" / "docker"
    engine.parent.mkdir()
    config = json.dumps({"name": "demo", "services": {"api": {"ports": [published]}}})
    engine.write_text(f"#!/bin/sh\necho '{config}'\n")
    engine.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "SMOKE_"))}
    environment["PATH"] = f"{engine.parent}{os.pathsep}{environment['PATH']}"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/smoke"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"nothing answers at http://localhost:{port}: start it with `make up`" in done.stdout
    assert "Traceback" not in done.stdout
    assert "Error" not in done.stdout
