"""Each side of a comparison has its say, and its share of the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from corpus.document import DocumentId, Kind
from rag.answering import AnswerConfig
from rag.choosing_for_sides import choose_for_sides
from rag.question import understand
from rag.sides import Side
from tests.rag.ranked import ranked, scored, stored_passage, words_of

QUERY = understand("What became of the mill?", [])
# Sentences alone: which neighbours they bring is no part of what is tested here.
CONFIG = AnswerConfig(neighbour_odds=99)

Told = Mapping[str, float]
"""What one side says, each sentence with its odds."""


def choose(
    *sides: Told,
    config: AnswerConfig = CONFIG,
    kinds: Sequence[Kind] = (),
) -> list[str]:
    """Give what is quoted of sides with one passage each."""
    rankings = [
        ranked([stored_passage(" ".join(told), 0, document=str(i), kind=kind)])
        for i, (told, kind) in enumerate(zip(sides, kinds or [Kind.BODY] * len(sides), strict=True))
    ]
    asked = [
        (
            Side((DocumentId(str(i)),), QUERY, ranking),
            scored(ranking, list(told.values())),
        )
        for i, (told, ranking) in enumerate(zip(sides, rankings, strict=True))
    ]
    chosen = choose_for_sides(asked, config)
    return [words_of(one, rankings[int(one.document)]) for one in chosen]


MILLER = {"A fire ate the mill.": 1.5, "The flood took it.": 1.0}
BAKER = {"There was a sale.": 1.2, "A flood came down.": 0.5}


def test_each_side_is_quoted_with_its_likeliest_in_the_order_of_the_sides() -> None:
    assert choose(MILLER, BAKER) == ["A fire ate the mill.", "There was a sale."]
    assert choose(BAKER, MILLER) == ["There was a sale.", "A fire ate the mill."]


def test_a_single_side_is_quoted_with_its_likeliest() -> None:
    later = {"The flood took it.": 0.5, "A fire ate the mill.": 1.0}

    assert choose(later) == ["A fire ate the mill."]


def test_no_side_at_all_is_no_quotation() -> None:
    assert choose() == []


# A table of contents says nothing, however likely its words are.
@pytest.mark.parametrize("silent", [0, 1])
def test_where_one_side_says_nothing_the_other_has_its_likeliest(silent: int) -> None:
    sides = [MILLER, MILLER]
    kinds = [Kind.BODY, Kind.BODY]
    kinds[silent] = Kind.FRONT

    assert choose(*sides, kinds=kinds) == ["A fire ate the mill."]


def test_a_side_that_says_nothing_does_not_keep_the_others_from_being_heard() -> None:
    kinds = [Kind.BODY, Kind.INDEX, Kind.BODY]

    assert choose(MILLER, MILLER, BAKER, kinds=kinds) == [
        "A fire ate the mill.",
        "There was a sale.",
    ]


def test_a_side_that_says_nothing_has_no_share_of_the_words() -> None:
    told = {"A flood came down upon the mill.": 1.0}
    config = replace(CONFIG, words=7 + CONFIG.place_words)

    assert choose(told, told, kinds=[Kind.BODY, Kind.FRONT], config=config) == [*told]


def test_a_sentence_too_long_for_its_share_is_passed_over_for_the_next_likeliest() -> None:
    flood = f"The flood took {'all and ' * 10}more."
    told = {"A sale was held.": 0.2, flood: 3.0, "A fire ate the mill.": 0.9}
    config = replace(CONFIG, words=40)

    assert choose(told, BAKER) == [flood, "There was a sale."]
    assert choose(told, BAKER, config=config) == ["A fire ate the mill.", "There was a sale."]


def test_what_one_side_leaves_over_the_next_may_use() -> None:
    long = f"The flood took {'all and ' * 10}more."
    config = replace(CONFIG, words=48)

    assert choose({"A flood came.": 1.0}, {long: 1.0}, config=config) == ["A flood came.", long]
    assert choose({long: 1.0}, {"A flood came.": 1.0}, config=config) == ["A flood came."]
