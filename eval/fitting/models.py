"""Fits a logistic regression and writes it where the program reads its weights from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import Floats
from rag.weights import LogisticModel

Labels = npt.NDArray[np.int64]

_SIGNIFICANT = 4


@dataclass(frozen=True, slots=True)
class Observations:
    """What a model is fitted to: one row for each thing observed."""

    features: Floats
    """(n, f) float32."""
    labels: Labels
    """(n,) 1 where the thing is what is wanted, else 0."""
    weights: Floats
    """(n,) float32: how much each row counts."""


def gather(parts: Sequence[Observations]) -> Observations:
    """Put observations of several questions together."""
    return Observations(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )


def fit_logistic(
    observed: Observations, names: Sequence[str], *, penalty: float = 10.0
) -> LogisticModel:
    """Fit a logistic regression with an L2 penalty on standardised features.

    Args:
        observed: n rows of f features.
        names: The names of the features.
        penalty: How strongly weights are held near 0; the inverse of scikit-learn's ``C``.

    Returns:
        Weights for the features as they are computed, not standardised.
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    centre, spread = observed.features.mean(axis=0), observed.features.std(axis=0)
    spread = np.where(spread > 0, spread, 1)
    model = LogisticRegression(C=1 / penalty, max_iter=2000)
    standard = (observed.features - centre) / spread
    model.fit(standard, observed.labels, sample_weight=observed.weights)
    weights = (model.coef_[0] / spread).astype(np.float32)
    bias = float(model.intercept_[0] - weights @ centre)
    return LogisticModel(tuple(names), weights, bias)


def write_model(model: LogisticModel, path: Path, figures: Mapping[str, object]) -> None:
    """Write a model as a small readable file, with the figures it was fitted to."""
    fitted = {
        "weights": {
            name: float(f"{weight:.{_SIGNIFICANT}g}")
            for name, weight in zip(model.features, model.weights, strict=True)
        },
        "bias": float(f"{model.bias:.{_SIGNIFICANT}g}"),
        "fitted_to": dict(figures),
    }
    path.write_text(json.dumps(fitted, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def folds(count: int, *, parts: int = 5, seed: int = 0) -> list[npt.NDArray[np.int64]]:
    """Deal questions out into parts of like size, the same way every time."""
    shuffled = np.random.default_rng(seed).permutation(count)
    return [np.sort(shuffled[part::parts]) for part in range(parts)]
