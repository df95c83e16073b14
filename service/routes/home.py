"""``GET /``: the page to begin with, where a person asks and sees what the library holds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from rag.answer import Filters
from rag.errors import EmptyQuestion, QuestionTooLong
from service.asking import Asked
from service.handlers import page_responses
from service.library import OpenAssistant
from service.routes.dependencies import DeskDependency
from service.routes.documents import BUSY
from service.routes.presence import unless_gone
from service.schemas import HOME_PATH
from service.web.pages import HEADERS, home_page
from service.web.saying import shown

router = APIRouter(tags=["questions"])

QUOTATIONS = 3


@router.get(
    HOME_PATH,
    response_class=HTMLResponse,
    responses=page_responses(EmptyQuestion, QuestionTooLong, *BUSY),
)
async def home(
    desk: DeskDependency, request: Request, question: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """Show what the library holds, and the answer to a question."""
    metrics = request.app.state.metrics
    asked = Asked(question.strip(), (), Filters(), QUOTATIONS)

    def work(assistant: OpenAssistant) -> str:
        said = None
        if asked.question:
            said = shown(asked.question, asked.put(assistant, metrics))
        return home_page(assistant.index.documents.catalogue(), said)

    return HTMLResponse(await unless_gone(request, desk.run(work)), headers=HEADERS)
