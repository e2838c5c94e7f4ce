"""``python -m eval.answers.faults``: evaluates the verifier of the service, or prints cases."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from eval.answers.faults.against_service import judge_with, service_verifier
from eval.answers.faults.cases import LANGUAGES, Case
from eval.answers.faults.corpus_passages import read_passages
from eval.answers.faults.planting import plant
from eval.answers.faults.scoring import FaultReport, Share, score
from eval.errors import EvaluationError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    given = _parser().parse_args(arguments)
    console = Console()
    # With --dump there is no report, so the first path is a corpus as well.
    corpora = (
        [*given.corpora] if given.dump is None else [*filter(None, [given.out]), *given.corpora]
    )
    if given.dump is None and given.out is None:
        console.print(
            "a file for the report is missing: python -m eval.answers.faults "
            "OUT.json [CORPUS_FOLDER…]"
        )
        return 2
    try:
        passages = [passage for folder in corpora for passage in read_passages(folder)]
        cases = [case for case in plant(passages, seed=given.seed) if _wanted(case, given)]
        if given.dump is not None:
            _dump(cases, given.dump, seed=given.seed)
            return 0
        report = score(cases, judge_with(service_verifier()))
    except (EvaluationError, OSError) as problem:
        console.print(f"[red]{problem}[/red]")
        return 1
    _show(report, console)
    texts = "none" if given.no_texts else "seen" if given.hold_back else None
    report.save(given.out, texts=texts)
    console.print(f"written: {given.out}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval.answers.faults", description=__doc__)
    parser.add_argument("out", nargs="?", type=Path, help="the report, as JSON")
    parser.add_argument(
        "corpora", nargs="*", type=Path, help="folders in BEIR's layout, or of documents"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--half", choices=("seen", "unseen"), help="judges only this half")
    parser.add_argument(
        "--hold-back",
        action="store_true",
        help="leaves the texts of the unseen half out of the report",
    )
    parser.add_argument(
        "--no-texts", action="store_true", help="leaves all texts out of the report"
    )
    parser.add_argument("--kind", help="only kinds that contain this")
    parser.add_argument(
        "--dump", type=int, metavar="N", help="prints N random cases for reading instead"
    )
    return parser


def _wanted(case: Case, given: argparse.Namespace) -> bool:
    return (given.half is None or case.half == given.half) and (
        given.kind is None or given.kind in case.kind
    )


def _dump(cases: Sequence[Case], count: int, *, seed: int) -> None:
    chosen = Random(seed).sample(cases, min(count, len(cases)))  # noqa: S311  # no secret
    for case in sorted(chosen, key=lambda one: (one.true, one.kind, one.lang, one.id)):
        above = " / ".join(part for part in (case.passage.title, case.passage.heading) if part)
        sys.stdout.write(
            f"{'TRUE ' if case.true else 'FALSE'} {case.kind} ({case.lang}, "
            f"{case.half}, {case.passage.id})\n"
            f"  under:    {above}\n  passage:  {case.passage.text}\n"
            f"  sentence: {case.sentence}\n  draft:    {case.draft}\n\n"
        )


def _show(report: FaultReport, console: Console) -> None:
    for name, share, true in (
        ("false drafts caught", report.caught, False),
        ("true rewordings refused", report.refused, True),
    ):
        table = Table(title=f"{name}: {_share_text(share())}")
        table.add_column("kind")
        for lang in LANGUAGES:
            table.add_column(lang, justify="right")
        for kind in report.kinds(true=true):
            table.add_row(kind, *(_share_text(share(kind=kind, lang=lang)) for lang in LANGUAGES))
        for half in ("seen", "unseen"):
            table.add_row(
                f"all of the {half} half",
                *(_share_text(share(half=half, lang=lang)) for lang in LANGUAGES),
            )
        console.print(table)


def _share_text(share: Share) -> str:
    return "–" if share.value is None else f"{share.count} of {share.of} ({share.value:.1%})"


if __name__ == "__main__":
    sys.exit(main())
