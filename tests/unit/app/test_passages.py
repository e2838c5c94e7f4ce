from app.answering.passages import Passage, all_sentences, quotable_sentences
from app.domain import Block, BlockKind


def passage(text: str, blocks: tuple[Block, ...] = (), start: int = 0, n: int = 1) -> Passage:
    return Passage(n, f"c{n}", "d", "", "", text, (start, start + len(text)), blocks)


def structured(*parts: tuple[BlockKind, str]) -> Passage:
    """A document of these blocks, each on lines of its own."""
    text, blocks = "", []
    for kind, part in parts:
        start = len(text)
        blocks.append(Block(kind, (start, start + len(part))))
        text += part + "\n"
    return passage(text.rstrip("\n"), tuple(blocks))


def quotable(held: Passage) -> list[str]:
    return [quotation.text for quotation in quotable_sentences([held])]


def test_a_heading_that_looks_like_a_sentence_is_known_from_its_block():
    page = structured(
        (BlockKind.HEADING, "What happens to a scanned page"),
        (BlockKind.PARAGRAPH, "It is rejected. Its reason says so."),
    )
    assert quotable(page) == ["It is rejected.", "Its reason says so."]


def test_code_and_formulas_are_not_quoted_and_prose_around_them_is():
    page = structured(
        (BlockKind.CODE, "rag serve --port 80. Done."),
        (BlockKind.FORMULA, "w = ln(1 + N / n)."),
        (BlockKind.PARAGRAPH, "The port is 80."),
    )
    assert quotable(page) == ["The port is 80."]


def test_a_table_row_is_one_sentence_if_its_cells_name_their_columns():
    page = structured(
        (BlockKind.TABLE, "句子: 日志保存九十天。 | 判定: 不通过 | 原因: 没有出处"),
        (BlockKind.TABLE, "日志 | 90 | 天天天天"),
    )
    assert quotable(page) == ["句子: 日志保存九十天。 | 判定: 不通过 | 原因: 没有出处"]


def test_marks_of_list_items_are_not_quoted():
    page = structured(
        (BlockKind.LIST, "- Rain falls often."), (BlockKind.LIST, "3. Oslo is drier.")
    )
    assert quotable(page) == ["Rain falls often.", "Oslo is drier."]
    assert quotable(passage("* Rain falls often.\n* Oslo is drier.")) == [
        "Rain falls often.",
        "Oslo is drier.",
    ]


def test_a_sentence_that_announces_what_follows_is_not_quoted():
    assert quotable(passage("There are three steps:\n- Stop the service.")) == ["Stop the service."]
    assert quotable(passage("一共分为以下三个步骤：\n- 先把服务停掉再说。")) == [
        "先把服务停掉再说。"
    ]


def test_blocks_that_the_passage_cuts_keep_their_kind_and_spans_point_into_the_document():
    document = "Heading here\nThe first one. The second one."
    blocks = (Block(BlockKind.HEADING, (0, 12)), Block(BlockKind.PARAGRAPH, (13, 43)))
    (second,) = quotable_sentences([passage(document[28:], blocks, start=28)])
    assert document[slice(*second.span)] == second.text == "The second one."


def test_every_visible_character_is_in_one_sentence_whatever_the_blocks():
    document = "Alpha one. Beta two.\nGamma three. Delta four."
    blocks = (Block(BlockKind.CODE, (6, 15)), Block(BlockKind.PARAGRAPH, (21, 30)))
    found = all_sentences([passage(document, blocks)])
    assert "".join("".join(q.text.split()) for q in found) == "".join(document.split())


def test_a_sentence_of_two_overlapping_passages_belongs_to_the_first():
    document = "The first one. The second one. The third one."
    found = quotable_sentences([passage(document[:30]), passage(document[15:], start=15, n=2)])
    assert [(q.n, q.text) for q in found] == [
        (1, "The first one."),
        (1, "The second one."),
        (2, "The third one."),
    ]
