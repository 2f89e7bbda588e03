"""Run a task (test, coverage, bench, lint, fmt, lock) of each service in its development container."""

from __future__ import annotations

import argparse
import sys

from ops import badge, builds, compose, process, report, stack
from ops.errors import OpsError
from ops.stack import ROOT, Service
from ops.text import unknown

SUMMARY = "run a task (test, coverage, bench, lint, fmt, lock) of each service in its development container"
# Tasks that read or write files outside the folders that development mounts.
WHOLE_FOLDER = ("bench", "bench-compare", "bench-save", "coverage", "fmt", "lint", "lock")
TASKS = ("test", *WHOLE_FOLDER)
# A package that is named and not locked yet fails a build: this one takes the image as it is, if there is one.
LOCK = "lock"
# Tests measure coverage; here the report is left in the service's folder, and a badge is made of it.
COVERAGE = "test"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("task", help=", ".join(TASKS))
    parser.add_argument("services", nargs="*", help="only these")


def run(options: argparse.Namespace) -> int:
    """Run the task of every service, even after one failed; 1 when one did."""
    if options.task not in TASKS:
        raise OpsError(unknown("task", options.task, TASKS), 2)
    known = stack.load()
    services = [known.service(name) for name in options.services] or list(known.services.values())
    project = compose.project("development")
    if options.task != LOCK and process.show(project.command("build", *(service.name for service in services))):
        report.show(builds.failed(), sys.stderr)
        return 1
    failed = [service.name for service in services if not _passes(options.task, service, project)]
    if failed:
        print(report.paint(f"✗ {options.task} failed: {', '.join(failed)}", "error", sys.stderr), file=sys.stderr)
    return int(bool(failed))


def _passes(task: str, service: Service, project: compose.Project) -> bool:
    command = service.commands.get(COVERAGE if task == "coverage" else task)
    if not command:
        return True
    print(report.paint(f"── {task} {service.name}: {command}", "heading", sys.stdout), flush=True)
    if task == "coverage":
        badge.forget(service)
    volumes = ["--volume", _folder(service, project)] if task in WHOLE_FOLDER else []
    passed = not process.show(project.command("run", "--rm", "--no-deps", *volumes, service.name, "sh", "-c", command))
    if task == "coverage":
        _show_report(service, passed)
    return passed


def _show_report(service: Service, passed: bool) -> None:
    page = ROOT / service.path / "coverage" / "index.html"
    if page.is_file():
        print(f"{service.name}: {page.relative_to(ROOT)}")
    report.show(badge.leave(service, passed), sys.stderr)


def _folder(service: Service, project: compose.Project) -> str:
    """Return a mount of a service's folder where its image has the working folder."""
    folder = ROOT / service.path
    for volume in project.config()["services"][service.name]["volumes"]:
        inside = volume.get("source", "").partition(f"{folder}/")[2]
        if volume["type"] == "bind" and inside and volume["target"].endswith(f"/{inside}"):
            workdir = volume["target"][: -len(inside) - 1]
            if service.dependencies.startswith(f"{workdir}/"):
                # The engine would make the place of the volume with dependencies, and as root.
                (folder / service.dependencies[len(workdir) + 1 :]).mkdir(exist_ok=True)
            return f"{folder}:{workdir}"
    raise OpsError(f"compose.yaml mounts nothing of {service.path} into {service.name}, which hot reload needs")
