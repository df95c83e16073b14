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


def fit_listwise(
    observed: Sequence[Observations], names: Sequence[str], *, penalty: float = 10.0
) -> LogisticModel:
    """Fit weights by which the right rows of each question come before its wrong ones.

    What is made large is the share of ``exp(score)`` that falls to a question's right rows: a wrong
    row costs the more the nearer it comes to the right ones of its own question, and rows of other
    questions do not matter. The scores are then turned into log odds by a logistic regression on
    the score alone.

    Args:
        observed: For each question its rows; those without a right row teach nothing of order.
        names: The names of the features.
        penalty: How strongly the weights of standardised features are held near 0.

    Returns:
        Weights for the features as they are computed, not standardised.

    Source:
        Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML 2007,
        with the top one probability; several right rows share theirs.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    whole = gather(observed)
    centre, spread = whole.features.mean(axis=0), whole.features.std(axis=0)
    spread = np.where(spread > 0, spread, 1)
    lists = [one for one in observed if one.labels.any()]
    rows = gather(lists)
    standard = ((rows.features - centre) / spread).astype(np.float64)
    starts = np.cumsum([0, *(len(one.labels) for one in lists)])[:-1]
    counts = np.diff(np.append(starts, len(standard)))

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scores = standard @ weights
        scores -= np.repeat(np.maximum.reduceat(scores, starts), counts)
        mass = np.exp(scores)
        right = mass * rows.labels
        sums, rights = np.add.reduceat(mass, starts), np.add.reduceat(right, starts)
        shares = mass / np.repeat(sums, counts) - right / np.repeat(rights, counts)
        value = float(np.log(sums / rights).sum() + penalty / 2 * weights @ weights)
        return value, standard.T @ shares + penalty * weights

    found = minimize(loss, np.zeros(standard.shape[1]), jac=True, method="L-BFGS-B")
    weights = (found.x / spread).astype(np.float32)
    score = Observations((whole.features @ weights)[:, None], whole.labels, whole.weights)
    scale = fit_logistic(score, ["score"], penalty=1.0)
    if scale.weights[0] <= 0:
        # Over all questions the scores tell nothing: what stands within each is not turned round.
        return LogisticModel(tuple(names), weights, 0.0)
    return LogisticModel(tuple(names), weights * scale.weights[0], scale.bias)


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
