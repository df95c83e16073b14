from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import CaseFile, EvidenceSpan, ExpectedNote
from eval.checking import check_files


@pytest.fixture
def messages(cases, library):
    """Give what is wrong with a changed first case."""

    def check(**changes):
        changed = replace(cases[0], line=7, **changes)
        faults = check_files([CaseFile(Path("mill.jsonl"), (changed,))], library)
        return [str(fault) for fault in faults]

    return check


def test_good_cases_have_no_faults(cases, library):
    assert check_files([CaseFile(Path("mill.jsonl"), cases)], library) == ()


def test_a_fact_has_to_stand_in_the_evidence(messages):
    assert messages(facts=(("412",), ("413", "four hundred and thirteen"))) == [
        "mill.jsonl:7: facts: found '413 / four hundred and thirteen' nowhere in the evidence, "
        "expected it there"
    ]


def test_a_span_has_to_end_within_the_file(messages, cases):
    beyond = (*cases[0].evidence, (EvidenceSpan("mill.txt", 300, 9999),))

    assert messages(evidence=beyond) == [
        "mill.jsonl:7: evidence: found a span up to 9999 of 'mill.txt', "
        "expected it to end within the file"
    ]


@pytest.mark.parametrize(
    ("note", "message"),
    [
        (ExpectedNote("mill.txt", "2", ()), "found no note 2 in 'mill.txt', expected one"),
        (
            ExpectedNote("mill.txt", "1", ("folio 9", "folio 10")),
            "found no note 1 of 'mill.txt' with 'folio 9', 'folio 10', expected all of it in one",
        ),
    ],
)
def test_a_note_has_to_exist_and_hold_its_strings(messages, note, message):
    assert messages(footnotes=(note,)) == [f"mill.jsonl:7: footnotes: {message}"]


def test_a_case_of_another_library_is_not_held_against_this_one(messages):
    assert messages(documents=("other.txt",), facts=(("nowhere",),)) == []
