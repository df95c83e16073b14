"""Lists of documents and notes, and the reading report, as whole pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from index.build import Action, BuildReport, DocumentOutcome
from service.listings import build_summary, show_documents, show_notes


@pytest.fixture
def console():
    return Console(width=72, record=True, markup=False, highlight=False, quiet=False, _environ={})


def page(capsys) -> str:
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()) + "\n"


def test_a_list_of_documents_says_what_was_read(console, capsys, documents, lamps, wicks):
    show_documents(console, documents.catalogue())

    assert (
        page(capsys)
        == f"""\
E. Instance, Lamps and Oil (1931)
  lamps.txt · {lamps.id}
  367 characters, 2 passages, 2 sections, 3 notes, 2 of 3 marks joined
  not understood: 1 note without a mark, 1 mark without a note

F. Token, Wicks (1975)
  wicks.txt · {wicks.id}
  68 characters, 1 passage, no notes
"""
    )


def test_each_note_stands_with_the_place_of_its_mark(console, capsys, documents, lamps):
    show_notes(console, documents.document(lamps.id))

    assert (
        page(capsys)
        == """\
E. Instance, Lamps and Oil (1931)
  367 characters, 2 passages, 2 sections, 3 notes, 2 of 3 marks joined
  not understood: 1 note without a mark, 1 mark without a note

The Oil Years
  [^17] Council minutes, 4 March 1894.
        at “In the winter of 1893 the town burned 412 barrels of oil”,
        p. 12
  [^18] Ibid., p. 4; the payer's name is left blank.
        at “… 412 barrels of oil, and the council paid for none of
        them.”, p. 12
  [^19] A note that nothing points to.
        no mark in the text (no mark in the body has this number)

Marks without a note
  [^99] “… mill asked for its money in June and was given a street.” (no
        note has this number)
"""
    )


def test_a_document_without_notes_says_so(console, capsys, documents, wicks):
    show_notes(console, documents.document(wicks.id))

    assert (
        page(capsys)
        == """\
F. Token, Wicks (1975)
  68 characters, 1 passage, no notes

This document has no notes.
"""
    )


@pytest.mark.parametrize(
    ("unchanged", "says"),
    [
        pytest.param(False, "1 added; done in 1.5 s: 3 documents, 1,200 passages in", id="added"),
        pytest.param(True, "1 added; nothing to do: 3 documents, 1,200 passages in", id="same"),
    ],
)
def test_a_build_is_summed_up_in_a_line(unchanged, says):
    outcome = DocumentOutcome("lamps.txt", Path("lamps.txt"), Action.ADDED, "", None)
    report = BuildReport("g1", unchanged, (outcome,), 3, 1200, 0, 1.5)

    assert build_summary(report).plain == f"{says} generation g1"
