"""How the log is written: one line a record, for people or for programs."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal, TextIO, TypeAlias

from app.observing.requests import current_request_id

LogFormat: TypeAlias = Literal["text", "json"]
TEXT: Final = "%(at)s %(levelname)s %(name)s%(request)s: %(message)s"


class _Context(logging.Filter):
    """Gives each record ``at``, and ``request``: the id in brackets, or nothing outside of one.

    It belongs to a handler, which is called in the thread that logs, and whichever logger is used.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter.filter`; every record passes."""
        request_id = current_request_id()
        record.request_id = request_id
        record.request = f" [{request_id}]" if request_id else ""
        moment = datetime.fromtimestamp(record.created, UTC)
        record.at = moment.isoformat(timespec="milliseconds")
        return True


class JsonLines(logging.Formatter):
    """A JSON object a line: time, level, logger, message, and what is known of the event."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        fields: Mapping[str, object] = getattr(record, "fields", {})
        told = {
            "time": getattr(record, "at", None),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", None),
            "message": getattr(record, "event", None) or record.getMessage(),
            **fields,
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        known = {name: value for name, value in told.items() if value not in (None, "")}
        return json.dumps(known, ensure_ascii=False, default=str)


class LogHandler(logging.StreamHandler[TextIO]):
    """Writes lines that say when they were written and name the request that they are about."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self.addFilter(_Context())
        self.use("text")

    def use(self, log_format: LogFormat) -> None:
        """Writes in this format from now on."""
        self.setFormatter(JsonLines() if log_format == "json" else logging.Formatter(TEXT))


def log_as(log_format: LogFormat) -> None:
    """Has every `LogHandler` of the process write in this format."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, LogHandler):
            handler.use(log_format)


def event(name: str, fields: Mapping[str, object]) -> dict[str, object]:
    """``extra`` of a record: as JSON, ``name`` is its message, beside the fields one by one."""
    return {"event": name, "fields": fields}
