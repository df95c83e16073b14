"""Where a quotation stands, shortly and in full, with what is not known left open."""

import pytest

from corpus.document import DocumentId
from rag.answer import DocumentReference
from rag.reference import full_reference, short_place


def work(author: str | None, year: int | None) -> DocumentReference:
    title = "Bread and Salt, a Story: 1890-1910"
    return DocumentReference(DocumentId("d"), "f.txt", "0", title, author, year)


MILLER = work("Anna Miller", 1990)
NOBODY = work(None, None)


@pytest.mark.parametrize(
    ("document", "page", "section", "markers", "full"),
    [
        (MILLER, "12", ("Oil",), [], "Anna Miller, Bread and Salt, a Story: 1890-1910 (1990), 12."),
        (
            MILLER,
            None,
            ("Part One", "Oil"),
            [],
            "Anna Miller, Bread and Salt, a Story: 1890-1910 (1990), under “Oil”.",
        ),
        (
            MILLER,
            None,
            (),
            ["7"],
            "Anna Miller, Bread and Salt, a Story: 1890-1910 (1990), n. 7.",
        ),
        (NOBODY, None, (), [], "Bread and Salt, a Story: 1890-1910 (n.d.), unpaginated."),
    ],
)
def test_a_full_reference_says_what_is_known(
    document: DocumentReference,
    page: str | None,
    section: tuple[str, ...],
    markers: list[str],
    full: str,
) -> None:
    assert full_reference(document, page, section, markers) == full


@pytest.mark.parametrize(
    ("document", "page", "section", "markers", "short"),
    [
        (MILLER, "12", ("Oil",), [], "Miller, Bread and Salt, p. 12"),
        (MILLER, None, ("Oil",), [], "Miller, Bread and Salt, “Oil”"),
        (MILLER, None, ("Oil " * 20,), [], "Miller, Bread and Salt"),
        (MILLER, "12", (), ["7"], "Miller, Bread and Salt, note 7"),
        (NOBODY, None, (), [], "Bread and Salt"),
    ],
)
def test_a_short_place_names_author_title_and_page(
    document: DocumentReference,
    page: str | None,
    section: tuple[str, ...],
    markers: list[str],
    short: str,
) -> None:
    assert short_place(document, page, section, markers) == short
