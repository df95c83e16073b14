"""``POST /v1/ask``: a question, and the quotations that answer it."""

from __future__ import annotations

from fastapi import APIRouter

from rag.errors import EmptyQuestion, QuestionTooLong
from service.errors import NoIndexOpen
from service.handlers import responses
from service.routes.dependencies import AssistantDependency
from service.schemas import AnswerBody, AskRequest, answer_body, filters, turns

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post("/ask", responses=responses(EmptyQuestion, QuestionTooLong, NoIndexOpen))
def ask(request: AskRequest, assistant: AssistantDependency) -> AnswerBody:
    """Answer a question in verified quotations, or say that the library does not."""
    answer = assistant.ask(
        request.question,
        history=turns(request.history),
        filters=filters(request.filters),
        limit=request.limit,
    )
    return answer_body(answer)
