"""``POST /v1/ask``: a question, and the quotations that answer it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from rag.answer import SearchResult
from rag.errors import EmptyQuestion, QuestionTooLong
from service import sse
from service.asking import Asked
from service.errors import DeskFull, NoIndexOpen, TookTooLong
from service.handlers import problem_of, responses
from service.library import OpenAssistant
from service.metrics import Metrics
from service.routes.dependencies import DeskDependency
from service.routes.presence import unless_gone
from service.schemas import (
    AnswerBody,
    AskRequest,
    DoneBody,
    PassagesBody,
    UnderstoodBody,
    answer_body,
    filters,
    search_body,
    turns,
)

router = APIRouter(prefix="/v1", tags=["questions"])


@dataclass(frozen=True, slots=True)
class Part:
    """One event of a streamed reply."""

    event: str
    data: dict[str, Any]


STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": sse.DESCRIBED}}
"""The other form of the reply, for the interface's own documentation."""


@router.post(
    "/ask",
    response_model=AnswerBody,
    responses=STREAMED
    | responses(EmptyQuestion, QuestionTooLong, NoIndexOpen, DeskFull, TookTooLong),
)
async def ask(
    body: AskRequest, desk: DeskDependency, request: Request
) -> AnswerBody | StreamingResponse:
    """Answer a question in verified quotations, or say that the library does not.

    With `stream`, the reply is a stream of server-sent events: `understood` with the question as
    it was understood, `passages` with what was found, a `citation` for each quotation, `answer`
    with the whole body, `done`; or `error` with a problem.
    """
    metrics = request.app.state.metrics
    if not body.stream:
        work = desk.run(lambda assistant: answer_body(_asked(body).put(assistant, metrics)))
        return await unless_gone(request, work)
    parts: asyncio.Queue[Part] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def tell(event: str, data: BaseModel) -> None:
        # Called in the desk's thread; the loop may have ended when a server was stopped by force.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(parts.put_nowait, Part(event, data.model_dump(mode="json")))

    working = asyncio.ensure_future(
        desk.run(lambda assistant: _told(assistant, _asked(body), metrics, tell))
    )
    first = asyncio.ensure_future(parts.get())
    try:
        await unless_gone(request, _begun(first, working))
    except BaseException:
        working.cancel()
        first.cancel()
        raise
    return StreamingResponse(
        _stream(first, parts, working), media_type=sse.MEDIA_TYPE, headers=sse.HEADERS
    )


def _asked(body: AskRequest) -> Asked:
    return Asked(body.question, turns(body.history), filters(body.filters), body.limit)


def _told(
    assistant: OpenAssistant,
    asked: Asked,
    metrics: Metrics,
    tell: Callable[[str, BaseModel], None],
) -> None:
    """Do the work of a streamed reply, and tell of every part as it becomes known."""

    def hear(found: SearchResult) -> None:
        tell("understood", UnderstoodBody(query=found.query))
        tell("passages", PassagesBody(passages=search_body(found).passages))

    answer = answer_body(asked.put(assistant, metrics, hear=hear))
    for citation in answer.citations:
        tell("citation", citation)
    tell("answer", answer)
    tell("done", DoneBody(status=answer.status))


async def _begun(first: asyncio.Future[Part], working: asyncio.Future[None]) -> None:
    """Wait for the first part: what fails before it still has a status of its own."""
    either: list[asyncio.Future[Any]] = [first, working]
    await asyncio.wait(
        either,
        timeout=sse.KEEP_ALIVE_SECONDS,
        return_when=asyncio.FIRST_COMPLETED,
    )
    if working.done():
        # What was handed over before the work ended has yet to arrive.
        await asyncio.sleep(0)
        if not first.done():
            working.result()


async def _stream(
    first: asyncio.Future[Part], parts: asyncio.Queue[Part], working: asyncio.Future[None]
) -> AsyncIterator[str]:
    """Send the parts in order, and signs of life between them."""
    coming = first
    try:
        while True:
            either: list[asyncio.Future[Any]] = [coming, working]
            await asyncio.wait(
                either,
                timeout=sse.KEEP_ALIVE_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not coming.done() and working.done():
                # The parts were handed over before the work ended: let them arrive.
                await asyncio.sleep(0)
            if coming.done():
                part = coming.result()
                yield sse.frame(part.data, event=part.event)
                if part.event == "done":
                    return
                coming = asyncio.ensure_future(parts.get())
            elif working.done() and (error := working.exception()) is not None:
                assert isinstance(error, Exception)
                yield sse.frame(problem_of(error).model_dump(exclude={"errors"}), event="error")
                return
            elif not working.done():
                yield sse.KEEP_ALIVE
    finally:
        coming.cancel()
        working.cancel()
