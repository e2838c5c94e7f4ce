"""Files of a packed format, PDF and DOCX, made by hand: small archives of much, cycles, lies."""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable, Sequence

from tests.integration.hostile.cases import FileCase

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


# --- DOCX ----------------------------------------------------------------------------------------


def _docx(
    body: Callable[[], str], *, before: str = "", parts: dict[str, Callable[[], str]] | None = None
) -> Callable[[], bytes]:
    """A Word file with this body; ``before`` stands in front of the document's element."""

    def make() -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            document = f"{before}<w:document {_W} {_M}><w:body>{body()}</w:body></w:document>"
            archive.writestr("word/document.xml", document)
            for name, text in (parts or {}).items():
                archive.writestr(name, text())
        return packed.getvalue()

    return make


def _p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def _styles(styles: str) -> Callable[[], str]:
    return lambda: f"<w:styles {_W}>{styles}</w:styles>"


def _numbering(inside: str) -> Callable[[], str]:
    return lambda: f"<w:numbering {_W}>{inside}</w:numbering>"


def _style(name: str, based_on: str) -> str:
    based = f'<w:basedOn w:val="{based_on}"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>{based}</w:style>'
    )


def _table(cells: str) -> str:
    return f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"


_LAUGHS = (
    "<!DOCTYPE d ["
    + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
_LEVEL = '<w:pStyle w:val="s{}"/>'
_ITEM = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr>'
_LISTS = _numbering(
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="999999999999"/>'
    '<w:numFmt w:val="lowerRoman"/><w:lvlText w:val="' + "%1" * 200 + '"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


def _many_entries() -> bytes:
    packed = io.BytesIO(_docx(lambda: _p("text"))())
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_STORED) as archive:
        for number in range(20_000):
            archive.writestr(f"word/media/{number}", b"")
    return packed.getvalue()


def _lying_size() -> bytes:
    data = bytearray(_docx(lambda: _p("text " * 1_000))())
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = (16).to_bytes(4, "little")
    return bytes(data)


def _twice() -> bytes:
    packed = io.BytesIO(_docx(lambda: _p("text"))())
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("WORD/DOCUMENT.XML", "<other/>")
    return packed.getvalue()


DOCX = [
    FileCase("one-run.docx", _docx(lambda: _p("a " * 15_000_000)), "too_large"),
    FileCase("one-run-of-letters.docx", _docx(lambda: _p("a" * 15_000_000)), "too_large"),
    FileCase("runs.docx", _docx(lambda: "<w:p>" + "<w:r><w:t>a </w:t></w:r>" * 100_000 + "</w:p>")),
    FileCase(
        "many-runs.docx",
        _docx(lambda: "<w:p>" + "<w:r><w:t>a </w:t></w:r>" * 3_000_000 + "</w:p>"),
        "too_large",
    ),
    FileCase(
        "empty-runs.docx",
        _docx(lambda: _p("text") + "<w:p>" + "<w:r/>" * 1_000_001 + "</w:p>"),
        "too_large",
    ),
    FileCase("paragraphs.docx", _docx(lambda: _p("a") * 20_000)),
    FileCase("many-paragraphs.docx", _docx(lambda: _p("a") * 1_000_000), "too_large"),
    FileCase("empty-paragraphs.docx", _docx(lambda: _p("text") + "<w:p/>" * 300_000)),
    FileCase(
        "tabs.docx",
        _docx(lambda: "<w:p><w:r><w:t>a</w:t>" + "<w:tab/>" * 1_000_000 + "</w:r></w:p>"),
        "too_large",
    ),
    FileCase(
        "breaks.docx",
        _docx(lambda: "<w:p><w:r><w:t>a</w:t>" + "<w:br/>" * 1_000_000 + "</w:r></w:p>"),
        "too_large",
    ),
    FileCase("elements.docx", _docx(lambda: _p("text") + "<w:x/>" * 10_000_000), "too_large"),
    FileCase("bytes.docx", _docx(lambda: _p("text") + " " * 300_000_000), "corrupt"),
    FileCase(
        "nested-tables.docx",
        _docx(lambda: "<w:tbl><w:tr><w:tc>" * 60 + _p("a") + "</w:tc></w:tr></w:tbl>" * 60),
    ),
    FileCase(
        "tables-too-deep.docx",
        _docx(lambda: "<w:tbl><w:tr><w:tc>" * 1_000 + _p("a") + "</w:tc></w:tr></w:tbl>" * 1_000),
        "nested_too_deep",
    ),
    FileCase(
        "wide-cells.docx",
        _docx(
            lambda: _table(
                f'<w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>{_p("a")}</w:tc>' * 500
            )
        ),
    ),
    FileCase("cells.docx", _docx(lambda: _table(f"<w:tc>{_p('a')}</w:tc>" * 50_000))),
    FileCase(
        "rows.docx",
        _docx(
            lambda: (
                "<w:tbl>"
                + f"<w:tr><w:tc>{_p('a')}</w:tc><w:tc>{_p('b')}</w:tc></w:tr>" * 10_000
                + "</w:tbl>"
            )
        ),
    ),
    FileCase(
        "merged-rows.docx",
        _docx(
            lambda: (
                "<w:tbl>"
                + (
                    f"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>{_p('a' * 2_000)}</w:tc>"
                    f"<w:tc>{_p('b')}</w:tc></w:tr>"
                )
                * 10_000
                + "</w:tbl>"
            )
        ),
        "too_large",
    ),
    FileCase(
        "boxes.docx",
        _docx(
            lambda: "<w:p><w:r><w:txbxContent>" * 60 + _p("a") + "</w:txbxContent></w:r></w:p>" * 60
        ),
    ),
    FileCase(
        "boxes-too-deep.docx",
        _docx(
            lambda: (
                "<w:p><w:r><w:txbxContent>" * 5_000
                + _p("a")
                + "</w:txbxContent></w:r></w:p>" * 5_000
            )
        ),
        "nested_too_deep",
    ),
    FileCase(
        "controls.docx",
        _docx(lambda: "<w:sdt><w:sdtContent>" * 100 + _p("a") + "</w:sdtContent></w:sdt>" * 100),
    ),
    FileCase(
        "formulas.docx",
        _docx(
            lambda: (
                "<w:p><m:oMath>"
                + "<m:sSup><m:e>" * 80
                + "<m:r><m:t>a</m:t></m:r>"
                + "</m:e></m:sSup>" * 80
                + "</m:oMath></w:p>"
            )
        ),
    ),
    FileCase("laughs.docx", _docx(lambda: _p("text &e9;"), before=_LAUGHS)),
    FileCase("outside.docx", _docx(lambda: _p("text &e;"), before=_OUTSIDE)),
    FileCase(
        "style-cycle.docx",
        _docx(
            lambda: _p("text", _LEVEL.format(0)),
            parts={"word/styles.xml": _styles(_style("s0", "s1") + _style("s1", "s0"))},
        ),
    ),
    FileCase(
        "style-chain.docx",
        _docx(
            lambda: _p("text", _LEVEL.format(0)) * 2_000,
            parts={
                "word/styles.xml": _styles(
                    "".join(_style(f"s{n}", f"s{n + 1}") for n in range(20_000))
                )
            },
        ),
    ),
    FileCase(
        "huge-styles.docx",
        _docx(
            lambda: _p("text"),
            parts={
                "word/styles.xml": lambda: f"<w:styles {_W}>" + " " * 200_000_000 + "</w:styles>"
            },
        ),
    ),
    FileCase(
        "levels.docx",
        _docx(
            lambda: _p("text", _ITEM.format(999_999_999)) * 100,
            parts={"word/numbering.xml": _LISTS},
        ),
    ),
    FileCase(
        "numbers.docx",
        _docx(lambda: _p("text", _ITEM.format(0)) * 5_000, parts={"word/numbering.xml": _LISTS}),
    ),
    FileCase(
        "footnotes.docx",
        _docx(
            lambda: _p("text"),
            parts={
                "word/footnotes.xml": lambda: (
                    f"<w:footnotes {_W}>"
                    + f"<w:footnote>{_p('a')}</w:footnote>" * 20_000
                    + "</w:footnotes>"
                )
            },
        ),
    ),
    FileCase(
        "attributes.docx",
        _docx(
            lambda: (
                "<w:p "
                + " ".join(f"a{n}='1'" for n in range(20_000))
                + "><w:r><w:t>text</w:t></w:r></w:p>"
            )
        ),
    ),
    FileCase(
        "bold.docx",
        _docx(
            lambda: "<w:p>" + "<w:r><w:rPr><w:b/></w:rPr><w:t>a? </w:t></w:r>" * 50_000 + "</w:p>"
        ),
    ),
    FileCase("entries.docx", _many_entries),
    FileCase("lying-size.docx", _lying_size, "corrupt"),
    FileCase("twice.docx", _twice),
    FileCase("cut.docx", lambda: _docx(lambda: _p("text " * 5_000))()[:-200], "corrupt"),
    FileCase("no-xml.docx", _docx(lambda: "<w:p><w:r><w:t>text")),
]


# --- PDF -----------------------------------------------------------------------------------------

FORMS_S = 15.0
"""PDFium writes out forms within forms until its process has no memory left."""
_FONT = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def _stream(data: bytes, entries: str = "") -> bytes:
    return f"<<{entries}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def _flate(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return _stream(data, "/Filter[" + "/FlateDecode" * times + "]")


def _pdf(objects: Sequence[bytes | str], *, trailer: str = "") -> bytes:
    """A file of objects numbered from 1, of which the first is the catalog."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        data = body.encode() if isinstance(body, str) else body
        out += f"{number} 0 obj\n".encode() + data + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer<</Size {len(places) + 1}/Root 1 0 R{trailer}>>\n".encode()
    return bytes(out) + f"startxref\n{start}\n%%EOF".encode()


def _page(content: bytes, *, box: str = "0 0 600 800", more: str = "") -> list[bytes | str]:
    return [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R"
            f"/Resources<</Font<</F 5 0 R>>{more}>>>>"
        ),
        content,
        _FONT,
    ]


def _says(text: str) -> bytes:
    return f"BT /F 12 Tf 50 700 Td ({text}) Tj ET\n".encode()


def _scattered(count: int) -> bytes:
    choose = random.Random(1)
    return b"".join(
        f"BT /F 6 Tf {choose.randrange(600)} {choose.randrange(800)} Td (a) Tj ET\n".encode()
        for _ in range(count)
    )


def _ruled(count: int) -> bytes:
    return b"".join(
        f"0 {n % 800} m 600 {n % 800} l {n % 600} 0 m {n % 600} 800 l S\n".encode()
        for n in range(count)
    )


def _pages(count: int, content: bytes) -> bytes:
    kids = " ".join(f"{number} 0 R" for number in range(5, 5 + count))
    page = (
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 3 0 R"
        "/Resources<</Font<</F 4 0 R>>>>>>"
    )
    return _pdf(
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            f"<</Type/Pages/Kids[{kids}]/Count {count}>>",
            _flate(content),
            _FONT,
            *[page] * count,
        ]
    )


def _tree(levels: int) -> bytes:
    inner = [
        f"<</Type/Pages/Kids[{n + 1} 0 R]/Count 1/Parent {n - 1} 0 R>>" for n in range(2, levels)
    ]
    return _pdf(
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            *inner,
            f"<</Type/Page/Parent {levels - 1} 0 R/MediaBox[0 0 9 9]>>",
        ]
    )


def _form(inside: bytes) -> bytes:
    data = zlib.compress(inside)
    return _stream(
        data,
        "/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Filter/FlateDecode"
        "/Resources<</XObject<</X 6 0 R>>/Font<</F 5 0 R>>>>",
    )


def _forms(levels: int) -> bytes:
    """Each form draws the next one ten times."""
    forms = [
        _stream(
            b"/X Do " * 10,
            f"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X {n + 1} 0 R>>>>",
        )
        for n in range(6, 6 + levels)
    ]
    last = _stream(
        _says("a"), "/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>>>"
    )
    return _pdf(
        [*_page(_flate(_says("text") + b"/X Do"), more="/XObject<</X 6 0 R>>"), *forms, last]
    )


PDF = [
    FileCase("bomb.pdf", lambda: _pdf(_page(_flate(_says("text") + b" " * 200_000_000)))),
    FileCase(
        "bomb-in-bomb.pdf", lambda: _pdf(_page(_flate(_says("text") + b" " * 200_000_000, times=3)))
    ),
    FileCase("words.pdf", lambda: _pdf(_page(_flate(_says("word ") * 20_000)))),
    FileCase("glyphs.pdf", lambda: _pdf(_page(_flate(_says("a" * 200_000))))),
    FileCase("scattered.pdf", lambda: _pdf(_page(_flate(_scattered(15_000))))),
    FileCase("rules.pdf", lambda: _pdf(_page(_flate(_says("text") + _ruled(20_000))))),
    FileCase("much-ruled.pdf", lambda: _pdf(_page(_flate(_says("text") + _ruled(300_000))))),
    FileCase(
        "columns.pdf",
        lambda: _pdf(
            _page(
                _flate(
                    b"".join(
                        f"BT /F 6 Tf {x} {y} Td (ab) Tj ET\n".encode()
                        for y in range(0, 800, 7)
                        for x in range(0, 600, 12)
                    )
                )
            )
        ),
    ),
    FileCase("same-place.pdf", lambda: _pdf(_page(_flate(_says("a") * 50_000)))),
    FileCase("states.pdf", lambda: _pdf(_page(_flate(_says("text") + b"q " * 500_000)))),
    FileCase("pages.pdf", lambda: _pages(1_500, _says("a page"))),
    FileCase("many-pages.pdf", lambda: _pages(10_000, _says("a"))),
    FileCase("pages-of-much.pdf", lambda: _pages(1_000, _says("word ") * 1_000)),
    FileCase("tree.pdf", lambda: _tree(900), "no_text"),
    FileCase(
        "tree-of-itself.pdf",
        lambda: _pdf(
            ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000>>"]
        ),
        "corrupt",
    ),
    FileCase(
        "count-lies.pdf",
        lambda: _pdf(
            [
                "<</Type/Catalog/Pages 2 0 R>>",
                "<</Type/Pages/Kids[3 0 R]/Count 2000000000>>",
                *_page(_flate(_says("text")))[2:],
            ]
        ),
    ),
    FileCase("xref-of-itself.pdf", lambda: _pdf(_page(_flate(_says("text"))), trailer="/Prev 9")),
    FileCase(
        "form-of-itself.pdf",
        lambda: _pdf(
            [
                *_page(_flate(_says("text") + b"/X Do"), more="/XObject<</X 6 0 R>>"),
                _form(b"/X Do /X Do"),
            ]
        ),
        "corrupt",
        cpu_s=FORMS_S,
    ),
    FileCase("forms.pdf", lambda: _forms(4)),
    FileCase("forms-of-forms.pdf", lambda: _forms(9), "corrupt", cpu_s=FORMS_S),
    FileCase("huge-box.pdf", lambda: _pdf(_page(_flate(_says("text")), box="0 0 1e30 1e30"))),
    FileCase("no-box.pdf", lambda: _pdf(_page(_flate(_says("text")), box="nan 0 0"))),
    FileCase(
        "huge-font.pdf",
        lambda: _pdf(_page(_flate(b"BT /F 1e30 Tf 1e30 -1e30 Td (text) Tj ET"))),
        "no_text",
    ),
    FileCase("arrays.pdf", lambda: _pdf([*_page(_flate(_says("text"))), "[" * 100_000])),
    FileCase(
        "names.pdf", lambda: _pdf([*_page(_flate(_says("text"))), "<<" + "/A 1" * 200_000 + ">>"])
    ),
    FileCase(
        "outlines.pdf",
        lambda: _pdf(
            [
                "<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>",
                *_page(_flate(_says("text")))[1:],
                "<</First 6 0 R/Last 6 0 R/Next 6 0 R/Title(a)>>",
            ]
        ),
    ),
    FileCase(
        "title.pdf",
        lambda: _pdf(
            [*_page(_flate(_says("text"))), "<</Title(" + "a" * 1_000_000 + ")>>"],
            trailer="/Info 6 0 R",
        ),
    ),
    FileCase("garbage.pdf", lambda: b"%PDF-1.7\n" + random.Random(1).randbytes(300_000), "corrupt"),
    FileCase("objects.pdf", lambda: b"%PDF-1.7\n" + b"1 0 obj<<" * 50_000, "corrupt"),
    FileCase("cut.pdf", lambda: _pdf(_page(_flate(_says("text") * 500)))[:-400], "corrupt"),
    FileCase(
        "password.pdf",
        lambda: _pdf(
            [
                *_page(_flate(_says("text"))),
                "<</Filter/Standard/V 2/R 3/Length 128/P -1/O<00>/U<00>>>",
            ],
            trailer="/Encrypt 6 0 R/ID[<00><00>]",
        ),
        "encrypted",
    ),
]
PACKED_FILES = [*DOCX, *PDF]
