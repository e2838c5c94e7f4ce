import io
import zipfile
from collections import Counter

import pypdfium2 as pdfium
import pytest
from lxml.etree import fromstring

from app.errors import DocumentRejected
from ingest.loaders.dates import iso_day
from ingest.loaders.docx import styles as docx_styles
from ingest.loaders.pdf.paragraphs import join_hyphenated
from ingest.loaders.registry import load

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def docx(body, **parts):
    """A Word file with this body; ``parts`` are further files, ``__`` standing for a slash."""
    xml = f'<w:document xmlns:w="{W}" xmlns:m="{M}"><w:body>{body}</w:body></w:document>'
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return data.getvalue()


def p(text, properties="", run=""):
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def pdf(pages, info=""):
    """A PDF with one string per ``(x, y, size, text)`` on each page."""
    count = len(pages)
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{' '.join(f'{4 + 2 * i} 0 R' for i in range(count))}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, strings in enumerate(pages):
        stream = "".join(
            f"BT /F {size} Tf {x} {y} Td ({text}) Tj ET\n" for x, y, size, text in strings
        )
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {5 + 2 * number} 0 R"
            "/Resources<</Font<</F 3 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}endstream")
    objects.append(f"<<{info}>>")
    out = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj{content}endobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {size}/Root 1 0 R/Info {size - 1} 0 R>>\n"
    )
    return out + trailer.encode() + f"startxref\n{len(out)}\n%%EOF".encode()


PROSE = [
    "The committee met on Tuesday to consider the report that the audi",
    "tors had sent in March, and adopted it after a long debate that no",
    "member who was present had expected to last until the evening.",
]


def test_an_item_can_not_be_indented_without_end():
    deep = '<w:numPr><w:ilvl w:val="1000000000"/><w:numId w:val="7"/></w:numPr>'
    data = docx(f"<w:p><w:pPr>{deep}</w:pPr><w:r><w:t>Deep</w:t></w:r></w:p>")
    (block,) = load("a.docx", data).blocks
    assert block.level == 8


def test_each_style_of_a_chain_is_read_once_however_long_it_is(monkeypatch):
    outermost = '<w:style w:styleId="s60"><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
    others = "".join(
        f'<w:style w:styleId="s{n}"><w:basedOn w:val="s{n + 1}"/></w:style>' for n in range(60)
    )
    root = fromstring(f'<w:styles xmlns:w="{W}">{others}{outermost}</w:styles>')
    read = []
    setting = docx_styles.setting
    monkeypatch.setattr(
        docx_styles,
        "setting",
        lambda element, name: read.append(name) or setting(element, name),
    )
    styles = docx_styles.read_styles(root)
    assert {styles[f"s{n}"].level for n in range(61)} == {2}
    assert read.count("name") == len(styles)


def paragraph(top):
    return [(72, top - 14 * i, 11, text) for i, text in enumerate(PROSE)]


def without_page(whole, number):
    """The PDF with something else in place of a page, number 1 being the first."""
    start = whole.index(f"\n{2 + 2 * number} 0 obj".encode())
    start = whole.index(b"<<", start)
    end = whole.index(b"endobj", start)
    return whole[:start] + b"(broken)".ljust(end - start) + whole[end:]


class TestDocx:
    def test_headings_lists_and_properties(self):
        core = (
            '<c xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:t="http://purl.org/dc/terms/">'
            "<dc:title>Report</dc:title><dc:creator>Ann</dc:creator>"
            "<t:modified>2024-05-06T07:08:09Z</t:modified></c>"
        )
        numbering = (
            f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0">'
            '<w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>'
            '<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
        )
        item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>'
        body = (
            p("Top", '<w:pStyle w:val="Heading1"/>') + p("Text.") + p("a", item) + p("b", item)
            + p("Bold line", run="<w:b/>")
        )  # fmt: skip
        loaded = load("a.docx", docx(body, docProps__core=core, word__numbering=numbering))
        assert loaded.text == "Top\n\nText.\n\n1. a\n2. b\n\nBold line"
        assert [block.level for block in loaded.blocks] == [1, 0, 0, 0, 2]
        assert loaded.title == "Report"
        assert dict(loaded.metadata) == {"format": "docx", "author": "Ann", "date": "2024-05-06"}

    def numbered(self, levels, *paragraphs, more="", styles=""):
        """Texts of paragraphs, given as ``(level, text)``, in a list with these levels."""
        written = "".join(
            f'<w:lvl w:ilvl="{n}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
            f'{rest}<w:lvlText w:val="{pattern}"/></w:lvl>'
            for n, (form, pattern, start, rest) in enumerate(levels)
        )
        numbering = (
            f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="1">{written}'
            '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num>'
            f"{more}</w:numbering>"
        )
        body = "".join(
            p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
            if isinstance(level, int)
            else p(text, level)
            for level, text, number in ((*one, 7)[:3] for one in paragraphs)
        )
        data = docx(body, word__numbering=numbering, **({"word__styles": styles} if styles else {}))
        loaded = load("a.docx", data)
        return [loaded.text[slice(*block.span)].strip() for block in loaded.blocks]

    def test_numbers_are_those_that_word_prints(self):
        levels = [
            ("decimal", "Article %1", 5, ""),
            ("decimal", "%1.%2", 1, ""),
            ("lowerLetter", "(%3)", 1, ""),
            ("lowerRoman", "%4)", 1, ""),
        ]
        found = self.numbered(
            levels, (0, "Terms"), (1, "Fee"), (1, "Term"), (2, "First"), (2, "Second"), (3, "x"),
            (0, "End"), (1, "Law"), (2, "None"),
        )  # fmt: skip
        assert found == [
            "Article 5 Terms", "5.1 Fee", "5.2 Term", "(a) First", "(b) Second", "i) x",
            "Article 6 End", "6.1 Law", "(a) None",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("form", "value", "expected"),
        [
            ("upperRoman", 14, "XIV"),
            ("upperLetter", 28, "BB"),
            ("decimalZero", 7, "07"),
            ("ordinal", 22, "22nd"),
            ("chineseCountingThousand", 12, "十二"),
            ("chineseCountingThousand", 105, "一百零五"),
            ("chineseCounting", 20, "二十"),
            ("chineseLegalSimplified", 3, "叁"),
            ("ideographTraditional", 2, "乙"),
            ("decimalEnclosedCircle", 3, "③"),
            ("japaneseCounting", 10, "十"),
            ("cardinalText", 4, "4"),
        ],
    )
    def test_numbers_in_other_signs(self, form, value, expected):
        found = self.numbered([(form, "第%1章", value, "")], (0, "总则"))
        assert found == [f"第{expected}章 总则"]

    def test_headings_keep_the_numbers_of_their_style(self):
        def style(level):
            return (
                f'<w:style w:styleId="H{level}"><w:name w:val="heading {level}"/><w:pPr><w:numPr>'
                f'<w:ilvl w:val="{level - 1}"/><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
            )

        styles = f'<w:styles xmlns:w="{W}">{style(1)}{style(2)}</w:styles>'
        levels = [("upperRoman", "%1.", 1, ""), ("decimal", "%1.%2", 1, "<w:isLgl/>")]
        heads = [(f'<w:pStyle w:val="H{level}"/>', "Text") for level in (1, 2, 2, 1, 2)]
        found = self.numbered(levels, *heads, styles=styles)
        assert found == ["I. Text", "1.1 Text", "1.2 Text", "II. Text", "2.1 Text"]

    def test_a_list_may_start_anew_and_a_level_may_go_on(self):
        more = (
            '<w:num w:numId="8"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
            '<w:startOverride w:val="3"/></w:lvlOverride></w:num>'
        )
        levels = [
            ("decimal", "%1.", 1, ""),
            ("decimal", "%2)", 1, '<w:lvlRestart w:val="0"/>'),
        ]
        found = self.numbered(
            levels, (0, "a"), (1, "b"), (0, "c"), (1, "d"), (0, "e", 8), (0, "f"), more=more
        )
        assert found == ["1. a", "1) b", "2. c", "2) d", "3. e", "3. f"]

    @pytest.mark.parametrize("switch", ["strike", "dstrike"])
    def test_struck_text_is_left_out(self, switch):
        struck = f"<w:r><w:rPr><w:{switch}/></w:rPr><w:t>40</w:t></w:r>"
        kept = f'<w:r><w:rPr><w:{switch} w:val="0"/></w:rPr><w:t>60 euros</w:t></w:r>'
        body = f"<w:p><w:r><w:t>The fee is </w:t></w:r>{struck}{kept}</w:p>"
        assert load("a.docx", docx(body)).text == "The fee is 60 euros"

    def test_text_that_a_style_strikes_is_left_out(self):
        styles = (
            f'<w:styles xmlns:w="{W}"><w:style w:styleId="Old"><w:rPr><w:strike/></w:rPr></w:style>'
            '<w:style w:styleId="New"><w:rPr><w:strike w:val="false"/></w:rPr></w:style></w:styles>'
        )
        body = p("40", run='<w:rStyle w:val="Old"/>') + p("50", '<w:pStyle w:val="Old"/>')
        body += p("60 euros", run='<w:rStyle w:val="New"/>')
        assert load("a.docx", docx(body, word__styles=styles)).text == "60 euros"

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(p("x" * 6) + p("y" * 5), id="paragraphs"),
            pytest.param(
                f"<w:tbl><w:tr><w:tc>{p('x' * 6)}</w:tc><w:tc>{p('y' * 5)}</w:tc></w:tr></w:tbl>",
                id="cells",
            ),
        ],
    )
    def test_no_more_is_read_than_a_document_may_have(self, body):
        note = f'<w:footnotes xmlns:w="{W}"><w:footnote>{p("z")}</w:footnote></w:footnotes>'
        data = docx(body, word__footnotes=note)
        assert load("a.docx", data, max_characters=12).text
        with pytest.raises(DocumentRejected) as rejection:
            load("a.docx", data, max_characters=11)
        assert rejection.value.code == "too_large"
        assert "ingest.max_document_characters" in rejection.value.message

    def test_merged_cells_speak_for_each_row_and_nested_tables_stay_in_theirs(self):
        def cell(content, properties=""):
            return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"

        start = '<w:vMerge w:val="restart"/>'
        inner = f"<w:tbl><w:tr>{cell(p('x'))}{cell(p('y'))}</w:tr></w:tbl>"
        rows = (
            f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{cell(p('Name'))}{cell(p('Value'))}</w:tr>"
            f"<w:tr>{cell(p('A'), start)}{cell(p('1') + p('2'))}</w:tr>"
            f"<w:tr>{cell(p(''), '<w:vMerge/>')}{cell(inner)}</w:tr>"
        )
        assert load("a.docx", docx(f"<w:tbl>{rows}</w:tbl>")).text == (
            "Name: A | Value: 1 2\nName: A | Value: x, y"
        )

    def test_deleted_and_hidden_text_and_second_copies_are_left_out(self):
        body = (
            "<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>OBEY</w:t></w:r></w:p>"
        )
        assert load("a.docx", docx(body)).text == "Kept"

    def test_text_boxes_follow_their_paragraph_once(self):
        box = f"<w:txbxContent>{p('In the box')}</w:txbxContent>"
        compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
        body = (
            f'<w:p><w:r><w:t>Before</w:t><mc:AlternateContent xmlns:mc="{compatibility}">'
            f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        )
        assert load("a.docx", docx(body)).text == "Before\n\nIn the box"

    def test_formulas_become_linear_text(self):
        run = "<m:r><m:t>{}</m:t></m:r>"
        fraction = f"<m:f><m:num>{run.format('a+b')}</m:num><m:den>{run.format('2')}</m:den></m:f>"
        power = f"<m:sSup><m:e>{run.format('x')}</m:e><m:sup>{run.format('10')}</m:sup></m:sSup>"
        body = f"<w:p><m:oMath>{fraction}{run.format('=')}{power}</m:oMath></w:p>"
        loaded = load("a.docx", docx(body))
        assert loaded.text == "(a+b)/2=x^(10)"
        assert loaded.blocks[0].kind == "formula"

    def test_external_entities_are_not_resolved(self, tmp_path):
        secret = tmp_path / "secret.txt"
        secret.write_text("SECRET")
        xml = (
            f'<!DOCTYPE d [<!ENTITY e SYSTEM "file://{secret}"><!ENTITY a "aaaa">]>'
            f'<w:document xmlns:w="{W}"><w:body>{p("Shown &e; here")}</w:body></w:document>'
        )
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("word/document.xml", xml)
        assert "SECRET" not in load("a.docx", data.getvalue()).text

    def test_a_zip_bomb_is_refused_before_it_is_unpacked(self, monkeypatch):
        monkeypatch.setattr("ingest.loaders.docx.loader.MAX_UNPACKED_BYTES", 10_000)
        with pytest.raises(DocumentRejected) as rejection:
            load("a.docx", docx(p("a" * 20_000)))
        assert rejection.value.code == "corrupt"
        assert "unpacks" in rejection.value.message

    def test_a_truncated_file_is_corrupt(self):
        whole = docx(p("text"))
        with pytest.raises(DocumentRejected) as rejection:
            load("a.docx", whole[: len(whole) // 2])
        assert rejection.value.code == "corrupt"


class TestPdf:
    def test_lines_of_a_paragraph_are_joined_and_pages_counted(self):
        data = pdf(
            [[(72, 700, 18, "A heading"), *paragraph(660)], paragraph(700)],
            "/Title(The report)/Author(Ann)/CreationDate(D:20240506070809Z)",
        )
        loaded = load("a.pdf", data)
        joined = "The committee met on Tuesday to consider the report that the audi " + " ".join(
            PROSE[1:]
        )
        assert loaded.text == f"A heading\n\n{joined}\n\n{joined}"
        assert [(block.kind.value, block.level, block.locator.page) for block in loaded.blocks] == [
            ("heading", 1, 1),
            ("paragraph", 0, 1),
            ("paragraph", 0, 2),
        ]
        assert loaded.title == "The report"
        assert dict(loaded.metadata) == {
            "format": "pdf",
            "author": "Ann",
            "date": "2024-05-06",
            "pages": 2,
        }

    def test_running_heads_and_page_numbers_are_left_out(self):
        pages = [
            [(72, 780, 9, "The Annual Report"), *paragraph(660), (300, 20, 9, str(number))]
            for number in range(7, 11)
        ]
        text = load("a.pdf", pdf(pages)).text
        assert "Annual Report" not in text
        assert not any(str(number) in text for number in range(7, 11))
        assert text.count("The committee met") == 4

    @pytest.mark.parametrize(
        "numbers",
        [
            pytest.param(["87"], id="one page"),
            pytest.param(["120", "377", "99", "1204"], id="totals"),
            pytest.param(["3", "3", "3", "3"], id="the same"),
            pytest.param(["C", "D", "C", "A"], id="grades"),
            pytest.param(["Total 77", "Total 84", "Total 91"], id="named"),
        ],
    )
    def test_a_number_at_the_edge_that_does_not_advance_with_the_pages_is_data(self, numbers):
        pages = [[*paragraph(660), (72, 60, 11, number)] for number in numbers]
        loaded = load("a.pdf", pdf(pages))
        found = [loaded.text[slice(*block.span)] for block in loaded.blocks]
        assert found[1::2] == numbers

    def test_a_number_above_what_it_counts_stays(self):
        page = [(72, 760, 20, "87"), (72, 740, 11, "percent of customers renewed"), *paragraph(660)]
        assert "87" in load("a.pdf", pdf([page])).text

    @pytest.mark.parametrize(
        "folios",
        [
            pytest.param(["1", "2"], id="two pages"),
            pytest.param(["i", "ii", "iii", "1", "2", "3"], id="front matter"),
            pytest.param(["- 4 -"], id="dashes"),
            pytest.param(["Page 2 of 9"], id="named"),
            pytest.param(["Draft 1 of May", "Draft 2 of May", "Draft 3 of May"], id="within words"),
        ],
    )
    def test_folios_are_left_out(self, folios):
        pages = [[*paragraph(660), (300, 20, 9, folio)] for folio in folios]
        assert len(load("a.pdf", pdf(pages)).blocks) == len(folios)

    def test_a_line_that_begins_with_the_number_of_its_page_is_no_running_foot(self):
        pages = [
            [*paragraph(660), (72, 60, 11, f"{number} {word} were sold"), (300, 20, 9, str(number))]
            for number, word in enumerate(("cars", "boats", "bikes", "tents"), start=1)
        ]
        text = load("a.pdf", pdf(pages)).text
        assert all(f"{word} were sold" in text for word in ("cars", "boats", "bikes", "tents"))

    def test_a_sentence_over_a_page_break_is_one_and_knows_where_the_page_ends(self):
        above = [
            *paragraph(700),
            (72, 640, 11, "The fee for members who joined before the first of"),
        ]
        below = [
            (72, 740, 11, "May 2020 is 40 euros. Others pay 60 euros."),
            (72, 700, 18, "Dates"),
        ]
        loaded = load("a.pdf", pdf([above, below]))
        block = loaded.blocks[1]
        text = loaded.text[slice(*block.span)]
        assert text == (
            "The fee for members who joined before the first of May 2020 is 40 euros. "
            "Others pay 60 euros."
        )
        assert block.locator_at(block.span[0]).page == 1
        assert block.locator_at(loaded.text.index("Others")).page == 2

    @pytest.mark.parametrize(
        ("end", "start", "expected"),
        [
            pytest.param("was sent to the com-", "mittee of the house.", "committee", id="hyphen"),
            pytest.param("was sent to the com-", "mittee. They met.", "committee.", id="sentence"),
        ],
    )
    def test_a_word_over_a_page_break_is_one(self, end, start, expected):
        loaded = load("a.pdf", pdf([[(72, 80, 11, end)], [(72, 740, 11, start)]]))
        assert expected in loaded.text

    def test_notes_at_the_foot_do_not_cut_a_sentence(self):
        above = [
            *paragraph(700)[:2],
            (72, 60, 8, "1 See the report of the year before."),
        ]
        loaded = load("a.pdf", pdf([above, [(72, 740, 11, "it at once, on that day.")]]))
        found = [loaded.text[slice(*block.span)] for block in loaded.blocks]
        assert found[0].endswith("it at once, on that day.")
        assert found[1].startswith("1 See the report")

    @pytest.mark.parametrize(
        ("end", "start"),
        [
            pytest.param("This sentence ends with the page.", "and more", id="ended"),
            pytest.param("This sentence goes on to the", "1. First item", id="item"),
            pytest.param("Short label", "Another one begins", id="capital"),
        ],
    )
    def test_what_does_not_go_on_stays_apart(self, end, start):
        pages = [[*paragraph(700), (72, 600, 11, end)], [(72, 740, 11, start), *paragraph(600)]]
        loaded = load("a.pdf", pdf(pages))
        found = [loaded.text[slice(*block.span)] for block in loaded.blocks]
        assert end in found
        assert start in found

    def test_a_larger_gap_starts_a_paragraph(self):
        loaded = load("a.pdf", pdf([[*paragraph(700), *paragraph(620)]]))
        assert len(loaded.blocks) == 2

    def test_columns_are_read_one_after_the_other(self):
        left = [(72, 700 - 14 * i, 11, f"left column line {i} of the text") for i in range(4)]
        right = [(330, 700 - 14 * i, 11, f"right column line {i} of the text") for i in range(4)]
        text = load("a.pdf", pdf([left + right])).text
        assert text.index("left column line 3") < text.index("right column line 0")

    @pytest.mark.parametrize("right", [222, 235, 250, 330])
    def test_columns_that_are_written_row_by_row_are_read_one_after_the_other(self, right):
        lefts = [
            "The committee met in", "March and decided to raise", "the fee for all its mem-",
            "bers by four percent, from", "the first of April onward.",
        ]  # fmt: skip
        rights = [
            "Members who object may write", "to the secretary before the",
            "end of May, and letters", "that came in time will be", "read at the next meeting.",
        ]  # fmt: skip
        strings = [
            (x, 700 - 14 * n, 11, text)
            for n, row in enumerate(zip(lefts, rights, strict=True))
            for x, text in zip((72, right), row, strict=True)
        ]
        assert load("a.pdf", pdf([strings])).text == (
            "The committee met in March and decided to raise the fee for all its members by four "
            "percent, from the first of April onward.\n\nMembers who object may write to the "
            "secretary before the end of May, and letters that came in time will be read at the "
            "next meeting."
        )

    def test_pages_without_text_are_scans(self):
        with pytest.raises(DocumentRejected) as rejection:
            load("a.pdf", pdf([[]]))
        assert rejection.value.code == "no_text"

    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_a_broken_page_does_not_cost_the_others(self, number):
        loaded = load("a.pdf", without_page(pdf([paragraph(700)] * 3), number))
        assert [block.locator.page for block in loaded.blocks] == [
            n for n in (1, 2, 3) if n != number
        ]
        assert loaded.metadata["pages"] == 3

    def test_a_page_whose_text_cannot_be_had_is_a_broken_one(self, monkeypatch):
        get_textpage = pdfium.PdfPage.get_textpage
        seen = []

        def failing(page):
            seen.append(page)
            if len(seen) == 1:
                raise pdfium.PdfiumError("Failed to load text page.")
            return get_textpage(page)

        monkeypatch.setattr(pdfium.PdfPage, "get_textpage", failing)
        assert [
            block.locator.page for block in load("a.pdf", pdf([paragraph(700)] * 2)).blocks
        ] == [2]

    def test_a_file_of_broken_pages_is_corrupt_and_no_scan(self):
        with pytest.raises(DocumentRejected) as rejection:
            load("a.pdf", without_page(pdf([paragraph(700)]), 1))
        assert rejection.value.code == "corrupt"

    @pytest.mark.parametrize("keep", [0.1, 0.5])
    def test_a_truncated_file_is_corrupt_or_short_but_never_a_crash(self, keep):
        whole = pdf([paragraph(700)] * 3)
        with pytest.raises(DocumentRejected) as rejection:
            load("a.pdf", whole[: int(len(whole) * keep)])
        assert rejection.value.code in ("corrupt", "no_text")

    @pytest.mark.parametrize(
        ("before", "below", "words", "expected"),
        [
            pytest.param("an ef", "ficient way", {}, "an efficient way", id="no such words"),
            pytest.param("a dual", "encoder", {"dual-encoder": 2}, "a dual-encoder", id="seen"),
            pytest.param("con", "text", {"context": 1, "con": 1, "text": 1}, "context", id="both"),
            pytest.param("a", "priori", {"a": 1, "priori": 1}, "a-priori", id="two words"),
            pytest.param("a Lucene", "BM25 run", {}, "a Lucene-BM25 run", id="capital"),
        ],
    )  # fmt: skip
    def test_hyphens_at_line_ends_follow_the_rest_of_the_document(
        self, before, below, words, expected
    ):
        assert join_hyphenated(before, below, Counter(words)) == expected


def table(top, lefts, *rows):
    return [
        (left, top - 16 * number, 11, text)
        for number, row in enumerate(rows)
        for left, text in zip(lefts, row, strict=True)
        if text
    ]


class TestPdfTables:
    def cells(self, *strings):
        loaded = load("a.pdf", pdf([[*paragraph(700), *strings]]))
        return [
            [(loaded.text[slice(*cell.span)], cell.head) for cell in block.cells]
            for block in loaded.blocks
            if block.kind == "table"
        ]

    def test_names_and_values_that_stand_in_two_columns(self):
        rows = [("Range", "90 km"), ("Top speed", "25 km/h"), ("Seats", "four")]
        assert self.cells(*table(600, (72, 250), *rows)) == [
            [("90 km", "Range")],
            [("25 km/h", "Top speed")],
            [("four", "Seats")],
        ]

    def test_cells_belong_to_the_column_that_they_stand_in(self):
        rows = [("", "2023", "2024"), ("Revenue", "12", "14"), ("Costs", "", "8")]
        assert self.cells(*table(600, (72, 250, 350), *rows)) == [
            [("Revenue", ""), ("12", "2023"), ("14", "2024")],
            [("Costs", ""), ("8", "2024")],
        ]

    def test_a_cell_of_several_lines_is_one(self):
        rows = [("Code", "Meaning", "Time"), ("E1", "The pump", "5 s"), ("", "is hot.", "")]
        assert self.cells(*table(600, (72, 200, 400), *rows)) == [
            [("E1", "Code"), ("The pump is hot.", "Meaning"), ("5 s", "Time")]
        ]

    def test_a_head_with_narrow_gaps_belongs_to_the_table_below_it(self):
        rows = [
            ("Product name", "Unit price EUR", "Stock"),
            ("Long widget name", "1,200.50 each", "14"),
            ("Bolt", "3.10", "900"),
            ("Nut", "1.20", "800"),
        ]
        found = self.cells(*table(600, (72, 165, 245), *rows))
        assert found[0] == [
            ("Long widget name", "Product name"),
            ("1,200.50 each", "Unit price EUR"),
            ("14", "Stock"),
        ]
        assert len(found) == 3

    def test_items_know_their_depth(self):
        items = [(72, "1. Check the oil"), (90, "a. Open the cap"), (72, "2. Start the engine")]
        strings = [(left, 600 - 16 * n, 11, text) for n, (left, text) in enumerate(items)]
        loaded = load("a.pdf", pdf([[*paragraph(700), *strings]]))
        found = [(loaded.text[slice(*b.span)], b.level) for b in loaded.blocks if b.kind == "list"]
        assert found == [
            ("1. Check the oil", 0),
            ("a. Open the cap", 1),
            ("2. Start the engine", 0),
        ]

    def test_two_wide_gaps_one_below_the_other_are_no_table(self):
        rows = [("E = mc", "1"), ("F = ma", "2")]
        assert self.cells(*table(600, (72, 400), *rows)) == []


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024-03-05T23:59:59+09:00", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("D:20240305120000+01'00'", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("March 5, 2024", "2024-03-05"),
        ("5 Mar 2024", "2024-03-05"),
        ("Tue, 05 Mar 2024 10:00:00 GMT", "2024-03-05"),
        ("3/5/2024", None),
        ("2024-13-05", None),
        ("yesterday", None),
        (20240305, None),
    ],
)
def test_days_are_read_in_the_notations_of_documents(value, day):
    assert iso_day(value) == day
