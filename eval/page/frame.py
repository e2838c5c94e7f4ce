"""The frame of every page: head, style, sections, and data for its script."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import resources

from eval.page.elements import Element, element, to_text


def page_text(title: str, sections: Sequence[Element], *, data: str, script: str) -> str:
    """One self-contained page.

    Args:
        title: What the window is called.
        sections: What it shows, in order.
        data: JSON for the script, as `script_json` writes it.
        script: Name of the script among the files of this package. The style is `page.css`.
    """
    style, code = _asset("page.css"), _asset(script)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, code)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", style),
    )
    body = element(
        "body",
        element("main", *sections),
        element("script", data, type="application/json", id="data"),
        element("script", code),
    )
    return to_text(element("html", head, body, lang="en"))


def section(title: str, *children: Element) -> Element:
    """A part of a page below its heading."""
    return element("section", element("h2", title), *children)


def explorer_section() -> Element:
    """The section that the script fills with questions."""
    return section(
        "Questions",
        element("noscript", element("p", "Looking at single questions needs JavaScript.")),
        element("div", id="explorer"),
    )


def script_json(content: Mapping[str, object]) -> str:
    """JSON that can stand within a ``script`` element: it holds no ``<``, ``>`` or ``&``."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def _policy(style: str, script: str) -> str:
    """Only the page's own style and script take effect, and nothing is fetched."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _asset(name: str) -> str:
    return resources.files("eval.page").joinpath(name).read_text(encoding="utf-8")
