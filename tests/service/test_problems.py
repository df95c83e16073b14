from __future__ import annotations

import inspect

import pytest

import corpus.errors
import index.errors
import rag.errors
import service.errors
from service.problems import EXIT_CODES, PROBLEMS, UNEXPECTED, look_up, told

PACKAGES = (corpus.errors, index.errors, rag.errors, service.errors)
ALL = [
    kind
    for package in PACKAGES
    for _, kind in inspect.getmembers(package, inspect.isclass)
    if issubclass(kind, Exception)
]


class TooLong(rag.errors.QuestionTooLong):
    """A child that no table names."""


def test_a_row_for_a_base_class_serves_its_children():
    assert look_up(PROBLEMS, TooLong(3000, 2000)).code == "question_too_long"
    assert look_up(EXIT_CODES, TooLong(3000, 2000)) == 2


def test_an_error_that_no_table_names_is_a_failure_and_a_fault_of_the_server():
    assert look_up(PROBLEMS, KeyError("x")) is UNEXPECTED
    assert look_up(EXIT_CODES, KeyError("x")) == 1


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_of_the_project_has_a_status_and_an_exit_code(kind):
    error = kind.__new__(kind)

    assert 400 <= look_up(PROBLEMS, error).status < 600
    assert look_up(EXIT_CODES, error) in {1, 2}


def test_codes_are_told_apart():
    codes = [problem.code for problem in PROBLEMS.values()]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", [k for k in ALL if issubclass(k, index.errors.StoreError)])
def test_what_an_index_says_of_its_own_files_stays_in_the_log(kind):
    body = look_up(PROBLEMS, kind.__new__(kind)).body(Exception("/home/somebody/index"))

    assert "somebody" not in body.detail


def test_an_error_of_the_project_is_told_as_it_is():
    error = rag.errors.EmptyQuestion()

    assert told(error) == str(error)


def test_an_error_of_the_operating_system_is_told_as_it_is():
    assert (
        told(PermissionError(13, "Permission denied", "x")) == "[Errno 13] Permission denied: 'x'"
    )


def test_any_other_error_is_called_a_fault():
    assert told(KeyError("x")).startswith("found an unexpected KeyError ('x'), expected none; ")
