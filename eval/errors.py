"""Errors of evaluation, below the root error of the project.

::

    OperatorError
    └── EvaluationError
        ├── InvalidDataset    a file of a dataset is malformed, or its files contradict each other
        ├── InvalidRun        stage results are malformed, or rank what the dataset does not hold
        ├── NotComparable     two reports are not about the same questions
        └── QueryMismatch     a run and the judgments are about different queries
"""

from __future__ import annotations

from app.errors import OperatorError


class EvaluationError(OperatorError):
    """The evaluation would not be valid, so it is not made."""

    code = "evaluation_failed"


class InvalidDataset(EvaluationError):
    """A file of a dataset is malformed, or its files contradict each other."""

    code = "invalid_dataset"


class InvalidRun(EvaluationError):
    """Stage results are malformed, or rank what the dataset does not hold."""

    code = "invalid_run"


class NotComparable(EvaluationError):
    """Two reports are not about the same questions."""

    code = "not_comparable"


class QueryMismatch(EvaluationError):
    """A run and the judgments are about different queries."""

    code = "query_mismatch"
