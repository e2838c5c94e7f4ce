from dataclasses import replace

import pytest

from app.answering.context.statements import DocumentStatements
from app.domain.answers import Citation
from app.domain.documents import NOWHERE, Block, BlockKind, Cell, Document, Locator
from app.domain.statements import Setting
from app.http.schemas.citations import AnswerCitation
from app.stores.local.catalog.rows import document, document_row

TEXT = "The fee is 40 euros for members. It is 60 euros for all others."
SECOND = TEXT.index("It is")
BLOCK = Block(
    BlockKind.PARAGRAPH,
    (0, len(TEXT)),
    locator=Locator(page=2),
    locator_starts=((SECOND, Locator(page=3)),),
)


def test_a_statement_has_the_page_that_it_begins_on():
    made = DocumentStatements(Document("d", TEXT, blocks=(BLOCK,))).within((0, len(TEXT)), n=1)
    assert [(statement.text, statement.setting.locator.page) for statement in made] == [
        ("The fee is 40 euros for members.", 2),
        ("It is 60 euros for all others.", 3),
    ]


def test_a_cell_of_a_long_row_has_the_page_that_it_begins_on():
    text = f"{'word ' * 200}| {'rain ' * 200}"
    at = text.index("rain")
    cells = (Cell((0, at - 2), "Above"), Cell((at, len(text)), "Below"))
    row = Block(
        BlockKind.TABLE,
        (0, len(text)),
        locator=Locator(page=2),
        locator_starts=((at, Locator(page=3)),),
        cells=cells,
    )
    made = DocumentStatements(Document("d", text, blocks=(row,))).within((0, len(text)), n=1)
    told = [(statement.setting.heads, statement.setting.locator.page) for statement in made]
    assert told == [(("Above",), 2), (("Below",), 3)]


@pytest.mark.parametrize(
    "block",
    [
        BLOCK,
        replace(BLOCK, locator=Locator(sheet="Fees", cell="B7"), locator_starts=()),
        replace(BLOCK, locator=Locator(slide=2), locator_starts=((SECOND, Locator(slide=3)),)),
        replace(BLOCK, locator=Locator(page=2, symbol="Store.open")),
        replace(BLOCK, locator=NOWHERE, locator_starts=()),
    ],
)
def test_where_a_block_stands_is_stored(block):
    whole = Document("d", TEXT, blocks=(block,))
    assert document(document_row(whole)) == whole


def test_a_locator_is_said_in_words():
    assert str(Locator(page=3)) == "page 3"
    assert str(Locator(sheet="Fees", cell="B7")) == "sheet Fees, cell B7"
    assert str(NOWHERE) == ""


def test_a_citation_says_on_the_wire_where_its_quote_stands():
    setting = Setting(title="Fees", locator=Locator(sheet="2024", cell="B7"))
    citation = Citation(1, "d#0", "d", "Fees", (0, 2), "40", setting)
    told = AnswerCitation.from_domain(citation).setting
    assert (told.title, told.page, told.sheet, told.cell) == ("Fees", None, "2024", "B7")
