"""The fitted models that an assistant decides by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.abstention import CONFIDENCE_FEATURES
from rag.answering import SENTENCE_FEATURES
from rag.features import PASSAGE_FEATURES
from rag.weights import LogisticModel, load_model

WEIGHTS = Path(__file__).parent / "weights"
"""The folder of the weights that come with this version."""


@dataclass(frozen=True, slots=True)
class Models:
    """What was fitted to questions with known answers."""

    ranking: LogisticModel
    """Whether a passage holds the answer."""
    sentences: LogisticModel
    """Whether a sentence of it answers."""
    answerable: LogisticModel
    """Whether the library answers the question at all; below 0.5 the assistant is silent."""
    right: LogisticModel
    """Whether the answer that is given is right: the confidence that a reader is told."""

    @classmethod
    def load(cls, folder: Path = WEIGHTS) -> Models:
        """Read the models from a folder.

        Raises:
            WeightsError: If one is missing, or was fitted to other features.
        """
        return cls(
            ranking=load_model(folder / "ranking.json", PASSAGE_FEATURES),
            sentences=load_model(folder / "sentences.json", SENTENCE_FEATURES),
            answerable=load_model(folder / "answerable.json", CONFIDENCE_FEATURES),
            right=load_model(folder / "right.json", CONFIDENCE_FEATURES),
        )
