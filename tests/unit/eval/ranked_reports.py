"""Reports for tests, made from the rank of the one relevant document of each question."""

from eval.datasets.dataset import Dataset, EvalDocument, EvalQuery
from eval.retrieval.evaluate import Searched, make_report
from eval.retrieval.runs import Run
from eval.retrieval.table import Resampling

DEPTH = 12
"""How many documents each ranking has that is not empty."""
OTHERS = [f"x{n}" for n in range(1, DEPTH + 1)]


def ranking(rank, right):
    """The document ``right`` at ``rank``; nothing at all for 0."""
    if not rank:
        return ()
    ids = [*OTHERS[: rank - 1], right, *OTHERS[rank - 1 : DEPTH - 1]]
    return tuple((id_, 1.0 / place) for place, id_ in enumerate(ids, start=1))


def dataset_of(questions, *, name="ranked", **queries):
    """Questions q0, q1, …, each answered by d0, d1, …; ``queries`` replaces some of them."""
    ids = [f"q{n}" for n in range(questions)]
    return Dataset(
        name=name,
        documents={
            id_: EvalDocument(id_, "", f"text of {id_}")
            for id_ in [*OTHERS, *(f"d{n}" for n in range(questions))]
        },
        queries={id_: EvalQuery(id_, f"What is {id_}?") for id_ in ids} | queries,
        qrels={id_: {f"d{n}": 1} for n, id_ in enumerate(ids)},
    )


def runs_of(stages):
    return tuple(
        Run(stage, {f"q{n}": ranking(rank, f"d{n}") for n, rank in enumerate(ranks)})
        for stage, ranks in stages.items()
    )


def report_of(stages, *, routes=("bm25", "embedding"), dataset=None, degraded=(), provenance=()):
    """A report on stages given by their ranks; 0 is not found."""
    questions = len(next(iter(stages.values())))
    return make_report(
        dataset or dataset_of(questions),
        Searched(runs_of(stages), dict(degraded)),
        routes=[route for route in routes if route in stages],
        provenance=dict(provenance),
        resampling=Resampling(resamples=2_000),
    )
