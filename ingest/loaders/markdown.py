"""Markdown and MDX, read as the HTML that it stands for.

Markdown may hold HTML anywhere: tables, centred badges, folded details, hidden spans. Going
through HTML gives all of it one reading, and the rules of what is visible hold here too. A tag
that HTML doesn't know is a placeholder such as ``<your-api-key>`` and stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from app.errors import DocumentRejected
from ingest.loaders.compose import compose, first_heading
from ingest.loaders.encodings.cleaning import normalise
from ingest.loaders.encodings.encoding import decode
from ingest.loaders.fields import breaks_of_fields
from ingest.loaders.front_matter import split_front_matter
from ingest.loaders.html.blocks import html_pieces
from ingest.loaders.html.boilerplate import remove_boilerplate
from ingest.loaders.html.tree import parse_html
from ingest.loaders.html.unseen import remove_unseen
from ingest.loaders.model import LoadedDocument, Piece
from ingest.loaders.plain.terms import is_question

_MAX_NESTING: Final = 100
"""Levels of quotes and lists that are read; what lies deeper is dropped."""
_MAX_INLINE_NESTING: Final = 10
"""Levels of links, images and footnotes within each other in a paragraph; what lies deeper is
text. Each bracket is looked at once for each of them."""
_HTML_TAGS: Final = frozenset(
    "a abbr address area article aside audio b base bdi bdo big blockquote body br button canvas "  # noqa: SIM905 - word lists read best as words
    "caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt "
    "em embed fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i "
    "iframe img input ins kbd label legend li link main map mark math menu meta meter nav noscript "
    "object ol optgroup option output p param picture pre progress q rp rt ruby s samp script "
    "search section select small source span strike strong style sub summary sup svg table tbody "
    "td template textarea tfoot th thead time title tr track tt u ul var video wbr "
    "annotation semantics mi mn mo mrow msup msub mfrac".split()
)
_TAG: Final = re.compile(r"</?([A-Za-z][\w.:-]*)(?:\s[^<>]*)?/?>")
_RAW_BLOCK: Final = re.compile(r"\s*<(?:!--|script|style|pre|textarea)", re.IGNORECASE)
_MODULE_LINE: Final = re.compile(
    r"(?:import\s+(?:[\w*{][^;\n]*\sfrom\s+)?['\"]|export\s+(?:const|default|function|let|\{))"
)
_ADMONITION: Final = re.compile(r"^[ \t]*:{3,}[ \t]*(?:[\w-]+[ \t]*)?(.*)$")
_ALERT: Final = re.compile(r"<p>\[!\w+\]\s*")
"""GitHub's mark of a note or a warning, which it shows as a box."""
_HEADING_ID: Final = re.compile(r"(?<!\s)\s*+\{#[\w-]+\}\s*+$")


def load_markdown(data: bytes, *, mdx: bool = False) -> LoadedDocument:
    """Reads Markdown (CommonMark with tables, footnotes, formulas), ``mdx`` with its components.

    Raises:
        DocumentRejected: ``empty``, also when there is nothing but front matter; ``undecodable``.
    """
    decoded = decode(data)
    fields, body = split_front_matter(normalise(decoded.text))
    title = str(fields.pop("title", ""))
    fields["format"] = "markdown"
    if decoded.encoding != "utf-8":
        fields["encoding"] = decoded.encoding
    pieces = markdown_pieces(body, mdx=mdx)
    return compose(pieces, title=title or first_heading(pieces), metadata=fields)


def markdown_pieces(source: str, *, mdx: bool = False) -> list[Piece]:
    """Blocks of a text without front matter."""
    parser = _parser()
    tokens = parser.parse(source)
    if ":::" in source:
        tokens = parser.parse(_open_admonitions(source, tokens))
    _mend_tokens(tokens, mdx=mdx)
    html = _ALERT.sub("<p>", parser.renderer.render(tokens, parser.options, {}))
    try:
        root = parse_html(f"<html><body>{html}</body></html>")
    except DocumentRejected:
        return []
    remove_unseen(root)
    remove_boilerplate(root)
    return html_pieces(root)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin)
    # Digits and spaces beside a dollar sign mean money far more often than a formula.
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    parser.core.ruler.before("block", "block_nesting", _nesting_to(_MAX_NESTING))
    parser.core.ruler.before("inline", "inline_nesting", _nesting_to(_MAX_INLINE_NESTING))
    return parser


def _nesting_to(levels: int) -> Callable[[StateCore], None]:
    """A rule that bounds the nesting of what is parsed behind it."""

    def bound(state: StateCore) -> None:
        state.md.options["maxNesting"] = levels

    return bound


def _open_admonitions(source: str, tokens: list[Token]) -> str:
    """Frees the inside of ``:::tip Title`` … ``:::`` from its fence; the title stays."""
    lines = source.split("\n")
    code = {
        number
        for token in tokens
        if token.type in ("fence", "code_block") and token.map
        for number in range(*token.map)
    }
    for number, line in enumerate(lines):
        if number not in code and (match := _ADMONITION.match(line)):
            lines[number] = f"\n{match[1].strip('[]')}\n"
    return "\n".join(lines)


def _mend_tokens(tokens: list[Token], *, mdx: bool) -> None:
    previous: Token | None = None
    for token in tokens:
        if token.type == "html_block" and not _RAW_BLOCK.match(token.content):
            token.content = _mend_tags(token.content, mdx=mdx)
        for child in token.children or ():
            if child.type == "html_inline":
                child.content = _mend_tags(child.content, mdx=mdx)
        if previous is not None and previous.type == "heading_open" and token.children:
            last = token.children[-1]
            last.content = _HEADING_ID.sub("", last.content)
        if token.type == "inline" and "\n" in token.content:
            _keep_line_ends(token)
        if mdx and token.type == "inline" and _is_module_code(token.content):
            token.children = []
        previous = token


def _keep_line_ends(token: Token) -> None:
    """Ends lines where a reader of the source sees them end: behind a question, between fields."""
    lines = token.content.split("\n")
    ends = breaks_of_fields(lines)
    if is_question(lines[0].strip("*_ ")):
        ends.add(0)
    at = 0
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            if at in ends:
                child.type, child.tag = "hardbreak", "br"
            at += 1


def _is_module_code(content: str) -> bool:
    return _MODULE_LINE.match(content) is not None or not _without_comments(content).strip()


def _without_comments(content: str) -> str:
    """JSX without what stands between ``{/*`` and ``*/}``."""
    kept: list[str] = []
    at = 0
    while (start := content.find("{/*", at)) >= 0 and (end := content.find("*/}", start + 3)) >= 0:
        kept.append(content[at:start])
        at = end + 3
    return "".join(kept) + content[at:]


def _mend_tags(markup: str, *, mdx: bool) -> str:
    def mend(match: re.Match[str]) -> str:
        if match[1].lower() in _HTML_TAGS and not (mdx and match[1][0].isupper()):
            return match[0]
        return "" if mdx else match[0].replace("<", "&lt;").replace(">", "&gt;")

    return _TAG.sub(mend, markup)
