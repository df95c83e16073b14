"""Turn errors into replies: every one leaves as ``application/problem+json`` with a stable code.

Only where a page was asked for, it leaves as a page.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from service.chat.schemas import ErrorBody, ErrorReplyBody
from service.errors import BodyTooLarge, BodyTooSlow, NoKey, StrangeHost, TooManyRequests
from service.library import RETRY_AFTER_SECONDS
from service.problems import (
    MEDIA_TYPE,
    PROBLEMS,
    UNEXPECTED,
    FaultBody,
    Problem,
    ProblemBody,
    look_up,
)
from service.schemas import DOCS_PATH, HOME_PATH, VIEW_PATH
from service.web.pages import HEADERS as PAGE_HEADERS
from service.web.pages import problem_page

logger = logging.getLogger(__name__)

INVALID = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request")

PAGE_PATHS = (HOME_PATH, VIEW_PATH, DOCS_PATH)
"""Where errors are told as a page."""

ANYWHERE = (NoKey, StrangeHost, TooManyRequests, BodyTooLarge, BodyTooSlow)
"""What any request may be refused with, before it reaches its route."""

CHAT_PATHS = ("/v1/chat/", "/v1/models")
"""Where errors are told as OpenAI's clients read them."""

UNREADABLE = Problem(HTTPStatus.BAD_REQUEST, "bad_request")

REFERENCE = "#/components/schemas/{model}"


def add_handlers(app: FastAPI) -> None:
    """Have every error of the table, and what the framework raises itself, told as a problem."""
    for kind in PROBLEMS:
        if issubclass(kind, Exception):
            app.add_exception_handler(kind, tell)
    app.add_exception_handler(Exception, tell)
    app.add_exception_handler(HTTPException, _tell_http)
    app.add_exception_handler(RequestValidationError, _tell_invalid)


def tell(request: Request, error: Exception) -> Response:
    """Reply with the problem that the table has for the error's class."""
    body = problem_of(error)
    headers = {}
    if body.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        wait = getattr(error, "retry_after_seconds", RETRY_AFTER_SECONDS)
        headers["Retry-After"] = str(wait)
    if body.status == HTTPStatus.UNAUTHORIZED:
        # For pages, a scheme with which a browser asks the person before it.
        scheme = "Basic" if request.url.path in PAGE_PATHS else "Bearer"
        headers["WWW-Authenticate"] = f'{scheme} realm="Ibid"'
    return reply(request, body, headers)


def problem_of(error: Exception) -> ProblemBody:
    """Give the problem of an error, and tell the log if the server is at fault."""
    problem = look_up(PROBLEMS, error)
    if problem is UNEXPECTED:
        logger.error("%s: %s", problem.code, error, exc_info=error)
    elif problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("%s: %s", problem.code, error)
    body = problem.body(error)
    # A few errors know which part of the request they are about.
    if pointer := getattr(error, "param", None):
        body = body.model_copy(update={"errors": [FaultBody(pointer=pointer, message=body.detail)]})
    return body


def _chat_reply(body: ProblemBody, headers: Mapping[str, str]) -> Response:
    # OpenAI's clients know 400 for a bad request, and no 422.
    status = HTTPStatus.BAD_REQUEST if body.status == INVALID.status else HTTPStatus(body.status)
    return JSONResponse(chat_error(body).model_dump(), status, dict(headers))


def chat_error(body: ProblemBody) -> ErrorReplyBody:
    """Write a problem as OpenAI's clients read it."""
    kind = "invalid_request_error"
    if body.status == HTTPStatus.TOO_MANY_REQUESTS:
        kind = "rate_limit_error"
    elif body.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind = "server_error"
    param = body.errors[0].pointer.strip("/").replace("/", ".") if body.errors else None
    code = "server_error" if body.code == UNEXPECTED.code else body.code
    return ErrorReplyBody(
        error=ErrorBody(message=body.detail, type=kind, param=param or None, code=code)
    )


def _tell_http(request: Request, error: Exception) -> Response:
    """Tell of what the framework refuses itself, such as a path that leads nowhere."""
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    body = ProblemBody(
        title=status.phrase,
        status=status,
        detail=str(error.detail),
        code=re.sub(r"\W+", "_", status.phrase.lower()),
    )
    return reply(request, body, error.headers)


def _tell_invalid(request: Request, error: Exception) -> Response:
    """Tell of every part of a request that does not have the shape it should."""
    assert isinstance(error, RequestValidationError)
    faults = [
        FaultBody(pointer=_pointer(fault["loc"]), message=fault["msg"]) for fault in error.errors()
    ]
    detail = "; ".join(f"{fault.pointer}: {fault.message}" for fault in faults)
    body = INVALID.body(ValueError(detail))
    return reply(request, body.model_copy(update={"errors": faults}))


def reply(
    request: Request, body: ProblemBody, headers: Mapping[str, str] | None = None
) -> Response:
    """Write a problem in the form of the route that was called: a page, OpenAI's, or RFC 9457."""
    headers = headers or {}
    if request.url.path.startswith(CHAT_PATHS):
        return _chat_reply(body, headers)
    if request.url.path in PAGE_PATHS:
        return HTMLResponse(
            problem_page(body), status_code=body.status, headers={**PAGE_HEADERS, **headers}
        )
    return Response(
        body.model_dump_json(exclude=None if body.errors else {"errors"}),
        status_code=body.status,
        headers=dict(headers),
        media_type=MEDIA_TYPE,
    )


def _pointer(place: Iterable[str | int]) -> str:
    """Write a place as a JSON pointer into the body, or as the parameter's name."""
    kind, *steps = place
    if kind == "body":
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return ".".join(str(step) for step in steps)


def responses(*kinds: type[BaseException]) -> dict[int | str, dict[str, Any]]:
    """Describe, for the interface's own documentation, the problems a route may reply with."""
    return _described(kinds, MEDIA_TYPE, {"$ref": REFERENCE.format(model=ProblemBody.__name__)})


def chat_responses(*kinds: type[BaseException]) -> dict[int | str, dict[str, Any]]:
    """Describe the errors of a route that speaks the OpenAI wire."""
    described = _described(
        kinds, "application/json", {"$ref": REFERENCE.format(model=ErrorReplyBody.__name__)}
    )
    # Told as 400 here, which is described already.
    del described[int(INVALID.status)]
    return described


def page_responses(*kinds: type[BaseException]) -> dict[int | str, dict[str, Any]]:
    """Describe the problems of a route that replies with pages."""
    return _described(kinds, HTMLResponse.media_type or "", {"type": "string"})


def _described(
    kinds: Iterable[type[BaseException]], media_type: str, schema: Mapping[str, str]
) -> dict[int | str, dict[str, Any]]:
    problems = [
        UNREADABLE,
        INVALID,
        UNEXPECTED,
        *(PROBLEMS[kind] for kind in (*ANYWHERE, *kinds)),
    ]
    described: dict[int | str, dict[str, Any]] = {}
    for status in sorted({problem.status for problem in problems}):
        codes = [f"`{problem.code}`" for problem in problems if problem.status == status]
        described[int(status)] = {
            "description": f"{status.phrase}: {' or '.join(codes)}",
            "content": {media_type: {"schema": schema}},
        }
    return described


def describe(app: FastAPI) -> dict[str, Any]:
    """Write the OpenAPI description, with the shape of problems, which no route returns."""
    if app.openapi_schema is None:
        description = get_openapi(title=app.title, version=app.version, routes=app.routes)
        schemas = description.setdefault("components", {}).setdefault("schemas", {})
        for model in (ProblemBody, ErrorReplyBody):
            schema = model.model_json_schema(ref_template=REFERENCE)
            schemas.update(schema.pop("$defs"))
            schemas[model.__name__] = schema
        for path, operations in description["paths"].items():
            for operation in operations.values() if path.startswith(CHAT_PATHS) else ():
                # The framework adds its own 422, which is never sent here.
                operation["responses"].pop(str(int(INVALID.status)), None)
        app.openapi_schema = description
    return app.openapi_schema
