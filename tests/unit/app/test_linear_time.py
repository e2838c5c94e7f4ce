"""Reading takes time in proportion to the text, whatever the text is.

Questions, history and documents are written by strangers. Times are compared with those of a tenth
of the text, since machines differ; what is quick whatever it is compared with passes at once.
"""

from __future__ import annotations

import gc
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TypeAlias

import pytest

import app.answering
import app.http
import app.retrieval
import app.text
from app.answering.asking.asked import take_apart
from app.answering.context.labelled_lines import LineSubjects
from app.answering.context.statements import DocumentStatements
from app.answering.verifying.atoms import atoms_of
from app.answering.verifying.checks.poles import sides
from app.answering.verifying.claims import denials, names, quotations
from app.answering.verifying.quantities import mentioned_quantities
from app.answering.verifying.words.wording import Words
from app.domain.documents import Document
from app.http.schemas.answers import MAX_QUERY_CHARACTERS
from app.retrieval.understanding.history import follow
from app.retrieval.understanding.syntax.pieces import pieces
from app.retrieval.understanding.understand import as_query
from app.text.analyzer import StandardAnalyzer
from app.text.entities.extraction import asked_names, entities_of
from app.text.language import detect_language
from app.text.names.naming import named_in
from app.text.normalise import normalise
from app.text.query_kind import query_kind
from app.text.sentences import split_sentences
from tests.unit.ending import end_within

Work: TypeAlias = Callable[[str], object]

CHARACTERS = 100_000
GROWTH = 15
"""How many times longer ten times the text may take."""
QUICK_S = 0.5
"""What takes no longer is not compared; what is not linear takes minutes."""
HANGS_S = 20.0
FEW_CHARACTERS = 2_000
SUSPECT_S = 0.0015
"""What takes the square of `FEW_CHARACTERS` takes longer."""

SHAPES = {
    "letters": "a",
    "digits": "1",
    "spaces": " ",
    "hyphens": "- ",
    "dotted-numbers": "1.",
    "grouped-numbers": "1,",
    "codes": "a1",
    "camels": "aB",
    "names": "Ab ",
    "numbered": "T40 and ",
    "words": "the ",
    "openings": "([{",
    "quotes": "\"'",
    "chinese-quotes": "“「《",
    "marks": "\u0301\u0327",
    "compositions": "e\u0301",
    "numerals": "一零",
    "years": "1年",
    "ordinals": "第一",
    "han": "中",
    "kana": "ー",
    "wide": "Ａ１",
    "rows": "| a ",
    "lines": "- a\n",
    "headings": "# a\n",
    "sentences": "A b. ",
    "questions": "a? ",
    "conjunctions": "-so-",
    "addresses": "a@b.",
    "nothing": "\u200b",
}


def repeated(unit: str, characters: int) -> str:
    return (unit * (characters // len(unit) + 1))[:characters]


def patterns(package: ModuleType) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every expression that a module of ``package`` names, alone or in a table."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            held = [value]
            while held:
                one = held.pop()
                if isinstance(one, re.Pattern):
                    yield f"{module.name}.{name}", one
                elif isinstance(one, dict):
                    held += one.values()
                elif isinstance(one, list | tuple) and not name.startswith("__"):
                    held += one


def units(pattern: re.Pattern[str]) -> list[str]:
    """What an attack on it would be made of: its own words and signs."""
    source = re.sub(r"\\[AbBdDsSwWZ]|\(\?[:=!<>]*|\{[\d,]+\}", "|", pattern.pattern)
    words = dict.fromkeys(re.findall(r"[^\W\d_]{2,}", source))
    signs = dict.fromkeys(source)
    return [*signs, *(f"{word}{end}" for word in words for end in (" ", "- "))]


ANCHORED = {"app.answering.generating.drafting._SETTLED"}
"""Only ever matched at one place of a text, and never looked for in it."""
PATTERNS = {
    (pattern.pattern, pattern.flags): (name, pattern)
    for package in (app.text, app.answering, app.http, app.retrieval)
    for name, pattern in patterns(package)
}


def read(name: str, pattern: re.Pattern[str]) -> Work:
    if name in ANCHORED:
        return pattern.match
    return lambda text: sum(1 for _ in pattern.finditer(text))


def seconds(work: Work, text: str) -> float:
    """Of this thread, without the collector of garbage, which walks all that others hold."""
    gc.disable()
    try:
        start = time.thread_time()
        work(text)
        return time.thread_time() - start
    finally:
        gc.enable()


def require_linear(work: Work, text: Callable[[int], str], characters: int, what: str) -> None:
    """Compares the time for a text of ``characters`` with that for a tenth of it."""
    with end_within(HANGS_S, what):
        taken = seconds(work, text(characters))
        if taken > QUICK_S:
            tenth = max(seconds(work, text(characters // 10)) for _ in range(3))
            if taken > GROWTH * tenth + QUICK_S:  # other work on the machine may have slowed it
                taken = min(seconds(work, text(characters)) for _ in range(2))
            assert taken < GROWTH * tenth + QUICK_S, f"{what}: {taken:.2f} s after {tenth:.3f} s"


def grows_fast(work: Work, text: Callable[[int], str]) -> bool:
    """Whether the whole comparison is worth its time."""
    taken = seconds(work, text(FEW_CHARACTERS))
    return taken > SUSPECT_S and seconds(work, text(4 * FEW_CHARACTERS)) > 6 * taken


def test_the_expressions_are_found() -> None:
    assert len(PATTERNS) > 100


@pytest.mark.parametrize("quadratic", ["a+b", r"a*$\n", "(?:a|b)+c", "a?[^b]*b"])
def test_an_expression_that_is_not_linear_is_suspected(quadratic: str) -> None:
    assert grows_fast(read("one", re.compile(quadratic)), lambda n: repeated("a", n))


@pytest.mark.parametrize(
    ("name", "pattern"),
    [pytest.param(*held, id=f"{held[0]}-{n}") for n, held in enumerate(PATTERNS.values())],
)
def test_an_expression_is_linear(name: str, pattern: re.Pattern[str]) -> None:
    work = read(name, pattern)
    attacks = [*SHAPES.values(), *units(pattern)]
    for unit, behind in zip(attacks, [*attacks[1:], "\n"], strict=True):
        for text in (
            lambda n, u=unit: repeated(u, n),
            lambda n, u=unit, b=behind: repeated(u, n // 2) + repeated(b, n // 2),
        ):
            what = f"{name} on {unit!r} and {behind!r}"
            with end_within(HANGS_S, what):
                suspect = grows_fast(work, text)
            if suspect:
                require_linear(work, text, CHARACTERS, what)


TEXTS: dict[str, Callable[[int], str]] = {
    **{name: lambda n, unit=unit: repeated(unit, n) for name, unit in SHAPES.items()},
    "one-long-code": lambda n: "a" + "1" * (n - 1),
    "digits-and-a-version": lambda n: "1" * (n - 4) + ".1.1",
    "many-codes": lambda n: " ".join(f"T{i}" for i in range(n // 6)),
    "many-articles": lambda n: "，".join(f"第{i}条" for i in range(n // 7)),
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS.items()])
class TestWhatReadsAnyText:
    def test_terms_are_found_in_linear_time(
        self, text: Callable[[int], str], analyzer: StandardAnalyzer
    ) -> None:
        require_linear(analyzer.terms, text, CHARACTERS, "terms")
        require_linear(analyzer.sequence, text, CHARACTERS, "sequence")

    def test_occurrences_are_found_in_linear_time(
        self, text: Callable[[int], str], analyzer: StandardAnalyzer
    ) -> None:
        wanted = frozenset({"a", "1", "中", "零", "the"})
        require_linear(lambda t: analyzer.occurrences([t], wanted), text, CHARACTERS, "occurrences")

    @pytest.mark.parametrize(
        "work",
        [
            normalise,
            detect_language,
            query_kind,
            split_sentences,
            LineSubjects,
            entities_of,
            asked_names,
        ],
    )
    def test_texts_are_read_in_linear_time(self, text: Callable[[int], str], work: Work) -> None:
        require_linear(work, text, CHARACTERS, work.__name__)

    def test_queries_are_taken_apart_in_linear_time(self, text: Callable[[int], str]) -> None:
        for grouping in (False, True):
            require_linear(lambda t, g=grouping: pieces(t, grouping=g), text, CHARACTERS, "pieces")

    @pytest.mark.parametrize("work", [mentioned_quantities, names, quotations, denials, sides])
    def test_claims_are_read_in_linear_time(self, text: Callable[[int], str], work: Work) -> None:
        require_linear(work, text, CHARACTERS, work.__name__)

    def test_atoms_and_words_are_read_in_linear_time(
        self, text: Callable[[int], str], analyzer: StandardAnalyzer
    ) -> None:
        require_linear(lambda t: atoms_of(t, every_numeral=True), text, CHARACTERS, "atoms")
        require_linear(lambda t: Words(t, analyzer.terms), text, CHARACTERS, "words")

    def test_statements_are_made_in_linear_time(self, text: Callable[[int], str]) -> None:
        def statements(of: str) -> object:
            document = Document("d", of, "title", "", {})
            return DocumentStatements(document).within((0, len(of)), n=1)

        require_linear(statements, text, CHARACTERS, "statements")

    def test_questions_are_taken_apart_in_linear_time(
        self, text: Callable[[int], str], analyzer: StandardAnalyzer
    ) -> None:
        def follow_up(history: str) -> object:
            return follow("And in 2019?", [(history, history)], analyzer, lambda *_: False)

        # No longer question and no longer turn comes in.
        require_linear(named_in, text, MAX_QUERY_CHARACTERS, "names")
        require_linear(
            lambda t: take_apart(as_query(t, analyzer), analyzer, most=4),
            text,
            MAX_QUERY_CHARACTERS,
            "parts",
        )
        require_linear(follow_up, text, MAX_QUERY_CHARACTERS, "history")
