"""The labelled questions that come with the project are well formed."""

from __future__ import annotations

import json

import pytest

from eval.fitting.examples import load_questions
from tests.project import ROOT

LABELLED = ROOT / "eval" / "labelled"
PLACE = {"question": str, "document": str, "start": int, "end": int}
ANSWERED = {**PLACE, "answers": list}
MISSED = {**PLACE, "kind": str, "answerable": bool}
FILES = {
    "answered.jsonl": ANSWERED,
    "twins.jsonl": ANSWERED,
    "near-misses.jsonl": MISSED,
    "near-misses-alone.jsonl": MISSED,
    "off-subject.jsonl": MISSED,
}


def rows(name):
    """Give the lines of a file, each with its number."""
    lines = (LABELLED / name).read_text(encoding="utf-8").splitlines()
    return [(number, json.loads(line)) for number, line in enumerate(lines, start=1)]


def test_every_file_is_looked_at():
    assert {path.name for path in LABELLED.glob("*.jsonl")} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_every_line_has_its_fields(name):
    wrong = [
        number
        for number, row in rows(name)
        if {field: type(value) for field, value in row.items()} != FILES[name]
        or not (row["question"].strip() and row["document"])
        or not 0 <= row["start"] < row["end"]
    ]

    assert wrong == []


# An answer may reach beyond its span, for a sentence can begin before the passage it was asked of.
@pytest.mark.parametrize("name", [name for name in FILES if FILES[name] is ANSWERED])
def test_every_answer_is_a_stretch(name):
    wrong = [
        number
        for number, row in rows(name)
        if not row["answers"] or not all(0 <= start < end for start, end in row["answers"])
    ]

    assert wrong == []


@pytest.mark.parametrize("name", [name for name in FILES if FILES[name] is MISSED])
def test_what_is_missed_has_no_answer_and_says_how(name):
    wrong = [
        number
        for number, row in rows(name)
        if row["answerable"] or row["kind"] not in {"near", "premise", "contrast", "off subject"}
    ]

    assert wrong == []


@pytest.mark.parametrize("name", FILES)
def test_the_fitting_reads_every_line(name):
    examples = load_questions(LABELLED / name)

    assert len(examples) == len(rows(name))
    assert {bool(one.groups) for one in examples} == {FILES[name] is ANSWERED}
    assert {bool(one.answers) for one in examples} == {FILES[name] is ANSWERED}


def test_the_twin_of_a_near_miss_is_about_the_same_place():
    # The two are to differ only in whether the place answers. A line lost in one file would set
    # each later question beside another's place, and what is learnt then is to know the places.
    def places(name):
        return [(row["document"], row["start"], row["end"]) for _, row in rows(name)]

    assert places("near-misses.jsonl") == places("twins.jsonl")


def test_a_near_miss_and_its_twin_are_two_questions():
    pairs = zip(rows("near-misses.jsonl"), rows("twins.jsonl"), strict=True)

    assert [n for (n, miss), (_, twin) in pairs if miss["question"] == twin["question"]] == []
