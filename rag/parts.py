"""Finds the part of a question that a library cannot answer, since it has never heard of it."""

from __future__ import annotations

import re

from rag.question import Query

_QUESTION_WORD = (
    r"(?:are|did|do|does|had|has|have|how|is|was|were|what|when|where|which|who|whom|whose|why)"
)
_BETWEEN = re.compile(rf"\?\s+|[,;]?\s+and\s+(?={_QUESTION_WORD}\b)", re.IGNORECASE)


def unheard_parts(query: Query) -> tuple[str, ...]:
    """Give the parts of a question that name someone, or a year, that stands nowhere.

    Args:
        query: A question, perhaps of several parts, such as 'Who built it, and when?'.

    Returns:
        The parts, as they were asked. Nothing for a question of one part, and nothing where all
        parts are of that kind: then the library has no answer at all. Words in lower case do not
        count, for they may be misspelt.
    """
    parts = [part.strip(" ?,;") for part in _BETWEEN.split(query.text)]
    names = [word for word in query.unknown if word[0].isupper() or word.isdigit()]
    unheard = [part for part in parts if any(_stands_in(name, part) for name in names)]
    return tuple(unheard) if 0 < len(unheard) < len(parts) else ()


def _stands_in(name: str, part: str) -> bool:
    # A capital that only opens the part tells nothing.
    return re.search(rf"(?<=\s){re.escape(name)}\b", part) is not None
