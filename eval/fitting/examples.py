"""Questions whose answering places are known: what weights are fitted to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.document import DocumentId, Span
from eval.cases import Case, EvidenceSpan
from eval.errors import CaseFileError, Fault
from index.arrays import Rows
from index.document_tables import StoredPassage
from index.documents import DocumentStore
from rag.answer import Turn

_HALF = 0.5
_OFF_SUBJECT = "off subject"


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the places that answer it."""

    question: str
    history: tuple[Turn, ...]
    groups: tuple[tuple[EvidenceSpan, ...], ...]
    """Each group is a part of the answer; its spans serve equally well. None: no answer."""
    documents: tuple[str, ...]
    """What the library must hold for the question to mean anything."""
    answers: tuple[EvidenceSpan, ...] = ()
    """The sentences that answer, where they are known and not the paragraphs around them alone."""
    case: Case | None = None
    """The case it was made of, if it was."""
    off_subject: bool = False
    """Whether it is about nothing that any of the documents treats."""

    @property
    def exact(self) -> bool:
        """Whether the spans hold the answering sentences alone, or some paragraphs around them."""
        return self.case is not None


def load_questions(path: Path, *, every: int = 1) -> list[Example]:
    """Read written questions, each with one span: ``question``, ``document``, ``start``, ``end``.

    ``answers`` may list the sentences in it that answer, as pairs of a start and an end. Where
    ``answerable`` is false the span is about the matter and nothing answers; where ``kind`` is
    ``off subject`` as well, it is about nothing of the kind.

    Args:
        path: A file with one JSON object a line.
        every: Take every so many-th of the questions that are answered; the others are all taken.

    Raises:
        CaseFileError: If a line is no such object.
    """
    examples = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            examples.append(_written(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            wanted = "expected an object with question, document, start and end, answers in pairs"
            raise CaseFileError([Fault(path, number, f"found {error!r}, {wanted}")]) from error
    answered = [example for example in examples if example.groups]
    return answered[::every] + [example for example in examples if not example.groups]


def _written(row: Mapping[str, Any]) -> Example:
    document = str(row["document"])
    span = EvidenceSpan(document, int(row["start"]), int(row["end"]))
    answers = (EvidenceSpan(document, int(a), int(b)) for a, b in row.get("answers", ()))
    return Example(
        question=str(row["question"]),
        history=(),
        groups=((span,),) if row.get("answerable", True) else (),
        documents=(document,),
        answers=tuple(answers),
        off_subject=row.get("kind") == _OFF_SUBJECT,
    )


def from_case(case: Case) -> Example:
    """Make an example of an evaluation case."""
    answers = tuple(span for group in case.evidence for span in group)
    return Example(case.question, case.history, case.evidence, case.documents, answers, case)


class Places:
    """Where passages and sentences stand in their files, to hold them against known places."""

    def __init__(self, documents: DocumentStore) -> None:
        """Take the documents of an open index."""
        self._documents = documents
        self._ids = {entry.file: entry.id for entry in documents.catalogue()}
        self._files = {id_: file for file, id_ in self._ids.items()}
        self._spans: dict[tuple[DocumentId, int, int], tuple[Span, ...]] = {}

    def has(self, example: Example) -> bool:
        """Whether all documents that an example asks about are in the index."""
        return all(name in self._ids for name in example.documents)

    def source_spans(self, document: DocumentId, start: int, end: int) -> tuple[Span, ...]:
        """Trace a stretch of a document's text to its file."""
        key = (document, start, end)
        if key not in self._spans:
            self._spans[key] = self._documents.document(document).source_spans(start, end)
        return self._spans[key]

    def finds(
        self, document: DocumentId, start: int, end: int, span: EvidenceSpan, *, exact: bool
    ) -> bool:
        """Whether a stretch of text finds a known place.

        It does where it covers half of the place; where the place is a paragraph around the
        answer, also where half of the stretch stands in it.
        """
        if self._files[document] != span.document:
            return False
        spans = self.source_spans(document, start, end)
        shared = sum(max(0, min(b, span.end) - max(a, span.start)) for a, b in spans)
        own = sum(b - a for a, b in spans)
        covers = shared >= _HALF * (span.end - span.start)
        return covers or (not exact and shared >= _HALF * own)

    def lies_within(
        self, document: DocumentId, sentence: Span, places: Iterable[EvidenceSpan]
    ) -> bool:
        """Whether a sentence is part of a known place, or holds one."""
        spans = self.source_spans(document, *sentence)
        own = sum(b - a for a, b in spans)
        for place in places:
            if self._files[document] != place.document:
                continue
            shared = sum(max(0, min(b, place.end) - max(a, place.start)) for a, b in spans)
            if shared >= _HALF * min(own, place.end - place.start):
                return True
        return False

    def groups_found(self, passage: StoredPassage, example: Example) -> set[int]:
        """Give the parts of the answer that a passage finds."""
        return {
            i
            for i, group in enumerate(example.groups)
            if any(
                self.finds(passage.document, passage.start, passage.end, s, exact=example.exact)
                for s in group
            )
        }

    def rows_without(self, example: Example) -> Rows:
        """Give all rows but those near a known place: the library without the answer."""
        kept = np.ones(len(self._documents), dtype=bool)
        for span in (span for group in example.groups for span in group):
            rows = self._documents.rows_of(self._ids[span.document])
            for passage in self._documents.passages(list(rows)):
                spans = self.source_spans(passage.document, passage.start, passage.end)
                if any(a < span.end and span.start < b for a, b in spans):
                    kept[max(rows.start, passage.row - 1) : passage.row + 2] = False
        return np.flatnonzero(kept)
