"""The bodies of chat requests and of the list of models.

A request is read leniently, since clients send much that means nothing here: what is unknown is
passed over. What is understood must have the right shape.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.schemas import FiltersBody

MESSAGES = 1_000
MOST_CHOICES = 1

MODEL = "ibid"
PLAIN_MODEL = "ibid-plain"
"""The same without the list of places at the end, for clients that show citations themselves."""
MODELS = (MODEL, PLAIN_MODEL)


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class PartBody(_Lenient):
    """A part of a message; all but text is passed over."""

    type: str
    text: str | None = None


class MessageBody(_Lenient):
    """One message of the chat."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[PartBody] | None = None

    @property
    def text(self) -> str:
        """Give what the message says."""
        if isinstance(self.content, str):
            return self.content
        parts = (part.text or "" for part in self.content or () if part.type == "text")
        return "\n".join(parts)


class StreamOptionsBody(_Lenient):
    """How to stream."""

    include_usage: bool | None = None


class ChatOptionsBody(BaseModel):
    """What only Ibid knows, under the one key ``ibid``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    references: bool | None = None
    """Whether the text ends with the quotations' places; by default, as the model's name says."""
    filters: FiltersBody = FiltersBody()
    limit: Annotated[int, Field(ge=1, le=20)] = 3
    """How many quotations at most."""


class ChatRequest(_Lenient):
    """A chat, as OpenAI's clients send it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "What were the scissors?"}],
                    "stream": False,
                }
            ]
        }
    )

    model: Annotated[str, Field(min_length=1, max_length=200)]
    messages: Annotated[list[MessageBody], Field(min_length=1, max_length=MESSAGES)]
    stream: bool | None = None
    stream_options: StreamOptionsBody | None = None
    n: Annotated[int, Field(ge=1, le=MOST_CHOICES)] | None = None
    ibid: ChatOptionsBody = ChatOptionsBody()


class ModelBody(BaseModel):
    """A model that can be named in a chat."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "ibid"


class ModelsBody(BaseModel):
    """The models that can be named in a chat."""

    object: Literal["list"] = "list"
    data: list[ModelBody]


class ErrorBody(BaseModel):
    """What went wrong, as OpenAI's clients read it."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorReplyBody(BaseModel):
    """An error of the chat routes."""

    error: ErrorBody
