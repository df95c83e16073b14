from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.cases import ExpectedNote
from eval.harness import RunConfig
from eval.scores import CASE_MEASURES, MEASURES
from rag.answer import Turn

PRAISE = [
    m.name
    for m in CASE_MEASURES
    if m.better == "higher" and m.name not in ("conflicts", "declined_unanswerable")
]


def values(run):
    return {figure.measure: figure.value for figure in run.figures}


@pytest.fixture
def with_notes(cases):
    noted = replace(cases[0], footnotes=(ExpectedNote("mill.txt", "1", ("folio 9",)),))
    return (noted, *cases[1:])


def test_a_perfect_run_scores_1(evaluate, perfect, with_notes):
    found = values(evaluate(perfect, with_notes))

    assert {name: found[name] for name in PRAISE} == dict.fromkeys(PRAISE, 1.0)
    assert found["declined_unanswerable"] == 1.0
    assert found["declined_answerable"] == 0.0
    assert found["risk_area"] == 0.0


def test_an_empty_run_scores_0_where_something_was_to_be_said(evaluate, mute, with_notes):
    answerable = [case for case in with_notes if case.answerable]

    found = values(evaluate(mute, answerable))

    nothing_quoted = {"verbatim", "locators"}
    assert found.keys().isdisjoint(nothing_quoted)
    assert all(found[name] == 0.0 for name in PRAISE if name not in nothing_quoted)
    assert found["declined_answerable"] == 1.0


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=st.randoms())
def test_the_order_of_cases_does_not_matter(evaluate, perfect, cases, random):
    shuffled = random.sample(cases, len(cases))

    once, again = evaluate(perfect, cases), evaluate(perfect, shuffled)

    assert again.fingerprint == once.fingerprint
    assert untimed(again) == untimed(once)


def untimed(run):
    return [figure for figure in run.figures if not MEASURES[figure.measure].is_timed]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_run_is_the_same_every_time(evaluate, perfect, workers):
    once, again = evaluate(perfect), evaluate(perfect, config=RunConfig(workers=workers))

    assert [r.case for r in again.results] == [r.case for r in once.results]
    assert again.fingerprint == once.fingerprint
    assert untimed(again) == untimed(once)


def test_another_answer_leaves_another_fingerprint(evaluate, perfect, mute):
    assert evaluate(perfect).fingerprint != evaluate(mute).fingerprint


def test_a_case_that_crashes_counts_and_is_named(evaluate, perfect, cases):
    unknown = replace(cases[0], id="crash", question="Never heard of?")

    run = evaluate(perfect, (*cases, unknown))

    crashed = run.results[-1]
    assert "LookupError: no script for 'Never heard of?'" in crashed.error
    assert crashed.value("trust") == -1.0
    assert crashed.value("r@5") == 0.0
    assert values(run)["failed"] == pytest.approx(1 / 5)


def test_a_case_without_its_documents_is_skipped_and_named(evaluate, perfect, cases):
    elsewhere = replace(cases[0], id="far", documents=("other.txt", "mill.txt"))

    run = evaluate(perfect, (*cases, elsewhere))

    assert len(run.results) == len(cases)
    assert [(s.case, s.missing) for s in run.skipped] == [("mill/far", ("other.txt",))]


def test_a_follow_up_brings_its_history(evaluate, perfect, cases):
    history = (Turn("user", "Is there a mill?"), Turn("assistant", "Yes."))

    evaluate(perfect, [replace(cases[0], history=history)])

    assert perfect.histories == {cases[0].question: history}


def test_a_wrong_answer_costs_trust_and_silence_does_not(
    evaluate, scripted, cases, answered, silence
):
    wrong = answered("In autumn the mill burned.")

    run = evaluate(
        scripted({cases[0].question: (wrong,), cases[1].question: (silence,)}), cases[:2]
    )

    assert [result.value("trust") for result in run.results] == [-1.0, 0.0]


def test_a_quotation_that_is_not_in_the_file_is_found_out(evaluate, scripted, cases, answered):
    """One character too far in the file is one too many."""
    answer = answered("In autumn the mill burned.")
    (citation,) = answer.citations
    shifted = tuple(s._replace(start=s.start + 1) for s in citation.source_spans)
    forged = replace(answer, citations=(replace(citation, source_spans=shifted),))

    run = evaluate(scripted({cases[0].question: (forged,)}), cases[:1])

    (check,) = run.results[0].quotations
    assert not check.is_verbatim
    assert check.locator_faults == ("spans",)
    assert values(run)["verbatim"] == 0.0


def test_progress_hears_of_every_case(evaluate, perfect):
    heard = []

    class Listener:
        def start(self, stage, total):
            heard.append((stage, total))

        def advance(self, n, detail=""):
            heard.append((n, detail))

        def finish(self):
            heard.append("done")

    evaluate(perfect, progress=Listener())

    assert heard[0] == ("Asking", 4)
    assert heard[1:] == [(1, f"mill/{n}") for n in ("sacks", "miller", "coal", "owner")] + ["done"]
