"""Answers, passages, notes and documents as a person reads them in a terminal.

Everything is written as styled text, never as markup, and control characters are taken out first:
a book may hold ``[bold]`` or an escape sequence, and neither may reach the terminal as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from rag.answer import Answer, Citation, Conflict, DocumentReference, Footnote, SearchResult, Status
from rag.reference import short_title
from service.control_characters import clean

WIDEST = 100
"""Columns of text at most: longer lines are hard to follow, however wide the terminal."""
NARROWEST = 10
"""Columns that a paragraph has at least, however narrow the terminal and deep the indent."""
LONGEST_BEGINNING = 300
"""Characters shown of a passage that is no answer."""
SECTION_SIGN = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "

_REFERENCE = re.compile(r"\[(\^)?[^\[\]\s]{1,8}\]")
"""A citation number ``[1]`` or an author's own mark ``[^18]``."""

TITLE, NUMBER, MARK, FAINT = "italic", "bold cyan", "yellow", "dim"


def show_answer(console: Console, answer: Answer) -> None:
    """Print an answer: what it says, then every quotation's place and notes."""
    paper = Paper(console)
    indent = 0 if answer.status is Status.NOT_IN_CORPUS else 2
    if answer.status is Status.PARTIAL:
        paper.write(Text("The library answers this in part:", style="bold"))
        paper.gap()
    for number, paragraph in enumerate(filter(None, answer.answer.splitlines())):
        if number:
            paper.gap()
        paper.write(_referenced(paragraph), indent=indent)
    for conflict in answer.conflicts:
        paper.gap()
        paper.write(_conflict(conflict))
    for citation in answer.citations:
        paper.gap()
        _show_citation(paper, citation, quoted=citation.quote in answer.answer)
    if answer.nearest:
        paper.gap()
        paper.write(Text("Nearest passages, not an answer", style="bold"))
    for citation in answer.nearest:
        paper.gap()
        _show_place(paper, citation)
        paper.write(_referenced(f"“{_beginning(citation.quote)}”"), indent=6)
    if answer.status is not Status.NOT_IN_CORPUS:
        paper.gap()
        paper.write(Text(f"confidence {answer.confidence:.0%}", style=FAINT))


def show_passages(console: Console, result: SearchResult) -> None:
    """Print the passages that were found, best first."""
    paper = Paper(console)
    if not result.passages:
        paper.write(Text("No passage was found."))
    for passage in result.passages:
        if passage.rank > 1:
            paper.gap()
        first = Text(f"{passage.rank}.", style=NUMBER)
        paper.write(_work(passage.document, kind=passage.kind), first=first, indent=4)
        paper.write(_place(passage.section, passage.page), indent=4)
        for paragraph in passage.text.splitlines():
            paper.write(Text(clean(paragraph)), indent=4)
        facts = [f"score {passage.score:.2f}"]
        if passage.footnotes:
            facts.append("notes " + ", ".join(clean(note.marker) for note in passage.footnotes))
        paper.write(Text(" · ".join(facts), style=FAINT), indent=4)


class Paper:
    """Writes paragraphs in a measured column, each line indented."""

    def __init__(self, console: Console) -> None:
        """Take the measure from the console's width."""
        self._console = console
        self._width = min(console.width, WIDEST)

    def gap(self) -> None:
        """Leave a line empty."""
        self._console.print()

    def write(self, text: Text, *, first: Text | None = None, indent: int = 0) -> None:
        """Print a paragraph.

        Args:
            text: What it says; nothing is printed where it is empty.
            first: What hangs before its first line, such as a number; the text then starts at the
                indent, or behind ``first`` where that is longer.
            indent: Columns left empty before every line.
        """
        if not text:
            return
        head = first or Text()
        hang = max(indent, head.cell_len + 1) if first else indent
        lines = text.wrap(self._console, max(NARROWEST, self._width - hang), overflow="fold")
        for line in lines:
            line.rstrip()
            row = head + Text(" " * (hang - head.cell_len)) + line
            row.rstrip()
            self._console.print(row, soft_wrap=True)
            head = Text()


def _show_citation(paper: Paper, citation: Citation, *, quoted: bool) -> None:
    _show_place(paper, citation)
    if not quoted:
        paper.write(_referenced(f"“{citation.quote}”"), indent=6)
    for note in citation.footnotes:
        # A note that is itself the quotation has been read already.
        if note.text != citation.quote or note.resolved:
            _show_note(paper, note)


def _show_place(paper: Paper, citation: Citation) -> None:
    number = Text(f"[{citation.number}]", style=NUMBER)
    paper.write(_work(citation.document, kind=citation.kind), first=number, indent=4)
    paper.write(_place(citation.section, citation.page), indent=4)


def _beginning(quote: str) -> str:
    """Give as much of a passage as tells whether it is worth opening."""
    if len(quote) <= LONGEST_BEGINNING:
        return quote
    return quote[:LONGEST_BEGINNING].rpartition(" ")[0] + " …"


def _show_note(paper: Paper, note: Footnote) -> None:
    text = Text(clean(note.text))
    if note.resolved:
        text.append(f" (that is: {clean(note.resolved)})", style=FAINT)
    paper.write(text, first=Text(f"      [^{clean(note.marker)}]", style=MARK), indent=6)


def _work(document: DocumentReference, *, kind: str = "body") -> Text:
    """Write which book a text stands in: author, short title and year, as far as known."""
    text = Text()
    if document.author:
        text.append(f"{clean(document.author)}, ")
    text.append(clean(short_title(document.title)), style=TITLE)
    if document.year is not None:
        text.append(f" ({document.year})")
    if kind == "note":
        text.append(", in a note")
    return text


def _place(section: Sequence[str], page: str | None) -> Text:
    """Write where in a book a text stands: section and page, as far as known."""
    parts = [section_path(section)] if section else []
    if page is not None:
        parts.append(f"p. {clean(page)}")
    return Text(", ".join(parts), style=FAINT)


def section_path(section: Sequence[str]) -> str:
    """Write a heading path on one line."""
    return SECTION_SIGN.join(clean(heading) for heading in section)


def _referenced(text: str) -> Text:
    """Style the citation numbers and the author's marks within a text."""
    styled = Text()
    text, end = clean(text), 0
    for match in _REFERENCE.finditer(text):
        styled.append(text[end : match.start()])
        styled.append(match.group(), style=MARK if match.group(1) else NUMBER)
        end = match.end()
    return styled.append(text[end:])


def _conflict(conflict: Conflict) -> Text:
    sides = " against ".join(_numbers(side) for side in conflict.sides)
    return _referenced(f"The sources differ on {conflict.about}: {sides}.")


def _numbers(numbers: Iterable[int]) -> str:
    return " ".join(f"[{number}]" for number in numbers)
