"""Chooses what to quote of each side of a comparison."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering import AnswerConfig, Sentence
from rag.choosing import Choice
from rag.citation import Quotation
from rag.sides import Side


def choose_for_sides(
    sides: Sequence[tuple[Side, Sequence[Sentence]]], config: AnswerConfig
) -> list[Quotation]:
    """Choose a quotation for each side of a comparison, out of its own passages.

    The words are dealt out evenly; what one side leaves over, the next may use. A side with nothing
    that may be quoted by itself has no share in them.

    Args:
        sides: Each side with the sentences of its best passages.
        config: How much is quoted.
    """
    asked = [Choice(side.query, side.ranking, sentences, config) for side, sentences in sides]
    choices = [choice for choice in asked if choice.open_sentences()]
    chosen: list[Quotation] = []
    left = config.words
    for i, choice in enumerate(choices):
        chosen += choice.choose(1, left // (len(choices) - i))
        left -= choice.words_taken
    return chosen
