"""What names, paths and addresses may look like, and why one is refused."""

from __future__ import annotations

import datetime
import difflib
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

LABEL_PATTERN: Final = r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"
PATH_PATTERN: Final = r"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*){0,5}$"
OWNER_PATTERN: Final = r"^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$"
_REGISTRY_HOST = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[1-9][0-9]{0,4})?"
REGISTRY_PATTERN: Final = rf"^{_REGISTRY_HOST}(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*){{0,8}}$"
# The last part starts with a letter: Kubernetes takes no address for a host.
DOMAIN_PATTERN: Final = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
# Without user, password, query and fragment, which often hold secrets.
URL_PATTERN: Final = r"^https?://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~/-]*)?$"
VARIABLE_PATTERN: Final = r"^[A-Z][A-Z0-9_]{0,62}$"
# Control characters, invisible ones, those that turn the direction of writing, and those that mean
# something in YAML, HCL, shell, Jinja or HTML.
_UNWANTED = (
    r"\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    r'"\\$`{}<>'
)
# One line of text that neither starts nor ends with a space.
TEXT_PATTERN: Final = rf"^[^\s{_UNWANTED}]([^{_UNWANTED}]*[^\s{_UNWANTED}])?$"

# YAML reads these as values that are no text, and names stand as keys in files of the user's too.
YAML_WORDS: Final = frozenset({"false", "n", "no", "null", "off", "on", "true", "y", "yes"})
# Names that mean something else to Docker, Compose, bake, Kubernetes or the generated Makefile.
RESERVED_NAMES: Final = YAML_WORDS | {
    "acme-http01-solver", "all", "api-server", "common", "default", "deployer", "development", "host", "kubernetes",
    "kustomization", "localhost", "none", "prepare", "production", "redirect-to-https", "staging", "test", "validate",
}  # fmt: skip
# … and to Dockerfiles, in which a library's name is that of a stage.
RESERVED_LIBRARIES: Final = RESERVED_NAMES - {"common"} | {"base", "builder", "dependencies"}
# The slug names a namespace in Kubernetes and a database and its owner in PostgreSQL.
RESERVED_SLUGS: Final = frozenset({"default", "none", "public", "template0", "template1"})
RESERVED_SLUG_STARTS: Final = ("kube-", "pg-")
# Windows cannot make files or folders of these names.
DEVICE_NAMES: Final = frozenset(
    {"aux", "con", "nul", "prn", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)
# Top-level folders (and files) that are the template's: a service there would change owner.
RESERVED_PATHS: Final = frozenset(
    {"deploy", "docs", "ops", "secrets", "tests", "makefile", "local.mk", "readme.md", "changelog.md", "license",
     "node_modules", "build", "dist", "docker-bake.hcl", "data"}
)  # fmt: skip


def shown(value: Any) -> str:
    """Return a value as a sentence quotes it: on one line, everything visible, at most about 60 characters."""
    if isinstance(value, bool):
        # YAML 1.1 reads no, off, yes and on so.
        return f"the yes/no value {str(value).lower()} (quote it if it is a name)"
    if isinstance(value, int | float):
        # Python refuses to print a number of more than 4300 digits.
        return f"the number {value}" if isinstance(value, float) or abs(value) < 10**30 else "a huge number"
    if isinstance(value, datetime.date):
        return f"the date {value} (quote it if it is a text)"
    if value is None:
        return "nothing"
    try:
        text = f"'{value}'" if isinstance(value, str) else repr(value)
    except ValueError:
        return "a value with a huge number"
    end = text[-1]
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:200])
    return text if len(text) <= 60 else text[:56] + "…" + end


def near(word: Any, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the known word most like this one, or an empty string."""
    match = difflib.get_close_matches(word[:100].lower(), list(known), n=1, cutoff=0.6) if isinstance(word, str) else []
    return f"; did you mean '{match[0]}'?" if match else ""


def listing(words: Iterable[str]) -> str:
    """Return `a, b and c`."""
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def slug_of(text: str) -> str:
    """Return the DNS label made of a project's name: `My Shop 2` -> `my-shop-2`; `app` where nothing is left."""
    plain = unicodedata.normalize("NFKD", str(text)).lower()
    kept = "".join(c if c.isascii() and c.isalnum() else "" if unicodedata.combining(c) else "-" for c in plain)
    slug = "-".join(part for part in kept.split("-") if part).lstrip("0123456789-") or "app"
    if slug_problem(slug):
        slug = f"app-{slug}"
    return slug[:40].rstrip("-")


def slug_problem(slug: str) -> str | None:
    """Return why this label cannot be a project's, or None."""
    if slug in RESERVED_SLUGS or slug.startswith(RESERVED_SLUG_STARTS):
        return f"'{slug}' is kept by Kubernetes or PostgreSQL for itself; choose another, such as app-{slug[:30]}"
    if slug in YAML_WORDS:
        return f"'{slug}' is no text to YAML; choose another, such as app-{slug}"
    return None


def path_problem(path: str) -> str | None:
    """Return why this folder cannot hold a service, or None."""
    said = shown(path)
    if path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/") or path[1:2] == ":":
        return f"{said} leaves the repository; give a folder inside it, such as services/api"
    if "\\" in path:
        return f"{said} has a backslash; separate folders with /"
    parts = path.lower().split("/")
    if any(part.split(".")[0] in DEVICE_NAMES for part in parts):
        return f"{said} has a folder that Windows cannot make; choose another name"
    if any(part.endswith(".") for part in parts):
        return f"{said} has a folder ending in a dot, which Windows cannot make"
    if parts[0] in RESERVED_PATHS or parts[0].startswith(("compose.", "docker-compose.")):
        return f"{said} is in '{parts[0]}', which the template uses itself; choose another folder, such as services/api"
    return None
