"""What a route is handed: the library, the assistant, and the desk where work is done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from service.desk import Desk
from service.library import Library, OpenAssistant


async def open_library(request: Request) -> Library:
    """Give the library that the application's lifespan opened."""
    library = request.app.state.library
    assert isinstance(library, Library)
    return library


LibraryDependency = Annotated[Library, Depends(open_library)]
"""The library, for what must work while no index is open."""


async def borrow_assistant(library: LibraryDependency) -> AsyncIterator[OpenAssistant]:
    """Borrow the open assistant until the request is done."""
    with library.borrow() as assistant:
        yield assistant


AssistantDependency = Annotated[OpenAssistant, Depends(borrow_assistant)]
"""The assistant; without an open index the request ends with status 503."""


async def open_desk(request: Request) -> Desk:
    """Give the desk that the application's lifespan opened."""
    desk = request.app.state.desk
    assert isinstance(desk, Desk)
    return desk


DeskDependency = Annotated[Desk, Depends(open_desk)]
"""Where a route has its work done, off the event loop."""
