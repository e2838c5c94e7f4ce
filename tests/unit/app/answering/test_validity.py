import pytest

from app.answering.context.validity import iso, validity_of
from app.domain.documents import Document
from app.domain.statements import Validity


def of(text: str, *, title: str = "", **metadata: str) -> Validity:
    return validity_of(Document("d", text, title=title, metadata=metadata))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-03", "2024-05-03"),
        ("2024-05", "2024-05"),
        ("2024", "2024"),
        ("3 May 2024", "2024-05-03"),
        ("May 3, 2024", "2024-05-03"),
        ("2024年5月3日", "2024-05-03"),
        ("2024年5月", "2024-05"),
        ("on a day", ""),
    ],
)
def test_dates_are_read_as_far_as_they_go(text, expected):
    assert iso(text) == expected


@pytest.mark.parametrize(
    ("text", "metadata"),
    [
        ("Status: superseded\nIt is 25 euros.", {}),
        ("This policy has been replaced by version 2.", {}),
        ("This version is no longer valid.", {}),
        ("本制度已废止。", {}),
        ("本制度已被新版取代。", {}),
        ("It is 25 euros.", {"status": "superseded"}),
        ("It is 25 euros.", {"status": "Obsolete since May"}),
        ("It is 25 euros.", {"superseded_by": "v2"}),
        ("每天二十五元。", {"状态": "作废"}),
    ],
)
def test_what_another_document_took_the_place_of_is_superseded(text, metadata):
    assert of(text, **metadata).superseded


@pytest.mark.parametrize(
    ("text", "metadata"),
    [
        ("It is 30 euros.", {}),
        ("This policy replaces the superseded version 1.", {}),
        ("本制度取代已废止的旧制度。", {}),
        ("It is 30 euros.", {"status": "valid"}),
    ],
)
def test_what_replaces_another_is_not(text, metadata):
    assert not of(text, **metadata).superseded


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Effective 1 March 2024. It is 30 euros.", "2024-03-01"),
        ("Valid from 2024-03-01.", "2024-03-01"),
        ("自2024年3月1日起施行。", "2024-03-01"),
        ("In force since January 2, 2023.", "2023-01-02"),
        ("It is 30 euros.", ""),
    ],
)
def test_the_day_from_which_it_holds_is_read_from_its_beginning(text, date):
    assert of(text).date == date


def test_a_field_that_says_so_goes_before_the_text_and_the_text_before_a_mere_date():
    assert of("Valid from 2024-03-01.", effective="2025-01-01").date == "2025-01-01"
    assert of("Valid from 2024-03-01.", date="2025-01-01").date == "2024-03-01"
    assert of("It is 30 euros.", date="2025-01-01").date == "2025-01-01"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Version 2.1\n\nIt is 30 euros.", "2.1"),
        ("Policy v3", "3"),
        ("第2版", "2"),
        ("版本号：1.4", "1.4"),
        ("The 2nd edition.", "2"),
        ("It is 30 euros.", ""),
    ],
)
def test_the_edition_is_read(text, version):
    assert of(text).version == version


def test_the_title_counts_and_what_stands_far_below_does_not():
    assert of("It is 30 euros.", title="Travel policy, version 2").version == "2"
    assert of("It is. " * 400 + "Version 7").version == ""


def test_a_line_that_gives_the_version_comes_before_a_name_that_holds_one():
    assert of("版本：1.2\n状态：由 2.0 版代替", title="remote work v1").version == "1.2"
    assert of("Version: 3.1\nReplaces version 3.0", title="policy v7").version == "3.1"
