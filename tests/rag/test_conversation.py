"""Follow-ups are completed; what stands alone is left alone."""

from rag.answer import Turn
from rag.conversation import complete

HISTORY = (
    Turn("user", "Who ran the mill in 1921?"),
    Turn("assistant", "The miller Orlov ran it."),
)


def test_a_question_that_leans_back_takes_the_last_question_along() -> None:
    assert complete("And who replaced him?", HISTORY) == (
        "Who ran the mill in 1921? And who replaced him?"
    )


def test_a_question_that_stands_alone_is_left_alone() -> None:
    question = "How many sacks of grain did the village council of Orlovka ask for in 1921?"

    assert complete(question, HISTORY) == question


def test_without_history_nothing_is_added() -> None:
    assert complete("And who replaced him?", ()) == "And who replaced him?"
