"""What an error means to a client: status and code of an HTTP reply, exit code of a command.

Both are tables of error classes, looked up along the class order, so a row for a base class serves
its children. The errors themselves know of neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from corpus.errors import NothingToRead
from index.errors import AmbiguousDocument, StoreError, UnknownDocument
from rag.errors import EmptyQuestion, QuestionTooLong, UnknownFilter
from service.errors import (
    BadKeys,
    BadSetting,
    BadSpan,
    BodyTooLarge,
    BodyTooSlow,
    ClientGone,
    DeskFull,
    ExtraMissing,
    KeysMissing,
    NoIndexOpen,
    NoKey,
    NoQuestion,
    StrangeHost,
    TookTooLong,
    TooManyRequests,
    UnknownModel,
)

FAILED = 1
MISUSED = 2

PACKAGES = frozenset({"corpus", "index", "rag", "service", "eval"})
"""Whose errors are written to be read."""

MEDIA_TYPE = "application/problem+json"

Row = TypeVar("Row")


class FaultBody(BaseModel):
    """One thing that is wrong with a request."""

    model_config = ConfigDict(frozen=True)

    pointer: str
    """Where in the body, as a JSON pointer (RFC 6901), or the name of a parameter."""
    message: str


class ProblemBody(BaseModel):
    """An error, as RFC 9457 writes it, with a code that does not change."""

    model_config = ConfigDict(frozen=True)

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[FaultBody] = []


@dataclass(frozen=True, slots=True)
class Problem:
    """How a class of errors is told over HTTP."""

    status: HTTPStatus
    code: str
    detail: str | None = None
    """What the client reads; None where the error's own message names nothing private."""

    def body(self, error: BaseException) -> ProblemBody:
        """Write the reply's body for one error of the class."""
        return ProblemBody(
            title=self.status.phrase,
            status=self.status,
            detail=str(error) if self.detail is None else self.detail,
            code=self.code,
        )


UNEXPECTED = Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal_error",
    "The request failed through a fault of the server; its log says more.",
)

PROBLEMS: Mapping[type[BaseException], Problem] = {
    EmptyQuestion: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "empty_question"),
    QuestionTooLong: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "question_too_long"),
    UnknownFilter: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_filter"),
    BadSpan: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_span"),
    UnknownDocument: Problem(
        HTTPStatus.NOT_FOUND, "unknown_document", "The library holds no such document."
    ),
    AmbiguousDocument: Problem(
        HTTPStatus.NOT_FOUND,
        "ambiguous_document",
        "Several documents have this name; use the id of the one that is meant.",
    ),
    # Messages of the store name its path, and are for the log.
    StoreError: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "index_unusable", "The index cannot be read just now."
    ),
    NoIndexOpen: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE, "no_index_open", "No index is open just now."
    ),
    DeskFull: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "too_busy",
        "More questions wait than may; ask again shortly.",
    ),
    TookTooLong: Problem(HTTPStatus.SERVICE_UNAVAILABLE, "took_too_long"),
    ClientGone: Problem(HTTPStatus.REQUEST_TIMEOUT, "client_gone"),
    UnknownModel: Problem(HTTPStatus.NOT_FOUND, "model_not_found"),
    NoQuestion: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no_question"),
    NoKey: Problem(HTTPStatus.UNAUTHORIZED, "invalid_api_key"),
    TooManyRequests: Problem(HTTPStatus.TOO_MANY_REQUESTS, "rate_limit_exceeded"),
    StrangeHost: Problem(HTTPStatus.MISDIRECTED_REQUEST, "strange_host"),
    BodyTooLarge: Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large"),
    BodyTooSlow: Problem(HTTPStatus.REQUEST_TIMEOUT, "body_too_slow"),
    BaseException: UNEXPECTED,
}

EXIT_CODES: Mapping[type[BaseException], int] = {
    BadSetting: MISUSED,
    ExtraMissing: MISUSED,
    BadKeys: MISUSED,
    KeysMissing: MISUSED,
    NothingToRead: MISUSED,
    EmptyQuestion: MISUSED,
    QuestionTooLong: MISUSED,
    BaseException: FAILED,
}


def look_up(table: Mapping[type[BaseException], Row], error: BaseException) -> Row:
    """Give the row of the nearest class: the error's own, then its bases in order.

    Args:
        table: Rows by class; one stands under ``BaseException``.
        error: What was raised.
    """
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def told(error: BaseException) -> str:
    """Give the message that a person at a terminal reads.

    The project's own errors, and those of the operating system, say what to do; of any other
    only its author can make something.
    """
    package = type(error).__module__.split(".")[0]
    if package in PACKAGES or isinstance(error, OSError):
        return str(error)
    return (
        f"found an unexpected {type(error).__name__} ({error}), expected none; this is a fault of "
        "Ibid: run it again with IBID_LOG_LEVEL=debug and report what it prints"
    )
