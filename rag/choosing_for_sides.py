"""Chooses what to quote of each side of a comparison: answers that speak of the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, product

from index.arrays import Floats
from rag.answering import AnswerConfig, Sentence
from rag.choosing import Choice
from rag.citation import Quotation
from rag.conflicts import Encode
from rag.sides import Side

_MOST_COMBINATIONS = 1296


def choose_for_sides(
    sides: Sequence[tuple[Side, Sequence[Sentence]]], config: AnswerConfig, encode: Encode
) -> list[Quotation]:
    """Choose a quotation for each side of a comparison, out of its own passages.

    The sentences to begin with are chosen together: each is to answer, and they are to lie near
    each other, for two authors can only be compared on the same point. The words are dealt out
    evenly; what one side leaves over, the next may use. A side with nothing that may be quoted by
    itself has no share in either.

    Args:
        sides: Each side with the sentences of its best passages.
        config: How much is quoted.
        encode: Gives the vectors of sentences.
    """
    own = replace(config, neighbour_odds=config.side_neighbour_odds)
    asked = [Choice(side.query, side.ranking, sentences, own) for side, sentences in sides]
    choices = [choice for choice in asked if choice.open_sentences()]
    firsts = _first_sentences(choices, config, encode)
    chosen: list[Quotation] = []
    left = config.words
    for i, (choice, first) in enumerate(zip(choices, firsts, strict=True)):
        chosen += choice.choose(1, left // (len(choices) - i), first=first)
        left -= choice.words_taken
    return chosen


def _first_sentences(
    choices: Sequence[Choice], config: AnswerConfig, encode: Encode
) -> Sequence[Sentence | None]:
    """Give the sentences, one of each side, that are likely to answer and near to each other."""
    best = [
        sorted(choice.open_sentences(), key=lambda s: -s.odds)[: _compared(len(choices), config)]
        for choice in choices
    ]
    if len(choices) < 2:
        return [None] * len(choices)
    vectors = [
        encode([choice.text(sentence) for sentence in some])
        for choice, some in zip(choices, best, strict=True)
    ]

    def worth(places: Sequence[int]) -> float:
        odds = sum(some[place].odds for some, place in zip(best, places, strict=True))
        return odds + config.nearness_odds * _nearness(vectors, places)

    places = max(product(*(range(len(some)) for some in best)), key=worth)
    return [some[place] for some, place in zip(best, places, strict=True)]


def _compared(sides: int, config: AnswerConfig) -> int:
    """Give how many sentences of each side to compare: all combinations are looked at."""
    return max(1, min(config.sentences_compared, int(_MOST_COMBINATIONS ** (1 / sides))))


def _nearness(vectors: Sequence[Floats], places: Sequence[int]) -> float:
    """Give the mean cosine of the sentences that stand at some places, one of each side."""
    pairs = list(combinations(range(len(places)), 2))
    cosines = (float(vectors[a][places[a]] @ vectors[b][places[b]]) for a, b in pairs)
    return sum(cosines) / len(pairs)
