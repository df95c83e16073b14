"""Two authors are compared on one point, and each has something to say on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from corpus.document import DocumentId, Kind
from index.arrays import Floats
from rag.answering import AnswerConfig
from rag.choosing_for_sides import choose_for_sides
from rag.conflicts import Encode
from rag.question import understand
from rag.sides import Side
from tests.rag.ranked import ranked, scored, stored_passage, words_of

QUERY = understand("What became of the mill?", [])
# Sentences alone: which neighbours they bring is no part of what is tested here.
CONFIG = AnswerConfig(side_neighbour_odds=99)
MATTERS = ("fire", "flood", "sale")

Told = Mapping[str, float]
"""What one side says, each sentence with its odds."""


class ByMatter:
    """Encodes texts so that those on one matter are one, and others have nothing in common."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def __call__(self, texts: Sequence[str]) -> Floats:
        self.seen.append(len(texts))
        return np.array([[word in text for word in MATTERS] for text in texts], dtype=np.float32)


def no_vectors(texts: Sequence[str]) -> Floats:
    raise AssertionError(f"nothing is to be compared, yet {texts} were encoded")


def choose(
    *sides: Told,
    config: AnswerConfig = CONFIG,
    encode: Encode | None = None,
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
    chosen = choose_for_sides(asked, config, encode or ByMatter())
    return [words_of(one, rankings[int(one.document)]) for one in chosen]


MILLER = {"A fire ate the mill.": 1.5, "The flood took it.": 1.0}
BAKER = {"There was a sale.": 1.2, "A flood came down.": 0.5}


def test_sentences_on_one_point_win_over_slightly_likelier_ones() -> None:
    assert choose(MILLER, BAKER) == ["The flood took it.", "A flood came down."]


def test_far_likelier_ones_win_over_those_on_one_point() -> None:
    sure = {"A fire ate the mill.": 4.0, "The flood took it.": 1.0}

    assert choose(sure, BAKER) == ["A fire ate the mill.", "There was a sale."]


def test_where_nearness_counts_for_nothing_the_likeliest_win() -> None:
    config = replace(CONFIG, nearness_odds=0)

    assert choose(MILLER, BAKER, config=config) == ["A fire ate the mill.", "There was a sale."]


def test_a_sentence_that_is_not_among_the_likeliest_is_not_compared() -> None:
    config = replace(CONFIG, sentences_compared=1)

    assert choose(MILLER, BAKER, config=config) == ["A fire ate the mill.", "There was a sale."]


def test_a_single_side_is_quoted_with_its_likeliest() -> None:
    later = {"The flood took it.": 0.5, "A fire ate the mill.": 1.0}

    assert choose(later, encode=no_vectors) == ["A fire ate the mill."]


def test_no_side_at_all_is_no_quotation() -> None:
    assert choose(encode=no_vectors) == []


# A table of contents says nothing, however near its words are.
@pytest.mark.parametrize("silent", [0, 1])
def test_where_one_side_says_nothing_the_other_has_its_likeliest(silent: int) -> None:
    sides = [MILLER, MILLER]
    kinds = [Kind.BODY, Kind.BODY]
    kinds[silent] = Kind.FRONT

    assert choose(*sides, kinds=kinds, encode=no_vectors) == ["A fire ate the mill."]


def test_a_side_that_says_nothing_does_not_keep_the_others_from_being_compared() -> None:
    kinds = [Kind.BODY, Kind.INDEX, Kind.BODY]

    assert choose(MILLER, MILLER, BAKER, kinds=kinds) == [
        "The flood took it.",
        "A flood came down.",
    ]


def test_a_side_that_says_nothing_has_no_share_of_the_words() -> None:
    told = {"A flood came down upon the mill.": 1.0}
    config = replace(CONFIG, words=7 + CONFIG.place_words)

    assert choose(told, told, kinds=[Kind.BODY, Kind.FRONT], config=config) == [*told]


def test_a_sentence_too_long_for_its_share_is_passed_over_for_the_next_likeliest() -> None:
    flood = f"The flood took {'all and ' * 10}more."
    told = {"A sale was held.": 0.2, flood: 3.0, "A fire ate the mill.": 0.9}
    config = replace(CONFIG, words=40)

    assert choose(told, BAKER) == [flood, "A flood came down."]
    # The partner that was chosen for its sake stays.
    assert choose(told, BAKER, config=config) == ["A fire ate the mill.", "A flood came down."]


def test_what_one_side_leaves_over_the_next_may_use() -> None:
    long = f"The flood took {'all and ' * 10}more."
    config = replace(CONFIG, words=48)

    assert choose({"A flood came.": 1.0}, {long: 1.0}, config=config) == ["A flood came.", long]
    assert choose({long: 1.0}, {"A flood came.": 1.0}, config=config) == ["A flood came."]


@pytest.mark.parametrize(
    ("sides", "wanted", "compared"),
    [(2, 6, 6), (3, 6, 6), (4, 6, 6), (5, 6, 4), (12, 6, 1), (3, 100, 10)],
)
def test_the_combinations_of_many_sides_are_bounded(sides: int, wanted: int, compared: int) -> None:
    told = {f"The flood took house {i}.": 1 - i / 100 for i in range(12)}
    encode = ByMatter()

    quoted = choose(
        *[told] * sides,
        config=replace(CONFIG, sentences_compared=wanted, words=1000),
        encode=encode,
    )

    assert encode.seen == [compared] * sides
    assert compared**sides <= 1296
    assert quoted == ["The flood took house 0."] * sides


def test_three_sides_are_quoted_on_the_point_that_all_speak_of() -> None:
    third = {"All of it was forgotten.": 1.0, "Some tell of a flood.": 0.6}

    quoted = choose(MILLER, BAKER, third)

    assert quoted == ["The flood took it.", "A flood came down.", "Some tell of a flood."]
