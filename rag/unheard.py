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
        The parts, as they were asked, that give a year which stands nowhere, or are about nothing
        but a name which stands nowhere. A part that says more of its matter than such a name may
        have been understood by the rest, for names are spelt in many ways. Nothing where the
        question has one part, or where all are of that kind: then there is no answer at all.
    """
    parts = [part.strip(" ?,;") for part in _BETWEEN.split(query.text)]
    unheard = [part for part in parts if _is_unheard(part, query)]
    return tuple(unheard) if 0 < len(unheard) < len(parts) else ()


def _is_unheard(part: str, query: Query) -> bool:
    # A capital that only opens the part makes no name.
    words = [w for w in query.words if re.search(rf"(?<=\s){re.escape(w)}\b", part)]
    unknown = [w for w in words if w in query.unknown]
    names = [w for w in unknown if w[0].isupper()]
    return any(w.isdigit() for w in unknown) or (bool(names) and len(names) == len(words))
