"""Books that are converted before they are read, with their notes."""

import sys

import pytest

from corpus.errors import BrokenFile, ConverterMissing
from corpus.formats import link_notes
from corpus.reading import read_file
from tests.corpus.reading_of import FILLERS, notes, read


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ("[1](#fn1)", "1. See the report. [↩](#fnref1)"),
        ("[[1]](#footnote-2)", "1. See the report. [↑](#footnote-ref-2)"),
        ("[1](notes.xhtml#note-1)", "- See the report.[^](book.xhtml#noteref-1)"),
    ],
    ids=["html", "docx", "epub"],
)
def test_links_between_marks_and_notes_become_marks_and_notes(mark: str, note: str) -> None:
    document = read(link_notes(f"# Wood\n\n{FILLERS[0]}{mark} {FILLERS[1]}\n\n{note}"))

    assert notes(document) == {"1": "See the report."}
    assert [m.note for m in document.marks] == [0]


def test_numbers_that_restart_are_told_apart_by_their_order() -> None:
    document = read(
        link_notes(
            f"# Wood\n\n{FILLERS[0]}[1](#a-fn1)\n\n# Peat\n\n{FILLERS[1]}[1](#b-fn1)\n\n"
            "1. The first. [↩](#a-fnref1)\n1. The second. [↩](#b-fnref1)"
        )
    )

    assert [document.note_text(note) for note in document.notes] == ["The first.", "The second."]
    assert [mark.note for mark in document.marks] == [0, 1]


def test_a_link_to_no_note_is_left_alone() -> None:
    markdown = "See [2](#chapter-2) for more, and [the report](#report)."

    assert link_notes(markdown) == markdown


def test_without_the_converter_the_error_says_how_to_install_it(tmp_path, monkeypatch) -> None:
    path = tmp_path / "book.docx"
    path.write_bytes(b"PK")
    monkeypatch.setitem(sys.modules, "markitdown", None)

    with pytest.raises(ConverterMissing, match=r"pip install 'ibid\[formats\]'"):
        read_file(path)


def test_an_html_book_is_read_with_its_notes(tmp_path) -> None:
    pytest.importorskip("markitdown")
    path = tmp_path / "book.html"
    path.write_text(
        f"<h1>Wood</h1><p>{FILLERS[0]}<sup><a href='#fn1' id='fnref1'>1</a></sup></p>"
        "<ol><li id='fn1'><p>See the report. <a href='#fnref1'>↩</a></p></li></ol>",
        encoding="utf-8",
    )

    document = read_file(path)

    assert notes(document) == {"1": "See the report."}
    assert document.report.encoding == "Markdown made from HTML"


def test_a_broken_file_is_refused(tmp_path) -> None:
    pytest.importorskip("markitdown")
    path = tmp_path / "book.docx"
    path.write_bytes(b"PK\x03\x04 and no more")

    with pytest.raises(BrokenFile, match="no sound Word"):
        read_file(path)
