"""Completes a follow-up question from what was said before, without a language model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer import Turn

_LEANS_BACK = re.compile(
    r"^(?:and|but|so|then|also|what about|how about)\b"
    r"|\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there|"
    r"then|the same|another|others?|the latter|the former)\b",
    re.IGNORECASE,
)
_SHORT_WORDS = 5


def complete(question: str, history: Sequence[Turn]) -> str:
    """Fill in what a question leaves out.

    Args:
        question: The latest question.
        history: Earlier turns, oldest first.

    Returns:
        The question itself where it stands alone; else with the last question asked before it.
    """
    before = next((turn.content for turn in reversed(history) if turn.role == "user"), None)
    if before is None or not leans_back(question):
        return question
    return f"{before.strip()} {question.strip()}"


def leans_back(question: str) -> bool:
    """Whether a question refers to what was said before it."""
    return bool(_LEANS_BACK.search(question)) or len(question.split()) < _SHORT_WORDS
