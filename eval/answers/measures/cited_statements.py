"""Citation recall as ALCE has it: over the statements of an answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from eval.metrics.relevance_grades import is_relevant


def cited_statements(cited: Sequence[Collection[str]], judgments: Mapping[str, int]) -> float:
    """Share of an answer's sentences that cite a relevant document.

    ``cited`` has the documents that each sentence cites. An answer without sentences has no such
    share: leave it out.

    Source: citation recall of ALCE (see `eval.answers.measures.citation_precision`), which asks an
    entailment model whether the cited passages together support the statement; here the judgments
    of the dataset stand for it.

    Raises:
        ValueError: there is no sentence.
    """
    if not cited:
        raise ValueError("an answer without sentences has no cited statements")
    return sum(any(is_relevant(d, judgments) for d in of) for of in cited) / len(cited)
