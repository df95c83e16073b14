"""Scores sentences, and judges by them whether to answer, with a reader or without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.reader import OnnxReader
from rag.abstention import confidence_features
from rag.answering import AnswerConfig, Sentence, score_sentences
from rag.models import Judgement, Models
from rag.question import Query
from rag.ranking import Ranking
from rag.reading import read_likeliest, score_by_reading


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores sentences by fitted models."""

    reader: OnnxReader | None
    models: Models
    config: AnswerConfig

    @property
    def reads(self) -> bool:
        """Whether the reader has its say."""
        return self.reader is not None and self.config.passages_read > 0

    @property
    def judgement(self) -> Judgement:
        """Give the models that fit what the sentences are scored by."""
        return self.models.judgement if self.reads else self.models.unread

    def score(self, query: Query, ranking: Ranking) -> list[Sentence]:
        """Give every sentence of the best passages with its log odds, passage after passage."""
        read = self.read(query, ranking)
        return score_by_reading(query, read, self.models.reading) if self.reads else read

    def read(self, query: Query, ranking: Ranking) -> list[Sentence]:
        """Give the same sentences with the log odds they have without a reader, and readings."""
        scored = score_sentences(query, ranking, self.models.sentences, self.config)
        if self.reader is None or not self.reads:
            return scored
        return read_likeliest(scored, query, ranking, self.reader, self.config.passages_read)

    def answerable(self, query: Query, ranking: Ranking, sentences: Sequence[Sentence]) -> float:
        """Give the log odds that what was found answers a question."""
        described = confidence_features(query, ranking, sentences)
        return float(self.judgement.answerable.scores(described)[0])

    def confidence(self, query: Query, ranking: Ranking, sentences: Sequence[Sentence]) -> float:
        """Give the probability that an answer made of it is right."""
        described = confidence_features(query, ranking, sentences)
        return float(self.judgement.right.probabilities(described)[0])
