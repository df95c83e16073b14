"""The reading page of a book that is longer than one page."""

from __future__ import annotations

import pytest

from corpus.document import Span
from service.web.reading import lay_out
from tests.fakes import make_document, store_documents

LINES = [f"Entry {number}: the lamps were lit at dusk. " + "Oil. " * 40 for number in range(200)]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    written = make_document([line.strip() for line in LINES], title="Ledger")
    store = store_documents(tmp_path_factory.mktemp("book") / "documents.sqlite", [written])
    yield store.document(written.id)
    store.close()


def shown(page) -> str:
    return "\n".join("".join(p.text for p in paragraph.pieces) for paragraph in page.paragraphs)


def test_turning_later_to_the_end_shows_every_paragraph(book):
    place, seen = 0, []
    while place is not None:
        page = lay_out(book, None, place)
        seen += shown(page).splitlines()
        place = page.later

    assert list(dict.fromkeys(seen)) == book.text.splitlines()


def test_turning_earlier_ends_at_the_beginning(book):
    place, turns = book.body_end, 0
    while place is not None:
        page = lay_out(book, None, place)
        place, turns = page.earlier, turns + 1

    assert turns < 20
    assert shown(page).startswith("Entry 0:")


def test_the_quotation_stands_near_the_top(book):
    start = book.text.index("Entry 100:")

    page = lay_out(book, Span(start, start + 9), None)

    before = shown(page).split("Entry 100:")[0]
    assert 0 < len(before) < 1_000


def test_an_empty_stretch_highlights_nothing(book):
    page = lay_out(book, Span(5, 5), None)

    assert not any(piece.is_quoted for paragraph in page.paragraphs for piece in paragraph.pieces)
