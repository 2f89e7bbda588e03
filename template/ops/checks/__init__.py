"""What can keep a project from starting: each module checks one thing and returns findings."""

from __future__ import annotations

from collections.abc import Sequence

from ops.checks import compose_files, engine, env_file, published_ports, secret_files
from ops.compose import Project
from ops.report import Finding, failed


def before_start(project: Project, services: Sequence[str] = ()) -> list[Finding]:
    """Check all that a project needs to start these services, all by default."""
    settings = env_file.check()
    findings = engine.check() + settings
    # With a .env that it cannot read, Compose says nothing about its own files.
    findings += [] if failed(settings) else compose_files.check(project)
    if project.deployed:
        findings += secret_files.check("compose", secret_files.folders()["compose"], required=True)
    if not failed(findings):
        findings += published_ports.check(project, services)
    return findings
