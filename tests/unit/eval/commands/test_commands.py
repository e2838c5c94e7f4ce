"""``rag eval`` from the command line, over real collections with a fake embedder."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from app.cli.main import main
from app.domain.documents import Vectors
from app.fakes import FakeEmbedder, FakeReranker
from app.main import Application
from app.settings import Settings
from app.stores.local.lexical.tantivy_index import TantivyIndex
from eval.ablation.ablate import AblationReport
from eval.ablation.changes import Change, changes
from eval.reports.retrieval_report import RetrievalReport

Run = Callable[..., tuple[int, str, str]]

NOTES = 60
"""Documents, with a question each: enough to tune on."""


class LostAtQuestions(FakeEmbedder):
    """Knows passages, so that it is found sound, but takes every question for the same."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return super().embed_queries(["question" if "?" in text else text for text in texts])


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder(64)


@pytest.fixture
def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    embedder: FakeEmbedder,
) -> Run:
    """Runs ``rag`` in a directory of its own: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATTEST_CONFIG", raising=False)
    monkeypatch.setenv("ATTEST_MODELS__CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ATTEST_MODELS__GENERATOR", "none")
    monkeypatch.setenv("ATTEST_MODELS__READER", "none")
    monkeypatch.setattr("app.main.build_embedder", lambda _: embedder)
    monkeypatch.setenv("ATTEST_MODELS__RERANKER", "fake")
    monkeypatch.setattr("app.main.build_reranker", lambda *_, **__: None)

    def ran(*arguments: object) -> tuple[int, str, str]:
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return ran


def word(n: int) -> str:
    """A name that no other document holds."""
    consonants = "bdfgklmnprstvz"
    return "".join(f"{consonants[n // 14**place % 14]}{vowel}" for place, vowel in enumerate("aiu"))


def text(n: int) -> str:
    return f"The harbour report of {word(n)} counts {n + 100} ships and {n + 200} barges."


def write_lines(path: Path, rows: Iterable[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def questions(folder: Path, document: Callable[[int], str], *, synthetic: bool = False) -> Path:
    """A folder of one question a document, without the documents."""
    write_lines(
        folder / "queries.jsonl",
        (
            {
                "_id": f"q{n}",
                "text": f"Which harbour report counts the ships of {word(n)}?",
                "answers": [f"{n + 100} ships"],
                "metadata": {"synthetic": True} if synthetic else {},
            }
            for n in range(NOTES)
        ),
    )
    judgments = "".join(f"q{n}\t{document(n)}\t1\n" for n in range(NOTES))
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judgments}", encoding="utf-8")
    return folder


def corpus(folder: Path) -> None:
    rows = ({"_id": f"n{n}", "title": "", "text": text(n)} for n in range(NOTES))
    write_lines(folder / "corpus.jsonl", rows)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Documents and questions."""
    folder = questions(tmp_path / "harbours", "n{}".format)
    corpus(folder)
    return folder


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for n in range(NOTES):
        (folder / f"{n:02}.md").write_text(f"{text(n)}\n", encoding="utf-8")
    return folder


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Questions about `files`."""
    return questions(tmp_path / "asked", "notes/{:02}.md".format)


def one_line_error(err: str) -> str:
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


# --- run -----------------------------------------------------------------------------------------


def test_a_folder_without_a_command_is_evaluated(run: Run, dataset: Path) -> None:
    assert run("eval", dataset, "--out", "short.json")[0] == 0
    assert run("eval", "run", dataset, "--out", "long.json")[0] == 0
    short, long = (RetrievalReport.read(Path(name)) for name in ("short.json", "long.json"))
    assert short.table == long.table
    assert [row.stage for row in short.table.rows] == [
        "bm25",
        "embedding",
        "ensemble",
        "ensemble_rerank",
    ]
    assert short.table.row("bm25").cells["hit@1"].mean == 1.0


def test_a_store_in_memory_is_evaluated_as_well(
    run: Run, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTEST_STORE__KIND", "memory")
    code, _, err = run("eval", dataset, "--out", "r.json")
    assert code == 0, err
    report = RetrievalReport.read(Path("r.json"))
    assert report.documents == NOTES
    assert report.table.row("bm25").cells["hit@1"].mean == 1.0
    assert collections(tmp_path) == 0


def test_reports_are_written_in_every_format(run: Run, dataset: Path) -> None:
    code, out, err = run(
        "eval", dataset, "--out", "a/r.json", "--markdown", "r.md", "--html", "r.html", "--diff"
    )
    assert code == 0, err
    assert "ensemble" in out
    for name in ("a/r.json", "r.md", "r.html"):
        assert f"written: {name}\n" in out
    report = RetrievalReport.read(Path("a/r.json"))
    assert report.provenance["fingerprint.embedder"] == "fake-embedder"
    assert report.provenance["retrieval.depth"] == 100
    assert "| ensemble" in Path("r.md").read_text(encoding="utf-8")
    page = Path("r.html").read_text(encoding="utf-8")
    assert "Ensemble by weight of bm25" in page
    assert f"ships of {word(7)}?" in page


def test_a_measure_below_what_was_asked_for_fails(run: Run, dataset: Path) -> None:
    passed = run("eval", "--fail-under", "bm25.hit@1>=1", "--fail-under", "mrr@10>=0.1", dataset)
    assert (passed[0], passed[2]) == (0, "")
    code, out, err = run("eval", dataset, "--fail-under", "embedding.hit@1>=1")
    assert code == 1
    assert "embedding" in out  # the table is shown all the same
    assert err.startswith("failed: embedding: hit@1 is 0.")
    assert err.endswith("below the 1 that was asked for\n")


def test_a_threshold_that_cannot_be_read_fails_before_anything_is_asked(
    run: Run, dataset: Path
) -> None:
    code, out, err = run("eval", dataset, "--fail-under", "hit@1")
    assert (code, out) == (3, "")
    assert '"hit@1" is not a threshold' in one_line_error(err)


def test_a_route_that_silently_finds_nothing_is_a_regression(
    run: Run, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("eval", dataset, "--out", "base.json")[0] == 0
    assert run("eval", dataset, "--no-regression", "base.json")[::2] == (0, "")

    monkeypatch.setattr(TantivyIndex, "search", lambda *_, **__: [])
    code, _, err = run("eval", dataset, "--no-regression", "base.json", "--out", "broken.json")
    assert code == 1
    assert "failed: route bm25: hit@1 fell from 1.000 to 0.000" in err
    assert "route embedding" not in err

    code, out, _ = run("eval", "compare", "base.json", "broken.json", "--out", "c.json")
    assert code == 0
    assert "bm25" in out
    assert json.loads(Path("c.json").read_text(encoding="utf-8"))["questions"] == NOTES


def test_what_is_no_report_is_not_compared(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    code, _, err = run("eval", "compare", "a.json", "a.json")
    assert code == 3
    assert err.startswith("error: a.json: this is not a report: ")


@pytest.mark.parametrize("command", [["run"], ["tune"], ["answers"]])
@pytest.mark.parametrize(
    "two",
    [("--with", "--docs"), ("--docs", "--collection"), ("--with", "--collection")],
    ids=" and ".join,
)
def test_questions_are_asked_of_one_thing(
    run: Run, dataset: Path, command: list[str], two: tuple[str, str]
) -> None:
    options = [part for option in two for part in (option, "notes")]
    code, _, err = run("eval", *command, dataset, *options)
    assert code == 3
    assert one_line_error(err) == (
        "error: --with, --docs and --collection exclude each other; give one\n"
    )


def test_a_collection_that_is_not_there_is_named(run: Run, asked: Path) -> None:
    code, _, err = run("eval", asked, "--collection", "nothing")
    assert code == 2
    assert one_line_error(err).startswith('error: There is no collection "nothing".')


def test_documents_of_other_sets_are_distractors(run: Run, dataset: Path, tmp_path: Path) -> None:
    more = {"_id": "more", "title": "", "text": "The harbour report counts nothing."}
    write_lines(tmp_path / "others" / "corpus.jsonl", [more])
    assert run("eval", dataset, "--with", "others", "--out", "r.json")[0] == 0
    report = RetrievalReport.read(Path("r.json"))
    assert (report.dataset, report.documents) == ("harbours+others", NOTES + 1)


def test_files_that_are_not_indexed_are_named(run: Run, asked: Path, files: Path) -> None:
    (files / "empty.md").write_text("", encoding="utf-8")
    code, out, err = run("eval", asked, "--docs", files, "--out", "r.json")
    assert code == 0, err
    assert "not indexed: notes/empty.md: " in out
    assert RetrievalReport.read(Path("r.json")).documents == NOTES


def ships(folder: Path, *counts: int) -> Path:
    """A folder of notes, one for each count."""
    folder.mkdir(parents=True, exist_ok=True)
    for count in counts:
        (folder / f"{count}.md").write_text(f"There are {count} ships.\n", encoding="utf-8")
    return folder


def asked_of(folder: Path, document: str) -> Path:
    """A folder of one question."""
    write_lines(folder / "queries.jsonl", [{"_id": "q", "text": "How many ships are there?"}])
    judgment = f"query-id\tcorpus-id\tscore\nq\t{document}\t1\n"
    (folder / "qrels.tsv").write_text(judgment, encoding="utf-8")
    return folder


def indexed(run: Run, asked: Path, documents: Path) -> int:
    """How many documents the questions were asked of."""
    code, _, err = run("eval", asked, "--docs", documents, "--out", "r.json")
    assert code == 0, err
    return RetrievalReport.read(Path("r.json")).documents


def collections(tmp_path: Path) -> int:
    """How many the evaluations have made."""
    return len(list((tmp_path / "cache" / "eval").glob("*/catalog.db")))


def test_folders_of_one_name_are_kept_apart(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, counts in (("x", (1, 2, 3)), ("y", (1, 5)), ("z", (1,))):
        folder = ships(tmp_path / place / "notes", *counts)
        asked = asked_of(tmp_path / f"asked-{place}", "notes/1.md")
        assert indexed(run, asked, folder) == len(counts)
        monkeypatch.chdir(folder)
        assert indexed(run, asked, Path()) == len(counts)
        monkeypatch.chdir(tmp_path)
    assert collections(tmp_path) == 3


def test_what_is_gone_from_a_file_of_records_is_not_asked(run: Run, tmp_path: Path) -> None:
    asked, file = asked_of(tmp_path / "asked", "1"), tmp_path / "data.jsonl"
    write_lines(file, ({"id": str(n), "text": f"There are {n} ships."} for n in range(5)))
    assert indexed(run, asked, file) == 5
    write_lines(file, ({"id": str(n), "text": f"There are {n} ships."} for n in range(1, 3)))
    assert indexed(run, asked, file) == 2


def test_what_can_no_longer_be_read_is_not_asked_in_its_old_version(
    run: Run, tmp_path: Path
) -> None:
    asked, folder = asked_of(tmp_path / "asked", "notes/1.md"), ships(tmp_path / "notes", 1, 2, 3)
    write_lines(folder / "more.jsonl", [{"text": "There are 8 ships."}])
    assert indexed(run, asked, folder) == 4
    (folder / "2.md").write_text("", encoding="utf-8")
    (folder / "more.jsonl").write_bytes(b"\x00\x01" * 1_000)
    assert indexed(run, asked, folder) == 2


def test_files_that_change_are_indexed_into_the_collection_that_is_there(
    run: Run, tmp_path: Path
) -> None:
    asked, folder = asked_of(tmp_path / "asked", "notes/1.md"), ships(tmp_path / "notes", 1, 2, 3)
    assert indexed(run, asked, folder) == 3
    assert indexed(run, asked, ships(folder, 4)) == 4
    assert collections(tmp_path) == 1


def of_another_version(folder: Path) -> None:
    """Makes a collection and a table of jobs such as this version does not read."""
    with closing(sqlite3.connect(folder / "catalog.db")) as db, db:
        db.executescript(
            "ALTER TABLE chunks DROP COLUMN checksum;"
            "UPDATE facts SET value = '1' WHERE name = 'schema';"
        )
    with closing(sqlite3.connect(folder.parent / "jobs.db")) as db, db:
        db.execute("CREATE TABLE jobs (id TEXT PRIMARY KEY)")


def of_garbage(folder: Path) -> None:
    """Leaves nothing of a collection or a table of jobs that can be read."""
    for file in (folder / "catalog.db", folder.parent / "jobs.db"):
        file.write_bytes(b"garbage " * 1_000)


@pytest.mark.parametrize("left", [of_another_version, of_garbage])
@pytest.mark.parametrize("command", ["run", "answers"])
@pytest.mark.parametrize("documents", ["corpus", "--docs"])
def test_what_another_version_left_in_the_cache_is_made_anew(
    run: Run,
    tmp_path: Path,
    dataset: Path,
    files: Path,
    asked: Path,
    left: Callable[[Path], None],
    command: str,
    documents: str,
) -> None:
    target = (dataset,) if documents == "corpus" else (asked, "--docs", files)
    limit = ("--limit", 3) if command == "answers" else ()
    evaluate = ("eval", command, *target, *limit)
    assert run(*evaluate)[::2] == (0, "")
    (catalog,) = (tmp_path / "cache" / "eval").glob("*/catalog.db")
    left(catalog.parent)
    code, out, err = run(*evaluate)
    assert code == 0, err
    assert f"{catalog.parent.name} can't be read; it is made anew" in " ".join(out.split())
    code, out, err = run(*evaluate)
    assert code == 0, err
    assert "anew" not in out
    assert collections(tmp_path) == 1


def test_a_collection_of_the_user_that_cannot_be_read_is_left_alone(
    run: Run, tmp_path: Path, files: Path, asked: Path
) -> None:
    assert run("ingest", files, "-c", "notes")[0] == 0
    (catalog,) = tmp_path.glob("**/notes/catalog.db")
    of_another_version(catalog.parent)
    before = catalog.read_bytes()
    code, _, err = run("eval", asked, "--collection", "notes")
    assert code == 3
    assert "has schema 1; this version reads 3" in one_line_error(err)
    assert catalog.read_bytes() == before


# --- tune ----------------------------------------------------------------------------------------


@pytest.fixture
def lost(embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dense route ranks alike for every question, and counts as much as the other."""
    monkeypatch.setattr(
        embedder, "embed_queries", LostAtQuestions(embedder.dimension).embed_queries
    )
    monkeypatch.setenv("ATTEST_RETRIEVAL__FUSION", "rrf")


def search_settings(run: Run, question: str) -> dict[str, object]:
    """The settings that a search's trace reports."""
    code, out, err = run("search", question, "-c", "notes", "--json", "--explain")
    assert code == 0, err
    settings: dict[str, object] = json.loads(out)["trace"]["settings"]
    return settings


def tuned(tmp_path: Path) -> bool:
    app = Application(Settings())
    try:
        return app.store.open("notes").tuning() is not None
    finally:
        app.close()


@pytest.mark.usefixtures("lost")
def test_what_gains_on_questions_held_out_is_kept_and_served(
    run: Run, files: Path, asked: Path, tmp_path: Path
) -> None:
    assert run("ingest", files, "-c", "notes")[0] == 0
    assert search_settings(run, "Which ships?")["tuning"] is None

    tune = ("eval", "tune", asked, "--collection", "notes")
    code, out, err = run(*tune, "--no-apply", "--out", "tuning.json")
    assert code == 0, err
    assert "all queries: accepted: a significant gain" in out
    assert "kept" not in out
    assert not tuned(tmp_path)
    report = json.loads(Path("tuning.json").read_text(encoding="utf-8"))
    assert report["settings"]["weights"]["bm25"] > 0.5
    assert (report["best_route"], report["questions"]) == ("bm25", NOTES)
    assert report["provenance"]["dataset"] == "asked"

    code, out, _ = run(*tune)
    assert code == 0
    assert "kept with collection notes\n" in out
    served = search_settings(run, "Which ships?")
    assert served["weights"] == report["settings"]["weights"]
    assert served["tuning"]["questions"] == NOTES  # type: ignore[index]  # a JSON object
    assert served["tuning_ignored"] is None

    # Tuning again compares with the configured settings, not with those kept.
    assert "all queries: accepted" in run(*tune, "--no-apply")[1]


@pytest.mark.usefixtures("lost")
def test_a_tuning_that_nothing_supports_any_more_is_forgotten(
    run: Run, files: Path, asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("ingest", files, "-c", "notes")
    run("eval", "tune", asked, "--collection", "notes")
    assert tuned(tmp_path)
    monkeypatch.setenv("ATTEST_RETRIEVAL__WEIGHTS", '{"bm25": 1.0, "dense": 0.0}')
    code, out, _ = run("eval", "tune", asked, "--collection", "notes")
    assert code == 0
    assert "The configured settings stay" in out
    assert "nothing is kept with collection notes\n" in out
    assert not tuned(tmp_path)


def test_questions_of_a_program_are_not_tuned_on(run: Run, files: Path, tmp_path: Path) -> None:
    run("ingest", files, "-c", "notes")
    written = questions(tmp_path / "written", "notes/{:02}.md".format, synthetic=True)
    code, _, err = run("eval", "tune", written, "--collection", "notes")
    assert code == 3
    assert "60 of the questions were written by a program" in one_line_error(err)
    assert "Tune on questions of people." in err


def test_a_dataset_with_its_own_corpus_is_tuned_on_but_nothing_is_kept(
    run: Run, dataset: Path
) -> None:
    code, out, err = run("eval", "tune", dataset)
    assert code == 0, err
    assert f"settings on {NOTES} questions" in out
    assert "kept" not in out


# --- answers and synthesis -----------------------------------------------------------------------


def test_answers_are_judged_without_a_generator(run: Run, dataset: Path) -> None:
    code, _, err = run("eval", "answers", dataset, "--limit", 3, "--out", "answers.json")
    assert code == 0, err
    report = json.loads(Path("answers.json").read_text(encoding="utf-8"))
    assert report["generator"] == "none"
    assert len(report["questions"]) == 3


@pytest.fixture
def expecting(files: Path, tmp_path: Path) -> Path:
    """Three questions about `files` with what their answers must hold, one of them unseen."""
    folder = tmp_path / "expecting"
    halves = {0: "seen", 1: "seen", 2: "unseen"}
    write_lines(
        folder / "queries.jsonl",
        (
            {
                "_id": f"q{n}",
                "text": f"How many ships does the harbour report of {word(n)} count?",
                "metadata": {"must_hold": [[f"{n + 100} ships"]], "half": half, "kind": "count"},
            }
            for n, half in halves.items()
        ),
    )
    judgments = "".join(f"q{n}\tnotes/{n:02}.md\t1\n" for n in halves)
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judgments}", "utf-8")
    assert files.is_dir()
    return folder


def test_outcomes_of_one_half_are_reported_with_texts_and_a_page(run: Run, expecting: Path) -> None:
    asked = ("eval", "answers", expecting, "--docs", "notes", "--half", "seen")
    written = ("--out", "a.json", "--texts", "a.jsonl", "--html", "a.html")
    code, out, err = run(*asked, *written)
    assert code == 0, err
    report = json.loads(Path("a.json").read_text(encoding="utf-8"))
    assert [question["id"] for question in report["questions"]] == ["q0", "q1"]
    assert report["provenance"]["asked.half"] == "seen"
    assert sum(report["outcomes"]["overall"]["counts"].values()) == 2
    texts = [json.loads(line) for line in Path("a.jsonl").read_text("utf-8").splitlines()]
    assert [text["must_hold"][0]["alternatives"] for text in texts] == [
        ["100 ships"],
        ["101 ships"],
    ]
    assert "<h2>Outcomes</h2>" in Path("a.html").read_text(encoding="utf-8")
    assert "answerable questions" in out

    code, _, err = run("eval", "answers", expecting, "--docs", "notes", "--kind", "list")
    assert code == 3
    assert "no question of list; its kinds are count" in one_line_error(err)


def test_gates_on_answers_end_the_command_as_those_on_ranks_do(run: Run, expecting: Path) -> None:
    asked = ("eval", "answers", expecting, "--docs", "notes")
    assert run(*asked, "--out", "base.json", "--fail-under", "right>=0")[0] == 0
    assert run(*asked, "--no-regression", "base.json")[0] == 0
    code, _, err = run(*asked, "--fail-under", "sentences<=0", "--fail-under", "right>=0")
    assert code == 1
    assert err.startswith("failed: sentences is ")
    code, _, err = run(*asked, "--fail-under", "right>0")
    assert code == 3
    assert "not a threshold" in one_line_error(err)


def test_a_judged_document_that_can_not_be_read_counts_as_never_found(
    run: Run, expecting: Path, files: Path
) -> None:
    (files / "01.md").write_text("\n", encoding="utf-8")
    code, out, err = run("eval", "answers", expecting, "--docs", "notes", "--out", "a.json")
    assert code == 0, err
    assert "not indexed: notes/01.md" in out
    report = json.loads(Path("a.json").read_text(encoding="utf-8"))
    (lost,) = (question for question in report["questions"] if question["id"] == "q1")
    assert lost["scores"]["document_found"] == 0.0


def test_questions_written_from_a_collection_can_be_asked_of_it(run: Run, tmp_path: Path) -> None:
    birds = {
        "heron": "A heron is a tall wading bird that hunts fish in shallow water.",
        "magpie": "A magpie is a black and white crow that collects shiny things.",
        "swift": "A swift is a small bird that sleeps while it flies above the clouds.",
        "owl": "An owl is a nocturnal hunter whose feathers make no sound in flight.",
    }
    (tmp_path / "birds").mkdir()
    for name, sentence in birds.items():
        (tmp_path / "birds" / f"{name}.md").write_text(f"{sentence}\n", encoding="utf-8")
    assert run("ingest", "birds", "-c", "birds")[0] == 0

    code, out, err = run("eval", "synthesize", "birds", "--out", "written", "--limit", 10)
    assert code == 0, err
    assert "`rag eval written --collection birds` asks them" in out
    code, _, err = run("eval", "written", "--collection", "birds", "--out", "r.json")
    assert code == 0, err
    report = RetrievalReport.read(Path("r.json"))
    assert len(report.synthetic) == len(report.table.queries) >= 3

    code, _, err = run("eval", "synthesize", "birds", "--out", "written")
    assert code == 3
    assert "written is not empty" in one_line_error(err)


def test_weight_rules_that_are_set_are_not_overwritten(
    run: Run, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "ATTEST_RETRIEVAL__WEIGHT_RULES", '[{"language": "zh", "weights": {"bm25": 1.0}}]'
    )
    code, _, err = run("eval", "tune", dataset)
    assert code == 3
    assert "retrieval.weight_rules are set" in one_line_error(err)


def test_reranking_is_tuned_where_something_reranks(
    run: Run, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.main.build_reranker", lambda *_, **__: FakeReranker())
    code, out, err = run("eval", "tune", dataset)
    assert code == 0, err
    assert "reranking: " in out


def test_an_ablation_says_what_each_part_is_worth(
    run: Run, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions hold a rare word each, which vectors of questions that are all alike don't see."""
    monkeypatch.setattr("app.main.build_embedder", lambda _: LostAtQuestions(64))
    lines = ('only vectors: retrieval.routes=["dense"]', "ranks: retrieval.fusion=rrf")
    changes = [part for line in lines for part in ("--change", line)]
    code, printed, _ = run(
        *("eval", "ablate", dataset, *changes, "--out", "a.json", "--markdown", "a.md")
    )
    assert code == 0
    assert "only vectors" in printed
    report = AblationReport.read(tmp_path / "a.json")
    served, vectors, ranks = report.rows
    assert [row.variant for row in report.rows] == ["as served", "only vectors", "ranks"]
    assert not served.differences
    assert served.means["hit@1"] == 1.0
    assert vectors.means["hit@1"] < 0.2
    assert vectors.verdict == "worse"
    assert vectors.differences["hit@1"].mean == vectors.means["hit@1"] - 1.0
    assert ranks.questions == NOTES
    assert report.changes["ranks"] == {"retrieval.fusion": "rrf"}
    assert (tmp_path / "a.md").read_text(encoding="utf-8").count("\n") == 5


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("retrieval.fusion=rrf", "is no change"),
        ("nothing:", "is no change"),
        ("typo: retrieval.fussion=rrf", "retrieval.fussion, and there is no such setting"),
        ("wrong: retrieval.depth=-3", "retrieval.depth: Input should be greater"),
    ],
)
def test_a_change_that_fits_no_setting_is_told_before_anything_is_searched(
    run: Run, dataset: Path, change: str, told: str
) -> None:
    code, printed, errors = run("eval", "ablate", dataset, "--change", change)
    assert code == 3
    assert told in errors
    assert "as served" not in printed


def test_every_part_is_taken_away_where_it_is_on_and_added_where_it_is_off() -> None:
    names = [change.name for change in changes(Settings())]
    assert "without the dense route" in names
    assert "with the reader as reranker" in names
    assert all(change.applied(Settings()) != Settings() for change in changes(Settings()))


def test_parts_are_told_by_what_is_set_and_not_by_the_defaults() -> None:
    settings = Change(
        "", {"retrieval.routes": ("dense", "sparse"), "retrieval.match_weight": 0.5}
    ).applied(Settings())
    found = {change.name: change.values for change in changes(settings)}
    assert found["without the dense route"] == {"retrieval.routes": ("sparse",)}
    assert found["with BM25"] == {"retrieval.routes": ("dense", "sparse", "bm25")}
    assert found["without the sparse route"]["retrieval.routes"] == ("dense",)
    assert found["without term matches"] == {"retrieval.match_weight": 0.0}
    alone = Change("", {"retrieval.routes": ("bm25",)}).applied(Settings())
    assert "without BM25" not in {change.name for change in changes(alone)}
