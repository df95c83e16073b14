from __future__ import annotations

from eval.tuning.examination import changes
from tests.eval.tuning.conftest import LESSONS


def test_a_change_is_measured_question_by_question():
    lessons = LESSONS[:4]
    before = {"vectors": [[9, 0], [1], [9], [9]]}
    after = {"vectors": [[0], [1], [2], [9]]}

    found = {one.depth: one for one in changes(lessons, before, after)}

    assert (found[1].before, found[1].after) == (0.25, 0.75)
    assert (found[5].before, found[5].after) == (0.5, 0.75)
    assert found[1].difference.low >= 0
