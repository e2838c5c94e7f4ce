from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.domain.documents import Document
from app.errors import DocumentRejected
from ingest.loaders.model import LoadedDocument
from ingest.loaders.registry import load
from ingest.sources.files import File, FileSource
from ingest.sources.metadata import MAX_METADATA_CHARACTERS, read_metadata
from ingest.sources.model import Rejected, Source
from ingest.sources.records import RecordSource
from ingest.sources.storable import MAX_ID_CHARACTERS
from ingest.sources.uploads import uploaded
from tests.unit.ingest.expanding import sources_in


def rejection(source: Source) -> DocumentRejected:
    with pytest.raises(DocumentRejected) as caught:
        source.load(load)
    return caught.value


# --- files ---------------------------------------------------------------------------------------


def test_the_hash_covers_content_and_name() -> None:
    def digest(name: str, content: bytes) -> str:
        return FileSource(name, content).identify()[1]

    assert digest("a.md", b"x") == digest("a.md", b"x")
    assert len({digest("a.md", b"x"), digest("b.md", b"x"), digest("a.md", b"y")}) == 3


def test_a_file_keeps_what_its_front_matter_says_unless_no_store_could_hold_it() -> None:
    source = (
        b"---\ntitle: T\nteam: ops\nscore: .nan\nsize: .inf\nn: 99999999999999999999\n---\ntext"
    )
    document = FileSource("docs/a.md", source).load(load)
    assert document.metadata == {"source": "docs/a.md", "format": "markdown", "team": "ops"}


def test_metadata_of_a_file_are_bounded() -> None:
    for metadata, reason in (
        ({f"field{n}": "x" * 3_000 for n in range(10)}, "16,384 characters"),
        ({f"field{n}": n for n in range(60_000)}, "256 fields"),
    ):
        loaded = LoadedDocument("text", metadata=metadata)
        with pytest.raises(DocumentRejected, match=reason) as caught:
            FileSource("a.md", b"").load(lambda name, data, loaded=loaded: loaded)
        assert caught.value.code == "invalid_record"


def test_texts_are_bounded_whoever_reads_them() -> None:
    loaded = LoadedDocument("x" * 11)
    for source in (FileSource("a.md", b""), RecordSource("r", {"id": "r", "text": "x" * 11})):
        assert source.load(lambda name, data: loaded, max_characters=11).text == "x" * 11
        with pytest.raises(DocumentRejected, match="max_document_characters") as caught:
            source.load(lambda name, data: loaded, max_characters=10)
        assert caught.value.code == "too_large"


# --- uploads -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("a.md", "a.md"),
        ("sub/a.md", "sub/a.md"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Users\\me\\a.md", "C:/Users/me/a.md"),
        ("./a/../b.md", "a/b.md"),
        ("a\x00b.md", "ab.md"),
        ("\ud800.md", "?.md"),
    ],
)
def test_uploads_are_named_without_folders_that_lead_out(name: str, id_: str) -> None:
    upload = uploaded(name, Path("kept"))
    assert isinstance(upload, File)
    assert upload.name == id_


@pytest.mark.parametrize("name", ["", "/", "..", "\x00"])
def test_an_upload_without_a_name_is_rejected(name: str) -> None:
    upload = uploaded(name, Path("kept"))
    assert isinstance(upload, Rejected)
    assert upload.reason.code == "invalid_record"


# --- records -------------------------------------------------------------------------------------


def record(source: object) -> Document:
    return RecordSource("here", source, fallback_id="fallback").load(load)


def test_a_record_becomes_a_document() -> None:
    given = {"id": "x", "title": "T", "text": " text ", "uri": "u", "metadata": {"n": 1}}
    assert record(given) == Document("x", " text ", "T", "u", {"n": 1})
    assert record({"_id": "beir", "text": "t"}).id == "beir"
    assert record({"id": 7, "text": "t"}).id == "7"
    assert record({"text": "t"}).id == "fallback"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (None, "invalid_record"),
        (["text"], "invalid_record"),
        ({"id": "", "text": "t"}, "invalid_record"),
        ({"id": "\x00", "text": "t"}, "invalid_record"),
        ({"id": True, "text": "t"}, "invalid_record"),
        ({"id": 1.5, "text": "t"}, "invalid_record"),
        ({"id": "x" * (MAX_ID_CHARACTERS + 1), "text": "t"}, "invalid_record"),
        ({"text": 3}, "invalid_record"),
        ({"text": "t", "title": ["T"]}, "invalid_record"),
        ({"text": "t", "metadata": [1]}, "invalid_record"),
        ({"text": " \n"}, "empty"),
        ({}, "empty"),
    ],
)
def test_what_is_no_document_is_rejected(source: object, code: str) -> None:
    assert rejection(RecordSource("here", source, fallback_id="fallback")).code == code


def test_what_no_store_can_hold_is_taken_out_of_text() -> None:
    document = record({"id": "a\x00b", "text": "x\x00y\ud800z", "title": "\udfff"})
    assert (document.id, document.text, document.title) == ("ab", "xy?z", "?")


def test_the_hash_of_a_record_covers_every_field() -> None:
    base = {"id": "x", "title": "T", "text": "text", "uri": "u", "metadata": {"a": 1, "b": 2}}
    changes: list[dict[str, object]] = [
        {},
        {"title": "U"},
        {"text": "other"},
        {"uri": "v"},
        {"metadata": {"a": 1}},
    ]
    hashes = [RecordSource("n", base | change).identify()[1] for change in changes]
    assert len(set(hashes)) == len(changes)
    reordered = dict(reversed(base.items())) | {"metadata": {"b": 2, "a": 1}}
    assert RecordSource("n", reordered).identify()[1] == hashes[0]


def test_metadata_are_scalars_and_lists_of_scalars() -> None:
    given = {"s": "x", "n": 1, "f": 0.5, "b": True, "l": ["a", 1], "none": None, "e": []}
    expected = {"s": "x", "n": 1, "f": 0.5, "b": True, "l": ("a", 1), "e": ()}
    assert read_metadata(given) == expected
    assert read_metadata(None) == {}


@pytest.mark.parametrize(
    "value",
    [
        {"nested": 1},
        [[1]],
        [None],
        float("nan"),
        float("inf"),
        [1.0, float("-inf")],
        2**63,
        10**400,
        b"bytes",
        "x" * (MAX_METADATA_CHARACTERS + 1),
        list(range(MAX_METADATA_CHARACTERS)),
    ],
    ids=lambda value: str(value)[:20],
)
def test_metadata_that_no_store_can_hold_are_rejected(value: object) -> None:
    with pytest.raises(DocumentRejected) as caught:
        read_metadata({"field": value})
    assert caught.value.code == "invalid_record"


TEXTS = ("中文内容，…", "第二行：价格是 5 元")


@pytest.mark.parametrize(
    ("codec", "named"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
    ],
)
def test_jsonl_need_not_be_utf_8(codec: str, named: str | None) -> None:
    lines = (json.dumps({"id": str(n), "text": t}, ensure_ascii=False) for n, t in enumerate(TEXTS))
    found = [source.load(load) for source in sources_in("f.jsonl", "\n".join(lines).encode(codec))]
    assert tuple(document.text for document in found) == TEXTS
    assert {document.metadata.get("encoding") for document in found} == {named}


def test_jsonl_in_big5_is_read_and_says_so_beside_its_own_metadata() -> None:
    given = {"text": "繁體中文的內容，以及說明", "metadata": {"n": 1}}
    (source,) = sources_in("f.jsonl", json.dumps(given, ensure_ascii=False).encode("big5"))
    document = source.load(load)
    assert document.text == given["text"]
    assert document.metadata == {"encoding": "big5hkscs", "n": 1}


def test_what_is_no_record_stays_none_in_any_encoding() -> None:
    lines = '"文"\n{"text": "文", "metadata": []}\n'
    for source in sources_in("f.jsonl", lines.encode("utf-16")):
        assert rejection(source).code == "invalid_record"


def test_jsonl_that_is_no_text_is_one_failure() -> None:
    data = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
    (source,) = sources_in("f.jsonl", data)
    assert (source.name, rejection(source).code) == ("f.jsonl", "undecodable")


@pytest.mark.parametrize("data", ["", "\n \n"])
def test_jsonl_without_any_line_is_one_failure(data: str) -> None:
    (source,) = sources_in("f.jsonl", data.encode())
    assert (source.name, rejection(source).code) == ("f.jsonl", "empty")


def test_each_line_of_jsonl_is_a_document_or_a_failure_of_its_own() -> None:
    data = "\ufeff" + "\n".join(
        [
            '{"id": "a", "text": "one"}',
            "",
            "not json",
            '{"text": "no id"}\r',
            '{"text": NaN}',
            '{"text": "t", "metadata": {"x": -Infinity}}',
            '{"text": "t", "metadata": {"x": 1e999}}',
            "[" * 100_000,
            '"text"',
            '{"text": "line\u2028separator\u0085inside"}',
        ]
    )
    results: list[tuple[str, str]] = []
    for source in sources_in("f.jsonl", data.encode()):
        try:
            results.append((source.name, source.load(load).id))
        except DocumentRejected as reason:
            results.append((source.name, reason.code))
    assert results == [
        ("f.jsonl:1", "a"),
        ("f.jsonl:3", "invalid_record"),
        ("f.jsonl:4", "f.jsonl:4"),
        ("f.jsonl:5", "invalid_record"),
        ("f.jsonl:6", "invalid_record"),
        ("f.jsonl:7", "invalid_record"),
        ("f.jsonl:8", "invalid_record"),
        ("f.jsonl:9", "invalid_record"),
        ("f.jsonl:10", "f.jsonl:10"),
    ]


@pytest.mark.parametrize(
    ("line", "title", "text"),
    [
        ({"id": "c1", "课程": "急救", "hours": 6}, "", "课程: 急救\nhours: 6"),
        ({"course": "Fire", "on": True, "at": {"site": "Lund", "days": [1, 2]}}, "",
         "course: Fire\non: true\nat › site: Lund\nat › days: 1, 2"),
        ({"question": "May I?", "answer": "You may."}, "May I?", "You may."),
        ({"id": 3, "问题": "可以吗？", "答案": "可以。"}, "可以吗？", "可以。"),
    ],
)  # fmt: skip
def test_lines_that_are_data_have_their_fields_for_text(
    line: dict[str, object], title: str, text: str
) -> None:
    (source,) = sources_in("a.jsonl", json.dumps(line).encode())
    document = source.load(load)
    assert (document.title, document.text) == (title, text)


def test_fields_of_data_are_rows() -> None:
    (source,) = sources_in("a.jsonl", b'{"course": "Fire", "hours": 6}')
    document = source.load(load)
    cells = [(document.text[slice(*c.span)], c.head) for b in document.blocks for c in b.cells]
    assert cells == [("Fire", "course"), ("6", "hours")]


@pytest.mark.parametrize("line", ["{}", '{"id": 1}', '{"text": ""}', '{"title": "T"}'])
def test_lines_without_any_field_are_empty(line: str) -> None:
    (source,) = sources_in("a.jsonl", line.encode())
    assert rejection(source).code == "empty"
