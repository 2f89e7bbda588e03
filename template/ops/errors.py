"""What ends a command early."""

from __future__ import annotations


class OpsError(Exception):
    """A sentence for people that says what is wrong and what to do; `code` is the exit code."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code
