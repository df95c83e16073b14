"""``GET /v1/documents`` and what hangs under it: a document, its text and its notes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from index.errors import UnknownDocument
from service.document_schemas import (
    DocumentsBody,
    DocumentWithSectionsBody,
    NotesBody,
    TextBody,
    document_body,
    document_with_sections_body,
    notes_body,
)
from service.errors import BadSpan, DeskFull, NoIndexOpen, TookTooLong
from service.handlers import responses
from service.library import OpenAssistant
from service.places import find, span_within
from service.routes.dependencies import DeskDependency

router = APIRouter(prefix="/v1/documents", tags=["documents"])

BUSY = (NoIndexOpen, DeskFull, TookTooLong)
"""What may keep any route from being answered just now."""

Identifier = Annotated[str, Path(min_length=1, max_length=500, description="Id or file name.")]
Start = Annotated[int, Query(ge=0, description="First code point.")]
End = Annotated[int | None, Query(ge=0, description="One past the last code point.")]


@router.get("", responses=responses(*BUSY))
async def documents(desk: DeskDependency) -> DocumentsBody:
    """List the documents of the library."""
    summaries = await desk.run(lambda assistant: assistant.index.documents.catalogue())
    return DocumentsBody(documents=[document_body(summary) for summary in summaries])


@router.get("/{document}", responses=responses(UnknownDocument, *BUSY))
async def document(document: Identifier, desk: DeskDependency) -> DocumentWithSectionsBody:
    """Show a document and how it is divided."""
    return await desk.run(lambda a: document_with_sections_body(find(a, document)))


@router.get("/{document}/text", responses=responses(BadSpan, UnknownDocument, *BUSY))
async def text(
    document: Identifier, desk: DeskDependency, start: Start = 0, end: End = None
) -> TextBody:
    """Give a stretch of a document's clean text; one that goes beyond the end is cut there."""

    def work(assistant: OpenAssistant) -> TextBody:
        found = find(assistant, document)
        span = span_within(found.text_length, start, end)
        return TextBody(start=span.start, end=span.end, text=found.text_slice(*span))

    return await desk.run(work)


@router.get("/{document}/notes", responses=responses(UnknownDocument, *BUSY))
async def notes(document: Identifier, desk: DeskDependency) -> NotesBody:
    """Give a document's notes, each with its mark."""
    return await desk.run(lambda assistant: notes_body(find(assistant, document)))
