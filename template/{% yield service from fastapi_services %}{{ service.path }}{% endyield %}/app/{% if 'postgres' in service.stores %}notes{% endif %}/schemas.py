"""What clients send and get."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

# PostgreSQL's text cannot hold this character.
NO_NUL = r"^[^\x00]*$"


class NoteIn(BaseModel):
    """A note to be written."""

    title: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL),
    ]
    body: Annotated[str, StringConstraints(max_length=10_000, pattern=NO_NUL)] = ""


class NoteOut(BaseModel):
    """A note as it is stored."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    body: str
    created_at: datetime
