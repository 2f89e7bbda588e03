"""Print where everything answers on this machine, as `.env` and override files say."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from ops import compose
from ops.ports import Port, published
from ops.report import paint
from ops.stack import load

SUMMARY = "print where everything answers"
# Addresses that this machine calls localhost.
EVERYWHERE = ("", "127.0.0.1", "0.0.0.0", "::", "::1")  # noqa: S104 - compared, never listened on


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("services", nargs="*", help="only of these, and of what they need")
    parser.add_argument("--environment", default="development", help="whose addresses")
    parser.add_argument("--json", action="store_true", help="print {service: [{url, debugger}]} for machines")


def run(options: argparse.Namespace) -> int:
    """Print the addresses."""
    found = addresses(compose.project(options.environment), options.services)
    if options.json:
        print(json.dumps(found, indent=2))
        return 0
    width = max((len(name) for name in found), default=0)
    for name, items in found.items():
        for item in items:
            note = "  (debugger)" if item["debugger"] else ""
            print(f"{paint(name.ljust(width), 'name', sys.stdout)}  {item['url']}{note}")
    return 0


def addresses(project: compose.Project, services: Sequence[str] = ()) -> dict[str, list[dict[str, object]]]:
    """Return the addresses of services and stores that publish any; OpsError when Compose refuses the files.

    Of `services` and what they need; of all when none is named.
    """
    stack = load()
    found: dict[str, list[dict[str, object]]] = {}
    config = project.config()
    started = compose.needed(config, services)
    for port in published(config, stack):
        number = port.number or _chosen(project, port)
        if number and port.service in started:
            host = port.address if port.address not in EVERYWHERE else "localhost"
            scheme = "http://" if port.service in stack.services and not port.debugger else ""
            address = {"url": f"{scheme}{host}:{number}", "debugger": port.debugger}
            found.setdefault(port.service, []).append(address)
    order = [*stack.services, *stack.stores]
    return dict(sorted(found.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))


def _chosen(project: compose.Project, port: Port) -> int:
    """Return the port that the engine took; 0 when the service does not run."""
    answer = project.run("port", port.service, str(port.target), given=project.any_version)
    return int(answer.out.strip().rpartition(":")[2]) if answer.code == 0 else 0
