"""Answer sets that tests look at one by one: the default, the smallest, the largest, and corners between them."""

from __future__ import annotations

import itertools
from typing import Any, Final

from support.catalog import catalog

SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "default": {},
    "one-api": {"preset": "custom", "services": "api:fastapi", "deploy": [], "features": []},
    "one-site": {"preset": "custom", "services": "site:react", "deploy": ["compose"], "features": ["pre-commit"]},
    "one-program": {"preset": "custom", "services": "engine:rust-api", "deploy": [], "features": ["editor"]},
    "postgres-only": {"preset": "custom", "services": "api:fastapi > postgres", "deploy": ["kubernetes"]},
    "redis-only": {"preset": "custom", "services": "api:fastapi:9000 > redis", "features": ["ingress"]},
    "no-deploy": {"deploy": [], "features": ["github-actions"]},
    "ingress": {"deploy": ["kubernetes"], "features": ["github-actions", "pre-commit", "ingress"]},
    "several": {
        "project_name": "Tom's Café: 100% & more",
        "project_slug": "toms-cafe",
        "description": "It's #1 - at: everything, 'quoted' & (bracketed)",
        "owner": "Acme-Inc",
        "preset": "custom",
        "registry": "registry.example.com:5000/team",
        "services": [
            {"name": "web", "kind": "react", "path": "apps/web", "needs": ["orders", "users"]},
            {
                "name": "orders",
                "kind": "fastapi",
                "path": "apps/orders",
                "port": 9001,
                "debug_port": 9101,
                "needs": ["postgres", "users"],
                "replicas": 3,
                "resources": {"cpu": "1.5", "memory": "1Gi"},
                "env": {"GREETING": "it's: #1, 100%", "TZ": "Europe/Berlin"},
            },
            {"name": "users", "kind": "fastapi", "needs": ["postgres", "redis"], "public": True},
            {"name": "admin", "kind": "react", "path": "apps/admin/ui", "needs": ["users"], "public": False},
        ],
        "domain": "shop.example.org",
        "platforms": ["linux/amd64"],
    },
    "all-private": {
        "preset": "custom",
        "services": [{"name": "worker-api", "kind": "fastapi", "needs": ["redis"], "public": False}],
    },
}

# What every preset completes, and a large repository of all kinds.
STACKS: Final[dict[str, dict[str, Any]]] = {
    name: {"preset": name} for name, it in catalog().presets.items() if it.services
}
STACKS["thirty"] = {
    "preset": "custom",
    "services": [
        {"name": f"{kind.name}-{number}", "kind": kind.name, "needs": list(kind.stores)}
        for number, kind in zip(range(1, 31), itertools.cycle(catalog().kinds.values()), strict=False)
    ],
}
