"""Rows that a superlative asks for: "Which pump has the highest pressure?" asks for one of a table.

No row says that its value is the highest; only all of them together do. So the values of the column
that is asked about are compared, where they are numbers of one unit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from app.answering.asking.asked import Part
from app.answering.context.statements import DocumentStatements
from app.answering.evidence.candidates import first_cell
from app.answering.evidence.tiers import amounts
from app.domain.documents import Cell, Span
from app.domain.statements import Statement
from app.text.normalise import normalise

MOST_ROWS: Final = 500
"""Of a table that is compared."""
MOST_TABLES: Final = 8
"""That are looked at for one question."""

Place: TypeAlias = tuple[str, Span]
"""A document and where in it a statement stands."""

_CHOOSES: Final = re.compile(r"\b(?:which|who|what)\b|哪|谁", re.IGNORECASE)
"""Without such a word a superlative is a limit: "at most", 最多可以."""
_MOST: Final = re.compile(
    r"\b(?:highest|largest|biggest|greatest|longest|deepest|widest|strongest|heaviest|fastest"
    r"|most|dearest|priciest)\b|最(?:高|大|长|多|贵|重|快|久|深|宽|强)",
    re.IGNORECASE,
)
_LEAST: Final = re.compile(
    r"\b(?:lowest|smallest|shortest|narrowest|lightest|slowest|cheapest|fewest|least)\b"
    r"|最(?:低|小|短|少|便宜|轻|慢|窄)",
    re.IGNORECASE,
)
_NEGATED: Final = re.compile(
    r"\b(?:most|least)(?= (?:of|likely|recent|important|common)\b)|\bat (?:most|least)\b",
    re.IGNORECASE,
)
_IMPLIED: Final = (
    (
        r"\b(?:cheap|expensive|dear|pric)|贵|便宜",
        "price cost fee rate charge tuition fare rent 价格 单价 售价 房价 票价 费用 收费 学费 租金",
    ),
    (r"\b(?:heaviest|lightest)\b|最重|最轻", "weight mass 重量"),
    (r"\b(?:fastest|slowest)\b|最快|最慢", "speed 速度"),
    (r"longest|shortest|最长|最短|最久", "duration length 时长 长度"),
)
"""What some superlatives are about without saying so."""
_NUMBER: Final = re.compile(r"(?<![\w.])-?\d{1,12}(?:[,\u00a0]\d{3}){0,3}(?:\.\d{1,6})?")
_TOTAL: Final = re.compile(
    r"(?:grand )?total|sum|average|mean|overall|all|合计|总计|小计|平均|总和", re.IGNORECASE
)
"""Labels of rows that add others up."""
_EXPENSIVE: Final = re.compile(r"\bleast (?=expensive|costly)", re.IGNORECASE)


def extremes(
    part: Part,
    statements: Sequence[Statement],
    documents: Mapping[str, DocumentStatements],
    terms: Callable[[str], list[str]],
) -> Mapping[Place, float]:
    """1 for each row that has what is asked for, −1 for the others of its table.

    Empty where no superlative is asked about, or where no column of a table has its values.
    """
    direction = _direction(part.shown)
    if not direction or amounts(part.shown):  # a value is given: it is the row that is asked for
        return {}
    asked = _asked_about(part, terms)
    found: dict[Place, float] = {}
    for rows in _tables(statements, documents):
        values = _values(rows, asked, terms)
        if values:
            best = max(direction * value for value in values.values())
            for row in rows:
                value = values.get(row.span)
                wanted = value is not None and direction * value == best
                found[row.document_id, row.span] = 1.0 if wanted else -1.0
    return found


def _direction(question: str) -> int:
    """1 for the most, −1 for the least, 0 for neither or both."""
    text = _NEGATED.sub(" ", _EXPENSIVE.sub("cheapest ", question))
    if not _CHOOSES.search(text):
        return 0
    most, least = bool(_MOST.search(text)), bool(_LEAST.search(text))
    return most - least


def _asked_about(part: Part, terms: Callable[[str], list[str]]) -> frozenset[str]:
    """The terms of which a column's head must have one."""
    words = [implied for said, implied in _IMPLIED if re.search(said, part.shown, re.IGNORECASE)]
    return frozenset(part.terms) | frozenset(terms(" ".join(words)))


def _tables(
    statements: Sequence[Statement], documents: Mapping[str, DocumentStatements]
) -> Iterator[list[Statement]]:
    """All rows of each table that one of ``statements`` stands in."""
    rows = [s for s in statements if s.cells and s.group is not None]
    first: dict[tuple[str, int | None], Statement] = {}
    for row in rows:
        first.setdefault((row.document_id, row.group), row)
    for statement in list(first.values())[:MOST_TABLES]:
        document = documents[statement.document_id]
        if document.group_size(statement) <= MOST_ROWS:
            beside = document.siblings(statement, most=MOST_ROWS)
            yield [s for s in beside if s.cells and not _TOTAL.fullmatch(first_cell(s).strip())]


def _values(
    rows: Sequence[Statement], asked: frozenset[str], terms: Callable[[str], list[str]]
) -> Mapping[Span, float]:
    """The values of the only column that is asked about, by row; empty where they can't compare."""
    heads = {cell.head for row in rows for cell in row.cells}
    shared = {head: len(asked.intersection(terms(head))) for head in heads}
    most = max(shared.values(), default=0)
    columns: dict[str, dict[Span, tuple[float, str] | None]] = {}
    for row in rows:
        for cell in row.cells:
            if shared[cell.head] == most > 0:
                columns.setdefault(cell.head, {})[row.span] = _value(row, cell)
    comparable = [found for values in columns.values() if (found := _compared(values))]
    return comparable[0] if len(comparable) == 1 else {}


def _compared(values: Mapping[Span, tuple[float, str] | None]) -> Mapping[Span, float]:
    """The numbers, where every row that has a value has one number of the same unit."""
    known = {span: value for span, value in values.items() if value is not None}
    if len(known) < 2 or len(known) < len(values) or len({unit for _, unit in known.values()}) > 1:  # noqa: PLR2004 - one is no comparison
        return {}
    return {span: number for span, (number, _) in known.items()}


def _value(row: Statement, cell: Cell) -> tuple[float, str] | None:
    """The number in a cell, and what stands around it: its unit; ``None`` for none or several."""
    text = row.cell_text(cell)
    numbers = _NUMBER.findall(text)
    if len(numbers) != 1:
        return None
    unit = re.sub(r"(?<=[a-z]{3})s\b", "", normalise(_NUMBER.sub(" ", text)))
    return float(re.sub(r"[,\u00a0]", "", numbers[0])), " ".join(unit.split())
