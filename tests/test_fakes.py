"""The stand-ins are used to judge other code, so they are judged first."""

from __future__ import annotations

import pytest

from index.errors import NoStore
from rag.answer import Filters, Status
from rag.errors import EmptyQuestion, QuestionTooLong
from tests.fakes import FakeAssistant, FakeStore, make_document, store_documents

PARAGRAPHS = [
    "# Ropes",
    "Ropes were laid by day.[^1] Ships waited for ropes.",
    "Ends were sold.[^2]",
]


@pytest.fixture
def ropes():
    return make_document(PARAGRAPHS, notes={"1": "Ledger, p. 3.", "7": "Nothing points here."})


@pytest.fixture
def assistant(ropes, tmp_path):
    store = store_documents(tmp_path / "documents.sqlite", [ropes])
    yield FakeAssistant(store)
    store.close()


def test_the_text_of_a_made_document_is_clean_and_its_marks_are_data(ropes):
    assert ropes.text[: ropes.body_end] == (
        "Ropes\nRopes were laid by day. Ships waited for ropes.\nEnds were sold."
    )
    before = [ropes.text[: mark.offset].split("\n")[-1] for mark in ropes.marks]
    assert before == ["Ropes were laid by day.", "Ends were sold."]


def test_notes_and_marks_of_a_made_document_are_joined_by_number(ropes):
    assert [ropes.note_text(note) for note in ropes.notes] == [
        "Ledger, p. 3.",
        "Nothing points here.",
    ]
    assert [note.mark for note in ropes.notes] == [0, None]
    assert [mark.note for mark in ropes.marks] == [0, None]


def test_every_stretch_of_a_made_document_is_found_in_its_source(ropes):
    for block in ropes.blocks:
        slices = [ropes.source[s:e] for s, e in ropes.source_spans(block.start, block.end)]

        assert "".join(slices) == ropes.text[block.start : block.end]


def test_sections_of_a_made_document_begin_with_their_heading(ropes):
    (section,) = ropes.sections

    assert (section.path, section.start, section.end) == (("Ropes",), 0, ropes.body_end)


def test_the_same_question_gets_the_same_answer(assistant):
    assert assistant.ask("Which ships waited?") == assistant.ask("Which ships waited?")


def test_the_sentence_with_the_words_of_the_question_is_quoted(assistant, ropes):
    answer = assistant.ask("What was laid during the day? ropes")

    (citation,) = answer.citations
    assert citation.quote == "Ropes were laid by day.[^1]"
    assert ropes.text[citation.start : citation.end] == "Ropes were laid by day."
    assert [note.text for note in citation.footnotes] == ["Ledger, p. 3."]


def test_a_question_that_shares_too_few_words_is_declined(assistant):
    answer = assistant.ask("Which ships carried barley, timber or salt?")

    assert answer.status is Status.NOT_IN_CORPUS
    assert (len(answer.citations), len(answer.nearest)) == (0, 1)


def test_a_filter_confines_what_is_found(assistant):
    assert assistant.search("ropes", filters=Filters(author=("Nobody",))).passages == ()


def test_bad_questions_are_refused_as_the_assistant_refuses_them(assistant):
    with pytest.raises(EmptyQuestion):
        assistant.ask(" ")
    with pytest.raises(QuestionTooLong, match="2,001"):
        assistant.ask("x" * 2001)


def test_a_closed_assistant_answers_nothing(assistant):
    with assistant:
        pass

    with pytest.raises(AssertionError, match="after it was closed"):
        assistant.ask("ropes")


def test_a_store_opens_its_newest_generation(assistant):
    store = FakeStore()
    with pytest.raises(NoStore, match="found nothing"):
        store.open()

    store.add(assistant)

    assert store.current() == "g1"
    assert store.open() is assistant
