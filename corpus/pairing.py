"""Finds the marks of a book and joins each to its note."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Sequence

from corpus.document import Kind
from corpus.flow import flow_of
from corpus.layout import Draft
from corpus.marks import Candidate, Pair, align, find_candidates


class Pairing:
    """The notes of a book, the places that look like marks, and which belong together."""

    def __init__(
        self,
        notes: Sequence[Draft] = (),
        candidates: Sequence[Candidate] = (),
        pairs: Sequence[Pair] = (),
    ) -> None:
        """Take notes, candidates, and pairs of their places."""
        self.notes = tuple(notes)
        self.candidates = tuple(candidates)
        self.pairs = tuple(pairs)
        self._by_draft = sorted(
            (self.candidates[pair.candidate].draft, i)
            for i, pair in enumerate(self.pairs)
            if pair.candidate is not None
        )
        self._marks = {note: candidate for candidate, note in self.joined()}
        self._marked: dict[int, list[int]] = {}
        for note in sorted(self._marks):
            self._marked.setdefault(self.notes[note].group, []).append(note)

    def in_draft(self, draft: int) -> list[tuple[Candidate, Pair]]:
        """Give the marks that stand in a draft, in order."""
        low = bisect_left(self._by_draft, (draft, -1))
        high = bisect_left(self._by_draft, (draft + 1, -1))
        found = [self.pairs[i] for _, i in self._by_draft[low:high]]
        marks = [(self.candidates[p.candidate], p) for p in found if p.candidate is not None]
        return sorted(marks, key=lambda mark: mark[0].start)

    def nearest_mark(self, note: int) -> Candidate | None:
        """Give the mark of a note, or of the nearest note of the same run that has one."""
        marked = self._marked.get(self.notes[note].group, [])
        i = bisect_left(marked, note)
        near = min(marked[max(0, i - 1) : i + 1], key=lambda other: abs(other - note), default=None)
        return None if near is None else self._marks[near]

    def joined(self) -> Iterator[tuple[Candidate, int]]:
        """Give every mark that has a note, with the note's place."""
        for pair in self.pairs:
            if pair.candidate is not None and pair.note is not None:
                yield self.candidates[pair.candidate], pair.note


def pair_marks(drafts: Sequence[Draft], source: str) -> Pairing:
    """Find the marks in the body and join each to its note.

    Args:
        drafts: In file order, notes marked.
        source: The file.
    """
    notes = tuple(d for d in drafts if d.kind is Kind.NOTE and not d.dropped and not d.level)
    if not notes:
        return Pairing()
    forms = _forms_in_use(notes, source)
    candidates = [
        candidate
        for i, draft in enumerate(drafts)
        if not draft.dropped and draft.kind not in (Kind.NOTE, Kind.FRONT, Kind.CAPTION)
        for candidate in find_candidates(flow_of(draft, source).text, i, forms)
    ]
    by_label = "label" in forms
    stars = _pair_stars(drafts, notes, candidates, by_label=by_label)
    pair = _pair_labels if by_label else _pair_numbers
    return Pairing(notes, candidates, [*pair(notes, candidates), *stars])


def _is_star(number: str | None) -> bool:
    return number is not None and number[:1] in tuple("*†‡§")


def _forms_in_use(notes: Sequence[Draft], source: str) -> frozenset[str]:
    """Give the forms of mark this book can have; without notes a bracketed year is no mark."""
    forms = {"html", "latex", "superscript", "plain"}
    for draft in notes:
        head = source[max(0, draft.start - 16) : draft.start]
        if re.search(r"\[\^[^\]]*\]:\s*$", head):
            forms |= {"label"}
        elif re.search(r"\[(?:foot)?(?:note\s*)?\w+[\].:]\s*$", head, re.IGNORECASE):
            forms |= {"bracket"}
        if _is_star(draft.number):
            forms |= {"star"}
    return frozenset(forms)


def _pair_labels(notes: Sequence[Draft], candidates: Sequence[Candidate]) -> list[Pair]:
    """Join marks and notes that name each other, as in Markdown.

    Where a label stands for several notes, as in a book whose chapters were put together, the
    first mark is the first one's.
    """
    waiting: dict[str | None, deque[int]] = {}
    labels = _starred_labels(candidates)
    for j, note in enumerate(notes):
        if not _is_star(note.number) or note.number in labels:
            waiting.setdefault(note.number, deque()).append(j)
    pairs = []
    for i, candidate in enumerate(candidates):
        if candidate.form == "label" or (candidate.is_certain and candidate.form != "star"):
            places = waiting.get(candidate.number)
            pairs.append(Pair(i, places.popleft() if places else None))
    return pairs + [Pair(None, j) for places in waiting.values() for j in places]


def _starred_labels(candidates: Sequence[Candidate]) -> set[str]:
    return {c.number for c in candidates if c.form == "label" and _is_star(c.number)}


def _pair_numbers(notes: Sequence[Draft], candidates: Sequence[Candidate]) -> list[Pair]:
    """Join marks and notes by their numbers and their order."""
    places = [j for j, note in enumerate(notes) if not _is_star(note.number)]
    chosen = [i for i, candidate in enumerate(candidates) if not _is_star(candidate.number)]
    aligned = align([candidates[i] for i in chosen], [notes[j].number for j in places])
    return [
        Pair(
            None if pair.candidate is None else chosen[pair.candidate],
            None if pair.note is None else places[pair.note],
        )
        for pair in aligned
    ]


def _pair_stars(
    drafts: Sequence[Draft],
    notes: Sequence[Draft],
    candidates: Sequence[Candidate],
    *,
    by_label: bool,
) -> list[Pair]:
    """Join a starred note to the last unused mark of its sign before it."""
    labels = _starred_labels(candidates) if by_label else set()
    stars = [i for i, c in enumerate(candidates) if _is_star(c.number) and c.number not in labels]
    free: dict[str | None, list[int]] = {}
    pairs = []
    seen = 0
    for j, note in enumerate(notes):
        if not _is_star(note.number) or note.number in labels:
            continue
        while seen < len(stars) and drafts[candidates[stars[seen]].draft].start < note.start:
            free.setdefault(candidates[stars[seen]].number, []).append(stars[seen])
            seen += 1
        before = free.get(note.number)
        pairs.append(Pair(before.pop() if before else None, j))
    return pairs
