from __future__ import annotations

import json

import pytest

from eval.errors import CaseFileError
from eval.reader.errors import UnknownDocument
from eval.reader.material import Lessons, gather, load_pairs
from tests.eval.reader.conftest import (
    ANSWERED,
    EXAMPLE_PAIRS,
    EXAMPLES,
    PAIRS,
    SACKS,
    WEIGHED,
    example,
    written,
)


def answering(lesson):
    return [
        sentence
        for passage in lesson.passages
        for sentence, right in zip(passage.sentences, passage.right, strict=True)
        if right
    ]


def test_a_lesson_holds_what_the_library_finds_and_tells_which_sentences_answer(library):
    (lesson,) = gather(library, EXAMPLES[:1], ()).training.answered

    ranking = library.assistant.search(lesson.question).passages
    assert answering(lesson) == [SACKS]
    assert [" ".join(p.sentences)[:30] for p in lesson.passages] == [p.text[:30] for p in ranking]
    assert lesson.mistaken


def test_a_pair_is_a_lesson_and_another_question(library):
    (pair,) = gather(library, (), EXAMPLE_PAIRS[:1]).training.pairs

    assert answering(pair.twin) == [WEIGHED]
    assert (pair.twin.question, pair.double) == PAIRS[0][:2]


def test_kept_out_documents_are_not_trained_on(library):
    everything = gather(library, EXAMPLES, EXAMPLE_PAIRS)
    without = gather(library, EXAMPLES, EXAMPLE_PAIRS, without=["rails.txt"])

    # They are found for other questions too, and not shown for these.
    assert "rails.txt" in Lessons(everything.training.answered[:1], ()).documents
    assert without.training.documents == ("bread.txt", "letters.md")
    assert [one.question for one in without.kept_out.answered] == [ANSWERED[1][0]]
    assert [one.double for one in without.kept_out.pairs] == [PAIRS[1][1]]
    assert (len(without.training), len(everything.training)) == (4, 6)


def test_a_question_is_examined_on_all_that_the_library_finds(library):
    without = gather(library, EXAMPLES, (), without=["rails.txt"])

    assert without.kept_out.documents == ("bread.txt", "letters.md", "rails.txt")


def test_a_question_without_a_sentence_that_answers_is_no_lesson(library):
    material = gather(library, [example("Who lost the letters?", "letters.md")], ())

    assert len(material.training) == len(material.kept_out) == 0


def test_a_document_to_be_kept_out_must_be_there(library):
    with pytest.raises(UnknownDocument, match=r"found 'rail\.txt' to be kept out.*'rails\.txt'"):
        gather(library, (), (), without=["rail.txt"])


@pytest.fixture
def files(tmp_path):
    """Write rows of twins and of doubles, each to a file."""

    def write(twins, doubles):
        paths = tmp_path / "twins.jsonl", tmp_path / "doubles.jsonl"
        for path, rows in zip(paths, (twins, doubles), strict=True):
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return paths

    return write


TWINS = [written(twin, file, sentence) for twin, _, file, sentence in PAIRS]
DOUBLES = [written(double, file, "") for _, double, file, _ in PAIRS]


def test_pairs_stand_on_the_same_lines_of_two_files(files):
    pairs = load_pairs(*files(TWINS, DOUBLES))

    assert [(t.question, d.question) for t, d in pairs] == [row[:2] for row in PAIRS]


@pytest.mark.parametrize(
    ("doubles", "line"),
    [
        pytest.param([DOUBLES[0], DOUBLES[2], DOUBLES[1]], 2, id="another document"),
        pytest.param(DOUBLES[:2], 3, id="there is none"),
        pytest.param([*DOUBLES, DOUBLES[2]], 4, id="no twin"),
    ],
)
def test_two_lines_that_are_no_pair_are_told_of(files, doubles, line):
    with pytest.raises(CaseFileError, match=rf"doubles\.jsonl:{line}: found no double"):
        load_pairs(*files(TWINS, doubles))


@pytest.mark.parametrize(
    ("twins", "doubles", "told"),
    [
        (TWINS, [*DOUBLES[:2], TWINS[2]], r"doubles\.jsonl: found a question that is answered"),
        ([*TWINS[:2], DOUBLES[2]], DOUBLES, r"twins\.jsonl: found a question that nothing answers"),
    ],
    ids=["double", "twin"],
)
def test_twins_are_answered_and_doubles_are_not(files, twins, doubles, told):
    with pytest.raises(CaseFileError, match=told):
        load_pairs(*files(twins, doubles))
