"""Server-sent events: frames, and the signs of life between them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

MEDIA_TYPE = "text/event-stream"
DESCRIBED: dict[str, Any] = {
    MEDIA_TYPE: {
        "schema": {
            "type": "object",
            "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
            "required": ["data"],
        }
    }
}
"""Content of a reply in OpenAPI, which before its version 3.2 describes one event."""
HEADERS = {
    "Cache-Control": "no-cache",
    # Proxies such as nginx would else collect the frames and hand them on at the end.
    "X-Accel-Buffering": "no",
}
KEEP_ALIVE = ": keep-alive\n\n"
KEEP_ALIVE_SECONDS = 5.0
"""How long a stream is silent at most; a client's patience begins at some ten seconds."""
DONE = "data: [DONE]\n\n"


def frame(data: Any, *, event: str | None = None) -> str:  # noqa: ANN401 - anything JSON holds
    """Write one event; JSON has no line break that would end it early."""
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


async def signs_of_life(waiting: asyncio.Future[Any]) -> AsyncIterator[str]:
    """Give a comment every few seconds until something is done."""
    while not waiting.done():
        await asyncio.wait([waiting], timeout=KEEP_ALIVE_SECONDS)
        if not waiting.done():
            yield KEEP_ALIVE
