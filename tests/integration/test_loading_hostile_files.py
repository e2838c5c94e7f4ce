"""Every file of the hostile set, through the isolated loader, as ingestion reads it."""

import re
from collections import Counter

import pytest

from app.errors import DocumentRejected
from ingest.isolation.loader import IsolatedLoader
from tests.unit.ingest.expanding import LIMITS

pytestmark = pytest.mark.shared_data

REJECTED = {
    "empty.md": "empty",
    "empty.txt": "empty",
    "whitespace_only.txt": "empty",
    "front_matter_only.md": "empty",
    "encrypted_libreoffice.pdf": "encrypted",
    "encrypted_password.pdf": "encrypted",
    "encrypted_password_docling.pdf": "encrypted",
    "image_only.pdf": "no_text",
    "non_text_searchable.pdf": "no_text",
    "scanned_ocr_test.pdf": "no_text",
    "truncated.pdf": "corrupt",
    "not_a_pdf.pdf": "corrupt",
    "not_a_docx.docx": "corrupt",
}
LOADED = 69
BROKEN_IN_THE_SOURCE = {"unicode_mess.txt"}
"""Files that hold U+FFFD themselves."""
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")

SAYS = {
    "right_to_left.pdf": ["تحسين الإنتاجية وحل المشكلات من خلال البرمجة"],
    "react_paper.pdf": ["Act 3:Search[Front Row", "6 CONCLUSION"],
    "multi_column.pdf": ["efficient passage retrieval to select candidate contexts, where"],
    "copy_protected.pdf": ["Recent advances in document image analysis (DIA) have been primarily"],
    "norwich_city.txt": ["1997–2004 Norwich City 278 (84)", "£275,000", "footballer who played as"],
    "null_bytes.txt": ["Fellow line The Broncos"],
    "sec_10k_page.html": ["Item 1A. | Risk Factors | 9"],
    "utf16_datasheet.html": ["C: 0.39 - 0.46 | Si: 0.2 - 0.35"],
    "zh_minimal.docx": ["苹果 | 3", "香蕉 | 5"],
    "zh_guide.rst": ["名称: 苹果 | 数量: 3"],
    "word_sample.docx": ["Leaves | Food: Ash, Elm, Maple | Calories per portion: 50"],
    "equations.docx": ["E=mc^2"],
    "docx_code_blocks.docx": ["def fib(n):\n    a, b = 0, 1\n    for _ in range(n):"],
    "latex_multicolumn.tex": ["Country: Austria | Population (millions): 8.9"],
    "paper_2305.03393.tex": ["Data set: FinTabNet | Language: HTML | TEDs / simple: 0.917"],
    "zh_article.tex": ["\\begin{equation} E=mc^{2} \\end{equation}"],
    "cp1252.html": ["Der Preis betrug 15,50 €."],
    "latin1_umlauts.md": ["äöüß"],
    "quotes_newlines.csv": ["id: 4 | name: x | note: y"],
    "deep_nesting.html": ["deep text"],
    "unclosed_fence.md": ["def f():\n    return 1"],
}
DOES_NOT_SAY = {
    "hidden_and_injection.html": ["BANANA", "script text", "comment must", "noscript"],
    "code_snippets.html": ["\n$ docling-tools\n"],
    "html_with_scripts.html": ["function(", "var ", "@media"],
    "wiki_duck.html": ["[edit]", "Jump to content", "Afrikaans"],
    "zh_article.tex": ["注释不应被索引"],
    "ragflow_faq.mdx": ["TOCInline", "\n:::"],
    "geotopo_book_de.pdf": ["METRISCHE RÄUME\n\n"],
}


@pytest.fixture(scope="module")
def results(shared_data):
    found = {}
    bounds = {"memory_bytes": 2**30, "max_characters": 4_000_000, "expansion": LIMITS}
    with IsolatedLoader(load_timeout_s=60, **bounds) as loader:
        for path in sorted((shared_data / "docs").iterdir()):
            if path.name == "README":
                continue
            try:
                found[path.name] = loader.load(path.name, path.read_bytes())
            except DocumentRejected as rejection:
                found[path.name] = rejection
    return found


@pytest.fixture(scope="module")
def documents(results):
    return {n: r for n, r in results.items() if not isinstance(r, DocumentRejected)}


def test_every_file_is_loaded_or_refused_for_its_reason(results):
    refused = {n: r.code for n, r in results.items() if isinstance(r, DocumentRejected)}
    assert refused == REJECTED
    assert len(results) - len(refused) == LOADED


def test_reasons_are_a_sentence_for_people(results):
    for name in REJECTED:
        message = results[name].message
        assert message.endswith("."), name
        assert "Traceback" not in message, name
        assert "/" not in message, name


def test_blocks_are_ordered_and_cover_the_text(documents):
    for name, document in documents.items():
        end = 0
        for block in document.blocks:
            start = block.span[0]
            assert document.text[end:start] in ("", "\n", "\n\n"), name
            assert document.text[slice(*block.span)].strip(), name
            end = block.span[1]
        assert end == len(document.text), name


def test_no_text_holds_what_no_reader_sees(documents):
    for name, document in documents.items():
        assert not CONTROL.search(document.text), name
        if name not in BROKEN_IN_THE_SOURCE:
            assert "\ufffd" not in document.text, name


@pytest.mark.parametrize("name", sorted(SAYS))
def test_the_text_says_what_the_document_says(documents, name):
    for fragment in SAYS[name]:
        assert fragment in documents[name].text


@pytest.mark.parametrize("name", sorted(DOES_NOT_SAY))
def test_the_text_does_not_say_what_readers_do_not_see(documents, name):
    for fragment in DOES_NOT_SAY[name]:
        assert fragment not in documents[name].text


def test_the_same_text_in_five_encodings_loads_alike(documents):
    names = ["zh_gb18030.txt", "zh_utf16be_nobom.txt", "zh_utf16le_bom.txt", "zh_utf8_bom_crlf.txt"]
    assert len({documents[name].text for name in names}) == 1


def test_pages_and_titles_are_known(documents):
    book = documents["geotopo_book_de.pdf"]
    assert (book.title, book.metadata["author"], book.metadata["pages"]) == (
        "Geometrie und Topologie",
        "Martin Thoma",
        117,
    )
    assert max(block.locator.page for block in book.blocks) == 117
    assert documents["wiki_duck.html"].title == "Duck"
    assert documents["wiki.md"].title == "IBM"


def test_all_rows_of_the_big_table_are_there_and_named(documents):
    kinds = Counter(block.kind.value for block in documents["big_table.md"].blocks)
    assert kinds == {"heading": 1, "table": 960}
    assert documents["big_table.md"].text.count("\nid: ") == 960
