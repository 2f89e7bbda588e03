"""What can keep a project from starting: each module checks one thing and returns findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ops.checks import compose_files, engine, env_file, published_ports, secret_files
from ops.compose import Project
from ops.report import Finding, failed


def before_start(
    project: Project, services: Sequence[str] = (), given: Mapping[str, str] | None = None
) -> list[Finding]:
    """Check all that a project needs to start these services, all by default.

    `given` are variables to take for granted.
    """
    settings = env_file.check()
    findings = engine.check() + settings
    # With a .env that it cannot read, Compose says nothing about its own files.
    findings += [] if failed(settings) else compose_files.check(project, given)
    if project.deployed:
        findings += secret_files.check("compose", secret_files.folders()["compose"], required=True)
    if not failed(findings):
        findings += published_ports.check(project, services)
    return findings
