"""Cases over invented tables: values of another row or column, and recombined words."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from eval.answers.faults.cases import Case, Layout, Passage, case_of
from eval.answers.faults.invented.row_schemas import (
    Column,
    RecordSchema,
    Schema,
    read_records,
    read_tables,
)

ROWS: Final = 4
TABLES_PER_SCHEMA: Final = 3


def row_cases(seed: int) -> list[Case]:
    """Makes cases over tables, key–value lists and records; the same seed gives the same."""
    cases: list[Case] = []
    for schema in read_tables():
        for number in range(TABLES_PER_SCHEMA):
            chance = Random(f"{seed}:{schema.key}:{number}")  # noqa: S311  # no secret
            cases += _of_table(schema, number, chance)
    for record in read_records():
        for number in range(TABLES_PER_SCHEMA):
            chance = Random(f"{seed}:{record.key}:{number}")  # noqa: S311  # no secret
            cases += _of_record(record, number, chance)
    return cases


def _of_table(schema: Schema, number: int, chance: Random) -> Iterator[Case]:
    labels = chance.sample(schema.labels, ROWS)
    taken: set[str] = set()
    rows: list[list[str]] = []
    for _ in labels:
        row = []
        for column in schema.columns:
            value = _fresh(column, chance, taken)
            taken.add(value)
            row.append(value)
        rows.append(row)
    layout: Layout = "record" if number % 3 == 1 else "table"
    if layout == "record":
        # One thing alone: its name is the heading, each line a key and a value.
        labels, rows = labels[:1], rows[:1]
        heading, text = (
            labels[0],
            "\n".join(
                f"{column.head}{'：' if schema.lang == 'zh' else ': '}{value}"
                for column, value in zip(schema.columns, rows[0], strict=True)
            ),
        )
        lines = text.split("\n")
    else:
        heading = schema.heading
        lines = [
            f"| {' | '.join([label, *row])} |" for label, row in zip(labels, rows, strict=True)
        ]
        head = f"| {' | '.join([schema.label_head, *(column.head for column in schema.columns)])} |"
        text = "\n".join([head, "|" + " --- |" * (len(schema.columns) + 1), *lines])
    passage = Passage(
        id=f"office/{schema.key}/{number}",
        document=f"office:{schema.key}:{number}",
        source="office",
        lang=schema.lang,
        title=schema.title,
        heading=heading,
        text=text,
        sentences=tuple(lines),
        layout=layout,
    )
    for at, label in enumerate(labels):
        for place, column in enumerate(schema.columns):
            source = lines[place] if layout == "record" else lines[at]
            value = rows[at][place]
            phrase = chance.choice(column.phrases)
            yield _case(
                "row as a sentence",
                passage,
                source,
                phrase.format(label=label, value=value),
                true=True,
            )
            wrong = _fresh(column, chance, taken | {value})
            yield _case(
                "row: value of nowhere", passage, source, phrase.format(label=label, value=wrong)
            )
            others = [(row[place]) for other, row in enumerate(rows) if other != at]
            if others:
                yield _case(
                    "row: value of another row",
                    passage,
                    source,
                    phrase.format(label=label, value=chance.choice(others)),
                )
            similar = [
                rows[at][other]
                for other, its in enumerate(schema.columns)
                if other != place and its.measure == column.measure
            ]
            if similar:
                yield _case(
                    "row: value of another column",
                    passage,
                    source,
                    phrase.format(label=label, value=chance.choice(similar)),
                )


def _of_record(schema: RecordSchema, number: int, chance: Random) -> Iterator[Case]:
    fill = {name: chance.sample(choices, len(choices)) for name, choices in schema.choices.items()}
    slots = {
        f"{name}{at}": value for name, values in fill.items() for at, value in enumerate(values)
    }
    text = schema.text.format(**slots)
    passage = Passage(
        id=f"office/{schema.key}/{number}",
        document=f"office:{schema.key}:{number}",
        source="office",
        lang=schema.lang,
        title=schema.title,
        heading="",
        text=text,
        sentences=tuple(text.split("\n")),
        layout="record",
    )
    for draft in schema.false:
        yield _case("row: words reassembled", passage, passage.sentences[0], draft.format(**slots))
    for draft in schema.true:
        yield _case(
            "row as a sentence", passage, passage.sentences[0], draft.format(**slots), true=True
        )


def _fresh(column: Column, chance: Random, taken: set[str]) -> str:
    choices = [value for value in column.values if value not in taken]
    return chance.choice(choices)


def _case(kind: str, passage: Passage, sentence: str, draft: str, *, true: bool = False) -> Case:
    return case_of(kind, passage, sentence, draft, true=true)
