"""Errors of training, below the root error of the project.

::

    OperatorError
    └── TrainingError
        ├── InvalidPairs      training data is malformed, or too little is left of it
        └── NotResumable      a folder holds another run, or the end of one
"""

from __future__ import annotations

from app.errors import OperatorError


class TrainingError(OperatorError):
    """Training can not begin or continue."""

    code = "training_failed"


class InvalidPairs(TrainingError):
    """Training data is malformed, or too little is left of it."""

    code = "invalid_pairs"


class NotResumable(TrainingError):
    """A folder holds another run, or the end of one."""

    code = "not_resumable"
