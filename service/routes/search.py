"""``POST /v1/search``: the passages nearest to a query, without an answer."""

from __future__ import annotations

from fastapi import APIRouter

from rag.errors import EmptyQuestion, QuestionTooLong
from service.errors import NoIndexOpen
from service.handlers import responses
from service.routes.dependencies import AssistantDependency
from service.schemas import SearchBody, SearchRequest, filters, search_body, turns

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post("/search", responses=responses(EmptyQuestion, QuestionTooLong, NoIndexOpen))
def search(request: SearchRequest, assistant: AssistantDependency) -> SearchBody:
    """Find passages, best first."""
    result = assistant.search(
        request.query,
        history=turns(request.history),
        filters=filters(request.filters),
        limit=request.limit,
    )
    return search_body(result)
