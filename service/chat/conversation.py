"""What a chat asks: the last message of the user, and what was said before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer import Turn
from service.chat.schemas import MessageBody
from service.errors import NoQuestion

TURNS = 20
"""How far back a follow-up may lean; clients send the whole chat, however long."""

TASK_SIGN = "### Task:"
"""What Open WebUI begins its own prompts with: for a title, tags and the like."""

_TASK_KEY = re.compile(r"\{\s*\"(\w{1,20})\"\s*:")
_SPEAKER = "USER:"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question and what came before it."""

    question: str
    history: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A client's request about the chat itself, such as for its title."""

    key: str
    """The key of the JSON object that is wanted; empty where none is named."""
    first_question: str
    """What the chat began with; empty where it is not told."""


def read(messages: Sequence[MessageBody]) -> Conversation | Task:
    """Read what a chat asks.

    Raises:
        NoQuestion: If no message of the user has text.
    """
    said = [(message.role, message.text.strip()) for message in messages]
    asked = [number for number, (role, text) in enumerate(said) if role == "user" and text]
    if not asked:
        raise NoQuestion
    question = said[asked[-1]][1]
    if question.startswith(TASK_SIGN):
        # Open WebUI also wraps a question in such a prompt, when files hang on the chat.
        wrapped = _between(question, "<user_query>", "</user_query>")
        if not wrapped:
            return _task(question)
        question = wrapped
    history: list[Turn] = []
    for role, text in said[: asked[-1]]:
        if role == "user" and text:
            history.append(Turn("user", text))
        elif role == "assistant" and text:
            history.append(Turn("assistant", text))
    return Conversation(question, tuple(history[-TURNS:]))


def _task(prompt: str) -> Task:
    key = _TASK_KEY.search(prompt)
    lines = _between(prompt, "<chat_history>", "</chat_history>").splitlines()
    asked = (line.removeprefix(_SPEAKER) for line in lines if line.startswith(_SPEAKER))
    return Task(key=key[1] if key else "", first_question=next(asked, "").strip())


def _between(text: str, opening: str, closing: str) -> str:
    """Give what stands between two signs; empty where one is missing.

    Found by searching for the signs, since a pattern could take time squared over hostile text.
    """
    _, _, rest = text.partition(opening)
    inside, found, _ = rest.rpartition(closing)
    return inside.strip() if found else ""
