"""Joins every mark in the body to its note, also where the scan has damaged the number.

Marks and notes are two sequences that rise together. The cheapest alignment of the whole of both
decides, which recovers a misread or a lost number by what stands around it and never by guessing
one at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
_QUOTE_READ_AS_DIGIT, _ONE_WRONG, _CUT_SHORT, _SEVERAL_WRONG, _UNLIKE = 6, 8, 9, 16, 19
_WIDEST = 6
"""Digits of a number that a misreading is looked for in."""
_NEVER_COST = 1 << 28
_BAND = 250
# Beyond this a book of tens of thousands of notes would not fit into memory.
_WIDEST_BAND = 1000
_KEPT_ROWS = 512

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

    Costs are counted in tenths, so that sums of them are exact. Of all rows only every so manieth
    is kept, and those between are reckoned again when the way through them is traced.
    """

    def __init__(self, candidates: Sequence[Candidate], notes: Sequence[str | None]) -> None:
        self.skips = [_SKIP_MARK if candidate.is_certain else 0 for candidate in candidates]
        self._candidates = candidates
        self._numbers = _NoteNumbers(notes)
        self._rows, self._columns = len(candidates), len(notes)
        self._kept: dict[int, Costs] = {}
        below = np.empty(0, dtype=np.int32)
        for i in range(self._rows, -1, -1):
            below = self._row(i, below)
            if i == self._rows or i % _KEPT_ROWS == 0:
                self._kept[i] = below
        self._block = dict(self._kept)

    def at(self, i: int, j: int) -> int:
        """Give the cost of aligning what is left from mark ``i`` and note ``j`` on."""
        band = self._band(i)
        if j not in band:
            return _NEVER_COST
        if i not in self._block:
            self._reckon_block(i // _KEPT_ROWS * _KEPT_ROWS)
        return int(self._block[i][j - band.start])

    def joining(self, i: int, j: int) -> int:
        """Give the cost of joining a mark to a note."""
        return int(self._numbers.costs(self._candidates[i], j, j + 1)[0])

    def _reckon_block(self, low: int) -> None:
        high = min(low + _KEPT_ROWS, self._rows)
        self._block = {low: self._kept[low], high: self._kept[high]}
        for i in range(high - 1, low, -1):
            self._block[i] = self._row(i, self._block[i + 1])

    def _band(self, i: int) -> range:
        return _band(i, self._rows, self._columns)

    def _row(self, i: int, row_below: Costs) -> Costs:
        band = self._band(i)
        best = np.full(len(band), _NEVER_COST, dtype=np.int32)
        if i == self._rows:
            best[-1] = 0
        else:
            below = self._window(i + 1, row_below, band)
            np.minimum(best, below[:-1] + self.skips[i], out=best)
            inside = min(band.stop, self._columns) - band.start
            to_notes = self._numbers.costs(self._candidates[i], band.start, band.start + inside)
            np.minimum(best[:inside], below[1 : inside + 1] + to_notes, out=best[:inside])
        steps = np.arange(len(band), dtype=np.int32) * _SKIP_NOTE
        cheapest = np.minimum.accumulate((best + steps)[::-1])[::-1] - steps
        return np.minimum(cheapest, _NEVER_COST).astype(np.int32)

    def _window(self, i: int, row: Costs, band: range) -> Costs:
        """Give a row's costs over another row's band and one place more."""
        own = self._band(i)
        window = np.full(len(band) + 1, _NEVER_COST, dtype=np.int32)
        low, high = max(band.start, own.start), min(band.stop + 1, own.stop)
        if low < high:
            window[low - band.start : high - band.start] = row[low - own.start : high - own.start]
        return window


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
                joined = lattice.joining(i, j)
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


class _NoteNumbers:
    """The numbers of the notes digit by digit, to compare a mark with many of them at once."""

    def __init__(self, notes: Sequence[str | None]) -> None:
        places = {label: i for i, label in enumerate(dict.fromkeys(notes))}
        self._places = places
        self._label_of = np.array([places[note] for note in notes], dtype=np.int64)
        labels = [label if label and _is_number(label) else "" for label in places]
        self._lengths = np.array([len(label) for label in labels], dtype=np.int64)
        self._from_left = _digits([label.ljust(_WIDEST) for label in labels], _WIDEST)
        self._from_right = _digits([label.rjust(_WIDEST) for label in labels], _WIDEST)

    def costs(self, candidate: Candidate, low: int, high: int) -> Costs:
        """Give the cost of joining a mark to some notes: the less they read alike, the more.

        Returns:
            (high - low,) int32, costs in tenths; 0 where they read alike.
        """
        labels = self._label_of[low:high]
        costs = np.full(len(labels), _NEVER, dtype=np.int32)
        if _is_number(candidate.number) and (candidate.is_certain or candidate.attached):
            costs = self._misreadings(candidate.number, labels)
            if not candidate.is_certain:
                # Plain digits are common; only right behind a closing sign can misread ones be
                # a mark.
                costs = np.where(costs < _LIKELY, costs + 1, _NEVER).astype(np.int32)
        if None in self._places:
            costs[labels == self._places[None]] = _LOST_NUMBER if candidate.is_certain else _NEVER
        if candidate.number in self._places:
            alike = labels == self._places[candidate.number]
            costs[alike] = 0 if candidate.is_certain else _PLAIN_DIGITS
        return costs

    def _misreadings(self, printed: str, labels: NDArray[np.int64]) -> Costs:
        """Give the cost of one number being a misreading of each of some others."""
        lengths, length = self._lengths[labels], len(printed)
        digits = _digits([printed], length)[0]
        left, right = self._from_left[labels], self._from_right[labels]
        wrong = (left[:, :length] != digits).sum(axis=1)
        opens = (wrong == 0) & (lengths > length)
        ends = (right[:, _WIDEST - length :] == digits).all(axis=1) & (lengths > length)
        costs = np.where(opens | ends, _CUT_SHORT, _UNLIKE)
        same = lengths == length
        costs[same] = np.where(wrong[same] == 1, _ONE_WRONG, _SEVERAL_WRONG)
        # A closing quotation mark before the mark is read as a digit of it: ²²⁷ for '27.
        shorter = (left[:, : length - 1] == digits[1:]).all(axis=1) & (lengths == length - 1)
        costs[shorter & (lengths > 0)] = _QUOTE_READ_AS_DIGIT
        costs[lengths == 0] = _NEVER
        return costs.astype(np.int32)


def _is_number(label: str) -> bool:
    return label.isascii() and label.isdecimal() and len(label) <= _WIDEST


def _digits(labels: Sequence[str], width: int) -> NDArray[np.uint8]:
    """Give labels of one width as rows of character codes."""
    flat = np.frombuffer("".join(labels).encode("ascii"), dtype=np.uint8)
    return flat.reshape(len(labels), width)
