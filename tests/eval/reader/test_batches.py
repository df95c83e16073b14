from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest

from eval.reader.batches import batches
from eval.reader.material import Lesson, Lessons
from tests.eval.reader.conftest import GRAIN, INK, LESSON, LESSONS, passage


def first(lessons=LESSONS, *, answered=2, pairs=1, seed=0, count=20):
    return list(islice(batches(lessons, answered=answered, pairs=pairs, seed=seed), count))


def test_every_question_has_one_passage_that_answers_and_else_wrong_ones():
    also = passage("The grain was weighed in April.", answers=[0])
    lesson = replace(LESSON, passages=(GRAIN, also, INK))

    for batch in first(Lessons((lesson,), ()), answered=1):
        (own,) = batch.questions
        assert [any(batch.inputs[i].right) for i in own] == [True, False]


def test_answered_questions_have_two_wrong_passages_and_twins_one():
    for batch in first():
        assert [len(own) for own in batch.questions] == [3, 3, 2]
        assert len(batch.inputs) == 9


def test_a_double_is_asked_of_the_passage_that_answers_its_twin():
    for batch in first():
        ((twin, double),) = batch.pairs
        asked, missed = batch.inputs[twin], batch.inputs[double]

        assert twin == batch.questions[-1][0]
        assert (asked.question, missed.question) == (LESSON.question, "When was ink weighed?")
        assert asked.sentences == missed.sentences == GRAIN.sentences
        assert (asked.right, missed.right) == ((False, True), (False, False))


def test_a_wrong_passage_is_drawn_less_often_the_lower_it_stands():
    ranked = [passage(f"The mill had {i}.") for i in range(4)]
    lesson = Lesson("When?", (GRAIN, *ranked))

    drawn = Counter(batch.inputs[1].sentences for batch in first(Lessons((lesson,), ()), count=600))

    counts = [drawn[one.sentences] for one in ranked]
    assert counts == sorted(counts, reverse=True)
    # The chances are as 1 to e^-0.5 to e^-1 to e^-1.5.
    assert counts[0] / 600 == pytest.approx(0.455, abs=0.06)


def test_all_lessons_come_before_one_comes_again():
    lessons = Lessons(tuple(replace(LESSON, question=str(i)) for i in range(6)), ())

    some = first(lessons, answered=3, count=2)

    assert sorted(b.inputs[own[0]].question for b in some for own in b.questions) == list("012345")


def test_the_seed_decides_what_is_shown():
    assert first(seed=1) == first(seed=1)
    assert first(seed=1) != first(seed=2)


def test_there_may_be_no_lessons_of_one_kind():
    (batch,) = first(Lessons((), LESSONS.pairs), count=1)

    assert (len(batch.questions), len(batch.pairs)) == (1, 1)
