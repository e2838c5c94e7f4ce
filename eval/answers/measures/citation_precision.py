"""Citation precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.metrics.relevance_grades import is_relevant


def citation_precision(cited: Sequence[str], judgments: Mapping[str, int]) -> float:
    """Share of an answer's citations whose document is judged relevant.

    ``cited`` has the document of each citation, so a document cited by two quotes counts twice. The
    precision of an answer without citations is undefined: leave it out.

    Source: T. Gao et al., "Enabling Large Language Models to Generate Text with Citations" (ALCE),
    EMNLP 2023. There an entailment model decides whether a citation bears its statement out; here
    the judgments of the dataset do, so a right document cited for a wrong sentence of it counts.

    Raises:
        ValueError: nothing is cited.
    """
    if not cited:
        raise ValueError("an answer that cites nothing has no citation precision")
    return sum(is_relevant(document_id, judgments) for document_id in cited) / len(cited)
