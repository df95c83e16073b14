"""Cuts a file into drafts: the paragraphs, lines and list items that a reader sees on the page.

What each draft is (heading, note, running head) is found by the modules that come after; here
only the line structure counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import quantiles

from corpus.document import Kind, Span


@dataclass(slots=True)
class Draft:
    """A paragraph in the making: stretches of the source that belong together."""

    spans: list[Span]
    """Ranges of the source, in order; more than one once a cut paragraph has been joined."""
    text: str
    """What stands there, stripped, for the rules to look at."""
    kind: Kind = Kind.BODY
    level: int = 0
    """Depth of a heading, from 1; 0 where it is no heading."""
    dropped: str = ""
    """Why the draft is no part of the text, such as ``running head``; empty where it is."""
    page: str | None = None
    """The page label that a running head or a page number gives."""
    number: str | None = None
    """The number, star or dagger that a note opens with."""
    path: tuple[str, ...] = ()
    """The section the draft belongs to."""
    group: int = -1
    """Which run of notes a note belongs to; numbering restarts with each."""
    listed: bool = False
    """Whether the draft opens with a bullet or is a row of a table."""
    blank_before: bool = True
    joins: list[bool] = field(default_factory=list)
    """For every span after the first: whether a word goes on in it without a space."""

    @property
    def start(self) -> int:
        """First code point of the source."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """One past the last code point of the source."""
        return self.spans[-1].end

    @property
    def is_text(self) -> bool:
        """Whether the draft stays in the text as running prose."""
        return self.kind is Kind.BODY and not self.dropped and not self.level


_LINE = re.compile(r"[^\r\n\f\x0b\x85\u2028\u2029]+")
_BULLET = re.compile(r"\s*[-*•+][ \t]+\S")
_MARKDOWN_HEADING = re.compile(r"\s{0,3}#{1,6}\s")
_RULE = re.compile(r"\s*(?:[-_=–—]\s?){3,}\s*$|\s*(?:\*\s?){3,}\s*$")
_NOTE_OPENER = re.compile(
    r"\s*(?:\[\^?[\w*†‡]+\][:.]?\s|\[(?:Foot)?note\b|<sup>|[*†‡§]{1,3}\s?[A-Z\"'“‘])", re.IGNORECASE
)
# Where notes are spelt out, a number in brackets at the start of a line is a mark.
_SPELT_OPENER = re.compile(
    r"\s*(?:\[\^[\w*†‡]+\][:.]?\s|\[(?:Foot)?note\b|<sup>|[*†‡§]{1,3}\s?[A-Z\"'“‘])", re.IGNORECASE
)
_SPELT_NOTE = re.compile(r"\[(?:Foot)?note\s+\w{1,5}[.:]", re.IGNORECASE)
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*|.*\S(?:\t|\s{4,})\S.*|\t+\S.*\t.*")

# A text is hard-wrapped where most lines go on in the next one and hardly a line is longer than
# a page is wide.
_WRAPPED_SHARE = 0.6
_WRAPPED_WIDTH = 100


def upwards(drafts: Sequence[Draft], i: int) -> Iterator[Draft]:
    """Give the drafts above a place, the nearest first."""
    return (drafts[k] for k in range(i - 1, -1, -1))


def downwards(drafts: Sequence[Draft], i: int) -> Iterator[Draft]:
    """Give the drafts below a place, the nearest first."""
    return (drafts[k] for k in range(i + 1, len(drafts)))


def lay_out(source: str) -> list[Draft]:
    """Cut a file into drafts.

    Args:
        source: The decoded file.

    Returns:
        Drafts in file order. Every character that is not white space stands in one of them.
    """
    lines = [Span(*match.span()) for match in _LINE.finditer(source)]
    filled = [line for line in lines if not source[line.start : line.end].isspace()]
    group = _paragraphs if _is_hard_wrapped(filled, source) else _single_lines
    return [_draft(run, source, blank) for run, blank in group(filled, source)]


def spells_out_notes(source: str) -> bool:
    """Whether the notes of a file open with a word, as ``[Footnote 12: ...]`` does."""
    return _SPELT_NOTE.search(source) is not None


def is_rule(text: str) -> bool:
    """Whether a line is a drawn rule, such as the one above the notes of a page."""
    return bool(_RULE.match(text))


def _draft(run: Span, source: str, blank_before: bool) -> Draft:
    raw = source[run.start : run.end]
    start = run.start + len(raw) - len(raw.lstrip())
    text = raw.strip()
    draft = Draft([Span(start, start + len(text))], text, blank_before=blank_before)
    if heading := _MARKDOWN_HEADING.match(text):
        draft.level = heading.group().count("#")
    if _is_table_row(raw):
        draft.kind = Kind.TABLE
    draft.listed = bool(_BULLET.match(text)) or draft.kind is Kind.TABLE
    return draft


def _is_table_row(raw: str) -> bool:
    return "\n" not in raw and bool(_TABLE_ROW.fullmatch(raw))


def _is_hard_wrapped(lines: Sequence[Span], source: str) -> bool:
    if len(lines) < 20:
        widths = [line.end - line.start for line in lines]
        return len(widths) > 2 and 50 < max(widths) < _WRAPPED_WIDTH
    going_on = sum(_adjacent(a, b, source) for a, b in pairwise(lines))
    width = quantiles([line.end - line.start for line in lines], n=20)[-1]
    return going_on > _WRAPPED_SHARE * len(lines) and width < _WRAPPED_WIDTH


def _adjacent(first: Span, second: Span, source: str) -> bool:
    gap = source[first.end : second.start]
    return gap.count("\n") <= 1 and "\f" not in gap


def _single_lines(lines: Sequence[Span], source: str) -> Iterator[tuple[Span, bool]]:
    previous: Span | None = None
    for line in lines:
        yield line, previous is None or not _adjacent(previous, line, source)
        previous = line


def _paragraphs(lines: Sequence[Span], source: str) -> Iterator[tuple[Span, bool]]:
    openers = (
        _BULLET,
        _MARKDOWN_HEADING,
        _RULE,
        _SPELT_OPENER if spells_out_notes(source) else _NOTE_OPENER,
    )
    start: Span | None = None
    previous: Span | None = None
    blank = True
    for line in lines:
        adjacent = previous is not None and _adjacent(previous, line, source)
        if start is None or previous is None:
            start = line
        elif not adjacent or _opens_paragraph(source[line.start : line.end], openers):
            yield Span(start.start, previous.end), blank
            start, blank = line, not adjacent
        previous = line
    if start is not None and previous is not None:
        yield Span(start.start, previous.end), blank


def _opens_paragraph(line: str, openers: Sequence[re.Pattern[str]]) -> bool:
    return any(opener.match(line) for opener in openers) or "\t" in line.strip()
