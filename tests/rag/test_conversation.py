"""Follow-ups are completed; what stands alone is left alone."""

from rag.answer import Turn
from rag.conversation import complete

HISTORY = (
    Turn("user", "Who ran the mill in 1921?"),
    Turn("assistant", "The miller Orlov ran it."),
)


def test_a_question_that_leans_back_takes_the_last_question_along() -> None:
    assert complete("And who replaced him?", HISTORY) == (
        "Who ran the mill in 1921? And who replaced him (Orlov)?"
    )


def test_a_question_that_stands_alone_is_left_alone() -> None:
    question = "How many sacks of grain did the village council of Orlovka ask for in 1921?"

    assert complete(question, HISTORY) == question


def test_without_history_nothing_is_added() -> None:
    assert complete("And who replaced him?", ()) == "And who replaced him?"


def test_a_word_that_stands_for_a_name_in_the_answer_is_followed_by_the_name() -> None:
    history = (
        Turn("user", "Who ran the mill in 1921?"),
        Turn("assistant", "The miller Orlov ran it, as Miller says."),
    )

    assert complete("And who replaced him?", history, voices=["Miller"]) == (
        "Who ran the mill in 1921? And who replaced him (Orlov)?"
    )


def test_where_the_question_before_named_its_subject_no_other_name_is_added() -> None:
    history = (
        Turn("user", "How did Orlov die?"),
        Turn("assistant", "He fell from the cart of Petrov."),
    )

    assert complete("Who came after him?", history) == "How did Orlov die? Who came after him?"


def test_a_chain_of_follow_ups_goes_back_to_the_answer_that_named_the_subject() -> None:
    history = (
        Turn("user", "Why did the miller have to leave the village?"),
        Turn("assistant", "The council demanded that Orlov be recalled."),
        Turn("user", "Did he stay loyal?"),
        Turn("assistant", "Yes, to the end of the year."),
    )

    assert complete("When did he give in?", history) == (
        "Did he stay loyal? When did he (Orlov) give in?"
    )
