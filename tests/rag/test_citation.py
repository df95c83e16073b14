"""Nothing leaves as a quotation that the file does not bear out."""

import pytest

from corpus.document import Mark, MarkStatus, Span
from rag.citation import is_verbatim, with_marks


@pytest.mark.parametrize(
    ("text", "slices", "holds"),
    [
        ("The carts stood empty.", ["The carts stood empty."], True),
        ("The carts stood empty.", ["The carts\n", "stood empty."], True),
        ("The carts stood.", ["The *carts* _stood_."], True),
        ("The organization met.", ["The organiza", "tion met."], True),
        ("The carts stood empty.", ["The carts", "stood empty."], False),
        ("The carts stood empty.", ["The cart stood empty."], False),
        ("The carts stood empty.", ["The carts stood empty"], False),
        ("The carts stood empty.", ["the carts stood empty."], False),
        ("The carts — empty.", ["The carts - empty."], False),
    ],
)
def test_a_quotation_is_verbatim_or_it_is_not(text: str, slices: list[str], holds: bool) -> None:
    assert is_verbatim(text, slices) is holds


def test_the_authors_marks_are_put_back_where_they_stood() -> None:
    marks = [
        Mark("18", 112, Span(0, 1), MarkStatus.CLEAN, 0),
        Mark("19", 117, Span(2, 3), MarkStatus.CLEAN, 1),
    ]

    assert with_marks("Sixty sacks, no more", 100, marks) == "Sixty sacks,[^18] no m[^19]ore"
