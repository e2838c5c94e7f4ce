"""JSON bodies: read in work that is bounded by their size, and off the event loop if large."""

from __future__ import annotations

import asyncio
import json
from typing import Final, NoReturn, TypeVar

import numpy as np
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from app.errors import InvalidRequest, PayloadTooLarge
from app.http.edge.errors import UnsupportedMedia

M = TypeVar("M", bound=BaseModel)

MAX_VALUES: Final = 20_000
"""Most values in one body, each of which becomes a Python object and perhaps a fault to tell of."""
SMALL_BYTES: Final = 65_536
"""Up to this size a body is parsed where it is, which takes a few milliseconds at most."""


def media_type(request: Request) -> str:
    """The media type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_json(request: Request, schema: type[M], *, max_values: int = MAX_VALUES) -> M:
    """The body of ``request`` as ``schema``.

    Raises:
        UnsupportedMedia: it is sent as something else.
        PayloadTooLarge: it holds more than ``max_values``.
        InvalidRequest: it is no JSON.
        RequestValidationError: it is not as the schema says.
    """
    kind = media_type(request)
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMedia("Send a JSON object, with Content-Type: application/json.")
    body = await request.body()
    if len(body) <= SMALL_BYTES:
        return parse(body, schema, max_values)
    return await asyncio.to_thread(parse, body, schema, max_values)


def parse(body: bytes, schema: type[M], max_values: int = MAX_VALUES) -> M:
    """See `read_json`."""
    if len(body) > max_values and count_values(body) > max_values:
        raise PayloadTooLarge(
            f"The body holds more than {max_values:,} JSON values; send less at once."
        )
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InvalidRequest("The body is not valid JSON.") from None
    try:
        return schema.model_validate(value)
    except ValidationError as error:
        # Without the input: a list of a hundred thousand faults would hold it as often.
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise RequestValidationError(found) from None


def count_values(body: bytes) -> int:
    """At least as many values as the JSON text holds, found without making any of them.

    Those are counted that begin or are followed by another: ``{``, ``[`` and ``,`` outside of
    strings. NumPy lets go of the interpreter while it counts, which `json` does not.
    """
    plain = body.replace(b"\\\\", b"  ").replace(b'\\"', b"  ")
    characters = np.frombuffer(plain, dtype=np.uint8)
    inside = np.bitwise_xor.accumulate(characters == ord('"'))
    begins = (characters == ord(",")) | (characters == ord("[")) | (characters == ord("{"))
    return 1 + int(np.count_nonzero(begins & ~inside))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
