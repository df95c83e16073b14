"""What is served for a question, from a real index to the answer."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rag.answer import Answer, Filters, Status, Turn
from rag.assistant import Assistant
from rag.models import Models

SACKS = "How many sacks did the miller count?"
COMPARISON = "What did the winter cost, according to Token and according to Muster?"


def without_times(answer: Answer) -> tuple[object, ...]:
    return answer.status, answer.answer, answer.citations, answer.conflicts, answer.confidence


def alter(store: Path, before: str, after: str) -> None:
    """Change the stored text, and leave the stored file as it was.

    A store that was changed is not opened any more, so this is done to one that is open.
    """
    (path,) = store.glob("generations/*/documents.sqlite")
    with closing(sqlite3.connect(path)) as connection, connection:
        changed = connection.execute(
            "UPDATE stretches SET content = replace(content, ?, ?) WHERE kind = 'text'",
            (before, after),
        )
        assert changed.rowcount > 0


def test_an_answer_says_who_and_where(assistant: Assistant) -> None:
    answer = assistant.ask(SACKS)

    assert "sixty sacks" in answer.answer
    assert "(Token, The Miller's Book" in answer.answer
    assert answer.citations[0].reference.startswith("H. Token, The Miller's Book: Bread (1922), ")


def test_a_quotation_that_the_file_does_not_bear_out_does_not_leave(
    store: Path, bold: Models, caplog: pytest.LogCaptureFixture
) -> None:
    with Assistant.open(store, models=bold) as assistant, caplog.at_level(logging.ERROR):
        alter(store, "sixty sacks", "forty sacks")
        answer = assistant.ask(SACKS)

    said = [answer.answer, *(c.quote for c in (*answer.citations, *answer.nearest))]
    assert not any("forty" in text for text in said)
    assert "is not what the file says" in caplog.text


def test_quotations_that_stay_are_numbered_anew(store: Path, bold: Models) -> None:
    with Assistant.open(store, models=bold) as assistant:
        alter(store, "sixty sacks", "forty sacks")
        answer = assistant.ask("Did planners want rails, and how many sacks did the miller count?")

    assert [citation.number for citation in answer.citations] == [
        *range(1, len(answer.citations) + 1)
    ]


def test_each_side_of_a_comparison_is_quoted_under_its_name(assistant: Assistant) -> None:
    answer = assistant.ask(COMPARISON)

    assert [line.split(":")[0] for line in answer.answer.splitlines()] == ["Token", "Muster"]


def test_where_one_author_is_asked_no_other_answers(assistant: Assistant) -> None:
    anybody = assistant.ask("How many sacks did the miller count before the mill?")
    of_one = assistant.ask("According to Muster, how many sacks did the miller count?")

    assert "H. Token" in {citation.document.author for citation in anybody.citations}
    assert {citation.document.author for citation in of_one.citations} == {"K. Muster"}


def test_a_side_that_is_filtered_out_is_named_as_silent(assistant: Assistant) -> None:
    answer = assistant.ask(COMPARISON, filters=Filters(author=("H. Token",)))

    assert answer.status is Status.PARTIAL
    assert answer.answer.splitlines()[-1] == "Nothing was found in Muster that answers this."
    assert {citation.document.author for citation in answer.citations} == {"H. Token"}


def test_a_part_that_the_library_never_heard_of_is_named(assistant: Assistant) -> None:
    answer = assistant.ask("How many sacks did the miller count, and who was Quibblethorpe?")

    assert answer.status is Status.PARTIAL
    assert "sixty sacks" in answer.answer
    assert answer.answer.endswith("Nothing was found that answers “who was Quibblethorpe”.")


def test_a_question_for_a_source_gets_the_note_and_the_sentence_it_hangs_on(
    assistant: Assistant,
) -> None:
    answer = assistant.ask("Which source is cited for the carts that stood empty before the mill?")

    assert [citation.kind for citation in answer.citations] == ["note", "body"]
    assert "Minutes of the mill council" in answer.answer.splitlines()[0]
    assert "before the mill.[^1]" in answer.answer.splitlines()[1]


def test_the_same_question_is_answered_alike_in_a_chat(assistant: Assistant) -> None:
    history = [
        Turn("user", "What did the planners want before bread?"),
        Turn("assistant", "They wanted rails. [1]"),
    ]

    alone, in_chat = assistant.ask(SACKS), assistant.ask(SACKS, history=history)

    assert without_times(alone) == without_times(in_chat)


def test_silence_brings_no_citation(silent: Assistant) -> None:
    answer = silent.ask(SACKS)

    assert answer.status is Status.NOT_IN_CORPUS
    assert (answer.citations, answer.conflicts) == ((), ())


def test_silence_leaves_nothing_behind_for_the_next_turn(assistant: Assistant) -> None:
    declined = [
        Turn("user", "Who painted the ceiling of the chapel?"),
        Turn("assistant", "The library does not answer this question. [1] [2]"),
    ]

    answer = assistant.ask(SACKS, history=declined)

    assert without_times(answer) == without_times(assistant.ask(SACKS))
