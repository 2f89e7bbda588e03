"""The script that keeps the accounts of PostgreSQL: the server takes a child that ends with more than 1 for a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.catalog import catalog

# What the script finds in place of the real programs; the server waits for its one child and says how it ended.
SERVER = f"""#!{sys.executable}
import os
open("started", "w").close()
print("ended with", os.waitstatus_to_exitcode(os.wait()[1]))
"""
# Answers when the server does, and not before: the shell would see a child's end that the server is to see.
READY = "#!/bin/sh\nuntil test -e started; do /bin/sleep 0.01; done\n"
# Fails with 2, as psql does without a database, for as often as there are lines in the file.
PSQL = "#!/bin/sh\ncat >/dev/null\ntest -s failures || exit 0\nsed -i 1d failures\nexit 2\n"
SLEEP = '#!/bin/sh\necho slept "$1"\n'


def start(folder: Path, store: str, failures: int, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a store's command among stand-ins for its programs."""
    spec = catalog().stores[store]
    for name, text in {"docker-entrypoint.sh": SERVER, "pg_isready": READY, "psql": PSQL, "sleep": SLEEP}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    (folder / "failures").write_text("once\n" * failures)
    command = [
        part.replace("$secret", spec.client_secret)
        .replace("${secret}", spec.client_secret)
        .replace("$$", "$")
        .replace("/tmp/", f"{folder}/")
        for part in spec.command
    ]
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=30)


def secret(store: str) -> dict[str, str]:
    """Return the variable that holds the account's password."""
    return {f"API_{catalog().stores[store].client_secret}": "value"}


STORES = [name for name, store in catalog().stores.items() if "psql" in store.shell]


@pytest.mark.parametrize("store", STORES)
def test_a_failure_is_named_and_tried_again(store: str, tmp_path: Path) -> None:
    done = start(tmp_path, store, 2, ACCOUNTS="api", POSTGRES_DB="shop", **secret(store))
    assert done.stdout.splitlines() == ["slept 5", "slept 5", "ended with 0"]
    assert done.stderr.count("account 'api' of database 'shop'") == 2
    assert (tmp_path / "accounts").exists()


@pytest.mark.parametrize("store", STORES)
def test_it_never_ends_with_more_than_the_server_bears(store: str, tmp_path: Path) -> None:
    done = start(tmp_path, store, 0, ACCOUNTS="api", **secret(store))
    assert "ended with 1" in done.stdout, "a variable that is not set ends any shell"
    assert not (tmp_path / "accounts").exists()


@pytest.mark.parametrize("store", STORES)
def test_health_checks_leave_no_child_to_the_server(store: str) -> None:
    spec = catalog().stores[store]
    assert spec.liveness is not None
    for command in (spec.healthcheck, spec.liveness):
        shell = command[0] == "sh"
        asked = command[-1].rpartition("exec ")[2].split() if shell else list(command)
        assert asked[0] == "pg_isready"
        assert "--timeout=2" in asked, "it gives up before it is stopped, after 3 seconds"
    assert not [part for part in spec.liveness if "accounts" in part], "a server without an account is alive"
