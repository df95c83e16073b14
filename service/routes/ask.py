"""``POST /v1/ask``: a question, and the quotations that answer it."""

from __future__ import annotations

from fastapi import APIRouter, Request

from rag.errors import EmptyQuestion, QuestionTooLong
from service.errors import DeskFull, NoIndexOpen, TookTooLong
from service.handlers import responses
from service.library import OpenAssistant
from service.routes.dependencies import DeskDependency
from service.routes.presence import unless_gone
from service.schemas import AnswerBody, AskRequest, answer_body, filters, turns

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post(
    "/ask", responses=responses(EmptyQuestion, QuestionTooLong, NoIndexOpen, DeskFull, TookTooLong)
)
async def ask(body: AskRequest, desk: DeskDependency, request: Request) -> AnswerBody:
    """Answer a question in verified quotations, or say that the library does not."""

    def work(assistant: OpenAssistant) -> AnswerBody:
        answer = assistant.ask(
            body.question,
            history=turns(body.history),
            filters=filters(body.filters),
            limit=body.limit,
        )
        return answer_body(answer)

    return await unless_gone(request, desk.run(work))
