from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from model.catalog import Kind
from support.catalog import catalog
from support.scripts import script

lock_rust = script("lock_rust")
KINDS = [kind for kind in catalog().kinds.values() if kind.language == "rust"]
SERVICES = [(kind, needs) for kind in KINDS for needs in lock_rust.combinations(lock_rust.options(kind))]
every_service = pytest.mark.parametrize(
    ("kind", "needs"), SERVICES, ids=[f"{kind.name}>{'+'.join(sorted(needs))}" for kind, needs in SERVICES]
)
HEAD = "# By Cargo.\nversion = 4\n"
NOTHING: frozenset[str] = frozenset()
STORES = frozenset({"postgres", "redis"})


def locked(*packages: str) -> str:
    """Return a lock file of packages such as `a 1 > b, c`, in the order in which they are given."""
    text = HEAD
    for package in packages:
        name, version, *needed = re.split(" > |, | ", package)
        text += f'\n[[package]]\nname = "{name}"\nversion = "{version}"\n'
        if needed:
            text += "dependencies = [\n" + "".join(f' "{each}",\n' for each in needed) + "]\n"
    return text


def rendered(kind: Kind, needs: frozenset[str]) -> tuple[dict[str, Any], str]:
    """Return the manifest and the lock file that a service with these needs gets."""
    (file,) = lock_rust.skeleton(kind).glob("Cargo.lock*")
    return manifest(kind, needs), lock_rust.render(file.read_text(), needs)


def manifest(kind: Kind, needs: frozenset[str]) -> dict[str, Any]:
    text = (lock_rust.skeleton(kind) / "Cargo.toml.jinja").read_text()
    service = lock_rust.service(needs)
    service.name = "service"
    template = lock_rust.JINJA.from_string(text)
    return tomllib.loads(template.render(service=service, stack={"name": "Slipway"}))


def test_what_only_some_services_need_stands_between_its_condition() -> None:
    everything = locked("a 1 > b, c", "b 1", "c 1")
    text = lock_rust.template({STORES: everything, NOTHING: locked("a 1 > b", "b 1")})
    assert text.count("{% if 'postgres' in service.stores %}") == 2
    assert text.count("{% endif %}") == 2
    assert lock_rust.render(text, STORES) == everything


@pytest.mark.parametrize(
    "packages",
    [("a 1.9", "a 1.10"), ("a 1", "a-b 1", "a_b 1", "aa 1"), ("a 1", "b 2 > a, c, d", "c 1", "d 1")],
    ids=["versions", "names", "dependencies"],
)
def test_packages_come_in_the_order_of_cargo(packages: tuple[str, ...]) -> None:
    """Also where no lock has them all."""
    locks = {STORES: locked(*packages[1:]), NOTHING: locked(packages[0])}
    assert re.findall('name = "(.+)"\nversion = "(.+)"', lock_rust.template(locks)) == [
        tuple(package.split(" ")[:2]) for package in packages
    ]


def test_a_dependency_can_be_named_with_and_without_its_version() -> None:
    """Cargo adds the version where there are two of that name."""
    locks = {
        STORES: locked("a 1 > b1", "b 1", "b 2").replace('"b1"', '"b 1"'),
        NOTHING: locked("a 1 > b", "b 1"),
    }
    text = lock_rust.template(locks)
    assert [lock_rust.render(text, needs) for needs in locks] == list(locks.values())


def test_a_condition_is_the_shortest_that_tells_them_apart() -> None:
    every = lock_rust.combinations(("postgres", "redis", "volumes"))
    either = [needs for needs in every if needs & {"postgres", "volumes"}]
    neither = [needs for needs in every if not needs & {"postgres", "volumes"}]
    assert lock_rust.condition(every, every) == ""
    assert lock_rust.condition(either, every) == "'postgres' in service.stores or service.volumes"
    assert lock_rust.condition(neither, every) == "'postgres' not in service.stores and not service.volumes"
    assert lock_rust.condition([every[0]], [every[0], NOTHING]) == "'postgres' in service.stores"
    with pytest.raises(ValueError, match="no condition"):
        lock_rust.condition([every[0], NOTHING], every)


@every_service
def test_every_service_is_locked_to_what_its_manifest_asks_for(kind: Kind, needs: frozenset[str]) -> None:
    asked, text = rendered(kind, needs)
    packages = {(package["name"], package["version"]): package for package in tomllib.loads(text)["package"]}
    own = packages[asked["package"]["name"], asked["package"]["version"]]
    direct = {*asked["dependencies"], *asked.get("dev-dependencies", ())}
    assert {name.split()[0] for name in own["dependencies"]} == direct
    # All that is locked is reached from there, and all that is reached is locked.
    names = [name for name, _ in packages]
    reached, waiting = set(), [(own["name"], own["version"])]
    while waiting:
        package = waiting.pop()
        if package not in reached:
            reached.add(package)
            for each in packages[package].get("dependencies", ()):
                name, *version = each.split()
                assert version or names.count(name) == 1, each
                waiting += [found for found in packages if found == (name, *(version or [found[1]]))]
    assert reached == packages.keys()


@every_service
def test_crates_come_from_nowhere_but_the_index_that_cargo_means(kind: Kind, needs: frozenset[str]) -> None:
    """Cargo names the public index whatever it downloads from; another name would be that of somebody's own registry."""
    _, text = rendered(kind, needs)
    sources = {package["source"] for package in tomllib.loads(text)["package"] if "source" in package}
    assert sources == {"registry+https://github.com/rust-lang/crates.io-index"}
    assert text.count("://") == text.count("source = ")
    assert text.count("checksum = ") == text.count("source = ")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Lock without Cargo, into an empty folder per kind: what a service is locked to are its needs."""

    def skeleton(kind: Kind) -> Path:
        found = tmp_path / kind.name
        found.mkdir(exist_ok=True)
        return found

    given: list[frozenset[str]] = []
    monkeypatch.setattr(lock_rust, "options", lambda kind: kind.stores)
    monkeypatch.setattr(lock_rust, "skeleton", skeleton)
    monkeypatch.setattr(lock_rust.shutil, "which", lambda _: "cargo")
    monkeypatch.setattr(lock_rust, "write_source", lambda _folder, _kind, needs: given.append(needs))
    monkeypatch.setattr(lock_rust, "lock", lambda _folder, _seed: locked(*(f"{each} 1" for each in sorted(given[-1]))))
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["lock_rust.py", *arguments])
    code: int = lock_rust.main()
    return code


def test_a_lock_file_is_a_template_where_services_differ(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch) == 0
    for kind in KINDS:
        (file,) = (folder / kind.name).iterdir()
        assert file.name == ("Cargo.lock.jinja" if kind.stores else "Cargo.lock")
        assert ("{%" in file.read_text()) == bool(kind.stores)


def test_check_changes_nothing_and_tells_what_is_out_of_date(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch)
    capsys.readouterr()
    assert run(monkeypatch, "--check") == 0
    assert capsys.readouterr().out == ""
    old = folder / KINDS[0].name / "Cargo.lock"
    old.write_text(HEAD)
    assert run(monkeypatch, "--check") == 1
    assert capsys.readouterr().out == f"{KINDS[0].name}: out of date\n"
    assert old.read_text() == HEAD
    assert run(monkeypatch) == 0
    assert capsys.readouterr().out == f"{KINDS[0].name}: written\n"
    assert run(monkeypatch, "--check") == 0
    assert len(list(old.parent.iterdir())) == 1
