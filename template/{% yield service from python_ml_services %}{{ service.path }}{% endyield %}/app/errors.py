"""What clients are told of requests that are not understood."""

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse


async def refuse(_: Request, error: RequestValidationError) -> JSONResponse:
    """Say what is wrong, but do not repeat what was sent: it may be secret, or no valid text."""
    details = [
        {key: value for key, value in detail.items() if key != "input"} for detail in error.errors()
    ]
    return JSONResponse({"detail": jsonable_encoder(details)}, status_code=422)
