"""How an answer is set for a reader."""

from corpus.document import DocumentId
from rag.answer import Citation, DocumentReference, Footnote
from rag.question import Query, Wanted
from rag.setting import set_answer


def citation(number: int, author: str, *, kind: str = "body", marker: str = "") -> Citation:
    document = DocumentReference(DocumentId(author), "f.txt", "0", "A Title", author, 1990)
    notes = (Footnote(marker, "Ibid., p. 4.", None, ()),) if marker else ()
    return Citation(
        number,
        "Sixty sacks.",
        document,
        (),
        None,
        0,
        12,
        (),
        notes,
        kind,
        0.0,  # type: ignore[arg-type]
    )


def query(*named: str) -> Query:
    groups = tuple((DocumentId(name),) for name in named)
    return Query("q", (), Wanted.OTHER, (), (), (), (), (), groups)


def test_one_voice_needs_no_name() -> None:
    assert set_answer(query(), [citation(1, "Anna Miller")]) == "“Sixty sacks.” [1]"


def test_two_voices_are_named() -> None:
    answer = set_answer(query(), [citation(1, "Anna Miller"), citation(2, "Peter Noon")])

    assert answer == "Miller: “Sixty sacks.” [1]\nNoon: “Sixty sacks.” [2]"


def test_a_note_is_named_by_its_number() -> None:
    answer = set_answer(query(), [citation(1, "Anna Miller", kind="note", marker="7")])

    assert answer == "Miller, note 7: “Sixty sacks.” [1]"
