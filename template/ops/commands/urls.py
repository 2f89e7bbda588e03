"""Print where everything answers on this machine, as `.env` and override files say."""

from __future__ import annotations

import argparse
import json
import sys

from ops import compose
from ops.ports import published
from ops.report import paint
from ops.stack import load

SUMMARY = "print where everything answers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--environment", default="development", help="whose addresses")
    parser.add_argument("--json", action="store_true", help="print {service: [{url, debugger}]} for machines")


def run(options: argparse.Namespace) -> int:
    """Print the addresses."""
    found = addresses(compose.project(options.environment))
    if options.json:
        print(json.dumps(found, indent=2))
        return 0
    width = max((len(name) for name in found), default=0)
    for name, items in found.items():
        for item in items:
            note = "  (debugger)" if item["debugger"] else ""
            print(f"{paint(name.ljust(width), 'name', sys.stdout)}  {item['url']}{note}")
    return 0


def addresses(project: compose.Project) -> dict[str, list[dict[str, object]]]:
    """Return the addresses of each service and store that publishes any; OpsError when Compose refuses the files."""
    stack = load()
    found: dict[str, list[dict[str, object]]] = {}
    for port in published(project.config(), stack):
        host = "localhost" if port.address in ("127.0.0.1", "0.0.0.0", "::1", "::", "") else port.address  # noqa: S104 - compared, not bound
        http = port.service in stack.services and not port.debugger
        url = f"{'http://' if http else ''}{host}:{port.number}"
        found.setdefault(port.service, []).append({"url": url, "debugger": port.debugger})
    order = [*stack.services, *stack.stores]
    return dict(sorted(found.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))
