"""Chapters, and what does not belong to the book."""

import pytest

from corpus.document import Kind
from tests.corpus.reading_of import FILLERS, headings, read

CHAPTER_TITLES = (
    "Chapter IV: The Cruelty And Folly Of Clerks.--Part II.",
    "CHAPTER 2. Of the Winter and its Wants",
    "Book the First. The Stoves",
    "PART II. Of what is burnt when the wood has been sold",
)


@pytest.mark.parametrize("title", CHAPTER_TITLES)
def test_a_numbered_title_is_a_heading_with_or_without_a_full_stop(title: str) -> None:
    document = read(f"{FILLERS[0]}\n\n{title}\n\n{FILLERS[1]}\n\n{FILLERS[2]}\n")

    assert headings(document) == [title]


def test_a_sentence_about_a_chapter_is_no_heading() -> None:
    sentence = "Chapter 2. deals with what was burnt and with what was not."

    document = read(f"{FILLERS[0]}\n\n{sentence}\n\n{FILLERS[1]}\n\n{FILLERS[2]}\n")

    assert headings(document) == []


def test_parts_stand_below_chapters_where_books_stand_above_them() -> None:
    document = read(
        f"BOOK I.\n\nOF FUEL\n\nCHAPTER I.\n\n"
        f"OF WOOD, AND OF ALL THAT MAY BE BURNT IN PLACE OF IT\n\n{FILLERS[0]}\n\n"
        f"PART I.\n\n{FILLERS[1]}\n\nCHAPTER II.\n\nOF PEAT\n\n{FILLERS[2]}\n"
    )

    assert [section.path for section in document.sections if section.end - section.start > 100] == [
        ("BOOK I: OF FUEL", "CHAPTER I: OF WOOD, AND OF ALL THAT MAY BE BURNT IN PLACE OF IT"),
        (
            "BOOK I: OF FUEL",
            "CHAPTER I: OF WOOD, AND OF ALL THAT MAY BE BURNT IN PLACE OF IT",
            "PART I",
        ),
        ("BOOK I: OF FUEL", "CHAPTER II: OF PEAT"),
    ]


def test_the_envelope_of_an_electronic_text_is_not_the_book() -> None:
    document = read(
        f"The eBook of Two Winters\n\n{FILLERS[3]}\n\n"
        f"*** START OF THIS PROJECT EBOOK WINTERS ***\n\n"
        f"Chapter I: Wood And Peat\n\n{FILLERS[0]}\n\n{FILLERS[1]}\n\n"
        f"*** END OF THIS PROJECT EBOOK WINTERS ***\n\n{FILLERS[2]}\n"
    )

    kinds = {document.text[b.start : b.end]: b.kind for b in document.blocks}

    assert kinds[FILLERS[0]] is Kind.BODY
    assert kinds[FILLERS[2]] is Kind.FRONT
    assert kinds[FILLERS[3]] is Kind.FRONT


def test_sentences_built_alike_are_not_taken_for_a_page_scanned_twice() -> None:
    first = f"First, {FILLERS[0]} And so it was with the carts and with the stoves of the town."
    second = f"Secondly, {FILLERS[0]} " + " ".join(FILLERS[1:])

    document = read(f"{FILLERS[3]}\n\n{first}\n\n{second}\n\n{FILLERS[1]}\n")

    assert all(block.kind is not Kind.DAMAGED for block in document.blocks)


def test_a_plain_title_below_a_sentence_that_ends_with_a_mark_is_a_heading() -> None:
    document = read(
        f"{FILLERS[0]}<sup>1</sup>\n\nThe Second Winter\n\n{FILLERS[1]}\n\n"
        f"---\n\n1 See the report.\n\n{FILLERS[2]}\n"
    )

    assert headings(document) == ["The Second Winter"]


def test_a_chapter_below_a_rule_is_no_rest_of_the_note_above_it() -> None:
    title = "Chapter III: The Price Of A Stove.--Part II."

    document = read(
        f"{FILLERS[0]} One. [1]\n\n[Footnote 1: See the report and the minutes]\n\n===\n\n"
        f"{title}\n\n{FILLERS[1]}\n\n{FILLERS[2]}\n"
    )

    assert headings(document) == [title]
