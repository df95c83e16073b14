"""Tools for other assistants, by the Model Context Protocol: ask, search, read, notes.

What they give is what the HTTP routes give, so a citation means the same in both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal, TypeVar, cast

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import Field
from starlette.types import ASGIApp

from rag.answer import Filters
from rag.interpreter import LONGEST_QUESTION
from service.desk import Desk
from service.document_schemas import NotesBody, TextBody, notes_body
from service.handlers import problem_of
from service.keys import Keyring
from service.library import Library, OpenAssistant
from service.middleware.envelope import Envelope
from service.places import find, span_within
from service.protection import protect
from service.schemas import (
    AnswerBody,
    FiltersBody,
    SearchBody,
    answer_body,
    filters,
    search_body,
)
from service.server import serve
from service.settings import Settings
from service.store import StoreOnDisk
from service.version import version

MOST_TEXT = 20_000
"""Characters that one reading gives: more would crowd an assistant's memory."""

INSTRUCTIONS = (
    "A library of scholarly documents. Every quotation stands word for word in a file; quote it "
    "unchanged, with author, title and page. Where the status is not_in_corpus, the library does "
    "not answer: say so, and do not answer from the nearest passages."
)

READ_ONLY = ToolAnnotations(read_only_hint=True, open_world_hint=False)
"""What every tool here is: it changes nothing and goes nowhere."""

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
Result = TypeVar("Result")
Question = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
Authors = Annotated[list[str] | None, Field(description="Only these authors.")]
Documents = Annotated[list[str] | None, Field(description="Only these documents: id or file name.")]
Document = Annotated[str, Field(min_length=1, max_length=500, description="Id or file name.")]
Place = Annotated[int, Field(ge=0, description="In code points of the document's text.")]


class Tools:
    """The tools, each a method that does its work at the desk."""

    def __init__(self, desk: Desk) -> None:
        """Work at this desk."""
        self._desk = desk

    async def ask(
        self,
        question: Question,
        author: Authors = None,
        document: Documents = None,
        limit: Annotated[int, Field(ge=1, le=20, description="Quotations at most.")] = 3,
    ) -> AnswerBody:
        """Answer a question in verified quotations with their places, or say there is none."""
        chosen = _filters(author, document)
        return await self._run(lambda a: answer_body(a.ask(question, filters=chosen, limit=limit)))

    async def search(
        self,
        query: Question,
        author: Authors = None,
        document: Documents = None,
        limit: Annotated[int, Field(ge=1, le=100, description="Passages at most.")] = 10,
    ) -> SearchBody:
        """Find passages, best first, without an answer."""
        chosen = _filters(author, document)
        return await self._run(lambda a: search_body(a.search(query, filters=chosen, limit=limit)))

    async def read(self, document: Document, start: Place = 0, end: Place = MOST_TEXT) -> TextBody:
        """Read a stretch of a document, such as what stands around a citation's start and end."""

        def work(assistant: OpenAssistant) -> TextBody:
            found = find(assistant, document)
            span = span_within(found.text_length, start, min(end, start + MOST_TEXT))
            return TextBody(start=span.start, end=span.end, text=found.text_slice(*span))

        return await self._run(work)

    async def notes(self, document: Document) -> NotesBody:
        """Give a document's footnotes and endnotes, each with its mark."""
        return await self._run(lambda assistant: notes_body(find(assistant, document)))

    async def _run(self, work: Callable[[OpenAssistant], Result]) -> Result:
        try:
            # A new generation is picked up between two calls.
            await asyncio.to_thread(self._desk.library.refresh)
            return await self._desk.run(work)
        except Exception as error:
            # An assistant reads the same words as a client of the HTTP routes, and no path.
            raise ToolError(problem_of(error).detail) from error


def _filters(author: list[str] | None, document: list[str] | None) -> Filters:
    return filters(FiltersBody(author=author or [], document=document or []))


def tool_server(desk: Desk, *, level: str = "warning") -> MCPServer[None]:
    """Build the server.

    Args:
        desk: Where the work is done; closed by whoever opened it.
        level: The least that the log tells.
    """
    server = MCPServer[None](
        "ibid",
        title="Ibid",
        instructions=INSTRUCTIONS,
        version=version(),
        log_level=cast(Level, level.upper()),
    )
    tools = Tools(desk)
    for tool in (tools.ask, tools.search, tools.read, tools.notes):
        server.add_tool(tool, annotations=READ_ONLY)
    return server


def tool_app(desk: Desk, settings: Settings, keys: Keyring) -> ASGIApp:
    """Build the server for HTTP, behind what stands before all that listens.

    Args:
        desk: Where the work is done; closed by whoever opened it.
        settings: Where it listens, and what a request may cost.
        keys: Who may ask; anyone if there are none.
    """
    server = tool_server(desk, level=settings.log_level)
    app = server.streamable_http_app(
        stateless_http=True,
        host=settings.host,
        # Which names it may be called by is checked where keys are, and by the same rule.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    protect(app, settings, keys)
    return Envelope(app, observe=lambda *_: None)


@contextmanager
def desk_at(store: Path) -> Iterator[Desk]:
    """Open a desk on the index in a folder, and close it in the end."""
    desk = Desk(Library(StoreOnDisk(store)))
    try:
        yield desk
    finally:
        desk.close()
        desk.library.close()


def serve_on_standard_input(store: Path, *, level: str) -> None:
    """Serve the tools until the client is done.

    Args:
        store: Folder of the index.
        level: The least that the log tells.
    """
    with desk_at(store) as desk:
        tool_server(desk, level=level).run("stdio")


def serve_over_http(settings: Settings) -> None:
    """Serve the tools until a signal says stop; raises as ``service.server.run`` does."""
    with desk_at(settings.store) as desk:
        serve(settings, lambda keys: tool_app(desk, settings, keys), _greeting)


def _greeting(settings: Settings, base: str, keys: Keyring) -> str:
    header = ", with the header 'Authorization: Bearer KEY'" if keys else ""
    return f"Tools over the index in {settings.store} at {base}/mcp{header}; Ctrl-C stops it."
