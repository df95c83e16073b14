"""Joins every mark in the body to its note, also where the scan has damaged the number.

Marks and notes are two sequences that rise together. The cheapest alignment of the whole of both
decides, which recovers a misread or a lost number by what stands around it and never by guessing
one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("html", re.compile(r"\s?<sup>\s*\[?(?P<n>\d{1,4}|[*†‡§]{1,3})\]?\s*</sup>")),
    ("label", re.compile(r"\[\^(?P<n>[^\]\s]+)\](?!:)")),
    ("latex", re.compile(r"\s?\$?\^\{?[^\w{}]{0,3}(?P<n>\d{1,3})\}?\$?(?!\w)")),
    ("superscript", re.compile(r"\s?(?P<n>[⁰¹²³⁴-⁹]{1,4})")),
    ("bracket", re.compile(r"\s?\[(?P<n>\d{1,4}[a-z]?|[*†‡§]{1,3})\]")),
    ("star", re.compile(r"(?<=[\w.,;:!?'\"’”)])(?P<n>\*{1,3}|†{1,2}|‡|§)(?![\w*])")),
    (
        "plain",
        re.compile(r"(?:(?<=[.,;!?'\"’”)])|(?<=[.!?]['\"’”)]))\s?(?P<n>\d{1,3})(?=\s|$|[—–])"),
    ),
)
_PLAIN_TRAP = re.compile(
    r"(?:\b(?:pp?|nos?|vols?|chs?|arts?|cf|c|ca|para|fig|ser|doc)\.|\d[.,:;]|\b\d+,)\s?$", re.I
)

# Costs, in tenths of what it costs to leave a mark or a note without a partner.
_SKIP_MARK = 10
_SKIP_NOTE = 10
_LOST_NUMBER = 5
_PLAIN_DIGITS = 2
_NEVER = 90
_LIKELY = 9
_NEVER_COST = 1 << 28
_BAND = 250
# Beyond this a book of tens of thousands of notes would not fit into memory.
_WIDEST_BAND = 1000

Costs = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place in the body that looks like a mark."""

    draft: int
    """Which draft it stands in."""
    start: int
    """Its first character in the draft's flow."""
    end: int
    form: str
    number: str
    attached: bool = False
    """Whether it follows what stands before it without a space."""

    @property
    def is_certain(self) -> bool:
        """Whether nothing but a mark looks like this."""
        return self.form != "plain"


@dataclass(frozen=True, slots=True)
class Pair:
    """A mark and the note it points to, each by its place in its sequence; None for no partner."""

    candidate: int | None
    note: int | None


def find_candidates(text: str, draft: int, forms: frozenset[str]) -> list[Candidate]:
    """Give every place of a paragraph that looks like a mark, in order.

    Args:
        text: The paragraph as it stands in the file.
        draft: The paragraph's place among the drafts.
        forms: Which forms of mark to look for; a book without bracketed notes has bracketed
            years and insertions.
    """
    taken = [False] * (len(text) + 1)
    found = []
    for form, pattern in _FORMS:
        if form not in forms:
            continue
        for match in pattern.finditer(text):
            if taken[match.start("n")] or (form == "plain" and _is_trap(text, match)):
                continue
            taken[match.start() : match.end()] = [True] * (match.end() - match.start())
            number = match.group("n").translate(_SUPERSCRIPTS)
            attached = match.start() == match.start("n")
            found.append(Candidate(draft, match.start(), match.end(), form, number, attached))
    return sorted(found, key=lambda candidate: candidate.start)


def _is_trap(text: str, match: re.Match[str]) -> bool:
    return bool(_PLAIN_TRAP.search(text[: match.start("n")]))


def align(candidates: Sequence[Candidate], notes: Sequence[str | None]) -> list[Pair]:
    """Align marks and notes as two sequences that rise together, at the least cost.

    Args:
        candidates: In the order of the body.
        notes: Numbers in the order of the notes, None where one is lost; both may restart.

    Returns:
        Every note and every certain candidate once, in order, with its partner or without.

    Source:
        Needleman and Wunsch, "A general method applicable to the search for similarities in the
        amino acid sequence of two proteins", Journal of Molecular Biology 48 (1970), kept to a
        band along the diagonal, since both sequences run through the same book.
    """
    lattice = _Lattice(candidates, notes)
    return list(_trace(candidates, notes, lattice))


class _Lattice:
    """What it costs at least to align the rest, from every mark and every note of its band on.

    Costs are counted in tenths, so that sums of them are exact.
    """

    def __init__(self, candidates: Sequence[Candidate], notes: Sequence[str | None]) -> None:
        self.skips = [_SKIP_MARK if candidate.is_certain else 0 for candidate in candidates]
        labels = list(dict.fromkeys(notes))
        places = {label: i for i, label in enumerate(labels)}
        self._labels = labels
        self._label_of = np.array([places[note] for note in notes], dtype=np.int64)
        self._mismatches: dict[tuple[str, str, bool], Costs] = {}
        rows, columns = len(candidates), len(notes)
        self._bands = [_band(i, rows, columns) for i in range(rows + 1)]
        self._rows: list[Costs] = [np.empty(0, dtype=np.int32)] * (rows + 1)
        for i in range(rows, -1, -1):
            self._rows[i] = self._row(i, candidates[i] if i < rows else None, columns)

    def at(self, i: int, j: int) -> int:
        """Give the cost of aligning what is left from mark ``i`` and note ``j`` on."""
        band = self._bands[i]
        return int(self._rows[i][j - band.start]) if j in band else _NEVER_COST

    def _row(self, i: int, candidate: Candidate | None, columns: int) -> Costs:
        band = self._bands[i]
        best = np.full(len(band), _NEVER_COST, dtype=np.int32)
        if candidate is None:
            best[-1] = 0
        else:
            below = self._window(i + 1, band)
            np.minimum(best, below[:-1] + self.skips[i], out=best)
            inside = min(band.stop, columns) - band.start
            to_notes = self._to_notes(candidate, band.start, band.start + inside)
            np.minimum(best[:inside], below[1 : inside + 1] + to_notes, out=best[:inside])
        steps = np.arange(len(band), dtype=np.int32) * _SKIP_NOTE
        cheapest = np.minimum.accumulate((best + steps)[::-1])[::-1] - steps
        return np.minimum(cheapest, _NEVER_COST).astype(np.int32)

    def _window(self, i: int, band: range) -> Costs:
        """Give a row's costs over another row's band and one place more."""
        own, row = self._bands[i], self._rows[i]
        window = np.full(len(band) + 1, _NEVER_COST, dtype=np.int32)
        low, high = max(band.start, own.start), min(band.stop + 1, own.stop)
        if low < high:
            window[low - band.start : high - band.start] = row[low - own.start : high - own.start]
        return window

    def _to_notes(self, candidate: Candidate, low: int, high: int) -> Costs:
        """Give the cost of joining a mark to some notes; marks alike are reckoned once."""
        key = (candidate.form, candidate.number, candidate.attached)
        if key not in self._mismatches:
            costs = [mismatch(candidate, label) for label in self._labels]
            self._mismatches[key] = np.array(costs, dtype=np.int32)
        found: Costs = self._mismatches[key][self._label_of[low:high]]
        return found


def _band(i: int, rows: int, columns: int) -> range:
    """Give the notes that a mark may point to, judged by how far through the book it stands."""
    centre = i * columns // max(rows, 1)
    reach = min(max(_BAND, columns // 10), _WIDEST_BAND)
    low = 0 if i == 0 else max(0, centre - reach)
    high = columns if i == rows else min(columns, centre + reach)
    return range(low, high + 1)


def _trace(
    candidates: Sequence[Candidate], notes: Sequence[str | None], lattice: _Lattice
) -> Iterator[Pair]:
    i = j = 0
    while i < len(candidates) or j < len(notes):
        here = lattice.at(i, j)
        if i < len(candidates):
            if j < len(notes):
                joined = mismatch(candidates[i], notes[j])
                if joined < _NEVER and here == lattice.at(i + 1, j + 1) + joined:
                    yield Pair(i, j)
                    i, j = i + 1, j + 1
                    continue
            if here == lattice.at(i + 1, j) + lattice.skips[i]:
                if candidates[i].is_certain:
                    yield Pair(i, None)
                i += 1
                continue
        yield Pair(None, j)
        j += 1


def mismatch(candidate: Candidate, note: str | None) -> int:
    """Give the cost of joining a mark to a note: 0 where they read alike, more the less they do."""
    if candidate.number == note:
        return 0 if candidate.is_certain else _PLAIN_DIGITS
    if note is None:
        return _LOST_NUMBER if candidate.is_certain else _NEVER
    if candidate.form == "plain" and not candidate.attached:
        return _NEVER
    if not (candidate.number.isdecimal() and note.isdecimal()):
        return _NEVER
    cost = _misreading(candidate.number, note)
    if candidate.is_certain:
        return cost
    # Plain digits are common; only right behind a closing sign can misread ones be a mark.
    return cost + 1 if cost < _LIKELY else _NEVER


@cache
def _misreading(printed: str, true: str) -> int:
    """Give the cost of one number being a misreading of another."""
    # A closing quotation mark before the mark is read as a digit of it: ²²⁷ for '27.
    if printed.endswith(true) and len(printed) == len(true) + 1:
        return 6
    if len(printed) == len(true):
        wrong = sum(a != b for a, b in zip(printed, true, strict=True))
        return 8 if wrong == 1 else 16
    if true.startswith(printed) or true.endswith(printed):
        return 9
    return 19
