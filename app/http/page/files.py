"""Serves the files of the page, which are read once and need no key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.errors import NotFound

INDEX: Final = "index.html"
PREFIX: Final = "/page/"
"""Where the files lie that ``/`` asks for."""
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
"""By the end of the name; a file of any other kind is not served."""
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    # A browser asks each time, and is told that nothing has changed: after an upgrade no part of
    # the page is older than another.
    "Cache-Control": "no-cache",
}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file as it is sent."""

    content: bytes
    media_type: str
    etag: str


@cache
def page_files() -> Mapping[str, PageFile]:
    """Every file of the page by its name."""
    found: dict[str, PageFile] = {}
    for entry in files(__package__).joinpath("static").iterdir():
        media_type = MEDIA_TYPES.get(entry.name.rpartition(".")[2])
        if media_type is not None:
            content = entry.read_bytes()
            etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
            found[entry.name] = PageFile(content, media_type, etag)
    return found


def page_paths() -> frozenset[str]:
    """The paths at which the page can be had."""
    return frozenset({"/", *(PREFIX + name for name in page_files() if name != INDEX)})


@router.get("/")
async def index(request: Request) -> Response:
    """The page itself."""
    return _sent(request, page_files()[INDEX])


@router.get(PREFIX + "{name}")
async def part(request: Request, name: str) -> Response:
    """A style sheet, a module or an image of the page. Raises `NotFound`."""
    if PREFIX + name not in page_paths():
        raise NotFound("The page has no such part.")
    return _sent(request, page_files()[name])


def _sent(request: Request, file: PageFile) -> Response:
    headers = {**HEADERS, "ETag": file.etag}
    if file.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media_type)
