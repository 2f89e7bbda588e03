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
    findings = engine.check() + env_file.check()
    findings += compose_files.check(project, given) if can_read_files(findings) else []
    if project.deployed:
        findings += secret_files.check("compose", secret_files.folders()["compose"], required=True)
    if not failed(findings):
        findings += published_ports.check(project, services)
    return findings


def can_read_files(findings: Sequence[Finding]) -> bool:
    """Return whether Compose is there and can read `.env`: without that it says nothing about its own files."""
    wrong = [finding.subject for finding in findings if finding.level == "error"]
    return not any(subject in ("docker", "compose") or subject.startswith(".env") for subject in wrong)
