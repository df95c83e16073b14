"""Log odds are logarithms of small numbers here, so that shares can be counted on the fingers."""

from __future__ import annotations

import math

import pytest

from eval.reader.losses import order, pair, silence


def odds(*numbers):
    import torch

    return torch.log(torch.tensor(numbers, dtype=torch.float32))


def right(*claims):
    import torch

    return torch.tensor(claims, dtype=torch.bool)


def test_sentences_that_answer_share_the_probability():
    assert order(odds(2, 1, 1, 4), right(1, 0, 1, 0)).item() == pytest.approx(math.log(8 / 3))


def test_the_order_does_not_depend_on_how_high_all_of_them_are():
    low, high = (order(odds(*some), right(1, 0)).item() for some in ((1, 2), (10, 20)))

    assert low == pytest.approx(high)


def test_where_something_answers_silence_has_a_share_to_lose():
    assert silence(odds(2, 1), right(1, 0)).item() == pytest.approx(math.log(4 / 2))


def test_where_nothing_answers_silence_is_to_have_all():
    assert silence(odds(2, 1), right(0, 0)).item() == pytest.approx(math.log(4 / 1))


def test_a_pair_is_told_apart_by_all_that_its_sentences_promise():
    assert pair(odds(2, 1), odds(1, 5)).item() == pytest.approx(math.log(1 + 6 / 3))
