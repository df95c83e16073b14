"""Fitting weights to made-up sets of which it is known what decides."""

from __future__ import annotations

import numpy as np
import pytest

from eval.fitting.models import Observations, fit_listwise, fit_logistic, gather

QUESTIONS = 300
ROWS = 8


def observed(features, labels):
    """Make questions of (q, r, f) features and (q, r) labels."""
    even = np.ones(labels.shape[1], dtype=np.float32)
    return [
        Observations(some.astype(np.float32), own.astype(np.int64), even)
        for some, own in zip(features, labels, strict=True)
    ]


def drawn(chance, log_odds):
    return chance.random(log_odds.shape) < 1 / (1 + np.exp(-log_odds))


@pytest.fixture
def misleading():
    """Questions of which some have many right rows and some have few.

    ``within`` tells the right rows of a question from its wrong ones, and says nothing of two rows
    of two questions. ``between`` tells only questions with many right rows from those with few,
    and what it says of two rows of one question is noise.
    """
    chance = np.random.default_rng(3)
    plenty = chance.normal(0, 1.5, (QUESTIONS, 1))
    labels = drawn(chance, np.repeat(2 * plenty, ROWS, axis=1))
    within = labels + chance.normal(0, 4, (QUESTIONS, 1)) + chance.normal(0, 0.1, labels.shape)
    between = plenty + chance.normal(0, 1, labels.shape)
    return observed(np.stack([within, between], axis=2), labels)


def share_in_order(model, questions):
    """Give the share of questions, with right and wrong rows, whose right rows all come first."""
    mixed = [one for one in questions if 0 < one.labels.sum() < ROWS]
    scores = [model.scores(one.features) for one in mixed]
    return np.mean(
        [
            score[one.labels == 1].min() > score[one.labels == 0].max()
            for one, score in zip(mixed, scores, strict=True)
        ]
    )


def test_right_rows_come_before_the_wrong_ones_of_their_question(misleading):
    names = ["within", "between"]

    by_lists = fit_listwise(misleading, names)
    by_rows = fit_logistic(gather(misleading), names)

    assert share_in_order(by_lists, misleading) > 0.95
    assert share_in_order(by_rows, misleading) < 0.5


def test_what_only_tells_questions_apart_has_no_weight():
    chance = np.random.default_rng(4)
    plenty = chance.normal(0, 1.5, (QUESTIONS, 1)).repeat(ROWS, axis=1)
    labels = drawn(chance, 2 * plenty)
    telling = labels + chance.normal(0, 0.5, labels.shape)
    questions = observed(np.stack([telling, plenty], axis=2), labels)

    by_lists = fit_listwise(questions, ["telling", "plenty"])
    by_rows = fit_logistic(gather(questions), ["telling", "plenty"])

    assert by_lists.weights[0] > 1
    assert by_lists.weights[1] == pytest.approx(0, abs=1e-3)
    assert by_rows.weights[1] > 1


def test_the_scores_are_log_odds():
    chance = np.random.default_rng(5)
    feature = chance.normal(0, 1, (1000, ROWS))
    labels = drawn(chance, 2 * feature - 1)
    questions = observed(feature[:, :, None], labels)

    model = fit_listwise(questions, ["feature"])

    whole = gather(questions)
    probabilities = model.probabilities(whole.features)
    assert (model.weights[0], model.bias) == (pytest.approx(2, abs=0.2), pytest.approx(-1, abs=0.1))
    for low in np.arange(0, 1, 0.2):
        some = (low <= probabilities) & (probabilities < low + 0.2)
        assert whole.labels[some].mean() == pytest.approx(probabilities[some].mean(), abs=0.05)


def test_questions_without_a_right_row_count_for_the_odds_alone():
    chance = np.random.default_rng(6)
    feature = chance.normal(0, 1, (QUESTIONS, ROWS))
    labels = drawn(chance, 2 * feature)
    hopeless = observed(feature[:, :, None], np.zeros_like(labels))
    questions = observed(feature[:, :, None], labels)

    with_them = fit_listwise([*questions, *hopeless], ["feature"])
    without = fit_listwise(questions, ["feature"])

    assert with_them.bias < without.bias - 0.5
    assert with_them.weights[0] > 0


def test_scores_that_mislead_over_all_questions_are_not_turned_round():
    # The more right rows a question has, the lower all of its rows stand.
    chance = np.random.default_rng(7)
    plenty = chance.normal(0, 1.5, (QUESTIONS, 1))
    labels = drawn(chance, np.repeat(2 * plenty, ROWS, axis=1))
    feature = labels - 5 * plenty + chance.normal(0, 0.1, labels.shape)
    questions = observed(feature[:, :, None], labels)

    by_rows = fit_logistic(gather(questions), ["feature"])
    by_lists = fit_listwise(questions, ["feature"])

    assert by_rows.weights[0] < 0
    assert by_lists.weights[0] > 0
    assert share_in_order(by_lists, questions) > 0.95
    assert by_lists.bias == 0
