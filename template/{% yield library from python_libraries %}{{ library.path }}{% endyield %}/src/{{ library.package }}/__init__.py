"""Code that several services share."""

from .text import excerpt

__all__ = ["excerpt"]
