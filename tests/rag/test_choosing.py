"""What stands all but side by side is quoted as one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering import AnswerConfig
from rag.choosing import Choice
from rag.question import understand
from tests.rag.ranked import ranked, scored, stored_passage, words_of

QUERY = understand("What became of the mill?", [])
CONFIG = AnswerConfig()
# So unlikely that it is not even taken along as a neighbour.
NO = CONFIG.neighbour_odds - 1

BURNED = "The mill burned in autumn."
LONG = f"Carters came {'and went ' * 20}that year."
SOLD = "The wheel was sold afterwards."


def choose(
    *texts: str,
    odds: Sequence[float],
    words: int = CONFIG.words,
    quotations: int = CONFIG.quotations,
) -> tuple[list[str], Choice]:
    """Give what is quoted of documents of one passage each, and the choice that was made."""
    passages = [stored_passage(text, i, document=str(i)) for i, text in enumerate(texts)]
    ranking = ranked(passages)
    choice = Choice(QUERY, ranking, scored(ranking, odds), CONFIG)
    return [words_of(one, ranking) for one in choice.choose(quotations, words)], choice


def counted(quoted: Sequence[str]) -> int:
    return sum(len(text.split()) + CONFIG.place_words for text in quoted)


@pytest.mark.parametrize(
    ("text", "odds"),
    [
        (f"{BURNED} {LONG} {SOLD}", [1, NO, 0.9]),
        (f"{BURNED} {LONG} {SOLD}", [0.9, NO, 1]),
        (f"{BURNED} {SOLD}", [1, 0.9]),
        (f"The clerk wrote:\n{BURNED} {SOLD}", [1, NO, 0.9]),
    ],
    ids=["between", "the-later-is-likelier", "adjoining", "introduced"],
)
def test_stretches_with_a_sentence_between_are_one_quotation(
    text: str, odds: Sequence[float]
) -> None:
    quoted, choice = choose(text, odds=odds)

    assert quoted == [text]
    assert choice.words_taken == counted(quoted)


def test_a_joined_quotation_is_as_likely_as_the_sentence_it_began_with() -> None:
    text = f"{BURNED} {LONG} {SOLD}"
    ranking = ranked([stored_passage(text, 0, document="0")])
    sentences = scored(ranking, [0.9, NO, 1])

    (quotation,) = Choice(QUERY, ranking, sentences, CONFIG).choose(3, CONFIG.words)

    assert (quotation.score, quotation.core) == (1, sentences[2].span)


@pytest.mark.parametrize(
    ("text", "odds"),
    [
        (f"{BURNED} {LONG} {LONG} {SOLD}", [1, NO, NO, 0.9]),
        (f"{BURNED}\n{SOLD}", [1, 0.9]),
        (f"{BURNED}\n{LONG} {SOLD}", [1, NO, 0.9]),
        (f"{BURNED} {LONG}\n{SOLD}", [1, NO, 0.9]),
    ],
    ids=["two-between", "a-paragraph", "a-paragraph-before", "a-paragraph-behind"],
)
def test_stretches_farther_apart_are_two_quotations(text: str, odds: Sequence[float]) -> None:
    quoted, choice = choose(text, odds=odds)

    assert quoted == [BURNED, SOLD]
    assert choice.words_taken == counted(quoted)


def test_stretches_of_two_passages_are_never_joined() -> None:
    quoted, _ = choose(BURNED, SOLD, odds=[1, 0.9])

    assert quoted == [BURNED, SOLD]


def test_what_is_between_is_left_out_where_the_words_do_not_suffice() -> None:
    text, odds = f"{BURNED} {LONG} {SOLD}", [1, NO, 0.9]
    whole = counted([text])

    just_enough, _ = choose(text, odds=odds, words=whole)
    one_too_few, choice = choose(text, odds=odds, words=whole - 1)

    assert just_enough == [text]
    assert one_too_few == [BURNED, SOLD]
    assert choice.words_taken == counted(one_too_few)


def test_two_that_became_one_leave_room_for_another_quotation() -> None:
    text = f"{BURNED} {SOLD}"

    quoted, _ = choose(text, "The miller left.", odds=[1, 0.9, 0.8], quotations=2)

    assert quoted == [text, "The miller left."]


@given(
    lengths=st.lists(st.integers(3, 25), min_size=8, max_size=8),
    odds=st.lists(st.sampled_from([NO, 0, 0.5, 0.8, 1]), min_size=8, max_size=8),
    breaks=st.lists(st.booleans(), min_size=8, max_size=8),
    words=st.integers(10, 200),
)
def test_no_word_is_counted_twice_and_none_goes_uncounted(
    lengths: list[int], odds: list[float], breaks: list[bool], words: int
) -> None:
    sentences = [f"s{i}" + " w" * (length - 1) + "." for i, length in enumerate(lengths)]
    text = "".join(s + "\n" * b + " " for s, b in zip(sentences, breaks, strict=True))

    quoted, choice = choose(text, odds=odds, words=words)

    assert choice.words_taken == counted(quoted) <= words
    # Each sentence has a word of its own: quoted twice, it would stand there twice.
    marks = [word for one in quoted for word in one.split() if word.startswith("s")]
    assert len(marks) == len(set(marks))
