"""The fitted models that an assistant decides by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rag.abstention import CONFIDENCE_FEATURES
from rag.answering import SENTENCE_FEATURES
from rag.features import PASSAGE_FEATURES
from rag.reading import READING_FEATURES
from rag.weights import LogisticModel, load_model

WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the weights that come with this version."""


UNREAD = "unread"
"""The folder in it of the weights for an index without a reader."""

_JUDGED = ("answerable", "right")
_CERTAIN = 1e6


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether to answer, and how sure to be."""

    answerable: LogisticModel
    """Whether the library answers the question at all; below 0.5 the assistant is silent."""
    right: LogisticModel
    """Whether the answer that is given is right: the confidence that a reader is told."""

    def never_silent(self) -> Judgement:
        """Give one that decides for an answer whatever was found."""
        return replace(self, answerable=replace(self.answerable, bias=_CERTAIN))

    @classmethod
    def load(cls, folder: Path) -> Judgement:
        """Read both from a folder; raises as ``Models.load`` does."""
        return cls(
            answerable=load_model(folder / "answerable.json", CONFIDENCE_FEATURES),
            right=load_model(folder / "right.json", CONFIDENCE_FEATURES),
        )


@dataclass(frozen=True, slots=True)
class Models:
    """What was fitted to questions with known answers."""

    ranking: LogisticModel
    """Whether a passage holds the answer."""
    sentences: LogisticModel
    """Whether a sentence of it answers."""
    reading: LogisticModel
    """The same, once the reader has looked at some."""
    judgement: Judgement
    """On what the reader has looked at."""
    unread: Judgement
    """On an index without a reader."""

    def decided_by(self, fitted: Mapping[str, LogisticModel], *, reads: bool) -> Models:
        """Give models of which some are replaced.

        Args:
            fitted: The new ones, by name; ``answerable`` and ``right`` make a judgement.
            reads: Whether it is on what the reader has looked at.
        """
        judgement = self.judgement if reads else self.unread
        judgement = Judgement(
            answerable=fitted.get("answerable", judgement.answerable),
            right=fitted.get("right", judgement.right),
        )
        return Models(
            ranking=fitted.get("ranking", self.ranking),
            sentences=fitted.get("sentences", self.sentences),
            reading=fitted.get("reading", self.reading),
            judgement=judgement if reads else self.judgement,
            unread=self.unread if reads else judgement,
        )

    def never_silent(self) -> Models:
        """Give models that decide for an answer whatever was found."""
        return replace(
            self, judgement=self.judgement.never_silent(), unread=self.unread.never_silent()
        )

    @staticmethod
    def place(name: str, *, reads: bool) -> Path:
        """Tell where in a folder of weights a model stands."""
        judged = name in _JUDGED and not reads
        return Path(UNREAD, f"{name}.json") if judged else Path(f"{name}.json")

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> Models:
        """Read the models from a folder.

        Raises:
            WeightsError: If one is missing, or was fitted to other features.
        """
        return cls(
            ranking=load_model(folder / "ranking.json", PASSAGE_FEATURES),
            sentences=load_model(folder / "sentences.json", SENTENCE_FEATURES),
            reading=load_model(folder / "reading.json", READING_FEATURES),
            judgement=Judgement.load(folder),
            unread=Judgement.load(folder / UNREAD),
        )
