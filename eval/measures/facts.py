"""Whether a text states the facts that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.folding import fold_signs

_EMPHASIS_OR_MARK = re.compile(r"\[\^[^\]]*\]|[*_]")


def fold_for_facts(text: str) -> str:
    """Give the text as facts are compared: no case, emphasis or marks, plain quotes and dashes."""
    return fold_signs(_EMPHASIS_OR_MARK.sub("", text)).lower()


def first_words(text: str, count: int) -> str:
    """Give the first words of a text, folded for facts; a word is what white space parts."""
    return " ".join(fold_for_facts(text).split()[:count])


def is_stated(fact: Sequence[str], folded: str) -> bool:
    """Tell whether one of a fact's strings occurs in a text that ``fold_for_facts`` folded."""
    return any(fold_for_facts(form) in folded for form in fact)


def share_stated(facts: Sequence[Sequence[str]], text: str, *, words: int) -> float:
    """Give the share of the facts that stand in the first words of a text.

    Args:
        facts: At least one fact, each a list of strings any of which states it.
        text: An answer, or passages put together.
        words: How many words are looked at.

    Source:
        The short-answer recall (string match) of Stelmakh and others, "ASQA: factoid questions
        meet long-form answers", EMNLP 2022, as ALCE uses it, cut at a number of words.
    """
    folded = first_words(text, words)
    return sum(is_stated(fact, folded) for fact in facts) / len(facts)
