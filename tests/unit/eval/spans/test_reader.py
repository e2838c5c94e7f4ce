"""Three layouts of questions with spans; what is wrong with one is said."""

import json
from pathlib import Path

import pytest

from eval.datasets.dataset import Corpus, EvalDocument
from eval.errors import InvalidDataset
from eval.spans.span_dataset import SpanDataset
from eval.spans.span_dataset_files import read_span_dataset


def write_lines(path: Path, *rows: object) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def offsets(folder: Path, *references: object, text: bytes = b"Cats sleep. Dogs bark.") -> Path:
    (folder / "raw").mkdir()
    (folder / "raw" / "pets.md").write_bytes(text)
    write_lines(
        folder / "queries.jsonl",
        {
            "_id": "q",
            "text": "What do dogs do?",
            "metadata": {"doc": "pets", "references": list(references)},
        },
    )
    return folder


def answers(folder: Path, *answers: str) -> Path:
    write_lines(folder / "full_docs.jsonl", {"_id": "d", "title": "T", "text": "aXb. aYb. aaa"})
    write_lines(
        folder / "queries.jsonl",
        {"_id": "sure", "text": "?", "answers": ["Y"], "metadata": {"doc": "d"}},
        {"_id": "other", "text": "?", "answers": list(answers), "metadata": {"doc": "d"}},
    )
    return folder


def quotes(folder: Path, quote: str) -> Path:
    write_lines(folder / "corpus.jsonl", {"_id": "d", "text": "one two one three"})
    write_lines(
        folder / "queries.jsonl",
        {
            "_id": "q",
            "text": "?",
            "metadata": {"references": [{"document": "d", "quote": quote}]},
        },
        {"_id": "none", "text": "?"},
    )
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\td\t1\nnone\td\t1\n")
    return folder


def test_offsets_are_read_and_merged(tmp_path: Path) -> None:
    dataset = read_span_dataset(offsets(tmp_path, [12, 16], [16, 22], [0, 4]))
    assert dataset.questions[0].references == {"pets": ((0, 4), (12, 22))}
    assert dataset.documents["pets"].text[12:22] == "Dogs bark."


def test_line_ends_of_raw_documents_stay_so_that_offsets_hold(tmp_path: Path) -> None:
    dataset = read_span_dataset(offsets(tmp_path, [5, 6], text=b"ab\r\n\r\nc"))
    assert dataset.documents["pets"].text == "ab\r\n\r\nc"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        pytest.param([12, 99], "beyond", id="past the end"),
        pytest.param([5, 5], "0 <= start < end", id="empty"),
        pytest.param([-1, 5], "0 <= start < end", id="negative"),
        pytest.param([1], "start, end", id="one number"),
        pytest.param({"start": 1}, "start, end", id="an object"),
        pytest.param([True, 5], "start, end", id="a boolean"),
    ],
)
def test_a_reference_that_is_no_span_of_its_document_is_refused(
    tmp_path: Path, reference: object, said: str
) -> None:
    with pytest.raises(InvalidDataset, match=said):
        read_span_dataset(offsets(tmp_path, reference))


def test_a_question_without_references_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataset, match="empty"):
        read_span_dataset(offsets(tmp_path))


def test_a_question_on_a_document_that_is_not_there_is_refused(tmp_path: Path) -> None:
    offsets(tmp_path, [0, 4])
    (tmp_path / "raw" / "pets.md").rename(tmp_path / "raw" / "animals.md")
    with pytest.raises(InvalidDataset, match='no document "pets"'):
        read_span_dataset(tmp_path)


def test_an_answer_is_located_where_it_stands_alone(tmp_path: Path) -> None:
    dataset = read_span_dataset(answers(tmp_path, " X\n"))
    assert [question.references for question in dataset.questions] == [
        {"d": ((6, 7),)},
        {"d": ((1, 2),)},
    ]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("b.", id="twice"),
        pytest.param("aa", id="twice, overlapping"),
        pytest.param("Z", id="nowhere"),
        pytest.param(" ", id="blank"),
    ],
)
def test_a_question_whose_answer_has_no_certain_place_is_left_out_and_named(
    tmp_path: Path, answer: str
) -> None:
    dataset = read_span_dataset(answers(tmp_path, "X", answer))
    assert [question.id for question in dataset.questions] == ["sure"]
    assert dataset.left_out == ("other",)


def test_a_quote_is_located_and_a_question_without_one_left_out(tmp_path: Path) -> None:
    dataset = read_span_dataset(quotes(tmp_path, "two one"))
    assert [(q.id, q.references) for q in dataset.questions] == [("q", {"d": ((4, 11),)})]
    assert dataset.left_out == ("none",)


def test_a_quote_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataset, match="exactly once"):
        read_span_dataset(quotes(tmp_path, "one"))


def test_quotes_may_be_of_a_corpus_that_is_passed_in(tmp_path: Path) -> None:
    quotes(tmp_path, "two")
    (tmp_path / "corpus.jsonl").unlink()
    corpus = Corpus("loaded", {"d": EvalDocument("d", "", "zero two")})
    assert read_span_dataset(tmp_path, corpus=corpus).questions[0].references == {"d": ((5, 8),)}


def test_a_folder_with_two_corpora_is_refused(tmp_path: Path) -> None:
    offsets(tmp_path, [0, 4])
    write_lines(tmp_path / "full_docs.jsonl", {"_id": "d", "text": "t"})
    with pytest.raises(InvalidDataset, match="one corpus is enough"):
        read_span_dataset(tmp_path)


def test_a_folder_without_documents_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataset, match=r"full_docs\.jsonl"):
        read_span_dataset(tmp_path)


def test_a_query_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    offsets(tmp_path, [0, 4])
    line = (tmp_path / "queries.jsonl").read_text()
    (tmp_path / "queries.jsonl").write_text(line * 2)
    with pytest.raises(InvalidDataset, match="twice"):
        read_span_dataset(tmp_path)


def test_the_hash_depends_on_texts_and_references_and_not_on_the_name(tmp_path: Path) -> None:
    dataset = read_span_dataset(offsets(tmp_path, [0, 4]))
    renamed = SpanDataset("other", dataset.documents, dataset.questions)
    assert renamed.hash == dataset.hash
    (tmp_path / "queries.jsonl").write_text(
        (tmp_path / "queries.jsonl").read_text().replace("[0, 4]", "[0, 5]")
    )
    assert read_span_dataset(tmp_path).hash != dataset.hash


@pytest.mark.shared_data
def test_every_reference_of_chunking_eval_is_its_answer(shared_data: Path) -> None:
    folder = shared_data / "eval" / "chunking_eval"
    dataset = read_span_dataset(folder)
    assert (len(dataset.documents), len(dataset.questions)) == (5, 472)
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        text = dataset.documents[row["metadata"]["doc"]].text
        cited = [text[start:end] for start, end in row["metadata"]["references"]]
        assert cited == row["answers"]


@pytest.mark.shared_data
def test_covidqa_has_1226_answers_that_stand_once(shared_data: Path) -> None:
    dataset = read_span_dataset(shared_data / "eval" / "covidqa")
    assert len(dataset.documents) == 98
    assert (len(dataset.questions), len(dataset.left_out)) == (1226, 154)


def test_the_questions_on_the_handbook_have_their_quotes(repository: Path) -> None:
    from ingest.loaders.markdown import load_markdown

    root = repository / "docs" / "handbook"
    pages = {
        f"handbook/{path.relative_to(root).as_posix()}": load_markdown(path.read_bytes()).text
        for path in root.rglob("*.md")
    }
    corpus = Corpus("handbook", {id_: EvalDocument(id_, "", text) for id_, text in pages.items()})
    dataset = read_span_dataset(repository / "eval" / "questions" / "handbook", corpus=corpus)
    assert dataset.left_out == ()
