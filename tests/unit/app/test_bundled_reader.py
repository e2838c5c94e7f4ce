"""What ships of the reader: a small file, and a card that says what it saw."""

from __future__ import annotations

from app.models.bundled.catalogue import E5_SMALL, READER_SMALL, bundled

MOST_BYTES = 24_000_000


def test_the_reader_is_small_stands_on_the_default_embedder_and_is_installed_with_it() -> None:
    assert bundled("attest-reader-small") is READER_SMALL
    assert READER_SMALL.kind == "reader"
    assert READER_SMALL.base is E5_SMALL
    assert READER_SMALL.default
    assert READER_SMALL.file.stat().st_size <= MOST_BYTES


def test_its_card_names_data_licences_command_and_scores() -> None:
    card = READER_SMALL.file.with_suffix(".md").read_text(encoding="utf-8")
    for heading in ("## Data", "## Scores", "## Settings"):
        assert heading in card
    assert "rag train reader" in card
    assert "CC BY-SA 3.0" in card
    assert "office_policy" in card
