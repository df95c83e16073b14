from __future__ import annotations

from dataclasses import replace

from eval.tuning.batches import batches
from tests.eval.tuning.conftest import LESSONS


def test_every_lesson_comes_once_in_a_pass_with_another_mistake():
    lessons = [replace(one, mistaken=(one.answers[0] + 100, 200)) for one in LESSONS]

    plan = list(batches(lessons, [5] * 300, size=4, passes=2, seed=5))

    half = len(plan) // 2
    for part in (plan[:half], plan[half:]):
        assert sorted(q for b in part for q in b.questions) == sorted(x.question for x in LESSONS)
    assert {row for b in plan[half:] for row in b.rows[len(b.questions) :]} == {200}
