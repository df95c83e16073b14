"""What the order of passages owes to a question besides their scores."""

import numpy as np

from rag.late_interaction import TokenMatch
from rag.question import Query, Wanted
from rag.ranking import _fair_to_questions


def match(passages: list[list[float]]) -> TokenMatch:
    met = np.array(passages, dtype=np.float32)
    return TokenMatch(
        weights=np.full(2, 0.5, dtype=np.float32),
        passages=met,
        sentences=met,
        present=met,
        places=np.array([[0, 4], [10, 14]], dtype=np.int32),
        first_sentence=np.arange(met.shape[1] + 1, dtype=np.int32),
    )


def asked(*questions: tuple[int, int]) -> Query:
    return Query("q", (), Wanted.OTHER, (), (), (), (), (), (), questions=questions)


ORDER = PLACES = np.arange(6)


def test_a_passage_that_alone_meets_the_second_question_is_brought_up() -> None:
    met = match([[0.9, 0.8, 0.8, 0.7, 0.7, 0.1], [0.2, 0.2, 0.2, 0.2, 0.2, 0.9]])

    order = _fair_to_questions(ORDER, asked((0, 5), (8, 15)), met, PLACES)

    assert order.tolist() == [0, 1, 2, 5, 3, 4]


def test_questions_that_one_passage_answers_leave_the_order_alone() -> None:
    met = match([[0.9, 0.8, 0.8, 0.7, 0.7, 0.1], [0.9, 0.2, 0.2, 0.2, 0.2, 0.9]])

    order = _fair_to_questions(ORDER, asked((0, 5), (8, 15)), met, PLACES)

    assert order.tolist() == ORDER.tolist()


def test_a_single_question_leaves_the_order_alone() -> None:
    met = match([[0.9, 0.8, 0.8, 0.7, 0.7, 0.1], [0.2, 0.2, 0.2, 0.2, 0.2, 0.9]])

    assert _fair_to_questions(ORDER, asked(), met, PLACES).tolist() == ORDER.tolist()
