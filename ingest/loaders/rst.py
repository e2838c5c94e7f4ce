"""reStructuredText, read by docutils and then as the HTML that it stands for.

Documents written for Sphinx use roles and directives that docutils doesn't know. They are kept:
a role as its text, a directive as its title and body.
"""

from __future__ import annotations

import re
import textwrap
from typing import Any, Final, cast

from docutils import nodes
from docutils.core import publish_doctree, publish_from_doctree
from docutils.parsers.rst import Parser
from docutils.parsers.rst.states import Inliner

from app.domain.documents import MetadataValue
from app.errors import DocumentRejected
from ingest.loaders.compose import compose, first_heading
from ingest.loaders.dates import iso_day
from ingest.loaders.encodings.cleaning import clean_lines, normalise
from ingest.loaders.encodings.encoding import decode
from ingest.loaders.front_matter import split_front_matter
from ingest.loaders.html.blocks import html_pieces
from ingest.loaders.html.boilerplate import remove_boilerplate
from ingest.loaders.html.tree import parse_html
from ingest.loaders.model import LoadedDocument, Piece

_SETTINGS: Final = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,  # no docutils.conf of the machine changes what a document says
    "report_level": 5,  # problems of a document are not this program's output
    "halt_level": 6,
    "warning_stream": "",
    "smart_quotes": False,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "embed_stylesheet": False,
    "stylesheet_path": "",
    "line_length_limit": 10**8,  # isolation bounds time and memory, not the length of a line
}
_MAX_UNKNOWN_DEPTH: Final = 10
"""How deep directives that docutils doesn't know may nest."""
_ROLE: Final = re.compile(r":[\w:+.-]{1,80}:`[~!]?([^`<]{0,500}?)\s{0,9}(?:<([^`>]*)>)?`")
_DIRECTIVE: Final = re.compile(r"\s*\.\.\s+([\w:+.-]+)::[ \t]*(.*)")
_SUBSTITUTION: Final = re.compile(
    r"^[ \t]*\.\.[ \t]+\|([^|\n]{1,200})\|[ \t]+replace::(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE
)
_USE: Final = re.compile(r"\|([^|\n]{1,200})(?=\|)")
"""Anything between two bars: tables count a little more than they have."""
_MAX_WRITTEN: Final = 2_000_000
"""Characters that substitutions may write out."""
_MAX_NESTED: Final = 24
"""Levels at which those of two uses each would write out more than that."""
_MARK: Final = re.compile(r"[*`|_\[]")
"""What markup within a paragraph begins or ends with."""
_MAX_MARKED: Final = 4_000_000
"""Marks of a paragraph times its characters, above which they are text: for each mark that has no
partner, docutils looks through all that is behind it."""
_OPTION: Final = re.compile(r"\s*:[\w -]+:")
_WITHOUT_PROSE: Final = frozenset(
    "toctree index highlight currentmodule module automodule autoclass autofunction automethod "  # noqa: SIM905 - word lists read best as words
    "autosummary autodata autoattribute tabularcolumns meta literalinclude graphviz "
    "include raw csv-table".split()
)
"""Directives whose body is names or settings, or that would read files or write markup."""
_CODE: Final = frozenset({"code", "code-block", "sourcecode", "prompt", "console"})
"""Here because they may have options that docutils doesn't know."""
_VERSIONS: Final = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
}


class _BoundedInliner:
    """Reads markup within paragraphs, but of those that are nearly nothing but marks.

    It has docutils' own, which can't be inherited from: that one looks into its class for patterns.
    """

    def __init__(self) -> None:
        self._reader = Inliner()

    def init_customizations(self, settings: Any) -> None:
        """See `Inliner.init_customizations`."""
        self._reader.init_customizations(settings)

    def adjust_uri(self, uri: str) -> str:
        """See `Inliner.adjust_uri`."""
        return self._reader.adjust_uri(uri)

    def parse(
        self, text: str, lineno: int, memo: Any, parent: nodes.Element
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """See `Inliner.parse`."""
        marks = sum(1 for _ in _MARK.finditer(text))
        if marks * len(text) > _MAX_MARKED:
            return [nodes.Text(text)], []
        return self._reader.parse(text, lineno, memo, parent)


def load_rst(data: bytes) -> LoadedDocument:
    """Reads one document; nothing it refers to is read.

    Raises:
        DocumentRejected: ``empty``, ``undecodable``, or ``too_large`` for what it writes out.
    """
    decoded = decode(data)
    fields, body = split_front_matter(normalise(decoded.text))
    _require_bounded_substitutions(body)
    document = _read(body)
    metadata: dict[str, MetadataValue] = fields | _document_information(document)
    title = str(metadata.pop("title", "")) or clean_lines(document.get("title", ""))
    metadata["format"] = "rst"
    if decoded.encoding != "utf-8":
        metadata["encoding"] = decoded.encoding
    pieces = _pieces(document, depth=0)
    return compose(pieces, title=title or first_heading(pieces), metadata=metadata)


def _read(source: str, **settings: object) -> nodes.document:
    parser = Parser(inliner=cast("Inliner", _BoundedInliner()))
    return publish_doctree(source, parser=parser, settings_overrides=_SETTINGS | settings)


def _require_bounded_substitutions(source: str) -> None:
    """Counts what substitutions would write out, those within others too, before they do."""
    texts: dict[str, str] = {}
    for match in _SUBSTITUTION.finditer(source):
        texts[_name(match[1])] = match[2]
    used = {name: [_name(inner) for inner in _USE.findall(text)] for name, text in texts.items()}
    sizes = dict.fromkeys(texts, 0)
    for _ in range(_MAX_NESTED):
        sizes = {
            name: min(len(text) + sum(sizes.get(inner, 0) for inner in used[name]), _MAX_WRITTEN)
            for name, text in texts.items()
        }
    written = sum(sizes.get(_name(name), 0) for name in _USE.findall(source)) if texts else 0
    if written >= _MAX_WRITTEN:
        raise DocumentRejected(
            "too_large",
            "The substitutions of the file write out too much text; replace them by what they "
            "stand for, and ingest again.",
        )


def _name(name: str) -> str:
    return " ".join(name.lower().split())


def _document_information(document: nodes.document) -> dict[str, MetadataValue]:
    """Author and date from the field list that opens a document."""
    found: dict[str, MetadataValue] = {}
    authors = [clean_lines(node.astext()) for node in document.findall(nodes.author)]
    if authors:
        found["author"] = ", ".join(authors)
    for date in document.findall(nodes.date):
        if day := iso_day(date.astext()):
            found["date"] = day
    for information in list(document.findall(nodes.docinfo)):
        information.parent.remove(information)
    return found


def _pieces(document: nodes.document, *, depth: int) -> list[Piece]:
    _mend_problems(document, depth=depth)
    settings = _SETTINGS | {"initial_header_level": 2 if document.get("title") else 1}
    html = publish_from_doctree(document, writer="html5", settings_overrides=settings)
    try:
        root = parse_html(html.decode())
    except DocumentRejected:
        return []
    remove_boilerplate(root)
    body = root.find("body")
    return html_pieces(body if body is not None else root)


def _mend_problems(document: nodes.document, *, depth: int) -> None:
    for problem in list(document.findall(nodes.problematic)):
        problem.parent.replace(problem, nodes.Text(_ROLE.sub(_role_text, problem.astext())))
    for message in list(document.findall(nodes.system_message)):
        sources = [child.astext() for child in message.findall(nodes.literal_block)]
        body = _directive_body(sources[0]) if sources and depth < _MAX_UNKNOWN_DEPTH else ""
        if body:
            inner = _read(body, doctitle_xform=False)
            _mend_problems(inner, depth=depth + 1)
            message.parent.replace(message, list(inner.children))
        else:
            message.parent.remove(message)


def _role_text(match: re.Match[str]) -> str:
    return match[1] or match[2] or ""


def _directive_body(source: str) -> str:
    """What an unknown directive says: its argument as a paragraph, then its content."""
    first, _, rest = source.partition("\n")
    match = _DIRECTIVE.match(first)
    name = match[1].rpartition(":")[2] if match else ""
    if not match or name in _WITHOUT_PROSE:
        return ""
    lines = textwrap.dedent(rest).split("\n")
    while lines and _OPTION.match(lines[0]):
        lines.pop(0)
    body = "\n".join(lines)
    if name in _CODE:
        return "::\n\n" + textwrap.indent(body, "  ")
    return f"{_VERSIONS.get(name, '')} {match[2]}".strip() + f"\n\n{body}"
