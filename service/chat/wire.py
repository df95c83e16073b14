"""The frames of the OpenAI wire: one whole completion, or chunks of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from service.chat.rendering import Json, Rendering, source
from service.sse import DONE, frame


@dataclass(frozen=True, slots=True)
class Usage:
    """How much was read and written, in words: no language model counts tokens here."""

    prompt: int
    completion: int

    def body(self) -> Json:
        """Write it as clients expect it."""
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """All of one reply: what is said, and the records behind it under one key of our own."""

    rendering: Rendering
    usage: Usage
    record: Json = field(default_factory=dict)

    def extras(self) -> Json:
        """Give what stands beside the choices, for clients that know more than OpenAI's own."""
        return {
            "citations": self.rendering.urls,
            "search_results": self.rendering.search_results,
            "ibid": self.record,
        }


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every frame of one reply repeats."""

    id: str
    created: int
    """In seconds."""
    model: str
    include_usage: bool = False

    def completion(self, reply: Reply) -> Json:
        """Write a whole reply."""
        message = {
            "role": "assistant",
            "content": reply.rendering.content,
            "refusal": None,
            "annotations": reply.rendering.annotations,
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            "id": self.id,
            "object": "chat.completion",
            "created": self.created,
            "model": self.model,
            "choices": [choice],
            "usage": reply.usage.body(),
            "system_fingerprint": None,
            **reply.extras(),
            "sources": reply.rendering.sources,
        }

    def opening(self) -> str:
        """Write the first frame, which says who speaks."""
        return frame(self._chunk({"role": "assistant", "content": ""}))

    def body(self, reply: Reply) -> Iterator[str]:
        """Write all frames behind the first."""
        for piece in reply.rendering.pieces:
            yield frame(self._chunk({"content": piece.text}))
            if piece.citation is not None:
                shown = {
                    "type": "source",
                    "data": source(piece.citation, reply.rendering.base),
                }
                delta: Json = {"annotations": list(piece.annotations)}
                yield frame({**self._chunk(delta), "event": shown})
        yield frame({**self._chunk({}, finish_reason="stop"), **reply.extras()})
        if self.include_usage:
            yield frame({**self._chunk(None), "usage": reply.usage.body()})
        yield DONE

    def _chunk(self, delta: Json | None, *, finish_reason: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        chunk: Json = {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": [] if delta is None else [choice],
            "system_fingerprint": None,
        }
        return {**chunk, "usage": None} if self.include_usage else chunk
