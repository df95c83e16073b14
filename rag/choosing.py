"""Chooses what to quote: the sentences that answer, with the neighbours they need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from corpus.document import Kind, Span
from corpus.sentences import breaks_off, is_open
from index.arrays import Floats
from index.document_tables import StoredPassage
from index.documents import DocumentStore
from rag.answering import LEANS_BACK, AnswerConfig, Sentence
from rag.citation import Quotation
from rag.cutting import mend
from rag.hanging import note_at, with_notes
from rag.question import Query, Wanted
from rag.ranking import Ranking

# A note that says something of its own is longer than a title with a page.
_FEWEST_NOTE_WORDS = 14

# What is listed there is said nowhere.
_LISTS = frozenset({Kind.FRONT, Kind.INDEX, Kind.BIBLIOGRAPHY})

# Two stretches are one if the next sentence, or the one after it, begins the second.
_NEAR = 2

Score = Callable[[Query, Ranking], list[Sentence]]
"""Gives every sentence of the best passages with its log odds, as ``score_sentences`` does."""


def choose_quotations(
    query: Query,
    ranking: Ranking,
    sentences: Sequence[Sentence],
    config: AnswerConfig,
) -> list[Quotation]:
    """Choose what to quote.

    The best sentence comes first, with the neighbours it needs. Others follow while they are
    nearly as likely to answer, the more so where they meet words of the question that are not met
    yet, and while words are left.

    Returns:
        Quotations, best first, that do not overlap.
    """
    return Choice(query, ranking, sentences, config).choose(config.quotations, config.words)


def choose_with_notes(
    query: Query,
    ranking: Ranking,
    sentences: Sequence[Sentence],
    documents: DocumentStore,
    config: AnswerConfig,
) -> list[Quotation]:
    """Choose notes, each with the sentence it hangs on, for a question that asks for a source."""
    single = replace(config, longest_quotation=config.longest_noted)
    chosen: list[Quotation] = []
    bare: list[Quotation] = []
    left = config.words
    for quotation in choose_quotations(query, ranking, sentences, single):
        if len(chosen) >= config.quotations:
            break
        found = list(with_notes(documents.document(quotation.document), quotation, left))
        if len(found) == 1 and not is_note(documents, found[0]):
            bare += found
            continue
        for one in found:
            if not any(_overlapping(one, other) for other in chosen):
                chosen.append(one)
                left -= _words(documents, one) + config.place_words
    return chosen or bare


def mend_all(
    chosen: Sequence[Quotation], documents: DocumentStore, config: AnswerConfig
) -> list[Quotation]:
    """Mend where quotations begin and end, with the words that are left over."""
    left = config.words - sum(_words(documents, one) + config.place_words for one in chosen)
    mended = list(chosen)
    for i, one in enumerate(chosen):
        new = mend(documents.document(one.document), one, left)
        others = [other for j, other in enumerate(mended) if j != i]
        if not any(_overlapping(new, other) for other in others):
            left -= _words(documents, new) - _words(documents, one)
            mended[i] = new
    return mended


def is_note(documents: DocumentStore, quotation: Quotation) -> bool:
    """Whether a quotation is of a note and not of the body."""
    return note_at(documents.document(quotation.document), quotation.start) is not None


def _overlapping(first: Quotation, second: Quotation) -> bool:
    same = first.document == second.document
    return same and first.start < second.end and second.start < first.end


def _words(documents: DocumentStore, quotation: Quotation) -> int:
    document = documents.document(quotation.document)
    return len(document.text_slice(quotation.start, quotation.end).split())


@dataclass(slots=True)
class _Stretch:
    """Sentences of one passage that are quoted together: the ``low``-th to the ``high``-th."""

    passage: int
    low: int
    high: int
    odds: float
    core: Span


@dataclass(slots=True)
class Choice:
    """What has been chosen so far, and what of the question it meets."""

    query: Query
    ranking: Ranking
    sentences: Sequence[Sentence]
    config: AnswerConfig
    words_taken: int = 0
    stretches: list[_Stretch] = field(default_factory=list)

    def choose(self, quotations: int, words: int) -> list[Quotation]:
        """Take one sentence after another with its neighbours, until enough is quoted.

        Args:
            quotations: The most to take.
            words: The most words they may have together, with their places.
        """
        open_ = self.open_sentences()
        met = np.zeros(len(self.ranking.match.weights), dtype=np.float32)
        while open_ and len(self.stretches) < quotations:
            values = [s.odds + self.config.coverage_odds * self._gain(s, met) for s in open_]
            best = int(np.argmax(values))
            sentence = open_.pop(best)
            if self.stretches and values[best] < self._bar():
                break
            stretch = self._around(sentence, words - self.words_taken - self.config.place_words)
            if stretch is None or any(_overlap(stretch, other) for other in self.stretches):
                continue
            self._take(stretch, words)
            met = np.maximum(met, self._similarity(stretch))
        return [self._quotation(stretch) for stretch in self.stretches]

    def _take(self, stretch: _Stretch, words: int) -> None:
        """Take a stretch, together with an earlier one that it all but touches."""
        for other in self.stretches:
            joined = self._joined(other, stretch)
            further = 0 if joined is None else self._count(joined) - self._count(other)
            if joined is not None and self.words_taken + further <= words:
                other.low, other.high = joined.low, joined.high
                self.words_taken += further
                return
        self.stretches.append(stretch)
        self.words_taken += self._count(stretch) + self.config.place_words

    def _joined(self, first: _Stretch, second: _Stretch) -> _Stretch | None:
        """Give both as one, if at most one sentence of the same paragraph stands between them."""
        low, high = min(first.low, second.low), max(first.high, second.high)
        between = range(min(first.high, second.high), max(first.low, second.low))
        if first.passage != second.passage or len(between) > _NEAR:
            return None
        if self.query.wanted is Wanted.NOTE:
            # Whoever asks for a source wants the one sentence that it hangs on.
            return None
        passage, own = self.ranking.passages[first.passage], self._own(first.passage)
        if any(_new_paragraph(passage, own[i], own[i + 1]) for i in between):
            return None
        return _Stretch(first.passage, low, high, first.odds, first.core)

    def _bar(self) -> float:
        return self.stretches[0].odds + self.config.further_odds

    def open_sentences(self) -> list[Sentence]:
        """Give the sentences that may be quoted by themselves."""
        return [sentence for sentence in self.sentences if self._may_stand_alone(sentence)]

    def _may_stand_alone(self, sentence: Sentence) -> bool:
        """Whether a sentence says something, and does not only name a source or a chapter."""
        passage = self.ranking.passages[sentence.passage]
        text = _text(passage, sentence)
        if passage.kind in _LISTS or breaks_off(text):
            return False
        is_note = passage.kind is Kind.NOTE and self.query.wanted is not Wanted.NOTE
        return not is_note or len(text.split()) >= _FEWEST_NOTE_WORDS

    def _own(self, passage: int) -> list[Sentence]:
        return [s for s in self.sentences if s.passage == passage]

    def _gain(self, sentence: Sentence, met: Floats) -> float:
        """Give how much of the question a sentence meets that nothing chosen does."""
        if not self.stretches:
            return 0.0
        i = self.ranking.passages[sentence.passage].sentences.index(sentence.span)
        similarity = self._match(sentence.passage)[:, i]
        return float(self.ranking.match.weights @ np.maximum(similarity - met, 0))

    def _similarity(self, stretch: _Stretch) -> Floats:
        own: Floats = self._match(stretch.passage)[:, stretch.low : stretch.high + 1].max(axis=1)
        return own

    def _match(self, passage: int) -> Floats:
        return self.ranking.match.of(int(self.ranking.places[passage]))

    def _around(self, best: Sentence, budget: int) -> _Stretch | None:
        """Take in the neighbours of a sentence that answer too, or that it leans on."""
        passage = self.ranking.passages[best.passage]
        own = self._own(best.passage)
        at = passage.sentences.index(best.span)
        stretch = _Stretch(best.passage, at, at, best.odds, best.span)
        if self._count(stretch) > budget:
            return None
        while stretch.high - stretch.low + 1 < self.config.longest_quotation:
            wider = [
                _Stretch(best.passage, low, high, best.odds, best.span)
                for low, high in (
                    (stretch.low - 1, stretch.high),
                    (stretch.low, stretch.high + 1),
                )
                if low >= 0 and high < len(own)
            ]
            wanted = [
                (own[new.low if new.low < stretch.low else new.high].odds, new)
                for new in wider
                if self._belongs(passage, own, stretch, new) and self._count(new) <= budget
            ]
            if not wanted:
                break
            stretch = max(wanted, key=lambda pair: pair[0])[1]
        return stretch

    def _belongs(
        self, passage: StoredPassage, own: Sequence[Sentence], old: _Stretch, new: _Stretch
    ) -> bool:
        """Whether the sentence before or after is worth quoting with what is chosen."""
        before = new.low < old.low
        first = new.low if before else old.high
        if _new_paragraph(passage, own[first], own[first + 1]):
            return False
        further = own[new.low if before else new.high]
        if is_open(_text(passage, further)):
            return False
        if further.odds >= self.config.neighbour_odds:
            return True
        return before and bool(LEANS_BACK.match(_text(passage, own[old.low])))

    def _count(self, stretch: _Stretch) -> int:
        quotation = self._quotation(stretch)
        passage = self.ranking.passages[stretch.passage]
        text = passage.text[quotation.start - passage.start : quotation.end - passage.start]
        return len(text.split())

    def _quotation(self, stretch: _Stretch) -> Quotation:
        passage = self.ranking.passages[stretch.passage]
        start = passage.sentences[stretch.low].start
        end = passage.sentences[stretch.high].end
        return Quotation(passage.document, start, end, stretch.odds, stretch.core)


def _overlap(first: _Stretch, second: _Stretch) -> bool:
    same = first.passage == second.passage
    return same and first.low <= second.high and second.low <= first.high


def _new_paragraph(passage: StoredPassage, first: Sentence, second: Sentence) -> bool:
    """Whether a paragraph ends between two sentences, other than to introduce a quotation."""
    gap = passage.text[first.span.end - passage.start : second.span.start - passage.start]
    return "\n" in gap and not _text(passage, first).endswith(":")


def _text(passage: StoredPassage, sentence: Sentence) -> str:
    return passage.text[sentence.span.start - passage.start : sentence.span.end - passage.start]
