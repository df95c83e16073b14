from __future__ import annotations

import numpy as np

from eval.tuning.batches import Batch
from eval.tuning.sentences import PassageText, lay_out, passage_texts
from tests.eval.tuning.conftest import SENTENCES


def batch(rows, *told):
    """Make a batch of questions, each with the sentences told of some rows."""
    answers = tuple(frozenset({row, *known}) for row, known in zip(rows, told, strict=False))
    return Batch(tuple("?" * len(told)), tuple(rows), answers, told)


def test_sentences_are_laid_side_by_side():
    passages = [PassageText("of ink. a b", (8, 10)), PassageText("c d", (0, 2))]
    starts = np.array([[0, 0, 3, 8, 10, 0], [0, 0, 2, 0, 0, 0]])
    real = np.array([[0, 1, 1, 1, 1, 0], [0, 1, 1, 0, 0, 0]], dtype=bool)

    laid = lay_out(batch((7, 9), {7: {1}}, {}), passages, starts, real)

    assert laid.of_tokens.tolist() == [[4, 4, 4, 0, 1, 4], [4, 2, 3, 4, 4, 4]]
    assert laid.right.tolist() == [[0, 1, 0, 0], [0, 0, 0, 0]]
    assert laid.own.tolist() == [[1, 1, 0, 0], [0, 0, 1, 1]]
    assert laid.counted.all()


def test_a_sentence_that_answers_in_another_passage_is_no_wrong_one():
    passages = [PassageText("a b", (0, 2))] * 3
    starts, real = np.array([[0, 2]] * 3), np.ones((3, 2), dtype=bool)

    laid = lay_out(batch((7, 9, 7), {7: {1}, 9: {0}}), passages, starts, real)

    assert laid.right.tolist() == [[0, 1, 0, 0, 0, 0]]
    assert laid.counted.tolist() == [[1, 1, 0, 1, 1, 0]]


def test_a_sentence_that_was_cut_off_counts_for_nothing():
    passages = [PassageText("a b", (0, 2)), PassageText("c d", (0, 2))]
    starts, real = np.array([[0], [0]]), np.ones((2, 1), dtype=bool)

    laid = lay_out(batch((7, 9), {7: {1}}, {9: {0, 1}}), passages, starts, real)

    assert laid.right.tolist() == [[0, 0, 0, 0], [0, 0, 1, 0]]
    assert laid.own.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]
    assert laid.counted.tolist() == [[1, 0, 1, 0]] * 2


def test_sentences_are_found_behind_the_headings(book):
    texts = passage_texts(book.documents)

    begun = [text.text[start:][:25] for text in texts for start in text.sentence_starts]
    assert begun == [sentence[:25] for sentence in SENTENCES]
    assert all(text.sentence_starts[0] > 0 for text in texts)
