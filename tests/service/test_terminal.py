"""What a person reads in a terminal, as whole pages."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from rag.answer import Conflict, Filters, SearchResult, Status
from rag.reference import short_title
from service.terminal import show_answer, show_passages

OIL = "How many barrels of oil burned in winter?"


def printed(show, result, *, width: int = 72, colour: bool = False) -> str:
    paper = io.StringIO()
    console = Console(
        file=paper,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        markup=False,
        highlight=False,
        emoji=False,
        _environ={},
    )
    show(console, result)
    return paper.getvalue()


def test_an_answer_is_followed_by_place_and_notes(assistant):
    assert (
        printed(show_answer, assistant.ask(OIL))
        == """\
  “In the winter of 1893 the town burned 412 barrels of oil[^17], and
  the council paid for none of them.[^18]” [1]

[1] E. Instance, Lamps and Oil (1931)
    The Oil Years, p. 12
      [^17] Council minutes, 4 March 1894.
      [^18] Ibid., p. 4; the payer's name is left blank.

confidence 75%
"""
    )


def test_a_quotation_that_the_answer_does_not_hold_stands_under_its_place(assistant):
    answer = replace(assistant.ask(OIL), answer="412 barrels [1].", status=Status.PARTIAL)

    assert (
        printed(show_answer, answer)
        == """\
The library answers this in part:

  412 barrels [1].

[1] E. Instance, Lamps and Oil (1931)
    The Oil Years, p. 12
      “In the winter of 1893 the town burned 412 barrels of oil[^17],
      and the council paid for none of them.[^18]”
      [^17] Council minutes, 4 March 1894.
      [^18] Ibid., p. 4; the payer's name is left blank.

confidence 75%
"""
    )


def test_an_abstention_says_so_and_sets_what_is_near_apart(assistant):
    answer = assistant.ask("What about wicks, steam engines, ships?")

    assert (
        printed(show_answer, answer)
        == """\
The library does not answer this question.

Nearest passages, not an answer

[1] F. Token, Wicks (1975)
      “The council bought its wicks by the hundredweight and sold the
      ends.”
"""
    )


def test_what_an_ibid_refers_to_stands_behind_the_note(assistant):
    answer = assistant.ask(OIL)
    citation = answer.citations[0]
    note = replace(citation.footnotes[1], resolved="Council minutes, 4 March 1894")
    resolved = replace(answer, citations=(replace(citation, footnotes=(note,), kind="note"),))

    page = printed(show_answer, resolved)

    assert "[1] E. Instance, Lamps and Oil (1931), in a note\n" in page
    assert (
        "      [^18] Ibid., p. 4; the payer's name is left blank. (that is:\n"
        "            Council minutes, 4 March 1894)\n"
    ) in page


def test_a_quoted_note_is_not_printed_twice(assistant):
    answer = assistant.ask(OIL)
    note = answer.citations[0].footnotes[0]
    citation = replace(answer.citations[0], quote=note.text, footnotes=(note,), kind="note")

    page = printed(show_answer, replace(answer, answer="See [1].", citations=(citation,)))

    assert page.count(note.text) == 1


def test_a_long_passage_that_is_no_answer_is_cut(assistant):
    answer = assistant.ask("What about wicks, steam engines, ships?")
    long = replace(answer.nearest[0], quote="Oil was sold. " * 100)

    page = printed(show_answer, replace(answer, nearest=(long,)))

    assert page.endswith(" Oil …”\n")
    assert len(page) < 600


def test_sources_that_differ_are_set_against_each_other(assistant):
    answer = replace(assistant.ask(OIL), conflicts=(Conflict("who paid", ((1, 2), (3,))),))

    assert "\nThe sources differ on who paid: [1] [2] against [3].\n" in printed(
        show_answer, answer
    )


def test_passages_come_with_place_score_and_notes(assistant):
    result = assistant.search("barrels bought winter", filters=Filters(), limit=2)

    assert (
        printed(show_passages, result)
        == """\
1.  E. Instance, Lamps and Oil (1931)
    The Oil Years, p. 12
    Before the pipes were laid the town was lit by hand, where it was
    lit at all.
    In the winter of 1893 the town burned 412 barrels of oil, and the
    council paid for none of them. The bill went to the parish.
    score 0.67 · notes 17, 18

2.  F. Token, Wicks (1975)
    The council bought its wicks by the hundredweight and sold the ends.
    score 0.33
"""
    )


def test_an_empty_search_says_so():
    assert printed(show_passages, SearchResult("x", ())) == "No passage was found.\n"


def test_markup_and_escape_sequences_of_a_book_are_printed_as_text(assistant):
    page = printed(show_passages, assistant.search("clerk wrote"), colour=True)

    assert "[bold]gas[/bold]" in page
    assert "�[31min red" in page
    assert "\x1b[31m" not in page


@pytest.mark.parametrize("width", [24, 40, 60, 100])
def test_no_line_is_wider_than_the_terminal(assistant, width):
    page = printed(show_answer, assistant.ask(OIL), width=width)

    assert max(map(len, page.splitlines())) <= width


def test_lines_stay_readable_in_a_very_wide_terminal(assistant):
    page = printed(show_answer, assistant.ask(OIL), width=300)

    assert max(map(len, page.splitlines())) <= 100


def test_no_line_ends_in_white_space(assistant):
    page = printed(show_answer, assistant.ask(OIL))

    assert [line for line in page.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("The Hungry Republic: Supply, Revolt and Retreat", "The Hungry Republic"),
        ("About Lamps, Their Oil and Their Present", "About Lamps"),
        ("Lamps, Wicks and Oil", "Lamps, Wicks and Oil"),
        ("Wicks", "Wicks"),
        (": a subtitle alone", ": a subtitle alone"),
        ("Lamp " * 20, "Lamp Lamp Lamp Lamp Lamp Lamp Lamp Lamp Lamp Lamp Lamp Lamp …"),
    ],
)
def test_a_short_title_is_what_a_book_is_called(title, short):
    assert short_title(title) == short
