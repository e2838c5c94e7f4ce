"""Written families: what is wrong with them, groups, and judged questions made of them."""

from __future__ import annotations

import json
import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.fakes import FakeEmbedder
from eval.datasets.beir import read_dataset
from train.bundled import written_set
from train.bundled.code_switching import to_chinese, to_english
from train.bundled.embedding_negatives import embedding_negatives
from train.bundled.written_documents import (
    held_out_files,
    read_families,
    statements_of,
    training_files,
)
from train.bundled.written_groups import written_groups


def family() -> dict[str, Any]:
    """Two tool sheds that differ in their values, and two questions."""

    def shed(name: tuple[str, str], price: str, wet: tuple[str, str]) -> dict[str, Any]:
        rows = [[f"Size: {s} | Price: {price}", f"尺寸：{s} | 价格：{price}"] for s in ("S", "L")]
        return {
            "title": list(name),
            "sections": [
                {"heading": ["Rain", "雨天"], "said": [list(wet)]},
                {"heading": ["Prices", "价格"], "said": rows},
            ],
        }

    return {
        "documents": [
            shed(("Wren shed", "鹪鹩棚"), "€90", ("It is closed when it rains.", "雨天关闭。")),
            shed(("Lark shed", "云雀棚"), "€70", ("It stays open.", "照常开放。")),
        ],
        "asked": [
            {
                "q": [["Is the Wren shed open in the rain?"], ["下雨时鹪鹩棚开吗？"]],
                "by": ["1.1.1"],
                "a": ["closed", "关闭"],
            },
            {"q": [["Who owns the Wren shed?"], ["鹪鹩棚是谁的？"]], "by": []},
        ],
    }


def write(folder: Path, *families: dict[str, Any], name: str = "sheds-01.json") -> Path:
    file = folder / name
    file.write_text(json.dumps(families, ensure_ascii=False), encoding="utf-8")
    return file


def test_every_group_holds_what_answers_or_nothing_does(tmp_path: Path) -> None:
    groups = written_groups([write(tmp_path, family())], 40, seed=3)
    assert len(groups) == 2 * 2 * 40
    right = {said.text for group in groups for said in group.statements if said.answers}
    assert right == {"It is closed when it rains.", "雨天关闭。"}
    listed = {said for group in groups for said in group.statements if ";" in said.text}
    assert listed
    assert not any(said.answers for said in listed)
    for group in groups:
        assert group.answered is False or "Wren" in group.question or "鹪鹩" in group.question
        for said in group.statements:
            if said.span:
                assert said.text[slice(*said.span)] in ("closed", "关闭")
    assert any(not g.answered for g in groups if "open" in g.question or "开吗" in g.question)
    across = [g for g in groups if g.lang == "en" and any("棚" in s.setting for s in g.statements)]
    assert across
    assert written_groups([tmp_path / "sheds-01.json"], 40, seed=3) == groups


def test_a_section_is_one_text_where_a_question_asks_for_most_of_it(tmp_path: Path) -> None:
    asks_for_prices = family()
    question = {"q": [["What does the Wren shed cost?"], ["鹪鹩棚多少钱？"]]}
    asks_for_prices["asked"] = [question | {"by": ["1.2.1", "1.2.2"]}]
    groups = written_groups([write(tmp_path, asks_for_prices)], 40, seed=3)
    lists = {
        (said.text, said.setting, said.answers)
        for group in groups
        for said in group.statements
        if ";" in said.text
    }
    assert lists == {
        ("Size: S; Size: L", "Wren shed › Prices", True),
        ("Size: S; Size: L", "Lark shed › Prices", False),
        ("尺寸：S; 尺寸：L", "鹪鹩棚 › 价格", True),
        ("尺寸：S; 尺寸：L", "云雀棚 › 价格", False),
    }


def test_statements_of_other_families_stand_in_groups_where_they_are_near(tmp_path: Path) -> None:
    other = json.loads(json.dumps(family()).replace("Wren", "Rook").replace("closed", "shut"))
    files = [write(tmp_path, family()), write(tmp_path, other, name="sheds-02.json")]
    near = embedding_negatives([f for file in files for f in read_families(file)], FakeEmbedder())
    assert [[len(lines) for lines in of_family] for of_family in near] == [[6, 6], [6, 6]]
    assert "Rook" in near[0][0][0].settings[0]
    groups = written_groups(
        files, 10, seed=3, find_negatives=partial(embedding_negatives, embedder=FakeEmbedder())
    )
    assert len(groups) == 2 * 2 * 2 * 10
    assert any("shut" in said.text for g in groups if "Wren" in g.question for said in g.statements)
    assert not any(
        said.answers and "shut" in said.text
        for g in groups
        if "Wren" in g.question
        for said in g.statements
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"by": ["3.1.1"]}, "there is no statement 3.1.1"),
        ({"a": ["open", "关闭"]}, "'open' is not in"),
        ({"by": []}, "an answer and no statement"),
        ({"q": [["Is it open?"], []]}, "languages is missing"),
        ({"by": ["first"]}, "asked.0.by.0"),
        ({"why": "because"}, "asked.0.why"),
    ],
)
def test_what_is_wrong_with_a_family_is_said(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    wrong = family()
    wrong["asked"][0] |= change
    with pytest.raises(ValueError, match="family 2") as error:
        read_families(write(tmp_path, family(), wrong))
    assert told in str(error.value)


def test_all_files_that_come_along_are_whole_and_none_is_on_both_sides() -> None:
    assert not set(training_files()) & set(held_out_files())
    for file in (*training_files(), *held_out_files()):
        assert read_families(file)


def test_families_become_documents_and_judged_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, *[family()] * 6)
    monkeypatch.setattr(written_set, "held_out_files", lambda: [file])
    written_set.main(tmp_path / "set")
    texts = [f.read_text(encoding="utf-8") for f in (tmp_path / "set/documents").rglob("*.md")]
    assert len(texts) == 12
    assert any("| Size | Price |\n| --- | --- |\n| S | €90 |" in text for text in texts)
    assert any("| 尺寸 | 价格 |" in text for text in texts)
    queries = [json.loads(x) for x in (tmp_path / "set/queries.jsonl").read_text().splitlines()]
    held = {tuple(q["answers"]) for q in queries if q["metadata"]["must_hold"]}
    assert held == {("closed",), ("关闭",)}
    assert sum(q["metadata"]["kind"] == "unanswerable" for q in queries) == 6
    (tmp_path / "set/corpus.jsonl").write_text(
        "".join(
            json.dumps({"_id": f"documents/{lang}/sheds-01-{n}-{d}.md", "text": "x"}) + "\n"
            for lang in ("en", "zh")
            for n in range(1, 7)
            for d in (1, 2)
        )
    )
    assert len(read_dataset(tmp_path / "set").queries) == 6


def test_words_are_looked_up_in_the_other_language() -> None:
    rng = random.Random(1)
    english = to_english("保修期多长？", 1.0, rng)
    assert "period" in english
    chinese = to_chinese("Where is the warranty of the hotel?", 1.0, rng)
    assert not chinese.isascii()
    assert "the" not in chinese.split()
    assert to_chinese("Where is T40?", 0.0, rng) == "Where is T40?"


def test_a_line_of_few_words_stands_below_the_one_before_it(tmp_path: Path) -> None:
    shed = family()
    said = [["All old ladders were burnt.", "旧梯子都已烧毁。"], ["There were 13.", "共13架。"]]
    shed["documents"][0]["sections"].append({"heading": ["", ""], "said": said})
    (read,) = read_families(write(tmp_path, shed))
    last = [line for line in statements_of(read) if line.place == "1.3.2"]
    assert last[0].settings == (
        "Wren shed › All old ladders were burnt.",
        "鹪鹩棚 › 旧梯子都已烧毁。",
    )


def test_what_a_document_says_once_stands_above_its_other_lines(tmp_path: Path) -> None:
    shed = family()
    owner = {"heading": ["Owner", "所有人"], "said": [["Moss Ltd owns it.", "归Moss Ltd所有。"]]}
    shed["documents"][0]["sections"].append(owner)
    shed["asked"] = [
        {"q": [["Is it open in the rain at Moss?"], ["Moss的棚下雨开吗？"]], "by": ["1.1.1"]}
    ]
    groups = written_groups([write(tmp_path, shed)], 20, seed=1)
    rain = {
        s.setting
        for g in groups
        for s in g.statements
        if "rain" in s.text or s.text == "It stays open."
    }
    assert rain == {"moss › Wren shed › Rain", "Lark shed › Rain"}


def test_a_question_may_ask_for_something_that_nobody_mentions(tmp_path: Path) -> None:
    shed = family()
    shed["documents"][0]["title"] = ["Shed T40", "T40棚"]
    shed["asked"] = [
        {"q": [["Is the T40 open in the rain?"], ["下雨时T40开吗？"]], "by": ["1.1.1"]}
    ]
    groups = written_groups([write(tmp_path, shed)], 200, seed=1)
    moved = [group for group in groups if "T40" not in group.question]
    assert moved
    assert not any(group.answered for group in moved)
    assert any(group.answered for group in groups)
