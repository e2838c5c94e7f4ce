"""``rag``: the command line, and what becomes of the errors of its commands."""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
from collections.abc import Sequence
from typing import Final

import typer

from app.cli.commands.documents import documents
from app.cli.commands.jobs import jobs
from app.cli.commands.keys import keys
from app.cli.commands.maintenance import maintenance
from app.cli.commands.models import models
from app.cli.commands.querying import querying
from app.cli.commands.serving import serving
from app.cli.terminal import err
from app.errors import AttestError, RequestError, TransientError
from app.observing.logs import LogHandler
from app.panics import RustPanic, panics_raised
from eval.commands.group import evaluation
from train.commands.group import training

FOR_US_ALONE: Final = 0o077
"""What is written, by the libraries below too, holds documents: no other user may read it."""
EXIT_REQUEST: Final = 2
EXIT_OPERATOR: Final = 3
EXIT_TRANSIENT: Final = 4
EXIT_INTERRUPTED: Final = 130
"""What typer makes of Ctrl-C."""

rag = typer.Typer(
    help="Retrieval-augmented generation whose every answer can be checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for family in (documents, querying, serving, maintenance):
    rag.add_typer(family)
rag.add_typer(models, name="models")
rag.add_typer(jobs, name="jobs")
rag.add_typer(keys, name="keys")
rag.add_typer(evaluation, name="eval")
rag.add_typer(training, name="train")


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command. Errors are one line on stderr; the exit code says who can mend them."""
    logging.basicConfig(level=logging.WARNING, handlers=[LogHandler(sys.stderr)])
    others = os.umask(FOR_US_ALONE)
    try:
        with panics_raised():
            rag(args=None if arguments is None else list(arguments), prog_name="rag")
    except AttestError as error:
        err.print(f"error: {error.message}", style="red")
        sys.exit(_exit_code(error))
    except sqlite3.OperationalError as error:  # a lock that is held, a disk that is full
        err.print(f"error: {error}; try again once it has passed", style="red")
        sys.exit(EXIT_TRANSIENT)
    except OSError as error:
        err.print(f"error: {error}", style="red")
        sys.exit(EXIT_OPERATOR)
    except RustPanic as error:
        err.print(f"error: a library broke off ({error}); run `rag doctor`", style="red")
        sys.exit(EXIT_OPERATOR)
    except SystemExit as end:
        if end.code == EXIT_INTERRUPTED:
            err.print("interrupted; what was committed stays")
        raise
    finally:
        os.umask(others)


def _exit_code(error: AttestError) -> int:
    if isinstance(error, RequestError):
        return EXIT_REQUEST
    return EXIT_TRANSIENT if isinstance(error, TransientError) else EXIT_OPERATOR
