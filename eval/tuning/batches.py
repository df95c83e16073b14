"""Which lessons are learnt together, in what order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eval.tuning.material import Lesson

# Lessons of like length are put together, out of so many batches: less is spent on filling up.
_BATCHES_SORTED_TOGETHER = 8


@dataclass(frozen=True, slots=True)
class Batch:
    """Lessons that are learnt together: each one's right passage is wrong for the others."""

    questions: tuple[str, ...]
    rows: tuple[int, ...]
    """The right passages, in the order of the questions, and then mined wrong ones."""
    answers: tuple[frozenset[int], ...]
    """For each question all rows that answer it."""
    told: tuple[Mapping[int, frozenset[int]], ...]
    """For each question, by rows that answer it, the sentences that do."""

    def also_right(self) -> npt.NDArray[np.bool_]:
        """Say of which questions each passage is right besides their own: (q, p) bool."""
        return np.array(
            [
                [row in answers and j != i for j, row in enumerate(self.rows)]
                for i, answers in enumerate(self.answers)
            ]
        )


def batches(
    lessons: Sequence[Lesson], lengths: Sequence[int], *, size: int, passes: int, seed: int
) -> Iterator[Batch]:
    """Put lessons in batches, in another order in every pass.

    Args:
        lessons: Each with an answer.
        lengths: The length of each row's text, in any unit.
        size: How many lessons are learnt together.
        passes: How many times each lesson comes.
        seed: Decides the order.
    """
    for turn in range(passes):
        order = random.Random(f"{seed} {turn}")
        shuffled = order.sample(list(lessons), len(lessons))
        together = size * _BATCHES_SORTED_TOGETHER
        made: list[Batch] = []
        for low in range(0, len(shuffled), together):
            some = sorted(shuffled[low : low + together], key=lambda one: lengths[one.answers[0]])
            made += [
                _batch(some[start : start + size], turn) for start in range(0, len(some), size)
            ]
        yield from order.sample(made, len(made))


def _batch(lessons: Sequence[Lesson], turn: int) -> Batch:
    """Take another of the mined passages in every pass."""
    right = [lesson.answers[0] for lesson in lessons]
    wrong = [one.mistaken[turn % len(one.mistaken)] for one in lessons if one.mistaken]
    return Batch(
        questions=tuple(lesson.question for lesson in lessons),
        rows=(*right, *wrong),
        answers=tuple(frozenset(lesson.answers) for lesson in lessons),
        told=tuple(lesson.told for lesson in lessons),
    )
