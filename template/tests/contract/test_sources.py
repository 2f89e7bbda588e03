"""What the template's files take from a service's folder is there: an update leaves that folder to you."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.support.repository import ROOT, SERVICES, data, dockerfile

REMEDY = (
    "an update adds no source to a service that is there already; take it from a new copy of the template "
    "with the same answers, together with what differs in the service's dependencies and main module"
)


def copied(service: str) -> list[str]:
    """Return the files and folders of a service that its Dockerfile copies or mounts; a pattern may match nothing."""
    text = dockerfile(service).replace("\\\n", " ")
    found = []
    for line in re.findall(r"^(?:COPY|ADD) (.+)$", text, re.MULTILINE):
        words = shlex.split(line)
        flags = [word for word in words if word.startswith("--")]
        if not any(flag.startswith("--from=") for flag in flags):
            found += [word for word in words[len(flags) : -1] if not word.startswith("<<") and "*" not in word]
    for mount in re.findall(r"--mount=(\S+)", text):
        options = dict(part.partition("=")[::2] for part in mount.split(","))
        if options.get("type", "bind") == "bind" and "from" not in options and "source" in options:
            found.append(options["source"])
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_dockerfile_copies_is_there(service: str) -> None:
    folder = ROOT / SERVICES[service]["path"]
    missing = [source for source in copied(service) if not (folder / source).exists()]
    assert not missing, (
        f"{service}: its Dockerfile copies {', '.join(missing)}, which its folder does not have; {REMEDY}"
    )


@pytest.mark.parametrize("service", [name for name, service in SERVICES.items() if service["prepare"]])
def test_what_prepares_a_service_is_there(service: str) -> None:
    command = SERVICES[service]["prepare"]
    if command[:2] != ["python", "-m"]:
        pytest.skip("only a Python module can be found without building the service")
    module = ROOT / SERVICES[service]["path"] / command[2].replace(".", "/")
    assert module.with_suffix(".py").is_file() or (module / "__main__.py").is_file(), (
        f"{service}: `{shlex.join(command)}` runs before it starts, and there is no module {command[2]}; {REMEDY}"
    )


def test_folders_that_development_mounts_are_there() -> None:
    missing = []
    for service in data("compose.yaml")["services"].values():
        for volume in service.get("volumes", ()):
            if isinstance(volume, dict):
                source = volume["source"] if volume["type"] == "bind" else ""
            else:
                source = volume.split(":")[0]
            if source.startswith("./") and not (ROOT / source).exists():
                missing.append(source)
    assert not missing, (
        f"compose.yaml mounts {', '.join(dict.fromkeys(missing))}, and the engine makes a missing folder as root; "
        "create it, with an empty file .gitkeep if there is nothing else for git to keep"
    )
