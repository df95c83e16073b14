"""``GET /docs``: what the interface offers, on a page that loads nothing from elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.handlers import page_responses
from service.schemas import DOCS_PATH
from service.web.description import operations
from service.web.pages import HEADERS, description_page

router = APIRouter(tags=["health"])


@router.get(DOCS_PATH, response_class=HTMLResponse, responses=page_responses())
async def docs(request: Request) -> HTMLResponse:
    """Describe every route, with examples."""
    description = request.app.openapi()
    html = description_page(
        title=description["info"]["title"],
        version=description["info"]["version"],
        operations=operations(description),
    )
    return HTMLResponse(html, headers=HEADERS)
