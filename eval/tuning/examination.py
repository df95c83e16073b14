"""Says what an adapter changes: the same questions asked of two indexes of the same passages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.measures.chance import Interval, Score, bootstrap
from eval.tuning.material import Lesson, fused
from index.generation import Index
from rag.assistant import Assistant

DEPTHS = (1, 5, 10)
_SEARCH_DEPTH = 50

Rankings = Sequence[Sequence[int]]
"""For each question rows of the index, the best first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One measure before and after, on the same questions."""

    way: str
    """How rows were ranked."""
    depth: int
    before: float
    after: float
    difference: Interval
    """The 95% interval of after less before, question by question."""


def rankings(assistant: Assistant, lessons: Sequence[Lesson]) -> Mapping[str, Rankings]:
    """Rank the rows of an index for every question in three ways.

    ``vectors`` is by the cosine alone; ``hybrid`` fuses it with BM25; ``whole`` is as Ibid ranks.
    """
    index = assistant.index
    questions = [lesson.question for lesson in lessons]
    vectors = by_vectors(index, questions)
    words = [[row for row, _ in index.lexical.search(q, _SEARCH_DEPTH)] for q in questions]
    hybrid: Rankings = [fused(w, v) for w, v in zip(words, vectors, strict=True)]
    return {"vectors": vectors, "hybrid": hybrid, "whole": _whole(assistant, questions)}


def by_vectors(index: Index, questions: Sequence[str]) -> Rankings:
    """Rank rows by the cosine of their vector and the question's."""
    if not questions:
        return []
    encoded = index.encoder.encode(questions).sentence
    nearest = index.dense.search(encoded, _SEARCH_DEPTH).rows
    return [[int(row) for row in rows] for rows in np.asarray(nearest)]


def _whole(assistant: Assistant, questions: Sequence[str]) -> Rankings:
    passage = assistant.index.documents.passage
    found = []
    for question in questions:
        hits = [passage(hit.id) for hit in assistant.search(question, limit=max(DEPTHS)).passages]
        found.append([hit.row for hit in hits if hit is not None])
    return found


def changes(
    lessons: Sequence[Lesson], before: Mapping[str, Rankings], after: Mapping[str, Rankings]
) -> list[Change]:
    """Compare two indexes whose rows are the same passages.

    Args:
        lessons: What was asked.
        before: The rankings of one index for them.
        after: Those of the other.

    Returns:
        For each way of ranking and each depth the share of questions of which a passage that
        answers is among so many first ones.
    """
    found = []
    for way, ranked in before.items():
        for depth in DEPTHS:
            pairs = [
                (_hit(lesson, old, depth), _hit(lesson, new, depth))
                for lesson, old, new in zip(lessons, ranked, after[way], strict=True)
            ]
            interval = bootstrap([Score(float(new - old)) for old, new in pairs])
            assert interval is not None, "changes are measured on questions"
            old, new = np.mean(pairs, axis=0)
            found.append(Change(way, depth, float(old), float(new), interval))
    return found


def _hit(lesson: Lesson, rows: Sequence[int], depth: int) -> bool:
    return not set(lesson.answers).isdisjoint(rows[:depth])


def print_changes(title: str, some: Sequence[Change], write: Callable[[str], None]) -> None:
    """Write changes as the rows of a table in Markdown."""
    for one in some:
        low, high = one.difference.low, one.difference.high
        write(
            f"| {title} | {one.way} | R@{one.depth} | {one.before:.3f} | {one.after:.3f} "
            f"| {one.after - one.before:+.3f} | {low:+.3f} to {high:+.3f} |"
        )
