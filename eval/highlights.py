"""Which letters of a quotation or passage are the evidence that a case names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

from corpus.document import Span

_MARK = re.compile(r"\[\^[^\]]*\]")


def highlights(
    text: str, *, slices: Sequence[str], spans: Sequence[Span], evidence: Sequence[Span]
) -> tuple[Span, ...]:
    """Give the ranges of a text that came from the evidence.

    Args:
        text: A quotation or passage.
        slices: The parts of the file it was taken from.
        spans: Where those parts stand in the file, one for each slice.
        evidence: Ranges of the same file.
    """
    located = locate(text, slices, spans)
    inside = [
        i
        for i, place in enumerate(located)
        if place is not None and any(start <= place < end for start, end in evidence)
    ]
    # A mark that was put back has no place; bridging it keeps the sentence around it in one piece.
    bridged = sorted({*inside, *_between(inside, located)})
    runs = [list(run) for _, run in groupby(enumerate(bridged), key=lambda pair: pair[1] - pair[0])]
    return tuple(Span(run[0][1], run[-1][1] + 1) for run in runs)


def _between(inside: Sequence[int], located: Sequence[int | None]) -> list[int]:
    filled: list[int] = []
    for before, after in pairwise(inside):
        gap = range(before + 1, after)
        if all(located[i] is None for i in gap):
            filled.extend(gap)
    return filled


def locate(text: str, slices: Sequence[str], spans: Sequence[Span]) -> list[int | None]:
    """Say for each character of a text which place of the file it came from.

    Returns:
        One offset into the file for each character; ``None`` for one that the file lacks, such
        as a mark that was put back.
    """
    parts = zip(spans, slices, strict=True)
    places = [start + i for (start, _), part in parts for i in range(len(part))]
    source = "".join(slices)
    marks = {i for mark in _MARK.finditer(text) for i in range(*mark.span())}
    located: list[int | None] = []
    at = 0
    for i, character in enumerate(text):
        found = -1 if i in marks else _next(source, character, at)
        located.append(places[found] if found >= 0 else None)
        at = found + 1 if found >= 0 else at
    return located


def _next(source: str, character: str, at: int) -> int:
    """Find a character from a place on; only what clean text leaves out may be passed over."""
    for i in range(at, len(source)):
        if source[i] == character or (character.isspace() and source[i].isspace()):
            return i
        if source[i].isalnum():
            break
    return -1
