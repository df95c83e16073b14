"""Joins the parts: a question goes in, a verified answer or an abstention comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import numpy as np

from corpus.document import DocumentId
from index.arrays import Rows
from index.generation import Index, Store
from rag.answer import (
    Answer,
    Citation,
    Filters,
    IndexReference,
    SearchResult,
    Status,
    Turn,
)
from rag.answering import AnswerConfig, Sentence
from rag.choosing import mend_all
from rag.citation import Quotation, cite, found_passage, reference
from rag.composing import Composer, Draft
from rag.filtering import allowed_rows
from rag.interpreter import Interpreter
from rag.models import Models
from rag.numbered_notes import look_up_notes
from rag.parts import ALL_PARTS
from rag.question import Query
from rag.ranking import Ranking, rank
from rag.reference import short_name
from rag.scoring import Scorer
from rag.setting import SILENCE, numbered, set_draft
from rag.sides import sides_of
from rag.stopwatch import Stopwatch
from rag.unheard import unheard_parts

PASSAGES_FOUND = 10
"""How many passages are given where nothing else is asked for."""

_NEAREST = 3


class Assistant:
    """Answers questions over one open index; may be asked from several threads at once."""

    def __init__(
        self, index: Index, *, models: Models | None = None, config: AnswerConfig | None = None
    ) -> None:
        """Take an open index; it is closed with the assistant.

        Args:
            index: The open index.
            models: The fitted models; those that come with this version if None.
            config: How answers are chosen.
        """
        self.parts = ALL_PARTS
        self.index = index
        self.models = models or Models.load()
        self.config = config or AnswerConfig()
        self._catalogue = index.documents.catalogue()
        self._interpreter = Interpreter(index)

    @classmethod
    def open(
        cls, store: Path, *, models: Models | None = None, config: AnswerConfig | None = None
    ) -> Assistant:
        """Open the current generation of a store.

        Raises:
            StoreError: If there is no store, or it is damaged.
            WeightsError: If the fitted weights do not fit this version.
        """
        return cls(Store(store).open(), models=models, config=config)

    def __enter__(self) -> Assistant:
        """Give the assistant itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the index."""
        self.close()

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    @property
    def generation(self) -> str:
        """Name the generation that is open."""
        return self.index.name

    def search(
        self,
        query: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        limit: int = PASSAGES_FOUND,
    ) -> SearchResult:
        """Find passages.

        Args:
            query: Words or a question, up to ``LONGEST_QUESTION`` characters.
            history: What was said before, to complete a follow-up.
            filters: What to confine the search to.
            limit: The most passages to give.

        Raises:
            EmptyQuestion: If there is nothing to search for.
            QuestionTooLong: If it is too long.
            UnknownFilter: If a filter names what the library does not have.
        """
        watch = Stopwatch()
        understood, ranking = self._rank(query, history, filters or Filters(), watch)
        return self._found(understood, ranking, limit, watch)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        limit: int = 3,
        hear: Callable[[SearchResult], None] | None = None,
    ) -> Answer:
        """Answer a question with verified quotations, or say that the library has no answer.

        Args:
            question: Up to ``LONGEST_QUESTION`` characters.
            history: What was said before, to complete a follow-up.
            filters: What to confine the search to.
            limit: The most quotations to give.
            hear: Called with what ``search`` would give, before an answer is sought in it.

        Raises:
            EmptyQuestion: If there is nothing to ask.
            QuestionTooLong: If it is too long.
            UnknownFilter: If a filter names what the library does not have.
        """
        watch = Stopwatch()
        query, ranking = self._rank(question, history, filters or Filters(), watch)
        if hear is not None:
            hear(self._found(query, ranking, PASSAGES_FOUND, watch))
        if ranking is None or self._asks_for_notes_of_the_noteless(query):
            return self._silence(query, [], 0.0, watch)
        with watch.stage("answer"):
            config = replace(self.config, quotations=limit)
            sentences = self.scorer.score(query, ranking)
            confidence = self.scorer.confidence(query, ranking, sentences)
            draft = self._draft(query, ranking, sentences, config, filters or Filters())
            if not draft.quotations:
                return self._silence(query, self._nearest(ranking), confidence, watch)
            mended = mend_all(draft.quotations, self.index.documents, config)
            cited = self._cite(mended)
        if not any(citation is not None for citation in cited):
            return self._silence(query, [], 0.0, watch)
        said = set_draft(query, draft, cited, self._names(draft.missing))
        return Answer(
            status=Status.PARTIAL if draft.missing or draft.unheard else Status.ANSWERED,
            answer=said.text,
            confidence=round(confidence, 4),
            citations=said.citations,
            conflicts=said.conflicts,
            query=query.text,
            index=self._reference(),
            timings_ms=watch.timings(),
        )

    def understand(self, question: str, history: Sequence[Turn] = ()) -> Query:
        """Read a question as ``ask`` does.

        Raises:
            EmptyQuestion: If there is nothing to ask.
            QuestionTooLong: If it is too long.
        """
        return self._interpreter.read(question, history, parts=self.parts)

    def _rank(
        self, question: str, history: Sequence[Turn], filters: Filters, watch: Stopwatch
    ) -> tuple[Query, Ranking | None]:
        with watch.stage("understand"):
            query = self.understand(question, history)
            rows = allowed_rows(filters, self.index.documents)
            encoded = self.index.encoder.encode([query.searched])
        with watch.stage("rank"):
            model = self.models.ranking
            return query, rank(self.index, query, encoded, model, rows=rows, parts=self.parts)

    def _draft(
        self,
        query: Query,
        ranking: Ranking,
        sentences: Sequence[Sentence],
        config: AnswerConfig,
        filters: Filters,
    ) -> Draft:
        """Put an answer together; one without a quotation where the library has none."""
        looked_up = look_up_notes(query, self.index.documents)
        if looked_up:
            return Draft(tuple(looked_up))
        if query.compares:
            rows = allowed_rows(filters, self.index.documents)
            sides = sides_of(query, lambda matter, of: self._put_to_side(matter, of, rows))
            return self._composer.compose_sides(query, sides, config)
        if self.scorer.answerable(query, ranking, sentences) < 0:
            return Draft(())
        draft = self._composer.compose(query, ranking, sentences, config)
        return replace(draft, unheard=unheard_parts(query))

    @property
    def scorer(self) -> Scorer:
        """Give what scores sentences for this assistant."""
        return Scorer(self.index.reader, self.models, self.config)

    @property
    def _composer(self) -> Composer:
        return Composer(
            self.index.documents,
            self.scorer.score,
            lambda texts: self.index.encoder.encode(texts).sentence,
            self.scorer.answerable,
        )

    def _names(self, groups: Sequence[Sequence[DocumentId]]) -> list[str]:
        """Name the authors, or else the titles, of some groups of documents."""
        firsts = [self.index.documents.document(group[0]) for group in groups]
        return [short_name(reference(document)) for document in firsts]

    def _put_to_side(
        self, matter: str, documents: Sequence[DocumentId], allowed: Rows | None
    ) -> tuple[Query, Ranking | None]:
        query = self._interpreter.read_plainly(matter)
        query = replace(query, named=())
        rows = np.concatenate(
            [np.asarray(self.index.documents.rows_of(d), dtype=np.int64) for d in documents]
        )
        if allowed is not None:
            rows = np.intersect1d(rows, allowed)
        if not len(rows):
            return query, None
        encoded = self.index.encoder.encode([query.text])
        return query, rank(self.index, query, encoded, self.models.ranking, rows=rows)

    def _found(
        self, query: Query, ranking: Ranking | None, limit: int, watch: Stopwatch
    ) -> SearchResult:
        best = zip(ranking.passages[:limit], ranking.scores[:limit], strict=True) if ranking else ()
        return SearchResult(
            query=query.text,
            passages=tuple(
                found_passage(
                    self.index.documents.document(passage.document),
                    passage,
                    rank=rank,
                    score=float(score),
                )
                for rank, (passage, score) in enumerate(best, start=1)
            ),
            timings_ms=watch.timings(),
        )

    def _asks_for_notes_of_the_noteless(self, query: Query) -> bool:
        """Whether a question is about the notes of books that have none."""
        meant = query.named_documents or {document.id for document in self._catalogue}
        notes = sum(document.notes for document in self._catalogue if document.id in meant)
        return query.mentions_notes and notes == 0

    def _cite(self, quotations: Sequence[Quotation]) -> list[Citation | None]:
        """Cite quotations, each in its place; None for one that its file does not bear out."""
        return [
            cite(self.index.documents.document(one.document), one, number=0) for one in quotations
        ]

    def _nearest(self, ranking: Ranking) -> list[Citation]:
        whole = [
            Quotation(passage.document, passage.start, passage.end, float(score))
            for passage, score in zip(
                ranking.passages[:_NEAREST], ranking.scores[:_NEAREST], strict=True
            )
        ]
        return numbered(self._cite(whole))

    def _silence(
        self, query: Query, nearest: Sequence[Citation], confidence: float, watch: Stopwatch
    ) -> Answer:
        return Answer(
            status=Status.NOT_IN_CORPUS,
            answer=SILENCE,
            confidence=round(confidence, 4),
            citations=(),
            query=query.text,
            index=self._reference(),
            nearest=tuple(nearest),
            timings_ms=watch.timings(),
        )

    def _reference(self) -> IndexReference:
        return IndexReference(self.index.name, len(self._catalogue), len(self.index.documents))
