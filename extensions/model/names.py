"""What names, paths and addresses may look like, and why one is refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

LABEL_PATTERN: Final = r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"
PATH_PATTERN: Final = r"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*){0,5}$"
OWNER_PATTERN: Final = r"^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$"
REGISTRY_PATTERN: Final = (
    r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{2,5})?"
    r"(/[a-z0-9]+([._-][a-z0-9]+)*){0,8}$"
)
DOMAIN_PATTERN: Final = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$"
VARIABLE_PATTERN: Final = r"^[A-Z][A-Z0-9_]{0,62}$"
PLATFORM_PATTERN: Final = r"^linux/(amd64|arm64)$"
# One printable line without the characters that mean something in YAML, HCL, shell, Jinja or HTML.
TEXT_PATTERN: Final = r'^[^\x00-\x1f\x7f-\x9f\u2028\u2029"\\$`{}<>]*$'

# Names that mean something else to Docker, Compose, bake, Kubernetes or the generated Makefile.
RESERVED_NAMES: Final = frozenset(
    {"all", "api-server", "common", "default", "development", "host", "kubernetes", "localhost", "none", "production",
     "staging", "test", "validate"}
)  # fmt: skip
# Windows cannot make files or folders of these names.
DEVICE_NAMES: Final = frozenset(
    {"aux", "con", "nul", "prn", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)
# Top-level folders (and files) that are the template's: a service there would change owner.
RESERVED_PATHS: Final = frozenset(
    {"deploy", "docs", "ops", "secrets", "tests", "makefile", "local.mk", "readme.md", "changelog.md", "license",
     "node_modules", "build", "dist", "docker-bake.hcl", "data"}
)  # fmt: skip
SECRET_WORDS: Final = ("PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY", "CREDENTIAL")


def near(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the known word most like this one, or an empty string."""
    match = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{match[0]}'?" if match else ""


def listing(words: Iterable[str]) -> str:
    """Return `a, b and c`."""
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def slug_of(text: str) -> str:
    """Return the DNS label made of a project's name: `My Shop 2` -> `my-shop-2`; may be empty."""
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    parts = [part for part in kept.split("-") if part]
    return "-".join(parts).lstrip("0123456789-")[:40].rstrip("-")


def path_problem(path: str) -> str | None:
    """Return why this folder cannot hold a service, or None."""
    if path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/") or path[1:2] == ":":
        return f"'{path}' leaves the repository; give a folder inside it, such as services/api"
    if "\\" in path:
        return f"'{path}' has a backslash; separate folders with /"
    parts = path.lower().split("/")
    if any(part.split(".")[0] in DEVICE_NAMES for part in parts):
        return f"'{path}' has a folder that Windows cannot make; choose another name"
    if any(part.endswith(".") for part in parts):
        return f"'{path}' has a folder ending in a dot, which Windows cannot make"
    if parts[0] in RESERVED_PATHS:
        return f"'{path}' is in '{parts[0]}', which the template uses itself; choose another folder, such as services/api"
    return None
