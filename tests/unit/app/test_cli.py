from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from app.cli.main import main
from app.domain.jobs import Upload
from app.errors import AttestError, ConfigurationError, NotFound, RemoteUnavailable
from app.fakes import FakeEmbedder
from app.stores.local.catalog.catalog import Catalog
from ingest.jobs.queue import JobQueue
from ingest.report import IngestReport

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder(256)


@pytest.fixture
def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    embedder: FakeEmbedder,
) -> Run:
    """Runs ``rag`` with fake models in a directory of its own: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATTEST_CONFIG", raising=False)
    monkeypatch.setenv("ATTEST_STORE__LOCK_TIMEOUT_S", "0.1")
    monkeypatch.setenv("ATTEST_MODELS__CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ATTEST_MODELS__READER", "none")
    monkeypatch.setattr("app.main.build_embedder", lambda _: embedder)
    monkeypatch.setattr("app.main.build_reranker", lambda *_, **__: None)
    monkeypatch.setattr("app.main.build_generator", lambda _: None)

    def ran(*arguments: object) -> tuple[int, str, str]:
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return ran


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "cats.md").write_text("# Cats\n\nCats purr at night.\n")
    (folder / "dogs.md").write_text("# Dogs\n\nDogs bark [loudly] at noon.\n")
    (folder / "empty.md").write_text("")
    return folder


def one_line_error(err: str) -> str:
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


# --- the whole way -------------------------------------------------------------------------------


def test_documents_are_ingested_found_checked_copied_and_brought_back(
    run: Run, docs: Path, tmp_path: Path
) -> None:
    code, out, err = run("ingest", docs)
    assert (code, err) == (1, "not indexed: 1 of 3; all others are in the collection\n")
    assert "received 3 = indexed 2 + skipped 0 + failed 1" in out
    assert "failed: docs/empty.md: " in out
    assert "[empty]" in out

    code, out, _ = run("search", "bark loudly", "--limit", 1, "--explain")
    assert code == 0
    assert out.startswith("1. docs/dogs.md#0")
    assert "[loudly]" in out
    assert "bm25 rank 1" in out

    code, out, _ = run("search", "purr", "--json", "--filter", '{"lang": "en"}')
    assert code == 0
    assert json.loads(out)["hits"][0]["document_id"] == "docs/cats.md"

    assert run("doctor")[:2] == (
        0,
        "collection default: sound\n  dense route: not checked; too few passages\n",
    )

    copy = tmp_path / "copy [1].db"
    code, out, _ = run("snapshot", "default", copy)
    assert code == 0
    assert f"`rag restore {copy} NAME`" in out
    assert run("restore", copy, "again")[1] == "collection again: 2 documents, 2 chunks\n"
    assert run("search", "purr", "-c", "again")[1].startswith("1. docs/cats.md#0")

    assert run("ingest", docs)[1].splitlines()[-2] == (
        "received 3 = indexed 0 + skipped 2 + failed 1"
    )
    (docs / "dogs.md").unlink()
    assert run("ingest", docs, "--prune")[1].splitlines()[-2].endswith("; pruned 1")


def test_doctor_names_a_device_that_is_not_here(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setenv("ATTEST_MODELS__DEVICE", "cuda")
    code, told, _ = run("doctor")
    assert code == 1
    assert told.startswith("devices: not sound\n  models.device is cuda, and PyTorch ")


def test_what_is_written_is_for_its_user_alone(run: Run, docs: Path, tmp_path: Path) -> None:
    run("ingest", docs)
    queue = run("jobs", "list")
    run("snapshot", "default", tmp_path / "copy.db")

    assert queue[0] == 0
    written = [tmp_path / "copy.db", *(tmp_path / "data").rglob("*"), tmp_path / "data"]
    written += (tmp_path / "cache").rglob("*")
    assert len(written) > 8
    assert [path for path in written if path.stat().st_mode & 0o077] == []


def test_documents_can_be_deleted_and_indexed_again_though_unchanged(run: Run, docs: Path) -> None:
    run("ingest", docs / "cats.md", docs / "dogs.md")
    code, _, err = run("delete", "cats.md", "none.md")
    assert code == 2
    assert 'no document "none.md"; nothing is deleted' in one_line_error(err)
    assert run("delete", "cats.md") == (0, "collection default: 1 deleted\n", "")
    assert "cats.md" not in run("search", "purr")[1]
    unchanged = run("ingest", docs / "dogs.md")[1].splitlines()
    assert unchanged[0] == "received 1 = indexed 0 + skipped 1 + failed 0"
    code, out, _ = run("ingest", docs / "dogs.md", "--force")
    assert (code, out.splitlines()[0]) == (0, "received 1 = indexed 1 + skipped 0 + failed 0")


def test_a_search_shows_what_was_read_into_its_query(run: Run, docs: Path) -> None:
    run("ingest", docs)
    code, out, _ = run("search", "night -purr")
    assert code == 0
    assert out.startswith("read as: not “purr”  (-purr)\n1. docs/dogs.md#0")
    assert "cats.md" not in out
    ignored = run("search", "night -purr", "--ignore", "operator")[1]
    assert "read as" not in ignored
    assert "cats.md" in ignored
    code, _, err = run("search", "night", "--ignore", "everything")
    assert code == 2
    assert "--ignore takes one of operator, time" in one_line_error(err)


def test_a_search_needs_no_job_queue(run: Run, docs: Path, tmp_path: Path) -> None:
    run("ingest", docs / "cats.md")
    (tmp_path / "data" / "jobs.db").write_bytes(b"garbage" * 2_000)
    (tmp_path / "data" / "jobs.spool").write_text("a file in its place")
    assert run("search", "purr")[1].startswith("1. cats.md#0")
    assert run("ask", "What do cats do at night?")[0] == 0


def test_a_panic_of_a_library_is_an_error_of_one_line(
    run: Run, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        """As pyo3 raises where Rust panics."""

    PanicException.__module__ = "pyo3_runtime"

    def panicking(_: object) -> None:
        raise PanicException("index out of bounds")

    run("ingest", docs / "cats.md")
    monkeypatch.setattr("app.main.Application.analyzer", property(panicking))
    code, _, err = run("search", "purr")
    assert code == 3
    assert "run `rag doctor`" in one_line_error(err)


@pytest.mark.parametrize(
    ("damage", "remedy"),
    [
        ("UPDATE chunks SET text = 'else'", ("rebuild", "default")),
        ("UPDATE chunks SET vector = zeroblob(512)", ("rebuild", "default")),
        ("UPDATE chunks SET metadata = '{'", ("rebuild", "default")),
        ("UPDATE documents SET metadata = '{'", ("ingest", "docs", "--force")),
        ("UPDATE documents SET blocks = '{'", ("delete", "docs/cats.md", "docs/dogs.md")),
    ],
)
def test_damage_to_documents_has_a_cure(
    run: Run, docs: Path, tmp_path: Path, damage: str, remedy: tuple[str, ...]
) -> None:
    (docs / "empty.md").unlink()
    run("ingest", docs)
    with sqlite3.connect(tmp_path / "data/default/catalog.db") as db:
        db.create_function("crc32", 1, lambda _: 0)
        db.execute(damage)
    db.close()
    assert run("doctor")[0] == 1
    if "blocks" in damage:
        assert "rag ingest --force" in one_line_error(run("rebuild", "default")[2])
    code, _, err = run(*remedy)
    assert (code, err) == (0, "")
    assert run("doctor")[0] == 0


def test_rebuild_embeds_only_what_is_not_there_as_it_should_be(
    run: Run, docs: Path, tmp_path: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (docs / "empty.md").unlink()
    run("ingest", docs)
    with sqlite3.connect(tmp_path / "data/default/catalog.db") as db:
        db.execute("UPDATE chunks SET text = 'else' WHERE id LIKE 'docs/cats%'")
    db.close()
    embedded: list[str] = []
    embed = embedder.embed_passages
    monkeypatch.setattr(embedder, "embed_passages", lambda t: embedded.extend(t) or embed(t))
    assert run("rebuild", "default") == (0, "collection default: rebuilt\n", "")
    assert [text for text in embedded if "bark" in text] == []
    assert len(embedded) == 1
    assert run("search", "purr")[1].startswith("1. docs/cats.md#0")


def test_jobs_whose_uploads_are_kept_are_shown_retried_and_removed(
    run: Run, tmp_path: Path
) -> None:
    assert run("jobs", "list") == (0, "", "")
    queue = JobQueue(
        tmp_path / "data", prepare=lambda _: None, run=lambda *_: IngestReport(), max_waiting=9
    )
    job = queue.submit("notes", [Upload("a", {"id": "a", "text": "t"}, "record")])
    queue._store.table.save(replace(job, state="parked", error="It must be rebuilt."), was="queued")
    assert f"{job.id}  notes  parked" in run("jobs", "list")[1]
    code, out, _ = run("doctor")
    assert code == 0
    assert out.startswith(f"job {job.id}: parked: It must be rebuilt.\n")
    assert run("jobs", "retry", job.id) == (0, f"job {job.id}: queued\n", "")
    assert queue.status(job.id).state == "queued"
    assert run("jobs", "remove", job.id) == (0, f"job {job.id}: removed\n", "")
    assert run("jobs", "list") == (0, "", "")
    assert run("jobs", "retry", job.id)[0] == 2
    for left in (tmp_path / "data").glob("jobs.db*"):
        left.write_bytes(b"garbage" * 2_000)
    code, _, err = run("jobs", "list")
    assert code == 3
    assert "Move it and the files beside it" in one_line_error(err)
    assert "jobs: not checked\n" in run("doctor")[1]


def test_an_ingestion_in_which_nothing_fails_ends_with_code_0(run: Run, docs: Path) -> None:
    (docs / "empty.md").unlink()
    for skipped in (0, 2):
        code, out, err = run("ingest", docs)
        assert (code, err) == (0, "")
        told, spent = out.splitlines()
        assert told == f"received 2 = indexed {2 - skipped} + skipped {skipped} + failed 0"
        stages = ["read", "identify", "store", "self_retrieval"]
        if not skipped:
            stages = ["read", "identify", "load", "chunk", "embed", "store", "self_retrieval"]
        expected = ", ".join(rf"{stage} \d+\.\d s" for stage in stages)
        assert re.fullmatch(f"time: {expected}", spent)


def test_an_ingestion_in_which_everything_fails_says_nothing_of_others(
    run: Run, docs: Path
) -> None:
    code, _, err = run("ingest", docs / "empty.md")
    assert (code, err) == (1, "not indexed: 1 of 1\n")


def test_rebuild_takes_another_embedder_with_vectors_of_another_length(
    run: Run, docs: Path, embedder: FakeEmbedder
) -> None:
    assert run("ingest", docs / "cats.md", docs / "dogs.md")[0] == 0
    embedder.dimension = 16
    code, _, err = run("ingest", docs)
    assert code == 3
    assert "dimension: 256 then, 16 now" in one_line_error(err)
    assert "`rag rebuild default`" in err

    assert run("rebuild", "default") == (0, "collection default: rebuilt\n", "")
    assert run("search", "cats purr")[1].startswith("1. cats.md#0")
    assert run("doctor")[:2] == (
        0,
        "collection default: sound\n  dense route: not checked; too few passages\n",
    )
    assert run("rebuild", "default")[0] == 0  # of the indexes alone, as nothing differs


def test_doctor_finds_nothing_on_disk_of_a_store_in_memory(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTEST_STORE__KIND", "memory")
    assert run("doctor")[:2] == (
        0,
        "collections: kept in memory, so there is nothing on disk to check\n",
    )


def test_doctor_tells_what_is_not_sound_and_fails(
    run: Run, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("ingest", docs / "cats.md")
    monkeypatch.setattr(
        "app.stores.local.catalog.catalog.Catalog.integrity",
        lambda _: ["catalog: [row] is missing"],
    )
    code, out, _ = run("doctor")
    assert code == 1
    assert out == (
        "collection default: not sound\n"
        "  catalog: [row] is missing\n"
        "  dense route: not checked; too few passages\n"
        "Where no line says otherwise, run `rag rebuild NAME` for a collection, "
        "`rag models install` for a model.\n"
    )


def test_doctor_goes_on_after_a_collection_that_cannot_be_read(
    run: Run, docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("broken", "gone", "held", "malformed", "whole"):
        assert run("ingest", docs / "cats.md", "-c", name)[0] == 0
    (tmp_path / "data" / "broken" / "catalog.db").write_bytes(b"garbage " * 1_000)
    integrity = Catalog.integrity

    def failing(catalog: Catalog) -> list[str]:
        match catalog._path.parent.name:
            case "gone":
                raise NotFound("dropped")
            case "malformed":
                with catalog._connections.borrow():
                    raise sqlite3.DatabaseError("database disk image is malformed")
        return integrity(catalog)

    monkeypatch.setattr(Catalog, "integrity", failing)
    with FileLock(tmp_path / "data" / "held" / "writer.lock"):
        code, out, err = run("doctor")
    assert (code, err) == (1, "")
    verdicts = [line for line in out.splitlines() if line.startswith("collection ")]
    assert verdicts == [
        "collection broken: not sound",
        "collection held: not checked",
        "collection malformed: not sound",
        "collection whole: sound",
    ]
    assert out.count("Bring the collection back from a snapshot with `rag restore`") == 2
    assert "  collection held: another process has written to it" in out


def test_a_snapshot_into_a_folder_that_cannot_be_written_is_an_error_of_one_line(
    run: Run, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("ingest", docs / "cats.md")
    connect = sqlite3.connect

    def refusing(file: object, **options: Any) -> sqlite3.Connection:
        if str(file).endswith("copy.db.new"):
            raise sqlite3.OperationalError("unable to open database file")
        return connect(file, **options)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(sqlite3, "connect", refusing)
    code, out, err = run("snapshot", "default", "copy.db")
    assert (code, out) == (2, "")
    assert "copy.db can't be written (unable to open database file)." in one_line_error(err)


def numbered_notes(folder: Path, count: int) -> Path:
    """Files of twenty words each, none of them in two files."""
    folder.mkdir()
    for n in range(count):
        words = " ".join(f"{n}x{i}" for i in range(20))
        (folder / f"n{n:02}.md").write_text(f"{words}.\n")
    return folder


def test_doctor_tells_whether_the_embedder_finds_what_it_embedded(
    run: Run, tmp_path: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = run("ingest", numbered_notes(tmp_path / "notes", 24))
    assert (code, "does not know" in err) == (0, False)
    assert run("doctor")[:2] == (
        0,
        "collection default: sound\n  dense route: finds 24 of 24 sampled en passages (bm25: 24)\n",
    )

    embedder.dimension = 16
    monkeypatch.setattr(
        embedder, "embed_queries", lambda texts: embedder.embed_passages(["always"] * len(texts))
    )
    run("rebuild", "default")
    code, out, _ = run("doctor")
    assert code == 0
    assert "  dense route: finds 1 of 24 sampled en passages (bm25: 24)\n" in out
    assert "does not know en: the dense route counts 0 there" in out


def test_an_embedder_that_fails_after_an_ingestion_does_not_fail_it(
    run: Run,
    tmp_path: Path,
    embedder: FakeEmbedder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def failing(_: object) -> None:
        raise RemoteUnavailable("the embedder does not answer")

    notes = numbered_notes(tmp_path / "notes", 24)
    with monkeypatch.context() as broken:
        broken.setattr(embedder, "embed_queries", failing)
        code, out, _ = run("ingest", notes)
    assert code == 0
    assert "received 24 = indexed 24" in out
    assert "its self-retrieval is not measured: the embedder does not answer" in caplog.text
    assert "  dense route: not checked; the next ingestion does\n" in run("doctor")[1]

    assert "skipped 24" in run("ingest", notes)[1]
    assert "  dense route: finds 24 of 24 " in run("doctor")[1]


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["search", "x"], 2, 'There is no collection "default".'),
        (["search", "x", "-c", "No/Name"], 2, "A collection's name has 1 to 63"),
        (["search", "x", "--filter", "{"], 2, "--filter takes JSON"),
        (["search", "x", "--filter", "[" * 100_000], 2, "--filter takes JSON"),
        (["search", "x", "--filter", '{"a": {"like": 1}}'], 2, 'unknown condition "like"'),
        (["ingest", "missing"], 2, "There is no file or folder missing."),
        (["rebuild", "nothing"], 2, 'There is no collection "nothing".'),
        (["restore", "missing.db", "a"], 2, "no snapshot that this version can read"),
        (["snapshot", "nothing", "copy.db"], 2, 'There is no collection "nothing".'),
    ],
)
def test_mistakes_of_the_caller_end_with_code_2_and_one_line(
    run: Run, arguments: Sequence[str], code: int, message: str
) -> None:
    ended, out, err = run(*arguments)
    assert (ended, out) == (code, "")
    assert message in one_line_error(err)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("ATTEST_SERVER__PORT", "high", "setting server.port: "),
        ("ATTEST_SERVER__API_KEYS", "no list", "settings: "),
        ("ATTEST_RETRIEVAL__ROUTES", "[]", "setting retrieval.routes: "),
    ],
)
def test_settings_that_are_wrong_end_with_code_3_and_name_the_setting(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    code, _, err = run("search", "x")
    assert code == 3
    assert message in one_line_error(err)


def test_a_settings_file_that_cannot_be_read_ends_with_code_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "attest.toml").write_text("[server\n")
    code, _, err = run("search", "x")
    assert code == 3
    one_line_error(err)


def test_a_directory_that_cannot_be_written_ends_with_code_3(
    run: Run, docs: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file where the collections should lie")
    code, _, err = run("ingest", docs)
    assert code == 3
    assert "data" in one_line_error(err)


def test_a_busy_collection_ends_with_code_4(run: Run, docs: Path, tmp_path: Path) -> None:
    assert run("ingest", docs / "cats.md")[0] == 0
    with FileLock(tmp_path / "data" / "default" / "writer.lock"):
        code, _, err = run("ingest", docs / "dogs.md")
    assert code == 4
    assert "store.lock_timeout_s" in one_line_error(err)


@pytest.mark.parametrize(
    ("error", "code"),
    [(NotFound("n [x]"), 2), (ConfigurationError("c"), 3), (RemoteUnavailable("r"), 4)],
)
def test_the_exit_code_says_who_can_mend_an_error(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: AttestError, code: int
) -> None:
    def failing(_: object) -> None:
        raise error

    monkeypatch.setattr("app.main.build_embedder", failing)
    ended, _, err = run("search", "x")
    assert ended == code
    assert one_line_error(err) == f"error: {error.message}\n"


def test_an_interruption_ends_with_code_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.main.build_embedder", interrupted)
    assert run("search", "x") == (130, "", "interrupted; what was committed stays\n")


@pytest.mark.parametrize("arguments", [["search"], ["search", "x", "--limit", "0"], ["unknown"]])
def test_a_command_that_is_misspelt_ends_with_code_2(run: Run, arguments: Sequence[str]) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert "Traceback" not in err


def test_port_zero_is_a_port(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[str, int]] = []

    def serve(start: object, settings: object, **_: object) -> int:
        server = settings.server  # type: ignore[attr-defined]  # the parts that serve has
        served.append((server.host, server.port))
        return 0

    monkeypatch.setattr("app.http.edge.server.serve", serve)
    monkeypatch.setenv("ATTEST_SERVER__HOST", "127.0.0.2")
    assert run("serve", "--port", 0)[0] == 0
    assert served == [("127.0.0.2", 0)]


# --- what is loaded ------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--help"], ["search", "--help"], ["ingest", "--help"]])
def test_help_loads_no_model_library(repository: Path, arguments: Sequence[str]) -> None:
    code = (
        "import sys\n"
        "from app.cli.main import main\n"
        "try:\n"
        f"    main({list(arguments)!r})\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "heavy = {'torch', 'transformers', 'faiss', 'tantivy', 'jieba', 'fastapi'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    assert "Usage: rag" in done.stdout
    assert done.stderr == "loaded: []\n"
