"""Panics of libraries written in Rust, as errors that a caller can handle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class RustPanic(Exception):
    """A library written in Rust broke off; what it was working on must not be used again."""


@contextmanager
def panics_raised() -> Iterator[None]:
    """Raises `RustPanic` in place of pyo3's own class.

    That one is no ``Exception``: it passes every handler of errors, ends the thread or the process
    it comes up in, and can't be imported to be named.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise RustPanic(str(error)) from error
