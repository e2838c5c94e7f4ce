from app.answering.context.statements import DocumentStatements
from app.domain import Block, BlockKind, Document
from app.stores.local.rows import document, document_row

TEXT = "The fee is 40 euros for members. It is 60 euros for all others."
SECOND = TEXT.index("It is")
BLOCK = Block(BlockKind.PARAGRAPH, (0, len(TEXT)), page=2, page_starts=((SECOND, 3),))


def test_a_statement_has_the_page_that_it_begins_on():
    made = DocumentStatements(Document("d", TEXT, blocks=(BLOCK,))).within((0, len(TEXT)), n=1)
    assert [(statement.text, statement.setting.page) for statement in made] == [
        ("The fee is 40 euros for members.", 2),
        ("It is 60 euros for all others.", 3),
    ]


def test_pages_within_a_block_are_stored():
    whole = Document("d", TEXT, blocks=(BLOCK,))
    assert document(document_row(whole)) == whole
