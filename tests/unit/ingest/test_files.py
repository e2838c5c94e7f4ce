from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from app.errors import DocumentRejected, InvalidRequest
from ingest.loaders.registry import load
from ingest.sources.documents import documents
from ingest.sources.files import File
from ingest.sources.found_files import FoundFiles, find_files
from ingest.sources.model import Rejected, Source
from tests.unit.ingest.expanding import expand


def found(*paths: Path, max_bytes: int = 1_000) -> FoundFiles:
    return find_files(paths, max_bytes=max_bytes)


def opened(files: FoundFiles) -> Iterator[Source]:
    return documents(files.files, expand)


def ids(files: FoundFiles) -> list[str]:
    return [source.identify()[0] for source in opened(files)]


def rejection(source: Source) -> DocumentRejected:
    with pytest.raises(DocumentRejected) as caught:
        source.load(load)
    return caught.value


def test_files_are_named_by_their_folder_and_found_in_a_stable_order(tmp_path: Path) -> None:
    for name in ("b.md", "a.md", "sub/c.md", ".hidden.md", ".git/config", "sub/.x/y.md"):
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text("text")
    files = found(tmp_path / "docs")
    assert ids(files) == ["docs/a.md", "docs/b.md", "docs/sub/c.md"]
    assert files.roots == ("docs/",)


def test_a_file_that_is_named_by_itself_has_its_name(tmp_path: Path) -> None:
    (tmp_path / ".a.md").write_text("text")
    files = found(tmp_path / ".a.md")
    assert ids(files) == [".a.md"]
    assert files.roots == (".a.md!/",)


def test_ids_do_not_depend_on_how_the_folder_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("text")
    monkeypatch.chdir(tmp_path / "docs")
    assert ids(found(Path())) == ids(found(Path("../docs"))) == ids(found(tmp_path / "docs"))


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert ids(found(tmp_path)) == []


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"no file or folder .*missing"):
        found(tmp_path / "missing")


def test_links_that_lead_out_of_the_folder_are_reported_and_not_read(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "sub").mkdir(parents=True)
    (tmp_path / "docs-secret").mkdir()
    secret = tmp_path / "docs-secret" / "secret.md"
    secret.write_text("secret")
    (docs / "real.md").write_text("text")
    (docs / "sub" / "inside.md").symlink_to(docs / "real.md")
    for name in ("sub/out.md", "rows.jsonl"):
        (docs / name).symlink_to(secret)
    (docs / "relative.md").symlink_to("../docs-secret/secret.md")
    (docs / "folder").symlink_to(secret.parent, target_is_directory=True)
    alias = tmp_path / "alias"
    alias.symlink_to(docs, target_is_directory=True)

    for root in (docs, alias):
        sources = list(opened(found(root)))
        refused = [source for source in sources if isinstance(source, Rejected)]
        assert [source.name.partition("/")[2] for source in refused] == [
            *("relative.md", "rows.jsonl", "sub/out.md")
        ]
        assert {rejection(source).code for source in refused} == {"leads_out"}
        assert len(sources) == 5
    assert ids(found(docs / "relative.md")) == ["relative.md"]  # named by itself


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
    assert ids(found(tmp_path / "docs")) == []


def test_names_that_are_no_unicode_are_read_all_the_same(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    Path(os.fsdecode(os.fsencode(docs) + b"/caf\xe9.md")).write_text("text")
    (source,) = opened(found(docs))
    assert source.identify()[0] == "docs/caf?.md"
    assert source.load(load).text == "text"


def test_a_file_that_vanishes_or_cannot_be_read_is_a_failure_of_its_own(tmp_path: Path) -> None:
    (source,) = File("gone.md", tmp_path / "gone.md").documents(expand)
    assert rejection(source).code == "corrupt"
    assert "No such file" in rejection(source).message
    assert str(tmp_path) not in rejection(source).message


def test_an_upload_that_cannot_be_read_now_stops_its_job_and_is_kept(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(File("a.md", tmp_path / "0", kept=True).documents(expand))


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
    (source,) = opened(found(tmp_path / "docs"))
    assert source.name == "docs/locked/"
    assert rejection(source).message == "The folder can't be read: Permission denied."


def test_a_file_over_the_limit_is_not_even_read(tmp_path: Path) -> None:
    (tmp_path / "big.md").write_text("x" * 1_001)
    (tmp_path / "big.jsonl").write_text("x" * 1_001)
    for name in ("big.md", "big.jsonl"):
        (source,) = opened(found(tmp_path / name))
        assert rejection(source).code == "too_large"
        assert "1,000 bytes" in rejection(source).message
        assert source.name == name


@pytest.mark.parametrize("name", ["a.md", "r.jsonl"])
def test_a_file_that_cannot_even_be_looked_at_is_a_failure_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As in a folder that may be listed and not entered."""
    for folder in ("closed", "open"):
        (tmp_path / "docs" / folder).mkdir(parents=True)
        (tmp_path / "docs" / folder / name).write_text('{"text": "text"}')

    def refusing(true: Callable[..., Any]) -> Callable[..., Any]:
        def refuse(path: Path, *arguments: object, **options: object) -> Any:
            if path.parent.name == "closed":
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return true(path, *arguments, **options)

        return refuse

    monkeypatch.setattr(Path, "stat", refusing(Path.stat))
    monkeypatch.setattr(Path, "open", refusing(Path.open))
    closed, readable = opened(found(tmp_path / "docs"))
    assert closed.name == f"docs/closed/{name}"
    assert rejection(closed).message == "The file can't be read: Permission denied."
    assert "text" in readable.load(load).text


def test_files_are_read_only_when_their_turn_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text('{"id": "1", "text": "t"}\n\n{"id": "2", "text": "t"}\n')
    read: list[str] = []
    open_ = Path.open

    def noting(path: Path, mode: str) -> IO[Any]:
        read.append(path.name)
        return open_(path, mode)

    monkeypatch.setattr(Path, "open", noting)
    lines = opened(found(tmp_path))
    assert read == []
    assert next(lines).name.endswith("a.jsonl:1")
    assert read == ["a.jsonl"]
    assert len(list(lines)) == 3
    assert read == ["a.jsonl", "b.jsonl"]
