"""Which part of a question the library has never heard of."""

import pytest

from rag.question import understand
from rag.unheard import unheard_parts

KNOWN = {"miller", "sacks", "count", "burned", "mill", "1921"}


@pytest.mark.parametrize(
    ("question", "unheard"),
    [
        ("What did Miller count, and who was Quibble?", ("who was Quibble",)),
        ("What burned in 1921? Who was Quibble?", ("Who was Quibble",)),
        ("What burned in 1921, and what burned in 1821?", ("what burned in 1821",)),
        ("What did Miller count, and who was qibble?", ()),
        ("What did Miller count, and what did Quibble count?", ()),
        ("Who was Quibble?", ()),
        ("Who was Quibble, and who was Quabble?", ()),
        ("What did the mill and Miller count?", ()),
    ],
)
def test_an_unheard_part_is_told_from_the_rest(question: str, unheard: tuple[str, ...]) -> None:
    query = understand(question, [], frequency=lambda word: float(word.lower() in KNOWN))

    assert unheard_parts(query) == unheard
