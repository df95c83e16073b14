"""Reading written questions, and saying which line is none."""

from __future__ import annotations

import json

import pytest

from eval.cases import EvidenceSpan
from eval.errors import CaseFileError
from eval.fitting.examples import load_questions

PLACE = {"question": "Who rowed?", "document": "ferry.txt", "start": 10, "end": 90}


@pytest.fixture
def written(tmp_path):
    """Write rows, or lines as they stand, to a file of questions."""

    def write(*given):
        lines = [one if isinstance(one, str) else json.dumps(one) for one in given]
        path = tmp_path / "questions.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


def test_a_question_has_a_place_and_its_answers(written):
    plain, exact = load_questions(written(PLACE, {**PLACE, "answers": [[12, 30], [41, 77]]}))

    span = EvidenceSpan("ferry.txt", 10, 90)
    assert plain.groups == exact.groups == ((span,),)
    assert plain.documents == ("ferry.txt",)
    assert plain.answers == ()
    assert exact.answers == (EvidenceSpan("ferry.txt", 12, 30), EvidenceSpan("ferry.txt", 41, 77))


def test_a_question_that_nothing_answers_has_no_place(written):
    answered, missed = load_questions(
        written({**PLACE, "answerable": False}, {**PLACE, "answerable": True})
    )

    assert (missed.groups, missed.answers, missed.documents) == ((), (), ("ferry.txt",))
    assert answered.groups == ((EvidenceSpan("ferry.txt", 10, 90),),)


def test_every_so_many_th_is_taken(written):
    asked = [{**PLACE, "question": str(i)} for i in range(5)]

    assert [one.question for one in load_questions(written(*asked), every=2)] == ["0", "2", "4"]


def test_those_that_nothing_answers_are_all_taken(written):
    missed = [{**PLACE, "question": str(i), "answerable": False} for i in range(3)]

    assert len(load_questions(written(*missed), every=2)) == 3


@pytest.mark.parametrize(
    "answers",
    [[12, 30], [[12]], [[12, 30, 41]], [["twelve", 30]], [[12, None]], 12, None],
    ids=["bare", "one", "three", "word", "null-end", "number", "null"],
)
def test_answers_that_are_no_pairs_are_refused_with_their_line(written, answers):
    path = written(PLACE, {**PLACE, "answers": answers}, PLACE)

    with pytest.raises(CaseFileError, match="answers in pairs") as refused:
        load_questions(path)

    (fault,) = refused.value.faults
    assert (fault.path, fault.line) == (path, 2)


@pytest.mark.parametrize("line", ["", "[]", "{", '{"question": "Who rowed?"}'])
def test_a_line_that_is_no_question_is_refused_with_its_number(written, line):
    with pytest.raises(CaseFileError, match=r"questions\.jsonl:2: found"):
        load_questions(written(PLACE, line, PLACE))
