"""What the log looks like: a line for each event, with the request that it belongs to.

Text that a client sent is written so that it can neither begin a line nor steer a terminal. What
is asked appears only where the settings say so.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from service.control_characters import clean, one_line

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The request that is worked for; empty outside of any."""

questions = logging.getLogger("service.questions")
"""Where questions are told; silent unless the settings say otherwise."""
questions.disabled = True

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has; the rest are the facts that were given with it."""


def configure(*, level: str, form: str, with_questions: bool = False) -> None:
    """Set up the log of the whole process, on standard error.

    Args:
        level: The least that is told, such as ``info``.
        form: ``text`` for a person, ``json`` for a machine.
        with_questions: Whether what is asked may be told.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[handler])
    questions.disabled = not with_questions
    questions.setLevel(logging.INFO)


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """Give what was told beside the message, and the request."""
    facts = {name: value for name, value in vars(record).items() if name not in _PLAIN}
    return ({"request": request_id.get()} if request_id.get() else {}) | facts


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **facts_of(record),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


class TextLines(logging.Formatter):
    """One line a record, and a trace under it."""

    def __init__(self) -> None:
        """Say when, how bad, where and what."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Write a record, with its facts behind it."""
        facts = " ".join(f"{name}={value}" for name, value in facts_of(record).items())
        return one_line(super().formatMessage(record)) + (f" [{one_line(facts)}]" if facts else "")

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 - logging's own signature
        """Write a trace; what was raised may hold what a client sent."""
        return clean(super().formatException(ei))
