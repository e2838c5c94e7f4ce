"""The bundled reader as a user gets it: it tells what answers from what is on the topic only."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ModelIncompatible
from app.models.bundled.packages import install, require
from app.models.readers.statement_reader import StatementReader
from app.models.registry import build_reader, model_folder
from app.settings import ModelSettings

NAME = "bundled:attest-reader-small"
SURE = 0.5


@pytest.fixture(scope="module")
def reader() -> StatementReader:
    """Made over the installed embedder; it comes with us, so nothing is fetched."""
    cache = ModelSettings().cache
    require(cache, "multilingual-e5-small")
    install(cache, ["attest-reader-small"])
    built = build_reader(ModelSettings(reader=NAME))
    assert isinstance(built, StatementReader)
    return built


@pytest.mark.models
@pytest.mark.parametrize(
    ("question", "answer", "others"),
    [
        pytest.param(
            "How wide is the Q12 bench?",
            "Q12 bench › Dimensions\nWidth: 85 cm",
            [
                "Q14 bench › Dimensions\nWidth: 120 cm",
                "Q12 bench › Dimensions\nHeight: 85 cm",
                "Q12 bench\nThe Q12 bench stands in every workshop.",
                "How wide is the Q12 bench?",
            ],
            id="a row below the right model",
        ),
        pytest.param(
            "Q12工作台有多宽？",
            "Q12工作台 › 尺寸\n宽度：85厘米",
            [
                "Q14工作台 › 尺寸\n宽度：120厘米",
                "Q12工作台\nQ12工作台适用于各种车间。",
                "Q12工作台 › 保养\n每年上一次油。",
            ],
            id="the same in Chinese",
        ),
        pytest.param(
            "How many days of sick leave do people in Latvia get?",
            "Absence › Latvia\nSick leave: 12 days",
            [
                "Absence › Estonia\nSick leave: 14 days",
                "Absence\nA note from the doctor must be sent in.",
            ],
            id="the right country",
        ),
        pytest.param(
            "Is there somewhere to leave my scooter?",
            "FAQ › Can I park my scooter?\nYes, in the yard beside the gate.",
            ["FAQ › Can I bring my parrot?\nNo, animals have to stay outside."],
            id="what stands under a question in other words",
        ),
        pytest.param(
            "谁是采购负责人？",
            "联系人\n采购负责人：罗敏",
            ["联系人\n销售负责人：郑涛", "采购负责人每周五批准订单。"],
            id="a person for who",
        ),
    ],
)
def test_it_prefers_what_answers_and_is_sure_of_it(
    reader: StatementReader, question: str, answer: str, others: list[str]
) -> None:
    first, *rest = reader.read(question, [answer, *others])
    assert first > max(rest)
    assert first > SURE


@pytest.mark.models
@pytest.mark.parametrize(
    ("question", "statements"),
    [
        pytest.param(
            "What colour is the Q12 bench?",
            ["Q12 bench › Dimensions\nWidth: 85 cm", "Q12 bench\nIt stands in every workshop."],
            id="another kind of thing",
        ),
        pytest.param(
            "How wide is the Q19 bench?",
            ["Q12 bench › Manual\nThe bench is delivered in parts.", "Contents of the manual"],
            id="no mention of it",
        ),
        pytest.param(
            "Q12工作台多少钱？",
            ["Q12工作台 › 尺寸\n宽度：85厘米", "Q12工作台适用于各种车间。"],
            id="in Chinese",
        ),
    ],
)
def test_it_is_sure_of_nothing_where_nothing_answers(
    reader: StatementReader, question: str, statements: list[str]
) -> None:
    assert max(reader.read(question, statements)) < SURE


@pytest.mark.models
def test_the_same_call_gives_the_same_numbers(reader: StatementReader) -> None:
    statements = [f"Bench {n} › Dimensions\nWidth: {n} cm" for n in range(1, 30)]
    once = reader.read("How wide is bench 7?", statements)
    assert once == reader.read("How wide is bench 7?", statements)
    assert all(0.0 <= p <= 1.0 for p in once)


@pytest.mark.models
def test_odd_texts_are_read(reader: StatementReader) -> None:
    odd = ["", "\n", "setting alone\n", "\x00", "</s><s>", "a" * 50_000, "字" * 50_000, "\n" * 99]
    for question in ("", "?", *odd):
        assert all(0.0 <= p <= 1.0 for p in reader.read(question, odd))


@pytest.mark.models
def test_every_form_of_it_gives_like_numbers(reader: StatementReader) -> None:
    exact = build_reader(ModelSettings(reader=NAME, precision="float32"))
    assert exact is not None
    statements = ["Q12 bench › Dimensions\nWidth: 85 cm", "银行的贷款利率", "", "It is 3 m wide."]
    read = reader.read("How wide is the Q12 bench?", statements)
    assert read == pytest.approx(exact.read("How wide is the Q12 bench?", statements), abs=0.06)


@pytest.mark.models
def test_an_embedder_is_no_reader(tmp_path: Path) -> None:
    folder = model_folder("bundled:multilingual-e5-small", ModelSettings().cache)
    with pytest.raises(ModelIncompatible, match="is no reader"):
        build_reader(ModelSettings(reader=str(folder.path), cache=tmp_path))
