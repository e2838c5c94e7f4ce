import io
import time
import zipfile

import pytest

from app.domain.documents import BlockKind
from app.errors import DocumentRejected
from ingest.loaders.registry import load


def lines(loaded):
    return [(block.kind.value, loaded.text[slice(*block.span)]) for block in loaded.blocks]


def rejection(name, data):
    with pytest.raises(DocumentRejected) as caught:
        load(name, data)
    return caught.value


class TestRegistry:
    @pytest.mark.parametrize("name", ["a.md", "a.txt", "a.pdf", "a.docx", "a.csv", "a", "a.html"])
    @pytest.mark.parametrize("data", [b"", b" \n\t\r\n"])
    def test_nothing_visible_is_empty(self, name, data):
        assert rejection(name, data).code == "empty"

    def test_content_decides_over_a_wrong_suffix(self):
        assert rejection("letter.txt", b"%PDF-1.4 cut short").code == "corrupt"
        word = io.BytesIO()
        with zipfile.ZipFile(word, "w") as archive:
            archive.writestr("word/document.xml", "<broken")
        assert rejection("letter.txt", word.getvalue()).code in ("corrupt", "empty")

    @pytest.mark.parametrize("name", ["notes.md", "a.txt", "a.html", "a.rst", "a.tex", "a.csv"])
    def test_a_text_may_speak_of_the_mark_of_a_pdf(self, name):
        mark = rb"\%PDF-1.7" if name == "a.tex" else b"%PDF-1.7"
        assert "%PDF-1.7" in load(name, b"It may be " + mark + b" or not.").text

    @pytest.mark.parametrize("before", [b"", b"\n ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
    def test_a_pdf_with_the_suffix_of_a_text_is_a_pdf(self, before):
        assert rejection("notes.md", before + b"%PDF-1.4 cut short").code == "corrupt"

    @pytest.mark.parametrize("name", ["a.pdf", "a", "a.bin"])
    def test_elsewhere_the_mark_may_stand_behind_other_bytes(self, name):
        assert rejection(name, b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4 cut short").code == "corrupt"

    def test_a_web_page_named_pdf_is_called_one(self):
        error = rejection("paper.pdf", b"<html><body>404</body></html>")
        assert error.code == "corrupt"
        assert "web page" in error.message

    def test_an_old_or_locked_word_file_says_so(self):
        assert (
            rejection("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600).code
            == "encrypted"
        )

    @pytest.mark.parametrize(
        "data", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, b"PK\x03\x04" + b"\0" * 60]
    )
    def test_unknown_binary_types_are_unsupported(self, data):
        error = rejection("picture.png", data)
        assert error.code == "unsupported_type"
        assert ".png" in error.message

    def test_unknown_text_keeps_its_lines(self):
        assert load("setup.cfg", b"[a]\n  b = 1\n").text == "[a]\n  b = 1"

    def test_whatever_a_parser_raises_becomes_corrupt(self, monkeypatch):
        def explode(data):
            raise ZeroDivisionError

        monkeypatch.setattr("ingest.loaders.registry._TEXT_LOADERS", {"md": explode})
        error = rejection("a.md", b"text")
        assert error.code == "corrupt"
        assert "Traceback" not in error.message

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("lists.rst", "".join(" " * (2 * n) + "- a\n\n" for n in range(300))),
            ("braces.tex", "{" * 5_000 + "a" + "}" * 5_000),
            ("open.tex", "{" * 5_000 + "a"),
        ],
    )
    def test_what_is_nested_too_deep_says_so(self, name, text):
        error = rejection(name, text.encode())
        assert error.code == "nested_too_deep"
        assert "flatter" in error.message


class TestText:
    def test_hard_wrapped_lines_are_joined_and_paragraphs_kept(self):
        wrapped = (
            b"The committee met on Tuesday to consider the report of the auditors\n"
            b"and adopted it without a vote.\n\nIt adjourned."
        )
        assert load("a.txt", wrapped).text == (
            "The committee met on Tuesday to consider the report of the auditors "
            "and adopted it without a vote.\n\nIt adjourned."
        )

    def test_wrapped_chinese_is_joined_without_a_space(self):
        text = "委员会于星期二开会审议审计员的报告并且未经表决就予以通过然后宣布休\n会。"
        assert load("a.txt", text.encode()).text == text.replace("\n", "")

    def test_short_lines_and_list_items_stay_on_their_lines(self):
        verse = "Roses are red\nViolets are blue"
        assert load("a.txt", verse.encode()).text == verse
        items = "- " + "long " * 12 + "item\n- another"
        assert load("a.txt", items.encode()).text == items

    def test_old_mac_line_ends_end_lines(self):
        assert load("a.txt", b"one\r\rtwo").text == "one\n\ntwo"

    def test_invisible_characters_go_and_control_characters_part_words(self):
        text = "\ufeffa\u202eb\u202c soft\u00adhyphen one\x00\x01two"
        assert load("a.txt", text.encode()).text == "ab softhyphen one two"

    def test_text_hidden_in_tag_characters_goes_but_flags_stay(self):
        scotland = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
        assert load("a.txt", f"x\U000e0041\U000e0042 {scotland}".encode()).text == f"x {scotland}"

    def test_text_is_composed_but_not_folded(self):
        assert load("a.txt", "e\u0301 ① ﬁ Ａ".encode()).text == "é ① ﬁ Ａ"


class TestMarkdown:
    def test_front_matter_becomes_metadata(self):
        source = (
            "---\ntitle: RAG basics\nauthors: [Ann Lee, {name: Bo Chen}]\ndate: 2024-03-05\n"
            "tags: [a, b]\ndraft: true\nnested: {x: 1}\n---\n# Other\n\nText."
        )
        loaded = load("a.md", source.encode())
        assert loaded.title == "RAG basics"
        assert dict(loaded.metadata) == {
            "author": "Ann Lee, Bo Chen",
            "date": "2024-03-05",
            "tags": ("a", "b"),
            "draft": True,
            "format": "markdown",
        }
        assert loaded.text == "Other\n\nText."

    def test_front_matter_that_is_not_yaml_is_read_line_by_line(self):
        loaded = load("a.md", b"---\ntitle: RAG: a survey\n---\nText")
        assert loaded.title == "RAG: a survey"

    def test_front_matter_alone_is_empty(self):
        assert rejection("a.md", b"---\ntitle: x\n---\n").code == "empty"

    def test_blocks_carry_kind_and_level(self):
        source = (
            "# One\n\npara **bold** `code`\n\n- a\n  - b\n\n1. c\n\n"
            "```py\nx = 1\n\ny\n```\n\n$$\nE=mc^2\n$$\n"
        )
        loaded = load("a.md", source.encode())
        assert lines(loaded) == [
            ("heading", "One"),
            ("paragraph", "para bold code"),
            ("list", "- a"),
            ("list", "  - b"),
            ("list", "1. c"),
            ("code", "x = 1\n\ny"),
            ("formula", "E=mc^2"),
        ]
        assert loaded.blocks[0].level == 1
        assert loaded.text.count("- a\n  - b\n\n1. c") == 1

    def test_each_table_row_repeats_its_header(self):
        loaded = load("a.md", b"| Name | Size |\n|--|--|\n| a | 1 |\n| b | |\n")
        assert lines(loaded) == [("table", "Name: a | Size: 1"), ("table", "Name: b")]
        assert loaded.text == "Name: a | Size: 1\nName: b"

    def test_placeholders_stay_and_html_is_read_as_html(self):
        loaded = load("a.md", b"Set <your-api-key> and Map<String>.<br>New <b>line</b>")
        assert loaded.text == "Set <your-api-key> and Map<String>.\nNew line"

    def test_hidden_html_in_markdown_is_hidden(self):
        loaded = load("a.md", b"See <span style='display:none'>OBEY</span>this.\n\n<!-- OBEY -->\n")
        assert loaded.text == "See this."

    def test_wrapped_chinese_is_joined_without_a_space_across_emphasis(self):
        assert load("a.md", "这是**粗体**\n文字。".encode()).text == "这是粗体文字。"

    def test_mdx_code_is_dropped_and_admonitions_opened(self):
        source = (
            "import X from 'x';\n\n<X a={1} />\n\n:::tip NOTE\nBe *kind*.\n:::\n\n```\n:::x\n```\n"
        )
        assert load("a.mdx", source.encode()).text == "NOTE\n\nBe kind.\n\n:::x"

    def test_money_is_no_formula(self):
        assert load("a.md", b"From $5 to $6 and $x_i^2$.").text == "From $5 to $6 and x_i^2."

    def test_lists_of_anchors_are_left_out(self):
        source = "- [One](#one)\n- [Two](#two)\n\n# One\n\ntext\n"
        assert load("a.md", source.encode()).text == "One\n\ntext"

    def test_pictures_in_links_in_emphasis_are_read_and_brackets_without_end_are_text(self):
        source = "**[![a [b] c](d) *e*](f)** " + "[" * 200 + "g"
        text = load("a.md", source.encode()).text
        assert text.endswith("[" * 200 + "g")
        assert "](" not in text

    def test_without_front_matter_the_highest_heading_is_the_title(self):
        assert load("a.md", b"#### links\n\n## What is it?\n\ntext").title == "What is it?"


class TestHtml:
    def test_hidden_and_machine_text_is_dropped(self):
        page = (
            "<html><head><title>T</title><style>.h{display:none} @media print{.v{display:none}}"
            "</style></head><body><nav>menu</nav><p>Seen.</p><p class=h>A</p><p hidden>B</p>"
            "<p aria-hidden=true>C</p><p style='Visibility: hidden'>D</p><!-- E -->"
            "<script>F</script>"
            "<template>G</template><noscript>H</noscript><p class=v>On screen.</p>"
            "<footer>I</footer>"
        )
        assert load("a.html", page.encode()).text == "Seen.\n\nOn screen."

    def test_entities_and_white_space_are_resolved(self):
        page = "<p>&lt;b&gt; &amp;&nbsp;&#20013;\n文  x</p>"
        assert load("a.html", page.encode()).text == "<b> & 中文 x"

    def test_tag_soup_keeps_every_word_apart(self):
        page = b"<p>one<p>two<table><tr><td>a<td>b<tr><td>c</table><ul><li>x<li>y"
        assert load("a.html", page).text == "one\n\ntwo\n\na | b\nc\n\n- x\n- y"

    def test_spans_repeat_in_each_row_they_cover(self):
        page = (
            b"<table><tr><th rowspan=2>City<th colspan=2>People</tr><tr><th>2000<th>2020</tr>"
            b"<tr><td rowspan=2>Oslo<td>1<td>2</tr><tr><td>3<td>4</tr></table>"
        )
        assert load("a.html", page).text == (
            "City: Oslo | People / 2000: 1 | People / 2020: 2\n"
            "City: Oslo | People / 2000: 3 | People / 2020: 4"
        )

    def test_a_header_over_all_columns_is_a_row_of_its_own(self):
        page = b"<table><tr><th colspan=2>Duck</tr><tr><td>Class:<td>Aves</tr></table>"
        assert load("a.html", page).text == "Duck\nClass: Aves"

    def test_lists_and_tables_inside_a_cell_stay_on_its_row(self):
        page = (
            b"<table><tr><th>Bird<th>Food</tr><tr><td>Teal<td><ul><li>seed<li>grass</ul></tr>"
            b"<tr><td>Goose<td><table><tr><td>a<td>1</tr><tr><td>b<td>2</tr></table></tr></table>"
        )
        assert load("a.html", page).text == (
            "Bird: Teal | Food: seed; grass\nBird: Goose | Food: a, 1; b, 2"
        )

    def test_the_main_element_is_the_page(self):
        main = "<p>" + "Content of the page. " * 5 + "</p>"
        page = f"<body><div>Cookie notice</div><main>{main}</main><div>Ads</div></body>"
        assert load("a.html", page.encode()).text == ("Content of the page. " * 5).strip()

    def test_title_author_and_date_are_read(self):
        page = (
            b"<head><title>Duck - Wiki</title><meta name=author content='A. Bird'>"
            b"<meta property='article:published_time' content='2024-02-03T10:00:00Z'></head>"
            b"<body><h1>Duck</h1><p>Text</p></body>"
        )
        loaded = load("a.html", page)
        assert loaded.title == "Duck"
        assert dict(loaded.metadata) == {
            "format": "html",
            "author": "A. Bird",
            "date": "2024-02-03",
        }

    def test_code_is_verbatim(self):
        assert load("a.html", b"<pre>if x:\n    y()\n\nz</pre>").text == "if x:\n    y()\n\nz"

    def test_three_thousand_levels_lose_nothing(self):
        page = "<div>" * 3000 + "deep" + "</div>" * 3000 + "<p style='display:none'>no</p>"
        assert load("a.html", page.encode()).text == "deep"

    def test_huge_spans_are_not_believed(self):
        page = b"<table><tr><td colspan=65534 rowspan=65534>a<td>b</tr><tr><td>c</tr></table>"
        assert "b" in load("a.html", page).text


class TestCsv:
    def test_each_row_names_its_columns(self):
        assert (
            load("a.csv", b"id,name\n1,Ann\n2,Bo\n").text == "id: 1 | name: Ann\nid: 2 | name: Bo"
        )

    @pytest.mark.parametrize("delimiter", [";", "\t", "|"])
    def test_delimiters_are_recognised(self, delimiter):
        data = f'a{delimiter}b\n1{delimiter}"x, y"\n2{delimiter}z\n'
        assert load("a.csv", data.encode()).text == "a: 1 | b: x, y\na: 2 | b: z"

    def test_quotes_newlines_and_unclosed_quotes(self):
        data = b'id,note\n1,"line one\nline two"\n2,"He said ""hi"""\n3,"open,x\n4,y\n'
        assert load("a.csv", data).text == (
            'id: 1 | note: line one line two\nid: 2 | note: He said "hi"\nid: 3 | note: open | x\n'
            "id: 4 | note: y"
        )

    def test_ragged_rows_keep_all_their_cells(self):
        assert load("a.csv", b"a,b\n1\n1,2,3\n").text == "a: 1\na: 1 | b: 2 | 3"

    def test_a_first_row_of_numbers_is_no_header(self):
        assert load("a.csv", b"1,2\n3,4\n").text == "1 | 2\n3 | 4"


class TestRst:
    def test_structure_roles_and_unknown_directives(self):
        source = (
            ":Author: Jane Roe\n:Date: 2024-03-05\n\n"
            "Guide\n=====\n\nSee :ref:`the intro <intro>` and ``lit``.\n\n"
            ".. toctree::\n\n   a\n\n.. tip::\n\n   Known.\n\n.. tabs::\n\n"
            "   .. tab:: One\n\n      Inside.\n\n"
            ".. code-block:: python\n   :linenos:\n\n   x = 1\n\nEnd\n---\n\n:math:`a^2`\n"
        )
        loaded = load("a.rst", source.encode())
        assert loaded.text == (
            "Guide\n\nSee the intro and lit.\n\n"
            "Tip\n\nKnown.\n\nOne\n\nInside.\n\nx = 1\n\nEnd\n\na^2"
        )
        assert loaded.metadata["author"] == "Jane Roe"
        assert loaded.metadata["date"] == "2024-03-05"
        assert [block.level for block in loaded.blocks if block.kind is BlockKind.HEADING] == [1, 2]

    def test_nothing_is_included_and_nothing_printed(self, tmp_path, capfd):
        secret = tmp_path / "secret.txt"
        secret.write_text("SECRET")
        source = (
            f"Text.\n\n.. include:: {secret}\n\n.. raw:: html\n   :file: {secret}\n\n"
            f".. csv-table::\n   :file: {secret}\n\n*open\n"
        )
        text = load("a.rst", source.encode()).text
        assert "SECRET" not in text
        assert text.startswith("Text.")
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize(
        "source",
        [
            pytest.param(
                "".join(f".. |a{n}| replace:: |a{n + 1}| |a{n + 1}|\n" for n in range(30))
                + ".. |a30| replace:: x\n\n|a0|\n",
                id="nested",
            ),
            pytest.param(".. |a| replace:: " + "x" * 50_000 + "\n\n" + "|a| " * 2_000, id="many"),
        ],
    )
    def test_substitutions_that_write_out_too_much_are_refused(self, source):
        error = rejection("a.rst", source.encode())
        assert error.code == "too_large"
        assert "substitutions" in error.message

    @pytest.mark.parametrize("unit", ["*a ", "``a ", "|a| ", "a_ ", "[#]_ "])
    def test_a_paragraph_of_nothing_but_marks_is_text(self, unit):
        source = "Here is *one*.\n\n" + unit * 5_000
        text = load("a.rst", source.encode()).text
        assert text.startswith("Here is one.\n\n" + unit * 3)
        assert text.count(unit.strip()) == 5_000

    def test_substitutions_are_written_out(self):
        source = ".. |it| replace:: the *index*\n.. |so| replace:: so |it|\n\nIt is |so|.\n"
        assert load("a.rst", source.encode()).text == "It is so the index."


class TestLatex:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            (r"See \href{http://a.b/c%20d}{the site} now.", "See the site now."),
            (r"See \href[page=3]{a}{\textbf{it}}.", "See it."),
            (r"Go on, \href", "Go on,"),
            (r"Go on, \href{x}", "Go on, x"),
            (r"\title{On \href{a}{b}}Go", "Go"),
            (r"Go on, \verb", "Go on,"),
            (r"Go on, \sqrt", "Go on,"),
            (r"Go on, \frac", "Go on,"),
            (r"\url{http://a_b.c/%20x} stays", "http://a_b.c/%20x stays"),
            (r"\hyperref[sec:a]{The section} stays", "The section stays"),
            (r"The fee is \sout{40} \st{50} 60 euros.", "The fee is 60 euros."),
        ],
    )
    def test_commands_that_break_off_or_have_several_arguments(self, source, expected):
        text = load("a.tex", source.encode()).text
        assert " ".join(text.split()).removeprefix("On b ") == expected

    def test_structure_formulas_and_accents(self):
        source = r"""\documentclass{article}
\newcommand{\lef}{Lefschetz }
\newtheorem{thm}{Theorem}
\title{On \emph{things}}\author{A. B\"ar \and C. D\thanks{no}}\date{March 5, 2024}
\begin{document}\maketitle % a comment
\begin{abstract}Short.\end{abstract}
\section{First} A \lef pencil~\cite{x,y}; see \url{http://a.b/c}.  ``Quoted'' --- $a_i$.

\begin{thm}All is well.\end{thm}
\begin{equation}E=mc^2\end{equation}
\begin{enumerate}\item one\item two\end{enumerate}
\begin{verbatim}
  x = 1
\end{verbatim}
\end{document}"""
        loaded = load("a.tex", source.encode())
        assert loaded.title == "On things"
        assert dict(loaded.metadata) == {
            "format": "latex",
            "author": "A. Bär, C. D",
            "date": "2024-03-05",
        }
        assert lines(loaded) == [
            ("heading", "On things"),
            ("heading", "Abstract"),
            ("paragraph", "Short."),
            ("heading", "First"),
            ("paragraph", "A Lefschetz pencil [x, y]; see http://a.b/c. “Quoted” — $a_i$."),
            ("paragraph", "Theorem All is well."),
            ("formula", "\\begin{equation}E=mc^2\\end{equation}"),
            ("list", "1. one"),
            ("list", "2. two"),
            ("code", "  x = 1"),
        ]

    def test_tables_repeat_headers_and_spanning_cells(self):
        source = r"""\begin{document}\begin{tabular}{lcc}\toprule
\textbf{Set} & \multicolumn{2}{c}{Score} \\ & dev & test \\ \midrule
\multirow{2}{*}{A} & 1 & 2 \\ & 3 & 4 \\ \bottomrule\end{tabular}\end{document}"""
        assert load("a.tex", source.encode()).text == (
            "Set: A | Score / dev: 1 | Score / test: 2\nSet: A | Score / dev: 3 | Score / test: 4"
        )


def _of_100_kilobytes():
    """Sources that a pattern with two ways to match the same blanks or brackets would take long."""
    n = 100_000
    sources = {
        "a.txt": [
            "x" + " " * n + "y",
            "x" + "\t" * n,
            "\n " * (n // 2) + "x",
            "x。" + " " * n + "\r",
        ],
        "a.md": ["x" + " " * n + "y", "# a" + " " * n + "b", "# a" + " {#" * (n // 3), "<a " * n],
        "a.mdx": ["{/*" * (n // 3), "import x" + " from" * (n // 5), "*/}" + "{/*" * (n // 3)],
        "a.tex": [
            r"\newcommand" + " " * n,
            r"\def\a{" * (n // 14) + "x",
            r"\title[" * (n // 7),
            r"\newtheorem{a}" + " " * n,
            "\\" * n,
        ],
        "a.rst": [":a" * (n // 2) + ":`", ":a:`x" + " " * n],
        "a.html": [
            "<table>" + "<tr>" + "<td colspan=60000>a" * 1_000 + "</table>",
            "<ul><li>x" * 8_000,
            "<table><tr><td>x" * 2_000,
        ],
    }
    return [
        pytest.param(name, source, id=f"{name} {number}")
        for name, found in sources.items()
        for number, source in enumerate(found)
    ]


@pytest.mark.parametrize(("name", "source"), _of_100_kilobytes())
def test_100_kilobytes_take_seconds(name, source):
    start = time.process_time()
    try:
        load(name, source.encode())
    except DocumentRejected as error:
        clear = ("empty", "corrupt", "too_large", "nested_too_deep")
        assert error.code in clear  # noqa: PT017 - each a clear answer
    assert time.process_time() - start < 5


class TestHostileInput:
    """Sizes at which a loader that were quadratic or recursive would hang or crash."""

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            pytest.param("a.txt", (b"wrapped " * 9 + b"\n") * 50_000, id="wrapped lines"),
            pytest.param("a.txt", b"a" * 300_000, id="one token"),
            pytest.param("a.html", b"<ul><li>x" * 3_000, id="nested lists"),
            pytest.param("a.html", b"<table><tr><td>x" * 500, id="nested tables"),
            pytest.param("a.html", b"<b>" * 20_000 + b"x", id="nested inline"),
            pytest.param("a.md", b"[" * 5_000, id="open brackets"),
            pytest.param("a.md", b"---\na: &a [x]\nb: &b [*a, *a]\n---\ntext", id="YAML aliases"),
            pytest.param("a.csv", b"a,b\n" + b'"open,x\n' * 20_000, id="unclosed quotes"),
        ],
    )  # fmt: skip
    def test_loads(self, name, data):
        assert load(name, data).text

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            pytest.param("a.docx", b"PK\x03\x04" + b"\0" * 100, id="no archive"),
            pytest.param("a.pdf", b"%PDF-1.4\n" + b"\xff" * 5_000, id="noise"),
        ],
    )
    def test_is_corrupt(self, name, data):
        assert rejection(name, data).code == "corrupt"
