"""``GET /view``: a page a person can read, the quotation highlighted, its notes beside it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from index.errors import UnknownDocument
from service.errors import BadSpan
from service.handlers import page_responses
from service.library import OpenAssistant
from service.places import find, span_within
from service.routes.dependencies import DeskDependency
from service.routes.documents import BUSY
from service.schemas import VIEW_PATH
from service.web.pages import HEADERS, reading_page
from service.web.reading import lay_out

router = APIRouter(tags=["documents"])

Place = Annotated[int | None, Query(ge=0)]


@router.get(
    VIEW_PATH,
    response_class=HTMLResponse,
    responses=page_responses(BadSpan, UnknownDocument, *BUSY),
)
async def view(
    document: Annotated[str, Query(min_length=1, max_length=500)],
    desk: DeskDependency,
    start: Place = None,
    end: Place = None,
    at: Place = None,
) -> HTMLResponse:
    """Show a stretch of a document: what to highlight, and where to open the text if elsewhere."""
    html = await desk.run(lambda assistant: _page(assistant, document, start, end, at))
    return HTMLResponse(html, headers=HEADERS)


def _page(
    assistant: OpenAssistant, document: str, start: int | None, end: int | None, at: int | None
) -> str:
    found = find(assistant, document)
    here: dict[str, str] = {"document": found.id}
    quotation = None
    if start is not None and end is not None:
        quotation = span_within(found.text_length, start, end)
        here |= {"start": str(quotation.start), "end": str(quotation.end)}
    page = lay_out(found, quotation, start if at is None and quotation is None else at)
    return reading_page(
        found, page, earlier=_turned(here, page.earlier), later=_turned(here, page.later)
    )


def _turned(here: dict[str, str], place: int | None) -> str | None:
    """Give the link to the same document, opened at another place."""
    if place is None:
        return None
    # Without a path, so that it also holds where a proxy serves the pages under one.
    return f"?{urlencode(here | {'at': str(place)})}"
