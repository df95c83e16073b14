"""Fitted weights: small readable files of numbers, with what they were fitted to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.arrays import Floats
from rag.errors import WeightsError


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """A logistic regression: one weight for each named feature, and a bias."""

    features: tuple[str, ...]
    weights: Floats
    """(f,) float32."""
    bias: float

    def scores(self, features: Floats) -> Floats:
        """Give the log odds of each row of an (n, f) array: (n,) float32."""
        scores: Floats = features @ self.weights + np.float32(self.bias)
        return scores

    def probabilities(self, features: Floats) -> Floats:
        """Give the probability for each row of an (n, f) array: (n,) float32."""
        odds = np.exp(-np.clip(self.scores(features), -30, 30))
        return (1 / (1 + odds)).astype(np.float32)


def load_model(path: Path, features: Sequence[str]) -> LogisticModel:
    """Read a fitted model.

    Args:
        path: A file with ``weights``, an object of numbers by feature, and ``bias``.
        features: The features that this version computes, in their order.

    Raises:
        WeightsError: If the file is no such file, or was fitted to other features.
    """
    try:
        fitted = json.loads(path.read_text(encoding="utf-8"))
        weights = {str(name): float(weight) for name, weight in fitted["weights"].items()}
        bias = float(fitted["bias"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(path, f"no fitted weights ({error})", "weights and a bias") from error
    strange = set(weights) - set(features)
    if strange:
        raise WeightsError(path, f"weights for {sorted(strange)}", f"some of {list(features)}")
    ordered = np.array([weights.get(name, 0.0) for name in features], dtype=np.float32)
    return LogisticModel(tuple(features), ordered, bias)
