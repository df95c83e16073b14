"""``POST /v1/search``: the passages nearest to a query, without an answer."""

from __future__ import annotations

from fastapi import APIRouter, Request

from rag.errors import EmptyQuestion, QuestionTooLong
from service.errors import DeskFull, NoIndexOpen, TookTooLong
from service.handlers import responses
from service.library import OpenAssistant
from service.routes.dependencies import DeskDependency
from service.routes.presence import unless_gone
from service.schemas import SearchBody, SearchRequest, filters, search_body, turns
from service.tracing import trace_stages

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post(
    "/search",
    responses=responses(EmptyQuestion, QuestionTooLong, NoIndexOpen, DeskFull, TookTooLong),
)
async def search(body: SearchRequest, desk: DeskDependency, request: Request) -> SearchBody:
    """Find passages, best first."""

    def work(assistant: OpenAssistant) -> SearchBody:
        result = assistant.search(
            body.query,
            history=turns(body.history),
            filters=filters(body.filters),
            limit=body.limit,
        )
        trace_stages(result.timings_ms, attributes={})
        return search_body(result)

    return await unless_gone(request, desk.run(work))
