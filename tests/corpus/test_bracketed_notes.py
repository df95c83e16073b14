"""Notes spelt out between brackets, as libraries of electronic texts print them."""

from tests.corpus.reading_of import FILLERS, body, marked, notes, read


def test_a_mark_at_the_head_of_a_paragraph_is_no_note_where_notes_are_spelt_out() -> None:
    document = read(
        f"{FILLERS[0]} One thing. [1]\n\n[Footnote 1: The first.]\n\n"
        f"[2] {FILLERS[1]}\n\n[Footnote 2: The second.]\n\n{FILLERS[2]}\n"
    )

    assert notes(document) == {"1": "The first.", "2": "The second."}
    assert [mark.note for mark in document.marks] == [0, 1]
    assert FILLERS[1] in document.text[: document.body_end]


def test_a_note_within_a_paragraph_is_lifted_out_of_its_sentence() -> None:
    document = read(
        f"{FILLERS[0]} They went to the [Footnote 7: A small one.] town. {FILLERS[1]}\n\n"
        f"{FILLERS[2]}\n"
    )

    assert notes(document) == {"7": "A small one."}
    assert body(document)[0] == f"{FILLERS[0]} They went to the town. {FILLERS[1]}"


def test_a_note_runs_to_the_bracket_that_closes_it_over_brackets_and_paragraphs() -> None:
    document = read(
        f"{FILLERS[0]} One thing. [1]\n\n[Footnote 1: See the report [of 1894] first.\n\n"
        f"And the minutes [p. 4] as well.] {FILLERS[1]}\n\n{FILLERS[2]}\n"
    )

    assert notes(document) == {
        "1": "See the report [of 1894] first. And the minutes [p. 4] as well."
    }
    assert body(document)[1:] == [FILLERS[1], FILLERS[2]]


def test_a_note_that_is_never_closed_ends_with_its_paragraph() -> None:
    document = read(
        f"{FILLERS[0]} One thing. [1]\n\n[Footnote 1: See the report.\n\n{FILLERS[1]}\n\n"
        f"{FILLERS[2]} Another. [2]\n\n[Footnote 2: See the minutes.]\n\n{FILLERS[3]}\n"
    )

    assert notes(document) == {"1": "See the report.", "2": "See the minutes."}
    assert FILLERS[1] in body(document)


def test_a_letter_and_a_bracket_closed_too_early_do_not_hide_a_note() -> None:
    document = read(
        f"{FILLERS[0]} One thing. [1a]\n\n[Footnote 1a]: See the report.\n\n"
        f"{FILLERS[1]} Then. [2]\n\n[Footnote 2: See the minutes.]\n\n{FILLERS[2]}\n"
    )

    assert notes(document) == {"1a": "See the report.", "2": "See the minutes."}
    assert marked(document) == [("thing.", "1a"), ("Then.", "2")]
    assert [mark.note for mark in document.marks] == [0, 1]


def test_a_note_that_only_its_number_opens_is_read_beside_notes_spelt_out() -> None:
    document = read(
        f"{FILLERS[0]} One thing.[1]\n\n[1] See the report.\n\n{FILLERS[1]} Another.[2]\n\n"
        f"[Footnote 2: See the minutes.]\n\n[2] {FILLERS[2]}\n"
    )

    assert notes(document) == {"1": "See the report.", "2": "See the minutes."}
    assert body(document)[-1] == FILLERS[2]
