import json

import pytest

from ingest.loaders.registry import load
from ingest.sources.records import RecordSource
from tests.unit.ingest.expanding import sources_in


def documents(*records):
    lines = "\n".join(json.dumps(record) for record in records)
    return [source.load(load) for source in sources_in("r.jsonl", lines.encode())]


def test_texts_titles_ids_and_metadata_of_records_are_cleaned_as_files_are():
    record = {
        "id": "one\x1b[2J\u202e 1",
        "text": "The\x1b[31m fee\u202e is\U000e0041 40\x00 euros.\r\nPay.",
        "title": "Fees\x07\u2066 and\nterms",
        "uri": "http://a.b/\u202e",
        "metadata": {"by\u202e": "Ann\x1b[0m", "tags": ["x\U000e0042"]},
    }
    (document,) = documents(record)
    assert document.id == "one 1"
    assert document.text == "The fee is 40 euros.\r\nPay."  # line ends stay
    assert document.title == "Fees and terms"
    assert document.uri == "http://a.b/"
    assert document.metadata["by"] == "Ann"
    assert document.metadata["tags"] == ("x",)


def test_names_and_values_of_fields_are_cleaned():
    (document,) = documents({"pri\u202ece": "40\x1b[31m euros", "note": "b\U000e0041"})
    assert document.text == "price: 40 euros\nnote: b"


def test_a_question_that_becomes_a_title_is_cleaned():
    (document,) = documents({"question": "How\x1b[1m much?\u202e", "answer": "40\x07euros"})
    assert document.title == "How much?"
    assert document.text == "40 euros"


@pytest.mark.parametrize("text", ["e\u0301", "\ufb01", "\u200d", "\U0001f3f4\U000e0067\U000e007f"])
def test_ids_are_spelled_as_they_came(text):
    assert RecordSource("r", {"id": text, "text": "x"}, fallback_id="r").load(load).id == text
