"""Properties hold for any valid answers: each is looked at with at least 100 of them."""

from __future__ import annotations

from hypothesis import settings

assert settings().max_examples >= 100, "a property needs at least 100 examples"
