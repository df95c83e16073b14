"""Marks lead to notes, and notes back to their sentences."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.stored_document import StoredDocument
from rag.citation import Quotation
from rag.cutting import mend
from rag.hanging import marks_for, sentence_of, with_notes
from tests.fakes import make_document, store_documents

PARAGRAPHS = [
    "The lamps burned low. The clerk counted them twice. Both times he wrote down a dozen.[^1]",
    "As he told his diary:",
    "I could not say who had taken the oil. I still cannot.",
    "The lamps are not worth the asking.[^2]",
    "Nobody asked again. But Harris had kept the key. He gave it back in May.",
]
NOTES = {"1": "Ledger of the watch, folio 3.", "2": "Diary, 4 June."}


@pytest.fixture
def document(tmp_path: Path) -> Iterator[StoredDocument]:
    written = make_document(PARAGRAPHS, notes=NOTES)
    store = store_documents(tmp_path / "documents.sqlite", [written])
    yield store.document(written.id)
    store.close()


def place(document: StoredDocument, words: str) -> Quotation:
    start = document.text.index(words)
    return Quotation(document.id, start, start + len(words), 0.0)


def text_of(document: StoredDocument, quotation: Quotation) -> str:
    return document.text_slice(quotation.start, quotation.end)


def test_a_note_at_the_end_of_a_paragraph_speaks_for_its_sentences(
    document: StoredDocument,
) -> None:
    quotation = place(document, "The clerk counted them twice.")

    assert [m.marker for m in marks_for(document, quotation.start, quotation.end)] == ["1"]


def test_a_mark_is_followed_from_the_line_that_introduces_a_quotation(
    document: StoredDocument,
) -> None:
    quotation = place(document, "As he told his diary:")

    assert [m.marker for m in marks_for(document, quotation.start, quotation.end)] == ["2"]


def test_the_mark_of_a_displayed_quotation_closes_all_its_paragraphs(
    document: StoredDocument,
) -> None:
    quotation = place(document, "As he told his diary:\nI could not say who had taken the oil.")

    assert [m.marker for m in marks_for(document, quotation.start, quotation.end)] == ["2"]


def test_a_sentence_of_another_paragraph_has_no_part_in_a_note(document: StoredDocument) -> None:
    quotation = place(document, "Nobody asked again.")

    assert marks_for(document, quotation.start, quotation.end) == []


def test_a_note_knows_its_sentence(document: StoredDocument) -> None:
    place = sentence_of(document, document.notes[0])

    assert place is not None
    assert document.text_slice(*place) == "Both times he wrote down a dozen."


def test_the_note_comes_before_the_sentence_it_hangs_on(document: StoredDocument) -> None:
    sentence = place(document, "Both times he wrote down a dozen.")
    note = place(document, NOTES["1"])
    said = [NOTES["1"], "Both times he wrote down a dozen."]

    assert [text_of(document, q) for q in with_notes(document, sentence, 50)] == said
    assert [text_of(document, q) for q in with_notes(document, note, 50)] == said


def test_a_note_for_which_no_words_are_left_is_not_quoted(document: StoredDocument) -> None:
    sentence = place(document, "Both times he wrote down a dozen.")

    assert [*with_notes(document, sentence, 8)] == [sentence]


@pytest.mark.parametrize(
    ("quoted", "words", "mended"),
    [
        (
            "As he told his diary:",
            20,
            "As he told his diary:\nI could not say who had taken the oil. I still cannot.",
        ),
        (
            "As he told his diary:",
            10,
            "As he told his diary:\nI could not say who had taken the oil.",
        ),
        ("As he told his diary:", 3, "As he told his diary:"),
        ("He gave it back in May.", 10, "Harris had kept the key. He gave it back in May."),
        ("He gave it back in May.", 2, "He gave it back in May."),
        ("But Harris had kept the key.", 0, "Harris had kept the key."),
        ("Nobody asked again.", 50, "Nobody asked again."),
    ],
)
def test_a_quotation_is_given_what_it_cannot_be_read_without(
    document: StoredDocument, quoted: str, words: int, mended: str
) -> None:
    assert text_of(document, mend(document, place(document, quoted), words)) == mended
