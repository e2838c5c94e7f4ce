"""Archives: what is in them becomes documents, whatever their headers say."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping

import pytest

from ingest.expansion import registry
from ingest.expansion.model import FilePart, Part, RecordPart, RefusedPart
from tests.unit.ingest.expanding import LIMITS

Pack = Callable[[Mapping[str, bytes]], bytes]


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(files: Mapping[str, bytes], mode: str = "") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{mode}") as archive:  # type: ignore[call-overload]  # a mode
        for name, data in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            header.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            archive.addfile(header, io.BytesIO(data))
    return packed.getvalue()


PACKED = [pytest.param("a.zip", zipped, id="zip"), pytest.param("a.tar", tarred, id="tar")]


def parts(name: str, data: bytes, **limits: float) -> list[Part]:
    return list(registry.expand(name, io.BytesIO(data), LIMITS._replace(**limits)))  # type: ignore[arg-type]  # whole ones


def told(found: list[Part]) -> list[tuple[str, str]]:
    """Names, with the code of what is refused."""
    return [(part.name, part.code if isinstance(part, RefusedPart) else "") for part in found]


# --- what is in them -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_each_file_is_a_part_named_by_the_archive_and_its_path(name: str, pack: Pack) -> None:
    files = {"./one.md": b"one", "notes/": b"", "notes/茶.md": b"two", "r.jsonl": b'{"n": 1}\n'}
    assert parts(name, pack(files)) == [
        FilePart(f"{name}!/one.md", b"one"),
        FilePart(f"{name}!/notes/茶.md", b"two"),
        RecordPart(f"{name}!/r.jsonl:1", {"text": "n: 1"}),
    ]


@pytest.mark.parametrize("mode", ["", "gz", "bz2", "xz"])
@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.TAR.XZ"])
def test_how_a_tar_archive_is_packed_is_known_by_its_content(name: str, mode: str) -> None:
    assert parts(name, tarred({"b.md": b"text"}, mode)) == [FilePart(f"{name}!/b.md", b"text")]


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_hidden_files_are_left_out_as_in_folders(name: str, pack: Pack) -> None:
    files = {".env": b"x", ".git/config": b"x", "__MACOSX/._a.md": b"x", "a.md": b"text"}
    assert told(parts(name, pack(files))) == [(f"{name}!/a.md", "")]


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_an_archive_of_nothing_is_one_failure(name: str, pack: Pack) -> None:
    assert told(parts(name, pack({}))) == [(name, "empty")]
    assert told(parts(name, pack({".hidden": b"x"}))) == [(name, "empty")]


def test_a_word_file_that_is_called_an_archive_stays_one_document() -> None:
    data = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    assert parts("a.zip", data) == [FilePart("a.zip", data)]


@pytest.mark.parametrize(
    ("encoding", "path"),
    [
        ("utf-8", "目录/说明.md"),
        ("gb2312", "目录/说明.md"),
        ("gb2312", "①第Ⅱ章→附录.md"),
        ("gbk", "朱镕基.md"),
        ("gbk", "資料.md"),
        ("gb18030", "“𠮷野”（2024）.md"),
        ("cp437", "café.md"),
        ("cp437", "détail créée.md"),
    ],
)
def test_names_that_are_not_marked_as_utf_8_are_read_all_the_same(encoding: str, path: str) -> None:
    written = path.encode(encoding)
    data = zipped({"x" * len(written): b"text"}).replace(b"x" * len(written), written)
    assert parts("a.zip", data) == [FilePart(f"a.zip!/{path}", b"text")]


@pytest.mark.parametrize(
    ("encoding", "paths"),
    [
        ("utf-8", ["目录/说明.md", "café.md"]),
        ("gbk", ["规则.md", "合同.md", "朱镕基.md", "資料.md"]),
        ("cp1252", ["café.md", "détail.md"]),
    ],
)
@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT], ids=["gnu", "ustar"])
def test_names_in_a_tar_archive_are_read_in_the_encoding_of_their_packer(
    encoding: str, paths: list[str], form: int
) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form, encoding=encoding) as archive:
        for path in paths:
            archive.addfile(tarfile.TarInfo(path))
    found = parts("a.tar", packed.getvalue())
    assert [part.name for part in found] == [f"a.tar!/{path}" for path in paths]


# --- archives within archives --------------------------------------------------------------------


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_archives_within_archives_are_opened_to_a_depth(name: str, pack: Pack) -> None:
    two = pack({"c.md": b"deep"})
    one = pack({f"b/{name}": two, "b.md": b"text"})
    whole = pack({name: one})
    assert told(parts(name, whole, max_depth=3)) == [
        (f"{name}!/{name}!/b/{name}!/c.md", ""),
        (f"{name}!/{name}!/b.md", ""),
    ]
    refused, text = parts(name, whole, max_depth=2)
    assert told([refused, text]) == [
        (f"{name}!/{name}!/b/{name}", "nested_too_deep"),
        (f"{name}!/{name}!/b.md", ""),
    ]
    assert isinstance(refused, RefusedPart)
    assert "ingest.max_depth" in refused.reason


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_a_damaged_archive_within_another_fails_alone(name: str, pack: Pack) -> None:
    files = {"bad.zip": b"no archive", "bad.tar": b"no archive" * 99, "good.md": b"text"}
    assert told(parts(name, pack(files))) == [
        (f"{name}!/bad.zip", "corrupt"),
        (f"{name}!/bad.tar", "corrupt"),
        (f"{name}!/good.md", ""),
    ]


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "pack"), PACKED)
@pytest.mark.parametrize(
    "path", ["../out.md", "a/../../out.md", "/etc/passwd", "C:/out.md", "..\\out.md", "\\out.md"]
)
def test_paths_that_lead_out_are_refused(name: str, pack: Pack, path: str) -> None:
    first, second = parts(name, pack({path: b"text", "good.md": b"text"}))
    assert isinstance(first, RefusedPart)
    assert (first.name, first.code) == (f"{name}!/{path}", "leads_out")
    assert second == FilePart(f"{name}!/good.md", b"text")


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_paths_that_no_document_can_be_called_by_are_refused(name: str, pack: Pack) -> None:
    found = parts(name, pack({"x/" * 300 + "a.md": b"text", "\u202e": b"text"}))
    assert [code for _, code in told(found)] == ["invalid_record"] * 2
    assert all(len(part.name) <= 512 for part in found)


def test_links_are_refused() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:") as archive:
        for name, kind in (("soft.md", tarfile.SYMTYPE), ("hard.md", tarfile.LNKTYPE)):
            header = tarfile.TarInfo(name)
            header.type, header.linkname = kind, "/etc/passwd"
            archive.addfile(header)
        device = tarfile.TarInfo("device")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
    assert told(parts("a.tar", packed.getvalue())) == [
        ("a.tar!/soft.md", "leads_out"),
        ("a.tar!/hard.md", "leads_out"),
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zip_:
        link = zipfile.ZipInfo("soft.md")
        link.external_attr = 0o120777 << 16
        zip_.writestr(link, "/etc/passwd")
    assert told(parts("a.zip", packed.getvalue())) == [("a.zip!/soft.md", "leads_out")]


def test_encrypted_files_are_refused_and_others_read() -> None:
    data = bytearray(zipped({"secret.md": b"text", "open.md": b"text"}))
    data[6] |= 1  # of the first local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and of its entry in the directory
    assert told(parts("a.zip", bytes(data))) == [
        ("a.zip!/secret.md", "encrypted"),
        ("a.zip!/open.md", ""),
    ]


def test_a_damaged_file_of_a_zip_archive_fails_alone() -> None:
    data = bytearray(zipped({"bad.md": b"text" * 99, "good.md": b"text"}))
    data[len("bad.md") + 32] ^= 0xFF
    assert told(parts("a.zip", bytes(data))) == [
        ("a.zip!/bad.md", "corrupt"),
        ("a.zip!/good.md", ""),
    ]


@pytest.mark.parametrize("mode", ["", "gz", "bz2", "xz"])
def test_of_a_tar_archive_that_breaks_off_the_rest_is_refused(mode: str) -> None:
    data = tarred({f"{n}.md": random.Random(n).randbytes(20_000) for n in range(9)}, mode)
    *read, rest = told(parts("a.tar", data[: len(data) // 2]))
    assert rest == ("a.tar", "corrupt")
    assert len(read) < 9
    assert set(read[:-1]) <= {(f"a.tar!/{n}.md", "") for n in range(9)}


def test_of_a_tar_archive_that_is_damaged_the_rest_is_refused_and_not_forgotten() -> None:
    data = bytearray(tarred({"a.md": b"text", "b.md": b"text", "c.md": b"text"}))
    data[1024 + 100] ^= 0xFF  # in the second header
    assert told(parts("a.tar", bytes(data))) == [("a.tar!/a.md", ""), ("a.tar", "corrupt")]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tgz"])
@pytest.mark.parametrize("data", [b"", b"no archive", b"\x1f\x8b", b"PK\x03\x04", b"\0" * 5_000])
def test_what_is_no_archive_is_one_failure(name: str, data: bytes) -> None:
    ((found, code),) = told(parts(name, data))
    assert found == name
    assert code in ("corrupt", "empty")


# --- what it may unpack to -----------------------------------------------------------------------


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_a_file_that_is_too_large_fails_alone(name: str, pack: Pack) -> None:
    files = {"big.md": b"x" * 1_001, "big.zip": b"x" * 1_001, "good.md": b"text"}
    found = parts(name, pack(files), max_part_bytes=1_000)
    assert told(found) == [
        (f"{name}!/big.md", "too_large"),
        (f"{name}!/big.zip", "too_large"),
        (f"{name}!/good.md", ""),
    ]


def test_a_size_that_a_header_lies_about_is_found_out() -> None:
    data = bytearray(zipped({"big.md": b"x" * 5_000}))
    struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 24, 10)
    (part,) = parts("a.zip", bytes(data), max_part_bytes=1_000)
    assert isinstance(part, RefusedPart)


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_of_too_many_files_the_rest_is_refused(name: str, pack: Pack) -> None:
    found = told(parts(name, pack({f"{n}.md": b"text" for n in range(9)}), max_parts=2))
    assert found == [(f"{name}!/0.md", ""), (f"{name}!/1.md", ""), (name, "too_large")]


@pytest.mark.parametrize(("name", "pack"), PACKED)
@pytest.mark.parametrize("inner", [False, True])
def test_of_what_unpacks_to_too_much_the_rest_is_refused(
    name: str, pack: Pack, inner: bool
) -> None:
    data = pack({f"{n}.md": bytes([n]) * 100_000 for n in range(9)})
    data = pack({name: data}) if inner else data
    *read, rest = parts(name, data, max_bytes=350_000 + len(data) * inner)
    assert told([rest]) == [(name, "too_large")]
    assert 0 < len(read) < 9
    assert isinstance(rest, RefusedPart)
    assert "ingest.max_expanded_bytes" in rest.reason


@pytest.mark.parametrize("name", ["a.zip", "a.tgz"])
def test_a_bomb_is_known_by_its_ratio(name: str) -> None:
    files = {f"{n}.md": b"\0" * 1_000_000 for n in range(20)}
    data = zipped(files) if name == "a.zip" else gzip.compress(tarred(files))
    *read, rest = parts(name, data)
    assert told([rest]) == [(name, "too_large")]
    assert isinstance(rest, RefusedPart)
    assert "ingest.max_expansion_ratio" in rest.reason
    assert len(read) < 20
    assert len(parts(name, data, max_ratio=2_000)) == 20


def test_what_is_passed_over_in_a_tar_archive_counts_too() -> None:
    data = gzip.compress(tarred({".hidden": b"\0" * 30_000_000, "a.md": b"text"}))
    assert told(parts("a.tgz", data)) == [("a.tgz", "too_large")]
    assert told(parts("a.tgz", data, max_ratio=2_000)) == [("a.tgz!/a.md", "")]
