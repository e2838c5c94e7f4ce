import pytest

from app.answering.quoting import wording
from app.text.names.named import Named, Sort

PPR = Named("PPR-9099", Sort.IDENTIFIER)
SPAIN = Named("Spain", Sort.NAME)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (wording.greeting("en"), "asks nothing"),
        (wording.greeting("zh"), "不是一个问题"),
        (wording.nothing_matches("en"), "Nothing in the collection"),
        (wording.nothing_matches("zh"), "没有与问题相关"),
        (wording.not_answered("en", 1), "The document nearest to the question does not answer it."),
        (
            wording.not_answered("en", 3),
            "The 3 documents nearest to the question do not answer it.",
        ),
        (wording.not_answered("zh", 3), "3 份文档"),
        (
            wording.not_named("en", [PPR], everywhere=True),
            "The documents do not mention “PPR-9099”.",
        ),
        (wording.not_named("en", [PPR, SPAIN], everywhere=True), "“PPR-9099” and “Spain”"),
        (
            wording.not_named("en", [PPR], everywhere=False),
            "Nothing that was found about “PPR-9099”",
        ),
        (wording.not_named("zh", [PPR, SPAIN], everywhere=True), "“PPR-9099”、“Spain”"),
        (wording.not_named("zh", [PPR], everywhere=False), "没有找到关于“PPR-9099”的答案"),
        (
            wording.part_not_answered("en", "And why?", "It is so."),
            "No answer was found to “And why?”: It is so.",
        ),
        (wording.part_not_answered("zh", "为什么？", "没有。"), "未找到“为什么？”的答案：没有。"),
        (wording.sources_differ("en"), "differ"),
        (wording.sources_differ("zh"), "不一致"),
        (wording.left_out("en", 1), "1 more is not shown."),
        (wording.left_out("en", 3), "3 more are not shown."),
        (wording.left_out("zh", 3), "另有 3 项"),
        (wording.counted("en", 4), "4"),
        (wording.counted("zh", 4), "4 项"),
    ],
)
def test_it_speaks_the_language_of_the_question(said, expected):
    assert expected in said


def test_a_long_part_is_cut():
    said = wording.part_not_answered("en", "why " * 100, "No.")
    assert len(said) < 200
    assert "…”" in said
