from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.domain import Document
from app.errors import DocumentRejected, InvalidRequest
from ingest.loaders.model import LoadedDocument
from ingest.loaders.registry import load
from ingest.sources import (
    MAX_ID_CHARACTERS,
    MAX_METADATA_CHARACTERS,
    BytesSource,
    FileSource,
    FoundFiles,
    RecordSource,
    Source,
    find_files,
    read_metadata,
    read_records,
    uploaded,
)


def found(*paths: Path, max_bytes: int = 1_000) -> FoundFiles:
    return find_files(paths, max_bytes=max_bytes)


def ids(files: FoundFiles) -> list[str]:
    return [source.identify()[0] for source in files.sources]


def rejection(source: Source) -> DocumentRejected:
    with pytest.raises(DocumentRejected) as caught:
        source.load(load)
    return caught.value


# --- files ---------------------------------------------------------------------------------------


def test_files_are_named_by_their_folder_and_found_in_a_stable_order(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", "sub/c.md", ".hidden.md", ".git/config", "sub/.x/y.md"):
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text("text")
    files = found(tmp_path / "docs")
    assert ids(files) == ["docs/a.md", "docs/b.md", "docs/sub/c.md"]
    assert files.roots == ("docs/",)


def test_a_file_that_is_named_by_itself_has_its_name_and_no_root(tmp_path: Path) -> None:
    (tmp_path / ".a.md").write_text("text")
    files = found(tmp_path / ".a.md")
    assert ids(files) == [".a.md"]
    assert files.roots == ()


def test_ids_do_not_depend_on_how_the_folder_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("text")
    monkeypatch.chdir(tmp_path / "docs")
    assert ids(found(Path())) == ids(found(Path("../docs"))) == ids(found(tmp_path / "docs"))


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert found(tmp_path).sources == ()


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"no file or folder .*missing"):
        found(tmp_path / "missing")


def test_links_that_lead_in_circles_are_not_followed(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "sub").mkdir(parents=True)
    (docs / "a.md").write_text("text")
    (docs / "sub" / "up").symlink_to(docs, target_is_directory=True)
    (docs / "self").symlink_to(docs / "self")
    (docs / "broken.md").symlink_to(tmp_path / "missing.md")
    assert ids(found(docs)) == ["docs/a.md"]


def test_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    os.mkfifo(tmp_path / "docs" / "pipe.md")  # reading it would wait for ever
    assert found(tmp_path / "docs").sources == ()


def test_names_that_are_no_unicode_are_read_all_the_same(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    Path(os.fsdecode(os.fsencode(docs) + b"/caf\xe9.md")).write_text("text")
    (source,) = found(docs).sources
    assert source.identify()[0] == "docs/caf?.md"
    assert source.load(load).text == "text"


def test_a_file_that_vanishes_or_cannot_be_read_is_a_failure_of_its_own(tmp_path: Path) -> None:
    source = FileSource(tmp_path / "gone.md", "gone.md", 1_000)
    assert rejection(source).code == "corrupt"
    assert "No such file" in rejection(source).message
    assert str(tmp_path) not in rejection(source).message


def test_a_folder_that_cannot_be_read_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs" / "locked").mkdir(parents=True)
    scandir = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    (source,) = found(tmp_path / "docs").sources
    assert source.name == "docs/locked/"
    assert rejection(source).message == "The folder can't be read: Permission denied."


def test_a_file_over_the_limit_is_not_even_read(tmp_path: Path) -> None:
    (tmp_path / "big.md").write_text("x" * 1_001)
    (tmp_path / "big.jsonl").write_text("x" * 1_001)
    for name in ("big.md", "big.jsonl"):
        (source,) = found(tmp_path / name).sources
        assert rejection(source).code == "too_large"
        assert "1,000 bytes" in rejection(source).message
        assert source.name == name


def test_the_hash_covers_content_and_name(tmp_path: Path) -> None:
    def digest(name: str, content: bytes) -> str:
        return BytesSource(name, content).identify()[1]

    assert digest("a.md", b"x") == digest("a.md", b"x")
    assert len({digest("a.md", b"x"), digest("b.md", b"x"), digest("a.md", b"y")}) == 3


def test_a_file_keeps_what_its_front_matter_says_unless_no_store_could_hold_it() -> None:
    source = (
        b"---\ntitle: T\nteam: ops\nscore: .nan\nsize: .inf\nn: 99999999999999999999\n---\ntext"
    )
    document = BytesSource("docs/a.md", source).load(load)
    assert document.metadata == {"source": "docs/a.md", "format": "markdown", "team": "ops"}


def test_metadata_of_a_file_are_bounded() -> None:
    long = {f"field{n}": "x" * 3_000 for n in range(10)}
    loaded = LoadedDocument("text", metadata=long)
    document = BytesSource("a.md", b"").load(lambda name, data: loaded)
    assert len(json.dumps(dict(document.metadata))) <= MAX_METADATA_CHARACTERS
    assert set(document.metadata) == {"source", *(f"field{n}" for n in range(5))}


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
    (source,) = uploaded(name, b"text")
    assert source.identify()[0] == id_


@pytest.mark.parametrize("name", ["", "/", "..", "\x00"])
def test_an_upload_without_a_name_is_rejected(name: str) -> None:
    (source,) = uploaded(name, b"text")
    assert rejection(source).code == "invalid_record"


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
    for source in read_records("f.jsonl", data.encode()):
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
