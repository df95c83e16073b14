"""Answer what chat clients ask about the chat itself, without looking into the library.

A title is the first question, cut short; tags, follow-ups and search queries would have to be made
up, so there are none.
"""

from __future__ import annotations

import json

from service.chat.conversation import Task

TITLE_WORDS = 8
TITLE_CHARS = 60
UNTITLED = "New chat"
NOT_A_QUESTION = "Ibid answers questions about its library, and nothing else."

_NOTHING: dict[str, object] = {"tags": [], "follow_ups": [], "queries": [], "text": ""}
"""What each task gets, by the key that its prompt names."""


def perform(task: Task) -> str:
    """Give the text that a client's own prompt asks for."""
    if task.key == "title":
        return json.dumps({"title": title(task.first_question)}, ensure_ascii=False)
    if task.key in _NOTHING:
        return json.dumps({task.key: _NOTHING[task.key]})
    return NOT_A_QUESTION


def title(question: str) -> str:
    """Cut a question to the length of a title."""
    words = question.split()
    short = " ".join(words[:TITLE_WORDS])
    if len(short) > TITLE_CHARS:
        short = short[:TITLE_CHARS].rsplit(" ", 1)[0]
    return (short if short == " ".join(words) else f"{short} …") or UNTITLED
