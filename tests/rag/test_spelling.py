"""Misspelt words are mended after the library's own."""

import pytest


@pytest.mark.parametrize(
    ("asked", "understood"),
    [
        ("Who crossed the brigde?", "Who crossed the bridge?"),
        ("the mernchant of 1924", "the merchant of 1924"),
        ("the pasengers walked", "the passengers walked"),
        ("the clark of the distrect", "the clerk of the district"),
        ("the Ferryman's widow", "the Ferryman's widow"),
        ("the stoke of the inn", "the stoke of the inn"),
        ("who wrote of zarathustra", "who wrote of zarathustra"),
        ("who was Miller Aprilo", "who was Miller Aprilo"),
    ],
    ids=[
        "swapped",
        "too-many",
        "too-few",
        "vowels",
        "right",
        "consonant",
        "unlike",
        "another-name",
    ],
)
def test_a_question_is_mended_where_the_library_knows_better(
    mill_assistant, asked: str, understood: str
) -> None:
    assert mill_assistant.understand(asked).text == understood
