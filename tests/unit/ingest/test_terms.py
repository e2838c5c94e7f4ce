"""Terms, questions and lists, from bytes to blocks."""

import io
import zipfile

import pytest

from ingest.loaders.registry import load

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def blocks(name, source):
    loaded = load(name, source if isinstance(source, bytes) else source.encode())
    return [(b.kind.value, loaded.text[slice(*b.span)]) for b in loaded.blocks]


def docx(*paragraphs):
    """A Word file of paragraphs, each made of ``(text, is_bold)`` runs."""

    def run(text, is_bold):
        look = "<w:rPr><w:b/></w:rPr>" if is_bold else ""
        return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'

    body = "".join(f"<w:p>{''.join(run(*r) for r in runs)}</w:p>" for runs in paragraphs)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
    return data.getvalue()


@pytest.mark.parametrize(
    ("question", "answer"),
    [("May I keep a cat?", "Yes, if it is quiet."), ("可以养猫吗？", "可以，只要安静。")],
)
@pytest.mark.parametrize(
    ("name", "form"),
    [
        pytest.param("a.html", "<dl><dt>{q}</dt><dd>{a}</dd></dl>", id="dl"),
        pytest.param("a.html", "<details><summary>{q}</summary>{a}</details>", id="details"),
        pytest.param("a.html", "<p><b>{q}</b></p><p>{a}</p>", id="bold"),
        pytest.param("a.html", "<p><strong>{q}</strong><br>{a}</p>", id="bold-before-a-break"),
        pytest.param("a.html", "<b><p>{q}</p></b><p>{a}</p>", id="bold-around"),
        pytest.param("a.html", "<p><span style='font-weight:700'>{q}</span><p>{a}", id="style"),
        pytest.param("a.md", "**{q}**\n\n{a}", id="markdown"),
        pytest.param("a.md", "**{q}** {a}", id="markdown-in-one-line"),
        pytest.param("a.md", "**{q}**\n{a}", id="markdown-wrapped"),
        pytest.param("a.md", "{q}\n\n{a}", id="alone"),
        pytest.param("a.rst", "{q}\n   {a}\n", id="rst"),
        pytest.param("a.rst", "**{q}**\n\n{a}\n", id="rst-bold"),
        pytest.param("a.tex", r"\begin{{document}}{q}" + "\n\n{a}" + r"\end{{document}}", id="tex"),
        pytest.param("a.txt", "{q}\n{a}", id="txt"),
        pytest.param("a.txt", "{q}\n\n{a}\n", id="txt-apart"),
    ],
)  # fmt: skip
def test_a_question_heads_its_answer(name, form, question, answer):
    assert blocks(name, form.format(q=question, a=answer)) == [
        ("term", question),
        ("paragraph", answer),
    ]


@pytest.mark.parametrize("runs", [[[("Is it open?", True)], [("Daily.", False)]],
                                  [[("Is it open?", True), (" Daily.", False)]]])  # fmt: skip
def test_a_bold_question_of_a_word_file_heads_its_answer(runs):
    assert blocks("a.docx", docx(*runs)) == [("term", "Is it open?"), ("paragraph", "Daily.")]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (
            "Q: Open?\nA: Daily.\n\nQ: Late?\nA: No.",
            ["Q: Open?", "A: Daily.", "Q: Late?", "A: No."],
        ),
        ("问：开门吗？\n答：每天。", ["问：开门吗？", "答：每天。"]),
        ("问题1：开门吗？\n\n回答：每天。", ["问题1：开门吗？", "回答：每天。"]),
        ("Question 2: Open? Daily.", ["Question 2: Open?", "Daily."]),
        ("Q. Open?\n\nA. Daily.", ["Q. Open?", "A. Daily."]),
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_lines_that_say_q_are_terms_and_those_that_say_a_are_not(name, source, found):
    kinds = ["term", "paragraph"] * (len(found) // 2)
    assert blocks(name, source) == list(zip(kinds, found, strict=True))


@pytest.mark.parametrize(
    "source",
    [
        "**Do not open it.**\n\nText.",
        "**Total: 45 euros**\n\nText.",
        "**Last line**",
        "**Ida Holm**\n\n**Treasurer**",
        "Where is it? On the left.\n\nText.",
    ],
)
def test_what_says_something_is_no_term(source):
    assert "term" not in {kind for kind, _ in blocks("a.md", source)}


def test_short_bold_lines_head_what_follows():
    assert blocks("a.md", "**Warranty**\n\nTwo years.\n\n**保修**\n\n两年。") == [
        ("term", "Warranty"),
        ("paragraph", "Two years."),
        ("term", "保修"),
        ("paragraph", "两年。"),
    ]


def test_items_know_their_depth_and_keep_their_paragraphs():
    source = "- a\n  - b\n    - c\n- d\n\n  more of d\n\n1. one\n\n   goes on\n2. two"
    loaded = load("a.md", source.encode())
    found = [(loaded.text[slice(*b.span)], b.kind.value, b.level) for b in loaded.blocks]
    assert found == [
        ("- a", "list", 0),
        ("  - b", "list", 1),
        ("    - c", "list", 2),
        ("- d\n  more of d", "list", 0),
        ("1. one\n   goes on", "list", 0),
        ("2. two", "list", 0),
    ]


def test_an_item_that_asks_heads_the_paragraphs_that_answer():
    assert blocks("a.md", "1. **May I?**\n\n   You may.\n\n2. Can I?\n\n   You can.") == [
        ("term", "1. May I?"),
        ("list", "   You may."),
        ("term", "2. Can I?"),
        ("list", "   You can."),
    ]


def test_items_of_latex_and_word_know_their_depth():
    source = (
        r"\begin{document}\begin{itemize}\item a\begin{enumerate}\item b" + "\n\nmore"
        r"\end{enumerate}\item c\end{itemize}\end{document}"
    )
    loaded = load("a.tex", source.encode())
    assert [(loaded.text[slice(*b.span)], b.level) for b in loaded.blocks] == [
        ("- a", 0),
        ("  1. b\n    more", 1),
        ("- c", 0),
    ]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        pytest.param("a.md", "Data:\n**Range:** 90 km\n座位：四个\nMore.", id="markdown"),
        pytest.param("a.html", "Data:<br><b>Range:</b> 90 km<br>座位：四个<br>More.", id="html"),
        pytest.param("a.txt", "Data:\nRange: 90 km\n座位：四个\nMore.", id="txt"),
        pytest.param(
            "a.docx",
            docx([("Data:", False)], [("Range: ", True), ("90 km", False)],
                 [("座位：四个", False)], [("More.", False)]),
            id="docx",
        ),
    ],
)  # fmt: skip
def test_fields_that_follow_each_other_are_rows(name, source):
    loaded = load(name, source if isinstance(source, bytes) else source.encode())
    found = [
        (loaded.text[slice(*b.span)], [(loaded.text[slice(*c.span)], c.head) for c in b.cells])
        for b in loaded.blocks
    ]
    assert found == [
        ("Data:", []),
        ("Range: 90 km", [("90 km", "Range")]),
        ("座位：四个", [("四个", "座位")]),
        ("More.", []),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "Note: one alone is a sentence.",
        "He said: yes. She said no.\nThen: it ended. We left.",
        "See https://a.example/b\nand http://c.example for it.",
        "At 10:30 we met.\nAt 11:45 we left.",
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_prose_with_colons_is_prose(name, source):
    assert {kind for kind, _ in blocks(name, source)} == {"paragraph"}


def test_fields_that_are_to_be_filled_in_keep_their_lines():
    assert blocks("a.md", "合同编号：X-7\n甲方（出租方）：长林公司\n乙方：________\n") == [
        ("table", "合同编号：X-7"),
        ("table", "甲方（出租方）：长林公司"),
        ("table", "乙方：________"),
    ]
