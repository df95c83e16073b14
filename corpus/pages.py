"""Tells on which printed page a place of the text stands, where the file tells it.

A running head or a page number says where one page begins. It holds until the next break that can
be seen, and no longer than a page of that book is long: what is not known is not guessed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from corpus.document import PageStart
from corpus.layout import Draft
from corpus.source_map import SourceMap

# Pages differ in length, with their notes and headings; beyond this the next one must have begun.
_LONGEST_PAGE = 1.15


def locate_pages(
    drafts: Sequence[Draft], source_map: SourceMap, body_end: int
) -> tuple[PageStart, ...]:
    """Give the places from which a printed page label holds, or from which none is known.

    Args:
        drafts: In file order, running heads and page numbers among them.
        source_map: The way from clean text to the file.
        body_end: Where the body ends in the clean text.
    """
    runs = [(source, text) for text, source, _ in source_map.runs() if text < body_end]
    sources = [source for source, _ in runs]

    def place(source: int) -> int:
        i = bisect_left(sources, source)
        return runs[i][1] if i < len(runs) else body_end

    labels = {place(d.end): d.page for d in drafts if d.dropped and d.page is not None}
    seams = {place(span.start) for d in drafts if d.is_text for span in d.spans[1:]}
    starts = sorted({*labels, *seams})
    length = _page_length(labels)
    return tuple(_with_ends(starts, labels, length, body_end))


def _page_length(labels: dict[int, str]) -> float:
    """Estimate the length of a page, in characters, from numbered pages that are known."""
    known = [(place, int(label)) for place, label in sorted(labels.items()) if label.isdecimal()]
    lengths = [
        (later - place) / (number - before)
        for (place, before), (later, number) in pairwise(known)
        if 0 < number - before < 50
    ]
    return median(lengths) if lengths else float("inf")


def _with_ends(
    starts: Sequence[int], labels: dict[int, str], length: float, body_end: int
) -> Iterator[PageStart]:
    known = False
    for start, following in pairwise([*starts, body_end]):
        label = labels.get(start)
        if label is not None or known:
            yield PageStart(start, label)
        known = label is not None
        last = start + int(_LONGEST_PAGE * length) if known and length != float("inf") else body_end
        if known and last < following:
            yield PageStart(last, None)
            known = False
