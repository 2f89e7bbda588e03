"""What a refusal must read like."""

from __future__ import annotations

import re

from model.answers import Answers

# Words of pydantic, Python and Copier, which mean nothing to people who answer questions.
JARGON = re.compile(
    r"Input should|validation error|pydantic|Traceback|Error\b|NoneType|__|\bdict\b|\bstr\b|\bint\b|type=|Field required"
    r"|Extra inputs|valid string|valid list|valid integer|valid dictionary|<class|object at 0x"
)


def unreadable(sentence: str) -> str | None:
    """Return what is wrong with a sentence that refuses an answer, or None."""
    if not sentence.isprintable():
        return "it holds what cannot be printed, or a line break"
    if len(sentence) > 300:
        return f"it has {len(sentence)} characters"
    if JARGON.search(re.sub(r"'[^']*'", "''", sentence)):
        return "it holds jargon"
    subject = re.split(r"[:,\s]", sentence)[0]
    if subject not in Answers.model_fields and "is not a question of this template" not in sentence:
        return "it does not start with the question"
    return None
