from __future__ import annotations

import pytest

from eval.cases import EvidenceSpan, load_cases
from eval.checking import check_files, evidence_text
from eval.errors import BadMarking
from eval.writing import mark, write_case

BOTH = (
    "The mill at Verkhny ground 412 sacks in the spring of 1922. Its miller, Agafya Lund, kept "
    "the ledger by candle."
)
LAST = "Nobody paid her for the ice she cut. In autumn the mill burned."


class ScriptedDesk:
    """A writer who has made up his mind."""

    def __init__(self, *typed):
        self._typed = list(typed)
        self.asked = []
        self.shown = []

    def ask(self, prompt, *, default=""):
        self.asked.append(prompt)
        return self._typed.pop(0) or default

    def show(self, text):
        self.shown.append(text)


@pytest.fixture
def passages(book):
    return (book.passage(BOTH, 1), book.passage(LAST, 2))


@pytest.fixture
def respondent(scripted, answered, passages):
    return scripted({"Who burned what?": (answered("In autumn the mill burned."), passages)})


@pytest.mark.parametrize(
    ("typed", "groups"),
    [
        ("2.2", [["In autumn the mill burned."]]),
        ("1.2", [["Its miller, Agafya Lund, kept\nthe ledger by candle."]]),
        ("2.1-2", [[LAST]]),
        ("2", [[LAST]]),
        ("2.1 | 2.2", [["Nobody paid her for the ice she cut.", "In autumn the mill burned."]]),
        ("2.1; 2.2", [["Nobody paid her for the ice she cut."], ["In autumn the mill burned."]]),
        ("", []),
    ],
)
def test_a_marking_means_passages_or_their_sentences(passages, library, typed, groups):
    marked = mark(typed, passages, library)

    assert [[evidence_text(s, library) for s in group] for group in marked.groups] == groups


def test_a_mark_inside_the_marked_words_stays_in_the_span(passages, library, book):
    ((span,),) = mark("1", passages, library).groups

    assert span == EvidenceSpan("mill.txt", 0, book.span(BOTH).end)


@pytest.mark.parametrize("typed", ["3", "0", "1.9", "1.2-1", "two", "1,2"])
def test_a_marking_of_nothing_says_what_can_be_marked(passages, library, typed):
    with pytest.raises(BadMarking, match=r"expected (a passage|sentences from 1 to 2)"):
        mark(typed, passages, library)


def test_a_case_is_written_with_its_evidence_and_checked_facts(tmp_path, respondent, library):
    path = tmp_path / "mine.jsonl"
    desk = ScriptedDesk(
        "Who burned what?", "9", "2.2", "", "", "", "The mill.", "the barn", "mill | the mill", ""
    )

    case = write_case(path, respondent, library, desk)

    (file,) = load_cases([path])
    assert file.cases == (case,)
    assert (case.id, case.kind, case.facts) == ("mine-001", "fact", (("mill", "the mill"),))
    assert check_files([file], library) == ()
    assert any("'the barn' nowhere in the evidence" in text for text in desk.shown)
    assert any("expected a passage or its sentences" in text for text in desk.shown)


def test_a_question_without_an_answer_becomes_an_unanswerable_case(tmp_path, respondent, library):
    path = tmp_path / "mine.jsonl"
    path.write_text("", encoding="utf-8")
    desk = ScriptedDesk("Who burned what?", "", "none", "", "", "")

    case = write_case(path, respondent, library, desk)

    assert (case.id, case.kind, case.answerable) == ("none", "unanswerable", False)


def test_a_second_case_gets_a_line_and_an_id_of_its_own(tmp_path, respondent, library):
    path = tmp_path / "mine.jsonl"
    for _ in range(2):
        typed = ("Who burned what?", "2.2", "", "", "", "", "mill", "")
        write_case(path, respondent, library, ScriptedDesk(*typed))

    (file,) = load_cases([path])
    assert [case.id for case in file.cases] == ["mine-001", "mine-002"]
