r"""Text of LaTeX nodes within a paragraph: accents, quotes, links, citations, user macros."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from typing import Any, Final

from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db
from pylatexenc.latexwalker import (
    LatexCharsNode,
    LatexCommentNode,
    LatexEnvironmentNode,
    LatexGroupNode,
    LatexMacroNode,
    LatexMathNode,
    LatexSpecialsNode,
    LatexWalker,
    LatexWalkerError,
)
from pylatexenc.latexwalker import (
    get_default_latex_context_db as default_syntax,
)
from pylatexenc.macrospec import EnvironmentSpec, MacroSpec

PARAGRAPH: Final = "\n\n"
LINE: Final = "\v"
"""A line break that the author asked for, told apart from those of the source."""

_SPECIALS: Final = {
    "~": " ",
    "``": "“",
    "''": "”",
    "--": "–",
    "---": "—",
    "&": " ",
    "\n\n": PARAGRAPH,
}
_SILENT: Final = frozenset(
    "label index vspace hspace vskip hskip includegraphics pagestyle thispagestyle addtolength "  # noqa: SIM905 - word lists read best as words
    "setlength setcounter addtocounter newcommand renewcommand providecommand newenvironment def "
    "newtheorem bibliographystyle bibliography input include usepackage documentclass hypersetup "
    "noindent indent centering maketitle tableofcontents newpage clearpage pagebreak "
    "cleardoublepage title author date authorrunning titlerunning orcidID thanks hfill vfill "
    "bigskip medskip smallskip phantom hline cline toprule midrule bottomrule cmidrule "
    "arraystretch "
    "color rule hyphenation lipsum refstepcounter nocite markboth markright protect scalebox "
    "sout xout st "
    "resizebox rotatebox footnotesize small tiny large Large scriptsize definecolor".split()
)
"""Macros that print nothing, or nothing that a reader of the text would miss: struck text too."""
_CITATIONS: Final = frozenset(
    "cite citep citet citealp citeauthor citeyear parencite textcite autocite".split()  # noqa: SIM905 - word lists read best as words
)
_REFERENCES: Final = frozenset("ref eqref autoref cref Cref pageref".split())  # noqa: SIM905 - word lists read best as words
_ARGUMENTS: Final = {
    "{": "sout xout st institute email orcidID authorrunning titlerunning keywords "
    "pagestyle thispagestyle cline markright bibliographystyle thanks inst affil affiliation "
    "address shortauthors",
    "[": "lipsum",
    "[{": "hyperref makecell shortstack subcaption captionof",
    "{{": "addtolength setlength setcounter addtocounter markboth subfloat textcolor colorbox",
    "{{{": "multicolumn definecolor",
    "[{{{": "multirow",
    "[{{": "href",
    "*[[{": "cite citep citet citealp parencite textcite autocite nocite",
    "*[{": "caption",
    "*{": "citeauthor citeyear autoref cref Cref eqref",
}
"""Arguments of macros from packages, in the notation of pylatexenc: ``*`` star, ``[`` optional."""
_ENVIRONMENT_ARGUMENTS: Final = {
    "[{": "tabular array longtable tabu minipage",
    "{[{": "tabularx tabulary tabular*",
    "[": "figure table figure* table* enumerate itemize description algorithm",
    "{": "multicols thebibliography",
    "{{": "list wrapfigure",
}
_DEFINITION: Final = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s*+\{?\s*+\\([A-Za-z]+)"
    r"\s*+\}?\s*+\{|\\def\s*+\\([A-Za-z]+)\s*+\{"
)
_ENVIRONMENT: Final = re.compile(
    r"\\newenvironment\s*+\{([A-Za-z]+\*?)\}\s*+\{|\\newtheorem\*?\s*+\{([A-Za-z]+)\}\s*+(?:\[\w*\])?\s*+\{"
)
_ADDRESS: Final = re.compile(r"\\(?:url|href|path|nolinkurl)\s*+\{[^{}\n]{0,2000}")
_PER_CENT: Final = re.compile(r"(?<!\\)%")
_COMMAND: Final = re.compile(r"\\(?:begin|end)\s*+\{[^{}\n]{0,100}\}|\\[A-Za-z]+\*?|[{}]")
_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
_MAX_DEFINITION: Final = 2_000
"""Characters of the longest definition that is read."""
_MAX_DEFINITIONS: Final = 1_000
_MAX_EXPANSION: Final = 8
"""How deep macros may use each other."""


def parse_latex(source: str) -> list[Any]:
    """Top-level nodes of ``source``, however broken; at worst it is one text without commands."""
    source = _ADDRESS.sub(lambda address: _PER_CENT.sub(r"\\%", address[0]), source)
    walker = LatexWalker(source, latex_context=_syntax(), tolerant_parsing=True)
    try:
        nodes: list[Any] = walker.get_latex_nodes()[0]
    except (IndexError, LatexWalkerError):  # at the end of a source that breaks off in a command
        return [LatexCharsNode(parsing_state=None, chars=_COMMAND.sub(" ", source))]
    return nodes


@cache
def _syntax() -> Any:
    """What pylatexenc knows of LaTeX, with the arguments of common packages added."""
    syntax = default_syntax()
    syntax.add_context_category(
        "packages",
        prepend=True,
        macros=[
            MacroSpec(name, arguments)
            for arguments, names in _ARGUMENTS.items()
            for name in names.split()
        ],
        environments=[
            EnvironmentSpec(name, arguments)
            for arguments, names in _ENVIRONMENT_ARGUMENTS.items()
            for name in names.split()
        ],
    )
    return syntax


def macro_definitions(source: str) -> dict[str, str]:
    r"""Macros without arguments that ``source`` defines, by name."""
    return {
        match[1] or match[2]: balanced(source, match.end())
        for match in islice(_DEFINITION.finditer(source), _MAX_DEFINITIONS)
    }


def environment_labels(source: str) -> dict[str, str]:
    """Source of what the environments that ``source`` defines print first, by name."""
    return {
        match[1] or match[2]: balanced(source, match.end())
        for match in islice(_ENVIRONMENT.finditer(source), _MAX_DEFINITIONS)
    }


class Inline:
    """Renders nodes as text.

    ``macros`` are the document's own, without arguments, and ``labels`` the opening words of its
    own environments, both as LaTeX source.
    """

    def __init__(self, macros: Mapping[str, str], labels: Mapping[str, str]) -> None:
        self._macros = macros
        self._symbols = LatexNodes2Text(math_mode="verbatim")
        self._known = get_default_latex_context_db()
        self._depth = 0
        self._labels = {name: self.of_source(source).strip() for name, source in labels.items()}

    def of_source(self, source: str) -> str:
        """Text of LaTeX source; `PARAGRAPH` and `LINE` mark breaks."""
        return self.text(parse_latex(source))

    def text(self, nodes: Iterable[Any]) -> str:
        """Text of nodes in a row; `PARAGRAPH` and `LINE` mark breaks."""
        return "".join(self.node(node) for node in nodes if node is not None)

    def node(self, node: Any) -> str:  # noqa: PLR0911 - one case a kind of node
        """Text of one node."""
        match node:
            case LatexCharsNode():
                return str(node.chars)
            case LatexSpecialsNode():
                return _SPECIALS.get(str(node.specials_chars), str(node.specials_chars))
            case LatexGroupNode():
                return self.text(node.nodelist)
            case LatexMathNode():
                return str(node.latex_verbatim())
            case LatexCommentNode():
                return PARAGRAPH if node.comment_post_space.count("\n") > 1 else ""
            case LatexEnvironmentNode():
                return f" {self.text(node.nodelist)} "
            case LatexMacroNode():
                return self._macro(node)
        return ""

    def environment_label(self, name: str) -> str:
        r"""What a theorem-like environment prints first, as by ``\newtheorem{thm}{Theorem}``."""
        return f"{label} " if (label := self._labels.get(name, "")) else ""

    def arguments(self, node: Any) -> list[Any]:
        """Arguments of a macro, absent optional ones left out."""
        given = node.nodeargd.argnlist if node.nodeargd is not None else None
        return [argument for argument in given or () if argument is not None]

    def _macro(self, node: Any) -> str:  # noqa: C901, PLR0911 - one case a family of macros
        name = node.macroname
        arguments = self.arguments(node)
        after = node.macro_post_space
        space = PARAGRAPH if after.count("\n") > 1 else ""
        if name in ("\\", "newline", "linebreak", "tabularnewline"):
            return LINE
        if name in ("par", "bigbreak"):
            return PARAGRAPH
        if name == "and":
            return ", "
        if name == "item":
            return " "
        if name in _CITATIONS:
            return f"[{self._verbatim(arguments[-1:])}]"
        if name in _REFERENCES:
            return self._verbatim(arguments[-1:])
        if name in ("footnote", "footnotetext"):
            return f" ({self.text(arguments[-1:]).strip()})"
        if name in ("url", "path", "nolinkurl"):
            return self._verbatim(arguments[-1:])
        if name in _SILENT:
            return space
        if name in self._macros and not arguments:
            return self._expand(name) + space
        if arguments:
            if (
                self._known.get_macro_spec(name) is not None
                and len(arguments) == 1
                and _is_accent(name)
            ):
                return self._symbol(node)
            return self.text(arguments[-1:]) + space
        return self._symbol(node) + space

    def _symbol(self, node: Any) -> str:
        """What pylatexenc prints for a macro; nothing where arguments are missing that it wants."""
        try:
            text = str(self._symbols.node_to_text(node))
        except (IndexError, AttributeError, TypeError, KeyError, ValueError):
            return ""
        return "" if "%s" in text else text

    def _expand(self, name: str) -> str:
        if self._depth >= _MAX_EXPANSION:
            return ""
        self._depth += 1
        try:
            return self.of_source(self._macros[name])
        finally:
            self._depth -= 1

    def _verbatim(self, arguments: list[Any]) -> str:
        source = "".join(str(argument.latex_verbatim()) for argument in arguments)
        return source.strip("{}[] \n").replace(r"\%", "%").replace(",", ", ").replace(",  ", ", ")


def _is_accent(name: str) -> bool:
    return not name.isalpha() or len(name) == 1


def balanced(source: str, start: int) -> str:
    """Text from ``start`` to the brace that closes the one before it, or a bounded part of it."""
    end = min(len(source), start + _MAX_DEFINITION)
    depth = 1
    for match in _BRACE.finditer(source, start, end):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth == 0:
            return source[start : match.start()]
    return source[start:end]
