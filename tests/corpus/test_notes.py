"""Notes of every shape, and what goes on overleaf."""

import pytest

from corpus.document import MarkStatus
from tests.corpus.reading_of import FILLER, FILLERS, body, marked, notes, read


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ("<sup>1</sup>", "<sup>1</sup> See the office's own report."),
        ("[^1]", "[^1]: See the office's own report."),
        ("[1]", "[1] See the office's own report."),
        ("[1]", "[Footnote 1: See the office's own report.]"),
        ("¹", "¹ See the office's own report."),
        ("*", "* See the office's own report."),
        ("<sup>*</sup>", "<sup>*</sup> See the office's own report."),
        ("†", "† See the office's own report."),
        ("<sup>1</sup>", "---\n\n1 See the office's own report."),
        ("<sup>1</sup>", "---\n\n- 1 See the office's own report."),
    ],
    ids=[
        "html",
        "markdown",
        "bracket",
        "footnote",
        "superscript",
        "star",
        "raised star",
        "dagger",
        "rule",
        "list",
    ],
)
def test_a_note_is_joined_to_its_mark_whatever_its_shape(mark: str, note: str) -> None:
    document = read(f"{FILLER} The men came back with nothing.{mark}\n\n{note}\n\n{FILLER}\n")

    assert list(notes(document).values()) == ["See the office's own report."]
    assert marked(document)[0][0] == "nothing."
    assert document.marks[0].note == 0
    assert document.notes[0].mark == 0
    assert body(document) == [f"{FILLER} The men came back with nothing.", FILLER]


def test_a_note_goes_on_below_the_next_rule() -> None:
    document = read(
        f"""{FILLER} It failed,<sup>1</sup> and the towns were told to wait for better

---

1 Reports of the southern office, which were read and

weather. {FILLERS[1]} That was the second winter.<sup>2</sup>

---

filed without an answer.

2 The figures are those of the office.

{FILLERS[2]}
"""
    )

    assert notes(document) == {
        "1": "Reports of the southern office, which were read and filed without an answer.",
        "2": "The figures are those of the office.",
    }
    assert body(document)[0].startswith(f"{FILLER} It failed, and the towns were told to wait for")
    assert "better weather." in body(document)[0]


ENDNOTES = """Two winters

A history

The first winter

{f0} They had nothing to burn.¹ {f1} So it was in the south.² They had nothing to eat.³

{f2} It went on so.⁴ {f3}

The second winter

{f0} The stoves were sold.¹ {f1} The books were burnt.²

{f2} The doors came next.²³ {f3}

Notes

I. THE FIRST WINTER

- 1. A. Smirnov, Fuel (Tver, 1921), p. 4.
- Ibid, p. 5.
- 3. Ibid, p. 6. 4. Smirnov, Fuel, p. 9.

2. THE SECOND WINTER

- 1. Ibid, p. 11.
- 2. Ibid, p. 12.
- 3. Ibid, p. 13.
""".format(f0=FILLERS[0], f1=FILLERS[1], f2=FILLERS[2], f3=FILLERS[3])


def test_endnotes_restart_with_each_chapter() -> None:
    document = read(ENDNOTES)

    found = [(n.section[-1], n.marker, document.note_text(n)) for n in document.notes]

    assert found == [
        ("The first winter", "1", "A. Smirnov, Fuel (Tver, 1921), p. 4."),
        ("The first winter", "2", "Ibid, p. 5."),
        ("The first winter", "3", "Ibid, p. 6."),
        ("The first winter", "4", "Smirnov, Fuel, p. 9."),
        ("The second winter", "1", "Ibid, p. 11."),
        ("The second winter", "2", "Ibid, p. 12."),
        ("The second winter", "3", "Ibid, p. 13."),
    ]


def test_a_misread_number_is_recovered_by_its_place_and_says_so() -> None:
    document = read(ENDNOTES)

    recovered = [m for m in document.marks if m.status is MarkStatus.RECOVERED]

    assert [(m.marker, m.reason) for m in recovered] == [
        ("3", "printed 23; its place in the order tells 3")
    ]
    assert document.note_text(document.notes[recovered[0].note or 0]) == "Ibid, p. 13."


def test_a_mark_without_a_note_is_reported_and_not_guessed() -> None:
    document = read(
        f"{FILLER} One thing.<sup>1</sup> {FILLER} Another.<sup>9</sup>\n\n"
        f"<sup>1</sup> The only note.\n\n{FILLER}\n"
    )

    assert [(m.marker, m.status, m.note) for m in document.marks] == [
        ("1", MarkStatus.CLEAN, 0),
        ("9", MarkStatus.UNMATCHED, None),
    ]


def test_a_note_without_a_mark_is_kept_with_the_reason() -> None:
    document = read(
        f"{FILLER} One thing.<sup>1</sup> {FILLER}\n\n<sup>1</sup> The first.\n\n"
        f"<sup>2</sup> The second.\n\n{FILLER}\n"
    )

    assert [(n.marker, n.mark, n.reason) for n in document.notes] == [
        ("1", 0, ""),
        ("2", None, "no mark 2 was found in the body"),
    ]


def test_the_last_note_is_read_without_a_line_break_at_the_end_of_the_file() -> None:
    document = read(f"{FILLER} One thing.<sup>1</sup>\n\n<sup>1</sup> The end.")

    assert notes(document) == {"1": "The end."}


def test_a_superscript_in_a_book_without_notes_stays_in_the_text() -> None:
    document = read(f"{FILLER} The floor measured 40 m² in all.\n\n{FILLER}\n")

    assert "40 m² in all" in document.text
    assert document.marks == ()


def test_plain_digits_are_a_mark_only_where_a_note_waits_for_them() -> None:
    document = read(
        f"{FILLER} They called it 'the long road'.1 In 1921 there were 2 roads. 3 of them led "
        f"nowhere. {FILLER}\n\n<sup>1</sup> So in the song.\n\n{FILLER}\n"
    )

    assert marked(document) == [("road'.", "1")]
    assert "there were 2 roads. 3 of them led nowhere." in document.text


@pytest.mark.parametrize("opener", ["[^{}]:", "<sup>{}</sup>", "[{}]"])
def test_a_note_with_a_label_is_read_below_a_heading_of_notes(opener: str) -> None:
    document = read(
        f"# Wood\n\n{FILLERS[0]} One.{opener.format(1).rstrip(':')} {FILLERS[1]} "
        f"Two.{opener.format(2).rstrip(':')}\n\n{FILLERS[2]}\n\n# Notes\n\n"
        f"{opener.format(1)} The first.\n\n{opener.format(2)} The second.\n"
    )

    assert notes(document) == {"1": "The first.", "2": "The second."}
    assert [mark.note for mark in document.marks] == [0, 1]


def test_labels_that_begin_anew_are_joined_in_their_order() -> None:
    document = read(
        f"# Wood\n\n{FILLERS[0]} One.[^1]\n\n[^1]: Of wood.\n\n"
        f"# Peat\n\n{FILLERS[1]} One.[^1]\n\n[^1]: Of peat.\n"
    )

    assert [document.note_text(note) for note in document.notes] == ["Of wood.", "Of peat."]
    assert [mark.note for mark in document.marks] == [0, 1]


@pytest.mark.parametrize("mark", ["$^{1}$", "^{1}", "^{'1}", "$^{1"])
def test_what_is_left_of_a_mark_in_latex_is_joined_and_said_to_be_recovered(mark: str) -> None:
    document = read(f"{FILLER} So it was.{mark} {FILLER}\n\n---\n\n1 See the report.\n\n{FILLER}\n")

    assert [(m.marker, m.note, m.status) for m in document.marks] == [
        ("1", 0, MarkStatus.RECOVERED)
    ]


def test_notes_may_end_every_chapter_under_a_plain_title() -> None:
    document = read(
        f"Two Winters\n\nThe First Winter\n\n{FILLERS[0]} One.¹ {FILLERS[1]} Two.²\n\nNotes\n\n"
        f"1. See the report.\n\n2. See the minutes.\n\nThe Second Winter\n\n"
        f"{FILLERS[2]} Three.¹ {FILLERS[3]}\n\nNotes\n\n1. Of peat.\n"
    )

    assert [document.note_text(note) for note in document.notes] == [
        "See the report.",
        "See the minutes.",
        "Of peat.",
    ]
    assert [mark.note for mark in document.marks] == [0, 1, 2]
    assert body(document)[-1] == f"{FILLERS[2]} Three. {FILLERS[3]}"


@pytest.mark.parametrize("opener", ["{} ", "{}. ", "({}) "])
def test_plain_numbered_notes_without_a_rule_are_read_where_raised_marks_await_them(
    opener: str,
) -> None:
    document = read(
        f"{FILLERS[0]} One.¹ {FILLERS[1]} Two.² The men went to the\n\n"
        f"{opener.format(1)}See the report.\n\n{opener.format(2)}See the minutes.\n\n"
        f"forest. {FILLERS[2]} Three.³\n\n{opener.format(3)}Ibid, p. 4.\n\n{FILLERS[3]}\n"
    )

    assert notes(document) == {"1": "See the report.", "2": "See the minutes.", "3": "Ibid, p. 4."}
    assert [mark.note for mark in document.marks] == [0, 1, 2]
    assert "The men went to the forest." in body(document)[0]


def test_a_numbered_list_is_not_taken_for_notes() -> None:
    text = (
        f"{FILLERS[0]} It had 40 m² and 3 m³ of wood.\n\n2. See to the carts.\n\n"
        f"5. See to the mills.\n\n{FILLERS[1]}\n"
    )

    document = read(text)

    assert document.notes == ()
    assert document.marks == ()
