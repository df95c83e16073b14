"""How an answer is set for a reader."""

from dataclasses import replace

import pytest

from corpus.document import DocumentId
from rag.answer import Citation, Conflict, DocumentReference, Footnote
from rag.citation import Quotation
from rag.composing import Draft
from rag.question import Query, Wanted
from rag.setting import in_quotation_marks, set_draft


def citation(author: str, *, kind: str = "body", resolved: str | None = None) -> Citation:
    document = DocumentReference(DocumentId(author), "f.txt", "0", "A Title", author, 1990)
    notes = (Footnote("7", "Ibid., p. 4.", resolved, ()),) if kind == "note" else ()
    return Citation(
        0,
        "Sixty sacks.",
        document,
        ("Salt",),
        None if kind == "note" else "12",
        0,
        12,
        (),
        notes,
        kind,  # type: ignore[arg-type]
        0.0,
    )


def query(*named: str) -> Query:
    groups = tuple((DocumentId(name),) for name in named)
    asked = "How many sacks?"
    return Query(asked, (), Wanted.OTHER, (), (), (), (), (), groups, searched=asked)


def draft(count: int, **facts: object) -> Draft:
    quotations = tuple(Quotation(DocumentId("d"), i, i + 1, 0.0) for i in range(count))
    return replace(Draft(quotations), **facts)


MILLER, NOON = citation("Anna Miller"), citation("Peter Noon")


def test_a_quotation_is_followed_by_its_place_and_number() -> None:
    said = set_draft(query(), draft(1), [MILLER], [])

    assert said.text == "“Sixty sacks.” (Miller, A Title, p. 12) [1]"


def test_the_sides_of_a_comparison_are_named_first() -> None:
    said = set_draft(query("Anna Miller", "Peter Noon"), draft(2), [MILLER, NOON], [])

    assert said.text.splitlines() == [
        "Miller: “Sixty sacks.” (A Title, p. 12) [1]",
        "Noon: “Sixty sacks.” (A Title, p. 12) [2]",
    ]


def test_a_side_without_an_answer_is_said_to_have_none() -> None:
    said = set_draft(query("Anna Miller", "Peter Noon"), draft(1), [MILLER], ["Noon"])

    assert said.text.endswith("\nNothing was found in Noon that answers this.")


def test_a_note_says_its_number_and_what_it_refers_to() -> None:
    note = citation("Anna Miller", kind="note", resolved="The Mill Ledger (1890)")

    assert set_draft(query(), draft(1), [note], []).text == (
        "“Sixty sacks.”, that is: The Mill Ledger (1890) (Miller, A Title, note 7) [1]"
    )


def test_who_says_the_same_is_named_and_not_quoted() -> None:
    said = set_draft(query(), draft(2, agreeing=(1,)), [MILLER, NOON], [])

    assert said.text.splitlines()[1] == "So also Noon, A Title, p. 12 [2]."


def test_a_conflict_goes_by_the_numbers_that_are_shown() -> None:
    said = set_draft(query(), draft(3, differing=((1, 2),)), [None, MILLER, NOON], [])

    assert said.conflicts == (Conflict("“How many sacks?”", ((1,), (2,))),)
    assert [citation.number for citation in said.citations] == [1, 2]


def test_a_conflict_with_what_is_not_shown_is_none() -> None:
    assert set_draft(query(), draft(2, differing=((0, 1),)), [MILLER, None], []).conflicts == ()


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Sixty sacks.", "“Sixty sacks.”"),
        ("The miller's 'dozen'.", "“The miller's 'dozen'.”"),
        ('He said "sixty".', '‘He said "sixty".’'),
        ("counted sixty.", "“… counted sixty.”"),
    ],
)
def test_quotation_marks_differ_from_those_inside(text: str, marked: str) -> None:
    assert in_quotation_marks(text) == marked
