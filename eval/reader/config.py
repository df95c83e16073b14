"""How a reader is trained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a reader is trained."""

    batches: int = 3000
    answered: int = 2
    """Answered questions in a batch."""
    pairs: int = 4
    """Pairs in a batch."""
    learning_rate: float = 1e-4
    """Of the transformer."""
    head_rate: float = 3e-3
    weight_decay: float = 0.01
    warm_up: int = 60
    """Batches in which the learning rates rise; all the while they also fall evenly."""
    last_rate: float = 0.02
    """Share of the learning rates below which they do not fall."""
    silence_weight: float = 0.5
    """What silence where nothing answers counts for beside the order of sentences."""
    pair_weight: float = 0.5
    """What telling twins from doubles counts for beside it."""
    frozen_layers: int = 1
    """How many of the first layers stay as they are, besides the embeddings."""
    seed: int = 0
    threads: int = 2
    batches_between_checkpoints: int = 250
