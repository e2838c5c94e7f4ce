"""Blocks of text that came as data: found without changing a character."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.loaders.plain.outline import outline_blocks
from ingest.loaders.registry import load
from ingest.sources.records import RecordSource
from tests.unit.ending import end_within
from tests.unit.ingest.expanding import sources_in


def shape(text):
    """Kind and text of each block; of rows the cells with their heads instead of the text."""
    found = []
    for block in outline_blocks(text):
        shown = [(text[slice(*cell.span)], cell.head) for cell in block.cells]
        found.append((block.kind.value, shown or text[slice(*block.span)]))
    return found


@pytest.mark.parametrize(
    "prose",
    [
        "One paragraph. It has two sentences.",
        "One paragraph\nthat goes on\n    with an indented line.\n\nAnother - with dashes - here.",
        "words and " * 9 + "more\n---\nAnother.",
        "He said: it is late.\nShe left.",
        "I. B. Singer wrote it.\nA. Lincoln did not.",
        "In 2019. It was cold.\n\n1997 was warm.",
        "Let p(x | y) hold.\n\nThe cost is 3 | 4.",
        "检索很快。\n重排较慢。\n\n他说：你好。",
        "Two  blanks here.  And there.  Again.\nTwo  blanks here.  And then.  Ends.",
        "",
        " \n ",
    ],
)
def test_prose_has_no_blocks(prose):
    assert outline_blocks(prose) == ()


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# Guide\n\nText.\n\n### Parts ###\nText.", [("Guide", 1), ("Parts", 3)]),
        ("Guide\n=====\nText.\n\nParts\n---\n\nText.", [("Guide", 1), ("Parts", 2)]),
        ("1. Scope\nThis holds.\n2. Leave\nIt is granted.", [("1. Scope", 2), ("2. Leave", 2)]),
        ("2.1 Care\n\nClean it.\n\n2.1.1 Oil\n\nUse oil.", [("2.1 Care", 3), ("2.1.1 Oil", 4)]),
        ("SAFETY NOTES\n\nWear gloves.", [("SAFETY NOTES", 2)]),
        ("第一章 总则\n\n适用。\n\n第二节 假\n\n有。", [("第一章 总则", 1), ("第二节 假", 2)]),
        ("一、范围\n适用于员工。\n二、年假\n二十天。", [("一、范围", 2), ("二、年假", 2)]),
        ("（一）请假\n提前申请。", [("（一）请假", 3)]),
    ],
)  # fmt: skip
def test_headings(text, levels):
    found = [
        (text[slice(*b.span)], b.level) for b in outline_blocks(text) if b.kind.value == "heading"
    ]
    assert found == levels


@pytest.mark.parametrize(
    "items",
    [
        "1. Buy milk\n2. Buy eggs\n3. Go home\n\nThen rest.",
        "- one\n- two\n\nThen rest.",
        "一、买牛奶\n二、买鸡蛋\n\n然后回家。",
        "（1）买牛奶\n（2）买鸡蛋\n\n然后回家。",
        "① 买牛奶\n② 买鸡蛋\n\n然后回家。",
    ],
)
def test_items_are_no_headings(items):
    kinds = [block.kind.value for block in outline_blocks(items)]
    assert kinds == ["list"] * (len(kinds) - 1) + ["paragraph"]
    assert len(kinds) >= 3


def test_items_know_their_depth_and_keep_their_paragraphs():
    text = "- a\n  - b\n    goes on\n    - c\n- d\n\n  more of d\n\nEnd."
    found = [(text[slice(*b.span)], b.level) for b in outline_blocks(text)]
    assert found == [
        ("- a", 0),
        ("- b\n    goes on", 1),
        ("- c", 2),
        ("- d\n\n  more of d", 0),
        ("End.", 0),
    ]


LIFT = [
    ("table", [("T7", "Model"), ("80 kg", "Lift"), ("07:30", "Start (HH:MM)")]),
    ("table", [("T9", "Model"), ("95 kg", "Lift"), ("08:15", "Start (HH:MM)")]),
]


@pytest.mark.parametrize(
    "table",
    [
        "|Model|Lift|Start (HH:MM)|\n|---|:-:|--:|\n| **T7** | `80 kg` | 07:30 |\n|T9|95 kg|08:15|",
        "Model | Lift | Start (HH:MM)\n--- | --- | ---\nT7 | 80 kg | 07:30\nT9 | 95 kg | 08:15",
        "+-+-+-+\n|Model|Lift|Start (HH:MM)|\n+=+=+=+\n|T7|80 kg|07:30|\n+-+-+-+\n|T9|95 kg|08:15|",
        "| Model | Lift | Start (HH:MM) |\n| T7 | 80 kg | 07:30 |\n| T9 | 95 kg | 08:15 |",
        "Model\tLift\tStart (HH:MM)\nT7\t80 kg\t07:30\nT9\t95 kg\t08:15",
        "Model  Lift   Start (HH:MM)\nT7     80 kg  07:30\nT9     95 kg  08:15",
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "Before.\n\n{}\n\nAfter.", "# Before\n{}\n\nAfter."])
def test_tables_in_every_way_of_drawing_them(table, around):
    rows = [part for part in shape(around.format(table)) if part[0] == "table"]
    assert rows == LIFT


def test_rows_below_years_and_bars_within_cells():
    text = "| | 2023 | 2024 |\n|--|--|--|\n| 成本 | 9 | 8 |\n| a \\| b | 1 | |\n"
    assert shape(text) == [
        ("table", [("成本", ""), ("9", "2023"), ("8", "2024")]),
        ("table", [("a \\| b", ""), ("1", "2023")]),
    ]


def test_fields_on_lines_of_their_own():
    text = (
        "Drill\n\nRange: 90 km\nSeats : four\n保修期：三年\nport = 8080\n\nNote: alone it is prose."
    )
    assert shape(text) == [
        ("paragraph", "Drill"),
        ("table", [("90 km", "Range")]),
        ("table", [("four", "Seats")]),
        ("table", [("三年", "保修期")]),
        ("table", [("8080", "port")]),
        ("paragraph", "Note: alone it is prose."),
    ]


def test_aligned_names_and_values():
    text = "Range       90 km\nTop speed   25 km/h\nSeats       four\n"
    assert shape(text) == [
        ("table", [("90 km", "Range")]),
        ("table", [("25 km/h", "Top speed")]),
        ("table", [("four", "Seats")]),
    ]


def test_questions_head_their_answers():
    text = (
        "Q: Open?\nA: Daily.\n\n**May I park?**\nYes.\n\n可以停车吗？\n\n可以。\n\n"
        "问：晚上呢？\n答：不行。\n\n1. May I smoke?\n   No.\n\n**Fees**\n\nNone."
    )
    assert shape(text) == [
        ("term", "Q: Open?"),
        ("paragraph", "A: Daily."),
        ("term", "May I park?"),
        ("paragraph", "Yes."),
        ("term", "可以停车吗？"),
        ("paragraph", "可以。"),
        ("term", "问：晚上呢？"),
        ("paragraph", "答：不行。"),
        ("term", "1. May I smoke?"),
        ("list", "No."),
        ("term", "Fees"),
        ("paragraph", "None."),
    ]


def test_fenced_code_is_code_and_an_open_fence_is_nothing():
    text = "Run\n\n```sh\nmake\n\n  test\n```\n\nThen\n\n```\nA: b\nC: d"
    assert shape(text)[:3] == [
        ("paragraph", "Run"),
        ("code", "make\n\n  test"),
        ("paragraph", "Then"),
    ]


def test_records_keep_their_text_and_their_title():
    text = " # Rates\r\n\r\n| Plan | Fee |\r\n|--|--|\r\n| Basic | 3 |\r\n"
    record = {"id": "x", "title": "Is it free?", "text": text}
    document = RecordSource("x", record).load(load)
    assert (document.text, document.title) == (text, "Is it free?")
    assert [(b.kind.value, text[slice(*b.span)]) for b in document.blocks] == [
        ("heading", "Rates"),
        ("table", "Basic | 3"),
    ]
    (source,) = sources_in("a.jsonl", json.dumps(record).encode())
    assert source.load(load) == document
    assert RecordSource("y", {"id": "y", "text": "Plain prose."}).load(load).blocks == ()


def test_text_files_get_the_same_structure():
    loaded = load(
        "a.txt", "GUIDE\n\n一、参数\n\n| 项 | 数值 |\n|--|--|\n| 端口 | 8443 |\n".encode()
    )
    assert loaded.text == "GUIDE\n\n一、参数\n\n项: 端口 | 数值: 8443"
    assert [block.kind.value for block in loaded.blocks] == ["heading", "heading", "table"]


PIECES = st.lists(
    st.sampled_from(
        ["# H", "a: b", "c： d", "| a | b |", "|--|--|", "+--+--+", "- x", "  - y", "1. z", "```",
         "~~~", "===", "---", "", " ", "Q: a?", "A: b", "**c?**", "d?", "x\ty", "x  y", "\r",
         "prose.", "一、二", "> q", "|", "||", "\\|", "Ａ：b", "2.1 C"]
    )
    | st.text(max_size=6),
    max_size=30,
).map("\n".join)  # fmt: skip


@given(PIECES)
def test_blocks_are_ordered_apart_and_never_blank(text):
    end = 0
    for block in outline_blocks(text):
        start, stop = block.span
        assert end <= start < stop <= len(text)
        assert text[start:stop].strip()
        inner = start
        for cell in block.cells:
            assert inner <= cell.span[0] < cell.span[1] <= stop
            inner = cell.span[1]
        end = stop


@pytest.mark.parametrize(
    "unit",
    ["|", "| a ", "# ", "#" * 7, "a: ", "Q: ", "a?\n", "Q: a? A: b ", "- x\n", "x  y\n", "x\ty\n",
     "```\n", "~~~~\n", "**a", "a: b\n  c\n", "|--|\n", "+-", "1. A\n", " ", "\t", "- \n\n", "一、",
     "= ", "a:\nx  y\n", "- A?\n  b\n\n\n"],
)  # fmt: skip
def test_a_long_text_of_anything_is_read_in_linear_time(unit):
    text = unit * (100_000 // len(unit))
    with end_within(20.0, "the outline"):  # what is linear takes a second
        blocks = outline_blocks(text)
    assert all(block.span[1] <= len(text) for block in blocks)
