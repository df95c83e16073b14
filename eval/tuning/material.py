"""What an encoder is adapted to: questions, the passages that answer, passages that seem to.

Some stretches of each document are kept out of training, with all questions about them, so that
what was learnt can be measured. Whole stretches and not single questions: two questions about one
paragraph are nearly the same question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from corpus.document import Span
from eval.cases import EvidenceSpan
from eval.fitting.examples import Example, Places
from index.arrays import Floats
from index.document_tables import StoredPassage
from index.documents import DocumentStore
from index.generation import Index

STRETCH_CHARS = 10_000
KEPT_OUT_OF = 10
"""One stretch of so many is kept out."""
# A question this near to a stretch that is kept out is neither trained on nor asked: the passage
# that answers it may reach over the border.
BORDER_CHARS = 1_500

# Enough to be named a passage that answers: half of it, or half of the place.
_HALF = 0.5
_SEARCH_DEPTH = 50
_FUSION_DAMPING = 60
_QUESTIONS_AT_ONCE = 256
_MISTAKEN = 4


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question, with rows of the index that answer it and rows that only seem to."""

    question: str
    document: str
    answers: tuple[int, ...]
    """The one that shares most with the known place first."""
    mistaken: tuple[int, ...]
    """Found for the question by words and vectors, but wrong; the best ranked first."""
    told: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """For rows that answer, which of the passage's sentences do, counted from 0; rows of which it
    is not known are left out."""


@dataclass(frozen=True, slots=True)
class Material:
    """Lessons to learn from, and lessons to be examined on."""

    training: tuple[Lesson, ...]
    kept_out: tuple[Lesson, ...]
    """About stretches of documents that are otherwise trained on."""
    unseen: tuple[Lesson, ...]
    """About documents that are kept out altogether."""


def is_kept_out(document: str, offset: int) -> bool:
    """Whether a place in a file belongs to a stretch that is kept out of training.

    It depends on nothing but the file's name and the place, so that an examination years later
    keeps to the same stretches.
    """
    name = f"{document} {max(0, offset) // STRETCH_CHARS}".encode()
    return int.from_bytes(hashlib.sha256(name).digest()[:4]) % KEPT_OUT_OF == 0


def gather(
    index: Index,
    examples: Iterable[Example],
    *,
    unseen: Sequence[str] = (),
    done: Callable[[int], None] = lambda _n: None,
) -> Material:
    """Make lessons of written questions.

    Args:
        index: Holds the documents that the questions are about, encoded without an adapter.
        examples: The questions, each with one place; those that nothing answers are left out, and
            those about other documents.
        unseen: Files whose questions are all kept out of training.
        done: Told how many more are done.
    """
    extents, places = _Extents(index.documents), Places(index.documents)
    known = [e for e in examples if e.groups and e.groups[0][0].document in extents.files]
    lessons: dict[str, list[Lesson]] = {"training": [], "kept_out": [], "unseen": []}
    for low in range(0, len(known), _QUESTIONS_AT_ONCE):
        some = known[low : low + _QUESTIONS_AT_ONCE]
        found = hybrid_rows(index, [e.question for e in some], depth=_SEARCH_DEPTH)
        for example, rows in zip(some, found, strict=True):
            place = example.groups[0][0]
            part = _part(place, unseen)
            answers = extents.answering(place)
            if part and answers:
                barred = extents.near(place)
                wrong = [r for r in rows if r not in barred and not extents.is_barred(r, unseen)]
                lesson = Lesson(
                    question=example.question,
                    document=place.document,
                    answers=answers,
                    mistaken=tuple(wrong[:_MISTAKEN]),
                    told=_told(places, index.documents.passages(answers), example.answers),
                )
                lessons[part].append(lesson)
        done(len(some))
    return Material(**{part: tuple(some) for part, some in lessons.items()})


def _part(place: EvidenceSpan, unseen: Sequence[str]) -> str | None:
    if place.document in unseen:
        return "unseen"
    if is_kept_out(place.document, place.start) and is_kept_out(place.document, place.end):
        return "kept_out"
    edges = (place.start - BORDER_CHARS, place.start, place.end, place.end + BORDER_CHARS)
    return None if any(is_kept_out(place.document, edge) for edge in edges) else "training"


def _told(
    places: Places, passages: Iterable[StoredPassage], answers: Sequence[EvidenceSpan]
) -> dict[int, frozenset[int]]:
    """Give the sentences of passages that are part of a known answer, or hold one."""
    told = {
        passage.row: frozenset(
            i
            for i, sentence in enumerate(passage.sentences)
            if places.lies_within(passage.document, sentence, answers)
        )
        for passage in passages
    }
    return {row: sentences for row, sentences in told.items() if sentences}


class _Extents:
    """Where every passage stands in its file."""

    def __init__(self, documents: DocumentStore) -> None:
        self.files: dict[str, range] = {}
        self._spans: list[tuple[Span, ...]] = []
        self._file_of: list[str] = []
        for entry in documents.catalogue():
            rows = documents.rows_of(entry.id)
            document = documents.document(entry.id)
            assert rows.start == len(self._spans), "documents follow one another"
            self.files[entry.file] = rows
            for passage in documents.passages(rows):
                self._spans.append(document.source_spans(passage.start, passage.end))
                self._file_of.append(entry.file)

    def answering(self, place: EvidenceSpan) -> tuple[int, ...]:
        """Give the rows that find a place, the best first."""
        shares = []
        for row in self.files[place.document]:
            shared, own = self._shared(row, place)
            if shared and shared >= _HALF * min(own, place.end - place.start):
                shares.append((-shared, row))
        return tuple(row for _, row in sorted(shares))

    def near(self, place: EvidenceSpan) -> set[int]:
        """Give the rows that touch a place, and their neighbours."""
        touching = [r for r in self.files[place.document] if self._shared(r, place)[0]]
        return {row + step for row in touching for step in (-1, 0, 1)}

    def is_barred(self, row: int, unseen: Sequence[str]) -> bool:
        """Whether a row may not be looked at in training."""
        file = self._file_of[row]
        return file in unseen or any(
            is_kept_out(file, edge) for span in self._spans[row] for edge in span
        )

    def _shared(self, row: int, place: EvidenceSpan) -> tuple[int, int]:
        spans = self._spans[row]
        shared = sum(max(0, min(b, place.end) - max(a, place.start)) for a, b in spans)
        return shared, sum(b - a for a, b in spans)


def hybrid_rows(index: Index, questions: Sequence[str], *, depth: int) -> list[list[int]]:
    """Rank rows for questions by words and vectors, fused by their ranks."""
    vectors: Floats = index.encoder.encode(questions).sentence
    nearest = index.dense.search(vectors, depth).rows
    return [
        fused([row for row, _ in index.lexical.search(question, depth)], [int(r) for r in rows])
        for question, rows in zip(questions, np.asarray(nearest), strict=True)
    ]


def fused(*rankings: Sequence[int]) -> list[int]:
    """Merge rankings of rows by summing reciprocal ranks.

    Source:
        Cormack, Clarke and Buettcher, "Reciprocal rank fusion outperforms Condorcet and
        individual rank learning methods", SIGIR 2009.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (_FUSION_DAMPING + rank)
    return sorted(scores, key=lambda row: -scores[row])
