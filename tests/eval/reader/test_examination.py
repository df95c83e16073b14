from __future__ import annotations

import numpy as np
import pytest
from rich.console import Console

from eval.reader.examination import FINDS, TELLS_APART, changes, examine, examined
from eval.reader.material import Lesson, Lessons, Pair
from tests.eval.reader.conftest import GRAIN, LESSON, LESSONS, passage


def reads(**odds):
    """Make a reader that gives sentences log odds by a word of theirs, and counts the passages."""

    def read(question, passages):
        seen.append((question, len(passages)))
        return [np.array([of(question, s) for s in sentences]) for sentences in passages]

    def of(question, sentence):
        known = (value for word, value in odds.items() if word in sentence.lower())
        return next(known, 0.0) - ("ink" in question)

    seen = []
    return read, seen


def test_the_best_of_all_sentences_has_to_answer():
    knows, misled = (
        examine(reads(**odds)[0], Lessons((LESSON,), ()))
        for odds in ({"grain": 2.0, "engines": 1.0}, {"grain": 2.0, "engines": 3.0})
    )

    assert (knows, misled) == ({FINDS: 1.0}, {FINDS: 0.0})


def test_a_passage_that_answers_is_shown_even_if_it_stands_low():
    wrong = [passage(f"The mill had {i}.") for i in range(6)]
    read, seen = reads(grain=2.0)

    marks = examine(read, Lessons((Lesson("When?", (*wrong, GRAIN)),), ()))

    assert marks == {FINDS: 1.0}
    assert seen == [("When?", 4)]


def test_twins_are_held_against_all_doubles():
    # Two twins promise 2 and 0, two doubles 1 and -1: three of four comparisons are right.
    other = Lesson("When?", (passage("Ink came.", answers=[0]),))
    pairs = (*LESSONS.pairs, Pair(other, "When was ink made?"))

    marks = examine(reads(grain=2.0)[0], Lessons((), pairs))

    assert marks == {TELLS_APART: pytest.approx(0.75)}


def test_every_lesson_is_told_of():
    done = []

    examine(reads()[0], LESSONS, done=lambda: done.append(1))

    assert len(done) == len(LESSONS) == 3


def test_nothing_to_be_examined_on_gives_no_marks():
    assert examine(reads()[0], Lessons((), ())) == {}


def test_changes_are_set_side_by_side():
    console = Console(width=80)
    with console.capture() as captured:
        console.print(
            changes(
                {FINDS: 0.5, TELLS_APART: 0.75},
                {FINDS: 0.75, TELLS_APART: 0.7},
                examined(LESSONS),
            )
        )

    rows = [" ".join(line.split()) for line in captured.get().splitlines()]
    assert "│ the best sentence answers │ 2 │ 0.500 │ 0.750 │ +0.250 │" in rows
    assert "│ twins above doubles │ 1 │ 0.750 │ 0.700 │ -0.050 │" in rows
