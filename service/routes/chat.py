"""``POST /v1/chat/completions``, ``GET /v1/models`` and ``GET /v1/models/{id}``."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from rag.errors import EmptyQuestion, QuestionTooLong
from service import sse
from service.asking import Asked
from service.chat.conversation import Conversation, read
from service.chat.rendering import Piece, Rendering, render
from service.chat.schemas import (
    MODELS,
    PLAIN_MODEL,
    ChatRequest,
    ModelBody,
    ModelsBody,
)
from service.chat.tasks import perform
from service.chat.wire import Envelope, Reply, Usage
from service.desk import Desk
from service.errors import DeskFull, NoIndexOpen, NoQuestion, TookTooLong, UnknownModel
from service.handlers import chat_error, chat_responses, problem_of
from service.library import OpenAssistant
from service.metrics import Metrics
from service.routes.dependencies import DeskDependency
from service.routes.presence import unless_gone
from service.schemas import answer_body, filters

router = APIRouter(prefix="/v1", tags=["chat"])

STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": sse.DESCRIBED}}
"""The other form of the reply, for the interface's own documentation."""

STATUS_HEADER = "X-Ibid-Status"
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


@router.get("/models", responses=chat_responses())
async def models(request: Request) -> ModelsBody:
    """List the models: the library with the places of quotations in the text, and without."""
    return ModelsBody(data=[ModelBody(id=name, created=_created(request)) for name in MODELS])


@router.get("/models/{model}", responses=chat_responses(UnknownModel))
async def model(request: Request, model: Annotated[str, Path(max_length=200)]) -> ModelBody:
    """Show a model."""
    return ModelBody(id=_known(model), created=_created(request))


@router.post(
    "/chat/completions",
    response_class=JSONResponse,
    responses=STREAMED
    | chat_responses(
        UnknownModel, NoQuestion, EmptyQuestion, QuestionTooLong, NoIndexOpen, DeskFull, TookTooLong
    ),
)
async def completions(body: ChatRequest, desk: DeskDependency, request: Request) -> Response:
    """Answer a chat on the OpenAI wire, streamed or not."""
    options = body.stream_options
    envelope = Envelope(
        id=f"chatcmpl-{uuid4().hex}",
        created=int(time.time()),
        model=_known(body.model),
        include_usage=bool(options and options.include_usage),
    )
    answering = asyncio.ensure_future(
        _reply(body, desk, request.app.state.metrics, base_of(request))
    )
    try:
        if not body.stream:
            reply = await unless_gone(request, _held(answering))
            status = {STATUS_HEADER: reply.record["status"]}
            return JSONResponse(envelope.completion(reply), headers=status)
        # What fails at once still has a status of its own; later, only the stream can tell.
        await unless_gone(request, _begun(answering))
    except BaseException:
        answering.cancel()
        raise
    return StreamingResponse(
        _stream(envelope, answering), media_type=sse.MEDIA_TYPE, headers=sse.HEADERS
    )


async def _held(answering: asyncio.Future[Reply]) -> Reply:
    return await answering


async def _begun(answering: asyncio.Future[Reply]) -> None:
    done, _ = await asyncio.wait([answering], timeout=sse.KEEP_ALIVE_SECONDS)
    if done:
        answering.result()


async def _stream(envelope: Envelope, answering: asyncio.Future[Reply]) -> AsyncIterator[str]:
    try:
        yield envelope.opening()
        async for sign in sse.signs_of_life(answering):
            yield sign
        try:
            reply = answering.result()
        except Exception as error:  # noqa: BLE001 - the status is sent: only the stream can tell
            yield sse.frame(chat_error(problem_of(error)).model_dump())
            return
        for frame in envelope.body(reply):
            yield frame
    finally:
        answering.cancel()


async def _reply(body: ChatRequest, desk: Desk, metrics: Metrics, base: str) -> Reply:
    found = read(body.messages)
    words = sum(len(message.text.split()) for message in body.messages)
    if not isinstance(found, Conversation):
        said = perform(found)
        rendering = Rendering((Piece(said),), (), base)
        return Reply(rendering, Usage(words, len(said.split())), {"status": "task"})
    options = body.ibid
    asked = Asked(found.question, found.history, filters(options.filters), options.limit)

    def work(assistant: OpenAssistant) -> Reply:
        answer = asked.put(assistant, metrics)
        rendering = render(answer, base=base, references=_referring(body))
        usage = Usage(words, len(rendering.content.split()))
        return Reply(rendering, usage, answer_body(answer).model_dump(mode="json"))

    return await desk.run(work)


def _referring(body: ChatRequest) -> bool:
    """Whether the text ends with places: as the request says, else as the model's name does."""
    if body.ibid.references is not None:
        return body.ibid.references
    return body.model != PLAIN_MODEL


def _known(model: str) -> str:
    if model not in MODELS:
        raise UnknownModel(model, MODELS)
    return model


def _created(request: Request) -> int:
    created = request.app.state.started
    assert isinstance(created, int)
    return created


def base_of(request: Request) -> str:
    """Give what links begin with: as set, else the address that the client used."""
    settings_url = request.app.state.settings.public_url
    assert isinstance(settings_url, str)
    host = request.headers.get("host", "")
    if settings_url or not _HOST.fullmatch(host):
        return settings_url
    return f"{request.url.scheme}://{host}"
