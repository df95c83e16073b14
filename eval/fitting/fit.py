"""Fits all weights, in the order in which they build on each other, and says how well they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from corpus.document import Span
from eval.fitting.asking import Asked
from eval.fitting.models import Labels, Observations, fit_listwise, fit_logistic, folds, gather
from index.arrays import Floats
from index.document_tables import StoredPassage
from rag.abstention import CONFIDENCE_FEATURES, confidence_features
from rag.answering import (
    SENTENCE_FEATURES,
    AnswerConfig,
    sentence_features,
)
from rag.features import PASSAGE_FEATURES
from rag.models import Models
from rag.reading import READING_FEATURES, reading_features
from rag.weights import LogisticModel

_DEPTHS = (1, 5, 10)

# A library without the answer is made for a question by leaving its passages out. There are many
# such questions, and they say what the evidence looks like where there is none.
MADE_UP_WEIGHT = 0.3
ANSWERABLE_PENALTY = 33.0


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model and how well it did on questions that it was not fitted to."""

    model: LogisticModel
    figures: dict[str, float]


def fit_ranking(asked: Sequence[Asked]) -> Fit:
    """Fit the weights of passages to those that find the answers."""
    found = [_groups_by_passage(one) for one in asked]

    def observe(i: int) -> Observations:
        labels = np.array([bool(groups) for groups in found[i]], dtype=np.int64)
        return Observations(
            asked[i].ranking.features, labels, np.ones(len(labels), dtype=np.float32)
        )

    def recalls(i: int, model: LogisticModel) -> list[float]:
        order = np.argsort(-model.scores(asked[i].ranking.features), kind="stable")
        wanted = len(asked[i].example.groups)
        return [
            len(set().union(*(found[i][place] for place in order[:k]))) / wanted for k in _DEPTHS
        ]

    answered = [i for i, one in enumerate(asked) if one.example.groups]
    observed = {i: observe(i) for i in answered}
    scores = []
    for model, left_out in _cross_validate(answered, observed, PASSAGE_FEATURES):
        scores += [recalls(i, model) for i in left_out]
    means = np.mean(scores, axis=0)
    return Fit(
        fit_logistic(gather([*observed.values()]), PASSAGE_FEATURES),
        {f"R@{k}": round(float(mean), 3) for k, mean in zip(_DEPTHS, means, strict=True)},
    )


def _groups_by_passage(one: Asked) -> list[set[int]]:
    places = one.library.places
    return [places.groups_found(passage, one.example) for passage in one.ranking.passages]


def fit_sentences(asked: Sequence[Asked], config: AnswerConfig) -> Fit:
    """Fit the weights of sentences to those that answer; needs examples that tell which do."""
    return _fit_lists(
        [_observe_sentences(one, config) for one in asked if one.example.answers],
        SENTENCE_FEATURES,
    )


def _fit_lists(observed: Sequence[Observations], names: Sequence[str]) -> Fit:
    hits: list[int] = []
    for part in folds(len(observed)):
        left_out = set(part.tolist())
        kept = [one for i, one in enumerate(observed) if i not in left_out]
        model = fit_listwise(kept, names)
        hits += [_best_label(observed[i], model) for i in sorted(left_out)]
    fitted = fit_listwise(observed, names)
    return Fit(fitted, {"best sentence answers": round(float(np.mean(hits)), 3)})


def _best_label(observed: Observations, model: LogisticModel) -> int:
    return int(observed.labels[int(np.argmax(model.scores(observed.features)))])


def _observe_sentences(one: Asked, config: AnswerConfig) -> Observations:
    features = sentence_features(one.query, one.ranking, config.passages)
    sentences = [
        (passage, span)
        for passage in one.ranking.passages[: config.passages]
        for span in passage.sentences
    ]
    return Observations(features, _labels(one, sentences), np.ones(len(features), dtype=np.float32))


def _labels(one: Asked, sentences: Sequence[tuple[StoredPassage, Span]]) -> Labels:
    """Tell which of some sentences answer a question."""
    places = one.library.places
    answers = [
        places.lies_within(passage.document, span, one.example.answers)
        for passage, span in sentences
    ]
    return np.array(answers, dtype=np.int64)


def fit_reading(asked: Sequence[Asked], models: Models) -> Fit:
    """Fit the weights of what the reader says; only of questions that it was not trained on."""
    return _fit_lists(
        [_observe_readings(one, models) for one in asked if one.example.answers], READING_FEATURES
    )


def _observe_readings(one: Asked, models: Models) -> Observations:
    read = one.scorer(models).read(one.query, one.ranking)
    return Observations(
        reading_features(one.query, read),
        _labels(one, [(one.ranking.passages[s.passage], s.span) for s in read]),
        np.ones(len(read), dtype=np.float32),
    )


def fit_answerable(
    asked: Sequence[Asked],
    without: Sequence[Asked],
    models: Models,
    *,
    declined: float,
) -> Fit:
    """Fit the weights that tell a library with the answer from one without it.

    Args:
        asked: Questions over the whole library; those without a known place count as unanswered.
        without: Questions over the library without their answers.
        models: What sentences are scored by.
        declined: The share of the answerable cases that may be declined by mistake.

    Returns:
        The model, its bias moved so that it says 0.5 where so many would be declined.
    """
    both = [*asked, *without]
    labels = np.array([bool(one.example.groups) for one in asked] + [False] * len(without))
    is_case = np.array([one.example.exact for one in asked] + [False] * len(without))
    balance = (is_case & labels).sum() / max(1, (is_case & ~labels).sum())
    weights = np.where(is_case, np.where(labels, 1.0, balance), MADE_UP_WEIGHT).astype("f4")
    features = np.concatenate([_confidence(one, models) for one in both])
    observed = {
        i: Observations(features[i : i + 1], labels[i : i + 1].astype(np.int64), weights[i : i + 1])
        for i in range(len(both))
    }
    odds = np.zeros(len(both), dtype=np.float32)
    for model, left_out in _cross_validate(
        [*observed], observed, CONFIDENCE_FEATURES, ANSWERABLE_PENALTY
    ):
        odds[left_out] = model.scores(features[left_out])
    threshold = float(np.quantile(odds[is_case & labels], declined))
    fitted = fit_logistic(
        gather([*observed.values()]), CONFIDENCE_FEATURES, penalty=ANSWERABLE_PENALTY
    )
    return Fit(
        replace(fitted, bias=fitted.bias - threshold),
        {
            "answerable cases declined": _share(odds[is_case & labels] < threshold),
            "unanswerable cases declined": _share(odds[is_case & ~labels] < threshold),
            "questions without their answer declined": _share(odds[~is_case & ~labels] < threshold),
        },
    )


def _share(flags: npt.NDArray[np.bool_]) -> float:
    return round(float(flags.mean()), 3)


def _confidence(one: Asked, models: Models) -> Floats:
    scored = one.scorer(models).score(one.query, one.ranking)
    return confidence_features(one.query, one.ranking, scored)


def fit_right(asked: Sequence[Asked], right: Sequence[bool], models: Models) -> Fit:
    """Fit the probability that an answer is right, to answers that were judged by their facts."""
    features = np.concatenate([_confidence(one, models) for one in asked])
    labels = np.array(right, dtype=np.int64)
    observed = {
        i: Observations(features[i : i + 1], labels[i : i + 1], np.ones(1, dtype=np.float32))
        for i in range(len(labels))
    }
    chances = np.zeros(len(labels), dtype=np.float32)
    for model, left_out in _cross_validate([*observed], observed, CONFIDENCE_FEATURES, 100.0):
        chances[left_out] = model.probabilities(features[left_out])
    brier = float(np.mean((chances - labels) ** 2))
    fitted = fit_logistic(gather([*observed.values()]), CONFIDENCE_FEATURES, penalty=100.0)
    return Fit(fitted, {"Brier score": round(brier, 3), "right": round(float(labels.mean()), 3)})


def _cross_validate(
    keys: Sequence[int],
    observed: dict[int, Observations],
    names: Sequence[str],
    penalty: float = 10.0,
) -> Iterator[tuple[LogisticModel, list[int]]]:
    """Give models fitted to four fifths of the questions, each with the fifth left out."""
    for part in folds(len(keys)):
        left_out = {keys[i] for i in part}
        kept = gather([observed[key] for key in keys if key not in left_out])
        yield fit_logistic(kept, names, penalty=penalty), sorted(left_out)
