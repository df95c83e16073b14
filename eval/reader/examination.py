"""Says what a reader has learnt: its log odds on documents that were kept out of training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
from rich.table import Table

from eval.reader.material import Lesson, Lessons, Pair, Passage
from index.arrays import Floats

PASSAGES_READ = 4
"""So many of a question's passages are read."""

T = TypeVar("T")

FINDS = "the best sentence answers"
"""The share of answered questions of which that is so, among the sentences of so many passages."""
TELLS_APART = "twins above doubles"
"""The area under the ROC curve of the best log odds: the chance that any twin has higher ones than
any double, on the passage that answers the twin."""

Read = Callable[[str, Sequence[Sequence[str]]], Sequence[Floats]]
"""Gives the log odds of the sentences of some passages under a question."""

Marks = Mapping[str, float]
"""A figure for each measure that there is anything to measure by."""


def examine(read: Read, lessons: Lessons, *, done: Callable[[], None] = lambda: None) -> Marks:
    """Examine a reader.

    Args:
        read: The reader.
        lessons: What it is examined on.
        done: Called after each lesson.
    """
    marks: dict[str, float] = {}
    if lessons.answered:
        found = [_finds(read, lesson) for lesson in _told(lessons.answered, done)]
        marks[FINDS] = float(np.mean(found))
    if lessons.pairs:
        best = [_best(read, pair) for pair in _told(lessons.pairs, done)]
        marks[TELLS_APART] = _area([twin for twin, _ in best], [double for _, double in best])
    return marks


def examined(lessons: Lessons) -> dict[str, int]:
    """Count what each measure is taken of."""
    return {FINDS: len(lessons.answered), TELLS_APART: len(lessons.pairs)}


def _told(lessons: Sequence[T], done: Callable[[], None]) -> Iterator[T]:
    """Give lessons one by one, and tell of each when it is done with."""
    for lesson in lessons:
        yield lesson
        done()


def _finds(read: Read, lesson: Lesson) -> bool:
    shown = _shown(lesson)
    odds = np.concatenate(read(lesson.question, [one.sentences for one in shown]))
    return [claim for one in shown for claim in one.right][int(odds.argmax())]


def _shown(lesson: Lesson) -> Sequence[Passage]:
    """Give the first passages; where none of them answers, the last makes room for one."""
    first = lesson.passages[:PASSAGES_READ]
    if any(one.answers for one in first):
        return first
    return [*first[:-1], lesson.answering[0]]


def _best(read: Read, pair: Pair) -> tuple[float, float]:
    """Give the best log odds that the twin's passage has under the twin and under the double."""
    passage = pair.twin.answering[0].sentences
    (twin,), (double,) = (read(asked, [passage]) for asked in (pair.twin.question, pair.double))
    return float(twin.max()), float(double.max())


def _area(twins: Sequence[float], doubles: Sequence[float]) -> float:
    from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

    return float(roc_auc_score([1] * len(twins) + [0] * len(doubles), [*twins, *doubles]))


def changes(before: Marks, after: Marks, counts: Mapping[str, int]) -> Table:
    """Set marks before and after a training side by side.

    Args:
        before: Of the encoder with a head that has learnt nothing.
        after: Of the reader, by the same measures.
        counts: What each measure is taken of.
    """
    table = Table(title="on documents kept out of training", title_justify="left")
    table.add_column("measure")
    for heading in ("n", "before", "after", "difference"):
        table.add_column(heading, justify="right")
    for name, old in before.items():
        new = after[name]
        row = (str(counts[name]), f"{old:.3f}", f"{new:.3f}", f"{new - old:+.3f}")
        table.add_row(name, *row)
    return table
