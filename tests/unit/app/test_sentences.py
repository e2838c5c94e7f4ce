import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.documents import BlockKind
from app.text.sentences import sentence_spans, split_sentences

FRAGMENTS = [
    ". ", "。", "！", "…", "......", '."', ".”", "」", "[1]", "Dr. ", "e.g. ", "U.S. ", "3.14",
    "?", "v2.3.1", "Fig. 3", "- ", "1. ", "# ", "```", "~~~", "====", "word", "Word", "检索",
    "🙂", "é", "!", ";", "；", "| a | b |", "\n", "\n\n", "\r\n", "\u2028", " ", "\t", "\u3000",
    "\u200b", "\ud800",
]  # fmt: skip
NASTY = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), max_size=40).map("".join)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(["Ranks start at 1.", "Scores are real.", "Done"], id="plain"),
        pytest.param(["Is it so?", "It is!", "Good."], id="questions"),
        pytest.param(["Dr. Smith met Prof. Li.", "They talked."], id="titles"),
        pytest.param(["J. R. R. Tolkien wrote it.", "We read it."], id="initials"),
        pytest.param(["He lives in the U.S. with his cat.", "It purrs."], id="acronym"),
        pytest.param(["The U.S. Senate met.", "It voted."], id="acronym-before-a-name"),
        pytest.param(["He left the U.S.", "The cat stayed."], id="acronym-at-the-end"),
        pytest.param(["Take vitamin C.", "It helps."], id="letter-at-the-end"),
        pytest.param(["See Fig. 3 and Eq. (4), i.e. the sum.", "Then stop."], id="references"),
        pytest.param(["Smith et al. (2020) agree.", "So do we."], id="et-al"),
        pytest.param(["The answer is no.", "But No. 5 says yes."], id="no-is-a-word-too"),
        pytest.param(["On Jan. 5 it snowed.", "It was 3.14 m deep."], id="month-and-decimal"),
        pytest.param(["It began in 2019.", "The rest followed."], id="year-at-the-end"),
        pytest.param(["Install v2.3.1 from setup.py now.", "Then run it."], id="version-and-file"),
        pytest.param(["See https://a.example/b.html?x=1.2 first.", "Then ask."], id="url"),
        pytest.param(["Well ... maybe.", "Yes...", "No."], id="ellipsis-before-a-small-letter"),
        pytest.param(['"Really?" he asked.', '"Yes."', "She left."], id="quotes"),
        pytest.param(["(It was late.)", "We slept."], id="brackets"),
        pytest.param(["It grew.[1][2]", "It fell.[3, 4]", "It stayed [5]."], id="footnotes"),
    ],
)
def test_english_sentences_end_where_a_reader_ends_them(parts):
    assert sentences(" ".join(parts)) == parts


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(["Document no. TM-20-EN holds.", "See it."], id="identifier"),
        pytest.param(["Order No. A-12 is open.", "Part no. X100 too."], id="identifiers"),
        pytest.param(["Ref. QS/7 replaces Rev. B of it.", "Rev. C follows."], id="reference"),
        pytest.param(["The answer is no.", "T40 is cold."], id="no-as-an-answer"),
        pytest.param(["It takes 210 ms.", "The target is 200 ms."], id="milliseconds"),
        pytest.param(["It is 1.5 m.", "Next, turn left."], id="metres"),
        pytest.param(["It holds 2 l.", "Add water."], id="litres"),
        pytest.param(["It runs at 20 °C.", "Keep it dry."], id="degrees"),
        pytest.param(["It flows at 3 m/s.", "Stop it."], id="compound-unit"),
        pytest.param(["Fuse it at 5 A.", "The lamp is on."], id="capital-unit"),
        pytest.param(["It weighs 40 kg.", "E102 means heat."], id="identifier-behind-a-unit"),
        pytest.param(["Wait 5 min. 30 s more.", "Go on."], id="unit-before-a-smaller-one"),
        pytest.param(["In 2019 J. Smith left.", "She came."], id="initial-behind-a-year"),
        pytest.param(["See Art. 5 and Nr. 7.", "Use v. 2 only."], id="articles"),
        pytest.param(["Wait approx. 7 days.", "The max. load is 9 kg."], id="approximately"),
        pytest.param(["The min. order is 5.", "Max. 30 of them."], id="limits"),
        pytest.param(
            ["It opens at 9 a.m.", "The shop shuts at 5 p.m.", "Staff leave."], id="hours"
        ),
        pytest.param(["It shuts at 5 p.m. CET.", "Come at 3 p.m. Monday."], id="time-zone"),
        pytest.param(["It is by Acme Inc.", "The firm grew."], id="company"),
        pytest.param(["Lee & Co. Ltd. sells it.", "Buy it."], id="two-forms"),
        pytest.param(["Call Tel. +49 30 1234.", "Ask for ext. 12."], id="telephone"),
        pytest.param(["Use salt, e.g. Epsom salt.", "Stir."], id="for-example"),
    ],
)
def test_dots_behind_abbreviations_and_units_are_told_apart(parts):
    assert sentences(" ".join(parts)) == parts


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param(["检索很快。", "重排较慢！", "为什么？", "结束"], id="plain"),
        pytest.param(["他说：“你好。”", "然后走了。"], id="quote"),
        pytest.param(["「真的吗？」", "她问。"], id="corner-quote"),
        pytest.param(["他停下……", "然后说话。"], id="ellipsis"),
        pytest.param(["先分块；", "再索引。"], id="semicolon"),
        pytest.param(["圆周率约为3.14。", "版本v2.3.1已发布。"], id="numbers"),
        pytest.param(["他用Tantivy.", "效果好."], id="ascii-dot-before-a-character"),
        pytest.param(["使用 Tantivy 0.27。", "It works.", "很好！？"], id="mixed"),
        pytest.param(["（注意：高温！）", "请小心。"], id="brackets"),
        pytest.param(["保修期三年。", "详见《手册》。", "重5 kg.", "长1.5 m."], id="short"),
    ],
)
def test_chinese_sentences_end_where_a_reader_ends_them(parts):
    assert sentences("".join(parts)) == parts


def test_a_dot_between_a_digit_and_a_chinese_character_counts_rather_than_ends():
    assert sentences("步骤3.重启服务。") == ["步骤3.重启服务。"]


def test_a_line_break_within_a_paragraph_is_white_space():
    assert sentences("A line\ngoes on here. Next\none.") == ["A line\ngoes on here.", "Next\none."]


def test_a_blank_line_ends_a_sentence_without_punctuation():
    assert sentences("No full stop\n \nAnother one") == ["No full stop", "Another one"]


def test_structure_ends_sentences_and_says_its_kind():
    text = (
        "# Title\nA paragraph. Second.\n- one item\n  goes on\n2. two\n（三）three\n"
        "| a | b |\n|---|---|\n```py\nx = 1. \n\ny\n```\nUnderlined\n----------\nEnd"
    )
    found = [(text[s.span[0] : s.span[1]], s.kind) for s in split_sentences(text)]
    assert found == [
        ("# Title", BlockKind.HEADING),
        ("A paragraph.", BlockKind.PARAGRAPH),
        ("Second.", BlockKind.PARAGRAPH),
        ("- one item\n  goes on", BlockKind.LIST),
        ("2. two", BlockKind.LIST),
        ("（三）three", BlockKind.LIST),
        ("| a | b |", BlockKind.TABLE),
        ("|---|---|", BlockKind.TABLE),
        ("```py", BlockKind.CODE),
        ("x = 1.", BlockKind.CODE),
        ("y", BlockKind.CODE),
        ("```", BlockKind.CODE),
        ("Underlined", BlockKind.HEADING),
        ("----------", BlockKind.TABLE),
        ("End", BlockKind.PARAGRAPH),
    ]


@pytest.mark.parametrize("line", ["\\section{Method}", "## 方法", "第三章 检索与融合"])
def test_headings_of_other_formats_stand_alone(line):
    assert sentences(f"{line}\nThe text.") == [line, "The text."]


def test_a_fence_without_a_partner_does_not_swallow_what_follows():
    assert sentences("rest of code\n```\nOne. Two.") == ["rest of code", "```", "One.", "Two."]


def test_a_conditional_probability_is_no_table():
    assert sentences("Let p(x | y) and p(y | z) hold. Then stop.") == [
        "Let p(x | y) and p(y | z) hold.",
        "Then stop.",
    ]


@given(NASTY)
def test_every_visible_character_is_in_exactly_one_span(text):
    covered = [0] * len(text)
    previous = 0
    for start, end in sentence_spans(text):
        assert previous <= start < end <= len(text)
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        for position in range(start, end):
            covered[position] += 1
        previous = end
    assert all(covered[i] == 1 for i, c in enumerate(text) if not c.isspace())


@given(NASTY, NASTY)
def test_a_blank_line_makes_its_two_sides_independent(left, right):
    if "```" in left + right or "~~~" in left + right:
        return  # a fence reaches over blank lines
    joined = f"{left}\n\n{right}"
    offset = len(left) + 2
    assert sentence_spans(joined) == sentence_spans(left) + [
        (start + offset, end + offset) for start, end in sentence_spans(right)
    ]


@pytest.mark.parametrize(
    ("unit", "count", "expected"),
    [
        pytest.param("x" * 300_000, 1, 1, id="one-token"),
        pytest.param("a.", 500_000, 1, id="dots-without-space"),
        pytest.param("Dr. ", 250_000, 1, id="abbreviations"),
        pytest.param('."', 500_000, 1, id="dots-and-quotes"),
        pytest.param("|", 1_000_000, 1, id="pipes"),
        pytest.param("第", 1_000_000, 1, id="heading-like"),
        pytest.param("[1", 500_000, 1, id="open-brackets"),
        pytest.param("A b. ", 200_000, 200_000, id="sentences"),
        pytest.param("```\n", 200_000, 200_000, id="fences"),
        pytest.param("A b." + " " * 997, 1_000, 1_000, id="wide-gaps"),
    ],
)
def test_a_megabyte_on_one_line_is_split_in_linear_time(unit, count, expected):
    # Quadratic work on a million characters would take hours, so finishing is the proof.
    assert len(sentence_spans(unit * count)) == expected
