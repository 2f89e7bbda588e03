"""Build production images with bake, or publish them: for every platform, with attestations, to the registry."""

from __future__ import annotations

import argparse

from ops import dotenv, process, stack, tag
from ops.stack import ROOT

SUMMARY = "build production images, or publish them"
# The override is the user's; Bake alone would look for Compose files too.
FILES = ("docker-bake.hcl", "docker-bake.override.hcl")
# What Compose reads in `.env` has to mean the same to a build, and Bake reads the environment only.
SHARED = ("REGISTRY", "TAG", "CACHE")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("services", nargs="*", help="only these")
    parser.add_argument("--publish", action="store_true", help="for every platform, and push to the registry")


def run(options: argparse.Namespace) -> int:
    """Build; 1 when a build or the push failed."""
    known = stack.load()
    for name in options.services:
        known.service(name)
    given = variables()
    if options.publish or "TAG" in given:
        tag.checked(given.get("TAG"))
    if options.publish:
        given["PUBLISH"] = "true"
    push = ["--push"] if options.publish else []
    return int(bool(process.show([*command(), *push, *options.services], given)))


def command() -> list[str]:
    """Return the command line of `docker buildx bake` with the files that this repository has."""
    files = [part for file in FILES if (ROOT / file).is_file() for part in ("--file", file)]
    return ["docker", "buildx", "bake", *files]


def variables() -> dict[str, str]:
    """Return the variables of the build graph that are set somewhere, and the commit that is built."""
    found = {name: dotenv.value(name, ROOT / ".env") for name in SHARED}
    commit = process.run(["git", "rev-parse", "HEAD"])
    if not commit.code:
        found["REVISION"] = commit.out.strip()
    return {name: value for name, value in found.items() if value}
