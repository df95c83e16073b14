from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.cases import load_cases
from eval.errors import CaseFileError, NoCases

GOOD = {
    "id": "a",
    "kind": "fact",
    "question": "Who?",
    "facts": [["she", "her"]],
    "evidence": [[{"document": "d.txt", "start": 3, "end": 9}]],
}


@pytest.fixture
def written(tmp_path):
    def write(*rows, name="cases.jsonl"):
        path = tmp_path / name
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    return write


def test_the_cases_of_the_five_texts_load_whole():
    path = Path(__file__).parents[2] / "eval" / "cases" / "soviet.jsonl"

    (file,) = load_cases([path])

    assert len(file.cases) == 190
    assert sum(not case.answerable for case in file.cases) == 26
    assert all(case.documents for case in file.cases)


def test_every_case_file_of_the_project_loads():
    files = load_cases([Path(__file__).parents[2] / "eval" / "cases"])

    assert files


def test_a_case_is_read_with_its_line_and_documents(written):
    (file,) = load_cases([written("", GOOD)])

    (case,) = file.cases
    assert case.line == 2
    assert case.facts == (("she", "her"),)
    assert case.documents == ("d.txt",)


def test_an_unanswerable_case_needs_the_whole_library_of_its_file(written):
    other = {**GOOD, "id": "b", "evidence": [[{"document": "e.txt", "start": 0, "end": 1}]]}
    silent = {"id": "c", "kind": "unanswerable", "question": "When?", "answerable": False}

    (file,) = load_cases([written(GOOD, other, silent)])

    assert file.cases[2].documents == ("d.txt", "e.txt")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{oh", r"cases.jsonl:2: found no JSON at column 2 .*, expected one object a line"),
        ({**GOOD, "question": 5}, r":2: question: found 5, expected a valid string"),
        ({**GOOD, "question": ""}, r":2: question: found '', expected .*at least 1"),
        ({**GOOD, "fact": []}, r":2: fact: found an unknown field, expected one of a case's"),
        ({k: v for k, v in GOOD.items() if k != "kind"}, r":2: kind: found nothing, expected"),
        ({**GOOD, "facts": []}, r":2: found an answerable case without facts or evidence"),
        ({**GOOD, "facts": [[]]}, r":2: found an empty fact or evidence group"),
        ({**GOOD, "answerable": False}, r":2: found an unanswerable case with facts"),
        (
            {**GOOD, "evidence": [[{"document": "d", "start": 9, "end": 9}]]},
            r":2: evidence\[0\]\[0\]: found the span ends at 9, expected after its start 9",
        ),
        (
            {**GOOD, "history": [{"role": "bot", "content": "x"}]},
            r":2: history\[0\].role: found 'bot', expected 'user' or 'assistant'",
        ),
    ],
)
def test_a_fault_names_file_line_and_what_was_expected(written, row, message):
    path = written({**GOOD, "id": "first"}, row)

    with pytest.raises(CaseFileError, match=message):
        load_cases([path])


def test_all_faults_of_a_file_are_told_at_once(written):
    path = written("{", {**GOOD, "question": 5}, GOOD)

    with pytest.raises(CaseFileError, match="expected") as raised:
        load_cases([path])

    assert [fault.line for fault in raised.value.faults] == [1, 2]


def test_an_id_may_stand_once_in_a_file(written):
    with pytest.raises(CaseFileError, match=r"cases.jsonl:2: id: found 'a' again .*cases.jsonl:1"):
        load_cases([written(GOOD, GOOD)])


def test_cases_of_two_files_are_told_apart_by_the_name_of_the_file(written):
    files = load_cases([written(GOOD, name="one.jsonl"), written(GOOD, name="two.jsonl")])

    assert [case.key for file in files for case in file.cases] == ["one/a", "two/a"]


def test_an_empty_file_is_a_fault(written):
    with pytest.raises(CaseFileError, match="found no case, expected one JSON object a line"):
        load_cases([written("")])


def test_a_folder_without_cases_is_named(tmp_path):
    with pytest.raises(NoCases, match=r"expected a \.jsonl file or a folder with some"):
        load_cases([tmp_path])
