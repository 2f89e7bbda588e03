"""The version of images, as `TAG` names it."""

from __future__ import annotations

import re

from ops.errors import OpsError

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
EXAMPLE = "TAG=1.2.3"


def checked(tag: str | None) -> str:
    """Return a tag; OpsError when there is none, or when no image could have it."""
    if not tag:
        raise OpsError(f"say which version, such as {EXAMPLE}", 2)
    if not _TAG.fullmatch(tag):
        what = "use letters, digits, _, . and -, 128 at most, with none of . and - in front"
        raise OpsError(f"'{tag}' cannot be the tag of an image; {what}, such as {EXAMPLE}", 2)
    return tag
