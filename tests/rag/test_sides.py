"""A comparison without its authors is the matter that each of them is asked."""

import pytest

from corpus.document import DocumentId
from index.document_tables import DocumentSummary
from rag.question import understand


def book(author: str) -> DocumentSummary:
    facts = dict.fromkeys(
        (
            "length passages sections pages notes notes_unmatched marks marks_joined"
            " marks_recovered marks_unmatched joined_sentences joined_words dropped_lines"
        ).split(),
        0,
    )
    return DocumentSummary(
        id=DocumentId(author),
        file=f"{author}.txt",
        sha256="0",
        title=f"A Long Study of {author}",
        author=author,
        year=None,
        encoding="utf-8",
        warnings=(),
        **facts,
    )


SHELF = [book("Anna Miller"), book("Peter Baker")]


@pytest.mark.parametrize(
    ("question", "matter"),
    [
        ("Who took the oil? Compare Miller and Baker.", "Who took the oil?"),
        ("Who took the oil according to Miller and Baker?", "Who took the oil?"),
        ("lamp oil thefts Miller vs Baker", "lamp oil thefts"),
        ("What do Miller and Baker say? Was the oil stolen?", "Was the oil stolen?"),
        ("How do Miller and Baker judge the theft of the oil?", "How the theft of the oil?"),
        ("Set Miller against Baker.", "Set Miller against Baker."),
    ],
)
def test_authors_and_the_asking_are_taken_out(question: str, matter: str) -> None:
    assert understand(question, SHELF).searched == matter


def test_a_long_question_is_parted_too() -> None:
    question = "Who took the oil? Compare Miller and " + "by both " * 240 + "Baker, Miller by both "

    assert understand(question + "by both " * 20, SHELF).searched.startswith("Who took the oil?")
