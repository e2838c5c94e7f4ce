"""Files that hold several documents, opened in this process."""

from __future__ import annotations

import io
import json
import tracemalloc
from pathlib import Path

import pytest

from ingest.expansion import registry
from ingest.expansion.model import FilePart, Part, RecordPart, RefusedPart
from ingest.loaders.encodings.encoding import decode
from ingest.loaders.encodings.lines import decode_lines
from tests.unit.ingest.expanding import LIMITS, expand


def parts(name: str, data: bytes, **limits: float) -> list[Part]:
    return list(registry.expand(name, io.BytesIO(data), LIMITS._replace(**limits)))  # type: ignore[arg-type]  # whole ones


# --- one document --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.md", "a", "archive.zip.md", "docs/r.jsonl/a.txt", ".zip.bak"])
def test_a_file_that_is_one_document_is_its_only_part(name: str) -> None:
    assert parts(name, b"text") == [FilePart(name, b"text")]
    assert not registry.is_container(name)


@pytest.mark.parametrize("name", ["a.jsonl", "A.JSONL", "x/b.ndjson", "a.tar.gz", "b.ZIP"])
def test_files_of_several_documents_are_known_by_their_names(name: str) -> None:
    assert registry.is_container(name)


# --- lines ---------------------------------------------------------------------------------------


def test_each_line_is_a_part_named_by_its_number() -> None:
    assert parts("r.jsonl", b'{"text": "one"}\n\nno JSON\n{"text": "two"}') == [
        RecordPart("r.jsonl:1", {"text": "one"}),
        RefusedPart("r.jsonl:3", "invalid_record", "The line is not valid JSON."),
        RecordPart("r.jsonl:4", {"text": "two"}),
    ]


def test_of_too_many_lines_the_first_are_parts_and_the_rest_is_refused() -> None:
    first, second, rest = parts("r.jsonl", b'{"text": "t"}\n' * 5, max_parts=2)
    assert (first.name, second.name) == ("r.jsonl:1", "r.jsonl:2")
    assert isinstance(rest, RefusedPart)
    assert (rest.name, rest.code) == ("r.jsonl", "too_large")
    assert "2 documents" in rest.reason
    assert "ingest.max_parts" in rest.reason


def test_a_line_that_is_too_long_fails_alone() -> None:
    data = b'{"text": "one"}\n{"text": "' + b"x" * 3_000_000 + b'"}\n{"text": "two"}\n'
    first, long, last = parts("r.jsonl", data, max_part_bytes=1_000)
    assert isinstance(long, RefusedPart)
    assert (long.name, long.code) == ("r.jsonl:2", "too_large")
    assert first == RecordPart("r.jsonl:1", {"text": "one"})
    assert last == RecordPart("r.jsonl:3", {"text": "two"})


def test_a_long_file_of_lines_is_never_held_whole(tmp_path: Path) -> None:
    line = json.dumps({"text": "茶" * 5_000}, ensure_ascii=False).encode() + b"\n"
    (tmp_path / "r.jsonl").write_bytes(line * 1_000)  # 15 MB
    with (tmp_path / "r.jsonl").open("rb") as file:
        tracemalloc.start()
        count = sum(1 for _ in expand("r.jsonl", file))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 1_000
    assert peak < 8_000_000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a\nb",
        b"a\r\n\n\xe8\x8c\xb6\n",
        b"\xef\xbb\xbfmarked\nlines\n",
        "half \u2028 line\x85\n".encode(),
        "twice \u00e2\u0080\u0093 encoded\nfirst\n".encode(),
        "茶\n价\n".encode("gb18030"),
        "text\n".encode("utf-16"),
        "text of some length\n".encode("utf-16-le"),
        b"utf-8 \xe8\x8c\xb6\n" * 3 + "旧文件的内容\n".encode("gb18030"),
        ("x" * 2**20).encode()[:-1] + "茶茶\n茶".encode(),
        ("x" * 2**20).encode()[:-1] + "茶茶\n".encode() + b"\xff\n",
    ],
)
def test_lines_are_those_of_the_file_decoded_as_a_whole(data: bytes) -> None:
    whole = decode(data)
    encoding, lines = decode_lines(io.BytesIO(data), max_bytes=2**22)
    assert encoding == whole.encoding
    assert "".join(line or "" for _, line in lines) == whole.text
