from __future__ import annotations

import pytest

from eval.cases import ExpectedNote
from eval.measures.notes import share_attached

FIRST = "The mill at Verkhny ground 412 sacks in the spring of 1922."


@pytest.mark.parametrize(
    ("note", "share"),
    [
        (ExpectedNote("mill.txt", "1", ("ledger of the MILL", "folio 9")), 1.0),
        (ExpectedNote("mill.txt", "1", ()), 1.0),
        (ExpectedNote("mill.txt", "2", ("folio 9",)), 0.0),
        (ExpectedNote("mill.txt", "1", ("folio 9", "folio 10")), 0.0),
        (ExpectedNote("other.txt", "1", ("folio 9",)), 0.0),
    ],
    ids=["right", "number only", "wrong number", "a string missing", "another book"],
)
def test_a_note_counts_with_its_number_and_all_its_strings(book, note, share):
    assert share_attached([note], [book.citation(FIRST, notes=True)]) == share


def test_a_note_that_was_left_off_does_not_count(book):
    note = ExpectedNote("mill.txt", "1", ("folio 9",))

    assert share_attached([note], [book.citation(FIRST)]) == 0.0
