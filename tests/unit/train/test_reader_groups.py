"""How groups for a reader are made of rows, and office groups of words."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from train.bundled.office import numerals
from train.bundled.office.office_groups import office_groups
from train.bundled.typing_noise import with_typing_noise
from train.errors import InvalidPairs
from train.reader.contrastive import contrastive_variants
from train.reader.group_building import GroupOptions, build_complete_groups, build_groups
from train.reader.lexical_negatives import lexical_negatives
from train.reader.mentions import Names, mentions, other_digit
from train.reader.span_examples import SpanExample, judged, parse_span_example, statement_spans
from train.reader.statement_groups import (
    LabelledStatement,
    StatementGroup,
    parse_group,
    write_groups,
)
from train.reader.table_rows import spell_out_rows
from train.reader.training_data import read_data, read_lines

PASSAGE = "The T40 is yellow. It carries 250 kg. The T60 carries 400 kg. Some carry 250 kg of sand."


def row(
    query: str = "What does the T40 carry?", answer: str = "250 kg", **given: object
) -> SpanExample:
    start = PASSAGE.index(answer) if answer else 0
    values: dict[str, object] = {
        "query": query,
        "passage": PASSAGE,
        "answers": ((start, start + len(answer)),) if answer else (),
        "title": "T40 manual",
        "source": "toy",
        "lang": "en",
        **given,
    }
    return SpanExample(**values)  # type: ignore[arg-type]  # values by name


def test_the_sentence_that_holds_the_answer_answers_and_one_that_repeats_it_is_neither() -> None:
    right, wrong = judged(row())
    assert right == [
        LabelledStatement("It carries 250 kg.", "The T40 is yellow.", answers=True, span=(11, 17))
    ]
    assert [statement.text for statement in wrong] == [
        "The T40 is yellow.",
        "The T60 carries 400 kg.",
    ]


def test_without_an_answer_all_sentences_do_not_answer() -> None:
    right, wrong = judged(row(answer=""))
    assert right == []
    assert len(wrong) == 4


def test_a_sentence_that_is_too_long_to_be_read_is_cut_at_its_clauses() -> None:
    passage = "，".join(["原告于当日向被告支付了货款" + str(n) for n in range(40)])
    parts = [passage[a:b] for a, b in statement_spans(passage)]
    assert len(parts) > 1
    assert "".join(parts) == passage
    assert all(part.endswith("，") for part in parts[:-1])
    assert max(map(len, parts)) <= 140


def test_a_row_whose_span_is_not_where_it_says_is_refused() -> None:
    raw = {"query": "q", "passage": "abc", "answers": [{"text": "b", "start": 0}]}
    with pytest.raises(InvalidPairs, match="'b' at 0"):
        parse_span_example(raw, "toy")
    with pytest.raises(InvalidPairs, match="passage"):
        parse_span_example({"query": "q"}, "toy")
    assert parse_span_example({**raw, "answers": None}, "toy") is None


def test_rows_of_a_table_are_written_with_their_heads_and_answers_move_along() -> None:
    table = "Sales\n| Year | 2019 | 2018 |\n| --- | --- | --- |\n| Cash | $130 | $91 |\nEnd."
    start = table.index("$91")
    text, answers = spell_out_rows(table, [(start, start + 3)])
    assert text == "Sales\nYear: Cash | 2019: $130 | 2018: $91\nEnd."
    assert [text[a:b] for a, b in answers] == ["$91"]


def test_what_a_text_names_is_told_by_its_sort() -> None:
    found = mentions("What did Maria Kern say of PPR-9087 in 2019 after 25 days?")
    assert found == [
        ("identifier", "PPR-9087"),
        ("year", "2019"),
        ("number", "25"),
        ("name", "Maria Kern"),
    ]


def test_another_digit_differs_in_one_place() -> None:
    made = {other_digit("PPR-9087", random.Random(seed)) for seed in range(20)}
    assert "PPR-9087" not in made
    assert all(sum(a != b for a, b in zip(m, "PPR-9087", strict=True)) == 1 for m in made)


def test_a_wrong_identifier_makes_a_statement_that_does_not_answer() -> None:
    statement = LabelledStatement("The T40 carries 250 kg.", "", answers=True, span=(16, 22))
    made = contrastive_variants(
        "What does the T40 carry?", statement, "", names=Names(), titles=(), rng=random.Random(0)
    )
    assert [s.answers for s in made.wrong] == [False]
    assert made.wrong[0].text != statement.text
    assert made.wrong[0].text.endswith("carries 250 kg.")
    assert made.moved is None


@pytest.mark.parametrize(
    ("question", "title", "text", "answer", "moved"),
    [
        pytest.param(
            "What does the Heron weigh?",
            "Heron",
            "Heron weighs 9 kg.",
            "9 kg",
            "It weighs 9 kg.",
            id="English",
        ),
        pytest.param(
            "苍鹭有多重？",
            "苍鹭",
            "苍鹭的重量为九公斤。",
            "九公斤",
            "的重量为九公斤。",
            id="Chinese",
        ),
    ],
)
def test_a_subject_that_moves_into_the_setting_leaves_an_answer_and_a_wrong_setting_none(
    question: str, title: str, text: str, answer: str, moved: str
) -> None:
    start = text.index(answer)
    statement = LabelledStatement(text, "", answers=True, span=(start, start + len(answer)))
    made = contrastive_variants(
        question, statement, title, names=Names(), titles=["Falcon"], rng=random.Random(0)
    )
    assert made.moved is not None
    assert (made.moved.setting, made.moved.text) == (title, moved)
    assert made.moved.span is not None
    assert made.moved.text[made.moved.span[0] : made.moved.span[1]] == answer
    assert LabelledStatement(moved, "Falcon") in made.wrong


def test_similar_statements_come_from_other_passages_and_do_not_hold_the_answer() -> None:
    other = row(
        passage="The T40 of others carries sand well. It carries 250 kg, they say.",
        answers=(),
        title="Other",
    )
    (found, _) = lexical_negatives([row(), other], most=5, titled=1.0, rng=random.Random(0))
    assert {statement.text for statement in found} == {"The T40 of others carries sand well."}
    assert {statement.setting for statement in found} == {"Other"}


def test_a_group_has_one_answer_or_none_and_never_more_than_was_asked_for() -> None:
    rows = [row(query=f"What does the T40 carry, number {n}?") for n in range(200)]
    making = GroupOptions(statements=4, unanswered=0.25)
    groups = build_groups(rows, names=Names(), options=making, rng=random.Random(1))
    counts = [sum(statement.answers for statement in group.statements) for group in groups]
    assert set(counts) == {0, 1}
    assert 0.15 < counts.count(0) / len(counts) < 0.35
    assert max(len(group.statements) for group in groups) == 4


def test_whole_groups_hold_every_statement_of_the_passage_under_its_title() -> None:
    (group,) = build_complete_groups([row()], most=10, rng=random.Random(0))
    settings = {statement.text: statement.setting for statement in group.statements}
    assert settings == {
        "The T40 is yellow.": "T40 manual",
        "It carries 250 kg.": "T40 manual › The T40 is yellow.",
        "The T60 carries 400 kg.": "T40 manual",
    }
    assert sum(statement.answers for statement in group.statements) == 1
    assert len(group.statements) == 3


def test_groups_are_read_as_they_were_written(tmp_path: Path) -> None:
    groups = office_groups(30, seed=3)
    write_groups(groups, tmp_path / "groups.jsonl")
    assert [parse_group(raw) for raw in read_lines(tmp_path / "groups.jsonl")] == groups
    with pytest.raises(InvalidPairs, match="a group needs"):
        parse_group({"statements": [{"text": "a"}]})


def test_data_without_a_held_out_part_keep_passages_apart(tmp_path: Path) -> None:
    lines = []
    for number in range(60):
        passage = PASSAGE.replace("250", str(250 + number))
        for query in ("What does it carry?", "How much does the T40 lift?"):
            answer = f"{250 + number} kg"
            spans = [{"text": answer, "start": passage.index(answer)}]
            lines.append({"query": query, "passage": passage, "answers": spans, "title": "T40"})
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    data = read_data([file], [], share=0.1, seed=0)
    assert len(data.held_out) == 12
    held_out = {s.text for group in data.held_out for s in group.statements if s.answers}
    trained = {s.text for group in data.train for s in group.statements if s.answers}
    assert len(held_out) == 6
    assert not held_out & trained
    with pytest.raises(InvalidPairs, match="no questions with an answer"):
        read_data([], [], share=0.1, seed=0)


def test_office_groups_are_the_same_for_the_same_seed_and_hold_what_they_say() -> None:
    groups = office_groups(600, seed=5)
    assert groups == office_groups(600, seed=5)
    assert groups != office_groups(600, seed=6)
    for group in groups:
        assert group.question
        assert "{" not in group.question + "".join(
            statement.read() for statement in group.statements
        )
        assert len(group.statements) >= 2
        for statement in group.statements:
            assert statement.text.strip()
            if statement.span:
                assert statement.text[statement.span[0] : statement.span[1]].strip()
    unanswered = sum(not group.answered for group in groups) / len(groups)
    assert 0.08 < unanswered < 0.3
    asked = [group.lang for group in groups]
    assert 0.35 < asked.count("zh") / len(asked) < 0.65


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [
        (0, "zero", "零"),
        (11, "eleven", "十一"),
        (20, "twenty", "二十"),
        (25, "twenty-five", "二十五"),
        (99, "ninety-nine", "九十九"),
        (105, None, "一百零五"),
        (110, None, "一百一十"),
        (3_000, None, "三千"),
        (4_020, None, "四千零二十"),
        (50_000, None, "五万"),
        (1_250_000, None, "一百二十五万"),
    ],
)
def test_numbers_are_written_as_people_write_them(
    number: int, english: str | None, chinese: str
) -> None:
    assert numerals.chinese(number) == chinese
    if english is None:
        with pytest.raises(ValueError, match="not between"):
            numerals.english(number)
    else:
        assert numerals.english(number) == english


def test_office_words_that_are_held_out_are_never_learnt() -> None:
    trained = {group.question for group in office_groups(1_500, seed=1) if "faq" in group.source}
    held_out = office_groups(1_500, seed=2, held_out=True)
    assert not trained & {group.question for group in held_out if "faq" in group.source}


def test_questions_wear_down_but_never_vanish() -> None:
    rng = random.Random(0)
    made = {with_typing_noise("What is the payload of the robot?", rng) for _ in range(300)}
    assert "What is the payload of the robot?" in made
    assert "what is the payload of the robot" in made
    assert "payload robot" in made
    assert len(made) > 8
    assert all(with_typing_noise("谁？", rng) for _ in range(200))


def test_a_group_without_statements_that_answer_says_so() -> None:
    assert not StatementGroup(
        "q", (LabelledStatement("a"), LabelledStatement("b")), "toy", "en"
    ).answered
