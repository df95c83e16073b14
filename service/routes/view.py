"""``GET /view``: a page a person can read, the quotation highlighted, its notes beside it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from index.errors import UnknownDocument
from service.errors import BadSpan, NoIndexOpen
from service.handlers import page_responses
from service.routes.dependencies import AssistantDependency
from service.routes.documents import find, span_within
from service.schemas import VIEW_PATH
from service.web.pages import HEADERS, reading_page
from service.web.reading import lay_out

router = APIRouter(tags=["documents"])

Place = Annotated[int | None, Query(ge=0)]


@router.get(
    VIEW_PATH,
    response_class=HTMLResponse,
    responses=page_responses(BadSpan, UnknownDocument, NoIndexOpen),
)
def view(
    document: Annotated[str, Query(min_length=1, max_length=500)],
    assistant: AssistantDependency,
    start: Place = None,
    end: Place = None,
    at: Place = None,
) -> HTMLResponse:
    """Show a stretch of a document: what to highlight, and where to open the text if elsewhere."""
    found = find(assistant, document)
    here: dict[str, str] = {"document": found.id}
    quotation = None
    if start is not None and end is not None:
        quotation = span_within(found.text_length, start, end)
        here |= {"start": str(quotation.start), "end": str(quotation.end)}
    page = lay_out(found, quotation, start if at is None and quotation is None else at)
    html = reading_page(
        found, page, earlier=_turned(here, page.earlier), later=_turned(here, page.later)
    )
    return HTMLResponse(html, headers=HEADERS)


def _turned(here: dict[str, str], place: int | None) -> str | None:
    """Give the link to the same document, opened at another place."""
    if place is None:
        return None
    return f"{VIEW_PATH}?{urlencode(here | {'at': str(place)})}"
