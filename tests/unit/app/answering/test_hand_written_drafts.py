"""Drafts written by hand over documents of an invented company, true ones and false ones.

They are in ``hand_written_drafts.json``: for each document, what it bears and what it does not.
"""

import json
from pathlib import Path

import pytest

from app.answering.verifying.verifier import Verifier
from tests.unit.app.answering.desk import statements

DOCUMENTS = json.loads(
    Path(__file__).with_name("hand_written_drafts.json").read_text(encoding="utf-8")
)


def drafts(kind: str) -> list:
    return [
        pytest.param(document["name"], document["text"], draft, id=draft)
        for document in DOCUMENTS
        for draft in document[kind]
    ]


@pytest.mark.parametrize(("name", "text", "draft"), drafts("borne"))
def test_a_true_draft_is_borne_by_a_statement(analyzer, name, text, draft):
    verifier = Verifier(analyzer.terms)
    assert None in [verifier.refuse(draft, one) for one in statements(name, text)]


@pytest.mark.parametrize(("name", "text", "draft"), drafts("not_borne"))
def test_a_false_draft_is_borne_by_none(analyzer, name, text, draft):
    verifier = Verifier(analyzer.terms)
    assert None not in [verifier.refuse(draft, one) for one in statements(name, text)]
