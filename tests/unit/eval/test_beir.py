import json

import pytest

from eval.datasets.beir import read_corpus, read_dataset
from eval.datasets.dataset import Corpus, EvalDocument, Reference
from eval.errors import InvalidDataset

CORPUS = [
    {"_id": "d1", "title": "Rivers", "text": "The Rhine rises in Switzerland."},
    {"_id": "d2", "text": "长江是亚洲最长的河流。", "metadata": {"lang": "zh"}},
]
QUERIES = [
    {"_id": "q1", "text": "Where does the Rhine rise?", "answers": ["in Switzerland"]},
    {"_id": "q2", "text": "亚洲最长的河流是哪条？", "metadata": {"kind": "factoid", "lang": "zh"}},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td2\t1\n"


def jsonl(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "rivers"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text(jsonl(CORPUS), encoding="utf-8")
    (folder / "queries.jsonl").write_text(jsonl(QUERIES), encoding="utf-8")
    (folder / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return folder


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_a_folder_is_read_with_documents_queries_and_grades(folder):
    dataset = read_dataset(folder)
    assert dataset.name == "rivers"
    assert dataset.documents["d1"] == EvalDocument(
        "d1", "Rivers", "The Rhine rises in Switzerland."
    )
    assert dataset.documents["d2"].metadata == {"lang": "zh"}
    assert dataset.queries["q1"].answers == ("in Switzerland",)
    assert (dataset.queries["q2"].kind, dataset.queries["q2"].lang) == ("factoid", "zh")
    assert dataset.qrels == {"q1": {"d1": 2, "d2": 0}, "q2": {"d2": 1}}
    assert dataset.unanswerable == {}
    assert dataset.unjudged == ()


def test_judgments_may_lie_in_a_qrels_folder(folder):
    before = read_dataset(folder)
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")
    assert read_dataset(folder) == before


def test_two_files_of_judgments_are_refused(folder):
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(QRELS, encoding="utf-8")
    with pytest.raises(InvalidDataset, match="exactly one of"):
        read_dataset(folder)


def test_byte_order_marks_crlf_and_blank_lines_change_nothing(folder):
    before = read_dataset(folder)
    for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
        text = (folder / name).read_text(encoding="utf-8")
        crlf = (text + "\n").replace("\n", "\r\n")
        (folder / name).write_bytes(b"\xef\xbb\xbf" + crlf.encode("utf-8"))
    assert read_dataset(folder) == before


def test_a_line_separator_within_a_text_does_not_end_the_row(folder):
    row = {"_id": "d3", "text": "one\u2028two\x85three"}
    append(folder / "corpus.jsonl", jsonl([row]))
    assert read_dataset(folder).documents["d3"].text == row["text"]


def assert_refused_at(folder, where, what):
    with pytest.raises(InvalidDataset) as caught:
        read_dataset(folder)
    assert where in str(caught.value)
    assert what in str(caught.value)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        pytest.param('{"_id": "d3", "text": "x"', "malformed JSON", id="cut off"),
        pytest.param('["d3", "x"]', "must be a JSON object", id="a list"),
        pytest.param('{"_id": "d3"}', '"text" must be', id="no text"),
        pytest.param('{"_id": "d3", "text": " "}', '"text" must be', id="a blank text"),
        pytest.param('{"_id": 3, "text": "x"}', '"_id" must be', id="a number as id"),
        pytest.param('{"_id": "d", "text": "x", "title": 1}', '"title"', id="a number as title"),
        pytest.param('{"_id": "d", "text": "x", "metadata": []}', "object", id="listed metadata"),
        pytest.param('{"_id": "d", "text": "x", "metadata": {"a": NaN}}', "NaN", id="NaN"),
        pytest.param('{"_id": "d1", "text": "x"}', '"d1" is there twice', id="an id again"),
    ],
)
def test_a_bad_document_is_refused_with_its_file_and_line(folder, line, what):
    append(folder / "corpus.jsonl", line + "\n")
    assert_refused_at(folder, "corpus.jsonl:3", what)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        pytest.param('{"_id": "q1", "text": "x"}', '"q1" is there twice', id="an id again"),
        pytest.param('{"_id": "q", "text": "x", "answers": "y"}', '"answers"', id="one answer"),
        pytest.param('{"_id": "q", "text": "x", "answers": [1]}', '"answers"', id="a number"),
    ],
)
def test_a_bad_query_is_refused_with_its_file_and_line(folder, line, what):
    append(folder / "queries.jsonl", line + "\n")
    assert_refused_at(folder, "queries.jsonl:3", what)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        pytest.param("q7\td1\t1", 'no query "q7"', id="unknown query"),
        pytest.param("q1\td7\t1", 'no document "d7"', id="unknown document"),
        pytest.param("q1\td1\t1", "judged twice", id="judged twice"),
        pytest.param("q1 d1 1", "separated by tabs", id="spaces"),
        pytest.param("q2\td1\t0.5", "whole grade", id="a fraction"),
    ],
)
def test_a_bad_judgment_is_refused_with_its_file_and_line(folder, line, what):
    append(folder / "qrels.tsv", line + "\n")
    assert_refused_at(folder, "qrels.tsv:5", what)


def test_bytes_that_are_not_utf8_are_refused_with_their_line(folder):
    with (folder / "queries.jsonl").open("ab") as file:
        file.write(b'{"_id": "q3", "text": "\xff"}\n')
    with pytest.raises(InvalidDataset, match=r"queries\.jsonl:3: not UTF-8"):
        read_dataset(folder)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(InvalidDataset, match=name):
        read_dataset(folder)


def test_judgments_without_a_header_are_refused_rather_than_losing_the_first(folder):
    (folder / "qrels.tsv").write_text("q1\td1\t1\nq2\td2\t1\n", encoding="utf-8")
    with pytest.raises(InvalidDataset, match="header"):
        read_dataset(folder)


def test_an_empty_file_of_judgments_is_refused(folder):
    (folder / "qrels.tsv").write_text("", encoding="utf-8")
    with pytest.raises(InvalidDataset, match="is empty"):
        read_dataset(folder)


def test_a_query_without_judgments_is_refused_and_named(folder):
    append(folder / "queries.jsonl", jsonl([{"_id": "q3", "text": "Who?"}]))
    with pytest.raises(InvalidDataset, match='1 of 3 queries, "q3" first'):
        read_dataset(folder)


def test_a_query_without_judgments_is_left_out_and_reported_where_that_was_asked(folder):
    append(folder / "queries.jsonl", jsonl([{"_id": "q3", "text": "Who?"}]))
    dataset = read_dataset(folder, unjudged="leave out")
    assert list(dataset.queries) == list(dataset.qrels) == ["q1", "q2"]
    assert dataset.unjudged == ("q3",)


def test_a_query_all_of_whose_grades_are_zero_counts_as_unjudged(folder):
    append(folder / "queries.jsonl", jsonl([{"_id": "q3", "text": "Who?"}]))
    append(folder / "qrels.tsv", "q3\td1\t0\n")
    with pytest.raises(InvalidDataset, match='"q3"'):
        read_dataset(folder)
    assert read_dataset(folder, unjudged="leave out").unjudged == ("q3",)


def test_a_dataset_in_which_nothing_is_judged_is_refused_even_then(folder):
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n", encoding="utf-8")
    with pytest.raises(InvalidDataset, match="no query has"):
        read_dataset(folder, unjudged="leave out")


def test_unanswerable_queries_stand_apart(folder):
    row = {"_id": "u1", "text": "Who owns it?", "metadata": {"kind": "unanswerable"}}
    append(folder / "queries.jsonl", jsonl([row]))
    (folder / "queries_unanswerable.jsonl").write_text(
        jsonl([{"_id": "u2", "text": "Who lost it?"}]), encoding="utf-8"
    )
    dataset = read_dataset(folder)
    assert list(dataset.unanswerable) == ["u1", "u2"]
    assert list(dataset.queries) == ["q1", "q2"]


def test_an_unanswerable_query_with_judgments_is_a_contradiction(folder):
    row = {"_id": "u1", "text": "Who owns it?", "metadata": {"kind": "unanswerable"}}
    append(folder / "queries.jsonl", jsonl([row]))
    append(folder / "qrels.tsv", "u1\td1\t1\n")
    with pytest.raises(InvalidDataset, match='"u1" is unanswerable and yet judged'):
        read_dataset(folder)


def reference(document, quote):
    return {"references": [{"document": document, "quote": quote}]}


def test_references_quote_their_document(folder):
    row = {"_id": "q3", "text": "Where?", "metadata": reference("d1", "rises in Switzerland")}
    append(folder / "queries.jsonl", jsonl([row]))
    append(folder / "qrels.tsv", "q3\td1\t1\n")
    dataset = read_dataset(folder)
    assert dataset.queries["q3"].references == (Reference("d1", "rises in Switzerland"),)


@pytest.mark.parametrize(
    ("metadata", "what"),
    [
        pytest.param(reference("d1", "rises in Austria"), "is not in document", id="not verbatim"),
        pytest.param(reference("d9", "rises"), "does not hold", id="unknown document"),
        pytest.param(reference("d1", ""), '"quote"', id="empty quote"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(folder, metadata, what):
    append(folder / "queries.jsonl", jsonl([{"_id": "q3", "text": "?", "metadata": metadata}]))
    with pytest.raises(InvalidDataset, match=what):
        read_dataset(folder)


def test_references_of_another_form_stay_in_the_metadata(folder):
    row = {"_id": "q3", "text": "?", "metadata": {"references": [[4, 17]]}}
    append(folder / "queries.jsonl", jsonl([row]))
    append(folder / "qrels.tsv", "q3\td1\t1\n")
    query = read_dataset(folder).queries["q3"]
    assert query.references == ()
    assert query.metadata == {"references": [[4, 17]]}


def test_questions_alone_are_read_over_the_documents_of_a_collection(folder):
    whole = read_dataset(folder)
    corpus = read_corpus(folder)
    (folder / "corpus.jsonl").unlink()
    assert read_dataset(folder, corpus=corpus) == whole


def test_questions_about_documents_that_the_collection_lacks_are_refused(folder):
    (folder / "corpus.jsonl").unlink()
    other = Corpus("handbook", {"d1": EvalDocument("d1", "", "The Rhine")})
    with pytest.raises(InvalidDataset, match=r'qrels\.tsv:3: there is no document "d2"'):
        read_dataset(folder, corpus=other)


def test_a_dataset_with_its_own_corpus_takes_no_other(folder):
    with pytest.raises(InvalidDataset, match="of its own"):
        read_dataset(folder, corpus=Corpus("other", {}))


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "documents", "queries", "unanswerable"),
    [
        ("chunking_eval", 1790, 472, 0),
        ("clapnq_dev", 596, 300, 300),
        ("cmrc2018_dev", 848, 3219, 0),
        ("codebase_qa", 737, 248, 0),
        ("covidqa", 2242, 1380, 0),
        ("medquad_eval", 2726, 1894, 0),
        ("scifact", 5183, 300, 0),
    ],
)
def test_shared_sets_have_the_counts_of_their_readme(
    shared_data, name, documents, queries, unanswerable
):
    dataset = read_dataset(shared_data / "eval" / name)
    counts = (len(dataset.documents), len(dataset.queries), len(dataset.unanswerable))
    assert counts == (documents, queries, unanswerable)
