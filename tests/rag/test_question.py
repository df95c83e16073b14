"""What a question is about, whom it names, and what kind of answer it wants."""

import pytest

from corpus.document import DocumentId
from index.document_tables import DocumentSummary
from rag.question import Wanted, understand


def summary(name: str, author: str | None, title: str = "A Book") -> DocumentSummary:
    return DocumentSummary(
        id=DocumentId(name),
        file=f"{name}.txt",
        sha256=name,
        title=title,
        author=author,
        year=1990,
        length=0,
        passages=0,
        sections=0,
        pages=0,
        notes=0,
        notes_unmatched=0,
        marks=0,
        marks_joined=0,
        marks_recovered=0,
        marks_unmatched=0,
        encoding="utf-8",
        joined_sentences=0,
        joined_words=0,
        dropped_lines=0,
        warnings=(),
    )


LIBRARY = [
    summary("mill", "Anna Miller", "Bread and Rails: A History"),
    summary("mill2", "Anna Miller"),
    summary("noon", "Peter Noon"),
    summary("anon", None, "The Letters of the Office"),
]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many sacks were counted?", Wanted.NUMBER),
        ("When did the mill burn down?", Wanted.DATE),
        ("On what day was the bridge opened?", Wanted.DATE),
        ("Who asked for eighty sacks?", Wanted.PERSON),
        ("Where did the carts stand?", Wanted.PLACE),
        ("Why was the school not built?", Wanted.CAUSE),
        ("Which source does Miller cite for the sacks?", Wanted.NOTE),
        ("What does footnote 4 say?", Wanted.NOTE),
        ("Describe the mill.", Wanted.OTHER),
    ],
)
def test_the_kind_of_answer_is_read_off_the_question(question: str, wanted: Wanted) -> None:
    assert understand(question, LIBRARY).wanted is wanted


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("According to Miller, how many?", [("mill", "mill2")]),
        ("What do Miller and Noon say of the carts?", [("mill", "mill2"), ("noon",)]),
        ("what does noon say of the carts", [("noon",)]),
        ("what is told in Bread and Rails", [("mill",)]),
        ("Who ground the flour?", []),
    ],
    ids=["surname", "two", "lower-case", "title", "nobody"],
)
def test_named_authors_and_titles_are_known_from_the_catalogue(
    question: str, named: list[tuple[str, ...]]
) -> None:
    assert list(understand(question, LIBRARY).named) == named


def test_an_author_named_like_a_common_word_needs_a_capital() -> None:
    lower = understand("what happened at noon", LIBRARY, frequency=lambda _: 0.5)
    upper = understand("what does Noon say", LIBRARY, frequency=lambda _: 0.5)

    assert lower.named == ()
    assert upper.named == (("noon",),)


def test_a_range_of_years_gives_both_its_ends() -> None:
    assert understand("the harvest of 1927-28 and of 1931", LIBRARY).years == (1927, 1928, 1931)


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("What rate of interest did the mill pay?", ["interest", "mill"]),
        ("How many sacks of grain were counted?", ["sacks", "grain"]),
        ("Which doctor came?", ["doctor"]),
        ("Describe the mill.", []),
    ],
)
def test_the_focus_is_what_kind_of_thing_is_asked_for(question: str, focus: list[str]) -> None:
    query = understand(question, LIBRARY)

    assert [query.text[start:end] for start, end in query.focus] == focus


def test_only_words_about_the_matter_are_searched_for() -> None:
    query = understand("According to Miller, how many sacks did the miller count?", LIBRARY)

    assert query.words == ("sacks", "count")


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Where did Miller find the boast about the sacks?", Wanted.NOTE),
        ("Where did Orlov find the sacks?", Wanted.PLACE),
        ("From what collection does Noon take the decree?", Wanted.NOTE),
        ("Which letter is quoted by Noon?", Wanted.NOTE),
        ("What reference backs up Miller's remark?", Wanted.NOTE),
        ("What did he say with reference to the mill?", Wanted.OTHER),
        ("When were the old notes taken out of use?", Wanted.DATE),
        ("What is said in Miller's notes?", Wanted.NOTE),
    ],
)
def test_a_source_is_asked_for_in_many_ways(question: str, wanted: Wanted) -> None:
    assert understand(question, LIBRARY).wanted is wanted


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("Was the mill sold? What do Miller and Noon say?", "Was the mill sold?"),
        ("Was the mill sold? Compare Miller with Noon.", "Was the mill sold?"),
        ("sacks counted in 1921 Miller vs Noon", "sacks counted in 1921"),
        ("Was the mill sold according to Miller?", "Was the mill sold according to Miller?"),
        ("What do Miller and Noon say?", "What do Miller and Noon say?"),
    ],
)
def test_a_comparison_is_searched_for_by_its_subject_alone(question: str, searched: str) -> None:
    assert understand(question, LIBRARY).searched == searched


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        (
            "Who was the miller and what did he want to do with the sacks?",
            ["Who was the miller", " and what did he want to do with the sacks?"],
        ),
        (
            "Who owned the mill in 1921? Why was the ferry let?",
            ["Who owned the mill in 1921?", " Why was the ferry let?"],
        ),
        ("How many sacks did the miller and the council count?", []),
        ("Who ran the mill, and why?", []),
    ],
    ids=["joined", "one-behind-the-other", "one", "too-short"],
)
def test_several_questions_in_one_are_told_apart(text: str, questions: list[str]) -> None:
    query = understand(text, LIBRARY)

    assert [query.searched[start:end] for start, end in query.questions] == questions
