from app.answering.context.statements import DocumentStatements
from app.domain.documents import Block, BlockKind, Cell, Document
from app.stores.local.catalog.rows import document, document_row

TEXT = "The fee is 40 euros for members. It is 60 euros for all others."
SECOND = TEXT.index("It is")
BLOCK = Block(BlockKind.PARAGRAPH, (0, len(TEXT)), page=2, page_starts=((SECOND, 3),))


def test_a_statement_has_the_page_that_it_begins_on():
    made = DocumentStatements(Document("d", TEXT, blocks=(BLOCK,))).within((0, len(TEXT)), n=1)
    assert [(statement.text, statement.setting.page) for statement in made] == [
        ("The fee is 40 euros for members.", 2),
        ("It is 60 euros for all others.", 3),
    ]


def test_a_cell_of_a_long_row_has_the_page_that_it_begins_on():
    text = f"{'word ' * 200}| {'rain ' * 200}"
    at = text.index("rain")
    cells = (Cell((0, at - 2), "Above"), Cell((at, len(text)), "Below"))
    row = Block(BlockKind.TABLE, (0, len(text)), page=2, page_starts=((at, 3),), cells=cells)
    made = DocumentStatements(Document("d", text, blocks=(row,))).within((0, len(text)), n=1)
    told = [(statement.setting.heads, statement.setting.page) for statement in made]
    assert told == [(("Above",), 2), (("Below",), 3)]


def test_pages_within_a_block_are_stored():
    whole = Document("d", TEXT, blocks=(BLOCK,))
    assert document(document_row(whole)) == whole
