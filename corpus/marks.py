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

_SKIP_MARK = 1.0
_SKIP_NOTE = 1.0
_LOST_NUMBER = 0.5
_PLAIN_DIGITS = 0.2
_NEVER = 9.0
_LIKELY = 0.9
_NEVER_COST = float("inf")
_BAND = 250


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
    rows, columns = len(candidates), len(notes)
    skips = [_SKIP_MARK if candidate.is_certain else 0.0 for candidate in candidates]
    bands = [_band(i, rows, columns) for i in range(rows + 1)]
    costs: list[list[float]] = [[] for _ in range(rows + 1)]
    for i in range(rows, -1, -1):
        costs[i] = _row_of_costs(i, candidates, notes, skips, bands, costs)
    return list(_trace(candidates, notes, skips, bands, costs))


def _band(i: int, rows: int, columns: int) -> range:
    """Give the notes that a mark may point to, judged by how far through the book it stands."""
    centre = i * columns // max(rows, 1)
    reach = max(_BAND, columns // 10)
    low = 0 if i == 0 else max(0, centre - reach)
    high = columns if i == rows else min(columns, centre + reach)
    return range(low, high + 1)


def _at(costs: Sequence[float], band: range, j: int) -> float:
    return costs[j - band.start] if j in band else _NEVER_COST


def _row_of_costs(
    i: int,
    candidates: Sequence[Candidate],
    notes: Sequence[str | None],
    skips: Sequence[float],
    bands: Sequence[range],
    costs: Sequence[Sequence[float]],
) -> list[float]:
    """Give the cost of aligning what is left from mark ``i`` on, for every note of its band."""
    band = bands[i]
    row = [_NEVER_COST] * len(band)
    last_row = i == len(candidates)
    for j in reversed(band):
        best = 0.0 if last_row and j == len(notes) else _NEVER_COST
        if j < len(notes) and j + 1 in band:
            best = min(best, row[j + 1 - band.start] + _SKIP_NOTE)
        if not last_row:
            best = min(best, _at(costs[i + 1], bands[i + 1], j) + skips[i])
            if j < len(notes):
                after = _at(costs[i + 1], bands[i + 1], j + 1)
                best = min(best, after + mismatch(candidates[i], notes[j]))
        row[j - band.start] = best
    return row


def _trace(
    candidates: Sequence[Candidate],
    notes: Sequence[str | None],
    skips: Sequence[float],
    bands: Sequence[range],
    costs: Sequence[Sequence[float]],
) -> Iterator[Pair]:
    i = j = 0
    while i < len(candidates) or j < len(notes):
        here = _at(costs[i], bands[i], j)
        if i < len(candidates):
            below, band = costs[i + 1], bands[i + 1]
            if j < len(notes):
                joined = mismatch(candidates[i], notes[j])
                if joined < _NEVER and here == _at(below, band, j + 1) + joined:
                    yield Pair(i, j)
                    i, j = i + 1, j + 1
                    continue
            if here == _at(below, band, j) + skips[i]:
                if candidates[i].is_certain:
                    yield Pair(i, None)
                i += 1
                continue
        yield Pair(None, j)
        j += 1


def mismatch(candidate: Candidate, note: str | None) -> float:
    """Give the cost of joining a mark to a note: 0 where they read alike, more the less they do."""
    if candidate.number == note:
        return 0.0 if candidate.is_certain else _PLAIN_DIGITS
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
    return cost + 0.1 if cost < _LIKELY else _NEVER


@cache
def _misreading(printed: str, true: str) -> float:
    """Give the cost of one number being a misreading of another."""
    # A closing quotation mark before the mark is read as a digit of it: ²²⁷ for '27.
    if printed.endswith(true) and len(printed) == len(true) + 1:
        return 0.6
    if len(printed) == len(true):
        wrong = sum(a != b for a, b in zip(printed, true, strict=True))
        return 0.8 if wrong == 1 else 1.6
    if true.startswith(printed) or true.endswith(printed):
        return 0.9
    return 1.9
