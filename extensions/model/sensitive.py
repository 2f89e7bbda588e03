"""What looks like a secret: answers are committed, so none may stand in them."""

from __future__ import annotations

import math
import re
from typing import Final

_WORDS: Final = frozenset(
    {"APIKEY", "CREDENTIAL", "CREDENTIALS", "PASSPHRASE", "PASSWD", "PASSWORD", "PWD", "SECRET", "SECRETS", "TOKEN"}
)
_KEYS: Final = ("ACCESS_KEY", "API_KEY", "ENCRYPTION_KEY", "MASTER_KEY", "PRIVATE_KEY", "SIGNING_KEY")
# Forms that services give to their keys, and a URL with a password in it.
_FORMS: Final = re.compile(
    r"-----BEGIN|\bAKIA[0-9A-Z]{16}\b|\bgh[opsur]_[A-Za-z0-9]{20}|\bgithub_pat_|\bglpat-|\bxox[abprs]-|\b[rs]k_live_"
    r"|\bsk-[A-Za-z0-9_-]{20}|\bAIza[0-9A-Za-z_-]{30}|\beyJ[A-Za-z0-9_-]{10,}\.eyJ|://[^/\s:@]*:[^/\s@]+@"
)
# Without the separators of words and paths.
_RUN: Final = re.compile(r"[A-Za-z0-9+]{32,}")


def is_secret_name(name: str) -> bool:
    """Return whether a variable of this name would hold a secret; `X_FILE` only says where one is."""
    if name.endswith("_FILE"):
        return False
    return not _WORDS.isdisjoint(name.split("_")) or any(key in name for key in _KEYS)


def is_secret_value(text: str) -> bool:
    """Return whether a text has the form of a known key, or holds a long random one."""
    return bool(_FORMS.search(text)) or any(_is_random(run) for run in _RUN.findall(text))


def _is_random(run: str) -> bool:
    kinds = sum(bool(re.search(kind, run)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    bits = -sum(run.count(c) / len(run) * math.log2(run.count(c) / len(run)) for c in set(run))
    # Random hexadecimal digits have just under 4 bits each, words and paths seldom digits among them.
    return (kinds == 3 and bits >= 4) or (bool(re.fullmatch(r"[0-9a-f]{32,}|[0-9A-F]{32,}", run)) and bits >= 3)
