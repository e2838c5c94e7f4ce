"""Leave for pages of other sites to call the API: of those that the operator has named alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from app.http.edge.exchange import REQUEST_ID_HEADER

READABLE: Final = (REQUEST_ID_HEADER, "Location", "Retry-After", "WWW-Authenticate")
"""Headers of an answer that a script of such a page may read, beside those it always may."""
PREFLIGHT_S: Final = 600
"""How long a browser need not ask again."""


def cors_options(origins: Sequence[str]) -> dict[str, Any]:
    """Options of Starlette's ``CORSMiddleware`` for exactly these origins.

    A page may send any header, since clients of the OpenAI shape send their own. Browsers are never
    told to send along what they keep for this site (cookies, passwords): a key is a header that the
    page itself must have.
    """
    return {
        "allow_origins": tuple(origins),
        "allow_methods": ("GET", "POST", "DELETE"),
        "allow_headers": ("*",),
        "allow_credentials": False,
        "expose_headers": READABLE,
        "max_age": PREFLIGHT_S,
    }
