"""Reads a question by what a library knows: its authors, its words, its abbreviations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.generation import Index
from rag.abbreviations import Abbreviations
from rag.answer import Turn
from rag.conversation import complete
from rag.errors import EmptyQuestion, QuestionTooLong
from rag.parts import ALL_PARTS, Parts
from rag.question import Query, Wanted, surname, understand
from rag.source_questions import asks_for_source
from rag.spelling import Speller

LONGEST_QUESTION = 2000
"""In characters."""


class Interpreter:
    """Turns a question in the asker's words into a query."""

    def __init__(self, index: Index) -> None:
        """Take the index that is to be asked."""
        self._index = index
        self._catalogue = index.documents.catalogue()
        self._abbreviations = Abbreviations(index.documents.abbreviations())
        self._voices = tuple(dict.fromkeys(surname(d.author) for d in self._catalogue if d.author))
        self._speller = Speller(index, self._voices, is_known=index.encoder.knows)

    def read(
        self, question: str, history: Sequence[Turn] = (), *, parts: Parts = ALL_PARTS
    ) -> Query:
        """Read a question.

        Args:
            question: In the asker's words, up to ``LONGEST_QUESTION`` characters.
            history: What was said before, to complete a follow-up.
            parts: What takes part in it.

        Raises:
            EmptyQuestion: If there is nothing to ask.
            QuestionTooLong: If it is too long.
        """
        if not any(character.isalnum() for character in question):
            raise EmptyQuestion
        if len(question) > LONGEST_QUESTION:
            raise QuestionTooLong(len(question), LONGEST_QUESTION)
        full = question
        if parts.follow_ups:
            full = complete(full, history, voices=self._voices)
        if parts.spelling:
            full = self._speller.mend(full)
        query = _for_source(self.read_plainly(full))
        return query if parts.subject_alone else replace(query, searched=query.text)

    def read_plainly(self, text: str) -> Query:
        """Read a text as it stands."""
        return understand(
            text,
            self._catalogue,
            frequency=self._frequency,
            counterparts=self._abbreviations.counterparts,
        )

    def _frequency(self, word: str) -> float:
        """Give the share of passages that hold a word, or any part of a compound."""
        terms = self._index.lexical.analyze(word)
        found = max((self._index.lexical.document_frequency(term) for term in terms), default=0)
        return found / max(1, len(self._index.documents))


def _for_source(query: Query) -> Query:
    """See to it that a query wants a note just where it asks for a source."""
    if asks_for_source(query):
        return replace(query, wanted=Wanted.NOTE)
    if query.wanted is Wanted.NOTE:
        # 'The notes that he dictated' are no author's notes.
        return replace(query, wanted=Wanted.OTHER)
    return query
