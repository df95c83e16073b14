"""Which questions ask for a note and which only speak of notes."""

import pytest

from rag.question import understand
from rag.source_questions import asks_for_source


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("What does footnote 12 say?", True),
        ("What does Miller's note on the mill say?", True),
        ("Which text by Baker is quoted for this?", True),
        ("Where did Miller find the letter?", True),
        ("From what collection does Miller take it?", True),
        ("In which book was it called heroic?", True),
        ("On whose testimony does the story rest?", True),
        ("When were the old notes withdrawn?", False),
        ("What worried him in the notes he dictated?", False),
        ("Where did the carts stand?", False),
        ("How many sacks were there?", False),
    ],
)
def test_a_question_for_a_source_is_told_from_others(question: str, asks: bool) -> None:
    assert asks_for_source(understand(question, [])) is asks
