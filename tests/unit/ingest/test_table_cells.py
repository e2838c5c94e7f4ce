"""Rows of tables, from bytes to cells with their heads."""

import io
import zipfile

import pytest

from ingest.loaders.registry import load

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def cells(loaded):
    """For each row its cells as ``(value, head)``, for each term its text."""
    found = []
    for block in loaded.blocks:
        if block.kind == "term":
            found.append(loaded.text[slice(*block.span)])
        elif block.kind == "table":
            found.append([(loaded.text[slice(*c.span)], c.head) for c in block.cells])
    return found


def rows(loaded):
    return [loaded.text[slice(*b.span)] for b in loaded.blocks if b.kind == "table"]


def html(*table, caption=""):
    """A page with one table; a cell that begins with ``*`` is a head, with ``=3=`` spans three."""

    def cell(text):
        tag = "th" if text.startswith("*") else "td"
        text = text.removeprefix("*")
        span = ""
        if text.startswith("="):
            _, columns, text = text.split("=", 2)
            span = f" colspan={columns}"
        return f"<{tag}{span}>{text}</{tag}>"

    body = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in table)
    return f"<table>{caption and f'<caption>{caption}</caption>'}{body}</table>".encode()


def docx(*table, bold=(), before=""):
    """A Word file with one table, of which the cells named in ``bold`` are bold."""

    def run(text):
        look = "<w:rPr><w:b/></w:rPr>" if text in bold else ""
        return f"<w:r>{look}<w:t>{text}</w:t></w:r>"

    body = "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p>{run(text)}</w:p></w:tc>" for text in row) + "</w:tr>"
        for row in table
    )
    xml = f'<w:document xmlns:w="{W}"><w:body>{before}<w:tbl>{body}</w:tbl></w:body></w:document>'
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("word/document.xml", xml)
        archive.writestr(
            "word/styles.xml",
            f'<w:styles xmlns:w="{W}"><w:style w:styleId="C"><w:name w:val="caption"/></w:style>'
            "</w:styles>",
        )
    return data.getvalue()


def csv(*table):
    return "\n".join(",".join(row) for row in table).encode()


def markdown(head, *table):
    lines = [head, ["--"] * len(head), *table]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines).encode()


def rst(*table):
    width = max(len(text) for row in table for text in row) + 2
    rule = "  ".join("=" * width for _ in table[0])
    lines = ["  ".join((text or "\\").ljust(width) for text in row) for row in table]
    return "\n".join(["Title", "=====", "", rule, lines[0], rule, *lines[1:], rule]).encode()


def latex(head, *table):
    body = " \\\\ ".join(" & ".join(row) for row in table)
    source = f"\\begin{{tabular}}{{ll}}{' & '.join(head)} \\\\ \\hline {body} \\\\ \\end{{tabular}}"
    return f"\\begin{{document}}{source}\\end{{document}}".encode()


FORMATS = [
    pytest.param("a.html", html, id="html"),
    pytest.param("a.docx", docx, id="docx"),
    pytest.param("a.csv", csv, id="csv"),
    pytest.param("a.md", markdown, id="markdown"),
    pytest.param("a.rst", rst, id="rst"),
    pytest.param("a.tex", latex, id="latex"),
]


@pytest.mark.parametrize(("name", "write"), FORMATS)
def test_years_below_a_blank_corner_are_heads_in_every_format(name, write):
    loaded = load(name, write(["", "2023", "2024"], ["Revenue", "12", "14"], ["Costs", "9", "8"]))
    assert cells(loaded) == [
        [("Revenue", ""), ("12", "2023"), ("14", "2024")],
        [("Costs", ""), ("9", "2023"), ("8", "2024")],
    ]
    assert rows(loaded)[0] == "Revenue | 2023: 12 | 2024: 14"


@pytest.mark.parametrize(("name", "write"), FORMATS)
def test_units_in_heads_and_blank_cells(name, write):
    loaded = load(
        name,
        write(["Model", "Lift (kg)", "Start (HH:MM)"], ["T7", "80", ""], ["T9", "95", "07:30"]),
    )
    assert rows(loaded) == [
        "Model: T7 | Lift (kg): 80",
        "Model: T9 | Lift (kg): 95 | Start (HH:MM): 07:30",
    ]
    assert cells(loaded)[0] == [("T7", "Model"), ("80", "Lift (kg)")]


@pytest.mark.parametrize(
    ("name", "write"), [FORMATS[0], FORMATS[1], FORMATS[2]], ids=["html", "docx", "csv"]
)
@pytest.mark.parametrize(
    ("names", "below"),
    [
        (["项目", "2022年", "2023年"], ["营收", "31", "35"]),
        (["产品", "价格", "库存"], ["台灯", "九十元", "充足"]),
        (["Metric", "Q1", "Q2"], ["Leads", "many", "few"]),
        (["Name", "Role", "Office"], ["Ida Holm", "Treasurer", "Lund"]),
    ],
)
def test_heads_that_nothing_marks_are_known_by_what_they_say(name, write, names, below):
    loaded = load(name, write(names, below, below[::-1] if names[0] == "Name" else below))
    assert cells(loaded)[0] == list(zip(below, names, strict=True))


@pytest.mark.parametrize(
    ("name", "write"), [FORMATS[0], FORMATS[1], FORMATS[2]], ids=["html", "docx", "csv"]
)
def test_two_columns_of_names_and_values_have_no_heads(name, write):
    loaded = load(name, write(["Range", "90 km"], ["Top speed", "25 km/h"]))
    assert cells(loaded) == [[("90 km", "Range")], [("25 km/h", "Top speed")]]
    assert rows(loaded) == ["Range | 90 km", "Top speed | 25 km/h"]


def test_markdown_that_must_have_heads_may_have_names_and_values_all_the_same():
    source = "| Range | 90 km |\n|--|--|\n| Weight | 21 kg |\n\n| | |\n|--|--|\n| Seats | 4 |"
    assert cells(load("a.md", source.encode())) == [
        [("90 km", "Range")],
        [("21 kg", "Weight")],
        [("4", "Seats")],
    ]


def test_a_head_at_the_side_names_its_row():
    loaded = load("a.html", html(["*Battery life", "11 hours"], ["*保修期", "三年"]))
    assert rows(loaded) == ["Battery life: 11 hours", "保修期: 三年"]
    assert cells(loaded) == [[("11 hours", "Battery life")], [("三年", "保修期")]]


def test_bold_names_are_heads_where_nothing_else_marks_them():
    form = docx(["姓名", "王芳", "部门", "采购部"], bold=("姓名", "部门"))
    assert cells(load("a.docx", form)) == [[("王芳", "姓名"), ("采购部", "部门")]]
    table = docx(["Dose", "For"], ["Adults", "two pills"], bold=("Dose", "For"))
    assert cells(load("a.docx", table)) == [[("Adults", "Dose"), ("two pills", "For")]]


def test_a_bold_row_of_totals_is_no_head():
    table = html(["*Item", "*Cost"], ["a", "1"], ["<b>Total</b>", "<b>1</b>"], ["b", "2"])
    assert cells(load("a.html", table)) == [
        [("a", "Item"), ("1", "Cost")],
        [("Total", "Item"), ("1", "Cost")],
        [("b", "Item"), ("2", "Cost")],
    ]


def test_captions_titles_and_dividing_rows_are_terms_above_their_rows():
    table = html(
        ["=2=Spring list"],
        ["*Model", "*Price"],
        ["=2=Small"],
        ["A", "3"],
        ["=2=Large"],
        ["B", "4"],
        caption="Prices",
    )
    assert cells(load("a.html", table)) == [
        "Prices",
        "Spring list",
        "Small",
        [("A", "Model"), ("3", "Price")],
        "Large",
        [("B", "Model"), ("4", "Price")],
    ]


def test_a_row_with_one_filled_cell_of_three_divides_and_is_not_lost():
    loaded = load("a.csv", csv(["Item", "Price", "Stock"], ["Lamps", "", ""], ["Desk", "90", "4"]))
    assert cells(loaded) == ["Lamps", [("Desk", "Item"), ("90", "Price"), ("4", "Stock")]]


def test_a_row_with_one_filled_cell_of_two_lacks_a_value():
    assert rows(load("a.csv", csv(["Item", "Price"], ["Lamp", ""], ["Desk", "90"]))) == [
        "Item: Lamp",
        "Item: Desk | Price: 90",
    ]


@pytest.mark.parametrize("place", ["before", "behind"])
def test_the_caption_of_a_figure_stands_above_its_table(place):
    table = "<table><tr><th>A<th>B<tr><td>1<td>2</table>"
    caption = "<figcaption>Table 3. Limits</figcaption>"
    body = caption + table if place == "before" else table + caption
    assert cells(load("a.html", f"<figure>{body}</figure>".encode())) == [
        "Table 3. Limits",
        [("1", "A"), ("2", "B")],
    ]


def test_captions_of_word_and_latex_stand_above_their_tables():
    caption = '<w:p><w:pPr><w:pStyle w:val="C"/></w:pPr><w:r><w:t>Table 1: Doses</w:t></w:r></w:p>'
    loaded = load("a.docx", docx(["Dose", "For"], ["1", "Adults"], before=caption))
    assert cells(loaded)[0] == "Table 1: Doses"
    source = (
        r"\begin{document}\begin{table}\begin{tabular}{ll}A & B \\ \hline 1 & 2 \\ \end{tabular}"
        r"\caption{Limits}\end{table}\end{document}"
    )
    assert cells(load("a.tex", source.encode())) == ["Limits", [("1", "A"), ("2", "B")]]


def test_a_line_that_counts_a_table_is_its_caption():
    source = "表1 接口参数\n\n| 名称 | 数值 |\n|--|--|\n| 端口 | 8443 |"
    assert cells(load("a.md", source.encode())) == [
        "表1 接口参数",
        [("端口", "名称"), ("8443", "数值")],
    ]


def test_columns_of_one_name_are_kept_apart_in_the_text_and_not_in_their_heads():
    loaded = load("a.html", html(["*Plan", "*Fee", "*Fee"], ["Basic", "3", "5"]))
    assert rows(loaded) == ["Plan: Basic | Fee: 3 | Fee (2): 5"]
    assert cells(loaded) == [[("Basic", "Plan"), ("3", "Fee"), ("5", "Fee")]]


def test_heads_of_several_rows_are_joined():
    marked = html(["*", "=2=*North"], ["*Item", "*Plan", "*Actual"], ["Oil", "3", "4"])
    marked = marked.replace(b"<td colspan=2>*", b"<th colspan=2>")
    unmarked = csv(["", "2021", "", "2022", ""], ["Item", "Plan", "Real", "Plan", "Real"],
                   ["Oil", "1", "2", "3", "4"])  # fmt: skip
    assert cells(load("a.html", marked)) == [
        [("Oil", "Item"), ("3", "North / Plan"), ("4", "North / Actual")]
    ]
    assert cells(load("a.csv", unmarked)) == [
        [
            ("Oil", "Item"),
            ("1", "2021 / Plan"),
            ("2", "2021 / Real"),
            ("3", "2022 / Plan"),
            ("4", "2022 / Real"),
        ]
    ]


def test_a_row_of_units_belongs_to_the_heads():
    loaded = load("a.md", markdown(["Pump", "Flow", "%"], ["", "(l/min)", ""], ["P1", "40", "7"]))
    assert rows(loaded) == ["Pump: P1 | Flow (l/min): 40 | %: 7"]


def test_a_row_that_tells_heads_of_one_name_apart_belongs_to_them():
    table = markdown(["Pump", "Price", "Price"], ["", "day", "night"], ["P1", "$4", "$2"])
    assert rows(load("a.md", table)) == ["Pump: P1 | Price / day: $4 | Price / night: $2"]
    unlike = markdown(["Pump", "Flow", "Price"], ["", "day", "night"], ["P1", "40", "$2"])
    assert rows(load("a.md", unlike))[0] == "Flow: day | Price: night"


def test_heads_that_are_said_again_on_the_next_page_are_no_row():
    table = csv(["Code", "Meaning"], ["F1", "hot"], ["Code", "Meaning"], ["F2", "cold"])
    assert rows(load("a.csv", table)) == [
        "Code: F1 | Meaning: hot",
        "Code: F2 | Meaning: cold",
    ]


def test_bars_within_cells_and_long_rows_keep_their_spans():
    long = "word " * 200 + "end"
    loaded = load("a.md", markdown(["Key", "Text"], ["a \\| b", long]))
    assert cells(loaded) == [[("a | b", "Key"), (long, "Text")]]


def test_cells_survive_cleaning():
    source = "<table><tr><th>A<th>B<tr><td>e\u0301 \u00ad x<td>a\u202eb \n c</table>"
    assert cells(load("a.html", source.encode())) == [[("é x", "A"), ("ab c", "B")]]


def test_fields_of_restructuredtext_are_rows():
    source = b"Guide\n=====\n\nText.\n\n:Voltage: 48 V\n:Colour: grey\n"
    assert cells(load("a.rst", source)) == [[("48 V", "Voltage")], [("grey", "Colour")]]
